/* cmocka with sentences: checks that say which case of a table failed. Include instead of cmocka.h. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Fails the test with a sentence unless `holds`. */
#define CHECK(holds, ...)                               \
    do {                                                \
        if (!(holds)) {                                 \
            print_error("%s:%d: ", __FILE__, __LINE__); \
            print_error(__VA_ARGS__);                   \
            print_error("\n");                          \
            fail();                                     \
        }                                               \
    } while (0)

#define CHECK_INT(name, actual, expected, what)                                                                      \
    CHECK((long long)(actual) == (long long)(expected), "%s: %s is %lld, not %lld", name, what, (long long)(actual), \
          (long long)(expected))

#define CHECK_NEAR(name, actual, expected, tolerance, what)                                                           \
    CHECK(fabs((double)(actual) - (double)(expected)) <= (double)(tolerance),                                         \
          "%s: %s is %.17g, not %.17g (off by %.3g, allowed %.3g)", name, what, (double)(actual), (double)(expected), \
          (double)(actual) - (double)(expected), (double)(tolerance))

#define CHECK_TEXT(name, actual, expected, what) \
    CHECK(strcmp(actual, expected) == 0, "%s: %s is \"%s\", not \"%s\"", name, what, actual, expected)

#endif
