#include <stdbool.h>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/decimal.h"
#include "base/powers_of_five.h"

/* Three ways, each exact where it applies, from fast to general:
 *   1. significand <= 2^53 and |power| <= 22: one correctly rounded operation (Clinger);
 *   2. up to 19 digits: the product with 128 bits of the power of five tells the rounding (Eisel and Lemire, "Number
 *      parsing at a gigabyte per second", 2021; that it always does: Mushtak and Lemire, "Fast number parsing without
 *      fallback", 2023);
 *   3. more digits: the same for the first 19 and for the next larger integer; where the two round differently, big
 *      integers compare the number with the midpoint between the two results. */

typedef unsigned __int128 u128;

#define EXACT_DIGITS_MAX 19

static const uint64_t tens[9] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

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

/* A binary format. Below power_min every significand gives zero, above power_max infinity. Between the two even powers
 * a product can lie half-way between two numbers. */
typedef struct shape {
    int stored_bits; /* of the significand, without the hidden one */
    int bias;
    int infinite_exponent;
    int power_min, power_max;
    int even_power_min, even_power_max;
} shape;

static const shape shape_double = {52, 1023, 0x7FF, -342, 308, -4, 23};
static const shape shape_float = {23, 127, 0xFF, -64, 38, -17, 10};

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

static const char *scan_digits(const char *p, const char *end, scanned *s)
{
    while (s->digit_count == 0 && p < end && *p == '0') p++;
    while (end - p >= 8 && s->digit_count <= EXACT_DIGITS_MAX - 8) {
        uint64_t values = lqi_digit_values(p);
        int count = lqi_digits_in_front(values);
        s->significand = s->significand * tens[count] + lqi_digits_to_integer(values, count);
        s->digit_count += count;
        p += count;
        if (count < 8) return p;
    }
    for (; p < end && is_digit(*p); p++)
        if (s->digit_count++ < EXACT_DIGITS_MAX) s->significand = s->significand * 10 + (uint64_t)(*p - '0');
    return p;
}

static int scan(const char *text, const char *end, int flags, scanned *s)
{
    if (end - text > LQI_DECIMAL_TOKEN_MAX + 1) end = text + LQI_DECIMAL_TOKEN_MAX + 1;
    const char *p = text;
    *s = (scanned){0};
    if (p < end && (*p == '+' || *p == '-')) s->negative = *p++ == '-';
    s->digits_first = p;
    p = scan_digits(p, end, s);
    ptrdiff_t count = p - s->digits_first;
    if (p < end && *p == '.') {
        const char *fraction = ++p;
        p = scan_digits(p, end, s);
        count += p - fraction;
        s->power = -(int)(p - fraction);
    }
    if (!count) return 0;
    s->digits_last = p;
    p = scan_exponent(p, end, flags, &s->power);
    s->size = (size_t)(p - text);
    return s->size <= LQI_DECIMAL_TOKEN_MAX;
}

/* ---- up to 19 digits ---- */

/* floor(log2 5^power) + 63 + power */
static int binary_exponent(int power) { return (217706 * power >> 16) + 63; }

/* The bits of significand * 10^power, without sign. */
static uint64_t round_product(uint64_t significand, int power, const shape *to)
{
    if (significand == 0 || power < to->power_min) return 0;
    uint64_t infinite = (uint64_t)to->infinite_exponent << to->stored_bits;
    if (power > to->power_max) return infinite;
    int zeros = __builtin_clzll(significand);
    significand <<= zeros;
    const uint64_t *five = lqi_power_of_five(power);
    u128 product = (u128)significand * five[0];
    /* The second word counts only where the bits to be kept could change. */
    uint64_t rest = UINT64_MAX >> (to->stored_bits + 3);
    if (((uint64_t)(product >> 64) & rest) == rest) product += (u128)significand * five[1] >> 64;
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    int upper = (int)(high >> 63);
    int drop = upper + 64 - to->stored_bits - 3;
    uint64_t kept = high >> drop; /* one bit more than the significand */
    int exponent = binary_exponent(power) + upper - zeros + to->bias;
    if (exponent <= 0) { /* denormal: too far from a power of ten for ties */
        if (exponent < -62) return 0;
        kept >>= 1 - exponent;
        return (kept + (kept & 1)) >> 1;
    }
    bool is_tie = low <= 1 && power >= to->even_power_min && power <= to->even_power_max && kept << drop == high;
    if (is_tie && (kept & 3) == 1) kept--;
    kept = (kept + (kept & 1)) >> 1;
    if (kept >> (to->stored_bits + 1)) {
        kept >>= 1;
        exponent++;
    }
    if (exponent >= to->infinite_exponent) return infinite;
    return (uint64_t)exponent << to->stored_bits | (kept & (((uint64_t)1 << to->stored_bits) - 1));
}

double lqi_decimal_round_to_double(uint64_t significand, int power)
{
    return lqi_double_of_bits(round_product(significand, power, &shape_double));
}

float lqi_decimal_round_to_float(uint64_t significand, int power)
{
    return lqi_float_of_bits((uint32_t)round_product(significand, power, &shape_float));
}

/* ---- more digits ---- */

/* Big unsigned integers, little end first: 128 digits need 426 bits, 5^458 needs 1 064, a significand 54. */
#define LIMBS 64
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

static void big_multiply_by_fives(big *x, int power)
{
    for (; power >= 13; power -= 13) big_multiply_add(x, 1220703125, 0);
    for (; power > 0; power--) big_multiply_add(x, 5, 0);
}

/* Nine digits at a time. */
static void big_read(big *x, const char *first, const char *last)
{
    uint32_t chunk = 0, scale = 1;
    x->count = 0;
    for (const char *p = first; p < last; p++) {
        if (!is_digit(*p)) continue;
        chunk = chunk * 10 + (uint32_t)(*p - '0');
        scale *= 10;
        if (scale == 1000000000) {
            big_multiply_add(x, scale, chunk);
            chunk = 0;
            scale = 1;
        }
    }
    if (scale > 1) big_multiply_add(x, scale, chunk);
}

static int big_bits(const big *x) { return x->count ? x->count * 32 - __builtin_clz(x->limb[x->count - 1]) : 0; }

static uint32_t big_limb(const big *x, int i) { return i >= 0 && i < x->count ? x->limb[i] : 0; }

/* The sign of a * 2^shift - b, for any shift. */
static int big_compare_shifted(const big *a, int shift, const big *b)
{
    if (shift < 0) return -big_compare_shifted(b, -shift, a);
    int bits = big_bits(a) + shift, others = big_bits(b);
    if (bits != others) return bits < others ? -1 : 1;
    for (int i = b->count - 1; i >= 0; i--) {
        int from = i - shift / 32, part = shift % 32;
        uint32_t limb = big_limb(a, from);
        if (part) limb = limb << part | big_limb(a, from - 1) >> (32 - part);
        if (limb != b->limb[i]) return limb < b->limb[i] ? -1 : 1;
    }
    return 0;
}

/* The sign of the number minus the midpoint between `bits` and the next larger number. */
static int compare_with_midpoint(const scanned *s, uint64_t bits, const shape *to)
{
    int exponent = (int)(bits >> to->stored_bits);
    uint64_t significand = bits & (((uint64_t)1 << to->stored_bits) - 1);
    if (exponent) significand |= (uint64_t)1 << to->stored_bits;
    int power_of_two = (exponent ? exponent : 1) - to->bias - to->stored_bits - 1;
    significand = 2 * significand + 1;
    big midpoint, digits;
    midpoint.limb[0] = (uint32_t)significand;
    midpoint.limb[1] = (uint32_t)(significand >> 32);
    midpoint.count = midpoint.limb[1] ? 2 : 1;
    big_read(&digits, s->digits_first, s->digits_last);
    if (s->power >= 0)
        big_multiply_by_fives(&digits, s->power);
    else
        big_multiply_by_fives(&midpoint, -s->power);
    return big_compare_shifted(&digits, s->power - power_of_two, &midpoint);
}

static uint64_t round_exactly(const scanned *s, const shape *to)
{
    if (s->digit_count <= EXACT_DIGITS_MAX) return round_product(s->significand, s->power, to);
    int power = s->power + s->digit_count - EXACT_DIGITS_MAX;
    uint64_t below = round_product(s->significand, power, to);
    if (below == round_product(s->significand + 1, power, to)) return below;
    int side = compare_with_midpoint(s, below, to);
    return below + (side > 0 || (side == 0 && (below & 1)));
}

/* ---- */

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
    if (!fast_path(&s, &magnitude)) magnitude = lqi_double_of_bits(round_exactly(&s, &shape_double));
    *value = s.negative ? -magnitude : magnitude;
    return s.size;
}

size_t lqi_decimal_to_float(const char *text, const char *end, int flags, float *value)
{
    scanned s;
    if (!scan(text, end, flags, &s)) return 0;
    float magnitude = lqi_float_of_bits((uint32_t)round_exactly(&s, &shape_float));
    *value = s.negative ? -magnitude : magnitude;
    return s.size;
}
