/* What the writers are made of: names, archives, and scenes that no file gives. */
#include "tests/support/check.h"

#include <float.h>
#include <stdlib.h>

#include <zip.h>

#include "base/context.h"
#include "base/memory.h"
#include "container/zip.h"
#include "corpus/solids.h"
#include "corpus/stl_text.h"
#include "format/write_stl.h"
#include "format/write_threemf.h"
#include "format/write_xml.h"
#include "format/write_zip.h"

static lq_status keep(void *user, const void *bytes, size_t size)
{
    stl_bytes_add(user, bytes, size);
    return LQ_OK;
}

static lq_context *new_context(void)
{
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    return context;
}

static void end_context(lq_context *context)
{
    assert_int_equal(lq_context_memory_held(context), 0);
    lq_context_destroy(context);
}

/* ---- names ---- */

static void names_become_attribute_values(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"a & b < c > \"d\" 'e'", "a &amp; b &lt; c &gt; &quot;d&quot; &apos;e&apos;"},
        {"]]>", "]]&gt;"},
        {"tab\tline\nreturn\r.", "tab line return ."},
        {"\x01\x02|\x1F|\x7F|", "|||"},
        {"\xC3\xA4 \xE4\xB8\xAD \xF0\x9F\x94\xA9", "\xC3\xA4 \xE4\xB8\xAD \xF0\x9F\x94\xA9"},
        {"\xEF\xBF\xBE\xEF\xBF\xBF.\xEF\xBF\xBD", ".\xEF\xBF\xBD"},
        {"\xE4|\xE4\xB8|\x80|\xFF", "\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD"},
        {"\xC0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD"},                                 /* overlong */
        {"\xE0\x80\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},                 /* overlong */
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},                 /* surrogate */
        {"\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, /* beyond U+10FFFF */
        {"\xF0\x9F\x94", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},                 /* cut by the end */
    };
    lq_context *context = new_context();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        stl_bytes bytes = {0};
        const lqi_out out = {keep, &bytes};
        lqi_out_buffer buffer;
        assert_int_equal(lqi_out_buffer_init(&buffer, context, &out), LQ_OK);
        lqi_out_xml_value(&buffer, cases[i].name);
        assert_int_equal(lqi_out_flush(&buffer), LQ_OK);
        lqi_out_buffer_free(&buffer);
        stl_bytes_add(&bytes, "", 1);
        CHECK_TEXT(cases[i].name, (const char *)bytes.data, cases[i].value, "value");
        stl_bytes_free(&bytes);
    }
    end_context(context);
}

/* ---- archives ---- */

static stl_bytes make_archive(lq_context *context, const char *const *names, const stl_bytes *contents, size_t count,
                              int big)
{
    stl_bytes bytes = {0};
    const lqi_out out = {keep, &bytes};
    lqi_zip_writer *writer;
    assert_int_equal(lqi_zip_writer_open(context, &out, &writer), LQ_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(lqi_zip_writer_begin(writer, names[i], (int)i == big), LQ_OK);
        size_t half = contents[i].size / 2;
        if (half) {
            assert_int_equal(lqi_zip_writer_write(writer, contents[i].data, half), LQ_OK);
            assert_int_equal(lqi_zip_writer_write(writer, contents[i].data + half, contents[i].size - half), LQ_OK);
        }
        assert_int_equal(lqi_zip_writer_end(writer), LQ_OK);
    }
    assert_int_equal(lqi_zip_writer_finish(writer), LQ_OK);
    lqi_zip_writer_close(writer);
    return bytes;
}

/* libzip, with its consistency check, reads the same bytes under the same names; the CRC is checked on the way. */
static void check_with_libzip(const stl_bytes *bytes, const char *const *names, const stl_bytes *contents, size_t count)
{
    zip_error_t error;
    zip_source_t *source = zip_source_buffer_create(bytes->data, bytes->size, 0, &error);
    assert_non_null(source);
    zip_t *zip = zip_open_from_source(source, ZIP_CHECKCONS | ZIP_RDONLY, &error);
    CHECK(zip != NULL, "libzip: %s", zip_error_strerror(&error));
    assert_int_equal(zip_get_num_entries(zip, 0), count);
    for (size_t i = 0; i < count; i++) {
        zip_stat_t stat;
        assert_int_equal(zip_stat_index(zip, i, 0, &stat), 0);
        assert_string_equal(stat.name, names[i]);
        assert_int_equal(stat.size, contents[i].size);
        uint8_t *data = malloc(contents[i].size + 1);
        assert_non_null(data);
        zip_file_t *file = zip_fopen_index(zip, i, 0);
        assert_non_null(file);
        assert_int_equal(zip_fread(file, data, contents[i].size + 1), contents[i].size);
        assert_int_equal(zip_fclose(file), 0);
        if (contents[i].size) assert_memory_equal(data, contents[i].data, contents[i].size);
        free(data);
    }
    zip_discard(zip);
}

static void check_with_ours(lq_context *context, const stl_bytes *bytes, const char *const *names,
                            const stl_bytes *contents, size_t count)
{
    lq_source source;
    lqi_zip *zip;
    lq_source_memory(bytes->data, bytes->size, "archive", &source);
    assert_int_equal(lqi_zip_open(context, &source, &zip), LQ_OK);
    assert_int_equal(lqi_zip_entry_count(zip), count);
    assert_int_equal(lqi_zip_notes(zip)->count, 0);
    for (size_t i = 0; i < count; i++) {
        uint8_t *data;
        size_t size;
        assert_int_equal(lqi_zip_read(zip, lqi_zip_find(zip, names[i]), &data, &size), LQ_OK);
        assert_int_equal(size, contents[i].size);
        if (size) assert_memory_equal(data, contents[i].data, size);
        lqi_free(context, data);
    }
    lqi_zip_close(zip);
}

static void archives_are_archives(void **state)
{
    (void)state;
    static const char *const names[4] = {"[Content_Types].xml", "folder/empty", "folder/text", "noise"};
    stl_bytes contents[4] = {0};
    stl_bytes_add_text(&contents[0], "<Types/>");
    for (int i = 0; i < 20000; i++) stl_bytes_add_text(&contents[2], "the same text again and again\n");
    uint64_t random = 9;
    for (int i = 0; i < 30000; i++) { /* larger packed than not */
        uint64_t word = solid_random(&random);
        stl_bytes_add(&contents[3], &word, sizeof word);
    }
    lq_context *context = new_context();
    for (int big = -1; big < 4; big++) { /* with 64-bit sizes for one entry, as those of 4 GiB have */
        stl_bytes bytes = make_archive(context, names, contents, 4, big),
                  twice = make_archive(context, names, contents, 4, big);
        check_with_libzip(&bytes, names, contents, 4);
        check_with_ours(context, &bytes, names, contents, 4);
        assert_int_equal(bytes.size, twice.size);
        assert_memory_equal(bytes.data, twice.data, bytes.size);
        assert_true(bytes.size < contents[3].size + 10000);
        stl_bytes_free(&bytes);
        stl_bytes_free(&twice);
    }
    stl_bytes none = make_archive(context, names, contents, 0, -1);
    assert_int_equal(none.size, 22); /* the end record alone */
    stl_bytes_free(&none);
    for (int i = 0; i < 4; i++) stl_bytes_free(&contents[i]);
    end_context(context);
}

/* ---- scenes ---- */

static const double corner_position[12] = {0, 0, 0, 10, 0, 0, 0, 10, 0, 0, 0, 10};
static const uint32_t corner_index[12] = {0, 2, 1, 0, 1, 3, 1, 2, 3, 2, 0, 3};
static const uint32_t flat_index[12] = {0, 0, 1, 2, 1, 2, 3, 3, 3, 1, 2, 2};
static const double here[12] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
static const double there[12] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 25.5, 0, -0.125};

/* The model part of a written scene, NUL-terminated; NULL when the writing failed. */
static char *model_of(lq_context *context, const lqi_write_scene *scene)
{
    stl_bytes bytes = {0};
    const lqi_out out = {keep, &bytes};
    char *text = NULL;
    if (lqi_write_threemf(context, scene, &out) == LQ_OK) {
        lq_source source;
        lqi_zip *zip;
        uint8_t *data;
        size_t size;
        lq_source_memory(bytes.data, bytes.size, "scene", &source);
        assert_int_equal(lqi_zip_open(context, &source, &zip), LQ_OK);
        assert_int_equal(lqi_zip_entry_count(zip), 3);
        assert_string_equal(lqi_zip_entry_at(zip, 0)->name, "[Content_Types].xml");
        assert_int_equal(lqi_zip_read(zip, lqi_zip_find(zip, "3D/3dmodel.model"), &data, &size), LQ_OK);
        text = malloc(size + 1);
        assert_non_null(text);
        memcpy(text, data, size);
        text[size] = 0;
        lqi_free(context, data);
        lqi_zip_close(zip);
    }
    stl_bytes_free(&bytes);
    return text;
}

#define CORNER_MESH                                                                                      \
    "<mesh>\n<vertices>\n<vertex x=\"0\" y=\"0\" z=\"0\"/>\n<vertex x=\"10\" y=\"0\" z=\"0\"/>\n"        \
    "<vertex x=\"0\" y=\"10\" z=\"0\"/>\n<vertex x=\"0\" y=\"0\" z=\"10\"/>\n</vertices>\n<triangles>\n" \
    "<triangle v1=\"0\" v2=\"2\" v3=\"1\"/>\n<triangle v1=\"0\" v2=\"1\" v3=\"3\"/>\n"                   \
    "<triangle v1=\"1\" v2=\"2\" v3=\"3\"/>\n<triangle v1=\"2\" v2=\"0\" "                               \
    "v3=\"3\"/>\n</triangles>\n</mesh>\n</object>\n"

static void a_scene_becomes_a_model(void **state)
{
    (void)state;
    const lqi_write_mesh meshes[] = {
        {NULL, NULL, 0, 0}, /* unused */
        {corner_position, corner_index, 4, 4},
        {corner_position, flat_index, 4, 4}, /* nothing to show */
        {corner_position, corner_index, 4, 4},
    };
    const lqi_write_instance instances[] = {
        {here, 1, 0},                /* an item of its own */
        {there, 1, 1}, {here, 3, 1}, /* a group */
        {here, 2, 2},                /* nothing */
        {there, 1, 3}, {here, 2, 3}, /* of which one shows: an item again */
        {there, 1, 4},               /* another name for the same mesh: a group of one */
        {here, 3, 5},                /* beyond the names */
    };
    static const char *const names[] = {"one", "t<w>o", "none", "one", "other"};
    const lqi_write_scene scene = {meshes, 4, instances, 8, names, 5};
    static const char expected[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<model unit=\"millimeter\" xml:lang=\"en-US\" "
        "xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\">\n"
        "<metadata name=\"Application\">libquote " LQ_VERSION_STRING "</metadata>\n<resources>\n"
        "<object id=\"1\" type=\"model\" name=\"one\">\n" CORNER_MESH "<object id=\"2\" type=\"model\">\n" CORNER_MESH
        "<object id=\"3\" type=\"model\" name=\"t&lt;w&gt;o\">\n<components>\n"
        "<component objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 25.5 0 -0.125\"/>\n<component objectid=\"2\"/>\n"
        "</components>\n</object>\n<object id=\"4\" type=\"model\" name=\"other\">\n<components>\n"
        "<component objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 25.5 0 -0.125\"/>\n</components>\n</object>\n"
        "</resources>\n<build>\n<item objectid=\"1\"/>\n<item objectid=\"3\"/>\n"
        "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 25.5 0 -0.125\"/>\n<item objectid=\"4\"/>\n"
        "<item objectid=\"2\"/>\n</build>\n</model>\n";
    lq_context *context = new_context();
    char *model = model_of(context, &scene);
    assert_non_null(model);
    assert_string_equal(model, expected);
    free(model);
    end_context(context);
}

static void a_scene_of_nothing_is_refused(void **state)
{
    (void)state;
    const lqi_write_mesh flat = {corner_position, flat_index, 4, 4};
    const lqi_write_instance instance = {here, 0, 0};
    const lqi_write_scene scenes[] = {{&flat, 1, &instance, 1, NULL, 0}, {&flat, 1, &instance, 0, NULL, 0}, {0}};
    lq_context *context = new_context();
    for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++) {
        lqi_begin(context);
        assert_null(model_of(context, &scenes[i]));
        assert_int_equal(lq_context_error(context)->status, LQ_ERR_INPUT);
        assert_string_equal(lq_context_error(context)->code, "mesh_empty");
        assert_int_equal(lq_context_error(context)->offset, -1);
    }
    end_context(context);
}

/* Normals have length one at any size; what has no area has none; no number is minus zero. */
static void normals_have_length_one(void **state)
{
    (void)state;
    static const double position[18] = {-9, 9, 3, 0, 0, 3, 9, 9, 3, 9, -9, 3, 18, 18, 3, 0, 0, 9};
    static const uint32_t index[9] = {1, 3, 2, 1, 2,
                                      4, 0, 5, 1}; /* flat, with -9 * 0 - 0 * 9 on the way; a line; steep */
    static const float expected[3][3] = {{0, 0, 1}, {0, 0, 0}, {0.70710678f, 0.70710678f, 0}};
    const lqi_write_mesh mesh = {position, index, 6, 3};
    lq_context *context = new_context();
    for (int size = -30; size <= 30; size += 10) {
        double s = pow(10, size);
        const double transform[12] = {s, 0, 0, 0, s, 0, 0, 0, s, 0, 0, 0};
        const lqi_write_instance instance = {transform, 0, 0};
        const lqi_write_scene scene = {&mesh, 1, &instance, 1, NULL, 0};
        stl_bytes bytes = {0};
        const lqi_out out = {keep, &bytes};
        assert_int_equal(lqi_write_stl(context, &scene, false, &out), LQ_OK);
        assert_int_equal(bytes.size, 84 + 3 * 50);
        for (size_t t = 0; t < 3; t++) {
            float number[12];
            memcpy(number, bytes.data + 84 + 50 * t, sizeof number);
            for (int k = 0; k < 3; k++) CHECK_NEAR("normal", number[k], expected[t][k], 1e-6, "component");
            for (int k = 0; k < 12; k++) assert_true(number[k] != 0 || !signbit(number[k]));
        }
        stl_bytes_free(&bytes);
    }
    end_context(context);
}

/* STL is of floats: what is too large for them is refused, what vanishes in them is nothing. */
static void stl_has_the_range_of_floats(void **state)
{
    (void)state;
    static const struct {
        double scale;
        int size; /* 0: refused */
        lq_status status;
        const char *code;
    } cases[] = {{1e-37, 84 + 4 * 50, LQ_OK, ""},   {1e-60, 0, LQ_ERR_INPUT, "mesh_empty"},
                 {3e37, 84 + 4 * 50, LQ_OK, ""},    {4e37, 0, LQ_ERR_INPUT, "range"},
                 {1e308, 0, LQ_ERR_INPUT, "range"}, {-1e-37, 84 + 4 * 50, LQ_OK, ""}};
    const lqi_write_mesh mesh = {corner_position, corner_index, 4, 4};
    lq_context *context = new_context();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int ascii = 0; ascii < 2; ascii++) {
            double scale = cases[i].scale;
            const double transform[12] = {scale, 0, 0, 0, fabs(scale), 0, 0, 0, fabs(scale), 0, 0, 0};
            const lqi_write_instance instance = {transform, 0, 0};
            const lqi_write_scene scene = {&mesh, 1, &instance, 1, NULL, 0};
            stl_bytes bytes = {0};
            const lqi_out out = {keep, &bytes};
            lqi_begin(context);
            CHECK_INT(cases[i].code, lqi_write_stl(context, &scene, ascii, &out), cases[i].status, "status");
            CHECK_TEXT("STL", lq_context_error(context)->code, cases[i].code, "code");
            assert_int_equal(lq_context_error(context)->offset, -1);
            if (!ascii || !cases[i].size) assert_int_equal(bytes.size, cases[i].size);
            if (!ascii && cases[i].size) { /* the facet at z = 0 looks down, mirrored or not */
                float normal[3];
                memcpy(normal, bytes.data + 84, sizeof normal);
                assert_true(normal[0] == 0 && normal[1] == 0 && normal[2] == -1);
            }
            stl_bytes_free(&bytes);
        }
    end_context(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_become_attribute_values), cmocka_unit_test(archives_are_archives),
        cmocka_unit_test(a_scene_becomes_a_model),       cmocka_unit_test(a_scene_of_nothing_is_refused),
        cmocka_unit_test(normals_have_length_one),       cmocka_unit_test(stl_has_the_range_of_floats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
