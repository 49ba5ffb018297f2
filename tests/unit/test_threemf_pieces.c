/*
 * A large model is parsed while it is unpacked, and no more than a piece of it is ever at hand. The result must be that
 * of the same text at hand as a whole: the same meshes, notes and failures at the same bytes, whether a second thread
 * unpacks or not.
 */
#include "tests/support/run.h"
#include "tests/unit/threemf_both.h"
#include "tests/unit/threemf_shapes.h"

#define VERTICES 8000 /* about 750 KB of text */

static void compare_pieces(const char *name, const char *xml, size_t size, uint32_t threads)
{
    collected want, got;
    read_with(&want, xml, size, &(options){0}, best_kernels());
    read_with(&got, xml, size, &(options){.deflated = 1, .threads = threads}, best_kernels());
    const char *difference = first_difference(&got, &want);
    if (difference) {
        const lq_error *x = lq_context_error(got.context), *y = lq_context_error(want.context);
        print_error("%s: another %s\n pieces: %d %s at %lld: %s\n whole:  %d %s at %lld: %s\n", name, difference,
                    (int)got.status, x->code, (long long)x->offset, x->message, (int)want.status, y->code,
                    (long long)y->offset, y->message);
        fail();
    }
    collect_free(&got);
    collect_free(&want);
}

static void every_shape(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        char *xml = make_model(&shapes[i], VERTICES, 2 * VERTICES, &random);
        size_t size = strlen(xml);
        assert_true(size > 600000);
        for (uint32_t threads = 1; threads < 3; threads++) compare_pieces(shapes[i].name, xml, size, threads);
        free(xml);
    }
}

/* Something odd anywhere: what the kernels leave to the parser, what is passed over, what ends the reading. */
static void something_odd(void **state)
{
    (void)state;
    static const char *const odd[] = {"<!-- a comment -->", "<x/>",  "<?p i?>", "&", "\xFF",    "<!DOCTYPE m>",
                                      "<vertex x=\"1\"",    "</a>",  "]]>",     "'", "\"",      "<",
                                      "<triangle v1=\"9\"", " y=\"", "1e999",   "-", "<model ", "\xC3\xA4"};
    uint64_t random = 4;
    char *xml = make_model(&shapes[0], VERTICES, 2 * VERTICES, &random), *changed = malloc(strlen(xml) + 700000);
    size_t size = strlen(xml);
    assert_true(changed != NULL);
    for (int round = 0; round < 36; round++) {
        /* often where one piece ends and the next begins */
        size_t at = round % 3 ? draw(&random, (uint32_t)size) : 262144 * (1 + draw(&random, 2)) - draw(&random, 200);
        if (at > size) at = size;
        while (round % 2 && at && xml[at - 1] != '>') at--;
        const char *inserted = odd[round % (int)(sizeof odd / sizeof *odd)];
        size_t more = strlen(inserted);
        memcpy(changed, xml, at);
        memcpy(changed + at, inserted, more);
        memcpy(changed + at + more, xml + at, size - at);
        compare_pieces(inserted, changed, size + more, 1 + (uint32_t)round / 2 % 2);
        if (round % 4 == 0) compare_pieces("cut", xml, at, 1 + (uint32_t)round / 4 % 2);
    }
    /* a token longer than two pieces */
    size_t at = size / 2, more = 600000;
    while (xml[at - 1] != '>') at--;
    memcpy(changed, xml, at);
    memset(changed + at, '-', more);
    memcpy(changed + at, "<!-- ", 5);
    memset(changed + at + 5, '+', more - 10);
    memcpy(changed + at + more - 5, " --> ", 5);
    memcpy(changed + at + more, xml + at, size - at);
    compare_pieces("long comment", changed, size + more, 2);
    compare_pieces("long comment without end", changed, at + more - 6, 1);
    free(changed);
    free(xml);
}

/* Damage of the packed bytes is told, not what the damaged text looks like. */
static void the_checksum_comes_first(void **state)
{
    (void)state;
    uint64_t random = 5;
    char *xml = make_model(&shapes[0], VERTICES, 2 * VERTICES, &random);
    for (uint32_t round = 0; round < 4; round++) {
        if (round == 2) memcpy(xml + strlen(xml) / 2, "<<<", 3);
        collected c;
        read_with(&c, xml, strlen(xml), &(options){.deflated = 1, .crc_xor = 1, .threads = 1 + round % 2},
                  best_kernels());
        assert_int_equal(c.status, LQ_ERR_INPUT);
        assert_string_equal(lq_context_error(c.context)->code, "zip_crc");
        assert_string_equal(lq_context_error(c.context)->part, "3D/3dmodel.model");
        collect_free(&c);
    }
    free(xml);
}

/* Stopped at any step, and without memory at any: the other thread ends too, and nothing stays behind. */
static void stopped_anywhere(void **state)
{
    (void)state;
    uint64_t random = 6;
    size_t size;
    char *xml = make_model(&shapes[0], VERTICES, 2 * VERTICES, &random);
    uint8_t *data = pack_3mf(xml, NULL, 0, &size);
    size_t stopped = 0, failed = 0;
    for (uint64_t n = 1; n < 80; n += 1 + n / 8)
        for (uint32_t threads = 1; threads < 3; threads++) {
            lend_stopper stopper = {.stop_at = n};
            run_result r = run_bytes(data, size, &(run_options){.threads = threads, .stopper = &stopper});
            CHECK(!*run_complaint(&r), "stopped at %llu: %s", (unsigned long long)n, run_complaint(&r));
            stopped += r.status == LQ_ERR_CANCELLED;
            run_free(&r);
            lend_allocator allocator = {.fail_at = n, .forever = 1};
            r = run_bytes(data, size, &(run_options){.threads = threads, .allocator = &allocator});
            CHECK(!*run_complaint(&r) && allocator.blocks == 0, "allocation %llu: %s", (unsigned long long)n,
                  run_complaint(&r));
            failed += r.status == LQ_ERR_MEMORY;
            run_free(&r);
        }
    assert_true(stopped > 8 && failed > 8);
    free(data);
    free(xml);
}

/* What is held while a model is read does not grow with its text. */
static void little_is_held(void **state)
{
    (void)state;
    size_t size = (size_t)24 << 20;
    char *xml = malloc(size + 1);
    assert_true(xml != NULL);
    size_t at = (size_t)sprintf(xml, "%s>\n<resources>" TETRA("1") "</resources><build><item objectid=\"1\"/></build>",
                                MODEL_BEGIN);
    memset(xml + at, '\n', size - at);
    memcpy(xml + size - 8, "</model>", 9);
    collected c;
    read_with(&c, xml, size, &(options){.deflated = 1, .limits = {.memory_bytes = 4 << 20}}, best_kernels());
    collect_good(&c, "a model of much text");
    assert_int_equal(c.mesh_count, 1);
    collect_free(&c);
    free(xml);
}

/* The parser puts off a second look at an unfinished token until there is twice as much of it. Many long ones, all
 * allowed, are more than the longest token may be. */
static void many_long_tokens(void **state)
{
    (void)state;
    static const char word[] = "> <yyyyyyyyyyyyyyyyyyyyyyyyy";
    const size_t comment_count = 30, word_max = 30000;
    char *xml = malloc(4096 + comment_count * (word_max * sizeof word + 16));
    assert_true(xml != NULL);
    char *at = xml + sprintf(xml, MODEL_BEGIN ">\n<resources>" TETRA("1") "</resources>");
    for (size_t i = 0; i < comment_count; i++) {
        at += sprintf(at, "<!-- ");
        for (size_t k = 0; k < i * 7919 % word_max; k++) {
            memcpy(at, word, sizeof word - 1);
            at += sizeof word - 1;
        }
        at += sprintf(at, " -->\n");
    }
    at += sprintf(at, "<build><item objectid=\"1\"/></build></model>");
    collected c;
    read_with(&c, xml, (size_t)(at - xml), &(options){.deflated = 1}, best_kernels());
    collect_good(&c, "many long comments");
    assert_int_equal(c.mesh_count, 1);
    collect_free(&c);
    compare_pieces("many long comments", xml, (size_t)(at - xml), 2);
    free(xml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape),
        cmocka_unit_test(something_odd),
        cmocka_unit_test(the_checksum_comes_first),
        cmocka_unit_test(stopped_anywhere),
        cmocka_unit_test(little_is_held),
        cmocka_unit_test(many_long_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
