/* 3MF packages: which part is the model, part names, several parts, and what archives do to them. */
#include "tests/unit/threemf_collect.h"

#define MODEL_TYPES                                                                                               \
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"model\" " \
    "ContentType=\"application/vnd.ms-package.3dmanufacturing-3dmodel+xml\"/></Types>"

#define RELS(content)                        \
    "<?xml version=\"1.0\"?><Relationships " \
    "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" content "</Relationships>"
#define REL(target, more)            \
    "<Relationship Target=\"" target \
    "\" Id=\"r\" Type=\"http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel\" " more "/>"
#define REL_TYPE(target, type) "<Relationship Target=\"" target "\" Id=\"r\" Type=\"" type "\"/>"
#define MODEL(item) MODEL_BEGIN "><resources>" TETRA("1") "</resources><build>" item "</build></model>"
#define ITEM "<item objectid=\"1\"/>"
#define SUB_MODEL(unit) MODEL_BEGIN "unit=\"" unit "\"><resources>" TETRA("1") "</resources></model>"
#define TYPES                                                                              \
    {                                                                                      \
        .name = "[Content_Types].xml", .data = MODEL_TYPES, .size = sizeof MODEL_TYPES - 1 \
    }
#define FILE_OF(path, text)                                  \
    {                                                        \
        .name = path, .data = text, .size = sizeof(text) - 1 \
    }

static void collect_entries(collected *c, const pack_entry *entries, size_t count, const collect_options *options)
{
    size_t size;
    uint8_t *data = pack_zip(entries, count, NULL, &size);
    collect_bytes(c, data, size, options);
}

/* Notes expected, separated by blanks; exactly these. */
static void expect_notes(const collected *c, const char *name, const char *codes)
{
    size_t count = 0;
    for (const char *p = codes; *p;) {
        char code[64] = "";
        size_t length = strcspn(p, " ");
        memcpy(code, p, length);
        CHECK(lqi_notes_find(&c->notes, code), "%s: no note %s", name, code);
        count++;
        p += length;
        p += *p == ' ';
    }
    CHECK(c->notes.count == count, "%s: %zu notes, %s first", name, c->notes.count, c->notes.items[0].code);
}

static void expect_package(const char *name, const pack_entry *entries, size_t count, double volume, const char *notes)
{
    collected c;
    collect_entries(&c, entries, count, NULL);
    collect_good(&c, name);
    double low[3], high[3];
    CHECK_NEAR(name, collect_volume(&c, LQ_ROLE_MODEL, low, high), volume, 1e-9 * volume, "volume");
    expect_notes(&c, name, notes);
    collect_free(&c);
}

static void expect_refused(const char *name, const pack_entry *entries, size_t count, lq_status status,
                           const char *code, int64_t offset, const char *part)
{
    collected c;
    collect_entries(&c, entries, count, NULL);
    const lq_error *error = lq_context_error(c.context);
    CHECK(c.status == status, "%s: status %d, code %s", name, c.status, error->code);
    CHECK_TEXT(name, error->code, code, "code");
    CHECK_INT(name, error->offset, offset, "offset");
    CHECK_TEXT(name, error->part, part, "part");
    collect_free(&c);
}

#define EXPECT(name, entries, volume, notes) \
    expect_package(name, entries, sizeof(entries) / sizeof *(entries), volume, notes)
#define REFUSED(name, entries, status, code, offset, part) \
    expect_refused(name, entries, sizeof(entries) / sizeof *(entries), status, code, offset, part)

static void test_start(void **state)
{
    (void)state;
    const pack_entry plain[] = {TYPES, FILE_OF("_rels/.rels", RELS(REL("/3D/3dmodel.model", ""))),
                                FILE_OF("3D/3dmodel.model", MODEL(ITEM))};
    EXPECT("plain", plain, TETRA_VOLUME, "");
    const pack_entry elsewhere[] = {TYPES, FILE_OF("_rels/.rels", RELS(REL("deep/../x/./my%20part.mod", ""))),
                                    FILE_OF("x/my part.mod", MODEL(ITEM)),
                                    FILE_OF("3D/3dmodel.model", "no XML at all")};
    EXPECT("elsewhere", elsewhere, TETRA_VOLUME, "opc_content_types");
    const pack_entry raw_percent[] = {TYPES, FILE_OF("_rels/.rels", RELS(REL("/3D/a%20b.model", ""))),
                                      FILE_OF("3D/a%20b.model", MODEL(ITEM))};
    EXPECT("percent in the archive", raw_percent, TETRA_VOLUME, "");
    const pack_entry other_case[] = {TYPES, FILE_OF("_RELS/.rels", RELS(REL("/3D/3DModel.Model", ""))),
                                     FILE_OF("3d/3dmodel.model", MODEL(ITEM))};
    EXPECT("other case", other_case, TETRA_VOLUME, "");
    const pack_entry similar[] = {
        TYPES,
        FILE_OF("_rels/.rels",
                RELS(REL_TYPE("/3D/a.model", "http://schemas.microsoft.com/3dmanufacturing/2020/09/3dmodel"))),
        FILE_OF("3D/a.model", MODEL(ITEM)), FILE_OF("3D/3dmodel.model", "x")};
    EXPECT("similar type", similar, TETRA_VOLUME, "");
    const pack_entry no_rels[] = {TYPES, FILE_OF("3D/3DMODEL.model", MODEL(ITEM))};
    EXPECT("no relationships", no_rels, TETRA_VOLUME, "opc_no_rels");
    const pack_entry only_model[] = {FILE_OF("3D/my.model", MODEL(ITEM)), FILE_OF("3D/Textures/t.png", "x")};
    EXPECT("only model", only_model, TETRA_VOLUME, "opc_no_rels opc_content_types");
    const pack_entry dangling[] = {TYPES, FILE_OF("_rels/.rels", RELS(REL("/3D/none.model", ""))),
                                   FILE_OF("3D/3dmodel.model", MODEL(ITEM))};
    EXPECT("dangling", dangling, TETRA_VOLUME, "opc_no_rels");
    const pack_entry two_models[] = {TYPES, FILE_OF("3D/a.model", MODEL(ITEM)), FILE_OF("3D/b.model", MODEL(ITEM))};
    REFUSED("two models", two_models, LQ_ERR_INPUT, "3mf_no_model", -1, "");
    const pack_entry none[] = {TYPES, FILE_OF("a.txt", "hello")};
    REFUSED("none", none, LQ_ERR_INPUT, "3mf_no_model", -1, "");
    const pack_entry external[] = {
        TYPES, FILE_OF("_rels/.rels", RELS(REL("http://example.com/a.model", "TargetMode=\"External\""))),
        FILE_OF("3D/3dmodel.model", MODEL(ITEM))};
    REFUSED("external", external, LQ_ERR_INPUT, "opc_external", 105, "_rels/.rels");
    const pack_entry external_too[] = {
        TYPES,
        FILE_OF("_rels/.rels",
                RELS(REL("http://example.com/a", "TargetMode=\"External\"") REL("/3D/3dmodel.model", ""))),
        FILE_OF("3D/3dmodel.model", MODEL(ITEM))};
    EXPECT("one external, one not", external_too, TETRA_VOLUME, "");
    const pack_entry broken[] = {TYPES, FILE_OF("_rels/.rels", "<Relationships"),
                                 FILE_OF("3D/3dmodel.model", MODEL(ITEM))};
    REFUSED("broken relationships", broken, LQ_ERR_INPUT, "xml_syntax", 0, "_rels/.rels");
}

static void test_detect(void **state)
{
    (void)state;
    const struct {
        pack_entry entry;
        int is_3mf;
    } cases[] = {
        {FILE_OF("3D/3dmodel.model", "x"), 1},
        {FILE_OF("3d/3DMODEL.MODEL", "x"), 1},
        {FILE_OF("3D/other.model", "x"), 1},
        {FILE_OF("3D/deep/other.model", "x"), 0},
        {FILE_OF("_rels/.rels", RELS(REL("/a.xml", ""))), 1},
        {FILE_OF("_rels/.rels",
                 RELS(REL_TYPE("/word/document.xml",
                               "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"))),
         0},
        {{.name = "_rels/.rels", .data = "x", .size = 1, .encrypted = 1}, 0},
        {FILE_OF("part.stl", "solid"), 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size;
        uint8_t *data = pack_zip(&cases[i].entry, 1, NULL, &size);
        lq_context *context;
        assert_int_equal(lqi_context_create(NULL, &context), LQ_OK);
        lq_source source;
        lq_source_memory(data, size, NULL, &source);
        lqi_zip *zip;
        assert_int_equal(lqi_zip_open(context, &source, &zip), LQ_OK);
        CHECK_INT(cases[i].entry.name, lqi_threemf_detect(zip), cases[i].is_3mf, "detect");
        assert_int_equal(lq_context_error(context)->status, LQ_OK);
        lqi_zip_close(zip);
        assert_int_equal(lq_context_memory_held(context), 0);
        lq_context_destroy(context);
        free(data);
    }
}

static void test_several_starts(void **state)
{
    (void)state;
    static const char two_items[] = MODEL(ITEM ITEM), one_item[] = MODEL(ITEM), no_item[] = MODEL("");
    const pack_entry both[] = {TYPES, FILE_OF("_rels/.rels", RELS(REL("/3D/a.model", "") REL("/3D/b.model", ""))),
                               FILE_OF("3D/a.model", two_items), FILE_OF("3D/b.model", one_item)};
    EXPECT("first of two", both, 2 * TETRA_VOLUME, "opc_multiple_start");
    const pack_entry second[] = {TYPES, FILE_OF("_rels/.rels", RELS(REL("/3D/a.model", "") REL("/3D/b.model", ""))),
                                 FILE_OF("3D/a.model", no_item), FILE_OF("3D/b.model", two_items)};
    EXPECT("the one that builds", second, 2 * TETRA_VOLUME, "opc_multiple_start");
    const pack_entry same[] = {TYPES, FILE_OF("_rels/.rels", RELS(REL("/3D/a.model", "") REL("/3D/a.model", ""))),
                               FILE_OF("3D/a.model", two_items)};
    EXPECT("the same twice", same, 2 * TETRA_VOLUME, "");
    const pack_entry clash[] = {TYPES, FILE_OF("_rels/.rels", RELS(REL("/3D/a.model", ""))),
                                FILE_OF("3D/a.model", one_item), FILE_OF("3D/A.model", two_items)};
    EXPECT("case clash, one exact", clash, TETRA_VOLUME, "opc_case_clash");
    const pack_entry no_exact[] = {TYPES, FILE_OF("_rels/.rels", RELS(REL("/3D/aa.model", ""))),
                                   FILE_OF("3D/Aa.model", one_item), FILE_OF("3D/aA.model", two_items)};
    REFUSED("case clash", no_exact, LQ_ERR_INPUT, "opc_case_clash", -1, "3D/aa.model");
}

#define ROOT(path, attributes)                                                                                     \
    MODEL_BEGIN PRODUCTION attributes                                                                              \
        "><resources><object id=\"1\" name=\"whole\"><components><component objectid=\"1\" p:path=\"" path         \
        "\" transform=\"1 0 0 0 1 0 0 0 1 1 0 0\"/></components></object></resources><build><item objectid=\"1\" " \
        "transform=\"1 0 0 0 1 0 0 0 1 2 0 0\"/></build></model>"
#define ROOT_RELS FILE_OF("_rels/.rels", RELS(REL("/3D/3dmodel.model", "")))
#define MODEL_RELS(target) FILE_OF("3D/_rels/3dmodel.model.rels", RELS(REL(target, "")))

static void test_production(void **state)
{
    (void)state;
    /* Each part has its unit: vertices in centimetres, the component's and the item's shifts in inches. */
    const pack_entry units[] = {TYPES, ROOT_RELS, MODEL_RELS("/3D/Objects/o.model"),
                                FILE_OF("3D/3dmodel.model", ROOT("/3D/Objects/o.model", "unit=\"inch\"")),
                                FILE_OF("3D/Objects/o.model", SUB_MODEL("centimeter"))};
    EXPECT("units", units, 1000 * TETRA_VOLUME, "");
    collected c;
    collect_entries(&c, units, 5, NULL);
    double low[3], high[3];
    collect_volume(&c, LQ_ROLE_MODEL, low, high);
    CHECK_NEAR("units", low[0], 3 * 25.4, 1e-9, "low x");
    CHECK_NEAR("units", high[0], 3 * 25.4 + 100, 1e-9, "high x");
    assert_string_equal(c.contents->objects[1].id, "1@3D/Objects/o.model");
    assert_int_equal(c.contents->objects[1].triangle_count, 4);
    assert_string_equal(c.contents->items[0].object_id, "1");
    assert_int_equal(c.contents->unit, LQ_UNIT_INCH);
    collect_free(&c);

    const pack_entry unlisted[] = {TYPES, ROOT_RELS, FILE_OF("3D/3dmodel.model", ROOT("3D/objects/O.model", "")),
                                   FILE_OF("3D/Objects/o.model", SUB_MODEL("millimeter"))};
    EXPECT("unlisted, other case, no slash", unlisted, TETRA_VOLUME, "opc_unlisted_part");
    const pack_entry backslash[] = {TYPES, ROOT_RELS, MODEL_RELS("Objects/o.model"),
                                    FILE_OF("3D\\3dmodel.model", ROOT("/3D/Objects/o.model", "")),
                                    FILE_OF("3D\\Objects\\o.model", SUB_MODEL("millimeter"))};
    EXPECT("backslashes, relative target", backslash, TETRA_VOLUME, "");
    static const char nested[] = MODEL_BEGIN PRODUCTION
        "><resources><object id=\"1\"><components><component objectid=\"1\" "
        "p:path=\"/3D/b.model\"/></components></object></resources><build><item objectid=\"99\"/></build></model>";
    const pack_entry chain[] = {TYPES,
                                ROOT_RELS,
                                MODEL_RELS("/3D/a.model"),
                                FILE_OF("3D/3dmodel.model", ROOT("/3D/a.model", "")),
                                FILE_OF("3D/a.model", nested),
                                FILE_OF("3D/b.model", SUB_MODEL("millimeter"))};
    EXPECT("nested path", chain, TETRA_VOLUME, "3mf_nested_path opc_unlisted_part");
    static const char back[] =
        MODEL_BEGIN PRODUCTION "><resources><object id=\"1\"><components><component objectid=\"1\" "
                               "p:path=\"/3D/3dmodel.model\"/></components></object></resources></model>";
    const pack_entry circle[] = {TYPES, ROOT_RELS, MODEL_RELS("/3D/a.model"),
                                 FILE_OF("3D/3dmodel.model", ROOT("/3D/a.model", "")), FILE_OF("3D/a.model", back)};
    REFUSED("cycle across files", circle, LQ_ERR_INPUT, "3mf_cycle", (int64_t)(strstr(back, "<component o") - back),
            "3D/a.model");
    static const char item_path[] = MODEL_BEGIN PRODUCTION
        "><resources/><build p:UUID=\"x\"><item objectid=\"1\" p:path=\"/3D/b.model\" p:uuid=\"x\"/></build></model>";
    const pack_entry direct[] = {TYPES, ROOT_RELS, MODEL_RELS("/3D/b.model"), FILE_OF("3D/3dmodel.model", item_path),
                                 FILE_OF("3D/b.model", SUB_MODEL("millimeter"))};
    EXPECT("path on an item", direct, TETRA_VOLUME, "");
    const pack_entry broken[] = {TYPES, ROOT_RELS, MODEL_RELS("/3D/b.model"), FILE_OF("3D/3dmodel.model", item_path),
                                 FILE_OF("3D/b.model", MODEL_BEGIN "><resources>")};
    REFUSED("error in a part", broken, LQ_ERR_INPUT, "xml_syntax", (int64_t)strlen(MODEL_BEGIN "><resources>"),
            "3D/b.model");
    const pack_entry unused[] = {TYPES, ROOT_RELS, MODEL_RELS("/3D/none.model"),
                                 FILE_OF("3D/3dmodel.model", MODEL(ITEM)), FILE_OF("3D/none.model", "never looked at")};
    EXPECT("listed but unused", unused, TETRA_VOLUME, "");
}

static void test_encrypted(void **state)
{
    (void)state;
#define ENCRYPTED "http://schemas.openxmlformats.org/package/2006/relationships/encryptedfile"
    static const char root[] = ROOT(
        "/3D/a.model",
        "xmlns:sc=\"http://schemas.microsoft.com/3dmanufacturing/securecontent/2019/04\" requiredextensions=\"sc\"");
    const pack_entry told[] = {
        TYPES, ROOT_RELS,
        FILE_OF("3D/_rels/3dmodel.model.rels", RELS(REL("/3D/a.model", "") REL_TYPE("/3D/a.model", ENCRYPTED))),
        FILE_OF("3D/3dmodel.model", root), FILE_OF("3D/a.model", "noise")};
    REFUSED("told by the relationships", told, LQ_ERR_UNSUPPORTED, "3mf_encrypted", -1, "3D/a.model");
    const pack_entry seen[] = {TYPES, ROOT_RELS, MODEL_RELS("/3D/a.model"), FILE_OF("3D/3dmodel.model", root),
                               FILE_OF("3D/a.model", "%3McF\0\0\0noise")};
    REFUSED("seen in the bytes", seen, LQ_ERR_UNSUPPORTED, "3mf_encrypted", 0, "3D/a.model");
    const pack_entry whole[] = {
        TYPES, FILE_OF("_rels/.rels", RELS(REL_TYPE("/3D/3dmodel.model", ENCRYPTED) REL("/3D/3dmodel.model", ""))),
        FILE_OF("3D/3dmodel.model", MODEL(ITEM))};
    REFUSED("the root", whole, LQ_ERR_UNSUPPORTED, "3mf_encrypted", -1, "3D/3dmodel.model");
    const pack_entry unused[] = {TYPES, ROOT_RELS,
                                 FILE_OF("3D/_rels/3dmodel.model.rels", RELS(REL_TYPE("/3D/a.model", ENCRYPTED))),
                                 FILE_OF("3D/3dmodel.model", MODEL(ITEM)), FILE_OF("3D/a.model", "noise")};
    EXPECT("not needed", unused, TETRA_VOLUME, "");
}

static void test_archive_failures(void **state)
{
    (void)state;
    pack_entry entries[] = {TYPES, ROOT_RELS, FILE_OF("3D/3dmodel.model", MODEL(ITEM)),
                            FILE_OF("3D/other.model", MODEL(ITEM))};
    entries[2].crc_xor = 1;
    REFUSED("crc", entries, LQ_ERR_INPUT, "zip_crc", -1, "3D/3dmodel.model");
    entries[2].crc_xor = 0;
    entries[2].encrypted = 1;
    REFUSED("password", entries, LQ_ERR_UNSUPPORTED, "zip_encrypted", -1, "3D/3dmodel.model");
    entries[2].encrypted = 0;
    entries[2].method = 14;
    REFUSED("method", entries, LQ_ERR_UNSUPPORTED, "zip_method", -1, "3D/3dmodel.model");
    entries[2].method = 0;
    entries[3].central_name = "3D/3dmodel.model";
    entries[3].data = MODEL(ITEM ITEM);
    entries[3].size = sizeof(MODEL(ITEM ITEM)) - 1;
    REFUSED("duplicate", entries, LQ_ERR_INPUT, "zip_duplicate", -1, "3D/3dmodel.model");
    entries[3].central_name = NULL;
    entries[3].crc_xor = 1;
    EXPECT("damage elsewhere", entries, TETRA_VOLUME, "");
    for (size_t i = 0; i < 4; i++) entries[i].descriptor = entries[i].zip64 = 1;
    EXPECT("streamed, 64 bits", entries, TETRA_VOLUME, "");
    for (size_t i = 0; i < 4; i++) entries[i].stored = 1;
    EXPECT("stored", entries, TETRA_VOLUME, "");
}

static void test_gcode_only(void **state)
{
    (void)state;
    const pack_entry sliced[] = {TYPES, ROOT_RELS,
                                 FILE_OF("3D/3dmodel.model", MODEL_BEGIN "><resources/><build/></model>"),
                                 FILE_OF("Metadata/plate_1.gcode", "G28")};
    REFUSED("sliced", sliced, LQ_ERR_UNSUPPORTED, "3mf_gcode_only", -1, "3D/3dmodel.model");
}

static void test_family(void **state)
{
    (void)state;
    static const struct {
        const char *entry, *family;
    } cases[] = {{"Metadata/model_settings.config", "bambu"},
                 {"metadata/Slic3r_PE_model.config", "prusa"},
                 {"Metadata/Slic3r_PE.config", "prusa"},
                 {"Metadata/SuperSlicer_model.config", "superslicer"},
                 {"Metadata/Slic3r_model.config", "prusa"},
                 {"Metadata/PrusaSlicer3_project.json", "prusa3"},
                 {"Cura/version.ini", "cura"},
                 {"Metadata/other", "generic"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const pack_entry entries[] = {TYPES,
                                      ROOT_RELS,
                                      FILE_OF("3D/3dmodel.model", MODEL(ITEM)),
                                      {.name = cases[i].entry, .data = "", .stored = 1}};
        collected c;
        collect_entries(&c, entries, 4, NULL);
        collect_good(&c, cases[i].entry);
        assert_string_equal(c.contents->family, cases[i].family);
        collect_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start),      cmocka_unit_test(test_detect),    cmocka_unit_test(test_several_starts),
        cmocka_unit_test(test_production), cmocka_unit_test(test_encrypted), cmocka_unit_test(test_archive_failures),
        cmocka_unit_test(test_gcode_only), cmocka_unit_test(test_family),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
