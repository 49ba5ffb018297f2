/*
 * The leading 128 bits of 5^n, for decimal numbers in both directions: value = word[0] * 2^64 + word[1], its top bit
 * set. 5^n lies in [value, value + 1) units of its last bit, exactly at value for 0 <= n <= 55; for -27 <= n < 0 the
 * value is rounded up instead: 5^n lies in (value - 1, value). Made by scripts/powers_of_five.py.
 */
#ifndef LQI_POWERS_OF_FIVE_H
#define LQI_POWERS_OF_FIVE_H

#include <stdint.h>

#define LQI_FIVE_POWER_MIN (-342)
#define LQI_FIVE_POWER_MAX 324
#define LQI_FIVE_EXACT_MAX 55
#define LQI_FIVE_ROUNDED_UP_MIN (-27)

extern const uint64_t lqi_powers_of_five[2 * (LQI_FIVE_POWER_MAX - LQI_FIVE_POWER_MIN + 1)];

static inline const uint64_t *lqi_power_of_five(int n) { return lqi_powers_of_five + 2 * (n - LQI_FIVE_POWER_MIN); }

#endif
