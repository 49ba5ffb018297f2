/* Parts written and read back: the same shape, and when the world is unkind, a status and balanced memory. */
#include "tests/support/check.h"

#include <stdlib.h>

#include "api/objects.h"
#include "base/context.h"
#include "corpus/pack.h"
#include "corpus/solids.h"
#include "corpus/stl_text.h"
#include "tests/support/lend.h"

static const lq_write_format formats[] = {LQ_WRITE_STL_BINARY, LQ_WRITE_STL_ASCII, LQ_WRITE_3MF};
#define FORMAT_COUNT (sizeof formats / sizeof formats[0])

/* ---- a context that counts, a sink that remembers ---- */

typedef struct session {
    lend_allocator allocator;
    lend_stopper stopper;
    lq_context *context;
} session;

static void session_open(session *s)
{
    *s = (session){0};
    lq_allocator allocator = lend_allocator_of(&s->allocator);
    lq_context_options options = {
        .struct_size = sizeof options, .allocator = &allocator, .progress = lend_stop, .progress_user = &s->stopper};
    assert_int_equal(lq_context_create(&options, &s->context), LQ_OK);
}

static void session_close(session *s)
{
    lq_context_reset(s->context);
    assert_int_equal(lq_context_memory_held(s->context), 0);
    lq_context_destroy(s->context);
    assert_int_equal(s->allocator.blocks, 0);
    assert_int_equal(s->allocator.held, 0);
}

typedef struct memory_sink {
    stl_bytes bytes;
    uint64_t calls, fail_at; /* from 1; 0: never */
    int empty;               /* a call came without bytes */
} memory_sink;

static int keep(void *user, const void *bytes, size_t size)
{
    memory_sink *sink = user;
    sink->empty |= size == 0;
    if (++sink->calls == sink->fail_at) return 1;
    stl_bytes_add(&sink->bytes, bytes, size);
    return 0;
}

static lq_status write_to(const session *s, const lq_part *part, lq_write_format format, memory_sink *sink)
{
    const lq_sink public_sink = {sizeof public_sink, sink, keep};
    lq_status status = lq_part_write(s->context, part, format, &public_sink);
    assert_false(sink->empty);
    return status;
}

static stl_bytes write_part(const session *s, const lq_part *part, lq_write_format format)
{
    memory_sink sink = {0};
    lq_status status = write_to(s, part, format, &sink);
    CHECK(status == LQ_OK, "not written: %s", lq_context_error(s->context)->message);
    return sink.bytes;
}

/* The part does not need the bytes afterwards. */
static lq_part *read_part(const session *s, const void *data, size_t size, const lq_selection *selection)
{
    lq_source source;
    lq_model *model;
    lq_part *part = NULL;
    lq_source_memory(data, size, "part", &source);
    lq_status status = lq_model_open(s->context, &source, NULL, &model);
    if (status == LQ_OK) {
        status = lq_part_read(model, selection, &part);
        lq_model_close(model);
    }
    CHECK(status == LQ_OK, "not read: %s: %s", lq_context_error(s->context)->code,
          lq_context_error(s->context)->message);
    return part;
}

static lq_part *read_soup(const session *s, const solid_soup *soup, const lq_selection *selection)
{
    stl_bytes bytes = stl_write_binary(soup, NULL);
    lq_part *part = read_part(s, bytes.data, bytes.size, selection);
    stl_bytes_free(&bytes);
    return part;
}

static lq_part *read_xml(const session *s, const char *xml)
{
    size_t size;
    uint8_t *data = pack_3mf(xml, NULL, 0, &size);
    lq_part *part = read_part(s, data, size, NULL);
    free(data);
    return part;
}

/* Writes and reads back. */
static lq_part *again(const session *s, const lq_part *part, lq_write_format format)
{
    stl_bytes bytes = write_part(s, part, format);
    lq_part *read = read_part(s, bytes.data, bytes.size, NULL);
    stl_bytes_free(&bytes);
    return read;
}

static lq_facts facts_of(const session *s, const lq_part *part)
{
    lq_report *report;
    assert_int_equal(lq_part_analyse(s->context, part, NULL, &report), LQ_OK);
    lq_facts facts = *lq_report_facts(report);
    lq_report_destroy(report);
    return facts;
}

/* ---- comparisons ---- */

static void check_same_facts(const char *name, const lq_facts *a, const lq_facts *b, double relative, double box)
{
    CHECK_INT(name, b->triangle_count, a->triangle_count, "triangles");
    CHECK_INT(name, b->closed, a->closed, "closed");
    CHECK_INT(name, b->oriented, a->oriented, "oriented");
    CHECK_INT(name, b->open_edges, a->open_edges, "open edges");
    CHECK_INT(name, b->shells, a->shells, "shells");
    CHECK_NEAR(name, b->volume_mm3, a->volume_mm3, relative * fabs(a->volume_mm3), "volume");
    CHECK_NEAR(name, b->area_mm2, a->area_mm2, relative * fabs(a->area_mm2), "area");
    for (int k = 0; k < 3; k++) {
        CHECK_NEAR(name, b->box_min_mm[k], a->box_min_mm[k], box, "box minimum");
        CHECK_NEAR(name, b->box_max_mm[k], a->box_max_mm[k], box, "box maximum");
    }
}

/* The same meshes, placements and names, to the bit. */
static void check_same_part(const char *name, const lq_part *a, const lq_part *b)
{
    CHECK_INT(name, b->mesh_count, a->mesh_count, "meshes");
    for (size_t i = 0; i < a->mesh_count; i++) {
        const lqi_mesh *m = &a->meshes[i].mesh, *n = &b->meshes[i].mesh;
        CHECK_INT(name, n->vertex_count, m->vertex_count, "vertices");
        CHECK_INT(name, n->triangle_count, m->triangle_count, "triangles");
        assert_memory_equal(n->position, m->position, (size_t)3 * m->vertex_count * sizeof(double));
        assert_memory_equal(n->corner, m->corner, (size_t)3 * m->triangle_count * sizeof(uint32_t));
    }
    CHECK_INT(name, b->instance_count, a->instance_count, "instances");
    for (size_t i = 0; i < a->instance_count; i++) {
        CHECK_INT(name, b->instances[i].mesh, a->instances[i].mesh, "mesh");
        CHECK_INT(name, b->instances[i].item, a->instances[i].item, "item");
        for (int k = 0; k < 12; k++)
            CHECK_NEAR(name, b->instances[i].transform[k], a->instances[i].transform[k], 0, "transform");
    }
    CHECK_INT(name, b->item_count, a->item_count, "items");
    for (size_t i = 0; i < a->item_count; i++) CHECK_TEXT(name, b->item_names[i], a->item_names[i], "item name");
}

/* ---- binary STL as it lies in memory ---- */

typedef struct raw_facet {
    float normal[3], corner[3][3];
} raw_facet;

static raw_facet raw_facet_at(const stl_bytes *bytes, size_t i)
{
    raw_facet f;
    memcpy(&f, bytes->data + 84 + 50 * i, sizeof f);
    return f;
}

static size_t check_binary_layout(const stl_bytes *bytes)
{
    static const char header[80] = "libquote";
    assert_true(bytes->size > 84);
    assert_memory_equal(bytes->data, header, 80);
    uint32_t count = (uint32_t)bytes->data[80] | (uint32_t)bytes->data[81] << 8 | (uint32_t)bytes->data[82] << 16;
    assert_int_equal(bytes->data[83], 0);
    assert_int_equal(bytes->size, 84 + (size_t)50 * count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(bytes->data[84 + 50 * i + 48] | bytes->data[84 + 50 * i + 49], 0);
        for (size_t k = 0; k < 12; k++) { /* no minus zero */
            uint32_t word;
            memcpy(&word, bytes->data + 84 + 50 * i + 4 * k, 4);
            assert_true(word != 0x80000000u);
        }
    }
    return count;
}

/* Six times the signed volume; checks on the way that normals have length one and point where the corners say. */
static double check_normals(const stl_bytes *bytes)
{
    double sum = 0;
    for (size_t i = 0; i < (bytes->size - 84) / 50; i++) {
        raw_facet f = raw_facet_at(bytes, i);
        double e[2][3], n[3], p[3], length = 0, along = 0, size = 0;
        for (int k = 0; k < 3; k++) {
            p[k] = (double)f.corner[0][k];
            e[0][k] = (double)f.corner[1][k] - p[k];
            e[1][k] = (double)f.corner[2][k] - p[k];
        }
        for (int k = 0; k < 3; k++) {
            n[k] = e[0][(k + 1) % 3] * e[1][(k + 2) % 3] - e[0][(k + 2) % 3] * e[1][(k + 1) % 3];
            sum += n[k] * p[k];
            length += (double)f.normal[k] * (double)f.normal[k];
            along += n[k] * (double)f.normal[k];
            size += n[k] * n[k];
        }
        assert_true(fabs(length - 1) < 1e-6);
        assert_true(along > 0.999 * sqrt(size));
    }
    return sum;
}

/* ---- 3MF as people write it ---- */

#define XML_BEGIN(unit)                                               \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<model unit=\"" unit \
    "\" xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\"><resources>"
#define XML_MESH(id, name, more)                                                                                      \
    "<object id=\"" id "\" name=\"" name "\"><mesh><vertices><vertex x=\"0.1\" y=\"0.2\" z=\"0.30000000000000004\"/>" \
    "<vertex x=\"10.7\" y=\"0\" z=\"0\"/><vertex x=\"0\" y=\"10.123456789012345\" z=\"0\"/><vertex x=\"0\" y=\"0\" "  \
    "z=\"1.0000000000000002e1\"/></vertices><triangles><triangle v1=\"0\" v2=\"2\" v3=\"1\"/><triangle v1=\"0\" "     \
    "v2=\"1\" v3=\"3\"/><triangle v1=\"1\" v2=\"2\" v3=\"3\"/><triangle v1=\"2\" v2=\"0\" v3=\"3\"/>" more            \
    "</triangles></mesh></object>"
#define XML_END "</build></model>"

/* ---- round trips ---- */

static void solids_come_back(void **state)
{
    (void)state;
    solid_soup solids[] = {solid_cube(20),           solid_sphere(10, 6),      solid_torus(20, 5, 40, 20),
                           solid_nested(20, 10),     solid_apart_cubes(10, 5), solid_touching_edge(10),
                           solid_moebius(20, 5, 30), solid_sheet(10, 4)};
    session s;
    session_open(&s);
    for (size_t i = 0; i < sizeof solids / sizeof solids[0]; i++) {
        solid_translate(&solids[i], 3.3, -7.7, 0.1);
        char name[32];
        snprintf(name, sizeof name, "solid %zu", i);
        lq_part *part = read_soup(&s, &solids[i], NULL);
        lq_facts facts = facts_of(&s, part);
        for (size_t k = 0; k < FORMAT_COUNT; k++) {
            lq_part *read = again(&s, part, formats[k]);
            lq_facts read_facts = facts_of(&s, read);
            check_same_facts(name, &facts, &read_facts, 0, 0);
            check_same_part(name, part, read);
            lq_part_destroy(read);
        }
        lq_part_destroy(part);
        solid_free(&solids[i]);
    }
    session_close(&s);
}

static void binary_stl_is_what_it_says(void **state)
{
    (void)state;
    session s;
    session_open(&s);
    solid_soup soup = solid_torus(20, 5, 40, 20);
    lq_part *part = read_soup(&s, &soup, NULL);
    stl_bytes bytes = write_part(&s, part, LQ_WRITE_STL_BINARY), twice = write_part(&s, part, LQ_WRITE_STL_BINARY);
    assert_int_equal(check_binary_layout(&bytes), soup.count);
    assert_true(check_normals(&bytes) > 0);
    for (size_t i = 0; i < soup.count; i++) { /* -0 is written as 0, hence no comparison of bytes */
        raw_facet f = raw_facet_at(&bytes, i);
        for (size_t k = 0; k < 9; k++) assert_true(f.corner[k / 3][k % 3] == soup.corners[9 * i + k]);
    }
    assert_int_equal(bytes.size, twice.size);
    assert_memory_equal(bytes.data, twice.data, bytes.size);
    stl_bytes_free(&bytes);
    stl_bytes_free(&twice);
    lq_part_destroy(part);
    solid_free(&soup);
    part = read_xml(&s, XML_BEGIN("millimeter")
                            XML_MESH("1", "corner", "") "</resources><build><item objectid=\"1\" "
                                                        "transform=\"1 0 0 0 1 0 0 0 1 -1e-60 0 0\"/>" XML_END);
    bytes = write_part(&s, part, LQ_WRITE_STL_BINARY);
    assert_int_equal(check_binary_layout(&bytes), 4); /* what is rounded to zero has no sign either */
    stl_bytes_free(&bytes);
    lq_part_destroy(part);
    session_close(&s);
}

static void ascii_stl_is_what_it_says(void **state)
{
    (void)state;
    session s;
    session_open(&s);
    solid_soup soup = solid_tetrahedron(0.1);
    lq_part *part = read_soup(&s, &soup, NULL);
    stl_bytes bytes = write_part(&s, part, LQ_WRITE_STL_ASCII);
    stl_bytes_add(&bytes, "", 1);
    const char *text = (const char *)bytes.data;
    static const char begin[] = "solid libquote\n  facet normal 0 0 -1\n    outer loop\n      vertex ";
    assert_memory_equal(text, begin, strlen(begin));
    static const char end[] = "    endloop\n  endfacet\nendsolid libquote\n";
    assert_string_equal(text + strlen(text) - strlen(end), end);
    assert_non_null(strstr(text, "vertex 0.1 0 0\n")); /* as short as a float allows */
    assert_non_null(strstr(text, "normal 0.57735026 0.57735026 0.57735026\n"));
    stl_bytes_free(&bytes);
    lq_part_destroy(part);
    solid_free(&soup);
    session_close(&s);
}

/* Everything a placement can be: several meshes in one item, mirrored, sheared, repeated, in inches; awkward names. */
static const char assembly_xml[] = XML_BEGIN("inch") XML_MESH("1", "corner", "") XML_MESH(
    "2", "&lt;Ecke&gt; &amp; &quot;&#228;&quot;",
    "") "<object id=\"3\" name=\"it's &quot;both&quot; \xE4\xB8\xAD\"><components><component objectid=\"1\"/>"
        "<component objectid=\"2\" transform=\"-1 0 0 0 1 0 0 0 1 -5 0 0\"/></components></object>"
        "<object id=\"4\" name=\"the corner again\"><components><component objectid=\"1\"/></components></object>"
        "</resources><build><item objectid=\"1\"/><item objectid=\"3\" transform=\"0 1 0 -1 0 0 0 0 1 40.1 0 0\"/>"
        "<item objectid=\"2\" transform=\"2 0 0 0.3 3 0 0 0.1 0.5 0 30 0\"/><item objectid=\"1\" transform=\"1 0 0 0 1 "
        "0 0 0 1 0 0 "
        "40\"/><item objectid=\"4\" transform=\"1 0 0 0 1 0 0 0 -1 0 0 -40\"/>" XML_END;

static void an_assembly_comes_back(void **state)
{
    (void)state;
    session s;
    session_open(&s);
    lq_part *part = read_xml(&s, assembly_xml);
    assert_int_equal(part->instance_count, 6);
    assert_int_equal(part->item_count, 5);
    assert_string_equal(part->item_names[2], "<Ecke> & \"\xC3\xA4\"");
    assert_string_equal(part->item_names[1], "it's \"both\" \xE4\xB8\xAD");
    lq_facts facts = facts_of(&s, part);
    assert_int_equal(facts.closed, 1);

    lq_part *read = again(&s, part, LQ_WRITE_3MF);
    check_same_part("3MF", part, read);
    lq_facts read_facts = facts_of(&s, read);
    check_same_facts("3MF", &facts, &read_facts, 0, 0);
    lq_part_destroy(read);

    for (size_t i = 0; i < 2; i++) {
        read = again(&s, part, formats[i]);
        read_facts = facts_of(&s, read);
        check_same_facts("STL", &facts, &read_facts, 1e-6, 1e-4);
        lq_part_destroy(read);
    }
    /* Mirrored placements too are right side out. */
    stl_bytes bytes = write_part(&s, part, LQ_WRITE_STL_BINARY);
    assert_int_equal(check_binary_layout(&bytes), 24);
    CHECK_NEAR("STL", check_normals(&bytes) / 6, facts.volume_mm3, 1e-6 * facts.volume_mm3, "signed volume");
    stl_bytes_free(&bytes);
    lq_part_destroy(part);
    session_close(&s);
}

/* A negative part must not become material. */
static void negative_parts_are_left_out(void **state)
{
    (void)state;
    session s;
    session_open(&s);
    lq_part *part = read_xml(&s, assembly_xml);
    part->instances[2].role = LQ_ROLE_NEGATIVE;
    for (size_t k = 0; k < FORMAT_COUNT; k++) {
        lq_part *read = again(&s, part, formats[k]);
        assert_int_equal(facts_of(&s, read).triangle_count, 20);
        lq_part_destroy(read);
    }
    for (size_t i = 0; i < part->instance_count; i++) part->instances[i].role = LQ_ROLE_NEGATIVE;
    for (size_t k = 0; k < FORMAT_COUNT; k++) {
        memory_sink sink = {0};
        assert_int_equal(write_to(&s, part, formats[k], &sink), LQ_ERR_INPUT);
        assert_string_equal(lq_context_error(s.context)->code, "mesh_empty");
    }
    lq_part_destroy(part);
    session_close(&s);
}

static void units_and_scales_come_back(void **state)
{
    (void)state;
    session s;
    session_open(&s);
    solid_soup soup = solid_sphere(1, 4);
    for (int unit = LQ_UNIT_MM; unit <= LQ_UNIT_FOOT; unit++) {
        lq_selection selection = {.struct_size = sizeof selection, .unit = (lq_unit)unit, .scale = 1.7};
        lq_part *part = read_soup(&s, &soup, &selection);
        lq_facts facts = facts_of(&s, part);
        lq_part *read = again(&s, part, LQ_WRITE_3MF);
        lq_facts read_facts = facts_of(&s, read);
        check_same_part("3MF", part, read);
        check_same_facts("3MF", &facts, &read_facts, 0, 0);
        lq_part_destroy(read);
        read = again(&s, part, LQ_WRITE_STL_BINARY);
        read_facts = facts_of(&s, read);
        check_same_facts("STL", &facts, &read_facts, 1e-6, 1e-6 * facts.box_max_mm[0]);
        lq_part_destroy(read);
        lq_part_destroy(part);
    }
    solid_free(&soup);
    session_close(&s);
}

/* Rounding to float makes neighbours equal far from the origin: facets vanish, the surface stays closed. */
static void closed_stays_closed_after_rounding(void **state)
{
    (void)state;
    session s;
    session_open(&s);
    solid_soup soup = solid_sphere(1, 12);
    size_t size = 4096 + soup.count * 400;
    char *xml = malloc(size);
    assert_non_null(xml);
    int at = snprintf(xml, size, XML_BEGIN("millimeter") "<object id=\"1\"><mesh><vertices>");
    for (size_t i = 0; i < soup.count * 3; i++)
        at += snprintf(xml + at, size - (size_t)at, "<vertex x=\"%.9g\" y=\"%.9g\" z=\"%.9g\"/>",
                       (double)soup.corners[3 * i], (double)soup.corners[3 * i + 1], (double)soup.corners[3 * i + 2]);
    at += snprintf(xml + at, size - (size_t)at, "</vertices><triangles>");
    for (size_t i = 0; i < soup.count; i++)
        at += snprintf(xml + at, size - (size_t)at, "<triangle v1=\"%zu\" v2=\"%zu\" v3=\"%zu\"/>", 3 * i, 3 * i + 1,
                       3 * i + 2);
    snprintf(xml + at, size - (size_t)at,
             "</triangles></mesh></object></resources><build><item objectid=\"1\" "
             "transform=\"1 0 0 0 1 0 0 0 1 2000000 2000000 -2000000\"/>" XML_END);
    lq_part *part = read_xml(&s, xml);
    lq_part *read = again(&s, part, LQ_WRITE_STL_BINARY);
    lq_facts facts = facts_of(&s, read);
    assert_true(facts.triangle_count > 100 && facts.triangle_count < soup.count - 100);
    assert_int_equal(facts.degenerate_triangles, 0);
    assert_int_equal(facts.open_edges, 0);
    assert_int_equal(facts.closed, 1);
    lq_part_destroy(read);
    lq_part_destroy(part);
    free(xml);
    solid_free(&soup);
    session_close(&s);
}

static void degenerate_triangles_are_left_out(void **state)
{
    (void)state;
    session s;
    session_open(&s);
    solid_soup soup = solid_sphere(10, 4);
    solid_damage damage = {.degenerate = 3, .duplicated = 2};
    assert_true(solid_damage_apply(&soup, &damage, 7));
    lq_part *part = read_soup(&s, &soup, NULL);
    for (size_t k = 0; k < FORMAT_COUNT; k++) {
        lq_part *read = again(&s, part, formats[k]);
        lq_facts facts = facts_of(&s, read);
        assert_int_equal(facts.triangle_count, soup.count - 3);
        assert_int_equal(facts.degenerate_triangles, 0);
        assert_int_equal(facts.duplicate_triangles, 2); /* not our business here */
        lq_part_destroy(read);
    }
    lq_part_destroy(part);
    solid_free(&soup);
    session_close(&s);
}

/* The file grows with distinct meshes, not with their placements. */
static void a_mesh_is_written_once(void **state)
{
    (void)state;
    session s;
    session_open(&s);
    enum { COPIES = 500 };
    lq_part *parts[2];
    stl_bytes bytes[2];
    for (int many = 0; many < 2; many++) {
        stl_bytes xml = {0};
        stl_bytes_add_text(&xml, XML_BEGIN("millimeter") XML_MESH("1", "corner", "") "</resources><build>");
        for (int i = 0; i < (many ? COPIES : 1); i++) {
            char item[128];
            snprintf(item, sizeof item, "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 %d 0 0\"/>", 20 * i);
            stl_bytes_add_text(&xml, item);
        }
        stl_bytes_add(&xml, XML_END, sizeof XML_END);
        parts[many] = read_xml(&s, (const char *)xml.data);
        stl_bytes_free(&xml);
        bytes[many] = write_part(&s, parts[many], LQ_WRITE_3MF);
    }
    lq_part *read = read_part(&s, bytes[1].data, bytes[1].size, NULL);
    check_same_part("copies", parts[1], read);
    assert_int_equal(read->mesh_count, 1);
    assert_true(bytes[1].size < bytes[0].size + (size_t)COPIES * 20); /* of 56 and more before packing */
    lq_part_destroy(read);
    for (int many = 0; many < 2; many++) {
        lq_part_destroy(parts[many]);
        stl_bytes_free(&bytes[many]);
    }
    session_close(&s);
}

/* ---- when it does not work ---- */

static void check_failure(const session *s, lq_status status, lq_status expected, const char *code, int64_t offset)
{
    const lq_error *error = lq_context_error(s->context);
    CHECK_INT(code, status, expected, "status");
    CHECK_INT(code, error->status, expected, "status of the context");
    CHECK_TEXT(code, error->code, code, "code");
    CHECK_INT(code, error->offset, offset, "offset");
    CHECK(error->message[0] != 0, "%s: no message", code);
}

static void what_cannot_be_written_is_refused(void **state)
{
    (void)state;
    session s;
    session_open(&s);
    memory_sink sink = {0};
    solid_soup soup = solid_cube(10);
    lq_part *part = read_soup(&s, &soup, NULL);
    const lq_sink good = {sizeof good, &sink, keep}, no_function = {sizeof good, &sink, NULL},
                  cut = {offsetof(lq_sink, write), &sink, keep};
    const struct {
        const lq_part *part;
        int format;
        const lq_sink *sink;
    } wrong[] = {{NULL, 1, &good}, {part, 1, NULL},  {part, 1, &no_function},
                 {part, 1, &cut},  {part, 0, &good}, {part, 4, &good}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        check_failure(&s, lq_part_write(s.context, wrong[i].part, (lq_write_format)wrong[i].format, wrong[i].sink),
                      LQ_ERR_ARGUMENT, "argument", -1);
    assert_int_equal(lq_part_write(NULL, part, LQ_WRITE_3MF, &good), LQ_ERR_ARGUMENT);
    lq_part_destroy(part);

    solid_free(&soup);

    soup = (solid_soup){0};
    for (int i = 0; i < 4; i++) solid_add(&soup, (double[3]){0, 0, 0}, (double[3]){1, i, 0}, (double[3]){1, i, 0});
    part = read_soup(&s, &soup, NULL);
    for (size_t k = 0; k < FORMAT_COUNT; k++)
        check_failure(&s, write_to(&s, part, formats[k], &sink), LQ_ERR_INPUT, "mesh_empty", -1);
    assert_int_equal(sink.calls, 0); /* nothing was begun */
    lq_part_destroy(part);
    solid_free(&soup);
    session_close(&s);
}

/* A part of 20 480 triangles: several buffers and progress steps in each format. */
static lq_part *read_large(const session *s)
{
    solid_soup soup = solid_sphere(100, 32);
    lq_part *part = read_soup(s, &soup, NULL);
    solid_free(&soup);
    return part;
}

static void the_nth_write_fails(void **state)
{
    (void)state;
    session s;
    session_open(&s);
    lq_part *part = read_large(&s);
    uint64_t held = lq_context_memory_held(s.context);
    for (size_t k = 0; k < FORMAT_COUNT; k++) {
        uint64_t n = 1;
        for (;; n++) {
            memory_sink sink = {.fail_at = n};
            lq_status status = write_to(&s, part, formats[k], &sink);
            int64_t taken = (int64_t)sink.bytes.size;
            stl_bytes_free(&sink.bytes);
            assert_int_equal(lq_context_memory_held(s.context), held);
            if (status == LQ_OK) break;
            check_failure(&s, status, LQ_ERR_IO, "io", taken);
            assert_int_equal(sink.calls, n); /* and was not called again */
        }
        assert_true(n > 3);
    }
    lq_part_destroy(part);
    session_close(&s);
}

static void the_nth_allocation_fails(void **state)
{
    (void)state;
    session s;
    session_open(&s);
    lq_part *part = read_large(&s);
    uint64_t held = lq_context_memory_held(s.context);
    for (size_t k = 0; k < FORMAT_COUNT; k++) {
        uint64_t n = 1;
        for (;; n++) {
            memory_sink sink = {0};
            s.allocator.fail_at = s.allocator.calls + n;
            lq_status status = write_to(&s, part, formats[k], &sink);
            s.allocator.fail_at = 0;
            stl_bytes_free(&sink.bytes);
            assert_int_equal(lq_context_memory_held(s.context), held);
            if (status == LQ_OK) break;
            check_failure(&s, status, LQ_ERR_MEMORY, "out_of_memory", -1);
        }
        assert_true(n > 1);
    }
    lq_part_destroy(part);
    session_close(&s);
}

static void a_memory_limit_is_a_limit(void **state)
{
    (void)state;
    session s;
    session_open(&s);
    lq_part *part = read_large(&s);
    uint64_t held = lq_context_memory_held(s.context), limit = s.context->limits.memory_bytes;
    for (size_t k = 0; k < FORMAT_COUNT; k++) {
        memory_sink sink = {0};
        s.context->limits.memory_bytes = held + 20000;
        check_failure(&s, write_to(&s, part, formats[k], &sink), LQ_ERR_LIMIT, "limit", -1);
        s.context->limits.memory_bytes = held + 700000; /* less than the model's text: it is never held whole */
        assert_int_equal(write_to(&s, part, formats[k], &sink), LQ_OK);
        s.context->limits.memory_bytes = limit;
        stl_bytes_free(&sink.bytes);
    }
    assert_int_equal(lq_context_memory_held(s.context), held);
    lq_part_destroy(part);
    session_close(&s);
}

static void it_can_be_cancelled_at_every_step(void **state)
{
    (void)state;
    session s;
    session_open(&s);
    lq_part *part = read_large(&s);
    uint64_t held = lq_context_memory_held(s.context);
    for (size_t k = 0; k < FORMAT_COUNT; k++) {
        uint64_t n = 1;
        for (;; n++) {
            memory_sink sink = {0};
            s.stopper = (lend_stopper){.stop_at = n};
            lq_status status = write_to(&s, part, formats[k], &sink);
            stl_bytes_free(&sink.bytes);
            assert_int_equal(lq_context_memory_held(s.context), held);
            if (status == LQ_OK) break;
            check_failure(&s, status, LQ_ERR_CANCELLED, "cancelled", -1);
            assert_int_equal(s.stopper.calls, n);
            lq_context_reset(s.context);
        }
        assert_true(n > 5);
    }
    lq_part_destroy(part);
    session_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solids_come_back),
        cmocka_unit_test(binary_stl_is_what_it_says),
        cmocka_unit_test(ascii_stl_is_what_it_says),
        cmocka_unit_test(an_assembly_comes_back),
        cmocka_unit_test(negative_parts_are_left_out),
        cmocka_unit_test(units_and_scales_come_back),
        cmocka_unit_test(closed_stays_closed_after_rounding),
        cmocka_unit_test(degenerate_triangles_are_left_out),
        cmocka_unit_test(a_mesh_is_written_once),
        cmocka_unit_test(what_cannot_be_written_is_refused),
        cmocka_unit_test(the_nth_write_fails),
        cmocka_unit_test(the_nth_allocation_fails),
        cmocka_unit_test(a_memory_limit_is_a_limit),
        cmocka_unit_test(it_can_be_cancelled_at_every_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
