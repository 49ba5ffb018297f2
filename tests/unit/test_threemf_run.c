/*
 * Lists of vertices and triangles are read by kernels where they are usual and by the XML parser elsewhere. Whatever
 * the text, the result must be that of the parser alone: the same meshes bit for bit, the same notes, the same failure
 * at the same byte. Shapes as slicers and CAD programs write them, and many thousands of damaged ones.
 * An argument sets how many are damaged.
 */
#include <ctype.h>

#include "tests/support/parser_only.h"
#include "tests/unit/threemf_collect.h"

static size_t mutant_count = 2000;

/* ---- random ---- */

static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 32) * below >> 32);
}

static double draw_coordinate(uint64_t *state) { return ((double)draw(state, 2000001) - 1000000) / 9973; }

/* ---- shapes ---- */

typedef struct shape {
    const char *name;
    const char *model, *open_vertices, *vertex, *close_vertices, *open_triangles, *close_triangles;
    const char *triangle[3]; /* in turn */
    int triangles_first;
    double left_to_parser; /* at most so many elements of a hundred, and two of each list */
} shape;

#define SLICER_VERTEX "     <vertex x=\"%.9g\" y=\"%.9g\" z=\"%.9g\"/>\n"
#define SLICER_TRIANGLE "     <triangle v1=\"%u\" v2=\"%u\" v3=\"%u\"/>\n"
#define PRUSA " xmlns:slic3rpe=\"http://schemas.slic3r.org/3mf/2017/06\" "

static const shape shapes[] = {
    {"slicer",
     "",
     "    <vertices>\n",
     SLICER_VERTEX,
     "    </vertices>\n",
     "    <triangles>\n",
     "    </triangles>\n",
     {SLICER_TRIANGLE, SLICER_TRIANGLE, SLICER_TRIANGLE},
     0,
     0},
    {"painted",
     PRUSA,
     "    <vertices>\n",
     SLICER_VERTEX,
     "    </vertices>\n",
     "    <triangles>\n",
     "    </triangles>\n",
     {SLICER_TRIANGLE, "     <triangle v1=\"%u\" v2=\"%u\" v3=\"%u\" paint_color=\"8\"/>\n",
      "     <triangle v1=\"%u\" v2=\"%u\" v3=\"%u\" slic3rpe:mmu_segmentation=\"0C0C4\" paint_supports=\"4\"/>\n"},
     0,
     0},
    {"cad",
     "",
     "        <vertices>\r\n",
     "          <vertex x=\"%.5f\" y=\"%.5f\" z=\"%.5f\" />\r\n",
     "        </vertices>\r\n",
     "        <triangles>\r\n",
     "        </triangles>\r\n",
     {"          <triangle v1=\"%u\" v2=\"%u\" v3=\"%u\" />\r\n",
      "          <triangle v1=\"%u\" v2=\"%u\" v3=\"%u\" />\r\n",
      "          <triangle v1=\"%u\" v2=\"%u\" v3=\"%u\" pid=\"1\" p1=\"0\" p2=\"0\" p3=\"0\" />\r\n"},
     0,
     0},
    {"one line",
     "",
     "<vertices>",
     "<vertex x=\"%g\" y=\"%g\" z=\"%g\"/>",
     "</vertices>",
     "<triangles>",
     "</triangles>",
     {"<triangle v1=\"%u\" v2=\"%u\" v3=\"%u\"/>", "<triangle v1=\"%u\" v2=\"%u\" v3=\"%u\"/>",
      "<triangle v1=\"%u\" v2=\"%u\" v3=\"%u\" p1=\"3\" pid=\"2\"/>"},
     0,
     0},
    {"seventeen digits",
     "",
     "\t<vertices >\n",
     "\t\t<vertex x=\"%.17g\" y=\"%.17e\" z=\"%.20f\"/>\n",
     "\t</vertices>\n",
     "\t<triangles\n>\n",
     "\t</triangles>\n",
     {"\t\t<triangle v1=\"%u\" v2=\"%u\" v3=\"%u\"/>\n", "\t\t\t<triangle v1=\"%08u\" v2=\"%010u\" v3=\"%09u\"/>\n",
      "\n\n                                        <triangle v1=\"%u\" v2=\"%u\" v3=\"%u\"/>\n"},
     0,
     0},
    {"triangles first",
     "",
     "<vertices>",
     SLICER_VERTEX,
     "</vertices>",
     "<triangles>",
     "</triangles>",
     {SLICER_TRIANGLE, SLICER_TRIANGLE, SLICER_TRIANGLE},
     1,
     0},
    {"another order",
     "",
     "<vertices>",
     "<vertex z=\"%g\" y=\"%g\" x=\"%g\"/>",
     "</vertices>",
     "<triangles>",
     "</triangles>",
     {"<triangle v2=\"%u\" v1=\"%u\" v3=\"%u\"/>", "<triangle  v1=\"%u\" v2=\"%u\" v3=\"%u\"/>",
      "<triangle v1=\"%u\" v2=\"%u\" v3=\"%u\"></triangle>"},
     0,
     100},
    {"every third unusual",
     "",
     "<vertices>",
     SLICER_VERTEX,
     "</vertices>",
     "<triangles>",
     "</triangles>",
     {SLICER_TRIANGLE, SLICER_TRIANGLE, "     <triangle v1='%u' v2='%u' v3='%u'/>\n"},
     0,
     40},
    {"prefixed",
     " xmlns:c=\"" CORE "\" ",
     "<c:vertices>",
     "<c:vertex x=\"%g\" y=\"%g\" z=\"%g\"/>",
     "</c:vertices>",
     "<c:triangles>",
     "</c:triangles>",
     {"<triangle v1=\"%u\" v2=\"%u\" v3=\"%u\"/>", SLICER_TRIANGLE, SLICER_TRIANGLE},
     0,
     100},
};
#define SHAPE_COUNT (sizeof shapes / sizeof *shapes)

/* printf with one of our own formats. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static char *put_vertices(char *p, const shape *s, uint32_t count, uint64_t *state)
{
    p += sprintf(p, "%s", s->open_vertices);
    for (uint32_t i = 0; i < count; i++) {
        double x = draw_coordinate(state), y = i % 5 ? (double)(float)draw_coordinate(state) : (double)i;
        p += sprintf(p, s->vertex, x, y, i % 7 ? draw_coordinate(state) : 9.53674e-07);
    }
    return p + sprintf(p, "%s", s->close_vertices);
}

static char *put_triangles(char *p, const shape *s, uint32_t vertex_count, uint32_t count, uint64_t *state)
{
    p += sprintf(p, "%s", s->open_triangles);
    for (uint32_t i = 0; i < count; i++)
        p += sprintf(p, s->triangle[i % 3], draw(state, vertex_count), draw(state, vertex_count), i % vertex_count);
    return p + sprintf(p, "%s", s->close_triangles);
}
#pragma GCC diagnostic pop

/* A model of two meshes; free it. */
static char *make_model(const shape *s, uint32_t vertex_count, uint32_t triangle_count, uint64_t *state)
{
    char *text = malloc(4096 + 2 * ((size_t)vertex_count + triangle_count) * 128), *p = text;
    p += sprintf(p, MODEL_BEGIN "unit=\"millimeter\"%s>\n <resources>\n", s->model);
    for (int mesh = 1; mesh <= 2; mesh++) {
        p += sprintf(p, "  <object id=\"%d\" type=\"model\">\n   <mesh>\n", mesh);
        if (s->triangles_first) p = put_triangles(p, s, vertex_count, triangle_count, state);
        p = put_vertices(p, s, vertex_count, state);
        if (!s->triangles_first) p = put_triangles(p, s, vertex_count, triangle_count, state);
        p += sprintf(p, "   </mesh>\n  </object>\n");
    }
    sprintf(p, " </resources>\n <build>\n  <item objectid=\"1\"/>\n  <item objectid=\"2\"/>\n </build>\n</model>\n");
    return text;
}

/* ---- both ways ---- */

typedef struct options {
    int lenient;
    lq_limits limits;
} options;

static const lqi_kernels *best_kernels(void) { return lqi_kernels_for(lqi_cpu_isa()); }

/* Like collect_bytes, with kernels. */
static void read_with(collected *c, const char *xml, size_t size, const options *o, const lqi_kernels *kernels)
{
    memset(c, 0, sizeof *c);
    const pack_entry entries[] = {
        {.name = "_rels/.rels", .data = pack_root_relationships, .size = strlen(pack_root_relationships), .stored = 1},
        {.name = "3D/3dmodel.model", .data = xml, .size = size, .stored = 1}};
    size_t packed_size;
    c->data = pack_zip(entries, 2, NULL, &packed_size);
    const lq_context_options given = {.struct_size = sizeof given, .limits = &o->limits};
    assert_int_equal(lqi_context_create(&given, &c->context), LQ_OK);
    c->context->kernels = kernels;
    lqi_notes_init(&c->notes, c->context);
    lq_source source;
    lq_source_memory(c->data, packed_size, NULL, &source);
    lqi_sink sink = collect_sink(c);
    const lqi_threemf_selection selection = {.scale = 1};
    c->status = lqi_zip_open(c->context, &source, &c->zip);
    if (c->status == LQ_OK) c->status = lqi_threemf_open(c->context, c->zip, o->lenient, &c->threemf);
    if (c->status == LQ_OK) c->status = lqi_threemf_read(c->threemf, &selection, &sink, &c->notes);
}

static int same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static const char *first_difference(const collected *a, const collected *b)
{
    const lq_error *x = lq_context_error(a->context), *y = lq_context_error(b->context);
    if (a->status != b->status) return "status";
    if (!same_text(x->code, y->code)) return "code";
    if (x->offset != y->offset) return "offset";
    if (strcmp(x->message, y->message) != 0) return "message";
    if (strcmp(x->part, y->part) != 0 || x->limit != y->limit || x->actual != y->actual) return "part or limit";
    if (a->notes.count != b->notes.count) return "number of notes";
    for (size_t i = 0; i < a->notes.count; i++) {
        const lqi_note *m = &a->notes.items[i], *n = &b->notes.items[i];
        if (!same_text(m->code, n->code) || m->offset != n->offset || m->count != n->count) return "a note";
    }
    if (a->status != LQ_OK) return NULL;
    if (a->mesh_count != b->mesh_count || a->instance_count != b->instance_count) return "number of meshes";
    for (size_t i = 0; i < a->mesh_count; i++) {
        const collected_mesh *m = &a->meshes[i], *n = &b->meshes[i];
        if (m->vertex_count != n->vertex_count || m->triangle_count != n->triangle_count) return "size of a mesh";
        if (m->vertex_count && memcmp(m->xyz, n->xyz, 3 * m->vertex_count * sizeof *m->xyz) != 0) return "vertices";
        if (m->triangle_count && memcmp(m->corners, n->corners, 3 * m->triangle_count * sizeof *m->corners) != 0)
            return "triangles";
    }
    return NULL;
}

static void compare(const char *name, const char *xml, size_t size, const options *o)
{
    const lqi_kernels reference = parser_only_kernels(best_kernels());
    const lqi_kernels *tables[] = {best_kernels(), lqi_kernels_for(LQ_ISA_SCALAR)};
    collected want;
    read_with(&want, xml, size, o, &reference);
    for (size_t i = 0; i < 1 + (tables[0] != tables[1]); i++) {
        collected got;
        read_with(&got, xml, size, o, tables[i]);
        const char *difference = first_difference(&got, &want);
        if (difference) {
            const lq_error *x = lq_context_error(got.context), *y = lq_context_error(want.context);
            print_error("%s: another %s\n kernels: %d %s at %lld: %s\n parser:  %d %s at %lld: %s\n%.*s\n", name,
                        difference, (int)got.status, x->code, (long long)x->offset, x->message, (int)want.status,
                        y->code, (long long)y->offset, y->message, (int)(size < 20000 ? size : 20000), xml);
            fail();
        }
        collect_free(&got);
    }
    collect_free(&want);
}

/* ---- tests ---- */

/* Elements that a kernel took. */
static size_t taken_vertices, taken_triangles;

static void counting_vertices(const char *text, size_t size, const char *prefixes, size_t count_max, double *xyz,
                              lqi_xml_run *run)
{
    best_kernels()->xml_vertices(text, size, prefixes, count_max, xyz, run);
    taken_vertices += run->count;
}

static void counting_triangles(const char *text, size_t size, const char *prefixes, size_t count_max, uint32_t *corners,
                               lqi_xml_run *run)
{
    best_kernels()->xml_triangles(text, size, prefixes, count_max, corners, run);
    taken_triangles += run->count;
}

static void test_shapes(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 3, 40, 511, 512, 513, 1200};
    uint64_t random = 1;
    for (size_t i = 0; i < SHAPE_COUNT; i++)
        for (size_t n = 0; n < sizeof counts / sizeof *counts; n++) {
            char *xml = make_model(&shapes[i], counts[n], 2 * counts[n], &random);
            compare(shapes[i].name, xml, strlen(xml), &(options){0});
            collected c;
            lqi_kernels counting = *best_kernels();
            counting.xml_vertices = counting_vertices;
            counting.xml_triangles = counting_triangles;
            taken_vertices = taken_triangles = 0;
            read_with(&c, xml, strlen(xml), &(options){0}, &counting);
            collect_good(&c, shapes[i].name);
            assert_int_equal(c.mesh_count, 2);
            double left = shapes[i].left_to_parser / 100;
            CHECK((double)taken_vertices >= 2 * counts[n] * (1 - left) - 4, "%s: %zu vertices of %u", shapes[i].name,
                  taken_vertices, 2 * counts[n]);
            CHECK((double)taken_triangles >= 4 * counts[n] * (1 - left) - 8, "%s: %zu triangles of %u", shapes[i].name,
                  taken_triangles, 4 * counts[n]);
            collect_free(&c);
            free(xml);
        }
}

/* Limits are met at the same element, in runs and out of them. */
static void test_limits(void **state)
{
    (void)state;
    uint64_t random = 2;
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        char *xml = make_model(&shapes[i], 600, 700, &random);
        for (uint64_t limit = 1; limit <= 2000; limit = limit < 8 ? limit + 1 : limit * 2 - 3) {
            compare("limit of vertices", xml, strlen(xml), &(options){.limits = {.vertices = limit}});
            compare("limit of triangles", xml, strlen(xml), &(options){.limits = {.triangles = limit}});
            if (limit < 9) compare("limit of depth", xml, strlen(xml), &(options){.limits = {.xml_depth = limit}});
        }
        free(xml);
    }
}

/* ---- damage ---- */

static const char *const words[] = {
    " x=\"1\"",
    " z=\"1\"",
    " v1=\"0\"",
    " v3=\"0\"",
    " v4=\"0\"",
    " pid=\"1\"",
    " p1=\"2\"",
    " p1=\"2\" p1=\"3\"",
    " xmlns=\"u\"",
    " xmlns=\"" CORE "\"",
    " xmlns:q=\"u\"",
    " xmlns:q=\"u\" q:a=\"1\"",
    " q:a=\"1\"",
    " xml:space=\"default\"",
    " slic3rpe:a=\"1\"",
    " slic3rpe:a=\"1\" slic3rpe:a=\"1\"",
    " slic3rpe:a=\"1\" a=\"1\"",
    " xmlns:slic3rpe=\"u\"",
    " :a=\"1\"",
    " a:=\"1\"",
    " c:x=\"1\"",
    " -a=\"1\"",
    " a='1'",
    " a=\"'\"",
    " a=\">\"",
    " a=\"<\"",
    " a=\"&amp;\"",
    " a=\"&x;\"",
    " a=\"\t\"",
    " a=\"\x01\"",
    " a=\"\x7F\"",
    " a=\"\xC3\xA9\"",
    " a=\"\xC3\"",
    " \xC3\xA9=\"1\"",
    " a =\"1\"",
    " a= \"1\"",
    " a",
    "  ",
    "\n",
    "\r",
    "\t",
    " ",
    "/",
    ">",
    "/>",
    " />",
    "<",
    "</",
    "\"",
    "'",
    "&",
    "&#49;",
    "&#0;",
    ";",
    "=",
    "<!-- c -->",
    "<!-- <vertex x=\"1\" y=\"2\" z=\"3\"/> -->",
    "<!-- -- -->",
    "<!--",
    "-->",
    "<![CDATA[ ",
    "]]>",
    "<![CDATA[<triangle v1=\"0\" v2=\"0\" v3=\"0\"/>]]>",
    "<?pi a?>",
    "<?",
    "<!DOCTYPE a>",
    "<vertices>",
    "</vertices>",
    "<vertices/>",
    "<triangles>",
    "</triangles>",
    "<triangles/>",
    "<mesh>",
    "</mesh>",
    "<trianglesets>",
    "<vertex x=\"1\" y=\"2\" z=\"3\"/>",
    "<vertex x=\"1\" y=\"2\" z=\"3\"></vertex>",
    "<vertex x=\"1\" y=\"2\"/>",
    "<vertex/>",
    "<triangle v1=\"0\" v2=\"1\" v3=\"2\"/>",
    "<triangle v1=\"0\" v2=\"1\" v3=\"2\" ></triangle>",
    "<triangle v1=\"0\" v2=\"1\"/>",
    "<c:vertex x=\"1\" y=\"2\" z=\"3\"/>",
    "<unknown/>",
    "<u:unknown xmlns:u=\"u\"><vertex x=\"1\" y=\"2\" z=\"3\"/></u:unknown>",
    "<metadata name=\"a\">",
    "</metadata>",
    "text",
    "\xEF\xBB\xBF",
    "\xC3\xA9",
    "1",
    "0",
    "00000000",
    "99999999",
    "2147483647",
    "2147483648",
    "4294967296",
    "-",
    "+",
    ".",
    ",",
    "e",
    "e5",
    "E-3",
    "e400",
    "e-400",
    "1e7",
    "10000000.1",
    "nan",
    "inf",
    "0x1",
    "123456789012345678901234567890",
    ".00000000000000000000001",
};
#define WORD_COUNT (sizeof words / sizeof *words)

typedef struct text {
    char *data;
    size_t size;
} text;

static void replace(text *t, size_t at, size_t removed, const char *with, size_t size)
{
    char *data = malloc(t->size - removed + size + 1);
    memcpy(data, t->data, at);
    memcpy(data + at, with, size);
    memcpy(data + at + size, t->data + at + removed, t->size - at - removed);
    free(t->data);
    t->data = data;
    t->size = t->size - removed + size;
}

/* Unusual, but not wrong, in front of the next "/>" or the next element. */
static void make_unusual(text *t, uint64_t *state)
{
    static const char *const inside[] = {" pid=\"1\"", " q='1'",   " q=\"&amp;\"", " slic3rpe:q=\"1\"",
                                         "  ",         " q=\">\"", "\n",           " xmlns:q=\"u\" q:x=\"1\""};
    static const char *const before[] = {
        "<!-- c -->", "\n\n",   "<?pi?>",           "<!-- <vertices><triangles> -->",
        "<unknown/>", " text ", "<![CDATA[ >> ]]>", "<u:u xmlns:u=\"u\"><vertex/></u:u>"};
    uint32_t which = draw(state, 16);
    const char *word = which < 8 ? inside[which] : before[which - 8];
    const char *mark = which < 8 ? "/>" : draw(state, 2) ? "<vertex " : "<triangle ";
    size_t from = draw(state, (uint32_t)t->size);
    const char *found = memmem(t->data + from, t->size - from, mark, strlen(mark));
    if (found) replace(t, (size_t)(found - t->data), 0, word, strlen(word));
}

/* Mostly at a place where something begins or ends, mostly inside the lists. */
static size_t choose_place(const text *t, uint64_t *state)
{
    size_t at = draw(state, (uint32_t)t->size);
    if (draw(state, 4) == 0) return at;
    while (at < t->size && (isalnum((unsigned char)t->data[at]) || t->data[at] == '.')) at++;
    return at < t->size ? at + draw(state, 2) : at;
}

static void damage(text *t, uint64_t *state)
{
    size_t at = choose_place(t, state), rest = t->size - at;
    char byte = (char)draw(state, 256);
    switch (draw(state, 12)) {
    case 8:
    case 9:
    case 10:
    case 11: make_unusual(t, state); break;
    case 0:
        if (rest) t->data[at] = byte;
        break;
    case 1:
        if (rest) t->data[at] = (char)(t->data[at] ^ 1 << draw(state, 8));
        break;
    case 2: {
        static const char bytes[] = "\"'<>&/ =\n\r\t.,-+eExyzv0129\x80";
        byte = bytes[draw(state, sizeof bytes)]; /* its NUL too */
        if (rest) t->data[at] = byte;
        break;
    }
    case 3: replace(t, at, rest ? 1 + draw(state, rest < 30 ? (uint32_t)rest : 30) : 0, "", 0); break;
    case 4: { /* a stretch again elsewhere */
        size_t from = choose_place(t, state), size = draw(state, 90);
        if (from > t->size) from = t->size;
        if (size > t->size - from) size = t->size - from;
        char copy[96];
        memcpy(copy, t->data + from, size);
        replace(t, at, 0, copy, size);
        break;
    }
    default: {
        const char *word = words[draw(state, WORD_COUNT)];
        replace(t, at, draw(state, 3) ? 0 : rest != 0, word, strlen(word));
    }
    }
}

static void test_damage(void **state)
{
    (void)state;
    uint64_t random = 3;
    size_t good = 0;
    for (size_t n = 0; n < mutant_count; n++) {
        uint32_t vertex_count = n % 50 == 49 ? 600 : 4 + draw(&random, 12);
        text t = {.data = make_model(&shapes[n % SHAPE_COUNT], vertex_count, 4 + draw(&random, 12), &random)};
        t.size = strlen(t.data);
        for (uint32_t k = 1 + draw(&random, 3); k; k--)
            if (n % 3)
                damage(&t, &random);
            else
                make_unusual(&t, &random);
        options o = {.lenient = n % 5 == 0};
        if (n % 11 == 0) o.limits.vertices = 1 + draw(&random, 30);
        if (n % 13 == 0) o.limits.triangles = 1 + draw(&random, 40);
        if (n % 17 == 0) o.limits.xml_depth = 3 + draw(&random, 6);
        compare("damaged", t.data, t.size, &o);
        collected c;
        read_with(&c, t.data, t.size, &o, best_kernels());
        good += c.status == LQ_OK;
        collect_free(&c);
        free(t.data);
    }
    CHECK(good > mutant_count / 5 && good < mutant_count * 4 / 5, "%zu of %zu still readable", good, mutant_count);
}

/* Every prefix, so that the end falls everywhere in an element. */
static void test_prefixes(void **state)
{
    (void)state;
    uint64_t random = 4;
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        char *xml = make_model(&shapes[i], 6, 6, &random);
        for (size_t size = strlen(xml); size; size -= size > 7 ? 7 : size) compare("prefix", xml, size, &(options){0});
        free(xml);
    }
}

int main(int count, char **arguments)
{
    if (count > 1) mutant_count = strtoul(arguments[1], NULL, 10);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shapes), cmocka_unit_test(test_limits),
                                       cmocka_unit_test(test_prefixes), cmocka_unit_test(test_damage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
