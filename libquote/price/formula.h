/* The formula: measures and a choice in, cents out. Integers only from the first line on; see README.md. */
#ifndef LQI_FORMULA_H
#define LQI_FORMULA_H

#include "price/choice.h"

/* LQ_ERR_ARGUMENT: "argument" for a measure that is negative or not a number, price_overflow. */
lq_status lqi_price(lq_context *context, const lq_measure *measure, const lqi_choice *choice, lq_price_result *result);

/* Is the line above the book's manual_review_over? */
bool lqi_price_needs_review(const lqi_choice *choice, const lq_price_result *result);

/* A rate of the book in minor units of a currency of the book, rounded up to what can be paid. */
int64_t lqi_minor_of_micro(int64_t micro, const lqi_currency *currency, bool *overflow);

#endif
