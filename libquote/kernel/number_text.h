/*
 * Decimal text to binary floating point where that takes one rounding, for files of millions of numbers. Eight digits
 * at a time in a 64-bit word. Exact: significand <= 2^53 and |power| <= 22 make quotient and product correctly rounded
 * (Clinger, "How to read floating point numbers accurately", PLDI 1990). What is not so easy goes to base/decimal.h,
 * which reads the same grammar: [+-]? ( d+ [. d*]? | . d+ ) ( [eE] [+-]? d+ )?
 */
#ifndef LQI_NUMBER_TEXT_H
#define LQI_NUMBER_TEXT_H

#include <float.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/ascii.h"

/* Bytes from the first on that must be readable, whatever they are. */
#define LQI_NUMBER_MARGIN 40

#define LQI_NUMBER_POWER_MAX 22

static const double lqi_number_tens[LQI_NUMBER_POWER_MAX + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static const uint64_t lqi_number_whole_tens[17] = {1,
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
                                                   10000000000000000};

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

static inline bool lqi_number_magnitude(const char *p, double *magnitude, const char **behind)
{
    uint64_t values = lqi_digit_values(p);
    int whole_count = lqi_digits_in_front(values), fraction_count = 0;
    uint64_t significand = lqi_digits_to_integer(values, whole_count);
    p += whole_count;
    if (*p == '.') {
        values = lqi_digit_values(++p);
        fraction_count = lqi_digits_in_front(values);
        uint64_t fraction = lqi_digits_to_integer(values, fraction_count);
        p += fraction_count;
        if (fraction_count == 8) {
            values = lqi_digit_values(p);
            int more = lqi_digits_in_front(values);
            fraction = fraction * lqi_number_whole_tens[more] + lqi_digits_to_integer(values, more);
            fraction_count += more;
            p += more;
        }
        if (whole_count + fraction_count > 19) return false;
        significand = significand * lqi_number_whole_tens[fraction_count] + fraction;
    }
    if ((unsigned char)(*p - '0') < 10 || whole_count + fraction_count == 0) return false;
    int power = -fraction_count;
    if ((*p | 0x20) == 'e' && !lqi_number_exponent(&p, &power)) return false;
    if (significand > (uint64_t)1 << 53 || power > LQI_NUMBER_POWER_MAX || power < -LQI_NUMBER_POWER_MAX) return false;
    *behind = p;
    *magnitude = power < 0 ? (double)(int64_t)significand / lqi_number_tens[-power]
                           : (double)(int64_t)significand * lqi_number_tens[power];
    return true;
}

/* Rounding the double again is wrong only where it lies half-way between two floats or outside their normal range. */
static inline bool lqi_number_narrows(double magnitude)
{
    return (lqi_bits_of_double(magnitude) & 0x1FFFFFFF) != 0x10000000 &&
           (magnitude == 0 || (magnitude >= (double)FLT_MIN && magnitude <= (double)FLT_MAX));
}

/* Reads one number at `text`. true: *value is correctly rounded and *behind is the first byte that does not belong to
 * it. false: not quick (too many digits, a large exponent) or no number; nothing is stored. LQI_NUMBER_MARGIN bytes at
 * `text` must be readable; behind may lie anywhere in them, so the caller checks it against the end of its text. */
static inline bool lqi_number_quick(const char *text, double *value, const char **behind)
{
    bool negative = *text == '-';
    double magnitude;
    if (!lqi_number_magnitude(text + (negative || *text == '+'), &magnitude, behind)) return false;
    *value = negative ? -magnitude : magnitude;
    return true;
}

/* The same for the nearest float (not by way of the nearest double). false also where that could differ. */
static inline bool lqi_number_quick_float(const char *text, float *value, const char **behind)
{
    bool negative = *text == '-';
    double magnitude;
    const char *after;
    if (!lqi_number_magnitude(text + (negative || *text == '+'), &magnitude, &after)) return false;
    if (!lqi_number_narrows(magnitude)) return false;
    *behind = after;
    *value = (float)(negative ? -magnitude : magnitude);
    return true;
}

#endif
