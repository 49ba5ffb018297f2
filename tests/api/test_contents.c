/* What a listing tells of slicers' projects and of archives: filaments, results of slicing, why something is no part.
 */
#include "tests/support/check.h"
#include "tests/support/project.h"

#include <stdlib.h>

#define FOUR_FILAMENTS                                                                                     \
    "{\"filament_type\":[\"PLA\",\"PETG\",\"TPU\",\"PVA\"],\"filament_colour\":[\"#FFFFFF\",\"#00AE42\"]," \
    "\"filament_density\":[\"1.25\"],\"filament_settings_id\":[\"a\",\"b\",\"c\",\"d\"]}"
#define ROW_1 \
    "<model_instance><metadata key='object_id' value='1'/><metadata key='instance_id' value='0'/></model_instance>"
#define ROW_2 \
    "<model_instance><metadata key='object_id' value='2'/><metadata key='instance_id' value='0'/></model_instance>"
#define ROW_4 \
    "<model_instance><metadata key='object_id' value='4'/><metadata key='instance_id' value='0'/></model_instance>"
#define ROW_5 \
    "<model_instance><metadata key='object_id' value='5'/><metadata key='instance_id' value='0'/></model_instance>"
#define ROW_6 \
    "<model_instance><metadata key='object_id' value='6'/><metadata key='instance_id' value='0'/></model_instance>"
#define ROW_7 \
    "<model_instance><metadata key='object_id' value='7'/><metadata key='instance_id' value='0'/></model_instance>"
#define CUBES(array) array, sizeof array / sizeof *array

/* "1,3"; "" for none */
static void check_indices(const char *name, const uint32_t *indices, size_t count, const char *expected)
{
    char text[256] = "";
    size_t at = 0;
    for (size_t i = 0; i < count && at < 240; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, i ? ",%u" : "%u", (unsigned)indices[i]);
    CHECK_TEXT(name, text, expected, "filaments");
}

static lq_plate plate_at(const project *p, size_t index)
{
    lq_plate plate;
    assert_non_null(p->contents);
    assert_int_equal(lq_contents_plate(p->contents, index, &plate), LQ_OK);
    return plate;
}

static void check_plate(const project *p, size_t index, const char *expected)
{
    char name[32];
    lq_plate plate = plate_at(p, index);
    snprintf(name, sizeof name, "plate %zu", index);
    check_indices(name, plate.filaments, plate.filament_count, expected);
}

static lq_plate_item check_item(const project *p, size_t plate, size_t index, const char *expected)
{
    char name[32];
    lq_plate_item item;
    assert_int_equal(lq_contents_plate_item(p->contents, plate, index, &item), LQ_OK);
    snprintf(name, sizeof name, "item %zu of plate %zu", index, plate);
    check_indices(name, item.filaments, item.filament_count, expected);
    return item;
}

/* ---- filaments ---- */

static void list_of_filaments(void **state)
{
    (void)state;
    const project_cube cubes[] = {{.id = 1}};
    const pack_entry more[] = {project_entry(PROJECT_SETTINGS, "<config/>"),
                               project_entry(PROJECT_FILAMENTS, FOUR_FILAMENTS)};
    project p = project_open(project_model(CUBES(cubes), "", "<item objectid='1'/>"), more, 2);
    static const char *const types[] = {"PLA", "PETG", "TPU", "PVA"};
    static const char *const colors[] = {"#FFFFFF", "#00AE42", "#FFFFFF", "#FFFFFF"}; /* short lists begin again */
    assert_non_null(p.contents);
    assert_int_equal(lq_contents_filament_count(p.contents), 4);
    for (size_t i = 0; i < 4; i++) {
        lq_filament filament;
        assert_int_equal(lq_contents_filament(p.contents, i, &filament), LQ_OK);
        assert_int_equal(filament.index, i + 1);
        assert_string_equal(filament.type, types[i]);
        assert_string_equal(filament.color, colors[i]);
        assert_true(filament.density_g_cm3 == 1.25);
    }
    lq_filament none;
    assert_int_equal(lq_contents_filament(p.contents, 4, &none), LQ_ERR_ARGUMENT);
    assert_string_equal(lq_contents_family(p.contents), "bambu");
    assert_null(lq_contents_producer(p.contents));
    check_plate(&p, 0, "1"); /* nothing is told about the object */
    project_close(&p);
}

static void filaments_of_bambu_parts(void **state)
{
    (void)state;
    const project_cube cubes[] = {{.id = 1}, {.id = 2}, {.id = 3, .type = "other"}, {.id = 5}, {.id = 6}, {.id = 7}};
    static const char joined[] = "<object id='4'><components><component objectid='1'/><component objectid='2'/>"
                                 "<component objectid='3'/></components></object>";
    /* Object 4: a part with the object's filament, a modifier that names one, a negative part that does as well.
     * Object 1: an only part is not asked. 2 and 6: beyond the list. 7: a modifier that names none changes none. */
    static const char settings[] =
        "<config><object id='4'><metadata key='extruder' value='2'/>"
        "<part id='1' subtype='normal_part'><metadata key='extruder' value='0'/></part>"
        "<part id='2' subtype='modifier_part'><metadata key='extruder' value='4'/></part>"
        "<part id='3' subtype='negative_part'><metadata key='extruder' value='3'/></part></object>"
        "<object id='1'><metadata key='extruder' value='3'/>"
        "<part id='1' subtype='normal_part'><metadata key='extruder' value='2'/></part></object>"
        "<object id='2'><metadata key='extruder' value='5'/></object>"
        "<object id='5'><metadata key='extruder' value='4'/></object>"
        "<object id='6'><metadata key='extruder' value='4294967298'/></object>"
        "<object id='7'><metadata key='extruder' value='-1'/>"
        "<part id='7' subtype='normal_part'><metadata key='extruder' value='3'/></part>"
        "<part id='9' subtype='modifier_part'/></object>"
        "<plate><metadata key='plater_id' value='1'/>" ROW_4 ROW_1 "</plate>"
        "<plate><metadata key='plater_id' value='2'/>" ROW_2 ROW_5 ROW_6 "</plate>"
        "<plate><metadata key='plater_id' value='3'/>" ROW_7 "</plate>"
        "<plate><metadata key='plater_id' value='4'/></plate></config>";
    const pack_entry more[] = {project_entry(PROJECT_SETTINGS, settings),
                               project_entry(PROJECT_FILAMENTS, FOUR_FILAMENTS)};
    project p = project_open(project_model(CUBES(cubes), joined,
                                           "<item objectid='4'/><item objectid='1'/><item objectid='2'/>"
                                           "<item objectid='5' printable='0'/><item objectid='6'/>"
                                           "<item objectid='7'/>"),
                             more, 2);
    check_item(&p, 0, 0, "2,4");
    check_item(&p, 0, 1, "3");
    check_plate(&p, 0, "2,3,4");
    check_item(&p, 1, 0, "1");
    check_item(&p, 1, 1, "4");
    check_item(&p, 1, 2, "1");
    check_plate(&p, 1, "1"); /* what is not printed needs no filament */
    check_item(&p, 2, 0, "3");
    check_plate(&p, 3, "");
    assert_int_equal(plate_at(&p, 0).painted, 0);
    project_close(&p);
}

static void filaments_of_prusa_parts(void **state)
{
    (void)state;
    const project_cube cubes[] = {{.id = 1}, {.id = 3}};
    static const char instance[] = "<object id='2'><components><component objectid='1'/></components></object>";
    static const char parts[] =
        "<config><object id='1'>"
        "<metadata type='object' key='extruder' value='2'/>"
        "<volume firstid='0' lastid='5'><metadata type='volume' key='volume_type' value='ModelPart'/></volume>"
        "<volume firstid='6' lastid='11'><metadata type='volume' key='extruder' value='3'/></volume></object>"
        /* unlike Bambu Studio, PrusaSlicer asks an only part */
        "<object id='3'><volume firstid='0' lastid='11'><metadata type='volume' key='extruder' value='2'/></volume>"
        "</object></config>";
    static const char config[] = "; filament_colour = #FF8000;#FFFFFF;#29B2B2\n; filament_type = PETG;PVA\n"
                                 "; filament_density = 1.27,0,nonsense\n";
    const pack_entry more[] = {project_entry("Metadata/Slic3r_PE_model.config", parts),
                               project_entry("Metadata/Slic3r_PE.config", config)};
    project p = project_open(
        project_model(CUBES(cubes), instance, "<item objectid='1'/><item objectid='2'/><item objectid='3'/>"), more, 2);
    check_item(&p, 0, 0, "2,3");
    check_item(&p, 0, 1, "2,3");
    check_item(&p, 0, 2, "2");
    check_plate(&p, 0, "2,3");
    static const double densities[] = {1.27, 0, 0};
    for (size_t i = 0; i < 3; i++) {
        lq_filament filament;
        assert_int_equal(lq_contents_filament(p.contents, i, &filament), LQ_OK);
        assert_true(filament.density_g_cm3 == densities[i]);
    }
    project_close(&p);
}

static void no_filaments_are_told(void **state)
{
    (void)state;
    const project_cube cubes[] = {{.id = 1}};
    const pack_entry more[] = {project_entry(PROJECT_SETTINGS, "<config><object id='1'>"
                                                               "<metadata key='extruder' value='2'/>"
                                                               "</object></config>")};
    for (size_t count = 0; count < 2; count++) {
        project p = project_open(project_model(CUBES(cubes), "", "<item objectid='1'/>"), more, count);
        check_item(&p, 0, 0, "");
        check_plate(&p, 0, "");
        assert_int_equal(plate_at(&p, 0).painted, -1);
        assert_string_equal(lq_contents_family(p.contents), count ? "bambu" : "generic");
        project_close(&p);
    }
}

/* Far more filaments than any machine has, parts that name them all and one beyond. */
static void too_many_filaments(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    char *list = malloc(COUNT * 12 + 100), *parts = malloc(COUNT * 90 + 100);
    assert_true(list && parts);
    size_t at = (size_t)sprintf(list, "{\"filament_colour\":[");
    for (int i = 0; i < COUNT; i++) at += (size_t)sprintf(list + at, i ? ",\"#%06X\"" : "\"#%06X\"", i);
    sprintf(list + at, "]}");
    at = (size_t)sprintf(parts, "<config><object id='1'>");
    for (int i = 1; i <= COUNT; i++)
        at += (size_t)sprintf(parts + at,
                              "<part id='%d' subtype='normal_part'><metadata key='extruder' value='%d'/></part>", i, i);
    sprintf(parts + at, "</object></config>");
    const project_cube cubes[] = {{.id = 1}};
    const pack_entry more[] = {project_entry(PROJECT_SETTINGS, parts), project_entry(PROJECT_FILAMENTS, list)};
    project p = project_open(project_model(CUBES(cubes), "", "<item objectid='1'/>"), more, 2);
    assert_non_null(p.contents);
    assert_int_equal(lq_contents_filament_count(p.contents), 256);
    lq_plate plate = plate_at(&p, 0);
    assert_int_equal(plate.filament_count, 256);
    for (uint32_t i = 0; i < 256; i++) assert_int_equal(plate.filaments[i], i + 1);
    project_close(&p);
    free(parts);
    free(list);
}

static void painted_triangles(void **state)
{
    (void)state;
    static const struct {
        const char *attributes;
        int painted;
    } cases[] = {{"", 0},
                 {"paint_color='8'", 1},
                 {"paint_color=''", 0},
                 {"paint_supports='8'", 0},
                 {"xmlns:s='http://schemas.slic3r.org/3mf/2017/06' s:mmu_segmentation='4'", 1},
                 {"xmlns:s='http://schemas.slic3r.org/3mf/2017/06' s:custom_seam='4'", 0}};
    const pack_entry more[] = {project_entry(PROJECT_SETTINGS, "<config/>"),
                               project_entry(PROJECT_FILAMENTS, FOUR_FILAMENTS)};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const project_cube cubes[] = {{.id = 1, .attributes = cases[i].attributes}, {.id = 2}};
        project p = project_open(project_model(CUBES(cubes),
                                               "<object id='3'><components><component objectid='2'/>"
                                               "<component objectid='1'/></components></object>",
                                               "<item objectid='2'/><item objectid='3'/>"),
                                 more, 2);
        CHECK_INT(cases[i].attributes, check_item(&p, 0, 0, "1").painted, 0, "an item that is not painted");
        CHECK_INT(cases[i].attributes, check_item(&p, 0, 1, "1").painted, cases[i].painted, "painted");
        CHECK_INT(cases[i].attributes, plate_at(&p, 0).painted, cases[i].painted, "painted plate");
        project_close(&p);
    }
}

/* ---- items on no plate ---- */

static void items_on_no_plate(void **state)
{
    (void)state;
    const project_cube cubes[] = {{.id = 1}, {.id = 2}};
    const pack_entry more[] = {
        project_entry(PROJECT_SETTINGS,
                      "<config><plate><metadata key='plater_id' value='1'/>" ROW_1 "</plate></config>"),
        project_entry(PROJECT_FILAMENTS, "{\"filament_type\":[\"PLA\"],\"printable_area\":[\"0x0\",\"200x200\"]}")};
    project p =
        project_open(project_model(CUBES(cubes), "",
                                   "<item objectid='1'/><item objectid='2' transform='1 0 0 0 1 0 0 0 1 900 0 0'/>"
                                   "<item objectid='2' printable='0' transform='1 0 0 0 1 0 0 0 1 -900 0 0'/>"),
                     more, 2);
    assert_int_equal(plate_at(&p, 0).item_count, 1);
    assert_int_equal(lq_contents_outside_count(p.contents), 2);
    for (size_t i = 0; i < 2; i++) {
        lq_plate_item item;
        assert_int_equal(lq_contents_outside(p.contents, i, &item), LQ_OK);
        assert_string_equal(item.object_id, "2");
        assert_int_equal(item.instance, i);
        assert_int_equal(item.printable, i == 0);
        check_indices("outside", item.filaments, item.filament_count, "1");
    }
    lq_plate_item none;
    assert_int_equal(lq_contents_outside(p.contents, 2, &none), LQ_ERR_ARGUMENT);
    char *json;
    assert_int_equal(lq_contents_json(p.model, NULL, &json, NULL), LQ_OK);
    assert_non_null(strstr(json, "\"outside\":[{\"object_id\":\"2\",\"instance\":0,"));
    lq_text_free(p.context, json);
    project_close(&p);
}

/* ---- results of slicing ---- */

static void results_of_slicing(void **state)
{
    (void)state;
    static const char slices[] =
        "<config><header><header_item key='X' value='Y'/></header><plate>"
        "<metadata key='index' value='2'/><metadata key='prediction' value='1958'/><metadata key='weight' "
        "value='10.18'/>"
        "<object identify_id='1' name='shell' skipped='false' /><object identify_id='2' name='lid' skipped='true'/>"
        "<object identify_id='3' skipped='true'/>"
        "<filament id='3' type='PETG-CF' color='#2850E0' used_m='3.39' used_g='10.18'/>"
        "<filament id='1' used_m='' used_g='-1'/><filament id='0' used_m='1'/><filament id='x' used_m='1'/>"
        "<filament used_m='1'/><warning msg='m' error_code ='1'/></plate>"
        "<plate><metadata key='index' value='7'/><filament id='1' used_m='1' used_g='1'/></plate>"
        "<plate><filament id='1' used_m='1' used_g='1'/></plate></config>";
    const project_cube cubes[] = {{.id = 1}};
    const pack_entry more[] = {project_entry(PROJECT_SETTINGS,
                                             "<config>"
                                             "<plate><metadata key='plater_id' value='1'/>" ROW_1 "</plate>"
                                             "<plate><metadata key='plater_id' value='2'/></plate>"
                                             "</config>"),
                               project_entry(PROJECT_FILAMENTS, FOUR_FILAMENTS), project_entry(PROJECT_SLICES, slices)};
    project p = project_open(project_model(CUBES(cubes), "", "<item objectid='1'/>"), more, 3);
    lq_plate first = plate_at(&p, 0), second = plate_at(&p, 1);
    assert_int_equal(first.sliced_filament_count + first.skipped_count, 0);
    assert_true(first.sliced_time_s == -1 && first.sliced_mass_g == -1);
    assert_true(second.sliced_time_s == 1958 && second.sliced_mass_g == 10.18);
    assert_int_equal(second.sliced_filament_count, 2);
    assert_int_equal(second.sliced_filaments[0].index, 3);
    assert_true(second.sliced_filaments[0].used_m == 3.39 && second.sliced_filaments[0].used_g == 10.18);
    assert_int_equal(second.sliced_filaments[1].index, 1);
    assert_true(second.sliced_filaments[1].used_m == -1 && second.sliced_filaments[1].used_g == -1);
    assert_int_equal(second.sliced_object_count, 1);
    assert_string_equal(second.sliced_objects[0], "shell");
    assert_int_equal(second.skipped_count, 2);
    assert_string_equal(second.skipped[0], "lid");
    assert_string_equal(second.skipped[1], "");
    char *json;
    assert_int_equal(lq_contents_json(p.model, NULL, &json, NULL), LQ_OK);
    assert_non_null(strstr(json, "\"sliced\":{\"time_s\":1958,\"mass_g\":10.18,\"filaments\":[{\"index\":3,"
                                 "\"used_m\":3.39,\"used_g\":10.18},{\"index\":1,\"used_m\":null,\"used_g\":null}],"
                                 "\"objects\":[\"shell\"],\"skipped\":[\"lid\",\"\"]}"));
    assert_non_null(strstr(json, "\"sliced\":null"));
    lq_text_free(p.context, json);
    project_close(&p);
}

/* A sliced export has no model: it is listed, and refused with what its slicer says. */
static void sliced_file_without_model(void **state)
{
    (void)state;
    static const char slices[] =
        "<config><plate><metadata key='index' value='1'/><metadata key='prediction' value='7000'/>"
        "<metadata key='weight' value='30'/></plate><plate><metadata key='index' value='2'/>"
        "<metadata key='prediction' value='745'/><metadata key='weight' value='2.12'/></plate></config>";
    const pack_entry more[] = {project_entry("Metadata/plate_1.gcode", "G28"),
                               project_entry(PROJECT_SETTINGS, "<config>"
                                                               "<plate><metadata key='plater_id' value='1'/></plate>"
                                                               "<plate><metadata key='plater_id' value='2'/></plate>"
                                                               "</config>"),
                               project_entry(PROJECT_SLICES, slices)};
    for (size_t count = 2; count < 4; count++) {
        project p = project_open(project_model(NULL, 0, "", ""), more, count);
        assert_non_null(p.contents);
        assert_int_equal(lq_contents_plate_count(p.contents), 2);
        assert_int_equal(lq_contents_object_count(p.contents), 0);
        lq_part *part = NULL;
        assert_int_equal(lq_part_read(p.model, NULL, &part), LQ_ERR_UNSUPPORTED);
        assert_null(part);
        const lq_error *error = lq_context_error(p.context);
        assert_string_equal(error->code, "3mf_gcode_only");
        int summed = strstr(error->message, "2 h 09") && strstr(error->message, "32.1 g");
        assert_int_equal(summed, count == 3);
        project_close(&p);
    }
}

/* ---- archives ---- */

static void why_entries_are_no_parts(void **state)
{
    (void)state;
    static const char stl[] = "solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\n"
                              "endloop\nendfacet\nendsolid a\n";
    size_t inner_size, gzip_size;
    const pack_entry inside = project_entry("a.stl", stl);
    uint8_t *inner = pack_zip(&inside, 1, NULL, &inner_size), *zipped = pack_gzip("text", 4, &gzip_size);
    const pack_entry entries[] = {project_entry("z/Stück.stl", stl),
                                  {.name = "locked.stl", .data = stl, .size = sizeof stl - 1, .encrypted = 1},
                                  {.name = "odd.stl", .data = stl, .size = sizeof stl - 1, .method = 12},
                                  {.name = "inner.zip", .data = inner, .size = inner_size},
                                  {.name = "text.gz", .data = zipped, .size = gzip_size},
                                  project_entry("a.obj", "v 1 2 3\nv 1 2 4\nv 1 3 3\nf 1 2 3\n"),
                                  project_entry("old.7z", "7z\xBC\xAF\x27\x1C"),
                                  project_entry("readme.txt", "read me"),
                                  project_entry("__MACOSX/._a.stl", "junk"),
                                  project_entry("a.stl", stl)};
    static const struct {
        const char *name, *reason, *detected;
    } expected[] = {{"z/Stück.stl", NULL, NULL},
                    {"locked.stl", "zip_encrypted", NULL},
                    {"odd.stl", "zip_method", NULL},
                    {"inner.zip", "zip_nested", NULL},
                    {"text.gz", "unsupported_compression", "gzip"},
                    {"a.obj", "unsupported_format", "obj"},
                    {"old.7z", "unsupported_compression", "7z"},
                    {"readme.txt", "unsupported_format", NULL},
                    {"a.stl", NULL, NULL}};
    size_t size;
    uint8_t *bytes = pack_zip(entries, sizeof entries / sizeof *entries, NULL, &size);
    project p = project_open_bytes(bytes, size, NULL);
    assert_non_null(p.model);
    assert_int_equal(lq_model_entry_count(p.model), sizeof expected / sizeof *expected);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        lq_entry entry;
        assert_int_equal(lq_model_entry(p.model, i, &entry), LQ_OK);
        CHECK_TEXT("entry", entry.name, expected[i].name, "name");
        CHECK_INT(entry.name, entry.quotable, expected[i].reason == NULL, "quotable");
        CHECK_TEXT(entry.name, entry.reason ? entry.reason : "-", expected[i].reason ? expected[i].reason : "-",
                   "reason");
        CHECK_TEXT(entry.name, entry.detected ? entry.detected : "-", expected[i].detected ? expected[i].detected : "-",
                   "detected");
    }
    project_close(&p);
    free(zipped);
    free(inner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_of_filaments),         cmocka_unit_test(filaments_of_bambu_parts),
        cmocka_unit_test(filaments_of_prusa_parts),  cmocka_unit_test(no_filaments_are_told),
        cmocka_unit_test(too_many_filaments),        cmocka_unit_test(painted_triangles),
        cmocka_unit_test(items_on_no_plate),         cmocka_unit_test(results_of_slicing),
        cmocka_unit_test(sliced_file_without_model), cmocka_unit_test(why_entries_are_no_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
