/* The sections of a product's document as bodies bring them. Each reader refuses with a path and answers false. */
#ifndef SV_PRODUCT_FIELDS_H
#define SV_PRODUCT_FIELDS_H

#include "products/product.h"

/* name, description, notes, tags, folder, sku, ref, metadata: those that are there. status is sv_status_take's. */
bool sv_fields_take(sv_call *call, json_t *given, sv_object *object);

/* "status", where it is given: moves the product on; 409 illegal_transition, cannot_activate. */
bool sv_status_take(sv_call *call, json_t *given, sv_product *product);

/* The members of a new product, in this order. */
bool sv_members_take(sv_call *call, json_t *given, sv_product *product);

/* The whole of "options". */
bool sv_options_take(sv_call *call, json_t *given, sv_product *product);
/* Overrides of members that are gone go with them. */
void sv_options_prune(sv_product *product);

/* {enabled, per_unit, by_material}; call->within is its path. */
bool sv_share_take(sv_call *call, json_t *given, sv_product *product);

#endif
