/* Every kernel of the list, at every instruction set of this CPU, against its scalar reference; and the references
 * against what they are meant to compute. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "kernel/kernel_select.h"
#include "libquote.h"
#include "tests/support/lend.h"

#define LENGTH_MAX LQI_MOMENT_BLOCK

static double random_coordinate(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(int32_t)(*state >> 32) / 1024;
}

typedef void check_fn(const lqi_kernels *kernels);

static void check_vertex_keys(const lqi_kernels *kernels)
{
    static double xyz[3 * LENGTH_MAX];
    static uint64_t want[2 * LENGTH_MAX], got[2 * LENGTH_MAX + 2];
    const uint64_t key[2] = {0x0123456789ABCDEF, 0xFEDCBA9876543210};
    uint64_t random = 7;
    for (size_t i = 0; i < 3 * LENGTH_MAX; i++) xyz[i] = i % 11 ? random_coordinate(&random) : 0;
    for (size_t count = 0; count <= LENGTH_MAX; count += count < 40 ? 1 : 27) {
        memset(got, 0xA5, sizeof got);
        lqi_vertex_keys_scalar(xyz, count, key, want);
        kernels->vertex_keys(xyz, count, key, got);
        assert_memory_equal(want, got, 2 * count * sizeof *got);
        assert_true(got[2 * count] == 0xA5A5A5A5A5A5A5A5);
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

static void check_certificate(const lqi_kernels *kernels)
{
    static uint64_t pair[2 * 64];
    static uint32_t corner[3 * LENGTH_MAX];
    uint64_t random = 11;
    for (size_t i = 0; i < sizeof pair / sizeof pair[0]; i++) pair[i] = random = random * 6364136223846793005u + 1;
    for (size_t i = 0; i < 3 * LENGTH_MAX; i++) corner[i] = (uint32_t)(i * i * 7 + i / 5) % 64;
    for (size_t count = 0; count <= LENGTH_MAX; count += count < 40 ? 1 : 27) {
        lqi_certificate_sums want = {1, {2, 3}}, got = {1, {2, 3}};
        lqi_certificate_scalar(pair, corner, count, &want);
        kernels->certificate(pair, corner, count, &got);
        assert_memory_equal(&want, &got, sizeof want);
    }
}

static void check_moments(const lqi_kernels *kernels)
{
    static double block[9 * LQI_MOMENT_BLOCK], weight[LQI_MOMENT_BLOCK];
    uint64_t random = 13;
    for (size_t i = 0; i < 9 * LQI_MOMENT_BLOCK; i++) block[i] = random_coordinate(&random);
    for (size_t i = 0; i < LQI_MOMENT_BLOCK; i++) weight[i] = (double)((int)(i % 3) - 1);
    block[17] = 1e150; /* far corners, infinities and NaN must travel the same way */
    block[400] = -1e-310;
    for (int special = 0; special < 2; special++) {
        if (special) block[2 * LQI_MOMENT_BLOCK + 5] = INFINITY;
        for (size_t count = 0; count <= LQI_MOMENT_BLOCK; count += LQI_LANES) {
            double want[LQI_MOMENT_COUNT][LQI_LANES] = {{0}}, got[LQI_MOMENT_COUNT][LQI_LANES] = {{0}};
            lqi_moments_scalar(block, weight, count, want);
            kernels->moments(block, weight, count, got);
            for (int m = 0; m < LQI_MOMENT_COUNT; m++)
                for (int lane = 0; lane < LQI_LANES; lane++)
                    assert_true(isnan(want[m][lane]) ? isnan(got[m][lane]) : want[m][lane] == got[m][lane]);
        }
    }
}

static void every_variant_gives_the_bits_of_the_reference(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        check_fn *check;
    } checks[] = {
#define CHECK(name) {#name, check_##name},
        LQI_KERNEL_LIST(CHECK)
#undef CHECK
    };
    uint32_t cpu = lqi_cpu_isa();
    for (uint32_t mask = LQ_ISA_SCALAR; mask <= LQ_ISA_NEON; mask <<= 1) {
        if (!(cpu & mask)) continue;
        uint32_t allowed = cpu & (mask | (mask - 1));
        for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) checks[i].check(lqi_kernels_for(allowed));
    }
}

/* A unit right tetrahedron's slanted face seen from its corner: every integral is known. */
static void moments_of_one_tetrahedron(void **state)
{
    (void)state;
    static double block[9 * LQI_MOMENT_BLOCK], weight[LQI_MOMENT_BLOCK];
    double sum[LQI_MOMENT_COUNT][LQI_LANES] = {{0}};
    block[0 * LQI_MOMENT_BLOCK] = 1;
    block[4 * LQI_MOMENT_BLOCK] = 1;
    block[8 * LQI_MOMENT_BLOCK] = 1;
    weight[0] = 1;
    lqi_moments_scalar(block, weight, LQI_LANES, sum);
    assert_true(sum[LQI_MOMENT_VOLUME][0] == 1);
    assert_true(fabs(sum[LQI_MOMENT_AREA][0] - sqrt(3)) < 1e-15);
    assert_true(sum[LQI_MOMENT_X][0] / 24 == 1.0 / 24);
    assert_true(fabs(sum[LQI_MOMENT_XX][0] / 120 - 1.0 / 60) < 1e-16);
    assert_true(fabs(sum[LQI_MOMENT_XY][0] / 120 - 1.0 / 120) < 1e-16);
}

static void certificate_of_closed_and_open(void **state)
{
    (void)state;
    const double xyz[12] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    const uint32_t closed[12] = {0, 2, 1, 0, 1, 3, 1, 2, 3, 2, 0, 3};
    const uint32_t flipped[12] = {0, 1, 2, 0, 1, 3, 1, 2, 3, 2, 0, 3};
    const uint64_t key[2] = {1, 2};
    uint64_t pair[8];
    lqi_vertex_keys_scalar(xyz, 4, key, pair);
    lqi_certificate_sums sums = {0};
    lqi_certificate_scalar(pair, closed, 4, &sums);
    assert_true(sums.oriented == 0 && (sums.parity[0] | sums.parity[1]) == 0);
    sums = (lqi_certificate_sums){0};
    lqi_certificate_scalar(pair, closed, 3, &sums);
    assert_true(sums.oriented != 0 && (sums.parity[0] | sums.parity[1]) != 0);
    sums = (lqi_certificate_sums){0};
    lqi_certificate_scalar(pair, flipped, 4, &sums);
    assert_true(sums.oriented != 0 && (sums.parity[0] | sums.parity[1]) == 0);
}

/* The crack of a T-junction on a straight edge sums to zero under any linear map; it must not under ours. */
static void certificate_sees_a_t_junction(void **state)
{
    (void)state;
    const double xyz[15] = {0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 0, 0};
    const uint32_t corner[15] = {0, 2, 1, 0, 4, 3, 4, 1, 3, 1, 2, 3, 2, 0, 3};
    const uint64_t key[2] = {3, 4};
    uint64_t pair[10];
    lqi_vertex_keys_scalar(xyz, 5, key, pair);
    lqi_certificate_sums sums = {0};
    lqi_certificate_scalar(pair, corner, 5, &sums);
    assert_true(sums.oriented != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variant_gives_the_bits_of_the_reference),
        cmocka_unit_test(moments_of_one_tetrahedron),
        cmocka_unit_test(certificate_of_closed_and_open),
        cmocka_unit_test(certificate_sees_a_t_junction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
