#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "base/decimal.h"
#include "base/powers_of_five.h"

/* Shortest digits: Raffaello Giulietti, "The Schubfach way to render doubles", 2020. The interval that rounds to the
 * number and its neighbours on a decimal grid are compared after one multiplication by a power of ten, rounded to odd,
 * so that every comparison is exact. */

typedef unsigned __int128 u128;

#define PLAIN_EXPONENT_MIN (-6) /* outside of these the exponent is written */
#define PLAIN_EXPONENT_MAX 16

typedef struct decimal {
    uint64_t digits;
    int power;
} decimal;

/* A finite number: significand * 2^power; `closer` when the next smaller number is at half the distance. */
typedef struct binary {
    uint64_t significand;
    int power;
    bool closer;
} binary;

static int floor_log2_of_ten(int power) { return (power * 1741647) >> 19; }
static int floor_log10_of_two(int power) { return (power * 1262611) >> 22; }
static int floor_log10_of_three_quarters_of_two(int power) { return (power * 1262611 - 524031) >> 22; }

/* 128 bits of a power of ten, rounded up. */
static u128 power_of_ten(int n)
{
    const uint64_t *five = lqi_power_of_five(n);
    u128 value = (u128)five[0] << 64 | five[1];
    return value + (n > LQI_FIVE_EXACT_MAX || n < LQI_FIVE_ROUNDED_UP_MIN);
}

/* factor * ten / 2^128; the last bit says whether anything was lost. */
static uint64_t multiply_to_odd(u128 ten, uint64_t factor)
{
    u128 low = (u128)(uint64_t)ten * factor, high = (u128)(uint64_t)(ten >> 64) * factor;
    high += (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* The same with 64 bits of the power, enough for floats; the result has 32 bits. */
static uint64_t multiply_to_odd_narrow(u128 ten, uint64_t factor)
{
    uint64_t upper = (uint64_t)(ten >> 64) + ((uint64_t)ten != 0);
    u128 product = (u128)upper * factor;
    return (uint64_t)(product >> 64) | ((uint64_t)product >> 32 > 1);
}

static inline decimal shortest(binary x, bool narrow)
{
    uint64_t four = 4 * x.significand;
    int power = x.closer ? floor_log10_of_three_quarters_of_two(x.power) : floor_log10_of_two(x.power);
    int shift = x.power + floor_log2_of_ten(-power) + 1;
    u128 ten = power_of_ten(-power);
    uint64_t (*multiply)(u128, uint64_t) = narrow ? multiply_to_odd_narrow : multiply_to_odd;
    bool open = x.significand % 2; /* ties go to even numbers */
    uint64_t lower = multiply(ten, (four - 2 + x.closer) << shift) + open;
    uint64_t value = multiply(ten, four << shift);
    uint64_t upper = multiply(ten, (four + 2) << shift) - open;
    uint64_t whole = value / 4;
    if (whole >= 10) { /* one digit less, if exactly one such number lies inside */
        uint64_t cut = whole / 10;
        bool below = lower <= 40 * cut, above = 40 * cut + 40 <= upper;
        if (below != above) return (decimal){cut + above, power + 1};
    }
    bool below = lower <= 4 * whole, above = 4 * whole + 4 <= upper;
    if (below != above) return (decimal){whole + above, power};
    uint64_t middle = 4 * whole + 2;
    return (decimal){whole + (value > middle || (value == middle && whole % 2)), power};
}

static const char pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
    "49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697"
    "9899";

/* All digits, ending just below p; returns the first. */
static char *put_digits(char *p, uint64_t digits)
{
    while (digits >= 100000000) { /* by eight, so that the rest is narrow arithmetic */
        uint32_t low = (uint32_t)(digits % 100000000);
        digits /= 100000000;
        for (int i = 0; i < 4; i++, low /= 100) memcpy(p -= 2, pairs + 2 * (low % 100), 2);
    }
    uint32_t rest = (uint32_t)digits;
    for (; rest >= 100; rest /= 100) memcpy(p -= 2, pairs + 2 * (rest % 100), 2);
    if (rest < 10)
        *--p = (char)('0' + rest);
    else
        memcpy(p -= 2, pairs + 2 * rest, 2);
    return p;
}

static size_t print(decimal d, bool negative, char *text)
{
    char digits[24], *end = digits + sizeof digits;
    char *first = put_digits(end, d.digits);
    int exponent = d.power + (int)(end - first) - 1;
    while (end[-1] == '0') end--;
    size_t count = (size_t)(end - first);
    char *p = text;
    if (negative) *p++ = '-';
    if (exponent < PLAIN_EXPONENT_MIN || exponent > PLAIN_EXPONENT_MAX) {
        *p++ = *first;
        if (count > 1) *p++ = '.';
        memcpy(p, first + 1, count - 1);
        p += count - 1;
        *p++ = 'e';
        if (exponent < 0) *p++ = '-';
        first = put_digits(end = digits + sizeof digits, (uint64_t)(exponent < 0 ? -exponent : exponent));
        memcpy(p, first, (size_t)(end - first));
        p += end - first;
    } else if (exponent < 0) {
        memcpy(p, "0.00000", 7);
        p += 1 - exponent;
        memcpy(p, first, count);
        p += count;
    } else {
        size_t whole = (size_t)exponent + 1;
        memset(p, '0', 17);
        if (count <= whole) {
            memcpy(p, first, count);
            p += whole;
        } else {
            memcpy(p, first, whole);
            p[whole] = '.';
            memcpy(p + whole + 1, first + whole, count - whole);
            p += count + 1;
        }
    }
    *p = 0;
    return (size_t)(p - text);
}

static inline size_t print_binary(uint64_t bits, int stored_bits, int bias, bool negative, char *text)
{
    if (bits == 0) {
        memcpy(text, "0", 2);
        return 1;
    }
    uint64_t hidden = (uint64_t)1 << stored_bits, stored = bits & (hidden - 1);
    int exponent = (int)(bits >> stored_bits);
    binary x = {exponent ? stored | hidden : stored, (exponent ? exponent : 1) - bias - stored_bits,
                stored == 0 && exponent > 1};
    bool is_integer = x.power <= 0 && x.power >= -stored_bits && (x.significand & (((uint64_t)1 << -x.power) - 1)) == 0;
    return print(is_integer ? (decimal){x.significand >> -x.power, 0} : shortest(x, stored_bits < 32), negative, text);
}

size_t lqi_decimal_from_double(double value, char text[LQI_DECIMAL_TEXT_SIZE])
{
    uint64_t bits = lqi_bits_of_double(value);
    return print_binary(bits & ~((uint64_t)1 << 63), 52, 1023, bits >> 63, text);
}

size_t lqi_decimal_from_float(float value, char text[LQI_DECIMAL_TEXT_SIZE])
{
    uint32_t bits = lqi_bits_of_float(value);
    return print_binary(bits & ~((uint32_t)1 << 31), 23, 127, bits >> 31, text);
}
