/* Reports and estimates that went through bytes say and price the same; damaged bytes do no harm. */
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "corpus/solids.h"
#include "corpus/stl_text.h"
#include "libquote.h"

#define HEAD_SIZE 96
#define MUTATIONS 400

typedef struct made {
    lq_context *context;
    lq_book *book;
    lq_report *report;
    lq_estimates *estimates;
} made;

static made make(solid_soup soup)
{
    made m = {0};
    lq_source source;
    lq_model *model;
    lq_part *part;
    stl_bytes bytes = stl_write_binary(&soup, NULL);
    solid_free(&soup);
    assert_int_equal(lq_context_create(NULL, &m.context), LQ_OK);
    lq_source_memory(bytes.data, bytes.size, "part.stl", &source);
    assert_int_equal(lq_model_open(m.context, &source, NULL, &model), LQ_OK);
    assert_int_equal(lq_part_read(model, NULL, &part), LQ_OK);
    lq_model_close(model);
    stl_bytes_free(&bytes);
    assert_int_equal(lq_part_analyse(m.context, part, NULL, &m.report), LQ_OK);
    assert_int_equal(lq_book_default(m.context, &m.book), LQ_OK);
    assert_int_equal(lq_estimates_make(m.context, part, m.report, m.book, NULL, &m.estimates), LQ_OK);
    lq_part_destroy(part);
    return m;
}

static void end(made *m)
{
    lq_estimates_destroy(m->estimates);
    lq_report_destroy(m->report);
    lq_book_destroy(m->book);
    assert_int_equal(lq_context_memory_held(m->context), 0);
    lq_context_destroy(m->context);
}

/* How long things took is not kept. */
static void leave_out_times(char *text)
{
    char *timing = strstr(text, "\"timing_ms\"");
    assert_non_null(timing);
    const char *behind = strchr(timing, '}');
    assert_non_null(behind);
    memmove(timing, behind, strlen(behind) + 1);
}

static char *report_text(lq_context *context, const lq_report *report)
{
    char *text;
    assert_int_equal(lq_report_json(context, report, &text, NULL), LQ_OK);
    leave_out_times(text);
    return text;
}

static char *quote_text(const made *m, const lq_report *report, const lq_estimates *estimates)
{
    const uint32_t quantities[] = {1, 25};
    const lq_quote_request request = {
        .struct_size = sizeof request, .quantities = quantities, .quantity_count = 2, .estimates = estimates};
    lq_quote *quote;
    char *text;
    assert_int_equal(lq_quote_make(m->context, report, m->book, &request, &quote), LQ_OK);
    assert_int_equal(lq_quote_json(m->context, quote, &text, NULL), LQ_OK);
    lq_quote_destroy(quote);
    leave_out_times(text);
    return text;
}

static void check_round(solid_soup soup)
{
    made m = make(soup);
    void *saved, *again, *saved_estimates;
    size_t size, size_again, size_estimates;
    lq_report *report;
    lq_estimates *estimates;
    assert_int_equal(lq_report_save(m.context, m.report, &saved, &size), LQ_OK);
    assert_int_equal(lq_report_load(m.context, saved, size, &report), LQ_OK);
    assert_int_equal(lq_report_save(m.context, report, &again, &size_again), LQ_OK);
    assert_int_equal(size, size_again);
    assert_memory_equal(saved, again, size);
    assert_int_equal(lq_estimates_save(m.context, m.estimates, &saved_estimates, &size_estimates), LQ_OK);
    assert_int_equal(lq_estimates_load(m.context, saved_estimates, size_estimates, m.book, &estimates), LQ_OK);
    assert_int_equal(lq_report_load(m.context, saved_estimates, size_estimates, &(lq_report *){NULL}), LQ_ERR_INPUT);
    char *before = report_text(m.context, m.report), *after = report_text(m.context, report);
    assert_string_equal(before, after);
    char *price = quote_text(&m, m.report, m.estimates), *price_after = quote_text(&m, report, estimates);
    assert_string_equal(price, price_after);
    char *const texts[] = {before, after, price, price_after};
    for (size_t i = 0; i < 4; i++) lq_text_free(m.context, texts[i]);
    lq_report_destroy(report);
    lq_estimates_destroy(estimates);
    lq_bytes_free(m.context, saved);
    lq_bytes_free(m.context, again);
    lq_bytes_free(m.context, saved_estimates);
    end(&m);
}

static solid_soup hollow(void)
{
    solid_soup box = solid_box(30, 20, 10), hole = solid_box(10, 10, 4);
    solid_translate(&hole, 5, 5, 3);
    solid_invert(&hole);
    solid_append(&box, &hole);
    solid_free(&hole);
    return box;
}

static solid_soup broken(void)
{
    solid_soup soup = solid_sphere(12, 4);
    solid_damage_apply(&soup, &(solid_damage){.removed = 5, .flipped = 3}, 7);
    return soup;
}

static void test_the_same_after_a_round(void **state)
{
    (void)state;
    check_round(solid_box(20, 20, 20));
    check_round(hollow());
    check_round(broken());
    check_round(solid_box(0.3, 40, 40));
}

/* Whoever damages the records may know how to mend the digest before them. */
static void mend(lq_context *context, uint8_t *bytes, size_t size)
{
    lqi_digest digest;
    assert_int_equal(lqi_digest_init(&digest, context, bytes + HEAD_SIZE, size - HEAD_SIZE), LQ_OK);
    const char *text = lqi_digest_text(&digest);
    for (size_t at = 0; at + 32 <= HEAD_SIZE; at++)
        if (strspn((const char *)bytes + at, "0123456789abcdef") == 32) memcpy(bytes + at, text, 32), at = HEAD_SIZE;
    lqi_digest_free(&digest, context);
}

static void use(const made *m, const uint8_t *bytes, size_t size, bool estimates)
{
    lq_report *report = NULL;
    lq_estimates *loaded = NULL;
    lq_status status = estimates ? lq_estimates_load(m->context, bytes, size, m->book, &loaded)
                                 : lq_report_load(m->context, bytes, size, &report);
    if (status != LQ_OK) {
        assert_int_equal(status, LQ_ERR_INPUT);
        assert_string_equal(lq_context_error(m->context)->code, "saved_invalid");
        return;
    }
    lq_quote *quote;
    char *text;
    const lq_report *priced = report ? report : m->report;
    const lq_quote_request request = {.struct_size = sizeof request, .estimates = loaded ? loaded : m->estimates};
    if (report && lq_report_json(m->context, report, &text, NULL) == LQ_OK) lq_text_free(m->context, text);
    if (lq_quote_make(m->context, priced, m->book, &request, &quote) == LQ_OK) {
        if (lq_quote_json(m->context, quote, &text, NULL) == LQ_OK) lq_text_free(m->context, text);
        lq_quote_destroy(quote);
    }
    lq_report_destroy(report);
    lq_estimates_destroy(loaded);
}

static void damage(const made *m, const void *saved, size_t size, bool estimates)
{
    uint64_t random = 1;
    for (size_t cut = 0; cut < size; cut += 1 + size / 100) use(m, saved, cut, estimates);
    for (int i = 0; i < MUTATIONS; i++) {
        uint8_t *copy = malloc(size);
        assert_non_null(copy);
        memcpy(copy, saved, size);
        for (int k = 0; k <= i % 3; k++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            copy[HEAD_SIZE + (random >> 20) % (size - HEAD_SIZE)] = i % 2                ? (uint8_t)(random >> 56)
                                                                    : (random >> 60) % 2 ? 0xFF
                                                                                         : 0;
        }
        if (i % 8) mend(m->context, copy, size);
        use(m, copy, size, estimates);
        free(copy);
    }
}

static void test_damaged_bytes_do_no_harm(void **state)
{
    (void)state;
    made m = make(broken());
    void *saved;
    size_t size;
    assert_int_equal(lq_report_save(m.context, m.report, &saved, &size), LQ_OK);
    damage(&m, saved, size, false);
    lq_bytes_free(m.context, saved);
    assert_int_equal(lq_estimates_save(m.context, m.estimates, &saved, &size), LQ_OK);
    damage(&m, saved, size, true);
    lq_bytes_free(m.context, saved);
    assert_int_equal(lq_report_load(m.context, NULL, 0, &(lq_report *){NULL}), LQ_ERR_INPUT);
    assert_int_equal(lq_report_save(m.context, NULL, &saved, &size), LQ_ERR_ARGUMENT);
    end(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_after_a_round),
        cmocka_unit_test(test_damaged_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
