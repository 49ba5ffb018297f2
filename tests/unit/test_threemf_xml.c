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
        assert_true(s.taken >= (stingy ? 2 : 5));
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

/* Places that look like tags and are none: inside one token the parser starts over with every piece. */
static void test_cuts(void **state)
{
    (void)state;
    static const char *const fillings[][3] = {{"<!--", "<list>", "-->"},
                                              {"<c a=\"", ">>>>>>", "\"/>"},
                                              {"", ">>>>>>", ""},
                                              {"<![CDATA[", "<list>", "]]>"},
                                              {"<?p ", "<list>", "?>"}};
    size_t count = 150000;
    char *text = malloc(count * 6 + 64);
    for (size_t i = 0; i < sizeof fillings / sizeof *fillings; i++) {
        size_t at = (size_t)sprintf(text, "<a><list><b/>%s", fillings[i][0]);
        for (size_t n = 0; n < count; n++) at += (size_t)sprintf(text + at, "%s", fillings[i][1]);
        sprintf(text + at, "%s<b/></list></a>", fillings[i][2]);
        seen s = {0};
        int64_t offset;
        assert_int_equal(parse(text, &s, &offset), LQ_OK);
        assert_int_equal(s.starts + s.taken, 2);
    }
    free(text);
}

static void fail_parse(const char *text, const char *code, int64_t limit, int64_t actual)
{
    const lqi_xml_handler handler = {.start = on_start, .end = on_end};
    lq_context *context;
    assert_int_equal(lqi_context_create(NULL, &context), LQ_OK);
    seen s = {0};
    assert_int_equal(lqi_xml_parse(context, "part", (const uint8_t *)text, strlen(text), &handler, &s), LQ_ERR_LIMIT);
    const lq_error *error = lq_context_error(context);
    assert_string_equal(error->code, code);
    assert_true(error->limit == limit && error->actual == actual);
    lq_context_destroy(context);
}

/* Names of elements, attributes and prefixes are kept by the parser as long as the document; namespaces are copied for
 * each attribute. */
static void test_names(void **state)
{
    (void)state;
    char *text = malloc(1 << 20);
    static const char *const kinds[] = {"<b%d/>", "<b c%d=\"\"/>", "<b xmlns:d%d=\"u\"/>",
                                        "<b xmlns:e%d=\"u\" e%d:f=\"\"/>"};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int count = 1000; count <= 2000; count += 1000) {
            char *p = text + sprintf(text, "<a>");
            for (int i = 0; i < count; i++) {
                p += sprintf(p, "<b/>");
                p += snprintf(p, 64, kinds[k], i, i);
            }
            sprintf(p, "</a>");
            seen s = {0};
            int64_t offset;
            if (count == 2000)
                fail_parse(text, "xml_depth", 1024, 1025);
            else
                assert_int_equal(parse(text, &s, &offset), LQ_OK);
        }
    for (int size = 256; size <= 257; size++) {
        sprintf(text, "<a xmlns:b=\"%0*d\"/>", size, 0);
        seen s = {0};
        int64_t offset;
        if (size == 257)
            fail_parse(text, "xml_depth", 256, 257);
        else
            assert_int_equal(parse(text, &s, &offset), LQ_OK);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_runs), cmocka_unit_test(test_chunks),
                                       cmocka_unit_test(test_cuts), cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
