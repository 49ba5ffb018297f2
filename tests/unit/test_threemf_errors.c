/* 3MF: every way to be refused, with status, code, byte offset and part. The byte is marked by '@' in the text; no mark
 * means that there is no such byte. */
#include "tests/unit/threemf_collect.h"

#define ROOT_PART "3D/3dmodel.model"
#define WRAP(attributes, resources, build) \
    MODEL_BEGIN attributes "><resources>" resources "</resources><build>" build "</build></model>"
#define MESH(vertices, triangles) \
    "<object id=\"1\"><mesh><vertices>" vertices "</vertices><triangles>" triangles "</triangles></mesh></object>"
#define FOUR                                                                                                      \
    "<vertex x=\"0\" y=\"0\" z=\"0\"/><vertex x=\"1\" y=\"0\" z=\"0\"/><vertex x=\"0\" y=\"1\" z=\"0\"/><vertex " \
    "x=\"0\" y=\"0\" z=\"1\"/>"
#define USE "<item objectid=\"1\"/>"
#define EXTENSION(prefix, uri) "xmlns:" prefix "=\"http://schemas.microsoft.com/3dmanufacturing/" uri "\" "
#define CONSORTIUM(prefix, uri) "xmlns:" prefix "=\"http://schemas.3mf.io/3dmanufacturing/" uri "\" "
#define SHAPELESS(attributes, content) WRAP(attributes, "@<object id=\"1\">" content "</object>", USE)

typedef struct refusal {
    const char *name, *xml;
    lq_status status;
    const char *code;
} refusal;

/* Takes the mark out; its place, or -1. */
static char *unmark(const char *marked, int64_t *offset)
{
    char *xml = malloc(strlen(marked) + 1);
    strcpy(xml, marked);
    char *mark = strchr(xml, '@');
    *offset = mark ? mark - xml : -1;
    if (mark) memmove(mark, mark + 1, strlen(mark));
    return xml;
}

static void expect_error(const collected *c, const char *name, lq_status status, const char *code, int64_t offset,
                         const char *part)
{
    const lq_error *error = lq_context_error(c->context);
    CHECK(c->status == status, "%s: status %d, code %s (%s)", name, c->status, error->code, error->message);
    CHECK_INT(name, error->status, status, "status of the error");
    CHECK_TEXT(name, error->code, code, "code");
    CHECK_INT(name, error->offset, offset, "offset");
    CHECK_TEXT(name, error->part, part, "part");
    CHECK(error->message[0], "%s: no sentence", name);
}

static void expect_refusals(const refusal *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int contents_first = 0; contents_first < 2; contents_first++) {
            int64_t offset;
            char *xml = unmark(cases[i].xml, &offset);
            collected c;
            collect_model(&c, xml, &(collect_options){.contents_first = contents_first});
            expect_error(&c, cases[i].name, cases[i].status, cases[i].code, offset, ROOT_PART);
            collect_free(&c);
            free(xml);
        }
}

#define EXPECT(cases) expect_refusals(cases, sizeof(cases) / sizeof *(cases))

static void test_xml(void **state)
{
    (void)state;
    static const refusal cases[] = {
        {"doctype", "<?xml version=\"1.0\"?>@<!DOCTYPE model [<!ENTITY a \"aaaa\">]><model/>", LQ_ERR_INPUT, "xml_dtd"},
        {"empty", "@", LQ_ERR_INPUT, "xml_syntax"},
        {"cut", MODEL_BEGIN "><resources>@", LQ_ERR_INPUT, "xml_syntax"},
        {"text", "@hello", LQ_ERR_INPUT, "xml_syntax"},
        {"second root", MODEL_BEGIN "/>@<model/>", LQ_ERR_INPUT, "xml_syntax"},
        {"crossed", MODEL_BEGIN "><a><b></@a></b></model>", LQ_ERR_INPUT, "xml_syntax"},
        {"undeclared entity", MODEL_BEGIN ">@&nbsp;</model>", LQ_ERR_INPUT, "xml_syntax"},
        {"undeclared prefix", MODEL_BEGIN ">@<m:a/></model>", LQ_ERR_INPUT, "xml_syntax"},
        {"attribute twice", WRAP("", MESH("<vertex x=\"0\" y=\"0\" z=\"0\" @x=\"1\"/>", ""), USE), LQ_ERR_INPUT,
         "xml_syntax"},
        {"latin", "@<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><model/>", LQ_ERR_INPUT, "xml_encoding"},
        {"not utf-8", MODEL_BEGIN ">@\xE4</model>", LQ_ERR_INPUT, "xml_encoding"},
        {"utf-16 mark", "@\xFF\xFE<", LQ_ERR_INPUT, "xml_encoding"},
        {"utf-16 mark, other order", "@\xFE\xFF", LQ_ERR_INPUT, "xml_encoding"},
    };
    EXPECT(cases);
}

static void test_root(void **state)
{
    (void)state;
    static const refusal cases[] = {
        {"another root", "@<config/>", LQ_ERR_INPUT, "3mf_root"},
        {"another namespace", "<!-- -->@<model xmlns=\"http://example.com\"/>", LQ_ERR_INPUT, "3mf_root"},
        {"no build", MODEL_BEGIN "><resources>" TETRA("1") "</resources></model>", LQ_ERR_INPUT, "3mf_empty_build"},
        {"empty build", WRAP("", TETRA("1"), ""), LQ_ERR_INPUT, "3mf_empty_build"},
        {"nothing printable", WRAP("", TETRA("1"), "<item objectid=\"1\" printable=\"0\"/>"), LQ_ERR_INPUT,
         "3mf_empty_build"},
    };
    EXPECT(cases);
}

static void test_attributes(void **state)
{
    (void)state;
    static const refusal cases[] = {
        {"object without id", WRAP("", "@<object>" TETRA_MESH "</object>", ""), LQ_ERR_INPUT, "3mf_missing_attr"},
        {"item without object", WRAP("", TETRA("1"), "@<item/>"), LQ_ERR_INPUT, "3mf_missing_attr"},
        {"component without object", WRAP("", "<object id=\"1\"><components>@<component/></components></object>", USE),
         LQ_ERR_INPUT, "3mf_missing_attr"},
        {"no x", WRAP("", MESH("@<vertex y=\"0\" z=\"0\"/>", ""), USE), LQ_ERR_INPUT, "3mf_missing_attr"},
        {"no z", WRAP("", MESH(FOUR "@<vertex x=\"0\" y=\"0\"/>", ""), USE), LQ_ERR_INPUT, "3mf_missing_attr"},
        {"no v2", WRAP("", MESH(FOUR, "@<triangle v1=\"0\" v3=\"1\"/>"), USE), LQ_ERR_INPUT, "3mf_missing_attr"},
        {"capital x", WRAP("", MESH("@<vertex X=\"0\" y=\"0\" z=\"0\"/>", ""), USE), LQ_ERR_INPUT, "3mf_missing_attr"},
        {"id 0", WRAP("", "@<object id=\"0\"/>", USE), LQ_ERR_INPUT, "3mf_bad_number"},
        {"id 2^31", WRAP("", "@<object id=\"2147483648\"/>", USE), LQ_ERR_INPUT, "3mf_bad_number"},
        {"id a", WRAP("", "@<object id=\"a\"/>", USE), LQ_ERR_INPUT, "3mf_bad_number"},
        {"id twice", WRAP("", TETRA("1") "@" TETRA("1"), USE), LQ_ERR_INPUT, "3mf_dup_id"},
        {"id of a material", WRAP("", "<basematerials id=\"1\"/>@" TETRA("1"), USE), LQ_ERR_INPUT, "3mf_dup_id"},
        {"id used by a material", WRAP("", TETRA("1") "@<basematerials id=\"1\"/>", USE), LQ_ERR_INPUT, "3mf_dup_id"},
        {"negative index", WRAP("", MESH(FOUR, "@<triangle v1=\"-1\" v2=\"0\" v3=\"1\"/>"), USE), LQ_ERR_INPUT,
         "3mf_bad_number"},
        {"fraction", WRAP("", MESH(FOUR, "@<triangle v1=\"1.0\" v2=\"0\" v3=\"1\"/>"), USE), LQ_ERR_INPUT,
         "3mf_bad_number"},
        {"index = count",
         WRAP("", MESH(FOUR, "<triangle v1=\"1\" v2=\"0\" v3=\"3\"/>@<triangle v1=\"1\" v2=\"0\" v3=\"4\"/>"), USE),
         LQ_ERR_INPUT, "3mf_bad_index"},
        {"index too large, vertices last",
         WRAP("",
              "<object id=\"1\"><mesh><triangles><triangle v1=\"1\" v2=\"0\" v3=\"3\"/>@<triangle v1=\"9\" v2=\"0\" "
              "v3=\"1\"/></triangles><vertices>" FOUR "</vertices></mesh></object>",
              USE),
         LQ_ERR_INPUT, "3mf_bad_index"},
        {"bad index of an unused object",
         WRAP("",
              TETRA("1") "<object id=\"2\"><mesh><vertices>" FOUR
                         "</vertices><triangles>@<triangle v1=\"1\" v2=\"0\" v3=\"4\"/></triangles></mesh></object>",
              USE),
         LQ_ERR_INPUT, "3mf_bad_index"},
    };
    EXPECT(cases);
}

static void test_numbers(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    "nan",       "NaN", "inf",   "-INF",  "1.#QNAN", "1x",       "x",
                                      "1 2", "0x10",      "1e",  "--1",   "1.2.3", ".",       "e5",       "1_0",
                                      "1d5", "\302\2401", "+",   "1,2,3", "1.,",   "1;",      "infinity", "1e5 e"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char xml[2048];
        snprintf(xml, sizeof xml, WRAP("", MESH("@<vertex x=\"0\" y=\"%s\" z=\"0\"/>", ""), USE), bad[i]);
        const refusal one = {bad[i], xml, LQ_ERR_INPUT, "3mf_bad_number"};
        expect_refusals(&one, 1);
    }
    static const refusal cases[] = {
        {"comma", WRAP("", MESH("@<vertex x=\"20,000\" y=\"0\" z=\"0\"/>", ""), USE), LQ_ERR_INPUT,
         "3mf_decimal_comma"},
        {"far", WRAP("", MESH("@<vertex x=\"10000001\" y=\"0\" z=\"0\"/>", ""), USE), LQ_ERR_INPUT, "range"},
        {"far in metres",
         WRAP("unit=\"meter\"",
              MESH("<vertex x=\"10000\" y=\"0\" z=\"0\"/>@<vertex x=\"-10001\" y=\"0\" z=\"0\"/>", ""), USE),
         LQ_ERR_INPUT, "range"},
        {"overflow", WRAP("", MESH("@<vertex x=\"1e999\" y=\"0\" z=\"0\"/>", ""), USE), LQ_ERR_INPUT, "range"},
        {"eleven", WRAP("", TETRA("1"), "@<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 0 0\"/>"), LQ_ERR_INPUT,
         "3mf_bad_transform"},
        {"thirteen", WRAP("", TETRA("1"), "@<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 0 0 0 0\"/>"),
         LQ_ERR_INPUT, "3mf_bad_transform"},
        {"sixteen", WRAP("", TETRA("1"), "@<item objectid=\"1\" transform=\"1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1\"/>"),
         LQ_ERR_INPUT, "3mf_bad_transform"},
        {"none", WRAP("", TETRA("1"), "@<item objectid=\"1\" transform=\"\"/>"), LQ_ERR_INPUT, "3mf_bad_transform"},
        {"word in transform", WRAP("", TETRA("1"), "@<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 0 0 nan\"/>"),
         LQ_ERR_INPUT, "3mf_bad_number"},
        {"comma in transform", WRAP("", TETRA("1"), "@<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 0 0 0,5\"/>"),
         LQ_ERR_INPUT, "3mf_decimal_comma"},
        {"endless transform", WRAP("", TETRA("1"), "@<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1e999 0 0 0\"/>"),
         LQ_ERR_INPUT, "range"},
        {"far transform", WRAP("", TETRA("1"), "@<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 0 1e8 0\"/>"),
         LQ_ERR_INPUT, "range"},
        {"flat item", WRAP("", TETRA("1"), "@<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 0 0 0 0\"/>"),
         LQ_ERR_INPUT, "3mf_singular_transform"},
        {"nearly flat", WRAP("", TETRA("1"), "@<item objectid=\"1\" transform=\"1 0 0 1 1e-13 0 0 0 1 0 0 0\"/>"),
         LQ_ERR_INPUT, "3mf_singular_transform"},
        {"flat component",
         WRAP("",
              TETRA("1") "<object id=\"2\"><components>@<component objectid=\"1\" transform=\"1 1 1 1 1 1 1 1 1 0 0 "
                         "0\"/></components></object>",
              "<item objectid=\"2\"/>"),
         LQ_ERR_INPUT, "3mf_singular_transform"},
        {"far in steps",
         WRAP("",
              "@" TETRA("1") "<object id=\"2\"><components><component objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 9e6 "
                             "0 0\"/></components></object>",
              "<item objectid=\"2\" transform=\"1 0 0 0 1 0 0 0 1 9e6 0 0\"/>"),
         LQ_ERR_INPUT, "range"},
    };
    EXPECT(cases);
    expect_model("tiny but whole",
                 WRAP("", TETRA("1"), "<item objectid=\"1\" transform=\"1e-9 0 0 0 1e-9 0 0 0 1e-9 0 0 0\"/>"),
                 TETRA_VOLUME * 1e-27, NULL, NULL);
}

static void test_references(void **state)
{
    (void)state;
    static const refusal cases[] = {
        {"item of nothing", WRAP("", TETRA("1"), "@<item objectid=\"14\"/>"), LQ_ERR_INPUT, "3mf_bad_ref"},
        {"item of 0", WRAP("", TETRA("1"), "@<item objectid=\"0\"/>"), LQ_ERR_INPUT, "3mf_bad_ref"},
        {"item of a material", WRAP("", TETRA("1") "<basematerials id=\"2\"/>", "@<item objectid=\"2\"/>"),
         LQ_ERR_INPUT, "3mf_bad_ref"},
        {"component of nothing",
         WRAP("", "<object id=\"1\"><components>@<component objectid=\"9\"/></components></object>", USE), LQ_ERR_INPUT,
         "3mf_bad_ref"},
        {"itself", WRAP("", "<object id=\"1\"><components>@<component objectid=\"1\"/></components></object>", USE),
         LQ_ERR_INPUT, "3mf_cycle"},
        {"circle",
         WRAP("",
              TETRA("3") "<object id=\"1\"><components><component objectid=\"3\"/><component "
                         "objectid=\"2\"/></components></object><object id=\"2\"><components>@<component "
                         "objectid=\"1\"/></components></object>",
              USE),
         LQ_ERR_INPUT, "3mf_cycle"},
        {"missing part", WRAP(PRODUCTION, TETRA("1"), "@<item objectid=\"1\" p:path=\"/3D/none.model\"/>"),
         LQ_ERR_INPUT, "opc_missing_part"},
        {"missing part of a component",
         WRAP(PRODUCTION,
              "<object id=\"1\"><components>@<component objectid=\"1\" "
              "p:path=\"/3D/none.model\"/></components></object>",
              USE),
         LQ_ERR_INPUT, "opc_missing_part"},
    };
    EXPECT(cases);
}

static void test_shapes(void **state)
{
    (void)state;
    static const refusal cases[] = {
        {"nothing", SHAPELESS("", ""), LQ_ERR_INPUT, "3mf_no_content"},
        {"no component", SHAPELESS("", "<components/>"), LQ_ERR_INPUT, "3mf_no_content"},
        {"unknown shape", SHAPELESS("xmlns:x=\"http://example.com\"", "<x:shape/>"), LQ_ERR_INPUT, "3mf_no_content"},
        {"no component, inside",
         WRAP("",
              "@<object id=\"1\"><components/></object><object id=\"2\"><components><component "
              "objectid=\"1\"/></components></object>",
              "<item objectid=\"2\"/>"),
         LQ_ERR_INPUT, "3mf_no_content"},
        {"both", SHAPELESS("", TETRA_MESH "<components><component objectid=\"1\"/></components>"), LQ_ERR_INPUT,
         "3mf_both_content"},
        {"both, other order",
         WRAP("",
              TETRA("2") "@<object id=\"1\"><components><component objectid=\"2\"/></components>" TETRA_MESH
                         "</object>",
              USE),
         LQ_ERR_INPUT, "3mf_both_content"},
        {"two meshes", SHAPELESS("", TETRA_MESH TETRA_MESH), LQ_ERR_INPUT, "3mf_both_content"},
        {"two lists", SHAPELESS("", "<mesh>" TETRA_VERTICES TETRA_VERTICES TETRA_TRIANGLES "</mesh>"), LQ_ERR_INPUT,
         "3mf_both_content"},
        {"beam lattice",
         SHAPELESS(EXTENSION("b", "beamlattice/2017/02"),
                   "<mesh>" TETRA_VERTICES "<b:beamlattice radius=\"1\"><b:beams/></b:beamlattice></mesh>"),
         LQ_ERR_UNSUPPORTED, "3mf_beamlattice"},
        {"beam lattice and triangles",
         SHAPELESS(EXTENSION("b", "beamlattice/2017/02") "requiredextensions=\"b\"",
                   "<mesh>" TETRA_VERTICES TETRA_TRIANGLES "<b:beamlattice/></mesh>"),
         LQ_ERR_UNSUPPORTED, "3mf_beamlattice"},
        {"boolean",
         WRAP(CONSORTIUM("bo", "booleanoperations/2023/07"),
              TETRA("2") "@<object id=\"1\"><bo:booleanshape objectid=\"2\"/></object>", USE),
         LQ_ERR_UNSUPPORTED, "3mf_boolean"},
        {"displacement", SHAPELESS(CONSORTIUM("d", "displacement/2023/10"), "<d:displacementmesh/>"),
         LQ_ERR_UNSUPPORTED, "3mf_displacement"},
        {"level set", SHAPELESS(CONSORTIUM("v", "volumetric/2022/01"), "<v:levelset/>"), LQ_ERR_UNSUPPORTED,
         "3mf_volumetric"},
        {"mirror",
         SHAPELESS(EXTENSION("mm", "mirroring/2021/07"),
                   "<mesh>" TETRA_VERTICES TETRA_TRIANGLES "<mm:mirrormesh/></mesh>"),
         LQ_ERR_UNSUPPORTED, "3mf_mirrormesh"},
        {"coarse slices",
         WRAP(EXTENSION("s", "slice/2015/07"), "@<object id=\"1\" s:meshresolution=\"lowres\">" TETRA_MESH "</object>",
              USE),
         LQ_ERR_UNSUPPORTED, "3mf_lowres_mesh"},
        {"coarse stand-in",
         WRAP(EXTENSION("pa", "production/alternatives/2021/04"),
              "@<object id=\"1\" pa:modelresolution=\"lowres\">" TETRA_MESH "</object>", USE),
         LQ_ERR_UNSUPPORTED, "3mf_lowres_mesh"},
    };
    EXPECT(cases);
}

static void test_extensions(void **state)
{
    (void)state;
    static const refusal cases[] = {
        {"unknown",
         "@<model xmlns=\"" CORE
         "\" xmlns:us=\"http://schemas.microsoft.com/3dmanufacturing/us/2999/01\" requiredextensions=\"us\"/>",
         LQ_ERR_UNSUPPORTED, "3mf_required_extension"},
        {"undeclared", "@<model xmlns=\"" CORE "\" requiredextensions=\"xxx\"/>", LQ_ERR_UNSUPPORTED,
         "3mf_required_extension"},
        {"second of two",
         "@<model xmlns=\"" CORE "\" " EXTENSION("m", "material/2015/02") "requiredextensions=\"m\tus\"/>",
         LQ_ERR_UNSUPPORTED, "3mf_required_extension"},
        {"vendor",
         "@<model xmlns=\"" CORE
         "\" xmlns:cura=\"http://software.ultimaker.com/xml/cura/3mf/2015/10\" requiredextensions=\"cura\"/>",
         LQ_ERR_UNSUPPORTED, "3mf_required_extension"},
    };
    EXPECT(cases);
}

/* ---- limits ---- */

static char *repeated(const char *begin, const char *piece, size_t count, const char *end)
{
    size_t size = strlen(piece);
    char *text = malloc(strlen(begin) + size * count + strlen(end) + 1), *p = text;
    p += sprintf(p, "%s", begin);
    for (size_t i = 0; i < count; i++, p += size) memcpy(p, piece, size);
    strcpy(p, end);
    return text;
}

static void expect_limit(const char *name, char *marked, const lq_limits *limits, const char *code, int64_t limit,
                         int64_t actual, const char *part)
{
    int64_t offset;
    char *xml = unmark(marked, &offset);
    lq_context_options options = {.struct_size = sizeof options, .limits = limits};
    collected c;
    collect_model(&c, xml, &(collect_options){.context = &options});
    expect_error(&c, name, LQ_ERR_LIMIT, code, offset, part);
    CHECK_INT(name, lq_context_error(c.context)->limit, limit, "limit");
    if (actual >= 0) CHECK_INT(name, lq_context_error(c.context)->actual, actual, "actual");
    collect_free(&c);
    free(xml);
    free(marked);
}

static void test_xml_limits(void **state)
{
    (void)state;
    char *depth = repeated(MODEL_BEGIN ">", "<a>", 63, "@<a/>");
    expect_limit("depth", depth, NULL, "xml_depth", 64, 65, ROOT_PART);
    char *attributes = repeated(MODEL_BEGIN ">@<a ", "", 0, "");
    char *text = malloc(8192), *p = text + sprintf(text, "%s", attributes);
    for (int i = 0; i < 257; i++) p += sprintf(p, "a%d=\"\" ", i);
    strcpy(p, "/></model>");
    free(attributes);
    expect_limit("attributes", text, NULL, "xml_depth", 256, 257, ROOT_PART);
    text = malloc(16384), p = text + sprintf(text, MODEL_BEGIN ">@<a ");
    for (int i = 0; i < 257; i++) p += sprintf(p, "xmlns:a%d=\"u:%d\" ", i, i);
    strcpy(p, "/></model>");
    expect_limit("prefixes", text, NULL, "xml_depth", 256, 257, ROOT_PART);
    expect_limit("value", repeated(MODEL_BEGIN ">@<a b=\"", "0123456789abcdef", (1 << 16) + 1, "\"/></model>"), NULL,
                 "xml_depth", 1 << 20, (1 << 20) + 16, ROOT_PART);
    /* A tag that never ends: refused long before all of it is gathered. */
    char *endless = repeated(MODEL_BEGIN "><!-- ", "0123456789 abcde", 1 << 19, "--></model>");
    collected c;
    collect_model(&c, endless, NULL);
    assert_int_equal(c.status, LQ_ERR_LIMIT);
    assert_string_equal(lq_context_error(c.context)->code, "xml_depth");
    collect_free(&c);
    free(endless);
}

static void test_mesh_limits(void **state)
{
    (void)state;
    lq_limits limits = {.struct_size = sizeof limits, .vertices = 3};
    expect_limit("vertices", repeated(WRAP("", TETRA("1"), USE), "", 0, ""), &limits, "limit", 3, 4, ROOT_PART);
    limits = (lq_limits){.struct_size = sizeof limits, .triangles = 3};
    expect_limit("triangles", repeated(WRAP("", TETRA("1"), USE), "", 0, ""), &limits, "limit", 3, 4, ROOT_PART);
    limits.triangles = 7;
    expect_limit("repeated triangles", repeated(WRAP("", TETRA("1"), USE USE), "", 0, ""), &limits, "limit", 7, 8, "");
}

static void test_component_depth(void **state)
{
    (void)state;
    for (int depth = 32; depth < 34; depth++) {
        char *xml = malloc(16384), *p = xml + sprintf(xml, MODEL_BEGIN "><resources>" TETRA("1"));
        for (int i = 2; i < depth + 2; i++)
            p += sprintf(p, "<object id=\"%d\"><components>%s<component objectid=\"%d\"/></components></object>", i,
                         i == 34 ? "@" : "", i - 1);
        sprintf(p, "</resources><build><item objectid=\"%d\"/></build></model>", depth + 1);
        if (depth == 32) {
            expect_model("32 levels", xml, TETRA_VOLUME, NULL, NULL);
            free(xml);
        } else {
            expect_limit("33 levels", xml, NULL, "3mf_depth", 32, 33, ROOT_PART);
        }
    }
}

/* Ten levels of ten references: ten thousand million leaves out of three kilobytes. */
static void test_instances(void **state)
{
    (void)state;
    char *xml = malloc(65536), *p = xml + sprintf(xml, MODEL_BEGIN "><resources>" TETRA("1"));
    for (int i = 2; i < 12; i++) {
        p += sprintf(p, "<object id=\"%d\"><components>", i);
        for (int k = 0; k < 10; k++) p += sprintf(p, "<component objectid=\"%d\"/>", i - 1);
        p += sprintf(p, "</components></object>");
    }
    sprintf(p, "</resources><build>@<item objectid=\"11\"/></build></model>");
    expect_limit("n^k", xml, NULL, "3mf_instances", 1000000, 10000000000, ROOT_PART);
    /* Sixty-four levels would overflow, were the counts not saturating; depth is refused first, cycles before both. */
    xml = malloc(65536), p = xml + sprintf(xml, MODEL_BEGIN "><resources>" TETRA("1"));
    for (int i = 2; i < 33; i++) {
        p += sprintf(p, "<object id=\"%d\"><components>", i);
        for (int k = 0; k < 16; k++) p += sprintf(p, "<component objectid=\"%d\"/>", i - 1);
        p += sprintf(p, "</components></object>");
    }
    sprintf(p, "</resources><build>@<item objectid=\"32\"/></build></model>");
    expect_limit("16^31", xml, NULL, "3mf_instances", 1000000, INT64_MAX, ROOT_PART);
    lq_limits limits = {.struct_size = sizeof limits, .instances = 2};
    expect_limit("items", repeated(WRAP("", TETRA("1"), USE USE "@" USE), "", 0, ""), &limits, "3mf_instances", 2, 3,
                 ROOT_PART);
}

static void test_selection(void **state)
{
    (void)state;
    collected c;
    collect_model(&c, WRAP("", TETRA("1"), USE), &(collect_options){.selection = {.plate = 2}});
    expect_error(&c, "plate", LQ_ERR_SELECTION, "plate_not_found", -1, "");
    assert_int_equal(lq_context_error(c.context)->candidate_count, 1);
    assert_string_equal(lq_context_error_candidate(c.context, 0), "1");
    collect_free(&c);
    collect_model(&c, WRAP("", TETRA("1"), "<item objectid=\"1\" printable=\"0\"/>"),
                  &(collect_options){.selection = {.plate = 1}});
    expect_error(&c, "plate", LQ_ERR_SELECTION, "plate_empty", -1, "");
    collect_free(&c);
    collect_model(&c, WRAP("", TETRA("1"), USE), &(collect_options){.selection = {.scale = -1}});
    expect_error(&c, "scale", LQ_ERR_ARGUMENT, "argument", -1, "");
    collect_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xml),         cmocka_unit_test(test_root),
        cmocka_unit_test(test_attributes),  cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_references),  cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_extensions),  cmocka_unit_test(test_xml_limits),
        cmocka_unit_test(test_mesh_limits), cmocka_unit_test(test_component_depth),
        cmocka_unit_test(test_instances),   cmocka_unit_test(test_selection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
