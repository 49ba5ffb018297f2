/* Pictures in projects: which one is told, what of it, and that damage to one harms nothing else. */
#include "tests/support/check.h"
#include "tests/support/project.h"

#include <stdlib.h>

#define RELATIONS_BEGIN                                                                    \
    "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>" \
    "<Relationship Target='/3D/3dmodel.model' Id='m' "                                     \
    "Type='http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel'/>"
#define OF_FILE "Type='http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail'"
#define MIDDLE "Type='http://schemas.bambulab.com/package/2021/cover-thumbnail-middle'"

#define ENTRIES_MAX 8

/* A package under construction: one cube on one plate of Bambu Studio's kind. */
typedef struct package {
    char *model;
    pack_entry entries[4 + ENTRIES_MAX];
    size_t count;
} package;

static package package_begin(const char *relations, const char *settings)
{
    const project_cube cube = {.id = 1};
    package made = {.model = project_model(&cube, 1, "", "<item objectid='1'/>")};
    made.entries[0] = project_entry("[Content_Types].xml", pack_content_types);
    made.entries[1] = project_entry("_rels/.rels", relations ? relations : pack_root_relationships);
    made.entries[2] = project_entry("3D/3dmodel.model", made.model);
    made.count = 3;
    if (settings) made.entries[made.count++] = project_entry(PROJECT_SETTINGS, settings);
    return made;
}

static project package_open(package *made)
{
    size_t size;
    uint8_t *bytes = pack_zip(made->entries, made->count, NULL, &size);
    free(made->model);
    return project_open_bytes(bytes, size, NULL);
}

static lq_thumbnail thumbnail_at(const project *p, size_t plate)
{
    lq_thumbnail thumbnail = {0};
    assert_non_null(p->contents);
    assert_int_equal(lq_contents_thumbnail(p->contents, plate, &thumbnail), LQ_OK);
    return thumbnail;
}

static void check_thumbnail(const char *name, const project *p, size_t plate, const char *entry,
                            lq_picture_format format, uint32_t width, uint32_t height)
{
    lq_thumbnail thumbnail = thumbnail_at(p, plate);
    CHECK_TEXT(name, thumbnail.entry ? thumbnail.entry : "-", entry ? entry : "-", "entry");
    if (!entry) return;
    CHECK_INT(name, thumbnail.format, format, "format");
    CHECK_INT(name, thumbnail.width, width, "width");
    CHECK_INT(name, thumbnail.height, height, "height");
}

/* The bytes cannot be had for this reason, and the model is as good as before. */
static void check_refused(const char *name, const project *p, size_t plate, lq_status status, const char *code)
{
    void *bytes = &bytes;
    size_t size = 1;
    CHECK_INT(name, lq_contents_thumbnail_read(p->contents, plate, &bytes, &size), status, "status");
    CHECK(bytes == NULL && size == 0, "%s: something was handed out", name);
    CHECK_TEXT(name, lq_context_error(p->context)->code, code, "code");
    CHECK_INT(name, lq_context_error(p->context)->status, status, "status of the context");
    lq_part *part = NULL;
    lq_report *report = NULL;
    CHECK_INT(name, lq_part_read(p->model, NULL, &part), LQ_OK, "reading the part");
    const lq_analyse_options how = {.struct_size = sizeof how, .no_printability = 1}; /* which has memory of its own */
    CHECK_INT(name, lq_part_analyse(p->context, part, &how, &report), LQ_OK, "measuring the part");
    CHECK_NEAR(name, lq_report_facts(report)->volume_mm3, 8000, 1e-6, "volume");
    for (size_t i = 0; i < lq_report_diagnostic_count(report); i++) {
        lq_diagnostic finding;
        assert_int_equal(lq_report_diagnostic(report, i, &finding), LQ_OK);
        CHECK(finding.severity == LQ_SEVERITY_INFO, "%s: the picture became the finding %s", name, finding.code);
    }
    lq_report_destroy(report);
    lq_part_destroy(part);
}

static void picture_of_the_file(void **state)
{
    (void)state;
    static const uint8_t jpeg[] = {0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F'};
    uint8_t *large = project_png(512, 384, 5000), *small = project_png(128, 96, 100);
    static const struct {
        const char *name, *relations;
        const char *entry; /* NULL: none */
        lq_picture_format format;
        uint32_t width, height;
    } cases[] = {
        {"named", RELATIONS_BEGIN "<Relationship Target='/Metadata/Large.png' Id='t' " OF_FILE "/></Relationships>",
         "Metadata/Large.png", LQ_PICTURE_PNG, 512, 384},
        {"other case", RELATIONS_BEGIN "<Relationship Target='metadata/LARGE.png' Id='t' " OF_FILE "/></Relationships>",
         "Metadata/Large.png", LQ_PICTURE_PNG, 512, 384},
        {"jpeg", RELATIONS_BEGIN "<Relationship Target='/a%20b.jpg' Id='t' " OF_FILE "/></Relationships>", "a b.jpg",
         LQ_PICTURE_JPEG, 0, 0},
        {"the file's comes first",
         RELATIONS_BEGIN "<Relationship Target='/small.png' Id='s' " MIDDLE
                         "/><Relationship Target='/Metadata/Large.png' Id='t' " OF_FILE "/></Relationships>",
         "Metadata/Large.png", LQ_PICTURE_PNG, 512, 384},
        {"a cover where the file's is gone",
         RELATIONS_BEGIN "<Relationship Target='/gone.png' Id='t' " OF_FILE
                         "/><Relationship Target='/small.png' Id='s' " MIDDLE "/></Relationships>",
         "small.png", LQ_PICTURE_PNG, 128, 96},
        {"a cover where the file's is no picture",
         RELATIONS_BEGIN "<Relationship Target='/3D/3dmodel.model' Id='t' " OF_FILE
                         "/><Relationship Target='/small.png' Id='s' " MIDDLE "/></Relationships>",
         "small.png", LQ_PICTURE_PNG, 128, 96},
        {"no picture", RELATIONS_BEGIN "<Relationship Target='/3D/3dmodel.model' Id='t' " OF_FILE "/></Relationships>",
         "3D/3dmodel.model", LQ_PICTURE_UNKNOWN, 0, 0},
        {"none", NULL, NULL, LQ_PICTURE_UNKNOWN, 0, 0},
        {"outside", RELATIONS_BEGIN "<Relationship Target='../../etc/passwd' Id='t' " OF_FILE "/></Relationships>",
         NULL, LQ_PICTURE_UNKNOWN, 0, 0},
        {"external",
         RELATIONS_BEGIN "<Relationship Target='/small.png' TargetMode='External' Id='t' " OF_FILE "/></Relationships>",
         NULL, LQ_PICTURE_UNKNOWN, 0, 0},
        {"empty", RELATIONS_BEGIN "<Relationship Target='' Id='t' " OF_FILE "/></Relationships>", NULL,
         LQ_PICTURE_UNKNOWN, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        package made = package_begin(cases[i].relations, NULL);
        made.entries[made.count++] = (pack_entry){.name = "Metadata/Large.png", .data = large, .size = 5000};
        made.entries[made.count++] = (pack_entry){.name = "small.png", .data = small, .size = 100, .stored = 1};
        made.entries[made.count++] = (pack_entry){.name = "a b.jpg", .data = jpeg, .size = sizeof jpeg};
        project p = package_open(&made);
        check_thumbnail(cases[i].name, &p, LQ_WHOLE_FILE, cases[i].entry, cases[i].format, cases[i].width,
                        cases[i].height);
        check_thumbnail(cases[i].name, &p, 0, NULL, LQ_PICTURE_UNKNOWN, 0, 0); /* no plate of the file's own */
        project_close(&p);
    }
    free(small);
    free(large);
}

static void prusa_picture_by_name(void **state)
{
    (void)state;
    uint8_t *png = project_png(256, 256, 64);
    package made = package_begin(NULL, NULL);
    made.entries[made.count++] = (pack_entry){.name = "Metadata/thumbnail.png", .data = png, .size = 64};
    project p = package_open(&made);
    check_thumbnail("by name", &p, LQ_WHOLE_FILE, "Metadata/thumbnail.png", LQ_PICTURE_PNG, 256, 256);
    assert_int_equal(thumbnail_at(&p, LQ_WHOLE_FILE).size, 64);
    project_close(&p);
    free(png);
}

static void pictures_of_plates(void **state)
{
    (void)state;
    static const char settings[] =
        "<config><plate><metadata key='plater_id' value='1'/>"
        "<metadata key='thumbnail_file' value='Metadata/cover.png'/><model_instance>"
        "<metadata key='object_id' value='1'/><metadata key='instance_id' value='0'/></model_instance></plate>"
        /* what comes first is no picture, what comes second is not there */
        "<plate><metadata key='plater_id' value='2'/><metadata key='pick_file' value='Metadata/pick.png'/>"
        "<metadata key='top_file' value='/Metadata/top.png'/>"
        "<metadata key='thumbnail_no_light_file' value='Metadata/gone.png'/>"
        "<metadata key='thumbnail_file' value='3D/3dmodel.model'/></plate>"
        "<plate><metadata key='plater_id' value='3'/><metadata key='thumbnail_file' value=''/></plate>"
        "<plate><metadata key='plater_id' value='4'/></plate></config>";
    static const char *const names[] = {"Metadata/cover.png", "Metadata/pick.png", "Metadata/top.png",
                                        "Metadata/plate_3.png"};
    uint8_t *png[4];
    package made = package_begin(NULL, settings);
    for (uint32_t i = 0; i < 4; i++) {
        png[i] = project_png(i + 1, 10, 40);
        made.entries[made.count++] = (pack_entry){.name = names[i], .data = png[i], .size = 40};
    }
    project p = package_open(&made);
    check_thumbnail("told", &p, 0, "Metadata/cover.png", LQ_PICTURE_PNG, 1, 10);
    check_thumbnail("from above", &p, 1, "Metadata/top.png", LQ_PICTURE_PNG, 3, 10);
    check_thumbnail("by name", &p, 2, "Metadata/plate_3.png", LQ_PICTURE_PNG, 4, 10);
    check_thumbnail("none", &p, 3, NULL, LQ_PICTURE_UNKNOWN, 0, 0);
    lq_thumbnail thumbnail;
    assert_int_equal(lq_contents_thumbnail(p.contents, 4, &thumbnail), LQ_ERR_ARGUMENT);
    char *json;
    assert_int_equal(lq_contents_json(p.model, NULL, &json, NULL), LQ_OK);
    assert_non_null(strstr(json, "\"thumbnail\":{\"entry\":\"Metadata/top.png\",\"bytes\":40,\"format\":\"png\","
                                 "\"width\":3,\"height\":10}"));
    assert_non_null(strstr(json, "\"thumbnail\":null"));
    lq_text_free(p.context, json);
    for (size_t i = 0; i < 2; i++) check_refused("none", &p, i ? 3 : LQ_WHOLE_FILE, LQ_ERR_ARGUMENT, "argument");
    check_refused("no such plate", &p, 4, LQ_ERR_ARGUMENT, "argument");
    project_close(&p);
    for (size_t i = 0; i < 4; i++) free(png[i]);
}

static void bytes_outlive_the_model(void **state)
{
    (void)state;
    uint8_t *png = project_png(512, 512, 70000);
    for (size_t i = 24; i < 70000; i++) png[i] = (uint8_t)(i * 2654435761u >> 13);
    for (int stored = 0; stored < 2; stored++) {
        package made = package_begin(NULL, NULL);
        made.entries[made.count++] =
            (pack_entry){.name = "Metadata/thumbnail.png", .data = png, .size = 70000, .stored = stored};
        project p = package_open(&made);
        void *bytes;
        size_t size;
        assert_int_equal(lq_contents_thumbnail_read(p.contents, LQ_WHOLE_FILE, &bytes, &size), LQ_OK);
        lq_model_close(p.model);
        p.model = NULL;
        assert_int_equal(size, 70000);
        assert_memory_equal(bytes, png, size);
        lq_bytes_free(p.context, bytes);
        lq_bytes_free(p.context, NULL);
        project_close(&p);
    }
    free(png);
}

static void damaged_pictures(void **state)
{
    (void)state;
    uint8_t *png = project_png(640, 480, 3000), *flat = project_png(0, 480, 3000),
            *huge = project_png(1u << 31, 1, 3000);
    uint8_t *odd = project_png(640, 480, 3000);
    odd[12] = 'X'; /* another chunk comes first */
    const struct {
        const char *name;
        pack_entry entry;
        lq_picture_format format;
        uint32_t width;
        lq_status status; /* of reading it */
        const char *code;
    } cases[] = {
        {"wrong checksum", {.data = png, .size = 3000, .crc_xor = 1}, LQ_PICTURE_PNG, 640, LQ_ERR_INPUT, "zip_crc"},
        {"a claim of 100 MB",
         {.data = png, .size = 3000, .size_more = 100 << 20},
         LQ_PICTURE_PNG,
         640,
         LQ_ERR_LIMIT,
         "limit"},
        {"stored, a claim of 100 MB",
         {.data = png, .size = 3000, .stored = 1, .size_more = 100 << 20},
         LQ_PICTURE_PNG,
         640,
         LQ_ERR_LIMIT,
         "limit"},
        {"a claim of 7 MB",
         {.data = png, .size = 3000, .size_more = 7 << 20},
         LQ_PICTURE_PNG,
         640,
         LQ_ERR_INPUT,
         "zip_crc"},
        {"locked",
         {.data = png, .size = 3000, .encrypted = 1},
         LQ_PICTURE_UNKNOWN,
         0,
         LQ_ERR_UNSUPPORTED,
         "zip_encrypted"},
        {"another method",
         {.data = png, .size = 3000, .method = 12},
         LQ_PICTURE_UNKNOWN,
         0,
         LQ_ERR_UNSUPPORTED,
         "zip_method"},
        {"text",
         {.data = "not a picture", .size = 13},
         LQ_PICTURE_UNKNOWN,
         0,
         LQ_ERR_UNSUPPORTED,
         "unsupported_format"},
        {"empty", {.data = "", .size = 0}, LQ_PICTURE_UNKNOWN, 0, LQ_ERR_UNSUPPORTED, "unsupported_format"},
        {"seven bytes", {.data = png, .size = 7}, LQ_PICTURE_UNKNOWN, 0, LQ_ERR_UNSUPPORTED, "unsupported_format"},
        {"signature alone", {.data = png, .size = 8}, LQ_PICTURE_PNG, 0, LQ_OK, ""},
        {"cut in the header", {.data = png, .size = 23}, LQ_PICTURE_PNG, 0, LQ_OK, ""},
        {"just the header", {.data = png, .size = 24}, LQ_PICTURE_PNG, 640, LQ_OK, ""},
        {"no width", {.data = flat, .size = 3000}, LQ_PICTURE_PNG, 0, LQ_OK, ""},
        {"wider than PNG allows", {.data = huge, .size = 3000}, LQ_PICTURE_PNG, 0, LQ_OK, ""},
        {"another chunk first", {.data = odd, .size = 3000}, LQ_PICTURE_PNG, 0, LQ_OK, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        package made = package_begin(NULL, NULL);
        pack_entry *entry = &made.entries[made.count++];
        *entry = cases[i].entry;
        entry->name = "Metadata/thumbnail.png";
        project p = package_open(&made);
        check_thumbnail(cases[i].name, &p, LQ_WHOLE_FILE, "Metadata/thumbnail.png", cases[i].format, cases[i].width,
                        cases[i].width ? 480 : 0);
        if (cases[i].status != LQ_OK) {
            check_refused(cases[i].name, &p, LQ_WHOLE_FILE, cases[i].status, cases[i].code);
            CHECK(lq_context_memory_peak(p.context) < 8 << 20, "%s: memory for what is only claimed", cases[i].name);
        } else {
            void *bytes;
            size_t size;
            CHECK_INT(cases[i].name, lq_contents_thumbnail_read(p.contents, LQ_WHOLE_FILE, &bytes, &size), LQ_OK,
                      "status");
            CHECK_INT(cases[i].name, size, entry->size, "size");
            lq_bytes_free(p.context, bytes);
        }
        project_close(&p);
    }
    free(odd);
    free(huge);
    free(flat);
    free(png);
}

/* Two entries of one name, and two whose names differ by capitals: nobody can say which is meant. */
static void ambiguous_pictures(void **state)
{
    (void)state;
    uint8_t *one = project_png(1, 1, 100), *two = project_png(2, 2, 100);
    package made = package_begin(NULL, NULL);
    made.entries[made.count++] = (pack_entry){.name = "Metadata/thumbnail.png", .data = one, .size = 100};
    made.entries[made.count++] = (pack_entry){.name = "Metadata/thumbnail.png", .data = two, .size = 100};
    project p = package_open(&made);
    check_thumbnail("twice", &p, LQ_WHOLE_FILE, "Metadata/thumbnail.png", LQ_PICTURE_UNKNOWN, 0, 0);
    void *bytes;
    size_t size;
    assert_int_equal(lq_contents_thumbnail_read(p.contents, LQ_WHOLE_FILE, &bytes, &size), LQ_ERR_INPUT);
    assert_string_equal(lq_context_error(p.context)->code, "zip_duplicate");
    project_close(&p);
    made = package_begin(NULL, NULL);
    made.entries[made.count++] = (pack_entry){.name = "Metadata/Thumbnail.png", .data = one, .size = 100};
    made.entries[made.count++] = (pack_entry){.name = "Metadata/THUMBNAIL.png", .data = two, .size = 100};
    p = package_open(&made);
    check_thumbnail("capitals", &p, LQ_WHOLE_FILE, NULL, LQ_PICTURE_UNKNOWN, 0, 0);
    project_close(&p);
    free(two);
    free(one);
}

static void an_stl_has_none(void **state)
{
    (void)state;
    static const char stl[] = "solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\n"
                              "endloop\nendfacet\nendsolid a\n";
    uint8_t *bytes = malloc(sizeof stl);
    assert_non_null(bytes);
    memcpy(bytes, stl, sizeof stl);
    project p = project_open_bytes(bytes, sizeof stl - 1, NULL);
    check_thumbnail("file", &p, LQ_WHOLE_FILE, NULL, LQ_PICTURE_UNKNOWN, 0, 0);
    check_thumbnail("plate", &p, 0, NULL, LQ_PICTURE_UNKNOWN, 0, 0);
    project_close(&p);
}

static void names_of_formats(void **state)
{
    (void)state;
    assert_string_equal(lq_picture_format_name(LQ_PICTURE_PNG), "png");
    assert_string_equal(lq_picture_format_name(LQ_PICTURE_JPEG), "jpeg");
    assert_null(lq_picture_format_name(LQ_PICTURE_UNKNOWN));
    assert_null(lq_picture_format_name((lq_picture_format)99));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picture_of_the_file), cmocka_unit_test(prusa_picture_by_name),
        cmocka_unit_test(pictures_of_plates),  cmocka_unit_test(bytes_outlive_the_model),
        cmocka_unit_test(damaged_pictures),    cmocka_unit_test(ambiguous_pictures),
        cmocka_unit_test(an_stl_has_none),     cmocka_unit_test(names_of_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
