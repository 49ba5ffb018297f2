/* Shipments of an order: what is in them, and when they went and came. */
#ifndef SV_SHIPPING_H
#define SV_SHIPPING_H

#include "access/call.h"
#include "orders/order.h"

/* How many of an item are in no shipment yet. */
int64_t sv_item_left(const sv_order *order, const sv_order_part *item);

/* [{item_id, quantity}] that a shipment would hold: what it names, else `items` ([id] or [{item_id, quantity?}]), else,
 * with `whole`, all that is left. whole: it must hold all that is left; otherwise something must stay. NULL: refused.
 * The caller owns it. */
json_t *sv_shipment_lines(sv_call *call, sv_order *order, const json_t *shipment, const json_t *items, bool whole);

/* Adds it; the seller's share of what goes is added to the balance. false: the database refused. */
bool sv_shipment_make(sv_call *call, sv_order *order, const json_t *shipment, const json_t *lines);

/* It has arrived, if it had not. */
void sv_shipment_arrive(sv_order_part *shipment, int64_t now_ms);

#endif
