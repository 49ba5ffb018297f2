/* A product: parts in numbers, with options, costs and the seller's share. Its document is what clients see, but for
 * unit_cost, which is found when it is shown. */
#ifndef SV_PRODUCT_H
#define SV_PRODUCT_H

#include "access/call.h"

#define SV_AMOUNT_MAX INT64_C(100000000) /* of a share or a cost line, in minor units */

/* A product on its way from reading to saving. */
typedef struct sv_product {
    sv_object object;
    json_t *before; /* the body as it was read; NULL: it is new */
} sv_product;

/* A new draft without members. The caller closes it. */
sv_product sv_product_new(sv_call *call);

/* The one the path names, with If-Match looked at; false: refused, and nothing to close. */
bool sv_product_open(sv_call *call, bool match_required, sv_product *product);
void sv_product_close(sv_product *product);

/* Numbers the members, looks at the materials, writes, audits "product.<action>" and emits `event`. */
bool sv_product_save(sv_call *call, sv_product *product, const char *action, const char *event);

/* As clients see it; the caller owns it. */
json_t *sv_product_view(sv_call *call, const sv_object *object);
void sv_product_answer(sv_call *call, int status, const sv_product *product);

/* Why this member keeps its product from being active, added to the list of {code, message, member_id, part_id}. */
void sv_member_reasons(sv_call *call, const json_t *member, json_t *reasons);
/* Refuses with 409 cannot_activate where there are reasons, which are taken over. */
bool sv_product_may_be_active(sv_call *call, json_t *reasons);
bool sv_product_is_active(const sv_product *product);

/* The part of this account and mode that a body names; false: refused with 404 and its path. */
bool sv_product_part(sv_call *call, const char *id, sv_object *part);

/* An open order more (+1) or less (-1) of a product: orders keep this number. SV_DONE also where there is none. */
sv_result sv_product_open_orders(sv_store *store, sv_scope scope, const char *product_id, int change);

/* Is every material and colour that its members name active? */
bool sv_product_has_materials(const sv_app *app, const json_t *body);
/* materials_available of every product of all accounts, after a price book was activated. */
sv_result sv_products_follow_book(const sv_app *app);

#endif
