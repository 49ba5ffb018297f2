/* What a product costs its seller: its members as the house prices them, and the costs besides. In the account's
 * currency, without the seller's share. */
#ifndef SV_COST_H
#define SV_COST_H

#include "access/call.h"

/* Money: the members of one product at quantity 1, without setting up, and the costs besides; null where a part is not
 * ready or a member cannot be priced, or where it would take seconds to measure all that was not measured lately. The
 * caller owns it. */
json_t *sv_product_unit_cost(sv_call *call, const json_t *body);

/* A route's prepare: measures the parts that the body names and the product holds, so that no writer waits for it. */
void sv_prepare_costs(sv_call *call);

void sv_costs_free(sv_app *app);

#endif
