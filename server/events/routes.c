#include "events/routes.h"

#include "events/events.h"

/* clang-format off */
static const sv_route routes[] = {
    SV_LIST("/webhook-endpoints", "webhooks:read", sv_list_endpoints),
    {"POST", "/webhook-endpoints", "webhooks:write", SV_BODY_JSON, SV_IDEM_REQUIRED | SV_WRITES, sv_make_endpoint,
     sv_prepare_new_endpoint},
    SV_READ("/webhook-endpoints/{id}", "webhooks:read", sv_read_endpoint),
    {"PATCH", "/webhook-endpoints/{id}", "webhooks:write", SV_BODY_MERGE, SV_IDEM | SV_WRITES, sv_change_endpoint,
     sv_prepare_endpoint_change},
    SV_ROUTE("DELETE", "/webhook-endpoints/{id}", "webhooks:write", SV_BODY_NONE, SV_IDEM | SV_WRITES,
             sv_delete_endpoint),
    SV_ROUTE("POST", "/webhook-endpoints/{id}/rotate-secret", "webhooks:write", SV_BODY_JSON,
             SV_IDEM_REQUIRED | SV_WRITES | SV_BODY_MAY_BE_EMPTY, sv_rotate_endpoint_secret),
    SV_ROUTE("POST", "/webhook-endpoints/{id}/test", "webhooks:write", SV_BODY_JSON,
             SV_IDEM | SV_WRITES | SV_BODY_MAY_BE_EMPTY, sv_test_endpoint),
    SV_ROUTE("GET", "/webhook-event-types", NULL, SV_BODY_NONE, SV_CATALOGUE, sv_list_event_types),

    SV_LIST("/webhook-deliveries", "webhooks:read", sv_list_deliveries),
    SV_READ("/webhook-deliveries/{id}", "webhooks:read", sv_read_delivery),
    SV_ROUTE("POST", "/webhook-deliveries/{id}/retry", "webhooks:write", SV_BODY_JSON,
             SV_IDEM | SV_WRITES | SV_BODY_MAY_BE_EMPTY, sv_retry_delivery),
    SV_ROUTE("POST", "/webhook-deliveries/batch-retry", "webhooks:write", SV_BODY_JSON, SV_IDEM_REQUIRED | SV_WRITES,
             sv_retry_deliveries),

    SV_LIST("/events", "webhooks:read", sv_list_events),
    SV_READ("/events/stream", "webhooks:read", sv_stream_events),
    SV_READ("/events/{id}", "webhooks:read", sv_read_event),
    SV_ROUTE("POST", "/events/{id}/resend", "webhooks:write", SV_BODY_JSON, SV_IDEM_REQUIRED | SV_WRITES,
             sv_resend_event),
};
/* clang-format on */

const sv_routes sv_event_routes = {routes, sizeof routes / sizeof routes[0]};
