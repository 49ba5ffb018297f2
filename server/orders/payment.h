/* What is paid of an order. The money itself moves elsewhere. */
#ifndef SV_PAYMENT_H
#define SV_PAYMENT_H

#include "access/call.h"
#include "orders/order.h"

/* {"mode", "status", "url"} of a new order; mode "invoice" or "checkout". The caller owns it. */
json_t *sv_payment_new(const sv_config *config, const char *mode, const char *order_id);
void sv_payment_set(sv_order *order, const char *status);
/* The order will not be made: what was paid is owed back, what was not is no longer asked for. */
void sv_payment_void(sv_order *order);

/* A notice from outside: "paid", "failed", "refunded". The same notice twice has one effect. false: refused. Tells what
 * happened; the caller saves. *changed: there is something to save. */
bool sv_payment_notice(sv_call *call, sv_order *order, const char *status, const char *external_ref, bool *changed);

#endif
