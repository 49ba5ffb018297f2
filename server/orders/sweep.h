/* What time does to orders. */
#ifndef SV_ORDERS_SWEEP_H
#define SV_ORDERS_SWEEP_H

#include "store/store.h"

/* Cancels orders that nobody has paid for 72 hours, each in a transaction of its own; how many. */
int sv_orders_sweep(sv_store *store, int64_t now_ms);

#endif
