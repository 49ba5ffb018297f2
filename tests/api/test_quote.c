/* From the bytes of an upload to cents, through the public header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libquote.h"

enum { STL_SIZE = 84 + 12 * 50 };

/* A box as binary STL: corners by the bits of 0..7, two triangles a side, seen from outside counter-clockwise. */
static void write_box(uint8_t stl[STL_SIZE], float x, float y, float z)
{
    static const uint8_t triangles[12][3] = {{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6}, {0, 1, 4}, {1, 5, 4},
                                             {2, 6, 3}, {3, 6, 7}, {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}};
    memset(stl, 0, STL_SIZE);
    stl[80] = 12;
    for (size_t t = 0; t < 12; t++) {
        for (size_t k = 0; k < 3; k++) {
            uint8_t corner = triangles[t][k];
            const float at[3] = {corner & 1 ? x : 0, corner & 2 ? y : 0, corner & 4 ? z : 0};
            memcpy(stl + 84 + t * 50 + 12 + k * 12, at, sizeof at);
        }
    }
}

static lq_report *analyse(lq_context *context, float x, float y, float z)
{
    uint8_t stl[STL_SIZE];
    lq_source source;
    lq_model *model;
    lq_part *part;
    lq_report *report;
    write_box(stl, x, y, z);
    lq_source_memory(stl, sizeof stl, "box.stl", &source);
    assert_int_equal(lq_model_open(context, &source, NULL, &model), LQ_OK);
    assert_int_equal(lq_part_read(model, NULL, &part), LQ_OK);
    lq_model_close(model);
    assert_int_equal(lq_part_analyse(context, part, NULL, &report), LQ_OK);
    lq_part_destroy(part);
    return report;
}

static void box_in_every_material(void **state)
{
    (void)state;
    lq_context *context;
    lq_book *book;
    lq_quote *quote;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    assert_int_equal(lq_book_default(context, &book), LQ_OK);
    lq_report *report = analyse(context, 20, 20, 20);
    assert_int_equal(lq_quote_make(context, report, book, NULL, &quote), LQ_OK);
    assert_int_equal(lq_quote_option_count(quote), lq_book_material_count(book));
    lq_option option;
    assert_int_equal(lq_quote_option(quote, 0, &option), LQ_OK);
    assert_string_equal(option.material_id, "mat_pla");
    assert_int_equal(option.status, LQ_OPTION_PRINTABLE);
    assert_int_equal(option.price.unit_minor, 236);
    assert_int_equal(option.price.line_minor, 600);
    for (size_t i = 0; i < lq_quote_option_count(quote); i++) {
        assert_int_equal(lq_quote_option(quote, i, &option), LQ_OK);
        assert_int_not_equal(option.status, LQ_OPTION_NOT_PRINTABLE);
    }
    char *text;
    size_t size;
    assert_int_equal(lq_quote_json(context, quote, &text, &size), LQ_OK);
    assert_int_equal(strlen(text), size);
    assert_non_null(strstr(text, "\"schema\":\"libquote.quote/1\""));
    assert_non_null(strstr(text, "\"schema\":\"libquote.report/1\""));
    assert_non_null(strstr(text, "\"line_total\":{\"amount\":600,\"currency\":\"EUR\"}"));
    lq_text_free(context, text);
    lq_quote_destroy(quote);
    lq_report_destroy(report);
    lq_book_destroy(book);
    assert_int_equal(lq_context_memory_held(context), 0);
    lq_context_destroy(context);
}

static void box_that_is_too_large(void **state)
{
    (void)state;
    lq_context *context;
    lq_book *book;
    lq_quote *quote;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    assert_int_equal(lq_book_default(context, &book), LQ_OK);
    lq_report *report = analyse(context, 230, 20, 20); /* metal 240, resin 192, but 240 upright */
    assert_int_equal(lq_quote_make(context, report, book, NULL, &quote), LQ_OK);
    size_t printable = 0;
    for (size_t i = 0; i < lq_quote_option_count(quote); i++) {
        lq_option option;
        lq_diagnostic issue;
        assert_int_equal(lq_quote_option(quote, i, &option), LQ_OK);
        printable += option.status != LQ_OPTION_NOT_PRINTABLE;
        if (strcmp(option.material_id, "mat_resin_castable") == 0) {
            assert_int_equal(option.status, LQ_OPTION_NOT_PRINTABLE);
            assert_int_equal(lq_quote_option_issue(quote, i, 0, &issue), LQ_OK);
            assert_string_equal(issue.code, "part_too_large_for_material");
            assert_int_equal(issue.severity, LQ_SEVERITY_BLOCKER);
            assert_true(issue.measure_value == 230);
            assert_int_equal(option.price.line_minor, 0);
        }
        if (strcmp(option.material_id, "mat_resin_standard") == 0) {
            assert_int_equal(option.status, LQ_OPTION_PRINTABLE);
            assert_int_equal(lq_quote_option_issue(quote, i, 0, &issue), LQ_OK);
            assert_string_equal(issue.code, "fits_rotated");
        }
    }
    assert_int_equal(printable, lq_book_material_count(book) - 1);
    lq_quote_destroy(quote);
    lq_report_destroy(report);
    lq_book_destroy(book);
    assert_int_equal(lq_context_memory_held(context), 0);
    lq_context_destroy(context);
}

static void missing_arguments(void **state)
{
    (void)state;
    lq_context *context;
    lq_quote *quote;
    lq_book *book;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    assert_int_equal(lq_quote_make(context, NULL, NULL, NULL, &quote), LQ_ERR_ARGUMENT);
    assert_string_equal(lq_context_error(context)->code, "argument");
    assert_null(quote);
    assert_int_equal(lq_price(context, NULL, NULL, NULL, NULL), LQ_ERR_ARGUMENT);
    assert_int_equal(lq_book_read(context, NULL, 5, &book), LQ_ERR_ARGUMENT);
    assert_null(book);
    assert_int_equal(lq_book_read(context, NULL, 0, &book), LQ_ERR_INPUT);
    assert_string_equal(lq_context_error(context)->code, "book_invalid");
    lq_book_destroy(NULL);
    lq_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(box_in_every_material),
        cmocka_unit_test(box_that_is_too_large),
        cmocka_unit_test(missing_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
