/* 3MF of slicers: roles, plates and names out of their own files. */
#include "tests/unit/threemf_collect.h"

#define FILE_OF(path, text)                                  \
    {                                                        \
        .name = path, .data = text, .size = sizeof(text) - 1 \
    }
#define SETTINGS "Metadata/model_settings.config"
#define RANGES "Metadata/Slic3r_PE_model.config"
#define OTHER(id) "<object id=\"" id "\" type=\"other\">" TETRA_MESH "</object>"
#define BUILD(items) "</resources><build>" items "</build></model>"
#define BAMBU(items)                                                                                       \
    MODEL_BEGIN PRODUCTION                                                                                 \
        "><metadata name=\"Application\">BambuStudio-2</metadata><resources>"                              \
        "<object id=\"4\"><components><component objectid=\"1\" p:path=\"/3D/Objects/o.model\"/>"          \
        "<component objectid=\"2\" p:path=\"/3D/Objects/o.model\" transform=\"1 0 0 0 1 0 0 0 1 1 0 0\"/>" \
        "<component objectid=\"3\" p:path=\"/3D/Objects/o.model\"/></components></object>"                 \
        "<object id=\"5\"><components><component objectid=\"1\" "                                          \
        "p:path=\"/3D/Objects/o.model\"/></components></object>" BUILD(items)
#define OBJECTS MODEL_BEGIN "><resources>" TETRA("1") OTHER("2") OTHER("3") "</resources></model>"
#define PART(id, subtype)                                                                 \
    "<part id=\"" id "\" subtype=\"" subtype "\"><metadata key=\"name\" value=\"part " id \
    "\"/><metadata key=\"matrix\" value=\"9 0 0 0 0 9 0 0 0 0 9 0 0 0 0 1\"/></part>"
#define PLATE(id, name, rows)                                                                                      \
    "<plate><metadata key=\"plater_id\" value=\"" id "\"/><metadata key=\"plater_name\" value=\"" name "\"/>" rows \
    "</plate>"
#define ROW(object, instance)                                     \
    "<model_instance><metadata key=\"object_id\" value=\"" object \
    "\"/><metadata key=\"instance_id\" value=\"" instance         \
    "\"/><metadata key=\"identify_id\" value=\"77\"/></model_instance>"
#define ITEM(id) "<item objectid=\"" id "\"/>"

static void collect_vendor(collected *c, const char *model, const char *file, const char *vendor,
                           const collect_options *options)
{
    const pack_entry more[] = {
        FILE_OF("3D/Objects/o.model", OBJECTS),
        FILE_OF("3D/_rels/3dmodel.model.rels",
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
                "Target=\"/3D/Objects/o.model\" Id=\"r\" "
                "Type=\"http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel\"/></Relationships>"),
        {.name = file, .data = vendor, .size = strlen(vendor)},
        FILE_OF("Metadata/slice_info.config",
                "<config><header><header_item key=\"index\" value=\"1\"/></header><plate><metadata key=\"index\" "
                "value=\"2\"/><metadata key=\"prediction\" value=\"1958\"/>"
                "<metadata key=\"weight\" value=\"10.18\"/><object identify_id=\"1\" name=\"a\" skipped=\"false\" "
                "/><warning error_code =\"1\"/></plate>"
                "<plate><metadata key=\"index\" value=\"1\"/><metadata key=\"prediction\" value=\"\"/><metadata "
                "key=\"weight\" value=\"-1\"/></plate></config>")};
    size_t size;
    uint8_t *data = pack_3mf(model, more, 4, &size);
    collect_bytes(c, data, size, options);
}

static double volume_of(const collected *c, lq_role role)
{
    double low[3], high[3];
    return collect_volume(c, role, low, high);
}

static void test_roles(void **state)
{
    (void)state;
    static const char settings[] =
        "<?xml version=\"1.0\"?><config><object id=\"4\"><metadata key=\"name\" value=\"bracket\"/><metadata "
        "face_count=\"24\"/>" PART("1", "normal_part") PART("2", "negative_part")
            PART("3", "modifier_part") "</object>"
                                       "<assemble><assemble_item object_id=\"4\" instance_id=\"0\" transform=\"2 0 0 0 "
                                       "2 0 0 0 2 0 0 0\"/></assemble></config>";
    for (int contents_first = 0; contents_first < 2; contents_first++) {
        collected c;
        collect_vendor(&c, BAMBU(ITEM("4")), SETTINGS, settings, &(collect_options){.contents_first = contents_first});
        collect_good(&c, "roles");
        assert_int_equal(c.notes.count, 1);
        assert_true(lqi_notes_find(&c.notes, "no_plates"));
        assert_int_equal(c.instance_count, 2);
        assert_int_equal(c.mesh_count, 2);
        assert_int_equal(c.instances[0].role, LQ_ROLE_MODEL);
        assert_int_equal(c.instances[1].role, LQ_ROLE_NEGATIVE);
        assert_int_equal(c.instances[1].item_index, 0);
        CHECK_NEAR("roles", c.instances[1].transform[9], 1, 0, "shift of the negative part");
        CHECK_NEAR("roles", volume_of(&c, LQ_ROLE_MODEL), TETRA_VOLUME, 1e-9, "volume");
        assert_string_equal(c.names[0], "bracket");
        assert_int_equal(lqi_threemf_placed_triangles(c.threemf), 12);
        assert_string_equal(c.contents->family, "bambu");
        static const lq_role roles[] = {LQ_ROLE_MODEL, LQ_ROLE_MODEL, LQ_ROLE_MODEL, LQ_ROLE_NEGATIVE,
                                        LQ_ROLE_MODIFIER};
        assert_int_equal(c.contents->object_count, 5);
        for (size_t i = 0; i < 5; i++) assert_int_equal(c.contents->objects[i].role, roles[i]);
        assert_string_equal(c.contents->objects[0].name, "bracket");
        assert_string_equal(c.contents->objects[3].name, "part 2");
        assert_string_equal(c.contents->items[0].name, "bracket");
        assert_int_equal(c.contents->plates[0].source, LQ_PLATE_IMPLICIT);
        collect_free(&c);
    }
}

static void test_roles_by_id(void **state)
{
    (void)state;
    /* Listed in another order: by id. Not listed at all: by type. A kind that is not known: a normal part. */
    static const char settings[] =
        "<config><object id=\"4\">" PART("3", "normal_part") PART("2", "strange_part") "</object></config>";
    collected c;
    collect_vendor(&c, BAMBU(ITEM("4") ITEM("5")), SETTINGS, settings, NULL);
    collect_good(&c, "by id");
    assert_int_equal(c.instance_count, 4);
    assert_int_equal(lqi_notes_find(&c.notes, "3mf_unknown_subtype")->count, 1);
    assert_int_equal(c.notes.count, 2);
    assert_true(lqi_notes_find(&c.notes, "no_plates"));
    collect_free(&c);
    static const char unlisted[] = "<config><object id=\"4\">" PART("1", "support_blocker") "</object></config>";
    collect_vendor(&c, BAMBU(ITEM("4") ITEM("5")), SETTINGS, unlisted, NULL);
    collect_good(&c, "unlisted");
    assert_int_equal(c.instance_count, 1); /* of object 5; those of object 4 are a blocker and two of type other */
    assert_int_equal(c.instances[0].item_index, 0);
    assert_int_equal(lqi_notes_find(&c.notes, "3mf_other_in_build")->count, 2);
    collect_free(&c);
    static const char older[] =
        "<config><object id=\"4\"><volume id=\"1\"><metadata key=\"volume_type\" value=\"NegativeVolume\"/></volume>"
        "<part id=\"2\" subtype=\"negative_part\"><metadata key=\"part_type\" value=\"normal_part\"/></part><part "
        "id=\"3\" subtype=\"support_enforcer\"/></object></config>";
    collect_vendor(&c, BAMBU(ITEM("4")), SETTINGS, older, NULL);
    collect_good(&c, "older words");
    assert_int_equal(c.instance_count, 2);
    assert_int_equal(c.instances[0].role, LQ_ROLE_NEGATIVE);
    assert_int_equal(c.instances[1].role, LQ_ROLE_MODEL);
    collect_free(&c);
}

static void test_broken_settings(void **state)
{
    (void)state;
    static const char *const broken[] = {"<config><object id=\"4\">", "no XML", "<!DOCTYPE a><config/>",
                                         "<config a=\"1\" a=\"2\"/>"};
    for (size_t i = 0; i < 4; i++) {
        collected c;
        collect_vendor(&c, BAMBU(ITEM("4")), SETTINGS, broken[i], NULL);
        collect_good(&c, broken[i]);
        assert_int_equal(c.instance_count, 1);
        assert_int_equal(lqi_notes_find(&c.notes, "metadata_ignored")->count, 1);
        assert_string_equal(lqi_notes_find(&c.notes, "metadata_ignored")->part, SETTINGS);
        assert_int_equal(lq_context_error(c.context)->status, LQ_OK);
        collect_free(&c);
    }
    /* Prefixes that are not declared are common and no damage. */
    collected c;
    collect_vendor(&c, BAMBU(ITEM("4")), SETTINGS,
                   "<config><x:y z:a=\"1\"/><object id=\"4\">" PART("1", "negative_part") "</object></config>", NULL);
    collect_good(&c, "undeclared prefix");
    assert_int_equal(c.instances[0].role, LQ_ROLE_NEGATIVE);
    collect_free(&c);
}

static void expect_plates(const char *name, const char *items, const char *settings, const uint32_t *plates,
                          const char *note)
{
    char model[8192];
    snprintf(model, sizeof model, BAMBU("%s"), items);
    collected c;
    collect_vendor(&c, model, SETTINGS, settings, &(collect_options){.contents_first = 1});
    collect_good(&c, name);
    for (size_t i = 0; i < c.contents->item_count; i++)
        CHECK_INT(name, c.contents->items[i].plate, plates[i], "plate of an item");
    CHECK_INT(name, c.notes.count, note ? 1 : 0, "count of notes");
    if (note) CHECK(lqi_notes_find(&c.notes, note), "%s: %s instead of %s", name, c.notes.items[0].code, note);
    collect_free(&c);
}

static void test_plates(void **state)
{
    (void)state;
    static const char items[] = ITEM("5") "<item objectid=\"5\" printable=\"0\"/>" ITEM("5") ITEM("5");
    static const char settings[] = "<config>" PLATE("5", "last", ROW("5", "3")) PLATE("1", "", "")
        PLATE("2", "second &amp; best", ROW("5", "0") ROW("5", "2") ROW("5", "1")) "</config>";
    char model[8192];
    snprintf(model, sizeof model, BAMBU("%s"), items);
    collected c;
    collect_vendor(&c, model, SETTINGS, settings, NULL);
    collect_good(&c, "plates");
    static const uint32_t numbers[] = {1, 2, 5}, of_items[] = {2, 2, 2, 5};
    static const char *const names[] = {"", "second & best", "last"};
    assert_int_equal(c.contents->plate_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(c.contents->plates[i].number, numbers[i]);
        assert_string_equal(c.contents->plates[i].name, names[i]);
        assert_int_equal(c.contents->plates[i].source, LQ_PLATE_FILE);
    }
    for (size_t i = 0; i < 4; i++) assert_int_equal(c.contents->items[i].plate, of_items[i]);
    assert_true(c.contents->plates[1].sliced_time_s == 1958 && c.contents->plates[1].sliced_mass_g == 10.18);
    assert_true(c.contents->plates[0].sliced_time_s == -1 && c.contents->plates[0].sliced_mass_g == -1);
    assert_true(c.contents->plates[2].sliced_time_s == -1);
    assert_int_equal(c.instance_count, 3);
    collect_free(&c);
    static const struct {
        uint32_t plate;
        size_t instances;
        lq_status status;
        const char *code;
    } selections[] = {{2, 2, LQ_OK, ""},
                      {5, 1, LQ_OK, ""},
                      {1, 0, LQ_ERR_SELECTION, "plate_empty"},
                      {3, 0, LQ_ERR_SELECTION, "plate_not_found"}};
    for (size_t i = 0; i < 4; i++) {
        collect_vendor(&c, model, SETTINGS, settings, &(collect_options){.selection = {.plate = selections[i].plate}});
        assert_int_equal(c.status, selections[i].status);
        assert_string_equal(lq_context_error(c.context)->code, selections[i].code);
        assert_int_equal(c.instance_count, selections[i].instances);
        if (selections[i].plate == 3) {
            assert_int_equal(lq_context_error(c.context)->candidate_count, 3);
            assert_string_equal(lq_context_error_candidate(c.context, 2), "5");
        }
        for (size_t k = 0; k < c.instance_count; k++) assert_int_equal(c.instances[k].item_index, k);
        collect_free(&c);
    }
}

static void test_plate_rows(void **state)
{
    (void)state;
    expect_plates("one row for four items", ITEM("5") ITEM("5") ITEM("5") ITEM("5"),
                  "<config>" PLATE("1", "", "") PLATE("3", "", ROW("5", "0")) "</config>", (uint32_t[]){3, 3, 3, 3},
                  "plate_guessed");
    expect_plates("rows on two plates", ITEM("5") ITEM("5") ITEM("5"),
                  "<config>" PLATE("1", "", ROW("5", "0")) PLATE("2", "", ROW("5", "1")) "</config>",
                  (uint32_t[]){1, 2, 0}, "item_outside_plates");
    expect_plates("no row", ITEM("5") ITEM("4"),
                  "<config><object id=\"4\">" PART("2", "normal_part")
                      PART("3", "normal_part") "</object>" PLATE("1", "", ROW("5", "0")) "</config>",
                  (uint32_t[]){1, 0}, "item_outside_plates");
    expect_plates("dangling", ITEM("5"), "<config>" PLATE("1", "", ROW("5", "0") ROW("5", "1")) "</config>",
                  (uint32_t[]){1}, "plate_row_dangling");
    expect_plates("dangling object", ITEM("5"), "<config>" PLATE("1", "", ROW("5", "0") ROW("9", "0")) "</config>",
                  (uint32_t[]){1}, "plate_row_dangling");
    expect_plates("conflict", ITEM("5"),
                  "<config>" PLATE("2", "", ROW("5", "0")) PLATE("1", "", ROW("5", "0")) "</config>", (uint32_t[]){2},
                  "plate_row_conflict");
    expect_plates("said twice", ITEM("5"), "<config>" PLATE("2", "", ROW("5", "0") ROW("5", "0")) "</config>",
                  (uint32_t[]){2}, NULL);
    expect_plates("number twice", ITEM("5"), "<config>" PLATE("1", "", ROW("5", "0")) PLATE("1", "", "") "</config>",
                  (uint32_t[]){1}, "metadata_ignored");
    expect_plates("no number", ITEM("5"), "<config>" PLATE("1", "", ROW("5", "0")) "<plate/></config>", (uint32_t[]){1},
                  "metadata_ignored");
    expect_plates("half a row", ITEM("5"),
                  "<config>" PLATE("1", "",
                                   "<model_instance><metadata key=\"object_id\" value=\"5\"/></model_instance>" ROW(
                                       "5", "0")) "</config>",
                  (uint32_t[]){1}, NULL);
}

/* ---- ranges ---- */

/* Two corners of cubes in one mesh; the first has a triangle of two equal corners before it. */
#define TWO_IN_ONE                                                                                             \
    "<object id=\"1\" name=\"two\"><mesh><vertices><vertex x=\"0\" y=\"0\" z=\"0\"/><vertex x=\"10\" y=\"0\" " \
    "z=\"0\"/><vertex x=\"0\" y=\"10\" z=\"0\"/><vertex x=\"0\" y=\"0\" z=\"10\"/>"                            \
    "<vertex x=\"100\" y=\"0\" z=\"0\"/><vertex x=\"102\" y=\"0\" z=\"0\"/><vertex x=\"100\" y=\"2\" "         \
    "z=\"0\"/><vertex x=\"100\" y=\"0\" z=\"2\"/></vertices><triangles><triangle v1=\"0\" v2=\"0\" v3=\"1\"/>" \
    "<triangle v1=\"0\" v2=\"2\" v3=\"1\"/><triangle v1=\"0\" v2=\"1\" v3=\"3\"/><triangle v1=\"1\" v2=\"2\" " \
    "v3=\"3\"/><triangle v1=\"2\" v2=\"0\" v3=\"3\"/>"                                                         \
    "<triangle v1=\"4\" v2=\"6\" v3=\"5\"/><triangle v1=\"4\" v2=\"5\" v3=\"7\"/><triangle v1=\"5\" v2=\"6\" " \
    "v3=\"7\"/><triangle v1=\"6\" v2=\"4\" v3=\"7\"/></triangles></mesh></object>"
#define PRUSA(items)                      \
    MODEL_BEGIN "><resources>" TWO_IN_ONE \
                "<object id=\"2\"><components><component objectid=\"1\"/></components></object>" BUILD(items)
#define VOLUME(first, last, type)                                                                                      \
    "<volume firstid=\"" first "\" lastid=\"" last "\"><metadata type=\"volume\" key=\"name\" value=\"v\"/><metadata " \
    "type=\"volume\" key=\"volume_type\" value=\"" type "\"/><mesh edges_fixed=\"0\"/></volume>"
#define CONFIG(volumes)                                                                                               \
    "<?xml version=\"1.0\"?>\n<config><object id=\"1\" instances_count=\"2\"><metadata type=\"object\" key=\"name\" " \
    "value=\"x\"/>" volumes "</object></config>"

static void test_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *name, *config;
        double model, negative; /* per instance */
        size_t instances;
        const char *note;
    } cases[] = {
        {"negative", CONFIG(VOLUME("0", "4", "ModelPart") VOLUME("5", "8", "NegativeVolume")), TETRA_VOLUME, 8.0 / 6, 2,
         NULL},
        {"modifier", CONFIG(VOLUME("0", "4", "ModelPart") VOLUME("5", "8", "ParameterModifier")), TETRA_VOLUME, 0, 1,
         NULL},
        {"supports", CONFIG(VOLUME("0", "4", "SupportEnforcer") VOLUME("5", "8", "ModelPart")), 8.0 / 6, 0, 1, NULL},
        {"two models are one", CONFIG(VOLUME("0", "4", "ModelPart") VOLUME("5", "8", "ModelPart")),
         TETRA_VOLUME + 8.0 / 6, 0, 1, NULL},
        {"old word", CONFIG(VOLUME("0", "4", "0") VOLUME("5", "8", "1")), TETRA_VOLUME, 0, 1, NULL},
        {"modifier flag",
         CONFIG(VOLUME("0", "4", "ModelPart") "<volume firstid=\"5\" lastid=\"8\"><metadata type=\"volume\" "
                                              "key=\"modifier\" value=\"1\"/></volume>"),
         TETRA_VOLUME, 0, 1, NULL},
        {"gap", CONFIG(VOLUME("0", "4", "ModelPart")), TETRA_VOLUME, 0, 1, "prusa_gap"},
        {"unknown word", CONFIG(VOLUME("0", "4", "Thing") VOLUME("5", "8", "ModelPart")), TETRA_VOLUME + 8.0 / 6, 0, 1,
         "3mf_unknown_subtype"},
        {"no volume", CONFIG(""), TETRA_VOLUME + 8.0 / 6, 0, 1, NULL},
        {"another object", "<config><object id=\"7\">" VOLUME("0", "1", "NegativeVolume") "</object></config>",
         TETRA_VOLUME + 8.0 / 6, 0, 1, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        collected c;
        /* The second instance is an object of its own that refers to the first. */
        collect_vendor(&c, PRUSA(ITEM("1") ITEM("2")), RANGES, cases[i].config, NULL);
        collect_good(&c, cases[i].name);
        CHECK_INT(cases[i].name, c.instance_count, 2 * cases[i].instances, "instances");
        CHECK_NEAR(cases[i].name, volume_of(&c, LQ_ROLE_MODEL), 2 * cases[i].model, 1e-9, "volume");
        CHECK_NEAR(cases[i].name, volume_of(&c, LQ_ROLE_NEGATIVE), 2 * cases[i].negative, 1e-9, "negative volume");
        CHECK_INT(cases[i].name, c.notes.count, cases[i].note != NULL, "count of notes");
        if (cases[i].note)
            CHECK(lqi_notes_find(&c.notes, cases[i].note), "%s: %s", cases[i].name, c.notes.items[0].code);
        assert_string_equal(c.contents->family, "prusa");
        collect_free(&c);
    }
}

static void test_bad_ranges(void **state)
{
    (void)state;
    static const char *const configs[] = {
        CONFIG("@" VOLUME("0", "9", "ModelPart")),
        CONFIG("@" VOLUME("5", "4", "ModelPart")),
        CONFIG(VOLUME("0", "4", "ModelPart") "@" VOLUME("5", "9", "NegativeVolume")),
        CONFIG("@<volume firstid=\"a\" lastid=\"4\"/>"),
        CONFIG("@<volume firstid=\"0\"/>"),
        CONFIG(VOLUME("0", "4", "ModelPart") "@" VOLUME("5", "2147483647", "ModelPart"))};
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        char config[2048];
        snprintf(config, sizeof config, "%s", configs[i]);
        char *mark = strchr(config, '@');
        memmove(mark, mark + 1, strlen(mark));
        collected c;
        collect_vendor(&c, PRUSA(ITEM("1")), RANGES, config, NULL);
        const lq_error *error = lq_context_error(c.context);
        CHECK_INT(configs[i], c.status, LQ_ERR_INPUT, "status");
        CHECK_TEXT(configs[i], error->code, "prusa_bad_range", "code");
        CHECK_INT(configs[i], error->offset, mark - config, "offset");
        CHECK_TEXT(configs[i], error->part, RANGES, "part");
        collect_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roles),      cmocka_unit_test(test_roles_by_id), cmocka_unit_test(test_broken_settings),
        cmocka_unit_test(test_plates),     cmocka_unit_test(test_plate_rows),  cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_bad_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
