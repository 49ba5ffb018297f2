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

const lq_diagnostic *lqi_option_issue(const lqi_option *option, size_t index);

#endif
