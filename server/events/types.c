#include "events/types.h"

#include <string.h>

const sv_event_type sv_event_types[] = {
    {"part.created", "A part was made."},
    {"part.needs_selection", "Its file holds several things: one must be pinned."},
    {"part.ready", "Its file was measured."},
    {"part.failed", "Its file cannot be used."},
    {"part.updated", "Its fields changed."},
    {"part.deleted", "It was deleted."},
    {"part.review.submitted", "It waits for a review."},
    {"part.review.approved", "The review found nothing against it."},
    {"part.review.rejected", "The review rejected it."},
    {"part.review.changes_requested", "The review asks for changes."},
    {"product.created", "A product was made."},
    {"product.updated", "Its fields, members, options or costs changed."},
    {"product.deleted", "It was deleted."},
    {"product.revenue_share.updated", "Its revenue share changed."},
    {"quote.created", "A quote was asked for."},
    {"quote.completed", "It has its prices."},
    {"quote.failed", "It cannot be priced."},
    {"quote.needs_review", "An option of it needs a look by the print house."},
    {"quote.expired", "Its time is over."},
    {"quote.superseded", "Its file changed, or a newer quote took its place."},
    {"order.created", "An order was placed."},
    {"order.paid", "It was paid."},
    {"order.payment_failed", "Its payment failed."},
    {"order.accepted", "The print house accepted it."},
    {"order.rejected", "The print house rejected it."},
    {"order.in_production", "It is being made."},
    {"order.quality_check", "It is being checked."},
    {"order.qa_passed", "It passed the check."},
    {"order.qa_failed", "It failed the check and is made again."},
    {"order.partially_shipped", "A part of it is on its way."},
    {"order.shipped", "All of it is on its way."},
    {"order.delivered", "It arrived."},
    {"order.cancelled", "It was cancelled."},
    {"order.hold_placed", "It is on hold."},
    {"order.hold_released", "It goes on."},
    {"order.updated", "Its fields changed."},
    {"shipment.created", "A shipment was made."},
    {"shipment.updated", "Its tracking changed."},
    {"material.updated", "A material changed."},
    {"material.discontinued", "A material is no longer made."},
    {"price_book.activated", "Prices are from another price book now."},
    {"account.updated", "The account changed."},
    {"subscription.updated", "The plan of the account changed."},
    {"api_key.created", "An API key was made."},
    {"api_key.expiring", "An API key expires soon."},
    {"api_key.revoked", "An API key was deleted."},
    {"webhook_endpoint.disabled", "An endpoint gets no deliveries any more."},
    {"webhook_endpoint.enabled", "An endpoint gets deliveries again."},
    {"webhook.ping", "A test of an endpoint; sent to that one alone."},
};
const size_t sv_event_type_count = sizeof sv_event_types / sizeof sv_event_types[0];

bool sv_event_matches(const char *pattern, const char *type)
{
    size_t size = strlen(pattern);
    if (strcmp(pattern, "*") == 0) return true;
    if (size > 2 && strcmp(pattern + size - 2, ".*") == 0) return strncmp(pattern, type, size - 1) == 0;
    return strcmp(pattern, type) == 0;
}

bool sv_event_pattern_is(const char *pattern)
{
    for (size_t i = 0; i < sv_event_type_count; i++)
        if (sv_event_matches(pattern, sv_event_types[i].name)) return true;
    return false;
}
