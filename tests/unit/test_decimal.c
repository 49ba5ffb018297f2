/* Decimal numbers against the C library's correctly rounded conversion (in the "C" locale of a test). */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/decimal.h"
#include "base/powers_of_five.h"

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void expect_as_strtod(const char *text)
{
    double got = -1, want = strtod(text, NULL);
    size_t size = lqi_decimal_to_double(text, text + strlen(text), LQI_DECIMAL_PLAIN, &got);
    if (size != strlen(text) || lqi_bits_of_double(got) != lqi_bits_of_double(want))
        fail_msg("%s: %a, not %a (%zu bytes taken)", text, got, want, size);
    float got_float = -1, want_float = strtof(text, NULL);
    size = lqi_decimal_to_float(text, text + strlen(text), LQI_DECIMAL_PLAIN, &got_float);
    if (size != strlen(text) || lqi_bits_of_float(got_float) != lqi_bits_of_float(want_float))
        fail_msg("%s: float %a, not %a", text, (double)got_float, (double)want_float);
}

static void reads_the_grammar(void **state)
{
    (void)state;
    static const char *const numbers[] = {"0",
                                          "-0",
                                          "+1",
                                          "1.",
                                          ".5",
                                          "-.5e3",
                                          "1e5",
                                          "1E+05",
                                          "1.e-5",
                                          "00012.500",
                                          "1e400",
                                          "-1e-400",
                                          "123456789012345678901234567890",
                                          "0.1",
                                          "3.4028236e38",
                                          "1e-46",
                                          "9007199254740993",
                                          "1.7976931348623159e308",
                                          "2.4703282292062327e-324",
                                          "2.4703282292062328e-324",
                                          "0.000000000000000000000000000000000000000000001"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) expect_as_strtod(numbers[i]);
}

static void refuses_what_is_no_number(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
    } cases[] = {{"", 0},   {"-", 0},   {"+", 0},   {".", 0},     {"e5", 0}, {"nan", 0}, {"inf", 0}, {"0x10", 1},
                 {"1e", 1}, {"1e+", 1}, {"1,5", 1}, {"1.5.2", 3}, {" 1", 0}, {"1d2", 1}, {"--1", 0}, {"1e5e5", 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double value;
        size_t size = lqi_decimal_to_double(cases[i].text, cases[i].text + strlen(cases[i].text), 0, &value);
        if (size != cases[i].size) fail_msg("'%s': %zu bytes taken, not %zu", cases[i].text, size, cases[i].size);
    }
}

static void reads_fortran_exponents_when_asked(void **state)
{
    (void)state;
    double value = 0;
    static const char text[] = "1D2";
    assert_int_equal(lqi_decimal_to_double(text, text + 3, LQI_DECIMAL_FORTRAN, &value), 3);
    assert_true(value == 100);
}

static void refuses_tokens_over_the_limit(void **state)
{
    (void)state;
    char text[LQI_DECIMAL_TOKEN_MAX + 2];
    memset(text, '1', sizeof text);
    double value;
    assert_int_equal(lqi_decimal_to_double(text, text + LQI_DECIMAL_TOKEN_MAX, 0, &value), LQI_DECIMAL_TOKEN_MAX);
    assert_int_equal(lqi_decimal_to_double(text, text + LQI_DECIMAL_TOKEN_MAX + 1, 0, &value), 0);
}

static void rounds_as_the_c_library(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < 60000; i++) {
        uint64_t x = next_random(&random);
        double value = lqi_double_of_bits(x);
        if (!isfinite(value)) continue;
        char text[160];
        switch (i % 4) {
        case 0: snprintf(text, sizeof text, "%.17g", value); break;
        case 1: snprintf(text, sizeof text, "%.*e", (int)(x % 40), value); break;
        case 2:
            snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)(x >> 20),
                     (unsigned long long)(x & 0xFFFFF), (int)(x % 80) - 40);
            break;
        default: snprintf(text, sizeof text, "%.6f", (double)(int64_t)x / 1e16); break;
        }
        expect_as_strtod(text);
    }
}

/* Half-way between two numbers, and a little beside: the hardest cases, written out and cut off. */
static void rounds_midpoints(void **state)
{
    (void)state;
    uint64_t random = 1234567;
    for (int i = 0; i < 20000; i++) {
        uint64_t x = next_random(&random);
        float narrow = lqi_float_of_bits((uint32_t)x & 0x7EFFFFFF);
        double wide = lqi_double_of_bits(next_random(&random) & 0x7FDFFFFFFFFFFFFF);
        if (i % 4 == 0) wide = lqi_double_of_bits(x & 0xFFFFFFFFFFFFF); /* denormal */
        if (i % 4 == 1) wide = ldexp((double)(x >> 11), (int)(x % 64) - 40);
        double middle = ((double)narrow + (double)nextafterf(narrow, INFINITY)) / 2;
        long double wide_middle = ((long double)wide + (long double)nextafter(wide, INFINITY)) / 2;
        char text[160];
        snprintf(text, sizeof text, "%.60e", middle);
        expect_as_strtod(text);
        snprintf(text, sizeof text, "%.*e", (int)(x >> 8) % 100, nextafter(middle, x & 1 ? INFINITY : 0));
        expect_as_strtod(text);
        snprintf(text, sizeof text, "%.*Le", (int)(x >> 16) % 115, wide_middle);
        expect_as_strtod(text);
        snprintf(text, sizeof text, "%.*Le", (int)(x >> 24) % 22, nextafterl(wide_middle, x & 1 ? INFINITY : 0));
        expect_as_strtod(text);
    }
}

/* A midpoint that is exact in 128 bytes, and the same with a last digit more or less. */
static void rounds_ties_to_even(void **state)
{
    (void)state;
    static const char *const numbers[] = {
        "9007199254740993",
        "9007199254740993.0000000000000000000000000000000000000000000000000000000000000000000001",
        "9007199254740992.9999999999999999999999999999999999999999999999999999999999999999999999",
        "9007199254740995",
        "16777217",
        "16777219.0000000000",
        "16777217.00000000000000000000000000000000000001",
        "0.50000005960464477539062500000",
        "0.5000000596046447753906250000000001",
        "340282356779733661637539395458142568447",
        "340282356779733661637539395458142568448",
        "1.79769313486231580793728971405303415079934132710037826936173778980444968292764751e308",
        "1.79769313486231570814527423731704356798070567525844996598917476803157260780028539e308",
        "7.006492321624085354618647916449580656401309709382578858785341419448955413429303e-46",
        "2.4703282292062327208299439717970665465254219e-324"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) expect_as_strtod(numbers[i]);
}

static void powers_of_five_are_what_they_say(void **state)
{
    (void)state;
    assert_true(lqi_power_of_five(0)[0] == (uint64_t)1 << 63 && lqi_power_of_five(0)[1] == 0);
    for (int n = LQI_FIVE_POWER_MIN; n < LQI_FIVE_POWER_MAX; n++) {
        /* five times one entry is the next, up to the last bit of both */
        const uint64_t *from = lqi_power_of_five(n), *next = lqi_power_of_five(n + 1);
        assert_true(from[0] >> 63 == 1);
        unsigned __int128 low = (unsigned __int128)from[1] * 5, high = (unsigned __int128)from[0] * 5 + (low >> 64);
        int drop = high >> 66 ? 3 : 2;
        unsigned __int128 value = high << (64 - drop) | (uint64_t)low >> drop;
        unsigned __int128 want = (unsigned __int128)next[0] << 64 | next[1];
        unsigned __int128 distance = want > value ? want - value : value - want;
        if (distance > 2) fail_msg("5^%d does not follow from 5^%d", n + 1, n);
    }
}

/* Significant digits of a text, without zeros at either end. */
static int digits_of(const char *text)
{
    int count = 0, zeros = 0;
    for (; *text && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (*text == '0' && !count && !zeros)) continue;
        if (*text == '0')
            zeros++;
        else
            count += zeros + 1, zeros = 0;
    }
    return count;
}

static void check_print(double value)
{
    char text[LQI_DECIMAL_TEXT_SIZE], shorter[64];
    size_t size = lqi_decimal_from_double(value, text);
    if (size != strlen(text) || size > 25 || strtod(text, NULL) != value) fail_msg("%a is %s", value, text);
    int count = digits_of(text);
    if (value == 0) return;
    snprintf(shorter, sizeof shorter, "%.*e", count - 1, value);
    if (count < 17 && strtod(shorter, NULL) == value && strtod(shorter, NULL) != strtod(text, NULL))
        fail_msg("%s is nearer than %s", shorter, text);
    snprintf(shorter, sizeof shorter, "%.*e", count > 1 ? count - 2 : 0, value);
    if (count > 1 && strtod(shorter, NULL) == value) fail_msg("%s is shorter than %s", shorter, text);
}

static void check_print_float(float value)
{
    char text[LQI_DECIMAL_TEXT_SIZE], shorter[64];
    size_t size = lqi_decimal_from_float(value, text);
    if (size != strlen(text) || size > 25 || strtof(text, NULL) != value) fail_msg("%a is %s", (double)value, text);
    int count = digits_of(text);
    snprintf(shorter, sizeof shorter, "%.*e", count > 1 ? count - 2 : 0, (double)value);
    if (count > 1 && strtof(shorter, NULL) == value) fail_msg("%s is shorter than %s", shorter, text);
}

static void print_both(double value)
{
    check_print(value);
    check_print(-value);
    if (value <= (double)FLT_MAX) check_print_float((float)value), check_print_float(-(float)value);
}

static void prints_the_shortest_text_that_reads_back(void **state)
{
    (void)state;
    static const double chosen[] = {0,      1,    2,        10,      123456,     1e-6,      9.9999995e-7,
                                    1e16,   1e17, 1e15 / 3, DBL_MIN, DBL_MAX,    FLT_MIN,   FLT_MAX,
                                    1e9,    1e23, 1e-45,    0x1p53,  0x1p54,     0x1p-1074, 9007199254740993.0,
                                    5e-324, 0.3,  1e8 - 1,  1e300,   1 - 0x1p-53};
    for (size_t i = 0; i < sizeof chosen / sizeof chosen[0]; i++) print_both(chosen[i]);
    for (int power = -1074; power < 1024; power++) { /* both sides of every power of two */
        double value = ldexp(1, power);
        print_both(value), print_both(nextafter(value, INFINITY)), print_both(nextafter(value, 0));
    }
    for (int power = -323; power <= 308; power++) { /* and of ten */
        char text[16];
        snprintf(text, sizeof text, "1e%d", power);
        double up = strtod(text, NULL), down = up;
        for (int i = 0; i < 3; i++, up = nextafter(up, INFINITY), down = nextafter(down, 0))
            print_both(up), print_both(down);
    }
    uint64_t random = 42;
    for (int i = 0; i < 60000; i++) {
        uint64_t x = next_random(&random);
        double value = fabs(lqi_double_of_bits(x));
        if (i % 3 == 1) value = round((double)(int64_t)(x >> 20)) / pow(10, (double)(x % 12)); /* what people draw */
        if (i % 3 == 2) value = fabs((double)lqi_float_of_bits((uint32_t)x));                  /* what STL brings */
        if (isfinite(value)) print_both(value);
    }
}

static void prints_known_texts(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } known[] = {{8000, "8000"},
                 {0.1, "0.1"},
                 {-1.5, "-1.5"},
                 {1e22, "1e22"},
                 {-1.25e-7, "-1.25e-7"},
                 {5e-324, "5e-324"},
                 {0, "0"},
                 {-0.0, "0"},
                 {5.684341886080802e-14, "5.684341886080802e-14"},
                 {-2.2250738585072014e-308, "-2.2250738585072014e-308"},
                 {123456789.125, "123456789.125"},
                 {12345678901234568, "12345678901234568"},
                 {1e16, "10000000000000000"},
                 {1e17, "1e17"},
                 {1e-6, "0.000001"},
                 {-0.0000012345678901234567, "-0.0000012345678901234567"},
                 {1e-5, "0.00001"}};
    static const struct {
        float value;
        const char *text;
    } floats[] = {{0.1f, "0.1"},
                  {-2.55f, "-2.55"},
                  {16777216, "16777216"},
                  {2e-6f, "0.000002"},
                  {0.30000001192092896f, "0.3"},
                  {8388609, "8388609"},
                  {1.00000012f, "1.0000001"},
                  {-0.0f, "0"},
                  {999999936, "999999940"},
                  {1e-45f, "1e-45"},
                  {FLT_MAX, "3.4028235e38"},
                  {0.25f, "0.25"}};
    char text[LQI_DECIMAL_TEXT_SIZE];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_int_equal(lqi_decimal_from_double(known[i].value, text), strlen(known[i].text));
        assert_string_equal(text, known[i].text);
    }
    for (size_t i = 0; i < sizeof floats / sizeof floats[0]; i++) {
        lqi_decimal_from_float(floats[i].value, text);
        assert_string_equal(text, floats[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_grammar),
        cmocka_unit_test(refuses_what_is_no_number),
        cmocka_unit_test(reads_fortran_exponents_when_asked),
        cmocka_unit_test(refuses_tokens_over_the_limit),
        cmocka_unit_test(rounds_as_the_c_library),
        cmocka_unit_test(rounds_midpoints),
        cmocka_unit_test(rounds_ties_to_even),
        cmocka_unit_test(powers_of_five_are_what_they_say),
        cmocka_unit_test(prints_the_shortest_text_that_reads_back),
        cmocka_unit_test(prints_known_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
