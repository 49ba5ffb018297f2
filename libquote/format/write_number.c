#include "format/write_number.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/decimal.h"

typedef unsigned __int128 u128;

/* A binary format: any decimal of digits_safe digits survives it, digits_all digits tell all its numbers apart. */
typedef struct shape {
    int bits;
    int digits_safe, digits_all;
} shape;

static const shape shape_double = {53, 15, 17};
static const shape shape_float = {24, 6, 9};

static const uint64_t powers_of_ten[18] = {1u,
                                           10u,
                                           100u,
                                           1000u,
                                           10000u,
                                           100000u,
                                           1000000u,
                                           10000000u,
                                           100000000u,
                                           1000000000u,
                                           10000000000u,
                                           100000000000u,
                                           1000000000000u,
                                           10000000000000u,
                                           100000000000000u,
                                           1000000000000000u,
                                           10000000000000000u,
                                           100000000000000000u};

#define EXPONENT_MIN (-6) /* below, base/decimal.h changes to the notation with e */

/* The magnitude times a power of ten, in units of 2^-fraction_bits, exactly; and half the distance to its neighbours.
 */
typedef struct scaled {
    u128 value, half_gap;
    int fraction_bits;
} scaled;

static uint64_t power_of_five(int n)
{
    uint64_t power = 1;
    for (int i = 0; i < n; i++) power *= 5;
    return power;
}

/* significand < 2^53 and 5^23 < 2^54, so nothing is lost. A shift to the left means an integer below 10^18. */
static scaled scale(uint64_t significand, int power_of_two, int tens)
{
    uint64_t fives = power_of_five(tens);
    scaled s = {(u128)significand * fives * 2, fives, 1 - power_of_two - tens};
    if (s.fraction_bits < 0) {
        s.value <<= -s.fraction_bits;
        s.half_gap <<= -s.fraction_bits;
        s.fraction_bits = 0;
    }
    return s;
}

/* Rounds to a multiple of `step`, ties to even; does that read back to the same number? */
static bool round_to(const scaled *s, uint64_t step, bool is_even, uint64_t *digits)
{
    uint64_t whole = (uint64_t)(s->value >> s->fraction_bits);
    u128 fraction = s->value & (((u128)1 << s->fraction_bits) - 1);
    u128 above = ((u128)(whole % step) << s->fraction_bits) | fraction;
    u128 below = ((u128)step << s->fraction_bits) - above;
    uint64_t quotient = whole / step;
    bool up = above > below || (above == below && quotient % 2 == 1);
    u128 distance = up ? below : above;
    *digits = quotient + up;
    return distance < s->half_gap || (distance == s->half_gap && is_even);
}

static size_t print_plain(uint64_t digits, int exponent, bool negative, char *text)
{
    char reversed[20];
    int count = 0;
    while (digits % 10 == 0) digits /= 10;
    for (; digits; digits /= 10) reversed[count++] = (char)('0' + digits % 10);
    char *p = text;
    if (negative) *p++ = '-';
    if (exponent < 0) {
        memcpy(p, "0.00000", 7);
        p += 1 - exponent;
    }
    for (int i = 0; i < count || i <= exponent; i++) {
        if (i > 0 && i == exponent + 1) *p++ = '.';
        *p++ = i < count ? reversed[count - 1 - i] : '0';
    }
    *p = 0;
    return (size_t)(p - text);
}

/* 0: this number is not for the short way. */
static size_t print_quickly(uint64_t significand, int power_of_two, bool negative, shape of, char *text)
{
    /* floor(log10 2^n) for |n| < 1650, one too low at most for what lies above 2^n */
    int exponent = ((power_of_two + of.bits - 1) * 78913) >> 18;
    if (exponent < EXPONENT_MIN - 1 || exponent > of.digits_all - 1) return 0;
    scaled s = scale(significand, power_of_two, of.digits_all - 1 - exponent);
    if ((uint64_t)(s.value >> s.fraction_bits) >= powers_of_ten[of.digits_all]) {
        if (++exponent > of.digits_all - 1) return 0;
        s = scale(significand, power_of_two, of.digits_all - 1 - exponent);
    }
    if (exponent < EXPONENT_MIN) return 0;
    /* A power of two has a nearer neighbour below: only its exact text is taken here. */
    bool is_power = (significand & (significand - 1)) == 0;
    if (is_power) s.half_gap = 0;
    uint64_t digits = 0;
    int count = of.digits_safe;
    while (!round_to(&s, powers_of_ten[of.digits_all - count], significand % 2 == 0, &digits))
        if (is_power || ++count > of.digits_all) return 0;
    if (digits == powers_of_ten[count]) exponent++;
    return exponent > of.digits_all - 1 ? 0 : print_plain(digits, exponent, negative, text);
}

size_t lqi_number_from_double(double value, char text[LQI_NUMBER_TEXT_SIZE])
{
    uint64_t bits = lqi_bits_of_double(value);
    uint64_t significand = (bits & 0xFFFFFFFFFFFFFu) | (uint64_t)1 << 52;
    int power_of_two = (int)(bits >> 52 & 0x7FF) - 1075;
    size_t size = print_quickly(significand, power_of_two, bits >> 63, shape_double, text);
    return size ? size : lqi_decimal_from_double(value, text);
}

size_t lqi_number_from_float(float value, char text[LQI_NUMBER_TEXT_SIZE])
{
    uint32_t bits = lqi_bits_of_float(value);
    uint64_t significand = (bits & 0x7FFFFFu) | 1u << 23;
    int power_of_two = (int)(bits >> 23 & 0xFF) - 150;
    size_t size = print_quickly(significand, power_of_two, bits >> 31, shape_float, text);
    return size ? size : lqi_decimal_from_double((double)value, text);
}
