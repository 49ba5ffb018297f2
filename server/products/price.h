/* The engine's price of one member of a product. */
#ifndef SV_PRICE_H
#define SV_PRICE_H

#include "access/call.h"

/* `quantity` products with this member; part: its part, which is ready. The option's texts are the book's. false: the
 * engine refuses it (lq_context_error of the app's context), or the file is missing. */
bool sv_product_price(sv_call *call, const sv_object *part, const json_t *member, int64_t quantity, lq_option *option);

#endif
