/* What clients see of orders: the document with its relations, whoever looks. */
#ifndef SV_SHOW_H
#define SV_SHOW_H

#include "access/call.h"
#include "orders/order.h"

extern const char *const sv_order_relations[], *const sv_item_relations[]; /* what include knows; end with NULL */

/* Of the caller's account; false: refused. */
bool sv_order_take(sv_call *call, const char *id, sv_order *order);
/* Of any account of the caller's mode: for the operator alone. */
bool sv_order_take_any(sv_call *call, const char *id, sv_order *order);
/* Writes it, or refuses. */
bool sv_order_keep(sv_call *call, sv_order *order);

/* With what the request includes; the caller owns it. The operator sees account_id, too. */
json_t *sv_show_order(sv_call *call, const sv_order *order);
/* The same for a row of a list. */
json_t *sv_show_object(sv_call *call, const sv_object *object);
json_t *sv_show_item(sv_call *call, const sv_object *object);

/* 200 or another status with the order and its ETag. */
void sv_answer_order(sv_call *call, int status, const sv_order *order);

#endif
