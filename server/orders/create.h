/* A purchase becomes an order. */
#ifndef SV_CREATE_H
#define SV_CREATE_H

#include "orders/form.h"
#include "orders/order.h"
#include "orders/purchase.h"

/* 403 unless the account may order. */
bool sv_may_order(sv_call *call);

/* Checks the purchase, prices it and writes the order, its items and what hangs on them; the caller answers and frees
 * the order. most: what it may cost, or NULL. false: refused. */
bool sv_order_create(sv_call *call, sv_purchase *purchase, const sv_form *form, const json_t *most, sv_order *order);

/* 201 with its place. */
void sv_answer_new_order(sv_call *call, const sv_order *order);

#endif
