/* Findings that hold a project's words against its geometry: results of slicing, parts that overlap, supports. */
#include "tests/support/check.h"
#include "tests/support/project.h"

#include <math.h>
#include <stdlib.h>

#define CUBES(array) array, sizeof array / sizeof *array

/* The report of a selection; NULL for the whole. */
static lq_report *report_of(const project *p, const lq_selection *selection)
{
    lq_part *part = NULL;
    lq_report *report = NULL;
    assert_int_equal(lq_part_read(p->model, selection, &part), LQ_OK);
    assert_int_equal(lq_part_analyse(p->context, part, NULL, &report), LQ_OK);
    lq_part_destroy(part);
    return report;
}

static int find(const lq_report *report, const char *code, lq_diagnostic *found)
{
    for (size_t i = 0; i < lq_report_diagnostic_count(report); i++)
        if (lq_report_diagnostic(report, i, found) == LQ_OK && strcmp(found->code, code) == 0) return 1;
    return 0;
}

/* ---- results of slicing ---- */

/* A cube of 20 mm: 8 cm3 and 24 cm2, in a filament of 1.25 g/cm3. Solid it weighs 10 g, a skin of 0.4 mm 1.2 g. */
static project sliced_cube(const char *mass, const char *more_of_plate, const char *densities)
{
    static const char settings[] = "<config><plate><metadata key='plater_id' value='1'/><model_instance>"
                                   "<metadata key='object_id' value='1'/><metadata key='instance_id' value='0'/>"
                                   "</model_instance></plate></config>";
    char slices[1024], filaments[256];
    snprintf(slices, sizeof slices,
             "<config><plate><metadata key='index' value='1'/><metadata key='prediction' value='3700'/>"
             "<metadata key='weight' value='%s'/>%s</plate></config>",
             mass, more_of_plate);
    snprintf(filaments, sizeof filaments, "{\"filament_type\":[\"PLA\",\"PVA\"],\"filament_density\":%s}", densities);
    const project_cube cube = {.id = 1};
    const pack_entry more[] = {project_entry(PROJECT_SETTINGS, settings), project_entry(PROJECT_FILAMENTS, filaments),
                               project_entry(PROJECT_SLICES, slices)};
    return project_open(project_model(&cube, 1, "", "<item objectid='1'/>"), more, 3);
}

static void claims_and_their_bounds(void **state)
{
    (void)state;
    static const char one[] = "[\"1.25\",\"1.25\"]";
    static const struct {
        const char *name, *mass, *more, *densities;
        const char *mismatch; /* which bound, or NULL */
    } cases[] = {
        {"solid", "10", "", one, NULL},
        {"fifteen percent infill", "3.1", "", one, NULL},
        {"solid and a brim", "14.9", "", one, NULL},
        {"another model", "15.1", "", one, "mass_max_g"},
        {"far too heavy", "300", "", one, "mass_max_g"},
        {"supports take what they take", "15.1", "<metadata key='support_used' value='true'/>", one, NULL},
        {"a purge tower as well", "15.1", "<filament id='1' used_g='7'/><filament id='2' used_g='8.1'/>", one, NULL},
        {"a vase of one line", "0.61", "", one, NULL},
        {"thinner than any line", "0.59", "", one, "mass_min_g"},
        {"nothing", "0", "", one, "mass_min_g"},
        {"objects were left out", "0.59", "<object name='a' skipped='true'/>", one, NULL},
        {"density not told", "59", "", "[]", NULL},
        {"heavier than any filament", "61", "", "[]", "mass_max_g"},
        {"density of the filament in use", "28", "<filament id='2' used_g='28'/>", "[\"1.25\",\"2.5\"]", NULL},
        {"the heavier of two that may be in use", "28", "", "[\"1.25\",\"2.5\"]", NULL},
        {"a filament beyond the list", "59", "<filament id='9' used_g='59'/>", one, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        project p = sliced_cube(cases[i].mass, cases[i].more, cases[i].densities);
        assert_non_null(p.model);
        lq_report *report = report_of(&p, NULL);
        lq_diagnostic present, mismatch;
        CHECK(find(report, "slice_info_present", &present), "%s: the claim is not told", cases[i].name);
        CHECK_INT(cases[i].name, present.severity, LQ_SEVERITY_INFO, "severity");
        CHECK_TEXT(cases[i].name, present.measure_name, "mass_g", "measure");
        CHECK_NEAR(cases[i].name, present.measure_value, atof(cases[i].mass), 1e-12, "claimed mass");
        CHECK(strstr(present.message, "1 h 02"), "%s: no time in \"%s\"", cases[i].name, present.message);
        int found = find(report, "slice_info_mismatch", &mismatch);
        CHECK_INT(cases[i].name, found, cases[i].mismatch != NULL, "mismatch");
        if (found) {
            CHECK_INT(cases[i].name, mismatch.severity, LQ_SEVERITY_WARN, "severity");
            CHECK_TEXT(cases[i].name, mismatch.measure_name, cases[i].mismatch, "measure");
            int told = strcmp(cases[i].densities, one) == 0;
            double bound = strcmp(cases[i].mismatch, "mass_max_g") == 0 ? (told ? 10 : 40) : 1.2;
            CHECK_NEAR(cases[i].name, mismatch.measure_value, bound, 1e-9, "bound");
        }
        lq_report_destroy(report);
        project_close(&p);
    }
}

/* The claim is about the plate as it was sliced, and about nothing else. */
static void claims_of_something_else(void **state)
{
    (void)state;
    const lq_selection plate = {.struct_size = sizeof plate, .plate = 1},
                       scaled = {.struct_size = sizeof scaled, .scale = 10},
                       inch = {.struct_size = sizeof inch, .unit = LQ_UNIT_INCH},
                       object = {.struct_size = sizeof object, .object = "1"};
    const struct {
        const lq_selection *selection;
        int told;
    } cases[] = {{NULL, 1}, {&plate, 1}, {&scaled, 0}, {&inch, 0}, {&object, 0}};
    project p = sliced_cube("300", "", "[\"1.25\"]");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lq_report *report = report_of(&p, cases[i].selection);
        lq_diagnostic finding;
        CHECK(find(report, "slice_info_present", &finding) == cases[i].told, "case %zu: told or not", i);
        CHECK(find(report, "slice_info_mismatch", &finding) == cases[i].told, "case %zu: compared or not", i);
        lq_report_destroy(report);
    }
    project_close(&p);
    p = sliced_cube("", "<metadata key='prediction' value=''/>", "[\"1.25\"]");
    lq_report *report = report_of(&p, NULL);
    lq_diagnostic finding;
    assert_int_equal(find(report, "slice_info_present", &finding), 0);
    lq_report_destroy(report);
    project_close(&p);
}

/* ---- overlaps ---- */

#define MOVED(id, x) "<component objectid='" id "' transform='1 0 0 0 1 0 0 0 1 " x " 0 0'/>"

/* The stated error or the stated range holds. */
static void expect_volume(const char *name, const lq_facts *facts, double volume)
{
    if (isnan(facts->volume_low_mm3)) {
        CHECK_NEAR(name, facts->volume_mm3, volume, facts->volume_error_mm3 + 1e-9, "volume");
        return;
    }
    CHECK(facts->volume_low_mm3 <= volume + 1e-9 && volume <= facts->volume_high_mm3 + 1e-9,
          "%s: %g is not in %g to %g", name, volume, facts->volume_low_mm3, facts->volume_high_mm3);
    CHECK_NEAR(name, facts->volume_positive_mm3, volume, 0.02 * volume, "sampled union");
    CHECK(facts->volume_mm3 >= volume - 1e-9, "%s: priced by less than the body", name);
}

static void parts_that_share_their_boxes(void **state)
{
    (void)state;
    /* Two or three cubes of 20 mm; `shared`: counted more often than once, in mm3. */
    static const struct {
        const char *name, *components, *items;
        double shared, volume; /* volume: of the body that is made */
        uint64_t count;
        lq_severity severity;
    } cases[] = {
        {"apart", MOVED("1", "0") MOVED("1", "30"), "<item objectid='9'/>", 0, 16000, 0, 0},
        {"touching", MOVED("1", "0") MOVED("1", "20"), "<item objectid='9'/>", 0, 16000, 0, 0},
        {"touching, rounded", MOVED("1", "0") MOVED("1", "19.9999"), "<item objectid='9'/>", 0, 15999.96, 0, 0},
        {"a quarter", MOVED("1", "0") MOVED("1", "15"), "<item objectid='9'/>", 2000, 14000, 1, LQ_SEVERITY_WARN},
        {"a sliver", MOVED("1", "0") MOVED("1", "19.9"), "<item objectid='9'/>", 40, 15960, 1, LQ_SEVERITY_INFO},
        {"the same place", MOVED("1", "0") MOVED("1", "0"), "<item objectid='9'/>", 8000, 8000, 1, LQ_SEVERITY_WARN},
        {"three in one place", MOVED("1", "0") MOVED("1", "0") MOVED("1", "0"), "<item objectid='9'/>", 16000, 8000, 1,
         LQ_SEVERITY_WARN},
        {"two instances", MOVED("1", "0") MOVED("1", "15"),
         "<item objectid='9'/><item objectid='9' transform='1 0 0 0 1 0 0 0 1 90 0 0'/>", 4000, 28000, 2,
         LQ_SEVERITY_WARN},
        {"two items", MOVED("1", "0") MOVED("1", "30"),
         "<item objectid='9'/><item objectid='1' transform='1 0 0 0 1 0 0 0 1 5 0 0'/>", 0, 24000, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char joined[1024];
        snprintf(joined, sizeof joined, "<object id='9'><components>%s</components></object>", cases[i].components);
        const project_cube cube = {.id = 1};
        project p = project_open(project_model(&cube, 1, joined, cases[i].items), NULL, 0);
        lq_report *report = report_of(&p, NULL);
        lq_diagnostic finding;
        CHECK_INT(cases[i].name, find(report, "parts_overlap", &finding), cases[i].count != 0, "told");
        if (cases[i].count) {
            CHECK_INT(cases[i].name, finding.count, cases[i].count, "count");
            CHECK_INT(cases[i].name, finding.severity, cases[i].severity, "severity");
            CHECK_NEAR(cases[i].name, finding.measure_value, cases[i].shared, 1e-6, finding.measure_name);
        }
        const lq_facts *facts = lq_report_facts(report);
        expect_volume(cases[i].name, facts, cases[i].volume);
        lq_report_destroy(report);
        project_close(&p);
    }
}

/* What is cut away may lie anywhere, and is told by negative_part. */
static void negative_parts_are_no_overlap(void **state)
{
    (void)state;
    const project_cube cubes[] = {{.id = 1}, {.id = 2, .type = "other"}};
    const pack_entry settings =
        project_entry(PROJECT_SETTINGS, "<config><object id='9'><part id='1' subtype='normal_part'/><part id='2' "
                                        "subtype='negative_part'/></object></config>");
    project p = project_open(project_model(CUBES(cubes),
                                           "<object id='9'><components><component objectid='1'/>"
                                           "<component objectid='2'/></components></object>",
                                           "<item objectid='9'/>"),
                             &settings, 1);
    lq_report *report = report_of(&p, NULL);
    lq_diagnostic finding;
    assert_int_equal(find(report, "parts_overlap", &finding), 0);
    assert_int_equal(find(report, "negative_part", &finding), 1);
    lq_report_destroy(report);
    project_close(&p);
}

/* A crowd of parts in one place: the look at pairs ends, the report comes all the same. */
static void a_crowd_of_parts(void **state)
{
    (void)state;
    char *joined = malloc(60000);
    assert_non_null(joined);
    size_t at = (size_t)sprintf(joined, "<object id='2'><components>");
    for (int i = 0; i < 60; i++) at += (size_t)sprintf(joined + at, "<component objectid='1'/>");
    at += (size_t)sprintf(joined + at, "</components></object><object id='9'><components>");
    for (int i = 0; i < 100; i++) at += (size_t)sprintf(joined + at, "<component objectid='2'/>");
    sprintf(joined + at, "</components></object>");
    const project_cube cube = {.id = 1};
    project p = project_open(project_model(&cube, 1, joined, "<item objectid='9'/>"), NULL, 0);
    lq_report *report = report_of(&p, NULL);
    lq_diagnostic finding;
    assert_int_equal(find(report, "parts_overlap", &finding), 1);
    CHECK_NEAR("crowd", finding.measure_value, 5999 * 8000.0, 1, "shared at most");
    lq_report_destroy(report);
    project_close(&p);
    free(joined);
}

/* ---- supports ---- */

static void supports_are_not_priced(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        uint64_t count;
    } cases[] = {{"solidsupport", 2}, {"support", 2}, {"model", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const project_cube cubes[] = {{.id = 1}, {.id = 2, .type = cases[i].type}};
        project p = project_open(project_model(CUBES(cubes), "",
                                               "<item objectid='1'/><item objectid='2' transform='1 0 0 0 1 0 0 0 1 30 "
                                               "0 0'/><item objectid='2' transform='1 0 0 0 1 0 0 0 1 60 0 0'/>"),
                                 NULL, 0);
        lq_object object;
        assert_int_equal(lq_contents_object(p.contents, 1, &object), LQ_OK);
        CHECK_INT(cases[i].type, object.role, cases[i].count ? LQ_ROLE_SUPPORT : LQ_ROLE_MODEL, "role");
        lq_report *report = report_of(&p, NULL);
        lq_diagnostic finding;
        CHECK_INT(cases[i].type, find(report, "object_type_not_model", &finding), cases[i].count != 0, "told");
        if (cases[i].count) CHECK_INT(cases[i].type, finding.count, cases[i].count, "count");
        CHECK_NEAR(cases[i].type, lq_report_facts(report)->volume_mm3, cases[i].count ? 8000 : 24000, 1e-6, "volume");
        lq_report_destroy(report);
        project_close(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_and_their_bounds),
        cmocka_unit_test(claims_of_something_else),
        cmocka_unit_test(parts_that_share_their_boxes),
        cmocka_unit_test(negative_parts_are_no_overlap),
        cmocka_unit_test(a_crowd_of_parts),
        cmocka_unit_test(supports_are_not_priced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
