/* Every kernel of the list, at every instruction set of this CPU, against its scalar reference; test_kernel_truth.c
 * holds the references against what they are meant to compute. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "kernel/aes.h"
#include "kernel/kernel_select.h"
#include "libquote.h"
#include "tests/support/lend.h"
#include "tests/support/settings.h"

#define VERTEX_COUNT 64
#define LENGTH_MAX 256

static double random_coordinate(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(int32_t)(*state >> 32) / 1024;
}

typedef void check_fn(const lqi_kernels *kernels);

/* Lengths around every lane and word, up to a whole block and beyond its end. */
static size_t next_count(size_t count) { return count < 80 || count > LQI_BLOCK - 8 ? count + 1 : count + 8; }

/* Coordinates that are ordinary, and a few that are not. */
static void fill_rows(lqi_rows *rows, uint64_t seed, int special)
{
    static const double odd[] = {0, 1e150, -1e-310, 4.9e-324, INFINITY, -INFINITY, NAN, -1e308};
    for (size_t row = 0; row < LQI_ROW_COUNT; row++)
        for (size_t i = 0; i < LQI_BLOCK; i++) rows->row[row][i] = random_coordinate(&seed);
    for (size_t k = 0; special && k < sizeof odd / sizeof odd[0]; k++) rows->row[k % 9][17 * k + 5] = odd[k];
    for (size_t i = 0; i < LQI_BLOCK; i += 7) rows->row[3][i] = rows->row[0][i], rows->row[4][i] = rows->row[1][i];
}

static void check_corner_rows(const lqi_kernels *kernels)
{
    static double xyz[3 * VERTEX_COUNT];
    static uint32_t corner[3 * LQI_BLOCK + 3];
    static lqi_rows want, got;
    uint64_t random = 7;
    for (size_t i = 0; i < 3 * VERTEX_COUNT; i++) xyz[i] = random_coordinate(&random);
    lend_guard guard;
    assert_true(lend_guard_open(&guard, sizeof xyz));
    const double *lent = (const double *)(const void *)lend_guard_put(&guard, xyz, sizeof xyz);
    for (size_t i = 0; i < 3 * LQI_BLOCK + 3; i++) corner[i] = (uint32_t)(i * i * 7 + i / 5) % VERTEX_COUNT;
    for (size_t offset = 0; offset < 2; offset++)
        for (size_t count = 0; count + offset <= LQI_BLOCK; count = next_count(count)) {
            memset(&want, 0xA5, sizeof want);
            memset(&got, 0xA5, sizeof got);
            lqi_corner_rows_scalar(xyz, corner + offset, count, LQI_BLOCK - count, &want);
            kernels->corner_rows(lent, corner + offset, count, LQI_BLOCK - count, &got);
            assert_memory_equal(&want, &got, sizeof want);
        }
    lend_guard_close(&guard);
}

static void check_certificate(const lqi_kernels *kernels)
{
    static double xyz[3 * VERTEX_COUNT];
    static uint32_t corner[3 * LQI_BLOCK];
    lqi_certificate_key key;
    uint64_t random = 11;
    for (size_t i = 0; i < 2 * LQI_CERTIFICATE_KEYS; i++)
        key.word[i / 2][i % 2] = random = random * 6364136223846793005u + 1;
    for (size_t i = 0; i < 3 * VERTEX_COUNT; i++) xyz[i] = i % 11 ? random_coordinate(&random) : 0;
    for (size_t i = 0; i < 3 * LQI_BLOCK; i++) corner[i] = (uint32_t)(i * i * 7 + i / 5) % VERTEX_COUNT;
    lend_guard guard;
    assert_true(lend_guard_open(&guard, sizeof xyz));
    const double *lent = (const double *)(const void *)lend_guard_put(&guard, xyz, sizeof xyz);
    for (size_t count = 0; count <= LQI_BLOCK; count = next_count(count)) {
        lqi_certificate_sums want = {1, {2, 3}}, got = {1, {2, 3}};
        lqi_certificate_scalar(xyz, corner, count, &key, &want);
        kernels->certificate(lent, corner, count, &key, &got);
        assert_memory_equal(&want, &got, sizeof want);
    }
    lend_guard_close(&guard);
}

static void check_moments(const lqi_kernels *kernels)
{
    static lqi_rows rows;
    static double weight[LQI_BLOCK];
    const double reference[3] = {1.5, -2e5, 1e-7};
    for (size_t i = 0; i < LQI_BLOCK; i++) weight[i] = (double)((int)(i % 3) - 1);
    for (int special = 0; special < 4; special++) { /* infinities and NaN must travel the same way */
        fill_rows(&rows, 13, special & 2);
        for (size_t count = 0; count <= LQI_BLOCK; count += LQI_LANES) {
            double want[LQI_MOMENT_COUNT][LQI_LANES] = {{0}}, got[LQI_MOMENT_COUNT][LQI_LANES] = {{0}};
            const double *weights = special & 1 ? NULL : weight;
            lqi_moments_scalar(&rows, reference, weights, count, want);
            kernels->moments(&rows, reference, weights, count, got);
            for (int m = 0; m < LQI_MOMENT_COUNT; m++)
                for (int lane = 0; lane < LQI_LANES; lane++)
                    assert_true(isnan(want[m][lane]) ? isnan(got[m][lane]) : want[m][lane] == got[m][lane]);
        }
    }
}

/* Text that ends where memory ends, cut at every byte, of usual and unusual elements. */
static const char vertices_text[] =
    "<vertex x=\"1.5\" y=\"-22.25\" z=\"+333.125e-2\"/>\n     <vertex x=\"0\" y=\"7.\" z=\".5\"/>\n     <vertex "
    "x=\"12345678.87654321\" y=\"1234567890123456789.5\" z=\"-0\" />\r\n     <vertex x=\"1\" y=\"2\" z=\"3\" a=\"b\" "
    "p:c=\"d e f g h i j k l m n o\" />\n<vertex x=\"8\" y=\"9\" z=\"10\"/><vertex x=\"8\" y=\"9\" z=\"10\" x=\"1\"/>";
static const char triangles_text[] =
    "<triangle v1=\"0\" v2=\"10\" v3=\"200\"/>\n     <triangle v1=\"3000\" v2=\"40000\" v3=\"500000\"/>\n     "
    "<triangle "
    "v1=\"6000000\" v2=\"70000000\" v3=\"2147483647\" />\r\n     <triangle v1=\"00000001\" v2=\"0000000002\" v3=\"3\" "
    "pid=\"1\" p1=\"2\" paint_color=\"8888888888888888888888\"/><triangle v1=\"1\" v2=\"2\" v3=\"3\"/><triangle "
    "v1=\"1\" "
    "v2=\"2\" v3=\"2147483648\"/>";
static const char tail_text[LQI_XML_SCAN_MARGIN] = "\n    </list></mesh></object></resources><build/></model>";

/* Vertices of numbers of all shapes and lengths, around the 15 bytes that variants take at once. */
static void check_many_xml_vertices(const lqi_kernels *kernels)
{
    enum { VERTICES = 2000 };
    static const char *const formats[] = {"%.6f", "%.0f", "%.9g", "%.3e", "%.14f", "%.4f", "%.17g", "%015.6f"};
    static char text[VERTICES * 120 + LQI_XML_SCAN_MARGIN];
    static double want[3 * VERTICES], got[3 * VERTICES];
    uint64_t random = 23;
    size_t size = 0;
    for (size_t i = 0; i < VERTICES; i++)
        for (int k = 0; k < 3; k++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            double value = (double)(int64_t)random / 9e18 * (double)(1u << (random >> 27 & 15));
            size += (size_t)sprintf(text + size, k ? " %c=\"" : "\n<vertex %c=\"", 'x' + k);
            size += (size_t)sprintf(text + size, formats[i % 3 ? i / 16 % 8 : random >> 50 & 7], value);
            size += (size_t)sprintf(text + size, k < 2 ? "\"" : "\"/>");
        }
    memset(text + size, ' ', LQI_XML_SCAN_MARGIN);
    size += LQI_XML_SCAN_MARGIN;
    lqi_xml_run a, b;
    lqi_xml_vertices_scalar(text, size, "", VERTICES, want, &a);
    kernels->xml_vertices(text, size, "", VERTICES, got, &b);
    assert_int_equal(a.count, VERTICES);
    assert_true(a.count == b.count && a.size == b.size);
    assert_memory_equal(want, got, sizeof want);
}

static void check_xml_vertices(const lqi_kernels *kernels)
{
    char text[sizeof vertices_text + sizeof tail_text];
    size_t size = sizeof vertices_text - 1;
    memcpy(text, vertices_text, size);
    memcpy(text + size, tail_text, sizeof tail_text);
    size += sizeof tail_text;
    lend_guard guard;
    assert_true(lend_guard_open(&guard, size));
    for (size_t cut = 0; cut <= size; cut++)
        for (size_t count_max = 0; count_max < 8; count_max++) {
            const char *lent = (const char *)lend_guard_put(&guard, text, size - cut);
            double want[3 * 8], got[3 * 8 + 1];
            lqi_xml_run a, b;
            memset(got, 0xA5, sizeof got);
            lqi_xml_vertices_scalar(lent, size - cut, "m:p:", count_max, want, &a);
            kernels->xml_vertices(lent, size - cut, "m:p:", count_max, got, &b);
            assert_true(a.count == b.count && a.size == b.size && a.count <= count_max);
            assert_memory_equal(want, got, 3 * a.count * sizeof *got);
            assert_true(lqi_bits_of_double(got[3 * count_max]) == 0xA5A5A5A5A5A5A5A5);
            if (cut == 0 && count_max == 7) assert_int_equal(a.count, 5);
        }
    lend_guard_close(&guard);
    check_many_xml_vertices(kernels);
}

static void check_xml_triangles(const lqi_kernels *kernels)
{
    char text[sizeof triangles_text + sizeof tail_text];
    size_t size = sizeof triangles_text - 1;
    memcpy(text, triangles_text, size);
    memcpy(text + size, tail_text, sizeof tail_text);
    size += sizeof tail_text;
    lend_guard guard;
    assert_true(lend_guard_open(&guard, size));
    for (size_t cut = 0; cut <= size; cut++)
        for (size_t count_max = 0; count_max < 8; count_max++) {
            const char *lent = (const char *)lend_guard_put(&guard, text, size - cut);
            uint32_t want[3 * 8], got[3 * 8 + 1];
            lqi_xml_run a, b;
            memset(got, 0xA5, sizeof got);
            lqi_xml_triangles_scalar(lent, size - cut, "", count_max, want, &a);
            kernels->xml_triangles(lent, size - cut, "", count_max, got, &b);
            assert_true(a.count == b.count && a.size == b.size && a.index_max == b.index_max && a.count <= count_max);
            assert_memory_equal(want, got, 3 * a.count * sizeof *got);
            assert_true(got[3 * count_max] == 0xA5A5A5A5);
            if (cut == 0 && count_max == 7) assert_true(a.count == 5 && a.index_max == 2147483647);
        }
    lend_guard_close(&guard);
}

/* Makes about half the corners those of the facet before, and some of these a little longer or other than they were. */
static void share_corners(char number[12][48], char last[12][48], uint64_t random)
{
    for (int k = 3; k < 12; k += 3, random >>= 8) {
        if (random & 1 || !last[3][0]) continue;
        memcpy(number[k], last[3 + 3 * (random >> 1 & 3) % 9], 3 * sizeof number[k]);
        char *changed = number[(size_t)k + (random >> 3 & 1) * 2];
        if ((random >> 4 & 7) == 0) strcat(changed, "1");
        if ((random >> 4 & 7) == 1) changed[strlen(changed) - 1] ^= 1;
    }
}

/* Facets in the layouts of several writers, with numbers of all shapes, and now and then something odd. */
static size_t write_facets(char *text, size_t size, uint64_t random)
{
    static const char *const layouts[] = {
        "facet normal %s %s %s\nouter loop\nvertex %s %s %s\nvertex %s %s %s\nvertex %s %s %s\nendloop\nendfacet\n",
        "  facet normal %s %s %s\r\n\touter loop\r\n\t\tvertex %s\t%s %s\r\n\t\tvertex %s\t%s %s\r\n\t\tvertex %s %s "
        "%s \r\n\tendloop\r\n endfacet\r\n",
        "FACET  NORMAL  %s  %s  %s   OUTER LOOP\n  Vertex  %s  %s   %s\n  Vertex  %s  %s   %s\n  Vertex  %s  %s   "
        "%s\nEndLoop\n EndFacet ",
        "facet normal %s %s %s\n%*souter loop\n vertex %s %s %s\n vertex %s %s %s\n vertex %s %s %s\n "
        "endloop\nendfacet\n"};
    static const char *const formats[] = {"%.6f", "%e", "%.9g", "% .4e", "%.0f", "%+.3f", "%.17g", "%.1f", "%.12f"};
    static const char *const odd[] = {"nan",
                                      "0x1p3",
                                      "1,5",
                                      "1e400",
                                      "-0",
                                      "1e-41",
                                      "2e9",
                                      "-",
                                      "5.",
                                      ".5",
                                      "1d2",
                                      "facet",
                                      "1e+002",
                                      "0.50000002980232238769",
                                      "123456789012345678901234567890",
                                      "1.5.2"};
    size_t at = 0, layout = random >> 40;
    char number[12][48], last[12][48] = {{0}};
    for (int i = 0; at + 600 < size; i++) {
        for (int k = 0; k < 12; k++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            double value = (double)(int64_t)random / 9e15 / (double)(1 + (random >> 20 & 255));
            snprintf(number[k], sizeof number[k], formats[random >> 59 ? layout % 9 : random >> 33 & 7], value);
            if ((random >> 45) % 300 == 0) snprintf(number[k], sizeof number[k], "%s", odd[random >> 25 & 15]);
        }
        share_corners(number, last, random >> 7);
        memcpy(last, number, sizeof last);
        if (random >> 58 == 0) layout++;
        bool indented = layout % 4 == 3;
        const char *format = layouts[layout % 4];
#define NUMBERS_FROM(k) number[k], number[k + 1], number[k + 2]
        if (indented)
            at += (size_t)snprintf(text + at, size - at, format, NUMBERS_FROM(0), (int)(random >> 30 & 127), "",
                                   NUMBERS_FROM(3), NUMBERS_FROM(6), NUMBERS_FROM(9));
        else
            at += (size_t)snprintf(text + at, size - at, format, NUMBERS_FROM(0), NUMBERS_FROM(3), NUMBERS_FROM(6),
                                   NUMBERS_FROM(9));
    }
    return at;
}

static void check_facet_text(const lqi_kernels *kernels)
{
    enum { SIZE = 60000, FACETS = 700 };
    static char text[SIZE];
    static float want[9 * FACETS], got[9 * FACETS + 9];
    static lqi_text_normal normals[2][FACETS];
    lend_guard guard;
    assert_true(lend_guard_open(&guard, SIZE));
    for (uint64_t round = 0; round < 60; round++) {
        size_t size = write_facets(text, SIZE, round * 0x9E3779B97F4A7C15u + 1) - round % 7, taken = 0, stops = 0;
        const char *lent = (const char *)lend_guard_put(&guard, text, size);
        for (const char *p = lent; p < lent + size;) {
            if (*p != 'f' && *p != 'F') {
                p++;
                continue;
            }
            size_t capacity = stops++ % 3 ? FACETS : stops % 40;
            lqi_facet_text a = {.text = p, .end = lent + size, .normals = normals[0]}, b = a;
            b.normals = normals[1];
            size_t count = lqi_facet_text_scalar(&a, want, capacity);
            memset(got, 0xA5, sizeof got);
            assert_int_equal(kernels->facet_text(&b, got, capacity), count);
            assert_ptr_equal(a.text, b.text);
            assert_true(a.any_dot == b.any_dot);
            assert_memory_equal(want, got, 9 * count * sizeof *got);
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(normals[0][i].minus, normals[1][i].minus);
                const char *at = normals[1][i].text; /* a blank in the place of a sign may be before it */
                assert_true(at == normals[0][i].text || at + strspn(at, " ") == normals[0][i].text);
            }
            for (size_t i = 9 * count + 9; i < 9 * FACETS + 9; i++)
                assert_true(lqi_bits_of_float(got[i]) == 0xA5A5A5A5);
            taken += count;
            p = count ? a.text : p + 1;
        }
        assert_true(taken > 50);
    }
    lend_guard_close(&guard);
}

/* Stars of 0 to 9 steps: circles, several circles, and steps at random over few ends. */
static void check_stars(const lqi_kernels *kernels)
{
    static lqi_star star[LENGTH_MAX];
    static uint32_t steps[LENGTH_MAX];
    static uint8_t want[LENGTH_MAX], got[LENGTH_MAX + 1];
    uint64_t random = 17;
    size_t seen[3] = {0};
    for (int round = 0; round < 64; round++) {
        for (size_t i = 0; i < LENGTH_MAX; i++) {
            steps[i] = (uint32_t)(i % 10);
            for (uint32_t k = 0; k < LQI_STAR_STEPS_MAX; k++) {
                random = random * 6364136223846793005u + 1442695040888963407u;
                uint32_t ends = i % 3 ? steps[i] : 4, first = i % 3 == 2 && steps[i] > 5 ? 3 : 0;
                star[i].from[k] = i % 3 ? k : (uint32_t)(random >> 33) % ends;
                star[i].to[k] = i % 3 == 0  ? (uint32_t)(random >> 40) % ends
                                : k < first ? (k + 1) % first
                                : ends      ? first + (k - first + 1) % (ends - first)
                                            : 0;
            }
            uint32_t other = (uint32_t)(random >> 50) % LQI_STAR_STEPS_MAX; /* the order must not matter */
            uint32_t from = star[i].from[other], to = star[i].to[other], last = steps[i] ? (steps[i] - 1) % 8 : 0;
            if (other < steps[i]) {
                star[i].from[other] = star[i].from[last], star[i].to[other] = star[i].to[last];
                star[i].from[last] = from, star[i].to[last] = to;
            }
        }
        memset(got, 0xA5, sizeof got);
        memset(want, 0xA5, sizeof want);
        size_t count = LENGTH_MAX - (size_t)round;
        lqi_stars_scalar(star, steps, count, want);
        kernels->stars(star, steps, count, got);
        assert_memory_equal(want, got, LENGTH_MAX);
        assert_true(got[LENGTH_MAX] == 0xA5);
        for (size_t i = 0; i < count; i++)
            if (want[i] != 0xA5) seen[want[i]]++;
    }
    for (int kind = 0; kind < 3; kind++) assert_true(seen[kind] > 100);
}

static void check_slivers(const lqi_kernels *kernels)
{
    static lqi_rows rows;
    for (int special = 0; special < 2; special++) {
        fill_rows(&rows, 17, special);
        for (size_t i = 0; i < LQI_BLOCK; i += 5) /* along a line */
            for (size_t axis = 0; axis < 3; axis++)
                rows.row[6 + axis][i] = 2 * rows.row[3 + axis][i] - rows.row[axis][i];
        for (size_t count = 0; count <= LQI_BLOCK; count = next_count(count)) {
            uint64_t want[LQI_BLOCK_WORDS], got[LQI_BLOCK_WORDS];
            lqi_slivers_scalar(&rows, count, want);
            kernels->slivers(&rows, count, got);
            assert_memory_equal(want, got, sizeof want);
        }
    }
}

static void check_tetrahedra(const lqi_kernels *kernels)
{
    static lqi_rows rows;
    static double want[LQI_BLOCK], got[LQI_BLOCK];
    const double origin[3] = {3, -4e5, 0.1};
    fill_rows(&rows, 19, 0);
    rows.row[4][9] = 1e150, rows.row[2][130] = -1e150, rows.row[8][3] = 4.9e-324;
    for (size_t count = 0; count <= LQI_BLOCK; count = next_count(count)) {
        double want_box[6] = {1, 2, 3, 1, 2, 3}, got_box[6] = {1, 2, 3, 1, 2, 3};
        lqi_tetrahedra_scalar(&rows, count, origin, want, want_box);
        kernels->tetrahedra(&rows, count, origin, got, got_box);
        assert_memory_equal(want, got, count * sizeof *want);
        assert_memory_equal(want_box, got_box, sizeof want_box);
    }
}

/* Every triangle, of either sense and of none, whose corners lie on, before or behind the centre of one column. */
static void check_cover_at_centre(const lqi_kernels *kernels)
{
    static lqi_rows rows;
    static lqi_snapped want_at, got_at;
    const lqi_column_grid grid = {{0, 1}, {0, 0}, 256};
    for (size_t first = 0; first < 729; first += LQI_BLOCK) {
        for (size_t i = 0; i < LQI_BLOCK; i++)
            for (size_t k = 0, digits = first + i; k < 6; k++, digits /= 3)
                rows.row[k / 2 * 3 + k % 2][i] = 0.25 * (double)(1 + digits % 3);
        uint64_t want[LQI_BLOCK_WORDS], got[LQI_BLOCK_WORDS];
        lqi_column_cover_scalar(&rows, LQI_BLOCK, &grid, &want_at, want);
        kernels->column_cover(&rows, LQI_BLOCK, &grid, &got_at, got);
        assert_memory_equal(want, got, sizeof want);
    }
}

static void check_column_cover(const lqi_kernels *kernels)
{
    check_cover_at_centre(kernels);
    static lqi_rows rows;
    static lqi_snapped want_at, got_at;
    for (int fine = 0; fine < 3; fine++) {
        /* Triangles of many columns, of about one, and of a share of one; some corners exactly between two sub-cells.
         */
        const lqi_column_grid grid = {{fine % 3, (fine + 1) % 3}, {-3e6, -3e6}, 65536 / 6e6};
        uint64_t random = 23;
        for (size_t i = 0; i < LQI_BLOCK; i++)
            for (size_t row = 0; row < LQI_ROW_COUNT; row++) {
                double size = fine == 0 ? 1 : fine == 1 ? 0.01 : 0.003, from = row < 3 ? 0 : rows.row[row % 3][i];
                double to = random_coordinate(&random) * (row < 3 ? 1 : size) + from;
                rows.row[row][i] = i % 4 ? to : floor(to / 6e6 * 65536) * (6e6 / 65536) + 3e6 / 65536;
                if (rows.row[row][i] < -3e6) rows.row[row][i] = -3e6;
            }
        for (size_t count = 0; count <= LQI_BLOCK; count = next_count(count)) {
            uint64_t want[LQI_BLOCK_WORDS], got[LQI_BLOCK_WORDS];
            lqi_column_cover_scalar(&rows, count, &grid, &want_at, want);
            kernels->column_cover(&rows, count, &grid, &got_at, got);
            assert_memory_equal(want, got, sizeof want);
            for (int k = 0; k < 6; k++) assert_memory_equal(want_at.at[k], got_at.at[k], count * sizeof(int32_t));
        }
    }
}

/* Numbers as records hold them: ordinary, -0, and at both ends of what is usable. */
static void fill_records(uint8_t *records, uint64_t seed)
{
    static const float odd[] = {0, -0.0f, 1.17549435e-38f, -1.17549435e-38f, 1e9f, -1e9f, 1, -1};
    for (size_t i = 0; i < LQI_BLOCK; i++)
        for (size_t k = 0; k < 12; k++) {
            float x = (float)random_coordinate(&seed);
            if ((i * 13 + k) % 17 == 0) x = odd[(i + k) % 8];
            memcpy(records + i * LQI_RECORD_SIZE + 4 * k, &x, sizeof x);
        }
    for (size_t i = 0; i < LQI_BLOCK; i += 5) /* two equal corners, whichever they are */
        memcpy(records + i * LQI_RECORD_SIZE + 12 + 12 * (i % 3),
               records + i * LQI_RECORD_SIZE + 12 + 12 * ((i + 1) % 3), 12);
}

static void check_record_rows(const lqi_kernels *kernels)
{
    static uint8_t block[LQI_BLOCK * LQI_RECORD_SIZE + 3];
    static lqi_rows want, got;
    lend_guard guard;
    assert_true(lend_guard_open(&guard, sizeof block));
    static const float unusable[] = {INFINITY, -INFINITY, NAN, 1.0000001e9f, -1.0000001e9f, 1e-39f, -1e-45f};
    for (size_t misaligned = 0; misaligned < 3; misaligned++) {
        uint8_t *records = block + misaligned;
        fill_records(records, 29 + misaligned);
        for (size_t count = 0; count <= LQI_BLOCK; count = next_count(count)) {
            float want_box[6] = {1, 2, 3, 1, 2, 3}, got_box[6] = {1, 2, 3, 1, 2, 3};
            memset(&want, 0xA5, sizeof want);
            memset(&got, 0xA5, sizeof got);
            const uint8_t *lent = lend_guard_put(&guard, records, count ? count * LQI_RECORD_SIZE - 2 : 0);
            assert_true(lqi_record_rows_scalar(records, count, &want, want_box));
            assert_true(kernels->record_rows(lent, count, &got, got_box));
            assert_memory_equal(&want, &got, sizeof want);
            assert_memory_equal(want_box, got_box, sizeof want_box);
        }
    }
    for (size_t i = 0; i < LQI_BLOCK; i += 3)
        for (size_t k = 0; k < 9; k++) {
            fill_records(block, 31);
            memcpy(block + i * LQI_RECORD_SIZE + 12 + 4 * k, &unusable[(i + k) % 7], 4);
            float box[6] = {0};
            assert_false(lqi_record_rows_scalar(block, LQI_BLOCK, &want, box));
            assert_false(kernels->record_rows(block, LQI_BLOCK, &got, box));
            assert_true(kernels->record_rows(block, i, &got, box));
            assert_false(kernels->record_rows(block, i + 1, &got, box));
        }
    lend_guard_close(&guard);
}

/* Facets with normals of their own, small against their coordinates so that rounding matters; some turned, of no
 * length, or no numbers at all. The truth is told in double precision where it is clear. */
static size_t fill_normals(uint8_t *records, uint64_t seed)
{
    static const float odd[] = {INFINITY, -INFINITY, NAN, 2e9f, -2e9f};
    size_t clear = 0;
    for (size_t i = 0; i < LQI_BLOCK; i++, records += LQI_RECORD_SIZE) {
        float p[12], reach = i % 3 ? 1 : 1e-5f;
        for (size_t k = 3; k < 12; k++)
            p[k] = k < 6 ? (float)random_coordinate(&seed) : p[k % 3 + 3] + reach * (float)random_coordinate(&seed);
        double u[3], v[3], n[3], size = 0;
        for (size_t k = 0; k < 3; k++) u[k] = (double)p[6 + k] - p[3 + k], v[k] = (double)p[9 + k] - p[3 + k];
        for (size_t k = 0; k < 3; k++) {
            n[k] = u[(k + 1) % 3] * v[(k + 2) % 3] - u[(k + 2) % 3] * v[(k + 1) % 3];
            size += n[k] * n[k];
        }
        double turn = i % 7 == 0 ? 0 : i % 2 ? -1 : 1;
        for (size_t k = 0; k < 3; k++) p[k] = size > 0 ? (float)(turn * n[k] / sqrt(size)) : 0;
        clear += turn < 0 && i % 11 && i % 3;
        if (i % 11 == 0) p[3 + i % 9] = odd[i % 5];
        memcpy(records, p, sizeof p);
    }
    return clear;
}

static void check_record_normals(const lqi_kernels *kernels)
{
    static uint8_t block[LQI_BLOCK * LQI_RECORD_SIZE + 3];
    lend_guard guard;
    assert_true(lend_guard_open(&guard, sizeof block));
    for (size_t misaligned = 0; misaligned < 3; misaligned++) {
        uint8_t *records = block + misaligned;
        size_t clear = fill_normals(records, 43 + misaligned);
        assert_in_range(kernels->record_normals(records, LQI_BLOCK), clear, clear + LQI_BLOCK / 3);
        for (size_t count = 0; count <= LQI_BLOCK; count = next_count(count)) {
            const uint8_t *lent = lend_guard_put(&guard, records, count ? count * LQI_RECORD_SIZE - 2 : 0);
            assert_int_equal(kernels->record_normals(lent, count), lqi_record_normals_scalar(records, count));
        }
    }
    lend_guard_close(&guard);
}

static void check_record_certificate(const lqi_kernels *kernels)
{
    static uint8_t block[LQI_BLOCK * LQI_RECORD_SIZE + 3];
    lqi_certificate_key key;
    uint64_t random = 37;
    for (size_t i = 0; i < 2 * LQI_CERTIFICATE_KEYS; i++)
        key.word[i / 2][i % 2] = random = random * 6364136223846793005u + 1;
    lend_guard guard;
    assert_true(lend_guard_open(&guard, sizeof block));
    for (size_t misaligned = 0; misaligned < 3; misaligned++) {
        fill_records(block + misaligned, 41);
        for (size_t count = 0; count <= LQI_BLOCK; count = next_count(count)) {
            lqi_certificate_sums want = {1, {2, 3}}, got = {1, {2, 3}};
            size_t size = count ? count * LQI_RECORD_SIZE - 2 : 0;
            lqi_record_certificate_scalar(block + misaligned, count, &key, &want);
            kernels->record_certificate(lend_guard_put(&guard, block + misaligned, size), count, &key, &got);
            assert_memory_equal(&want, &got, sizeof want);
        }
    }
    lend_guard_close(&guard);
}

/* Whether the table of a level has another variant than the one below; TEST_ISA leaves only those of one set. */
static bool is_wanted(size_t level)
{
    uint32_t only = settings_isa();
    return !only || (lqi_kernels_at(level)->isa_used | LQ_ISA_SCALAR) == only;
}

static void check_plane_words(const lqi_kernels *kernels)
{
    enum { WORDS = 70 };
    static uint64_t a[WORDS], b[WORDS + 65], want[WORDS], got[WORDS];
    uint64_t random = 11;
    for (int op = LQI_WORDS_AND; op <= LQI_WORDS_NARROW; op++)
        for (size_t count = 0; count <= WORDS; count++)
            for (int shift = 1; shift < 64; shift += 1 + (int)(count % 13)) {
                for (size_t i = 0; i < WORDS; i++) a[i] = (uint64_t)(random_coordinate(&random) * 1e15);
                for (size_t i = 0; i < WORDS + 65; i++) b[i] = ~(uint64_t)0 << i % 64 ^ a[i % WORDS] >> 3;
                memset(want, 0xA5, sizeof want);
                memset(got, 0xA5, sizeof got);
                lqi_plane_words_scalar((lqi_words_op)op, a, b + 1, count, shift, want);
                kernels->plane_words((lqi_words_op)op, a, b + 1, count, shift, got);
                assert_memory_equal(want, got, sizeof want);
                memcpy(got, a, sizeof got);
                kernels->plane_words((lqi_words_op)op, got, b + 1, count, shift, got);
                assert_memory_equal(want, got, count * sizeof *want);
            }
}

static void check_plane_count(const lqi_kernels *kernels)
{
    static uint64_t a[70], b[70];
    uint64_t random = 13, sum = 0;
    for (size_t i = 0; i < 70; i++) {
        a[i] = (uint64_t)(int64_t)(random_coordinate(&random) * 1e13);
        b[i] = a[i] << i % 64;
        for (int bit = 0; bit < 64; bit++) sum += (a[i] & ~b[i]) >> bit & 1;
        assert_int_equal(kernels->plane_count(a, b, i + 1), sum);
    }
}

#define IS_NEW(name)                                                                                           \
    static bool is_new_##name(size_t level)                                                                    \
    {                                                                                                          \
        return is_wanted(level) && (!level || lqi_kernels_at(level)->name != lqi_kernels_at(level - 1)->name); \
    }
LQI_KERNEL_LIST(IS_NEW)

static void every_variant_gives_the_bits_of_the_reference(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool (*is_new)(size_t level);
        check_fn *check;
    } checks[] = {
#define CHECK(name) {#name, is_new_##name, check_##name},
        LQI_KERNEL_LIST(CHECK)
#undef CHECK
    };
    size_t checked = 0;
    for (size_t level = 0; lqi_kernels_at(level); level++)
        for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
            if (checks[i].is_new(level)) checks[i].check(lqi_kernels_at(level)), checked++;
    assert_true(checked > 0);
    assert_ptr_equal(lqi_kernels_for(LQ_ISA_SCALAR), lqi_kernels_at(0));
    assert_true(lqi_kernels_for(lqi_cpu_isa())->isa_used <= lqi_cpu_isa());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variant_gives_the_bits_of_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
