/* The scalar references of kernels against what they are meant to compute. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/aes.h"
#include "kernel/kernel_select.h"
#include "libquote.h"

/* A unit right tetrahedron's slanted face seen from its corner: every integral is known. */
static void moments_of_one_tetrahedron(void **state)
{
    (void)state;
    static lqi_rows rows;
    static double weight[LQI_BLOCK];
    const double reference[3] = {4, 5, 6};
    double sum[LQI_MOMENT_COUNT][LQI_LANES] = {{0}};
    for (size_t row = 0; row < LQI_ROW_COUNT; row++)
        for (size_t i = 0; i < LQI_LANES; i++) rows.row[row][i] = reference[row % 3];
    rows.row[0][0] += 1;
    rows.row[4][0] += 1;
    rows.row[8][0] += 1;
    weight[0] = 1;
    lqi_moments_scalar(&rows, reference, weight, LQI_LANES, sum);
    assert_true(sum[LQI_MOMENT_VOLUME][0] == 1);
    assert_true(fabs(sum[LQI_MOMENT_AREA][0] - sqrt(3)) < 1e-15);
    assert_true(sum[LQI_MOMENT_X][0] / 24 == 1.0 / 24);
    assert_true(fabs(sum[LQI_MOMENT_XX][0] / 120 - 1.0 / 60) < 1e-16);
    assert_true(fabs(sum[LQI_MOMENT_XY][0] / 120 - 1.0 / 120) < 1e-16);
    double volume[LQI_BLOCK], box[6] = {4, 5, 6, 4, 5, 6};
    lqi_tetrahedra_scalar(&rows, 1, reference, volume, box);
    assert_true(volume[0] == 1.0 / 6 && box[0] == 4 && box[3] == 5 && box[4] == 6 && box[5] == 7);
}

static void facets_become_floats(void **state)
{
    (void)state;
    static const char text[] =
        "facet normal 0 0 1\n outer loop\n vertex 0.1 -0 1e2\nvertex +5 .5 3.e-1\nvertex 16777217 -1.25 "
        "7\nendloop endfacet\nFacet Normal nan 0 x\n";
    const float expected[9] = {0.1f, 0, 100, 5, 0.5f, 0.3f, 16777216, -1.25f, 7};
    char padded[400];
    memset(padded, ' ', sizeof padded);
    memcpy(padded, text, sizeof text - 1);
    float corners[18];
    lqi_facet_text facets = {.text = padded, .end = padded + sizeof padded};
    assert_int_equal(lqi_facet_text_scalar(&facets, corners, 2), 1);
    assert_memory_equal(corners, expected, sizeof expected);
    assert_true(facets.any_dot);
    assert_ptr_equal(facets.text, strstr(padded, "Facet"));
}

/* FIPS 197, appendix B: what one round makes of the block given there. */
static void aes_round_of_the_standard(void **state)
{
    (void)state;
    static const uint8_t before[16] = {0x19, 0x3d, 0xe3, 0xbe, 0xa0, 0xf4, 0xe2, 0x2b,
                                       0x9a, 0xc6, 0x8d, 0x2a, 0xe9, 0xf8, 0x48, 0x08};
    static const uint8_t round_key[16] = {0xa0, 0xfa, 0xfe, 0x17, 0x88, 0x54, 0x2c, 0xb1,
                                          0x23, 0xa3, 0x39, 0x39, 0x2a, 0x6c, 0x76, 0x05};
    static const uint8_t after[16] = {0xa4, 0x9c, 0x7f, 0xf2, 0x68, 0x9f, 0x35, 0x2b,
                                      0x6b, 0x5b, 0xea, 0x43, 0x02, 0x6a, 0x50, 0x49};
    uint64_t word[2], with[2], want[2], got[2];
    memcpy(word, before, 16), memcpy(with, round_key, 16), memcpy(want, after, 16);
    lqi_aes_words(lqi_aes_round(lqi_aes_of_words(word[0], word[1]), with), got);
    assert_memory_equal(want, got, sizeof want);
}

/* Snapping rounds halves up, and nothing below a half. */
static void corners_snap_to_the_nearest(void **state)
{
    (void)state;
    static const double at[] = {0,   0.5,     0.49999999999999994, 1.5,  1.4999999999999998,
                                2.5, 65536.5, 65536.49999999999,   70000};
    static const int32_t want[] = {0, 1, 0, 2, 1, 3, 65537, 65536, 70000};
    static lqi_rows rows;
    const lqi_column_grid grid = {{0, 1}, {0, 0}, 1};
    for (size_t i = 0; i < 9; i++) rows.row[0][i] = rows.row[7][i] = at[i];
    for (size_t level = 0; lqi_kernels_at(level); level++) {
        lqi_snapped snapped;
        uint64_t mask[LQI_BLOCK_WORDS];
        lqi_kernels_at(level)->column_cover(&rows, 9, &grid, &snapped, mask);
        assert_memory_equal(snapped.at[0], want, sizeof want);
        assert_memory_equal(snapped.at[5], want, sizeof want);
    }
}

static const lqi_certificate_key some_key = {{{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 10}, {11, 12}, {13, 14}, {15, 16}}};

static void certificate_of_closed_and_open(void **state)
{
    (void)state;
    const double xyz[12] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    const uint32_t closed[12] = {0, 2, 1, 0, 1, 3, 1, 2, 3, 2, 0, 3};
    const uint32_t flipped[12] = {0, 1, 2, 0, 1, 3, 1, 2, 3, 2, 0, 3};
    lqi_certificate_sums sums = {0};
    lqi_certificate_scalar(xyz, closed, 4, &some_key, &sums);
    assert_true(sums.oriented == 0 && (sums.parity[0] | sums.parity[1]) == 0);
    sums = (lqi_certificate_sums){0};
    lqi_certificate_scalar(xyz, closed, 3, &some_key, &sums);
    assert_true(sums.oriented != 0 && (sums.parity[0] | sums.parity[1]) != 0);
    sums = (lqi_certificate_sums){0};
    lqi_certificate_scalar(xyz, flipped, 4, &some_key, &sums);
    assert_true(sums.oriented != 0 && (sums.parity[0] | sums.parity[1]) == 0);
}

/* The crack of a T-junction on a straight edge sums to zero under any linear map; it must not under ours. */
static void certificate_sees_a_t_junction(void **state)
{
    (void)state;
    const double xyz[15] = {0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 0, 0};
    const uint32_t corner[15] = {0, 2, 1, 0, 4, 3, 4, 1, 3, 1, 2, 3, 2, 0, 3};
    lqi_certificate_sums sums = {0};
    lqi_certificate_scalar(xyz, corner, 5, &some_key, &sums);
    assert_true(sums.oriented != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_of_one_tetrahedron),
        cmocka_unit_test(facets_become_floats),
        cmocka_unit_test(aes_round_of_the_standard),
        cmocka_unit_test(corners_snap_to_the_nearest),
        cmocka_unit_test(certificate_of_closed_and_open),
        cmocka_unit_test(certificate_sees_a_t_junction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
