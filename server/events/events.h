/* The handlers of events, endpoints and deliveries; routes.c names each of them. */
#ifndef SV_EVENTS_H
#define SV_EVENTS_H

#include "access/call.h"

/* endpoints.c */
void sv_prepare_new_endpoint(sv_call *call);
void sv_prepare_endpoint_change(sv_call *call);
void sv_make_endpoint(sv_call *call);
void sv_list_endpoints(sv_call *call);
void sv_read_endpoint(sv_call *call);
void sv_change_endpoint(sv_call *call);
void sv_delete_endpoint(sv_call *call);
void sv_rotate_endpoint_secret(sv_call *call);
void sv_test_endpoint(sv_call *call);
void sv_list_event_types(sv_call *call);

/* deliveries.c */
void sv_list_deliveries(sv_call *call);
void sv_read_delivery(sv_call *call);
void sv_retry_delivery(sv_call *call);
void sv_retry_deliveries(sv_call *call);
void sv_resend_event(sv_call *call);

/* event_list.c */
void sv_list_events(sv_call *call);
void sv_read_event(sv_call *call);
void sv_stream_events(sv_call *call);

/* What a list of events may wait for: the seconds of `wait`, 0 without; false: refused. */
bool sv_take_wait(sv_call *call, int64_t *seconds);

#endif
