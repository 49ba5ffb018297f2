/*
 * Lists of vertices and triangles are read by kernels where they are usual and by the XML parser elsewhere. Whatever
 * the text, the result must be that of the parser alone: the same meshes bit for bit, the same notes, the same failure
 * at the same byte.
 */
#include <ctype.h>

#include "tests/unit/threemf_both.h"
#include "tests/unit/threemf_shapes.h"

/* Elements that a kernel took. */
static size_t taken_vertices, taken_triangles;

static void counting_vertices(const char *text, size_t size, const char *prefixes, size_t count_max, double *xyz,
                              lqi_xml_run *run)
{
    best_kernels()->xml_vertices(text, size, prefixes, count_max, xyz, run);
    taken_vertices += run->count;
}

static void counting_triangles(const char *text, size_t size, const char *prefixes, size_t count_max, uint32_t *corners,
                               lqi_xml_run *run)
{
    best_kernels()->xml_triangles(text, size, prefixes, count_max, corners, run);
    taken_triangles += run->count;
}

static void test_shapes(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 3, 40, 511, 512, 513, 1200};
    uint64_t random = 1;
    for (size_t i = 0; i < SHAPE_COUNT; i++)
        for (size_t n = 0; n < sizeof counts / sizeof *counts; n++) {
            char *xml = make_model(&shapes[i], counts[n], 2 * counts[n], &random);
            compare(shapes[i].name, xml, strlen(xml), &(options){0});
            collected c;
            lqi_kernels counting = *best_kernels();
            counting.xml_vertices = counting_vertices;
            counting.xml_triangles = counting_triangles;
            taken_vertices = taken_triangles = 0;
            read_with(&c, xml, strlen(xml), &(options){0}, &counting);
            collect_good(&c, shapes[i].name);
            assert_int_equal(c.mesh_count, 2);
            double left = shapes[i].left_to_parser / 100;
            CHECK((double)taken_vertices >= 2 * counts[n] * (1 - left) - 4, "%s: %zu vertices of %u", shapes[i].name,
                  taken_vertices, 2 * counts[n]);
            CHECK((double)taken_triangles >= 4 * counts[n] * (1 - left) - 8, "%s: %zu triangles of %u", shapes[i].name,
                  taken_triangles, 4 * counts[n]);
            collect_free(&c);
            free(xml);
        }
}

/* Limits are met at the same element, in runs and out of them. */
static void test_limits(void **state)
{
    (void)state;
    uint64_t random = 2;
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        char *xml = make_model(&shapes[i], 600, 700, &random);
        for (uint64_t limit = 1; limit <= 2000; limit = limit < 8 ? limit + 1 : limit * 2 - 3) {
            compare("limit of vertices", xml, strlen(xml), &(options){.limits = {.vertices = limit}});
            compare("limit of triangles", xml, strlen(xml), &(options){.limits = {.triangles = limit}});
            if (limit < 9) compare("limit of depth", xml, strlen(xml), &(options){.limits = {.xml_depth = limit}});
        }
        free(xml);
    }
}

/* ---- one element among usual ones ---- */

#define TWO_PREFIXES PRUSA "xmlns:also=\"http://schemas.slic3r.org/3mf/2017/06\" "

typedef enum kind { VERTEX, TRIANGLE, TRIANGLE_FIRST } kind; /* the last: before the vertices */

static char *put_list(char *p, const char *element, size_t size, int triangles)
{
    p += sprintf(p, triangles ? "<triangles>\n" : "<vertices>\n");
    for (int i = 0; i < 12; i++) {
        if (i == 6 && element) memcpy(p, element, size), p += size;
        p += triangles ? sprintf(p, "     <triangle v1=\"%d\" v2=\"%d\" v3=\"0\"/>\n", i, 11 - i)
                       : sprintf(p, "     <vertex x=\"%d\" y=\"%d.25\" z=\"-0.125\"/>\n", i, i);
    }
    return p + sprintf(p, triangles ? "</triangles>\n" : "</vertices>\n");
}

static void compare_among(const char *element, size_t size, kind k)
{
    char model[16384], *p = model;
    p += sprintf(p, MODEL_BEGIN TWO_PREFIXES "><resources><object id=\"1\"><mesh>\n");
    if (k == TRIANGLE_FIRST) p = put_list(p, element, size, 1);
    p = put_list(p, k == VERTEX ? element : NULL, size, 0);
    if (k != TRIANGLE_FIRST) p = put_list(p, k == TRIANGLE ? element : NULL, size, 1);
    p += sprintf(p, "</mesh></object></resources><build><item objectid=\"1\"/></build></model>\n%300s", "");
    compare(k == VERTEX ? "a vertex" : "a triangle", model, (size_t)(p - model), &(options){0});
}

/* Each word at each place of an element where something begins or ends. */
static void test_words(void **state)
{
    (void)state;
    static const char *const elements[] = {"     <vertex x=\"1.5\" y=\"2\" z=\"3\" q=\"12345678\"/>\n",
                                           "     <triangle v1=\"1\" v2=\"2\" v3=\"3\" q=\"12345678\" />\n"};
    for (int k = 0; k < 2; k++)
        for (size_t at = 0; at <= strlen(elements[k]); at++) {
            if (at && isalnum((unsigned char)elements[k][at - 1]) && isalnum((unsigned char)elements[k][at])) continue;
            for (size_t w = 0; w < WORD_COUNT; w++) {
                char element[512];
                int size = sprintf(element, "%.*s%s%s", (int)at, elements[k], words[w], elements[k] + at);
                compare_among(element, (size_t)size, k ? TRIANGLE : VERTEX);
            }
        }
}

static void test_values(void **state)
{
    (void)state;
    static const char *const values[] = {
        "",
        " ",
        "-",
        "+",
        ".",
        "-.",
        "+.5",
        "-.5",
        "5.",
        "-5.",
        "..",
        "1..2",
        "1.2.3",
        "1.2.",
        ".1.2",
        "--1",
        "-+1",
        "1-",
        "1+",
        "1-2",
        "1.5-",
        "e",
        "1e",
        "1e+",
        "1.e5",
        ".e5",
        "1E+05",
        "1e-07",
        "-9.53674e-07",
        "1e0000000000000000001",
        "1e999",
        "-0",
        "-0.0",
        "0000000000000000000001",
        "12345678",
        "123456789",
        "12345678.1234567",
        "123456789.5",
        "0.12345678901234",
        "0.123456789012345",
        "-0.12345678901234",
        "1234567.12345678",
        "9007199254740993",
        "0.30000000000000004",
        "123456789012345678901234567890.5",
        "9999999.99999999",
        "10000000",
        "-10000000",
        "10000000.5",
        "10000001",
        "1,5",
        "1;5",
        "1/5",
        "1:5",
        "\x31\x30",
        "1'",
        "1 ",
        " 1",
        "\t1",
        "1\n",
        "nan",
        "inf",
        "0x10",
        "\xEF\xBC\x91",
        "5",
        "05",
        "+5",
        "-5",
        "5.0",
        "11",
        "12",
        "4294967297",
        "4294967296",
        "2147483647",
        "2147483648",
        "99999999",
        "100000000",
        "0000000005",
        "00000000005",
        "18446744073709551621",
    };
    static const char *const forms[] = {
        "<vertex x=\"%s\" y=\"2.5\" z=\"3\"/>",         "<vertex x=\"1\" y=\"%s\" z=\"3.5\" />",
        "<vertex x=\"1.5\" y=\"2\" z=\"%s\" q=\"1\"/>", "<triangle v1=\"%s\" v2=\"2\" v3=\"3\"/>",
        "<triangle v1=\"1\" v2=\"%s\" v3=\"3\" />",     "<triangle v1=\"1\" v2=\"2\" v3=\"%s\" q=\"1\"/>"};
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        for (int form = 0; form < 6; form++) {
            char element[256];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            int size = sprintf(element, forms[form], values[v]);
#pragma GCC diagnostic pop
            compare_among(element, (size_t)size, form >= 3 ? TRIANGLE : VERTEX);
            if (form >= 3) compare_among(element, (size_t)size, TRIANGLE_FIRST);
        }
}

/* Lists that are not what they look like. */
static void test_lists(void **state)
{
    (void)state;
#define REST " <vertex x=\"7\" y=\"8\" z=\"9\"/> <vertex x=\"7\" y=\"8.5\" z=\"9\"/>"
    static const char *const models[] = {
        /* children in a namespace that is not the list's */
        "<c:model xmlns:c=\"" CORE "\" xmlns=\"u\"><c:resources><c:object id=\"1\"><c:mesh><c:vertices>" REST
        "<c:vertex x=\"1\" y=\"2\" z=\"3\"/>" REST
        "</c:vertices></c:mesh></c:object></c:resources><c:build><c:item objectid=\"1\"/></c:build></c:model>",
        "<c:model xmlns:c=\"" CORE "\" xmlns=\"u\"><c:resources><c:object id=\"1\"><c:mesh><c:vertices><vertices/>" REST
        "<c:vertex x=\"1\" y=\"2\" z=\"3\"/>" REST
        "</c:vertices></c:mesh></c:object></c:resources><c:build><c:item objectid=\"1\"/></c:build></c:model>",
        MODEL_BEGIN "xmlns:c=\"" CORE "\"><resources><object id=\"1\"><mesh><c:vertices xmlns=\"u\">" REST
                    "</c:vertices></mesh></object></resources><build><item objectid=\"1\"/></build></model>",
        MODEL_BEGIN "><resources><object id=\"1\"><mesh><vertices xmlns=\"u\">" REST
                    "</vertices></mesh></object></resources><build><item objectid=\"1\"/></build></model>",
        /* lists inside what is passed over */
        MODEL_BEGIN "><resources><object id=\"1\"><mesh><vertices>" REST "<a><vertices>" REST "</vertices>" REST
                    "</a>" REST "</vertices></mesh></object></resources><build><item objectid=\"1\"/></build></model>",
        MODEL_BEGIN "><resources><object id=\"1\"><mesh><vertices>" REST
                    "<vertex x=\"1\" y=\"2\" z=\"3\"><vertices>" REST "</vertices>" REST "</vertex>" REST
                    "</vertices></mesh></object></resources><build><item objectid=\"1\"/></build></model>",
        MODEL_BEGIN "><metadata name=\"a\">&lt;vertices><![CDATA[<vertices>" REST "]]><vertices>" REST
                    "</vertices></metadata><resources><object id=\"1\"><mesh><vertices>" REST
                    "</vertices><vertices>" REST
                    "</vertices></mesh></object></resources><build><item objectid=\"1\"/></build></model>",
        MODEL_BEGIN "><resources><object id=\"1\"><mesh><vertices><![CDATA[<vertices>" REST "]]><!--<vertices>" REST
                    "--><?p <vertices>" REST "?>" REST "</vertices><triangles>" REST
                    "</triangles></mesh></object></resources><build><item objectid=\"1\"/></build></model>",
        MODEL_BEGIN "><resources><object id=\"1\"><mesh><vertices/>" REST "<vertices a=\"<vertices>\">" REST
                    "</vertices></mesh></object></resources><build><item objectid=\"1\"/></build></model>",
        "<model><resources><object id=\"1\"><mesh><vertices>" REST
        "</vertices></mesh></object></resources><build><item objectid=\"1\"/></build></model>",
    };
#undef REST
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char padded[4096];
        int size = sprintf(padded, "%s%*s", models[i], 400, "");
        compare("a list", padded, (size_t)size, &(options){0});
    }
}

/* Every prefix, so that the end falls everywhere in an element. */
static void test_prefixes(void **state)
{
    (void)state;
    uint64_t random = 4;
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        char *xml = make_model(&shapes[i], 6, 6, &random);
        for (size_t size = strlen(xml); size; size -= size > 7 ? 7 : size) compare("prefix", xml, size, &(options){0});
        free(xml);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shapes), cmocka_unit_test(test_limits),
                                       cmocka_unit_test(test_words),  cmocka_unit_test(test_values),
                                       cmocka_unit_test(test_lists),  cmocka_unit_test(test_prefixes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
