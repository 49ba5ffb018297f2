/* ASCII STL as it is found: layouts, words, numbers, encodings and damage, with verdict, code, offset and line. */
#include "tests/support/check.h"

#include "corpus/truth.h"
#include "tests/support/expect.h"

static stl_bytes write_cube(const stl_ascii *options)
{
    solid_soup cube = solid_cube(20);
    stl_bytes bytes = stl_write_ascii(&cube, options);
    solid_free(&cube);
    return bytes;
}

static stl_bytes write_sphere(const stl_ascii *options)
{
    solid_soup sphere = solid_sphere(10, 10); /* 2000 */
    stl_bytes bytes = stl_write_ascii(&sphere, options);
    solid_free(&sphere);
    return bytes;
}

typedef struct layout {
    const char *name;
    stl_ascii options;
    const char *notes;
} layout;

/* Everything here is a cube of 8000 mm3 whatever it looks like. */
static void layouts_and_words(void **state)
{
    (void)state;
    static const layout layouts[] = {
        {"plain", {.name = "cube"}, ""},
        {"no name", {0}, ""},
        {"name with blanks", {.name = "a cube of 20 mm "}, ""},
        {"name with facet", {.name = "facet"}, ""},
        {"name facet normal", {.name = "facet normal"}, ""},
        {"name endsolid", {.name = "endsolid copy"}, ""},
        {"name vertex", {.name = "vertex 1 2 3"}, ""},
        {"solidname", {.first_line = "solidcube", .last_line = "endsolidcube"}, ""},
        {"CRLF", {.name = "cube", .newline = STL_CRLF}, ""},
        {"CR", {.name = "cube", .newline = STL_CR}, ""},
        {"mixed line ends", {.name = "cube", .newline = STL_MIXED}, ""},
        {"one line", {.newline = STL_ONE_LINE}, ""},
        {"one line, named", {.name = "cube", .newline = STL_ONE_LINE}, ""},
        {"tabs", {.blank = "\t", .indent = "\t"}, ""},
        {"many blanks", {.blank = "  \t ", .indent = "      "}, ""},
        {"no indent", {.indent = ""}, ""},
        {"blank lines, form feeds", {.blank_lines = 1}, ""},
        {"vertical tabs", {.blank = "\v"}, ""},
        {"line per word", {.blank = "\n", .first_line = "solid"}, ""},
        {"upper case", {.name = "CUBE", .letters = STL_UPPER}, ""},
        {"title case", {.name = "Cube", .letters = STL_TITLE}, ""},
        {"split end", {.split_end = 1, .last_line = "end solid"}, ""},
        {"split end, named", {.split_end = 1, .last_line = "end solid cube"}, ""},
        {"endsolidName", {.name = "cube", .last_line = "endsolidcube"}, ""},
        {"another end name", {.name = "cube", .last_line = "endsolid sphere"}, ""},
        {"no endsolid", {.name = "cube", .last_line = ""}, "stl_no_endsolid"},
        {"no loops", {.no_loops = 1}, ""},
        {"no endfacet", {.no_endfacet = 1}, ""},
        {"vertices alone", {.no_loops = 1, .no_endfacet = 1}, ""},
        {"no solid", {.first_line = "", .last_line = ""}, "stl_no_solid"},
        {"facet without normal", {.normals = STL_NORMALS_ABSENT}, ""},
        {"nan normals", {.normals = STL_NORMALS_NAN}, ""},
        {"-nan(ind) normals", {.normal_text = "-nan(ind) -nan(ind) -nan(ind)"}, ""},
        {"1.#QNAN normals", {.normal_text = "1.#QNAN 1.#IND 0"}, ""},
        {"two normal numbers", {.normal_text = "0 1"}, ""},
        {"reversed normals", {.normals = STL_NORMALS_REVERSED}, ""},
        {"zero normals", {.normals = STL_NORMALS_ZERO}, ""},
        {"UTF-8 mark", {.byte_order_mark = 1}, ""},
        {"UTF-8 name", {.name = "W\xc3\xbcrfel \xe9\x83\xa8\xe5\x93\x81"}, ""},
        {"Latin-1 name", {.name = "W\xfcrfel"}, ""},
        {"GBK name", {.name = "\xc1\xa2\xb7\xbd\xcc\xe5"}, ""},
        {"UTF-16 LE, mark", {.name = "cube", .utf16 = STL_UTF16LE, .byte_order_mark = 1}, "stl_utf16"},
        {"UTF-16 BE, mark", {.name = "cube", .utf16 = STL_UTF16BE, .byte_order_mark = 1}, "stl_utf16"},
        {"UTF-16 LE", {.name = "cube", .utf16 = STL_UTF16LE}, "stl_utf16"},
        {"UTF-16 BE", {.name = "cube", .utf16 = STL_UTF16BE}, "stl_utf16"},
        {"Ctrl-Z", {.tail = "\x1a", .tail_size = 1}, ""},
        {"NUL tail", {.tail = "\0\0\0\0\0\0\0", .tail_size = 7}, ""},
        {"Ctrl-Z and NUL", {.tail = "\x1a\0\0", .tail_size = 3}, ""},
        {"blank tail", {.tail = " \n\n\t\n", .tail_size = 5}, ""},
        {"color lines", {.comment = "color 0.5 0.5 0.5"}, "stl_junk"},
        {"# comments", {.comment = "# a facet follows"}, "stl_junk"},
        {"// comments", {.comment = "// vertex 1 2 3"}, "stl_junk"},
        {"Bambu name line", {.first_line = "solid cube MW 1.0 123abc cc"}, ""},
    };
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
        expect_read(layouts[i].name, write_cube(&layouts[i].options), NULL, 12, 8000, layouts[i].notes);
}

static void few_comments_are_no_junk(void **state)
{
    (void)state;
    solid_soup sphere = solid_sphere(10, 10);
    double volume = (double)solid_measure(&sphere).volume;
    solid_free(&sphere);
    static const char *const comments[] = {"# one", "// two", "; three", "/* four */", "units mm", "color 1 0 0"};
    for (size_t i = 0; i < sizeof comments / sizeof comments[0]; i++)
        expect_read(comments[i], write_sphere(&(stl_ascii){.comment = comments[i], .comment_every = 500}), NULL, 2000,
                    volume, "");
}

static void numbers_in_every_form(void **state)
{
    (void)state;
    static const layout layouts[] = {
        {"six decimals", {.decimals = 6}, ""},
        {"exponent e", {.exponent = 'e'}, ""},
        {"exponent E", {.exponent = 'E', .decimals = 3}, ""},
        {"exponent d", {.exponent = 'd', .decimals = 3}, ""},
        {"exponent D", {.exponent = 'D', .decimals = 3}, ""},
        {"commas between", {.decimals = 3, .separator = ","}, "stl_separator"},
        {"commas and blanks between", {.decimals = 3, .separator = ", "}, "stl_separator"},
        {"semicolons between", {.decimals = 3, .separator = ";"}, "stl_separator"},
    };
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
        expect_read(layouts[i].name, write_cube(&layouts[i].options), NULL, 12, 8000, layouts[i].notes);

    static const char *const twenties[] = {
        "20.",
        "+20",
        "+20.0",
        "2e1",
        "2.E+01",
        "2.0e+001",
        "2D+01",
        "2d1",
        "200E-1",
        "0.2e2",
        ".2e+2",
        "020",
        "20.000000000000000000000000000000000000",
        "2e01",
        "0.0000000000000000000000000000000000000000000000000000000000002e62",
        "2000000000000000000000000e-23",
    };
    for (size_t i = 0; i < sizeof twenties / sizeof twenties[0]; i++) {
        stl_bytes bytes = write_cube(NULL);
        char triple[200];
        for (size_t n = 0; n < 3; n++) { /* some of the corners that all lie at 20 */
            snprintf(triple, sizeof triple, "vertex %s %s ", twenties[i], twenties[i]);
            stl_replace(&bytes, n, "vertex 20 20 ", triple);
        }
        expect_read(twenties[i], bytes, NULL, 12, 8000, "");
    }
    /* Zero in all its forms is one point. */
    static const char *const zeros[] = {"-0", "-0.0", "+0", "0e99", "-.0", "1e-400", "-1e-46", "0.000e-000"};
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++) {
        stl_bytes bytes = write_cube(NULL);
        char vertex[64];
        snprintf(vertex, sizeof vertex, "vertex %s ", zeros[i]);
        for (size_t n = 0; n < 5; n++) stl_replace(&bytes, n, "vertex 0 ", vertex);
        run_result run = run_stl(bytes, NULL);
        CHECK(run.status == LQ_OK, "%s: %s", zeros[i], run.error.message);
        CHECK_INT(zeros[i], run.facts.vertex_count, 8, "vertices");
        CHECK_INT(zeros[i], run.facts.manifold, 1, "manifold");
        run_free(&run);
    }
}

static void bad_numbers_are_refused_in_place(void **state)
{
    (void)state;
    char digits[520];
    memset(digits, '0', sizeof digits);
    memcpy(digits, "vertex 2", 8);
    digits[8 + 400] = '\0';
    const char *const tokens[] = {"0x1p3",
                                  "0x20",
                                  "twenty",
                                  "20mm",
                                  "2..0",
                                  "--20",
                                  "+-20",
                                  "2e",
                                  "2e+",
                                  ".",
                                  "-",
                                  "1_000",
                                  "e5",
                                  "1e5.0",
                                  "2 0x1",
                                  "\xc2\xa0"
                                  "20",
                                  digits + 7};
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        stl_bytes bytes = write_cube(&(stl_ascii){.name = "cube"});
        char vertex[600];
        snprintf(vertex, sizeof vertex, "vertex %s ", tokens[i]);
        size_t at = stl_replace(&bytes, 9, "vertex 20 ", vertex);
        assert_true(at != SIZE_MAX);
        int64_t line = (int64_t)stl_line_of(&bytes, at), token = (int64_t)at + 7;
        const expect_place place = {token, token + (int64_t)strlen(tokens[i]), line};
        expect_refused(tokens[i], bytes, NULL, LQ_ERR_INPUT, "stl_syntax", &place);
    }
}

/* 128 bytes are a number, 129 are not. */
static void tokens_have_a_longest(void **state)
{
    (void)state;
    for (int extra = 0; extra < 2; extra++) {
        char vertex[200] = "vertex 20.";
        size_t size = strlen(vertex), want = 7 + 128 + (size_t)extra;
        memset(vertex + size, '0', want - size);
        vertex[want] = ' ';
        vertex[want + 1] = '\0';
        stl_bytes bytes = write_cube(NULL);
        size_t at = stl_replace(&bytes, 4, "vertex 20 ", vertex);
        const expect_place place = {(int64_t)at + 7, (int64_t)(at + want), (int64_t)stl_line_of(&bytes, at)};
        if (extra)
            expect_refused("129 bytes", bytes, NULL, LQ_ERR_INPUT, "stl_syntax", &place);
        else
            expect_read("128 bytes", bytes, NULL, 12, 8000, "");
    }
}

static void bad_vertices_are_refused_in_place(void **state)
{
    (void)state;
    static const struct {
        const char *name, *instead;
    } cases[] = {{"two numbers", "vertex 20 0\n"}, {"one number", "vertex 20\n"}, {"no number", "vertex\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        stl_bytes bytes = write_cube(&(stl_ascii){.name = "cube"});
        size_t at = stl_replace(&bytes, 1, "vertex 20 20 0\n", cases[i].instead);
        assert_true(at != SIZE_MAX);
        /* The number that is missing is looked for behind the vertex: on this line or at the next word. */
        const expect_place place = {(int64_t)at, (int64_t)at + 32, 0};
        expect_refused(cases[i].name, bytes, NULL, LQ_ERR_INPUT, "stl_syntax", &place);
    }
    stl_bytes bytes = write_cube(NULL); /* a NUL where a digit was */
    size_t at = stl_replace(&bytes, 3, "vertex 20 ", "vertex 2_ ");
    bytes.data[at + 8] = '\0';
    const expect_place place = {(int64_t)at + 7, (int64_t)at + 9, (int64_t)stl_line_of(&bytes, at)};
    expect_refused("NUL in a number", bytes, NULL, LQ_ERR_INPUT, "stl_syntax", &place);
}

static void decimal_commas(void **state)
{
    (void)state;
    const stl_ascii commas = {.decimals = 4, .decimal_comma = 1}, exponents = {.exponent = 'e', .decimal_comma = 1};
    const run_options lenient = {.lenient = 1};
    stl_bytes bytes = write_cube(&commas);
    size_t first = stl_replace(&bytes, 0, "vertex ", "vertex ");
    const expect_place place = {0, (int64_t)first + 24, 0};
    expect_refused("decimal commas", bytes, NULL, LQ_ERR_INPUT, "stl_decimal_comma", &place);
    expect_refused("decimal commas, exponents", write_cube(&exponents), NULL, LQ_ERR_INPUT, "stl_decimal_comma", NULL);
    expect_read("decimal commas, lenient", write_cube(&commas), &lenient, 12, 8000, "stl_decimal_comma");
    expect_read("exponents, lenient", write_cube(&exponents), &lenient, 12, 8000, "stl_decimal_comma");
    for (int i = 0; i < 2; i++) {
        bytes = write_cube(&commas);
        stl_replace(&bytes, 6, "vertex 20,0000 ", "vertex 20.0000 ");
        expect_refused("both in one file", bytes, i ? &lenient : NULL, LQ_ERR_INPUT,
                       i ? "stl_syntax" : "stl_syntax|stl_decimal_comma", NULL);
    }
}

static void numbers_beyond_measure(void **state)
{
    (void)state;
    static const char *const words[] = {"nan", "inf", "-inf", "NaN", "-nan", "1e400", "-1e39", "infinity"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char vertex[40];
        snprintf(vertex, sizeof vertex, "vertex %s ", words[i]);
        stl_bytes bytes = write_cube(NULL);
        size_t at = stl_replace(&bytes, 5, "vertex 20 ", vertex);
        const expect_place place = {0, (int64_t)at + 64, 0};
        expect_refused(words[i], bytes, NULL, LQ_ERR_INPUT, "stl_nonfinite", &place);
        bytes = write_sphere(&(stl_ascii){.name = "sphere"});
        at = stl_replace(&bytes, 3000, "vertex ", vertex);
        assert_true(at != SIZE_MAX);
        /* Three numbers must stay three: the old first one goes. */
        size_t start = at + strlen(vertex), end = start;
        while (bytes.data[end] != ' ') end++;
        memmove(bytes.data + start - 1, bytes.data + end, bytes.size - end);
        bytes.size -= end - start + 1;
        run_result run = run_stl(bytes, NULL);
        CHECK(run.status == LQ_OK, "%s, 1 of 2000: %s", words[i], run.error.message);
        const run_note *note = run_find(&run, "stl_nonfinite");
        CHECK(note != NULL && note->count == 1, "%s, 1 of 2000: no stl_nonfinite", words[i]);
        CHECK_INT(words[i], run.facts.triangle_count, 2000, "triangles");
        CHECK_INT(words[i], run.facts.open_edges, 3, "open edges");
        run_free(&run);
    }
}

static void several_solids(void **state)
{
    (void)state;
    solid_soup second = solid_cube(20);
    solid_translate(&second, 40, 0, 0);
    for (int i = 0; i < 3; i++) {
        static const char *const first_ends[] = {NULL, "endsolid", ""};
        stl_bytes bytes = write_cube(&(stl_ascii){.name = i == 1 ? "same" : "one", .last_line = first_ends[i]});
        stl_bytes more = stl_write_ascii(&second, &(stl_ascii){.name = i == 1 ? "same" : "two"});
        stl_bytes_add(&bytes, more.data, more.size);
        stl_bytes_free(&more);
        run_result run = run_stl(bytes, NULL);
        CHECK(run.status == LQ_OK, "two solids: %s", run.error.message);
        CHECK_INT("two solids", run.facts.triangle_count, 24, "triangles");
        CHECK_INT("two solids", run.facts.shells, 2, "shells");
        CHECK_NEAR("two solids", run.facts.volume_mm3, 16000, 1e-6, "volume");
        CHECK(run_find(&run, "stl_junk") == NULL, "two solids: stl_junk");
        run_free(&run);
    }
    solid_free(&second);
    solid_soup none = {0};
    stl_bytes bytes = stl_write_ascii(&none, &(stl_ascii){.name = "empty"}), cube = write_cube(NULL);
    stl_bytes_add(&bytes, cube.data, cube.size);
    stl_bytes_free(&cube);
    expect_read("an empty solid first", bytes, NULL, 12, 8000, "");
}

static void loops_of_other_sizes(void **state)
{
    (void)state;
    run_result run = run_stl(write_cube(&(stl_ascii){.quads = 1}), NULL);
    CHECK(run.status == LQ_OK, "quads: %s", run.error.message);
    CHECK(run_find(&run, "stl_polygon") != NULL, "quads: no stl_polygon");
    CHECK_INT("quads", run.facts.closed, 1, "closed");
    CHECK_NEAR("quads", run.facts.volume_mm3, 8000, 1e-9, "volume");
    run_free(&run);

    stl_bytes bytes = write_cube(&(stl_ascii){.name = "cube"}); /* four corners, not in one plane */
    size_t at = stl_replace(&bytes, 2, "    endloop", "      vertex 3 40 7\n    endloop");
    const expect_place loop = {0, (int64_t)at + 64, 0};
    expect_refused("a bent quad", bytes, NULL, LQ_ERR_INPUT, "stl_syntax", &loop);

    bytes = write_cube(NULL);
    at = stl_replace(&bytes, 2, "      vertex 20 20 0\n", "");
    assert_true(at != SIZE_MAX);
    expect_refused("two corners, 1 of 12", bytes, NULL, LQ_ERR_INPUT, "stl_syntax",
                   &(expect_place){0, (int64_t)at + 200, 0});

#define FACET "  facet normal 0 0 1\n    outer loop\n"
#define END_FACET "    endloop\n  endfacet\n"
    static const char *const bad[] = {FACET END_FACET, FACET "      vertex 1 2 3\n" END_FACET,
                                      FACET "      vertex 1 2 3\n      vertex 3 2 1\n" END_FACET};
    solid_soup sphere = solid_sphere(10, 10);
    double volume = (double)solid_measure(&sphere).volume;
    solid_free(&sphere);
    for (size_t i = 0; i < 3; i++) { /* 1 of 2001 is below one in a thousand */
        char with[300];
        snprintf(with, sizeof with, "%s  facet", bad[i]);
        bytes = write_sphere(NULL);
        assert_true(stl_replace(&bytes, 700, "  facet", with) != SIZE_MAX);
        expect_read("a short loop, 1 of 2001", bytes, NULL, 0, volume, "stl_bad_facet");
    }
}

static void nothing_inside(void **state)
{
    (void)state;
    solid_soup none = {0};
    expect_refused("no facets", stl_write_ascii(&none, &(stl_ascii){.name = "x"}), NULL, LQ_ERR_INPUT, "mesh_empty",
                   NULL);
    expect_refused("no facets, end solid", stl_write_ascii(&none, &(stl_ascii){.last_line = "end solid"}), NULL,
                   LQ_ERR_INPUT, "mesh_empty", NULL);
    expect_refused("solid and no more", stl_write_ascii(&none, &(stl_ascii){.name = "x", .last_line = ""}), NULL,
                   LQ_ERR_INPUT, "stl_truncated", NULL);
    stl_bytes text = {0};
    stl_bytes_add_text(&text, "A letter to the print shop: please make me a cube of 20 mm. Thank you!\n");
    expect_refused("a letter", text, NULL, LQ_ERR_UNSUPPORTED, "unsupported_format", NULL);
    memset(&text, 0, sizeof text);
    stl_bytes_add_fill(&text, ' ', 300);
    run_result run = run_stl(text, NULL);
    CHECK(run.status == LQ_ERR_UNSUPPORTED || run.status == LQ_ERR_INPUT, "blanks: status %d", (int)run.status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts_and_words),     cmocka_unit_test(few_comments_are_no_junk),
        cmocka_unit_test(numbers_in_every_form), cmocka_unit_test(bad_numbers_are_refused_in_place),
        cmocka_unit_test(tokens_have_a_longest), cmocka_unit_test(bad_vertices_are_refused_in_place),
        cmocka_unit_test(decimal_commas),        cmocka_unit_test(numbers_beyond_measure),
        cmocka_unit_test(several_solids),        cmocka_unit_test(loops_of_other_sizes),
        cmocka_unit_test(nothing_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
