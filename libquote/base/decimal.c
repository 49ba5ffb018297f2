#include "base/decimal.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Three paths, each exact where it applies, from fast to general:
 *   1. significand <= 2^53 and |power| <= 22: one correctly rounded operation (Clinger);
 *   2. up to 19 digits and |power| <= 27: 5^27 < 2^63, so product or quotient fits 128 bits, rounded once;
 *   3. anything else: big integers. */

typedef unsigned __int128 u128;

#define EXACT_DIGITS_MAX 19
#define POWER_OF_FIVE_MAX 27

static const double powers_of_ten[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                         1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

typedef struct scanned {
    const char *digits_first, *digits_last; /* [first, last) may hold the dot */
    uint64_t significand;                   /* of the first 19 significant digits */
    int digit_count;                        /* significant ones */
    int power;                              /* value = all digits as an integer * 10^power */
    int negative;
    size_t size;
} scanned;

typedef struct shape {
    int bits;         /* of the significand */
    int power_of_two; /* of the smallest denormal */
} shape;

static const shape shape_double = {53, -1074};
static const shape shape_float = {24, -149};

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* The exponent is clamped far outside what any format holds, so that it cannot overflow. */
static const char *scan_exponent(const char *p, const char *end, int flags, int *power)
{
    if (p == end) return p;
    char c = (char)(*p | 0x20);
    if (c != 'e' && !(c == 'd' && (flags & LQI_DECIMAL_FORTRAN))) return p;
    const char *q = p + 1;
    int negative = 0;
    if (q < end && (*q == '+' || *q == '-')) negative = *q++ == '-';
    if (q == end || !is_digit(*q)) return p;
    int value = 0;
    for (; q < end && is_digit(*q); q++)
        if (value < 100000) value = value * 10 + (*q - '0');
    *power += negative ? -value : value;
    return q;
}

static int scan(const char *text, const char *end, int flags, scanned *s)
{
    if (end - text > LQI_DECIMAL_TOKEN_MAX + 1) end = text + LQI_DECIMAL_TOKEN_MAX + 1;
    const char *p = text;
    *s = (scanned){0};
    if (p < end && (*p == '+' || *p == '-')) s->negative = *p++ == '-';
    s->digits_first = p;
    int any = 0, after_dot = 0;
    for (; p < end; p++) {
        if (*p == '.' && !after_dot) {
            after_dot = 1;
            continue;
        }
        if (!is_digit(*p)) break;
        any = 1;
        s->power -= after_dot;
        if (*p == '0' && s->digit_count == 0) continue;
        if (s->digit_count < EXACT_DIGITS_MAX) s->significand = s->significand * 10 + (uint64_t)(*p - '0');
        s->digit_count++;
    }
    if (!any) return 0;
    s->digits_last = p;
    p = scan_exponent(p, end, flags, &s->power);
    s->size = (size_t)(p - text);
    return s->size <= LQI_DECIMAL_TOKEN_MAX;
}

static int bit_length(u128 x)
{
    uint64_t high = (uint64_t)(x >> 64), low = (uint64_t)x;
    return high ? 128 - __builtin_clzll(high) : low ? 64 - __builtin_clzll(low) : 0;
}

/* (q + fraction) * 2^power rounded to the shape, ties to even; `sticky` says that a non-zero fraction was cut off. */
static double round_to_shape(u128 q, int power, int sticky, shape to)
{
    int drop = bit_length(q) - to.bits;
    if (power + drop < to.power_of_two) drop = to.power_of_two - power;
    if (drop > 0) {
        if (drop > 127) return 0;
        u128 half = (u128)1 << (drop - 1);
        u128 rest = q & (half + half - 1);
        q >>= drop;
        power += drop;
        if (rest > half || (rest == half && (sticky || (q & 1)))) q++;
    }
    return ldexp((double)(uint64_t)q, power);
}

static double round_in_128_bits(const scanned *s, shape to)
{
    uint64_t five = 1;
    int magnitude = s->power < 0 ? -s->power : s->power;
    for (int i = 0; i < magnitude; i++) five *= 5;
    if (s->power >= 0) return round_to_shape((u128)s->significand * five, s->power, 0, to);
    u128 numerator = (u128)s->significand;
    int shift = 127 - bit_length(numerator);
    numerator <<= shift;
    return round_to_shape(numerator / five, s->power - shift, numerator % five != 0, to);
}

/* Big unsigned integers, little end first: 128 digits times 10^330 need 1 600 bits. */
#define LIMBS 80
typedef struct big {
    uint32_t limb[LIMBS];
    int count;
} big;

static void big_multiply_add(big *x, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (int i = 0; i < x->count; i++) {
        carry += (uint64_t)x->limb[i] * factor;
        x->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry && x->count < LIMBS) x->limb[x->count++] = (uint32_t)carry;
}

static int big_bits(const big *x) { return x->count ? x->count * 32 - __builtin_clz(x->limb[x->count - 1]) : 0; }

static void big_shift_left(big *x, int bits)
{
    if (!x->count) return;
    int words = bits / 32, rest = bits % 32;
    int count = (big_bits(x) + bits + 31) / 32;
    for (int i = count - 1; i >= 0; i--) {
        int from = i - words;
        uint32_t high = from >= 0 && from < x->count ? x->limb[from] : 0;
        uint32_t low = from >= 1 && from - 1 < x->count ? x->limb[from - 1] : 0;
        x->limb[i] = rest ? high << rest | low >> (32 - rest) : high;
    }
    x->count = count;
}

static int big_compare(const big *a, const big *b)
{
    if (a->count != b->count) return a->count < b->count ? -1 : 1;
    for (int i = a->count - 1; i >= 0; i--)
        if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

static void big_subtract(big *a, const big *b)
{
    int64_t borrow = 0;
    for (int i = 0; i < a->count; i++) {
        borrow += (int64_t)a->limb[i] - (i < b->count ? b->limb[i] : 0);
        a->limb[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    while (a->count && !a->limb[a->count - 1]) a->count--;
}

static double round_with_big_integers(const scanned *s, shape to)
{
    /* 0.1 <= digits * 10^-digit_count < 1, so these two bounds decide overflow and underflow for any shape. */
    if (s->digit_count + s->power > 310) return HUGE_VAL;
    if (s->digit_count + s->power < -330) return 0;
    big numerator = {{0}, 0}, denominator = {{1}, 1};
    for (const char *p = s->digits_first; p < s->digits_last; p++)
        if (is_digit(*p)) big_multiply_add(&numerator, 10, (uint32_t)(*p - '0'));
    for (int i = 0; i < s->power; i++) big_multiply_add(&numerator, 5, 0);
    for (int i = 0; i < -s->power; i++) big_multiply_add(&denominator, 5, 0);
    int shift = big_bits(&denominator) + 66 - big_bits(&numerator);
    if (shift > 0)
        big_shift_left(&numerator, shift);
    else
        big_shift_left(&denominator, -shift);
    u128 quotient = 0; /* 66 or 67 bits, one at a time */
    for (int i = 0; i < 67; i++) {
        big scaled = denominator;
        big_shift_left(&scaled, 66 - i);
        quotient <<= 1;
        if (big_compare(&numerator, &scaled) >= 0) {
            big_subtract(&numerator, &scaled);
            quotient |= 1;
        }
    }
    return round_to_shape(quotient, s->power - shift, numerator.count != 0, to);
}

static double round_exactly(const scanned *s, shape to)
{
    if (s->digit_count == 0) return 0;
    if (s->digit_count <= EXACT_DIGITS_MAX && s->power >= -POWER_OF_FIVE_MAX && s->power <= POWER_OF_FIVE_MAX)
        return round_in_128_bits(s, to);
    return round_with_big_integers(s, to);
}

static int fast_path(const scanned *s, double *value)
{
    if (s->digit_count > EXACT_DIGITS_MAX || s->significand > (uint64_t)1 << 53 || s->power < -22 || s->power > 22)
        return 0;
    double significand = (double)s->significand;
    *value = s->power < 0 ? significand / powers_of_ten[-s->power] : significand * powers_of_ten[s->power];
    return 1;
}

size_t lqi_decimal_to_double(const char *text, const char *end, int flags, double *value)
{
    scanned s;
    if (!scan(text, end, flags, &s)) return 0;
    double magnitude;
    if (!fast_path(&s, &magnitude)) magnitude = round_exactly(&s, shape_double);
    *value = s.negative ? -magnitude : magnitude;
    return s.size;
}

/* Rounding the double again is wrong only where it lies half-way between two floats, or among float denormals. */
static int narrows_safely(double magnitude)
{
    uint64_t bits;
    memcpy(&bits, &magnitude, sizeof bits);
    return (bits & 0x1FFFFFFF) != 0x10000000 && (magnitude == 0 || magnitude >= FLT_MIN);
}

size_t lqi_decimal_to_float(const char *text, const char *end, int flags, float *value)
{
    scanned s;
    if (!scan(text, end, flags, &s)) return 0;
    double magnitude;
    if (!fast_path(&s, &magnitude) || !narrows_safely(magnitude)) magnitude = round_exactly(&s, shape_float);
    *value = (float)(s.negative ? -magnitude : magnitude);
    return s.size;
}

/* ---- printing ---- */

/* `count` significant digits and the decimal exponent of the first, correctly rounded by the C library; only digits
 * are taken from its text, so its locale does not matter. */
static int print_digits(double magnitude, int count, char digits[20])
{
    char text[64];
    snprintf(text, sizeof text, "%.*e", count - 1, magnitude);
    const char *p = text;
    int found = 0;
    for (; *p && *p != 'e'; p++)
        if (is_digit(*p) && found < count) digits[found++] = *p;
    int exponent = 0, negative = 0;
    for (; *p; p++) {
        if (*p == '-') negative = 1;
        if (is_digit(*p)) exponent = exponent * 10 + (*p - '0');
    }
    return negative ? -exponent : exponent;
}

static int reads_back(const char *digits, int count, int exponent, double magnitude)
{
    char text[48];
    int size = snprintf(text, sizeof text, "%.*se%d", count, digits, exponent - (count - 1));
    double again = 0;
    return lqi_decimal_to_double(text, text + size, 0, &again) && again == magnitude;
}

/* At a power of two the nearest decimal may miss the double while its neighbour hits it. */
static int try_count(double magnitude, int count, char digits[20], int *exponent)
{
    *exponent = print_digits(magnitude, count, digits);
    if (reads_back(digits, count, *exponent, magnitude)) return 1;
    for (int step = -1; step <= 1; step += 2) {
        char last = (char)(digits[count - 1] + step);
        if (!is_digit(last)) continue;
        digits[count - 1] = last;
        if (reads_back(digits, count, *exponent, magnitude)) return 1;
        digits[count - 1] = (char)(last - step);
    }
    return 0;
}

static int shortest_digits(double magnitude, char digits[20], int *exponent)
{
    /* Any decimal of up to 15 digits survives a normal double, so trying fewer is only worth it for denormals. */
    int count = magnitude < DBL_MIN ? 1 : 15;
    while (count < 17 && !try_count(magnitude, count, digits, exponent)) count++;
    if (count == 17) *exponent = print_digits(magnitude, 17, digits);
    while (count > 1 && digits[count - 1] == '0') count--;
    return count;
}

size_t lqi_decimal_from_double(double value, char text[32])
{
    char *p = text;
    if (value == 0) {
        memcpy(text, "0", 2);
        return 1;
    }
    if (value < 0) *p++ = '-';
    char digits[20];
    int exponent;
    int count = shortest_digits(fabs(value), digits, &exponent);
    if (exponent >= 0 && exponent < 17) {
        for (int i = 0; i < count || i <= exponent; i++) {
            if (i == exponent + 1) *p++ = '.';
            *p++ = i < count ? digits[i] : '0';
        }
    } else if (exponent < 0 && exponent >= -6) {
        *p++ = '0';
        *p++ = '.';
        for (int i = -1; i > exponent; i--) *p++ = '0';
        for (int i = 0; i < count; i++) *p++ = digits[i];
    } else {
        *p++ = digits[0];
        if (count > 1) *p++ = '.';
        for (int i = 1; i < count; i++) *p++ = digits[i];
        p += snprintf(p, 8, "e%d", exponent);
    }
    *p = 0;
    return (size_t)(p - text);
}
