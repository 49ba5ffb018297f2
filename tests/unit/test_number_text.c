/* The quick numbers of files against the C library's correctly rounded ones (in the "C" locale of a test). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/number_text.h"

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Behind the text lies what must not matter. The quick way may refuse; what it takes must be right. */
static void check(const char *text, char filler, int *taken)
{
    char place[160 + LQI_NUMBER_MARGIN];
    size_t size = strlen(text);
    memset(place, filler, sizeof place);
    memcpy(place, text, size + 1);
    char *end;
    const char *behind;
    double value = -1, want = strtod(text, &end);
    if (lqi_number_quick(place, &value, &behind)) {
        ++*taken;
        if (behind - place != end - text || lqi_bits_of_double(value) != lqi_bits_of_double(want))
            fail_msg("'%s': %a of %d bytes, not %a", text, value, (int)(behind - place), want);
    } else {
        assert_true(value == -1);
    }
    float narrow = -1, want_narrow = strtof(text, &end);
    if (lqi_number_quick_float(place, &narrow, &behind)) {
        if (behind - place != end - text || lqi_bits_of_float(narrow) != lqi_bits_of_float(want_narrow))
            fail_msg("'%s': float %a, not %a", text, (double)narrow, (double)want_narrow);
    } else {
        assert_true(narrow == -1);
    }
}

static void takes_ordinary_numbers(void **state)
{
    (void)state;
    static const char *const numbers[] = {"0",
                                          "-0",
                                          "+1",
                                          "1.",
                                          ".5",
                                          "-.5e3",
                                          "1E+05",
                                          "1.e-5",
                                          "00012.500",
                                          "12345678",
                                          "12345678.12345678",
                                          "1e22",
                                          "1e-22",
                                          "1e23",
                                          "-1e-37",
                                          "0.12345678901234567",
                                          "0.500000029802322387",
                                          "12.345678901234567e-30",
                                          "1.000000059604644775",
                                          "0.1",
                                          "1.234567e+001",
                                          "0.0000000000000001",
                                          "-3.4e-3"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        int taken = 0;
        check(numbers[i], ' ', &taken);
        check(numbers[i], (char)0xFF, &taken);
        if (taken != 2) fail_msg("%s was not taken", numbers[i]);
    }
}

static void refuses_the_rest(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         "-",
                                         "+",
                                         ".",
                                         "-.",
                                         "e5",
                                         "1e",
                                         "1e+",
                                         "nan",
                                         "inf",
                                         "--1",
                                         "1e1000",
                                         "1e61",
                                         "1e-61",
                                         ".e5",
                                         "123456789012",
                                         "0.1234567890123456789",
                                         "\x80",
                                         "/",
                                         ":"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        int taken = 0;
        check(others[i], ' ', &taken);
        if (taken) fail_msg("'%s' was taken", others[i]);
    }
}

static void never_differs(void **state)
{
    (void)state;
    static const char alphabet[] = "0123456789012345678901234567890123456789..eE+-, d";
    uint64_t random = 88172645463325252u;
    int taken = 0;
    for (int i = 0; i < 400000; i++) {
        uint64_t x = next_random(&random);
        float value = lqi_float_of_bits((uint32_t)x & 0x7FFFFFFF), above = nextafterf(value, INFINITY);
        if (!isfinite(value) || !isfinite(above)) continue;
        char text[160] = "";
        switch (i % 5) {
        case 0: snprintf(text, sizeof text, "%.*e", (int)(x >> 32) % 18, (double)value); break;
        case 1: snprintf(text, sizeof text, "%.*f", (int)(x >> 32) % 12, (double)(int64_t)x / 1e15); break;
        case 2: /* half-way between floats, and next to it */
            value = ldexpf(1 + (float)(x & 0x7FFFFF) / 0x800000, (int)(x >> 32) % 40 - 20);
            snprintf(text, sizeof text, "%.*g", (int)(x >> 40) % 8 + 10,
                     ((double)value + (double)nextafterf(value, INFINITY)) / 2);
            break;
        case 3:
            snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)(x >> x % 64),
                     (unsigned long long)(x * 7 >> x % 61), (int)(x >> 32) % 60 - 30);
            break;
        default:
            for (int k = 0; k < (int)(x >> 59); k++) text[k] = alphabet[next_random(&random) % (sizeof alphabet - 1)];
            if (text[0] == ' ') text[0] = '-';
        }
        check(text, (char)x, &taken);
    }
    assert_true(taken > 150000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_ordinary_numbers),
        cmocka_unit_test(refuses_the_rest),
        cmocka_unit_test(never_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
