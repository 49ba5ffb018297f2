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

/* Half-way between two floats: the hardest case for a conversion that goes through double. */
static void rounds_float_midpoints(void **state)
{
    (void)state;
    uint64_t random = 1234567;
    for (int i = 0; i < 2000; i++) {
        uint32_t bits = (uint32_t)next_random(&random) & 0x7EFFFFFF;
        double middle = ((double)lqi_float_of_bits(bits) + (double)lqi_float_of_bits(bits + 1)) / 2;
        char text[160];
        snprintf(text, sizeof text, "%.60e", middle);
        expect_as_strtod(text);
    }
}

static void prints_the_shortest_text_that_reads_back(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } known[] = {{8000, "8000"},
                 {0.1, "0.1"},
                 {-1.5, "-1.5"},
                 {1e22, "1e22"},
                 {5e-324, "5e-324"},
                 {0, "0"},
                 {-0.0, "0"},
                 {5.684341886080802e-14, "5.684341886080802e-14"},
                 {123456789.125, "123456789.125"},
                 {1e-5, "0.00001"}};
    char text[32];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        lqi_decimal_from_double(known[i].value, text);
        assert_string_equal(text, known[i].text);
    }
    uint64_t random = 42;
    for (int i = 0; i < 20000; i++) {
        double value = lqi_double_of_bits(next_random(&random));
        if (!isfinite(value)) continue;
        size_t size = lqi_decimal_from_double(value, text);
        assert_int_equal(size, strlen(text));
        assert_true(size <= 31);
        assert_true(strtod(text, NULL) == value);
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
        cmocka_unit_test(rounds_float_midpoints),
        cmocka_unit_test(prints_the_shortest_text_that_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
