/*
 * Decimal text to binary floating point for files of millions of ordinary numbers. Eight digits at a time in a 64-bit
 * word. Exact: significand <= 2^53 and |power| <= 22 make quotient and product correctly rounded (Clinger, "How to read
 * floating point numbers accurately", PLDI 1990); base/decimal.h rounds the rest, and reads what is not ordinary. The
 * grammar is the same: [+-]? ( d+ [. d*]? | . d+ ) ( [eE] [+-]? d+ )?
 */
#ifndef LQI_NUMBER_TEXT_H
#define LQI_NUMBER_TEXT_H

#include <float.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/decimal.h"

/* Bytes from the first on that must be readable, whatever they are. */
#define LQI_NUMBER_MARGIN 40

#define LQI_NUMBER_POWER_MAX 22
#define LQI_NUMBER_FAR_MAX 60 /* with up to 19 digits no double overflows or is denormal */

static const double lqi_number_tens[LQI_NUMBER_POWER_MAX + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static const uint64_t lqi_number_whole_tens[20] = {1,
                                                   10,
                                                   100,
                                                   1000,
                                                   10000,
                                                   100000,
                                                   1000000,
                                                   10000000,
                                                   100000000,
                                                   1000000000,
                                                   10000000000,
                                                   100000000000,
                                                   1000000000000,
                                                   10000000000000,
                                                   100000000000000,
                                                   1000000000000000,
                                                   10000000000000000,
                                                   100000000000000000,
                                                   1000000000000000000,
                                                   10000000000000000000u};

/* A number without sign: significand * 10^power. */
typedef struct lqi_number_parts {
    uint64_t significand;
    int power;
    const char *behind;
} lqi_number_parts;

/* p stands on the e. false: no exponent of one to three digits. */
static inline bool lqi_number_exponent(const char **p, int *power)
{
    const char *q = *p + 1;
    bool negative = *q == '-';
    q += negative || *q == '+';
    int exponent = 0, count = 0;
    for (; (unsigned char)(*q - '0') < 10; q++) {
        if (++count > 3) return false;
        exponent = exponent * 10 + (*q - '0');
    }
    *p = q;
    *power += negative ? -exponent : exponent;
    return count != 0;
}

/* The next up to eight digits behind a dot. Returns how many. */
static inline int lqi_number_fraction(const char **p, uint64_t *fraction)
{
    uint64_t values = lqi_digit_values(*p);
    int count = lqi_digits_in_front(values);
    *fraction = *fraction * lqi_number_whole_tens[count] + lqi_digits_to_integer(values, count);
    *p += count;
    return count;
}

/* At most 8 digits before the dot, at most 19 in all. */
static inline bool lqi_number_scan(const char *p, lqi_number_parts *parts)
{
    uint64_t values = lqi_digit_values(p);
    int whole_count = lqi_digits_in_front(values), fraction_count = 0;
    uint64_t significand = lqi_digits_to_integer(values, whole_count);
    p += whole_count;
    if (*p == '.') {
        uint64_t fraction = 0;
        p++;
        fraction_count = lqi_number_fraction(&p, &fraction);
        if (fraction_count == 8) fraction_count += lqi_number_fraction(&p, &fraction);
        if (fraction_count == 16) fraction_count += lqi_number_fraction(&p, &fraction);
        if (whole_count + fraction_count > 19) return false;
        significand = significand * lqi_number_whole_tens[fraction_count] + fraction;
    }
    if ((unsigned char)(*p - '0') < 10 || whole_count + fraction_count == 0) return false;
    int power = -fraction_count;
    if ((*p | 0x20) == 'e' && !lqi_number_exponent(&p, &power)) return false;
    *parts = (lqi_number_parts){significand, power, p};
    return power <= LQI_NUMBER_FAR_MAX && power >= -LQI_NUMBER_FAR_MAX;
}

static inline bool lqi_number_is_near(const lqi_number_parts *parts)
{
    return parts->significand <= (uint64_t)1 << 53 && parts->power <= LQI_NUMBER_POWER_MAX &&
           parts->power >= -LQI_NUMBER_POWER_MAX;
}

static inline double lqi_number_near(const lqi_number_parts *parts)
{
    double significand = (double)(int64_t)parts->significand;
    return parts->power < 0 ? significand / lqi_number_tens[-parts->power]
                            : significand * lqi_number_tens[parts->power];
}

/* Rounding the double again is wrong only where it lies half-way between two floats or outside their normal range. */
static inline bool lqi_number_narrows(double magnitude)
{
    return (lqi_bits_of_double(magnitude) & 0x1FFFFFFF) != 0x10000000 &&
           (magnitude == 0 || (magnitude >= (double)FLT_MIN && magnitude <= (double)FLT_MAX));
}

/* Reads one number at `text`. true: *value is correctly rounded, zero or in the normal range, and *behind is the first
 * byte that does not belong to the number. false: not quick (too many digits, a large exponent) or no number; nothing
 * is stored. LQI_NUMBER_MARGIN bytes at `text` must be readable; behind may lie anywhere in them, so the caller checks
 * it against the end of its text. */
static inline bool lqi_number_quick(const char *text, double *value, const char **behind)
{
    bool negative = *text == '-';
    lqi_number_parts parts;
    if (!lqi_number_scan(text + (negative || *text == '+'), &parts)) return false;
    double magnitude = lqi_number_is_near(&parts) ? lqi_number_near(&parts)
                                                  : lqi_decimal_round_to_double(parts.significand, parts.power);
    *value = negative ? -magnitude : magnitude;
    *behind = parts.behind;
    return true;
}

/* The same for the nearest float, which is not always that of the nearest double. */
static inline bool lqi_number_quick_float(const char *text, float *value, const char **behind)
{
    bool negative = *text == '-';
    lqi_number_parts parts;
    if (!lqi_number_scan(text + (negative || *text == '+'), &parts)) return false;
    double near = lqi_number_is_near(&parts) ? lqi_number_near(&parts) : -1;
    float magnitude =
        lqi_number_narrows(near) ? (float)near : lqi_decimal_round_to_float(parts.significand, parts.power);
    if (magnitude != 0 && !(magnitude >= FLT_MIN && magnitude <= FLT_MAX)) return false;
    *value = negative ? -magnitude : magnitude;
    *behind = parts.behind;
    return true;
}

#endif
