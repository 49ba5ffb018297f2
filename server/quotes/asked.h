/* What a client asks a price for: the body of POST /quotes, read strictly and kept with the quote. */
#ifndef SV_ASKED_H
#define SV_ASKED_H

#include "access/call.h"

/* The body as it is kept, every default filled in:
 *   part_id or product_id; options {name: value} of a product;
 *   materials: "all", or [{material_id, color_id?, finish_id?, layer_height_mm?, infill_percent?}], or null (the
 *   product's own); quantities; priority (bool); ship_to {country (alpha-2), postcode, region}; currency;
 *   discount_code; days (until it expires).
 * *ref borrowed from the body. NULL: refused. The caller owns it. */
json_t *sv_asked_read(sv_call *call, const char **ref);

/* {country, postcode, region} of the body, the country as alpha-2, or the account's own. NULL: refused. */
json_t *sv_asked_place(sv_call *call);

#endif
