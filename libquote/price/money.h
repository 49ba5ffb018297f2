/* Integers that are money: micro units (10^-6 of a major unit) inside, minor units at the edges. */
#ifndef LQI_MONEY_H
#define LQI_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef __int128 lqi_wide;

enum { LQI_MILLION = 1000000, LQI_EXPONENT_UNKNOWN = -1 };

/* R(numerator / denominator): rounds half away from zero. The only rounding of a price. denominator > 0. Where the
 * result does not fit, *overflow becomes true and the result is 0; it is never set back to false. */
int64_t lqi_round_quotient(lqi_wide numerator, int64_t denominator, bool *overflow);

/* ceil(numerator / denominator) for numerator >= 0, with the same rule for what does not fit. */
int64_t lqi_ceil_quotient(lqi_wide numerator, int64_t denominator, bool *overflow);

/* The value itself if it fits. */
int64_t lqi_narrow(lqi_wide value, bool *overflow);

/* R() of a measure in floating point: false when it is negative, not a number, or above max. */
bool lqi_round_measure(double value, int64_t max, int64_t *rounded);

/* A decimal string in major units ("22.00", at most 12 digits before and 6 behind the point, no sign, no leading zero)
 * as micro units; false when it is anything else. */
bool lqi_micro_read(const char *text, size_t size, int64_t *micro);

/* The reverse, without trailing zeros, for a non-negative value. */
void lqi_micro_write(int64_t micro, char text[24]);

/* Digits behind the point of an ISO 4217 code: 0, 2 or 3. LQI_EXPONENT_UNKNOWN for codes that do not exist, are no
 * money (metals, test codes), or have exponent 4 (CLF, UYW). */
int lqi_currency_exponent(const char *code);

/* 10 to the power of 6 - exponent: how many micro units a minor unit has. */
int64_t lqi_micro_per_minor(int exponent);

#endif
