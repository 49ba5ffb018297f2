#include "orders/machine.h"

#include <stddef.h>
#include <string.h>

/* The usual way of a state stands first of its lines. A second event of a move (order.qa_passed) is told by progress.c.
 */
static const sv_move moves[] = {
    {"awaiting_payment", "placed", SV_BY_PAYMENT, "order.paid"},
    {"awaiting_payment", "cancelled", SV_BY_SELLER | SV_BY_CLOCK, "order.cancelled"},
    {"placed", "accepted", SV_BY_OPERATOR, "order.accepted"},
    {"placed", "rejected", SV_BY_OPERATOR, "order.rejected"},
    {"placed", "cancelled", SV_BY_SELLER, "order.cancelled"},
    {"accepted", "in_production", SV_BY_OPERATOR, "order.in_production"},
    {"accepted", "cancelled", SV_BY_SELLER, "order.cancelled"},
    {"in_production", "quality_check", SV_BY_OPERATOR, "order.quality_check"},
    {"quality_check", "shipped", SV_BY_OPERATOR, "order.shipped"},
    {"quality_check", "partially_shipped", SV_BY_OPERATOR, "order.partially_shipped"},
    {"quality_check", "in_production", SV_BY_OPERATOR, "order.qa_failed"},
    {"partially_shipped", "shipped", SV_BY_OPERATOR, "order.shipped"},
    {"shipped", "delivered", SV_BY_OPERATOR, "order.delivered"},
};
#define COUNT (sizeof moves / sizeof moves[0])

const sv_move *sv_move_find(const char *from, const char *to, int by)
{
    for (size_t i = 0; i < COUNT; i++)
        if ((moves[i].by & by) && strcmp(moves[i].from, from) == 0 && strcmp(moves[i].to, to) == 0) return &moves[i];
    return NULL;
}

const sv_move *sv_move_usual(const char *from)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(moves[i].from, from) == 0) return &moves[i];
    return NULL;
}

bool sv_status_is_final(const char *status) { return sv_move_usual(status) == NULL; }

bool sv_status_is_known(const char *status)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(moves[i].from, status) == 0 || strcmp(moves[i].to, status) == 0) return true;
    return false;
}
