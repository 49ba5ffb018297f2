/* 3MF of PrusaSlicer: beds by position, roles of version 3, files of several slicers in one package. */
#include "format/threemf_inside.h"
#include "tests/unit/threemf_project.h"

/* ---- PrusaSlicer ---- */

#define SHAPE "; bed_shape = 0x0,250x0,250x210,0x210\n"

static void test_beds(void **state)
{
    (void)state;
    static const double cells[9][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {2, 0}, {2, 1}, {0, 2}, {1, 2}, {2, 2}};
    writer model;
    collected c;
    double gap = 0.3 * sqrt(250.0 * 250 + 210.0 * 210); /* 97.9: below the most of 100 */
    uint32_t plates[10];
    begin(&model, "PrusaSlicer-2.9.0+linux");
    for (uint32_t i = 0; i < 9; i++) {
        item_at(&model, cells[i][0] * (250 + gap) + 100, cells[i][1] * (210 + gap) + 100, 0);
        plates[i] = i + 1;
    }
    item_at(&model, -50, 0, 0);
    plates[9] = 0;
    collect_with(&c, &model, (extra[3]){{CONFIG, SHAPE}}, 0);
    expect_items(&c, "nine beds", plates, 10);
    assert_int_equal(c.contents->plate_count, 9);
    assert_int_equal(c.contents->plates[8].source, LQ_PLATE_GEOMETRY);
    assert_int_equal(c.instance_count, 9);
    expect_note(&c, "nine beds", "item_outside_plates", 1, "3D/3dmodel.model");
    assert_int_equal(c.notes.count, 1);
    collect_free(&c);
    /* Numbers stay when a bed between is empty. */
    static const struct {
        uint32_t plate;
        size_t instances;
        const char *code;
    } selections[] = {{0, 2, ""}, {1, 1, ""}, {2, 0, "plate_not_found"}, {3, 1, ""}};
    for (size_t i = 0; i < 4; i++) {
        begin(&model, "PrusaSlicer-2.9.1");
        item_at(&model, 0, 0, 0);
        item_at(&model, 0, 210 + gap, 0);
        collect_with(&c, &model, (extra[3]){{CONFIG, SHAPE}}, selections[i].plate);
        assert_string_equal(lq_context_error(c.context)->code, selections[i].code);
        assert_int_equal(c.instance_count, selections[i].instances);
        if (selections[i].plate == 2) assert_string_equal(lq_context_error_candidate(c.context, 1), "3");
        if (i == 0) {
            expect_items(&c, "bed between", (uint32_t[]){1, 3}, 2);
            assert_int_equal(c.contents->plate_count, 2);
            assert_int_equal(c.contents->plates[1].number, 3);
            assert_int_equal(c.notes.count, 0);
        }
        collect_free(&c);
    }
}

static void test_bed_rules(void **state)
{
    (void)state;
    static const struct {
        const char *name, *producer, *config;
        double x, y; /* of the second item; the first is on bed 1 */
        uint32_t plate;
        lq_plate_source source;
    } cases[] = {
        {"linear row", "PrusaSlicer-2.8.1+win64", SHAPE, 300, 0, 2, LQ_PLATE_GEOMETRY},
        {"linear row, third", "PrusaSlicer-2.6.0-beta1", SHAPE, 600, 100, 3, LQ_PLATE_GEOMETRY},
        {"no second row before", "PrusaSlicer-2.8.1", SHAPE, 0, 310, 0, LQ_PLATE_GEOMETRY},
        {"in the gap", "PrusaSlicer-2.9.2", SHAPE, 260, 0, 0, LQ_PLATE_GEOMETRY},
        {"gap of at most 100", "PrusaSlicer-2.9.2", "; bed_shape = 0x0,400x0,400x400,0x400", 500, 0, 2,
         LQ_PLATE_GEOMETRY},
        {"origin in the middle", "PrusaSlicer-2.9.2", "; bed_shape = -90x-90,90x-90,90x90,-90x90", 256, 0, 2,
         LQ_PLATE_GEOMETRY},
        {"the middle counts", "PrusaSlicer-2.9.2", SHAPE, 244, 0, 1, LQ_PLATE_IMPLICIT},
        {"one bed", "PrusaSlicer-2.9.2", SHAPE, 100, 100, 1, LQ_PLATE_IMPLICIT},
        {"no bed", "PrusaSlicer-2.9.2", "; layer_height = 0.2", 5000, 0, 1, LQ_PLATE_IMPLICIT},
        {"no rectangle", "PrusaSlicer-2.9.2", "; bed_shape = 0x0,250x0,250,0x210", 5000, 0, 1, LQ_PLATE_IMPLICIT},
        {"flat bed", "PrusaSlicer-2.9.2", "; bed_shape = 0x0,250x0", 5000, 0, 1, LQ_PLATE_IMPLICIT},
        {"a bed without end", "PrusaSlicer-2.9.2", "; bed_shape = 0x0,1e300x0,1e300x210", 5000, 0, 1,
         LQ_PLATE_IMPLICIT},
        {"another program", "Slic3r 1.3", SHAPE, 5000, 0, 1, LQ_PLATE_IMPLICIT},
        {"no version", "PrusaSlicer-", SHAPE, 5000, 0, 1, LQ_PLATE_IMPLICIT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        writer model;
        collected c;
        begin(&model, cases[i].producer);
        item_at(&model, 10, 10, 0);
        item_at(&model, cases[i].x, cases[i].y, 0);
        collect_with(&c, &model, (extra[3]){{CONFIG, cases[i].config}}, 0);
        expect_items(&c, cases[i].name, (uint32_t[]){1, cases[i].plate}, 2);
        CHECK_INT(cases[i].name, c.contents->plates[0].source, cases[i].source, "source");
        CHECK_INT(cases[i].name, c.instance_count, cases[i].plate ? 2 : 1, "instances");
        CHECK_INT(cases[i].name, c.notes.count, cases[i].plate == 0, "notes");
        collect_free(&c);
    }
    /* Nothing on any bed: the places tell nothing, and all is priced. */
    writer model;
    collected c;
    begin(&model, "PrusaSlicer-2.9.2");
    item_at(&model, -200, 0, 0);
    item_at(&model, 4000, 0, 0);
    collect_with(&c, &model, (extra[3]){{CONFIG, SHAPE}}, 0);
    expect_items(&c, "no item on a bed", (uint32_t[]){1, 1}, 2);
    assert_int_equal(c.instance_count, 2);
    assert_int_equal(c.notes.count, 0);
    collect_free(&c);
}

/* Components, units, turns: where an item is, is where its parts are. */
static void test_extents(void **state)
{
    (void)state;
    static const char model[] =
        MODEL_BEGIN "unit=\"centimeter\"><metadata name=\"Application\">PrusaSlicer-2.9.0</metadata><resources>" TETRA(
            "1") "<object id=\"2\" type=\"other\">" TETRA_MESH "</object>"
                 "<object id=\"3\"><components><component objectid=\"1\" transform=\"0 1 0 -1 0 0 0 0 1 2 1 0\"/>"
                 "<component objectid=\"2\" transform=\"1 0 0 0 1 0 0 0 1 900 0 0\"/></components></object>"
                 "<object id=\"4\" type=\"other\">" TETRA_MESH "</object></resources><build>"
                 "<item objectid=\"3\" transform=\"2 0 0 0 1 0 0 0 1 45 0 0\"/><item objectid=\"3\"/>"
                 "<item objectid=\"4\"/></build></model>";
    collected c;
    size_t size;
    pack_entry more = {.name = CONFIG, .data = SHAPE, .size = sizeof SHAPE - 1};
    uint8_t *data = pack_3mf(model, &more, 1, &size);
    collect_bytes(&c, data, size, NULL);
    expect_items(&c, "extents", (uint32_t[]){2, 0, 1}, 3);
    const lqi_extent *extent = &c.threemf->parts[c.threemf->root].objects[2].extent;
    static const double low[3] = {-80, 10, 0}, high[3] = {20, 110, 100};
    for (int i = 0; i < 3; i++) {
        CHECK_NEAR("extent", extent->low[i], low[i], 1e-12, "low");
        CHECK_NEAR("extent", extent->high[i], high[i], 1e-12, "high");
    }
    collect_free(&c);
}

/* ---- PrusaSlicer 3 ---- */

#define WRAPPED                                                                                                        \
    MODEL_BEGIN "><resources>" TETRA("1") TETRA("2")                                                                   \
        TETRA("3") "<object id=\"11\"><components><component objectid=\"1\"/></components></object>"                   \
                   "<object id=\"12\"><components><component objectid=\"2\"/></components></object>"                   \
                   "<object id=\"13\"><components><component objectid=\"3\"/></components></object>"                   \
                   "<object id=\"20\"><components><component objectid=\"11\"/><component objectid=\"12\"/><component " \
                   "objectid=\"13\"/></components></object></resources><build><item objectid=\"20\"/><item "           \
                   "objectid=\"20\"/>"                                                                                 \
                   "<item objectid=\"1\"/></build></model>"

static void collect_wrapped(collected *c, const extra files[2])
{
    pack_entry more[2];
    size_t count = 0, size;
    for (; count < 2 && files[count].name; count++)
        more[count] =
            (pack_entry){.name = files[count].name, .data = files[count].text, .size = strlen(files[count].text)};
    uint8_t *data = pack_3mf(WRAPPED, more, count, &size);
    collect_bytes(c, data, size, NULL);
}

static void test_prusa3(void **state)
{
    (void)state;
    static const char project[] =
        "{\"project\":{},\"config_containers\":[],\"objects\":[{\"id\":20,\"name\":\"gear\",\"volumes\":[{\"id\":11,"
        "\"type\":\"ModelPart\"},{\"id\":12,\"type\":\"NegativeVolume\"},{\"id\":13,\"type\":\"SupportBlocker\"}],"
        "\"instances\":[{\"ord\":1,\"printable\":false},{\"ord\":0},{\"ord\":99,\"printable\":false},{\"ord\":-1,"
        "\"printable\":false},7]},{\"id\":\"x\"},5]}";
    collected c;
    collect_wrapped(&c, (extra[2]){{PRUSA3, project}});
    collect_good(&c, "prusa3");
    assert_string_equal(c.contents->family, "prusa3");
    assert_int_equal(c.notes.count, 0);
    assert_int_equal(c.instance_count, 3);
    static const lq_role roles[] = {LQ_ROLE_MODEL, LQ_ROLE_NEGATIVE, LQ_ROLE_MODEL};
    for (size_t i = 0; i < 3; i++) assert_int_equal(c.instances[i].role, roles[i]);
    assert_int_equal(c.instances[2].item_index, 1);
    assert_string_equal(c.names[0], "gear");
    static const int printable[] = {1, 0, 1};
    for (size_t i = 0; i < 3; i++) assert_int_equal(c.contents->items[i].printable, printable[i]);
    collect_free(&c);
    static const char unknown[] = "{\"objects\":[{\"id\":20,\"volumes\":[{\"id\":12,\"type\":\"Thing\"},{\"id\":11,"
                                  "\"type\":\"ParameterModifier\"},{\"type\":\"NegativeVolume\"}]}]}";
    collect_wrapped(&c, (extra[2]){{PRUSA3, unknown}});
    collect_good(&c, "prusa3 by id");
    expect_note(&c, "prusa3 by id", "3mf_unknown_subtype", 1, PRUSA3);
    assert_int_equal(c.instance_count, 5);
    collect_free(&c);
}

/* ---- several files ---- */

#define PARTS(a, b, c)                                                                                                 \
    "<config><object id=\"20\"><part id=\"11\" subtype=\"" a "\"/><part id=\"12\" subtype=\"" b "\"/><part id=\"13\" " \
    "subtype=\"" c "\"/></object></config>"
#define NORMAL "normal_part"
#define NEGATIVE "negative_part"

static void test_mixed(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        extra files[2];
        size_t negatives;
        const char *mixed; /* the part of the note */
    } cases[] = {
        {"agree",
         {{SETTINGS, PARTS(NORMAL, NEGATIVE, NORMAL)},
          {"Metadata/Slic3r_PE_model.config", PARTS(NORMAL, NEGATIVE, NORMAL)}},
         1,
         NULL},
        {"Bambu first",
         {{SETTINGS, PARTS(NORMAL, NEGATIVE, NORMAL)},
          {"Metadata/Slic3r_PE_model.config", PARTS(NORMAL, NORMAL, NORMAL)}},
         1,
         "Metadata/Slic3r_PE_model.config"},
        {"Prusa before SuperSlicer",
         {{"Metadata/SuperSlicer_model.config", PARTS(NEGATIVE, NEGATIVE, NORMAL)},
          {"Metadata/Slic3r_PE_model.config", PARTS(NORMAL, NORMAL, NORMAL)}},
         0,
         "Metadata/SuperSlicer_model.config"},
        {"SuperSlicer before Slic3r",
         {{"Metadata/Slic3r_model.config", PARTS(NORMAL, NORMAL, NORMAL)},
          {"Metadata/SuperSlicer_model.config", PARTS(NEGATIVE, NEGATIVE, NORMAL)}},
         2,
         "Metadata/Slic3r_model.config"},
        {"the first covers another object",
         {{SETTINGS, "<config><object id=\"7\"><part id=\"1\" subtype=\"negative_part\"/></object></config>"},
          {"Metadata/Slic3r_model.config", PARTS(NORMAL, NEGATIVE, NORMAL)}},
         1,
         NULL},
        {"the first has no parts",
         {{SETTINGS, "<config><object id=\"20\"/></config>"},
          {"Metadata/Slic3r_model.config", PARTS(NORMAL, NEGATIVE, NORMAL)}},
         1,
         NULL},
        {"the first is damaged",
         {{SETTINGS, "<config><object id=\"20\"><part id=\"11\" subtype=\"negative_part\"/>"},
          {"Metadata/Slic3r_model.config", PARTS(NORMAL, NEGATIVE, NORMAL)}},
         1,
         NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        collected c;
        collect_wrapped(&c, cases[i].files);
        collect_good(&c, cases[i].name);
        size_t negatives = 0;
        for (size_t k = 0; k < c.instance_count; k++) negatives += c.instances[k].role == LQ_ROLE_NEGATIVE;
        CHECK_INT(cases[i].name, negatives, 2 * cases[i].negatives, "negative parts of two items");
        expect_note(&c, cases[i].name, "mixed_metadata", cases[i].mixed != NULL, cases[i].mixed);
        collect_free(&c);
    }
    /* Plates are Bambu's alone. */
    collected c;
    collect_wrapped(&c, (extra[2]){{"Metadata/Slic3r_model.config",
                                    "<config><plate><metadata key=\"plater_id\" value=\"3\"/></plate></config>"}});
    collect_good(&c, "plates of another");
    assert_int_equal(c.contents->plates[0].source, LQ_PLATE_IMPLICIT);
    assert_int_equal(c.instance_count, 7);
    collect_free(&c);
}

/* ---- failures of ours ---- */

static lq_status list_lent(const uint8_t *data, size_t size, const lq_allocator *allocator)
{
    lq_context_options options = {.struct_size = sizeof options, .allocator = allocator};
    lq_context *context = NULL;
    lqi_zip *zip = NULL;
    lqi_threemf *threemf = NULL;
    const lqi_threemf_contents *contents;
    lq_source source;
    lq_source_memory(data, size, NULL, &source);
    lq_status status = lqi_context_create(&options, &context);
    if (status != LQ_OK) return status;
    status = lqi_zip_open(context, &source, &zip);
    if (status == LQ_OK) status = lqi_threemf_open(context, zip, 0, &threemf);
    if (status == LQ_OK) status = lqi_threemf_contents_read(threemf, &contents);
    if (status == LQ_OK) assert_int_equal(contents->plate_count, 2);
    lqi_threemf_close(threemf);
    lqi_zip_close(zip);
    lq_context_destroy(context);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    static const char volumes[] = "{\"objects\":[{\"id\":1,\"name\":\"a\",\"volumes\":[{\"id\":1}]}]}";
    static const char project[] = "{\"filament_type\":[\"PLA\"]," BED "}", config[] = SHAPE "; filament_type = A;B";
    writer settings;
    put_plates(&settings, (uint32_t[]){1, 2}, 2, ROW("0"));
    const pack_entry entries[2][3] = {{{.name = SETTINGS, .data = settings.text, .size = settings.size},
                                       {.name = PROJECT, .data = project, .size = sizeof project - 1},
                                       {.name = PRUSA3, .data = volumes, .size = sizeof volumes - 1}},
                                      {{.name = CONFIG, .data = config, .size = sizeof config - 1},
                                       {.name = "Metadata/Slic3r_PE_model.config",
                                        .data = PARTS(NORMAL, NEGATIVE, NORMAL),
                                        .size = sizeof PARTS(NORMAL, NEGATIVE, NORMAL) - 1},
                                       {.name = "Metadata/Slic3r_model.config",
                                        .data = PARTS(NORMAL, NORMAL, NORMAL),
                                        .size = sizeof PARTS(NORMAL, NORMAL, NORMAL) - 1}}};
    for (int which = 0; which < 2; which++) {
        writer model;
        begin(&model, "PrusaSlicer-2.9.0");
        item_at(&model, 0, 0, 0);
        item_at(&model, 350, 0, 0);
        put(&model, "</build></model>");
        size_t size;
        uint8_t *data = pack_3mf(model.text, entries[which], 3, &size);
        for (uint64_t n = 1;; n++) {
            lend_allocator lent = {.fail_at = n, .forever = 1};
            lq_allocator allocator = lend_allocator_of(&lent);
            lq_status status = list_lent(data, size, &allocator);
            assert_int_equal(lent.held, 0);
            if (lent.calls < n) {
                assert_int_equal(status, LQ_OK);
                assert_true(n > 30);
                break;
            }
            CHECK_INT("no memory", status, LQ_ERR_MEMORY, "status");
        }
        free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beds),   cmocka_unit_test(test_bed_rules), cmocka_unit_test(test_extents),
        cmocka_unit_test(test_prusa3), cmocka_unit_test(test_mixed),     cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
