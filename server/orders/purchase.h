/* Options of quotes that are to be ordered together: found, and checked against everything that may stand in the way.
 */
#ifndef SV_PURCHASE_H
#define SV_PURCHASE_H

#include "access/call.h"
#include "orders/form.h"

#define SV_PURCHASE_MAX 50

typedef struct sv_bought {
    size_t quote;         /* which of the quotes */
    const json_t *option; /* of it, borrowed */
    json_t *metadata;     /* owned: {"metadata": ...} */
    json_t *parts;        /* owned: {part_id: {"name", "sha256"}} of what is printed */
    char *product;        /* owned: the name of the product; NULL: it is a part */
    bool again;           /* it was ordered before */
} sv_bought;

typedef struct sv_purchase {
    sv_object *quotes; /* each once */
    size_t quote_count;
    sv_bought *bought;
    size_t count;
} sv_purchase;

/* Reads `items` of the body. false: refused. Free it either way. */
bool sv_purchase_take(sv_call *call, sv_purchase *purchase);
/* One option of a quote that was just made; the quote is taken over. */
void sv_purchase_put(sv_purchase *purchase, sv_object *quote, const json_t *option);
void sv_purchase_free(sv_purchase *purchase);

/* May these be ordered now, together, to this address? false: refused. */
bool sv_purchase_check(sv_call *call, sv_purchase *purchase, const sv_form *form);

#endif
