/* The formula: measures and a choice in, cents out. Integers only from the first line on; see README.md. */
#ifndef LQI_FORMULA_H
#define LQI_FORMULA_H

#include "price/choice.h"

/* What an estimate says of one part, in place of what the formula makes of volume and area. */
/* Bound of each of its numbers: what is above is no part. */
#define LQI_EXTRUDED_MAX ((int64_t)1000000000000000)

typedef struct lqi_extruded {
    int64_t deposited_mm3, support_mm3, time_ms;
} lqi_extruded;

/* extruded: NULL where there is no estimate. LQ_ERR_ARGUMENT: "argument" for a measure that is negative or not a
 * number, price_overflow. */
lq_status lqi_price(lq_context *context, const lq_measure *measure, const lqi_choice *choice,
                    const lqi_extruded *extruded, lq_price_result *result);

/* Is the line above the book's manual_review_over? */
bool lqi_price_needs_review(const lqi_choice *choice, const lq_price_result *result);

/* A rate of the book in minor units of a currency of the book, rounded up to what can be paid. */
int64_t lqi_minor_of_micro(int64_t micro, const lqi_currency *currency, bool *overflow);

#endif
