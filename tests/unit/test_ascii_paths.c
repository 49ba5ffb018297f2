/* The tolerant reader of ASCII STL and the kernels that take ordinary facets off it must not differ in anything:
 * facets, notes, codes, offsets, lines. Files of several writers, and the same with random damage. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/ascii_paths.h"

enum { SIZE = 40000, MUTANTS = 1500 };

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

typedef struct writer {
    const char *number, *before_normal, *before_loop, *before_vertex, *after_vertex, *end;
} writer;

static const writer writers[] = {
    {"%.6f", "  facet normal ", "\n    outer loop\n", "      vertex ", "\n", "    endloop\n  endfacet\n"},
    {"%e", "facet normal ", "\r\nouter loop\r\n", "vertex ", "\r\n", "endloop\r\nendfacet\r\n"},
    {"% .9g", "\tfacet normal ", "\n\t\touter loop\n", "\t\t\tvertex ", " \n", "\t\tend loop\n\tend facet\n"},
    {"%.17g", "FACET NORMAL ", " OUTER LOOP ", "VERTEX ", " ", "ENDLOOP ENDFACET "},
    {"%.3f", "facet normal ", "\nouter loop\n", "vertex ", "\n", "endloop\n"},
    {"%g", "facet normal ", "\nouter loop # comment\n", "vertex ", "\n", "endloop\nendfacet\n"},
};

static size_t write_number(char *text, const char *format, uint64_t *random)
{
    uint64_t x = next_random(random);
    double value = (double)(int64_t)x / 9e16;
    if (x % 16 == 0) value = 0;
    if (x % 64 == 1) value *= 1e-7;
    return (size_t)sprintf(text, format, value);
}

static size_t write_file(char *text, size_t size, const writer *by, uint64_t *random)
{
    size_t at = (size_t)sprintf(text, "solid test\n");
    while (at + 700 < size) {
        at += (size_t)sprintf(text + at, "%s", by->before_normal);
        for (int i = 0; i < 3; i++) {
            if (i) text[at++] = ' ';
            at += write_number(text + at, by->number, random);
        }
        at += (size_t)sprintf(text + at, "%s", by->before_loop);
        for (int i = 0; i < 9; i++) {
            at += (size_t)sprintf(text + at, "%s", i % 3 ? " " : by->before_vertex);
            at += write_number(text + at, by->number, random);
            if (i % 3 == 2) at += (size_t)sprintf(text + at, "%s", by->after_vertex);
        }
        at += (size_t)sprintf(text + at, "%s", by->end);
    }
    return at + (size_t)sprintf(text + at, "endsolid test\n");
}

/* One random edit; the text has room for it. */
static size_t damage(char *text, size_t size, uint64_t *random)
{
    static const char *const words[] = {
        " ",         "\n",       "\t",  "vertex", "facet ", "endfacet\n", "endloop",
        "solid x\n", "endsolid", "nan", "-inf",   "1,5",    ",",          "1e400",
        "+",         "0x1p3",    "#",   "/*",     "1e-42",  "3e9",        "1D3",
        "1e+002",    "NORMAL",   ".",   "-0",     "5.e-1",  "\xC3",       "0.50000002980232238769",
        "end ",      "\r"};
    size_t at = next_random(random) % size;
    const char *word = words[next_random(random) % (sizeof words / sizeof words[0])];
    size_t length = strlen(word);
    switch (next_random(random) % 6) {
    case 0: text[at] = (char)next_random(random); break;
    case 1: text[at] ^= (char)(1 << next_random(random) % 8); break;
    case 2:
        if (at + 4 < size) memmove(text + at, text + at + 3, size - at - 3), size -= 3;
        break;
    case 3: text[at] = "0123456789.eE+- \n"[next_random(random) % 17]; break;
    case 4:
        if (at + length < size) memcpy(text + at, word, length);
        break;
    default:
        memmove(text + at + length, text + at, size - at);
        memcpy(text + at, word, length);
        size += length;
    }
    return size;
}

static void expect_agreement(const char *text, size_t size, int lenient, uint64_t triangles_max, ascii_outcome *outcome)
{
    /* A block of exactly this size, so that memory checkers see one byte too many. */
    char *exact = malloc(size);
    assert_non_null(exact);
    memcpy(exact, text, size);
    if (!ascii_paths_agree(exact, size, lenient, triangles_max, outcome))
        fail_msg("the ways of reading differ: %s at %lld", outcome->code, (long long)outcome->offset);
    free(exact);
}

static void whole_files_agree(void **state)
{
    (void)state;
    static char text[SIZE + 100];
    uint64_t random = 1;
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        size_t size = write_file(text, SIZE, &writers[i], &random);
        ascii_outcome outcome;
        expect_agreement(text, size, 0, 0, &outcome);
        assert_int_equal(outcome.status, LQ_OK);
        assert_true(outcome.facet_count > 100);
        for (uint64_t limit = 1; limit < 200; limit += 37) {
            expect_agreement(text, size, 0, limit, &outcome);
            assert_string_equal(outcome.code, outcome.facet_count ? "" : "limit");
        }
        for (size_t cut = size - 700; cut < size; cut += 3) expect_agreement(text, cut, (int)cut % 2, 0, &outcome);
    }
}

/* Digits cut off must not decide on which side of the midpoint between two floats a number lies. */
static void numbers_near_midpoints_agree(void **state)
{
    (void)state;
    static char text[SIZE + 100];
    uint64_t random = 4711;
    for (int round = 0; round < 60; round++) {
        size_t at = 0;
        while (at + 900 < SIZE) {
            at += (size_t)sprintf(text + at, "facet normal 0 0 1\nouter loop\n");
            for (int i = 0; i < 9; i++) {
                uint64_t x = next_random(&random);
                float low = ldexpf(1 + (float)(x & 0x7FFFFF) / 0x800000, (int)(x >> 32) % 24 - 8);
                double middle = ((double)low + (double)nextafterf(low, INFINITY)) / 2;
                middle *= 1 + (double)((int)(x >> 40) % 4096 - 2048) * (round % 3 ? 0x1p-51 : 0x1p-42);
                at += (size_t)sprintf(text + at, "%s%s%.*f", i % 3 ? " " : "vertex ", &"000"[x >> 24 & 3],
                                      round % 5 ? 13 + round % 7 : 8 + (int)(x >> 52) % 14, middle);
                if (i % 3 == 2) text[at++] = '\n';
            }
            at += (size_t)sprintf(text + at, "endloop\nendfacet\n");
        }
        ascii_outcome outcome;
        expect_agreement(text, at, 0, 0, &outcome);
        assert_int_equal(outcome.status, LQ_OK);
    }
}

static void damaged_files_agree(void **state)
{
    (void)state;
    static char text[SIZE + 100], copy[SIZE + 4000];
    uint64_t random = 88172645463325252u;
    int accepted = 0;
    for (int i = 0; i < MUTANTS; i++) {
        size_t size = write_file(text, 2000 + next_random(&random) % 10000, &writers[i % 6], &random);
        memcpy(copy, text, size);
        for (uint64_t edits = next_random(&random) % 4; edits; edits--) size = damage(copy, size, &random);
        ascii_outcome outcome;
        expect_agreement(copy, size, i % 2, i % 16 ? 0 : 9, &outcome);
        accepted += outcome.status == LQ_OK;
    }
    assert_in_range(accepted, MUTANTS / 4, MUTANTS - 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_files_agree),
        cmocka_unit_test(numbers_near_midpoints_agree),
        cmocka_unit_test(damaged_files_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
