/* Packages of many parts: the same answer for any number of threads, failures included; lists without geometry. */
#include "tests/unit/threemf_collect.h"

#include <cmocka.h>

#define PART_COUNT 9

typedef struct package {
    char root[8192];
    char parts[PART_COUNT][4096];
    char names[PART_COUNT][64];
    pack_entry entries[PART_COUNT];
} package;

/* Part i holds the corner of a cube of leg i + 1; the last one reaches its mesh through the first. */
static void make_package(package *p)
{
    size_t at = (size_t)snprintf(p->root, sizeof p->root, MODEL_BEGIN PRODUCTION "><resources>");
    for (int i = 0; i < PART_COUNT; i++) {
        snprintf(p->names[i], sizeof p->names[i], "3D/Objects/part_%d.model", i);
        if (i == PART_COUNT - 1)
            snprintf(p->parts[i], sizeof p->parts[i],
                     MODEL_BEGIN PRODUCTION
                     "><resources><object id=\"7\"><components><component objectid=\"7\" "
                     "p:path=\"/3D/Objects/part_0.model\"/></components></object></resources></model>");
        else
            snprintf(p->parts[i], sizeof p->parts[i],
                     MODEL_BEGIN "unit=\"%s\"><resources><object id=\"7\" name=\"body %d\"><mesh><vertices><vertex "
                                 "x=\"0\" y=\"0\" z=\"0\"/><vertex x=\"%d\" y=\"0\" z=\"0\"/><vertex x=\"0\" "
                                 "y=\"%d\" z=\"0\"/><vertex x=\"0\" y=\"0\" z=\"%d\"/></vertices>" TETRA_TRIANGLES
                                 "</mesh></object></resources></model>",
                     i == 3 ? "furlong" : "millimeter", i, i + 1, i + 1, i + 1);
        at += (size_t)snprintf(p->root + at, sizeof p->root - at,
                               "<object id=\"%d\"><components><component objectid=\"7\" "
                               "p:path=\"/3D/Objects/part_%d.model\"/></components></object>",
                               i + 1, i);
        p->entries[i] = (pack_entry){.name = p->names[i]};
    }
    at += (size_t)snprintf(p->root + at, sizeof p->root - at, "</resources><build>");
    for (int i = PART_COUNT; i >= 1; i--)
        at += (size_t)snprintf(p->root + at, sizeof p->root - at, "<item objectid=\"%d\"/>", i);
    snprintf(p->root + at, sizeof p->root - at, "</build></model>");
}

static void read_package(const package *p, const lq_context_options *how, collected *c)
{
    pack_entry entries[PART_COUNT];
    for (int i = 0; i < PART_COUNT; i++) {
        entries[i] = p->entries[i];
        entries[i].data = p->parts[i];
        entries[i].size = strlen(p->parts[i]);
    }
    size_t size;
    uint8_t *data = pack_3mf(p->root, entries, PART_COUNT, &size);
    collect_bytes(c, data, size, &(collect_options){.context = how});
}

static void expect_same(const collected *a, const collected *b)
{
    assert_int_equal(a->status, b->status);
    const lq_error *left = lq_context_error(a->context), *right = lq_context_error(b->context);
    assert_string_equal(left->code, right->code);
    assert_string_equal(left->message, right->message);
    assert_string_equal(left->part, right->part);
    assert_int_equal(left->offset, right->offset);
    if (a->status != LQ_OK) return;
    assert_int_equal(a->mesh_count, b->mesh_count);
    assert_int_equal(a->instance_count, b->instance_count);
    for (size_t i = 0; i < a->mesh_count; i++) {
        assert_int_equal(a->meshes[i].vertex_count, b->meshes[i].vertex_count);
        assert_memory_equal(a->meshes[i].xyz, b->meshes[i].xyz, a->meshes[i].vertex_count * 3 * sizeof(double));
    }
    for (size_t i = 0; i < a->instance_count; i++) {
        assert_int_equal(a->instances[i].mesh_id, b->instances[i].mesh_id);
        assert_string_equal(a->names[i], b->names[i]);
    }
    assert_int_equal(a->notes.count, b->notes.count);
    for (size_t i = 0; i < a->notes.count; i++) {
        assert_string_equal(a->notes.items[i].code, b->notes.items[i].code);
        assert_string_equal(a->notes.items[i].part ? a->notes.items[i].part : "",
                            b->notes.items[i].part ? b->notes.items[i].part : "");
        assert_int_equal(a->notes.items[i].count, b->notes.items[i].count);
        assert_int_equal(a->notes.items[i].offset, b->notes.items[i].offset);
    }
    assert_int_equal(a->contents->object_count, b->contents->object_count);
    for (size_t i = 0; i < a->contents->object_count; i++) {
        assert_string_equal(a->contents->objects[i].id, b->contents->objects[i].id);
        assert_string_equal(a->contents->objects[i].name, b->contents->objects[i].name);
    }
}

static void compare_threads(const package *p)
{
    collected one, many;
    read_package(p, NULL, &one);
    for (uint32_t threads = 2; threads <= 4; threads++) {
        read_package(p, &(lq_context_options){.struct_size = sizeof(lq_context_options), .thread_count = threads},
                     &many);
        expect_same(&one, &many);
        collect_free(&many);
    }
    collect_free(&one);
}

static void test_same_answer(void **state)
{
    (void)state;
    package p;
    make_package(&p);
    collected c;
    read_package(&p, NULL, &c);
    collect_good(&c, "package");
    double low[3], high[3], volume = 1.0 / 6; /* the first comes twice */
    for (int leg = 1; leg < PART_COUNT; leg++) volume += leg * leg * leg / 6.0;
    CHECK_NEAR("package", collect_volume(&c, LQ_ROLE_MODEL, low, high), volume, 1e-9, "volume");
    assert_int_equal(lqi_notes_find(&c.notes, "3mf_unknown_unit")->count, 1);
    assert_int_equal(lqi_notes_find(&c.notes, "3mf_nested_path")->count, 1);
    assert_int_equal(c.instance_count, PART_COUNT);
    assert_int_equal(c.mesh_count, PART_COUNT - 1);
    collect_free(&c);
    compare_threads(&p);
}

/* Whatever part is broken, and however many are: what is told is the first in the order of the build. */
static void test_same_failure(void **state)
{
    (void)state;
    static const char *const breaks[] = {"<model", "<!DOCTYPE m><model/>", "<html/>", ""};
    for (int first = 0; first < PART_COUNT; first++)
        for (size_t k = 0; k < sizeof breaks / sizeof *breaks; k++)
            for (int second = first; second < PART_COUNT; second += 3) {
                package p;
                make_package(&p);
                snprintf(p.parts[first], sizeof p.parts[first], "%s", breaks[k]);
                if (second != first) snprintf(p.parts[second], sizeof p.parts[second], "<other/>");
                compare_threads(&p);
            }
    package p;
    make_package(&p);
    p.entries[4].crc_xor = 1;
    compare_threads(&p);
}

static int stop_at(void *user, const char *stage, uint64_t done, uint64_t total)
{
    (void)stage, (void)done, (void)total;
    return --*(int *)user == 0;
}

static void test_cancel(void **state)
{
    (void)state;
    package p;
    make_package(&p);
    int calls = 0, stopped = 0;
    for (int at = 1; calls <= 0; at++) {
        collected c;
        calls = at;
        read_package(&p,
                     &(lq_context_options){.struct_size = sizeof(lq_context_options),
                                           .thread_count = 3,
                                           .progress = stop_at,
                                           .progress_user = &calls},
                     &c);
        assert_true(calls > 0 ? c.status == LQ_OK : c.status == LQ_ERR_CANCELLED);
        stopped += c.status == LQ_ERR_CANCELLED;
        collect_free(&c);
    }
    assert_true(stopped > 5);
}

/* The limit falls from "enough" to "not enough for the archive". */
static void test_memory(void **state)
{
    (void)state;
    package p;
    make_package(&p);
    collected c;
    read_package(&p, NULL, &c);
    uint64_t peak = lq_context_memory_peak(c.context);
    collect_free(&c);
    int failed = 0;
    for (uint64_t limit = peak; limit > peak / 2; limit -= peak / 97 + 1) {
        const lq_limits limits = {.struct_size = sizeof limits, .memory_bytes = limit};
        read_package(
            &p, &(lq_context_options){.struct_size = sizeof(lq_context_options), .thread_count = 3, .limits = &limits},
            &c);
        assert_true(c.status == LQ_OK || c.status == LQ_ERR_LIMIT);
        failed += c.status == LQ_ERR_LIMIT;
        collect_free(&c);
    }
    assert_true(failed > 0);
}

/* A second read of the same selection tells the same, and reads its meshes again when they were given back. */
static void test_again(void **state)
{
    (void)state;
    package p;
    make_package(&p);
    collected c;
    read_package(&p, NULL, &c);
    collect_good(&c, "first");
    collected again = {.context = c.context};
    lqi_notes_init(&again.notes, c.context);
    lqi_sink sink = collect_sink(&again);
    again.status = lqi_threemf_read(c.threemf, &(lqi_threemf_selection){.scale = 1}, &sink, &again.notes);
    again.contents = c.contents;
    expect_same(&c, &again);
    for (size_t i = 0; i < again.mesh_count; i++) {
        free(again.meshes[i].xyz);
        free(again.meshes[i].corners);
    }
    lqi_notes_free(&again.notes);
    collect_free(&c);
}

/* ---- lists ---- */

/* The sub-model is padded beyond what a list reads, and broken at its end: a list does not notice, a read does. */
static void test_list_without_geometry(void **state)
{
    (void)state;
    static const char root[] =
        MODEL_BEGIN PRODUCTION "><resources><object id=\"1\" name=\"big\"><components>"
                               "<component objectid=\"7\" p:path=\"/3D/Objects/big.model\"/>"
                               "<component objectid=\"8\" p:path=\"/3D/Objects/big.model\"/>"
                               "<component objectid=\"7\" p:path=\"/3D/Objects/big.model\"/>"
                               "</components></object></resources><build><item objectid=\"1\"/></build></model>";
    static const char settings[] =
        "<config><object id=\"1\"><part id=\"7\" subtype=\"normal_part\"><metadata key=\"name\" value=\"body\"/></part>"
        "<part id=\"8\" subtype=\"negative_part\"><metadata key=\"name\" value=\"hole\"/></part></object></config>";
    size_t big_size = (size_t)5 << 20, size;
    char *big = malloc(big_size);
    memset(big, ' ', big_size);
    static const char begin[] = MODEL_BEGIN "><resources>";
    memcpy(big, begin, sizeof begin - 1);
    const pack_entry more[] = {
        {.name = "3D/Objects/big.model", .data = big, .size = big_size},
        {.name = "Metadata/model_settings.config", .data = settings, .size = sizeof settings - 1}};
    uint8_t *data = pack_3mf(root, more, 2, &size);
    lq_context *context;
    lqi_zip *zip;
    lqi_threemf *threemf;
    lq_source source;
    assert_int_equal(lqi_context_create(NULL, &context), LQ_OK);
    lq_source_memory(data, size, NULL, &source);
    assert_int_equal(lqi_zip_open(context, &source, &zip), LQ_OK);
    assert_int_equal(lqi_threemf_open(context, zip, 0, &threemf), LQ_OK);
    const lqi_threemf_contents *contents;
    assert_int_equal(lqi_threemf_contents_read(threemf, &contents), LQ_OK);
    assert_true(lq_context_memory_peak(context) < (uint64_t)1 << 20);
    assert_int_equal(contents->object_count, 3);
    assert_string_equal(contents->objects[0].id, "1");
    static const char *const ids[] = {"7@3D/Objects/big.model", "8@3D/Objects/big.model"}, *const names[] = {"body",
                                                                                                             "hole"};
    static const lq_role roles[] = {LQ_ROLE_MODEL, LQ_ROLE_NEGATIVE};
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(contents->objects[1 + i].id, ids[i]);
        assert_string_equal(contents->objects[1 + i].name, names[i]);
        assert_int_equal(contents->objects[1 + i].role, roles[i]);
        assert_true(contents->objects[1 + i].triangle_count == LQ_COUNT_UNKNOWN);
    }
    collected c = {.context = context};
    lqi_notes_init(&c.notes, context);
    lqi_sink sink = collect_sink(&c);
    for (int i = 0; i < 2; i++) { /* by the object as well: it is found by the list, then its part is read */
        const lqi_threemf_selection chosen = {.scale = 1, .object = i ? ids[0] : NULL};
        lq_context_reset(context);
        assert_int_equal(lqi_threemf_read(threemf, &chosen, &sink, &c.notes), LQ_ERR_INPUT);
        assert_string_equal(lq_context_error(context)->code, "xml_syntax");
        assert_string_equal(lq_context_error(context)->part, "3D/Objects/big.model");
    }
    lqi_notes_free(&c.notes);
    lqi_threemf_close(threemf);
    lqi_zip_close(zip);
    lq_context_destroy(context);
    free(data);
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_answer), cmocka_unit_test(test_same_failure),
        cmocka_unit_test(test_cancel),      cmocka_unit_test(test_memory),
        cmocka_unit_test(test_again),       cmocka_unit_test(test_list_without_geometry)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
