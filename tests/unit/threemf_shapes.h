/* Models as slicers and CAD programs write them, and words that do not belong there. */
#ifndef TESTS_UNIT_THREEMF_SHAPES_H
#define TESTS_UNIT_THREEMF_SHAPES_H

#include "tests/unit/threemf_collect.h"

/* ---- random ---- */

static inline uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 32) * below >> 32);
}

static inline double draw_coordinate(uint64_t *state) { return ((double)draw(state, 2000001) - 1000000) / 9973; }

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
static inline char *put_vertices(char *p, const shape *s, uint32_t count, uint64_t *state)
{
    p += sprintf(p, "%s", s->open_vertices);
    for (uint32_t i = 0; i < count; i++) {
        double x = draw_coordinate(state), y = i % 5 ? (double)(float)draw_coordinate(state) : (double)i;
        p += sprintf(p, s->vertex, x, y, i % 7 ? draw_coordinate(state) : 9.53674e-07);
    }
    return p + sprintf(p, "%s", s->close_vertices);
}

static inline char *put_triangles(char *p, const shape *s, uint32_t vertex_count, uint32_t count, uint64_t *state)
{
    p += sprintf(p, "%s", s->open_triangles);
    for (uint32_t i = 0; i < count; i++)
        p += sprintf(p, s->triangle[i % 3], draw(state, vertex_count), draw(state, vertex_count), i % vertex_count);
    return p + sprintf(p, "%s", s->close_triangles);
}
#pragma GCC diagnostic pop

/* A model of two meshes; free it. */
static inline char *make_model(const shape *s, uint32_t vertex_count, uint32_t triangle_count, uint64_t *state)
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

/* ---- words ---- */

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
    " slic3rpe:a=\"1\" also:a=\"2\"",
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

#endif
