/* An option of a quote as clients see it, and what is kept of it for orders. */
#ifndef SV_OPTION_H
#define SV_OPTION_H

#include "quotes/sum.h"

typedef struct sv_option_facts {
    const sv_pricing *p;
    const json_t *choice;    /* null: each member its own */
    lq_quote *const *quotes; /* of each piece, for its issues */
    size_t index;            /* of the option in each of them */
    const lq_option *priced; /* of each piece */
    const sv_sum *sum;
    const char *currency, *country, *postcode;
} sv_option_facts;

/* Puts what orders need into `lines` under the option's id. The caller owns the view; its next_break is null. */
json_t *sv_option_view(sv_app *app, const sv_option_facts *facts, json_t *lines);

/* Adds {material_id, best_unit_price, printable, lead_time_days} of the options of one material, or betters the entry
 * that is there. */
void sv_comparison_add(json_t *comparison, json_t *material_id, const sv_sum *sums, size_t count);

const char *sv_option_status(lq_option_status status);

#endif
