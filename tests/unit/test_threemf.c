/* 3MF core and production: what must be read, and to what shape. */
#include "tests/unit/threemf_collect.h"

#define WRAP(attributes, resources, build) \
    MODEL_BEGIN attributes "><resources>" resources "</resources><build>" build "</build></model>"

static void test_minimal(void **state)
{
    (void)state;
    collected c;
    collect_model(&c,
                  WRAP("unit=\"millimeter\"",
                       "<object id=\"1\" type=\"model\" name=\"corner\">" TETRA_MESH "</object>"
                       "<object id=\"2\" type=\"model\" name=\"pair\"><components><component objectid=\"1\"/>"
                       "<component objectid=\"1\" transform=\"-1 0 0 0 1 0 0 0 1 -5 0 0\"/></components></object>",
                       "<item objectid=\"2\" transform=\"1 0 0 0 1 0 0 0 1 100 100 0\"/>"),
                  NULL);
    collect_good(&c, "minimal");
    assert_int_equal(c.mesh_count, 1);
    assert_int_equal(c.meshes[0].triangle_count, 4);
    assert_int_equal(c.instance_count, 2);
    assert_string_equal(c.names[0], "pair");
    assert_int_equal(c.instances[0].item_index, 0);
    assert_int_equal(c.instances[1].item_index, 0);
    double low[3], high[3];
    CHECK_NEAR("minimal", collect_volume(&c, LQ_ROLE_MODEL, low, high), 2 * TETRA_VOLUME, 1e-9, "volume");
    CHECK_NEAR("minimal", low[0], 85, 1e-12, "low x");
    CHECK_NEAR("minimal", high[0], 110, 1e-12, "high x");
    assert_true(collect_determinant(c.instances[1].transform) < 0);
    assert_int_equal(c.contents->object_count, 2);
    assert_string_equal(c.contents->objects[0].id, "1");
    assert_string_equal(c.contents->objects[0].name, "corner");
    assert_int_equal(c.contents->objects[0].triangle_count, 4);
    assert_int_equal(c.contents->objects[1].triangle_count, 8);
    assert_int_equal(c.contents->item_count, 1);
    assert_string_equal(c.contents->items[0].object_id, "2");
    assert_string_equal(c.contents->items[0].name, "pair");
    assert_int_equal(c.contents->items[0].printable, 1);
    assert_int_equal(c.contents->items[0].plate, 1);
    assert_int_equal(c.contents->plate_count, 1);
    assert_int_equal(c.contents->plates[0].source, LQ_PLATE_IMPLICIT);
    assert_string_equal(c.contents->family, "generic");
    assert_null(c.contents->producer);
    assert_int_equal(c.contents->unit, LQ_UNIT_MM);
    collect_free(&c);
}

static void test_units(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        double mm;
        lq_unit unit;
        const char *note;
    } units[] = {{"micron", 0.001, LQ_UNIT_MICRON, NULL},
                 {"millimeter", 1, LQ_UNIT_MM, NULL},
                 {"centimeter", 10, LQ_UNIT_CM, NULL},
                 {"inch", 25.4, LQ_UNIT_INCH, NULL},
                 {"foot", 304.8, LQ_UNIT_FOOT, NULL},
                 {"meter", 1000, LQ_UNIT_M, NULL},
                 {"Inch", 25.4, LQ_UNIT_INCH, "3mf_unknown_unit"},
                 {"cubit", 1, LQ_UNIT_MM, "3mf_unknown_unit"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        char xml[4096];
        snprintf(xml, sizeof xml,
                 WRAP("unit=\"%s\"", TETRA("1"), "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 2 3 4\"/>"),
                 units[i].word);
        double k = units[i].mm;
        expect_model(units[i].word, xml, TETRA_VOLUME * k * k * k,
                     (double[]){2 * k, 3 * k, 4 * k, 12 * k, 13 * k, 14 * k}, units[i].note);
        collected c;
        collect_model(&c, xml, NULL);
        assert_int_equal(c.contents->unit, units[i].unit);
        collect_free(&c);
        /* A unit from outside replaces the file's, and a scale comes on top. */
        collect_model(&c, xml, &(collect_options){.selection = {.unit = LQ_UNIT_CM, .scale = 2}});
        double low[3], high[3];
        CHECK_NEAR(units[i].word, collect_volume(&c, LQ_ROLE_MODEL, low, high), TETRA_VOLUME * 8000, 1e-6, "volume");
        CHECK_NEAR(units[i].word, low[1], 60, 1e-9, "low y");
        collect_free(&c);
    }
}

static void test_transforms(void **state)
{
    (void)state;
    /* Innermost first: a quarter turn about z, then a shift, in inches, on three levels. */
    expect_model("nested",
                 WRAP("unit=\"inch\"",
                      TETRA("1") "<object id=\"2\"><components><component objectid=\"1\" transform=\"0 1 0 -1 0 0 0 0 "
                                 "1 1 0 0\"/></components></object>"
                                 "<object id=\"3\"><components><component objectid=\"2\" transform=\"2 0 0 0 1 0 0 0 1 "
                                 "0 5 0\"/></components></object>",
                      "<item objectid=\"3\" transform=\"1 0 0 0 1 0 0 0 1 0 0 7\"/>"),
                 2 * TETRA_VOLUME * 25.4 * 25.4 * 25.4,
                 (double[]){-18 * 25.4, 5 * 25.4, 7 * 25.4, 2 * 25.4, 15 * 25.4, 17 * 25.4}, NULL);
    expect_model("shear", WRAP("", TETRA("1"), "<item objectid=\"1\" transform=\"1 0 0 0.5 1 0 0 0 3 0 0 0\"/>"),
                 3 * TETRA_VOLUME, (double[]){0, 0, 0, 10, 10, 30}, NULL);
    expect_model("spaces", WRAP("", TETRA("1"), "<item objectid=\"1\" transform=\"  1 0 0\t0 1 0\n0 0 1   0 0 0 \"/>"),
                 TETRA_VOLUME, NULL, NULL);
}

static void test_forward_reference(void **state)
{
    (void)state;
    expect_model("forward",
                 WRAP("", "<object id=\"2\"><components><component objectid=\"1\"/></components></object>" TETRA("1"),
                      "<item objectid=\"2\"/>"),
                 TETRA_VOLUME, NULL, NULL);
    expect_model("build first",
                 MODEL_BEGIN "><build><item objectid=\"1\"/></build><resources>" TETRA("1") "</resources></model>",
                 TETRA_VOLUME, NULL, NULL);
    expect_model(
        "triangles first",
        WRAP("", "<object id=\"1\"><mesh>" TETRA_TRIANGLES TETRA_VERTICES "</mesh></object>", "<item objectid=\"1\"/>"),
        TETRA_VOLUME, NULL, NULL);
}

static void test_xml_forms(void **state)
{
    (void)state;
    expect_model(
        "prefix",
        "<c:model xmlns:c=\"" CORE
        "\"><c:resources><c:object id=\"1\"><c:mesh><c:vertices><c:vertex x=\"0\" y=\"0\" z=\"0\"/>"
        "<c:vertex x=\"10\" y=\"0\" z=\"0\"/><c:vertex x=\"0\" y=\"10\" z=\"0\"/><c:vertex x=\"0\" y=\"0\" "
        "z=\"10\"/></c:vertices>"
        "<c:triangles><c:triangle v1=\"0\" v2=\"2\" v3=\"1\"/><c:triangle v1=\"0\" v2=\"1\" v3=\"3\"/><c:triangle "
        "v1=\"1\" v2=\"2\" v3=\"3\"/>"
        "<c:triangle v1=\"2\" v2=\"0\" v3=\"3\"/></c:triangles></c:mesh></c:object></c:resources><c:build><c:item "
        "objectid=\"1\"/></c:build></c:model>",
        TETRA_VOLUME, NULL, NULL);
    expect_model(
        "odd tags",
        "\xEF\xBB\xBF" MODEL_BEGIN
        "xml:lang='de'>\r\n<!-- <triangle v1='0'/> --><?pi <vertex?><metadata name=\"Title\">&lt;vertex x=\"1\"/&gt;"
        "<![CDATA[<vertices><vertex/>]]></metadata><resources><object id='+01'><mesh><vertices>"
        "<vertex z='0' y='0' x='0'></vertex>\r\n<vertex x = '10' y=' 0 ' z='&#48;' />"
        "<!-- <vertex x=\"1\" y=\"1\" z=\"1\"/> --><vertex x='0.' y='1e1' z='-0' vendor='1'/><vertex x='.0' y='+0.0E5' "
        "z='1E+1'><!-- --></vertex>"
        "</vertices><triangles><triangle v3='1' v2='2' v1='0' pid='3' p1='0'/><triangle v1='0' v2='1' v3='3' "
        "paint_color='8'/>"
        "<triangle v1='1' v2='2' v3='3'><vendor/></triangle><triangle v1='2' v2='0' "
        "v3='3'/></triangles></mesh></object></resources>"
        "<build><item objectid='1'/></build></model>",
        TETRA_VOLUME, NULL, NULL);
    expect_model("foreign attributes do not count",
                 MODEL_BEGIN
                 "xmlns:v=\"http://vendor\"><resources><object id=\"1\" v:id=\"9\"><mesh><vertices>"
                 "<vertex x=\"0\" y=\"0\" z=\"0\" v:x=\"5\"/><vertex x=\"10\" y=\"0\" z=\"0\"/><vertex x=\"0\" "
                 "y=\"10\" z=\"0\"/><vertex x=\"0\" y=\"0\" z=\"10\"/>"
                 "<v:vertex x=\"1\"/></vertices>" TETRA_TRIANGLES
                 "<v:mesh><vertices/></v:mesh></mesh><v:thing><mesh/></v:thing></object></resources>"
                 "<build><v:item objectid=\"7\"/><item objectid=\"1\" v:transform=\"2 0\"/></build></model>",
                 TETRA_VOLUME, NULL, NULL);
    expect_model("unknown elements", WRAP("", "<thing/>" TETRA("1"), "<item objectid=\"1\"/>"), TETRA_VOLUME, NULL,
                 "3mf_unknown_element");
    expect_model("no namespace",
                 "<model><resources>" TETRA("1") "</resources><build><item objectid=\"1\"/></build></model>",
                 TETRA_VOLUME, NULL, "3mf_old_namespace");
    expect_model("old namespace",
                 "<model xmlns=\"http://schemas.microsoft.com/3dmanufacturing/2013/01\"><resources>" TETRA(
                     "1") "</resources><build><item objectid=\"1\"/></build></model>",
                 TETRA_VOLUME, NULL, "3mf_old_namespace");
    expect_model("unknown type",
                 WRAP("", "<object id=\"1\" type=\"thing\">" TETRA_MESH "</object>", "<item objectid=\"1\"/>"),
                 TETRA_VOLUME, NULL, "3mf_unknown_element");
}

static void test_materials_are_skipped(void **state)
{
    (void)state;
    expect_model(
        "materials",
        WRAP("xmlns:m=\"http://schemas.microsoft.com/3dmanufacturing/material/2015/02\" requiredextensions=\"m\"",
             "<basematerials id=\"5\"><base name=\"a\" displaycolor=\"#FFFFFF\"/></basematerials><m:colorgroup "
             "id=\"6\"><m:color color=\"#FF0000\"/></m:colorgroup>" TETRA("1"),
             "<item objectid=\"1\"/>"),
        TETRA_VOLUME, NULL, NULL);
    expect_model("materials of one id",
                 WRAP("", "<basematerials id=\"5\"/><basematerials id=\"5\"/>" TETRA("1"), "<item objectid=\"1\"/>"),
                 TETRA_VOLUME, NULL, "3mf_dup_id");
}

static void test_degenerate_triangles_are_kept(void **state)
{
    (void)state;
    collected c;
    collect_model(&c,
                  WRAP("",
                       "<object id=\"1\"><mesh>" TETRA_VERTICES
                       "<triangles><triangle v1=\"0\" v2=\"0\" v3=\"1\"/><triangle v1=\"0\" v2=\"1\" "
                       "v3=\"2\"/></triangles></mesh></object>",
                       "<item objectid=\"1\"/>"),
                  NULL);
    collect_good(&c, "degenerate");
    assert_int_equal(c.meshes[0].triangle_count, 2);
    assert_int_equal(c.contents->objects[0].triangle_count, 2);
    collect_free(&c);
}

static void test_large_mesh(void **state)
{
    (void)state;
    /* More than one block and one chunk of text: a strip whose corners are checked one by one. */
    enum { COUNT = 40000 };
    size_t room = (size_t)COUNT * 120 + 4096, at = 0;
    char *xml = malloc(room);
    at += (size_t)snprintf(xml + at, room - at, MODEL_BEGIN "><resources><object id=\"1\"><mesh><vertices>");
    for (int i = 0; i < COUNT; i++)
        at += (size_t)snprintf(xml + at, room - at, "<vertex x=\"%d\" y=\"%d.5\" z=\"0\"/>\n", i, i % 7);
    at += (size_t)snprintf(xml + at, room - at, "</vertices><triangles>");
    for (int i = 0; i + 2 < COUNT; i++)
        at += (size_t)snprintf(xml + at, room - at, "<triangle v1=\"%d\" v2=\"%d\" v3=\"%d\"/>\n", i, i + 1, i + 2);
    snprintf(xml + at, room - at,
             "</triangles></mesh></object></resources><build><item objectid=\"1\"/></build></model>");
    collected c;
    collect_model(&c, xml, NULL);
    collect_good(&c, "large");
    assert_int_equal(c.meshes[0].vertex_count, COUNT);
    assert_int_equal(c.meshes[0].triangle_count, COUNT - 2);
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(c.meshes[0].xyz[3 * i] == (double)i && c.meshes[0].xyz[3 * i + 1] == (double)(i % 7) + 0.5);
        if (i + 2 < COUNT) assert_true(c.meshes[0].corners[3 * i] == i && c.meshes[0].corners[3 * i + 2] == i + 2);
    }
    collect_free(&c);
    free(xml);
}

static void test_roles_by_type(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        lq_role role;
        const char *note;
    } types[] = {{"model", LQ_ROLE_MODEL, NULL},
                 {"solidsupport", LQ_ROLE_SUPPORT, "object_type_not_model"},
                 {"support", LQ_ROLE_SUPPORT, "object_type_not_model"},
                 {"surface", LQ_ROLE_OTHER, "3mf_surface_object"},
                 {"other", LQ_ROLE_OTHER, "3mf_other_in_build"}};
    for (size_t i = 0; i < 5; i++)
        for (int contents_first = 0; contents_first < 2; contents_first++) {
            char xml[8192];
            snprintf(xml, sizeof xml,
                     WRAP("", TETRA("1") "<object id=\"2\" type=\"%s\">" TETRA_MESH "</object>",
                          "<item objectid=\"1\"/><item objectid=\"2\"/>"),
                     types[i].type);
            collected c;
            collect_model(&c, xml, &(collect_options){.contents_first = contents_first});
            collect_good(&c, types[i].type);
            assert_int_equal(c.contents->objects[1].role, types[i].role);
            assert_int_equal(c.instance_count, i == 0 ? 2 : 1);
            assert_int_equal(c.notes.count, types[i].note != NULL);
            if (types[i].note) assert_int_equal(lqi_notes_find(&c.notes, types[i].note)->count, 1);
            collect_free(&c);
        }
    /* The type of an object of components is ignored. */
    expect_model(
        "components",
        WRAP("",
             TETRA("1") "<object id=\"2\" type=\"other\"><components><component objectid=\"1\"/></components></object>",
             "<item objectid=\"2\"/>"),
        TETRA_VOLUME, NULL, NULL);
}

static void test_items(void **state)
{
    (void)state;
    static const char xml[] =
        WRAP("",
             "<object id=\"1\" name=\"a\">" TETRA_MESH "</object><object id=\"2\" name=\"b\">" TETRA_MESH "</object>"
             "<object id=\"3\" name=\"unused\">" TETRA_MESH "</object>",
             "<item objectid=\"1\"/><item objectid=\"2\" printable=\"0\"/><item objectid=\"1\"/><item objectid=\"2\" "
             "printable=\"1\"/>");
    for (int contents_first = 0; contents_first < 2; contents_first++) {
        collected c;
        collect_model(&c, xml, &(collect_options){.contents_first = contents_first});
        collect_good(&c, "items");
        assert_int_equal(c.instance_count, 3);
        assert_int_equal(c.mesh_count, 2); /* the third is not used */
        assert_int_equal(c.instances[2].item_index, 2);
        assert_string_equal(c.names[2], "b");
        assert_int_equal(c.contents->item_count, 4);
        static const uint32_t instances[] = {0, 0, 1, 1};
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(c.contents->items[i].instance, instances[i]);
            assert_int_equal(c.contents->items[i].printable, i != 1);
        }
        /* A second read of the same package gives the same. */
        collected again = {.context = c.context};
        lqi_notes_init(&again.notes, c.context);
        lqi_sink sink = collect_sink(&again);
        assert_int_equal(lqi_threemf_read(c.threemf, &(lqi_threemf_selection){.scale = 1}, &sink, &again.notes), LQ_OK);
        assert_int_equal(again.instance_count, 3);
        assert_int_equal(again.mesh_count, 2);
        for (size_t i = 0; i < again.mesh_count; i++) {
            free(again.meshes[i].xyz);
            free(again.meshes[i].corners);
        }
        lqi_notes_free(&again.notes);
        collect_free(&c);
    }
}

static void test_select_object(void **state)
{
    (void)state;
    static const char root[] =
        WRAP(PRODUCTION,
             TETRA("1") "<object id=\"2\" name=\"two\"><components><component objectid=\"1\" transform=\"1 0 0 0 1 0 0 "
                        "0 1 5 0 0\"/>"
                        "<component objectid=\"1\" p:path=\"/3D/b.model\"/></components></object>",
             "<item objectid=\"2\" transform=\"1 0 0 0 1 0 0 0 1 100 0 0\"/>");
    static const char sub[] = MODEL_BEGIN "unit=\"centimeter\"><resources>" TETRA("1") "</resources></model>";
    static const struct {
        const char *id;
        double low, volume;
        size_t instances;
    } cases[] = {
        {"1", 0, TETRA_VOLUME, 1}, {"2", 0, 1001 * TETRA_VOLUME, 2}, {"1@3D/b.model", 0, 1000 * TETRA_VOLUME, 1}};
    const pack_entry more = {.name = "3D/b.model", .data = sub, .size = sizeof sub - 1};
    size_t size;
    for (size_t i = 0; i < 3; i++) {
        collected c;
        uint8_t *data = pack_3mf(root, &more, 1, &size);
        collect_bytes(&c, data, size, &(collect_options){.selection = {.object = cases[i].id}});
        collect_good(&c, cases[i].id);
        double low[3], high[3];
        CHECK_NEAR(cases[i].id, collect_volume(&c, LQ_ROLE_MODEL, low, high), cases[i].volume, 1e-6, "volume");
        CHECK_NEAR(cases[i].id, low[0], cases[i].low, 1e-9, "low x");
        assert_int_equal(c.instance_count, cases[i].instances);
        collect_free(&c);
    }
    collected c;
    uint8_t *data = pack_3mf(root, &more, 1, &size);
    collect_bytes(&c, data, size, &(collect_options){.selection = {.object = "9"}});
    assert_int_equal(c.status, LQ_ERR_SELECTION);
    const lq_error *error = lq_context_error(c.context);
    assert_string_equal(error->code, "object_not_found");
    assert_int_equal(error->candidate_count, 3);
    assert_string_equal(lq_context_error_candidate(c.context, 2), "1@3D/b.model");
    collect_free(&c);
}

static void test_alternatives(void **state)
{
    (void)state;
    expect_model(
        "full alternative",
        WRAP("xmlns:pa=\"http://schemas.microsoft.com/3dmanufacturing/production/alternatives/2021/04\"",
             TETRA(
                 "1") "<object id=\"2\" pa:modelresolution=\"lowres\">" TETRA_MESH
                      "<pa:alternatives><pa:alternative objectid=\"3\" modelresolution=\"obfuscated\"/><pa:alternative "
                      "objectid=\"4\" modelresolution=\"fullres\"/></pa:alternatives></object>"
                      "<object id=\"4\"><components><component objectid=\"1\"/><component "
                      "objectid=\"1\"/></components></object>",
             "<item objectid=\"2\"/>"),
        2 * TETRA_VOLUME, NULL, NULL);
    expect_model("own shape is full",
                 WRAP("xmlns:pa=\"http://schemas.microsoft.com/3dmanufacturing/production/alternatives/2021/04\"",
                      "<object id=\"2\">" TETRA_MESH
                      "<pa:alternatives><pa:alternative objectid=\"77\"/></pa:alternatives></object>",
                      "<item objectid=\"2\"/>"),
                 TETRA_VOLUME, NULL, NULL);
}

static void test_extensions_fine(void **state)
{
    (void)state;
    expect_model(
        "lattice required but unused",
        WRAP("xmlns:b=\"http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02\" requiredextensions=\"b\"",
             TETRA("1") "<object id=\"2\"><mesh>" TETRA_VERTICES "<b:beamlattice/></mesh></object>",
             "<item objectid=\"1\"/>"),
        TETRA_VOLUME, NULL, NULL);
    expect_model("undeclared prefix", WRAP("requiredextensions=\"p\"", TETRA("1"), "<item objectid=\"1\"/>"),
                 TETRA_VOLUME, NULL, "3mf_undeclared_prefix");
    expect_model(
        "recommended",
        WRAP("xmlns:x=\"http://example.com/x\" recommendedextensions=\"x\"", TETRA("1"), "<item objectid=\"1\"/>"),
        TETRA_VOLUME, NULL, "3mf_recommended_extension");
    expect_model("unknown and unused",
                 WRAP("xmlns:x=\"http://example.com/x\" requiredextensions=\"\"", TETRA("1"), "<item objectid=\"1\"/>"),
                 TETRA_VOLUME, NULL, NULL);
    collected c;
    collect_model(
        &c, WRAP("xmlns:x=\"http://example.com/x\" requiredextensions=\"x\"", TETRA("1"), "<item objectid=\"1\"/>"),
        &(collect_options){.lenient = 1});
    collect_good(&c, "lenient");
    assert_non_null(lqi_notes_find(&c.notes, "3mf_required_extension"));
    collect_free(&c);
    collect_model(&c, WRAP("", TETRA("1"), "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 2,5 0 0\"/>"),
                  &(collect_options){.lenient = 1});
    collect_good(&c, "lenient comma");
    assert_non_null(lqi_notes_find(&c.notes, "3mf_decimal_comma"));
    assert_true(c.instances[0].transform[9] == 2.5);
    collect_free(&c);
}

static void test_cura(void **state)
{
    (void)state;
#define CURA "xmlns:cura=\"http://software.ultimaker.com/xml/cura/3mf/2015/10\""
#define CURA_OBJECT(id, key, value)                                               \
    "<object id=\"" id "\"><metadatagroup><metadata name=\"cura:" key "\">" value \
    "</metadata></metadatagroup>" TETRA_MESH "</object>"
    collected c;
    collect_model(&c,
                  WRAP(CURA,
                       TETRA("1") CURA_OBJECT("2", "infill_mesh", "True") CURA_OBJECT("3", "support_mesh", "True")
                           CURA_OBJECT("4", "cutting_mesh", "False") CURA_OBJECT(
                               "5", "anti_overhang_mesh",
                               " True ") "<object id=\"6\"><settings><setting "
                                         "key=\"cutting_mesh\">True</setting></settings>" TETRA_MESH "</object>",
                       "<item objectid=\"1\"/><item objectid=\"2\"/><item objectid=\"3\"/><item objectid=\"4\"/><item "
                       "objectid=\"5\"/><item objectid=\"6\"/>"),
                  NULL);
    collect_good(&c, "cura");
    assert_string_equal(c.contents->family, "cura");
    static const lq_role roles[] = {LQ_ROLE_MODEL, LQ_ROLE_MODIFIER, LQ_ROLE_SUPPORT,
                                    LQ_ROLE_MODEL, LQ_ROLE_MODIFIER, LQ_ROLE_MODIFIER};
    for (size_t i = 0; i < 6; i++) assert_int_equal(c.contents->objects[i].role, roles[i]);
    assert_int_equal(c.instance_count, 2);
    collect_free(&c);
}

static void test_application(void **state)
{
    (void)state;
    collected c;
    collect_model(&c,
                  MODEL_BEGIN
                  "><metadata name=\"Title\">t</metadata><metadata name=\"Application\"> Some\x01 App &amp; more "
                  "</metadata><resources>" TETRA("1") "</resources><build><item objectid=\"1\"/></build></model>",
                  NULL);
    assert_int_equal(c.status, LQ_ERR_INPUT); /* a control character is not XML */
    collect_free(&c);
    collect_model(&c,
                  MODEL_BEGIN "><metadata name=\"Application\"> Some App &amp; more </metadata><resources>" TETRA(
                      "1") "</resources><build><item objectid=\"1\"/></build></model>",
                  NULL);
    collect_good(&c, "application");
    assert_string_equal(c.contents->producer, "Some App & more");
    collect_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_minimal),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_transforms),
        cmocka_unit_test(test_forward_reference),
        cmocka_unit_test(test_xml_forms),
        cmocka_unit_test(test_materials_are_skipped),
        cmocka_unit_test(test_degenerate_triangles_are_kept),
        cmocka_unit_test(test_large_mesh),
        cmocka_unit_test(test_roles_by_type),
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_select_object),
        cmocka_unit_test(test_alternatives),
        cmocka_unit_test(test_extensions_fine),
        cmocka_unit_test(test_cura),
        cmocka_unit_test(test_application),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
