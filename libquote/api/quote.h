/* A quote as its maker and its JSON writer see it. */
#ifndef LQI_QUOTE_H
#define LQI_QUOTE_H

#include "base/arena.h"
#include "price/choice.h"

typedef struct lqi_issues {
    lq_diagnostic *items;
    size_t count;
} lqi_issues;

typedef struct lqi_option {
    lq_option seen;
    const char *color_id, *finish_id; /* what was chosen, also where there is no price */
    uint32_t layer_um;
    int32_t infill_percent;
    lqi_issues own;           /* of this material and quantity; they come first */
    const lqi_issues *shared; /* of the report, the same list for many options; NULL: none */
} lqi_option;

struct lq_quote {
    lqi_arena arena;
    const lq_report *report;
    const lq_book *book;
    lqi_option *options;
    size_t option_count;
    lqi_issues blockers, warnings; /* of the report: what stops every option, what asks for a look */
};

/* Sides of the report's box; false, with very long ones, when they are not known. */
bool lqi_box_in_um(const lq_facts *facts, int64_t box_um[3]);

/* Does the material merely lack what was asked for? It is left out when all materials were asked for; asked for by name
 * it is a mistake. */
bool lqi_lacks(const lqi_refusal *refusal);

const lq_diagnostic *lqi_option_issue(const lqi_option *option, size_t index);

#endif
