/* The XML layer: offsets, and the seam where a faster reader takes runs of elements from the parser. */
#include <stdlib.h>

#include "base/context.h"
#include "format/threemf_xml.h"
#include "tests/support/check.h"

typedef struct seen {
    unsigned starts, ends, taken; /* <b/> elements */
    int stingy;                   /* 0: takes all it can, n: n elements at a time */
    int inside;                   /* the list is open */
    int64_t behind;               /* of the tag that opened it */
    int64_t last_offset;
} seen;

static lq_status on_start(void *user, lqi_xml *xml, const char *name, const char *const *attributes)
{
    seen *s = user;
    s->starts += strcmp(name, "b") == 0;
    s->last_offset = lqi_xml_offset(xml);
    s->behind = lqi_xml_offset_behind(xml);
    if (strcmp(name, "list") == 0) s->inside = 1;
    if (lqi_xml_attribute(attributes, "bad")) return lqi_xml_fail(xml, LQI_THREEMF_ROOT, "bad");
    return LQ_OK;
}

static lq_status on_end(void *user, lqi_xml *xml)
{
    seen *s = user;
    (void)xml;
    s->ends++;
    return LQ_OK;
}

static lq_status on_run(void *user, lqi_xml *xml, const char *text, size_t size, size_t *taken)
{
    seen *s = user;
    (void)xml;
    if (!s->inside) return LQ_OK;
    for (int count = 0;
         (!s->stingy || count < s->stingy) && size - *taken >= 4 && memcmp(text + *taken, "<b/>", 4) == 0; count++) {
        *taken += 4;
        s->taken++;
    }
    return LQ_OK;
}

static lq_status parse(const char *text, seen *s, int64_t *offset)
{
    static const char *const after[] = {"<list>", NULL};
    const lqi_xml_handler handler = {.start = on_start, .end = on_end, .run = on_run, .run_after = after};
    lq_context *context;
    assert_int_equal(lqi_context_create(NULL, &context), LQ_OK);
    lq_status status = lqi_xml_parse(context, "part", (const uint8_t *)text, strlen(text), &handler, s);
    *offset = lq_context_error(context)->offset;
    assert_int_equal(lq_context_memory_held(context), 0);
    lq_context_destroy(context);
    return status;
}

static void test_runs(void **state)
{
    (void)state;
    static const char text[] = "<a><!-- <list><b/> --><list><b/><b/><b/><c/><b/><b/>\n<b/><b></b><b/></list><b/></a>";
    for (int stingy = 0; stingy < 4; stingy++) {
        seen s = {.stingy = stingy};
        int64_t offset;
        assert_int_equal(parse(text, &s, &offset), LQ_OK);
        assert_int_equal(s.starts + s.taken, 9); /* the comment's is none */
        assert_true(s.taken >= 2 && (stingy || s.taken == 5));
    }
    seen s = {0};
    int64_t offset;
    assert_int_equal(parse("<a><list><b/><b/><b/><c bad=\"1\"/></list></a>", &s, &offset), LQ_ERR_INPUT);
    assert_int_equal(offset, 21); /* the bytes that were taken count */
    s = (seen){0};
    assert_int_equal(parse("<a><list><b/><b/><b/></lost></a>", &s, &offset), LQ_ERR_INPUT);
    assert_int_equal(s.taken, 3);
    assert_int_equal(offset, 23);
    s = (seen){0};
    assert_int_equal(parse("<a><list><b/><b/>", &s, &offset), LQ_ERR_INPUT);
    assert_int_equal(offset, 17);
}

/* Pieces of text and of tokens must not depend on where a chunk ends. */
static void test_chunks(void **state)
{
    (void)state;
    size_t count = 400000, at = 0;
    char *text = malloc(count * 8 + 64);
    at += (size_t)sprintf(text, "<a>");
    for (size_t i = 0; i < count; i++) at += (size_t)sprintf(text + at, i % 3 ? "<b/>" : " <b/> ");
    sprintf(text + at, "<c bad=\"1\"/></a>");
    seen s = {0};
    int64_t offset;
    assert_int_equal(parse(text, &s, &offset), LQ_ERR_INPUT);
    assert_int_equal(s.starts, count);
    assert_int_equal(offset, (int64_t)at);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_runs), cmocka_unit_test(test_chunks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
