#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/column_cover.h"
#include "kernel/unroll.h"

#define TARGET __attribute__((target("avx2")))

#define INLINE __attribute__((target("avx2"), always_inline)) static inline

/* To nearest, halves up, for x >= 0: the largest number below a half never carries a fraction below a half over. */
INLINE __m128i round_half_up(__m256d x)
{
    return _mm256_cvttpd_epi32(_mm256_add_pd(x, _mm256_set1_pd(0.49999999999999994)));
}

INLINE __m256i snap_eight(const double *row, double origin, double scale)
{
    const __m256d from = _mm256_set1_pd(origin), by = _mm256_set1_pd(scale);
    __m256d low = _mm256_mul_pd(_mm256_sub_pd(_mm256_loadu_pd(row), from), by);
    __m256d high = _mm256_mul_pd(_mm256_sub_pd(_mm256_loadu_pd(row + 4), from), by);
    return _mm256_inserti128_si256(_mm256_castsi128_si256(round_half_up(low)), round_half_up(high), 1);
}

typedef struct cells {
    __m256i first, last;
} cells;

INLINE cells cells_between(__m256i a, __m256i b, __m256i c)
{
    __m256i low = _mm256_min_epi32(a, _mm256_min_epi32(b, c)), high = _mm256_max_epi32(a, _mm256_max_epi32(b, c));
    __m256i up = _mm256_set1_epi32(LQI_SUBCELLS - 1 - LQI_SUBCELLS / 2), down = _mm256_set1_epi32(LQI_SUBCELLS / 2);
    return (cells){_mm256_srai_epi32(_mm256_add_epi32(low, up), 8), _mm256_srai_epi32(_mm256_sub_epi32(high, down), 8)};
}

/* All ones where the triangle has no area or the centre lies strictly outside. A box with one centre is less than two
 * cells wide, so that 32 bits are enough; what comes out for larger ones is not used. */
INLINE __m256i misses_only_centre(const __m256i at[6], __m256i across, __m256i deep)
{
    const __m256i half = _mm256_set1_epi32(LQI_SUBCELLS / 2);
    __m256i centre_x = _mm256_add_epi32(_mm256_slli_epi32(across, 8), half);
    __m256i centre_y = _mm256_add_epi32(_mm256_slli_epi32(deep, 8), half);
    __m256i x[3], y[3], side[3];
    LQI_UNROLL
    for (int k = 0; k < 3; k++) {
        x[k] = _mm256_sub_epi32(at[2 * k], centre_x);
        y[k] = _mm256_sub_epi32(at[2 * k + 1], centre_y);
    }
    LQI_UNROLL
    for (int k = 0; k < 3; k++)
        side[k] = _mm256_sub_epi32(_mm256_mullo_epi32(x[k], y[(k + 1) % 3]), _mm256_mullo_epi32(y[k], x[(k + 1) % 3]));
    __m256i area = _mm256_add_epi32(_mm256_add_epi32(side[0], side[1]), side[2]);
    __m256i outside = _mm256_setzero_si256();
    LQI_UNROLL
    for (int k = 0; k < 3; k++) outside = _mm256_or_si256(outside, _mm256_sign_epi32(side[k], area));
    return _mm256_or_si256(_mm256_srai_epi32(outside, 31), _mm256_cmpeq_epi32(area, _mm256_setzero_si256()));
}

INLINE uint64_t bits_of(__m256i lanes) { return (uint64_t)_mm256_movemask_ps(_mm256_castsi256_ps(lanes)); }

TARGET void lqi_column_cover_avx2(const lqi_rows *rows, size_t count, const lqi_column_grid *grid, lqi_snapped *snapped,
                                  uint64_t mask[LQI_BLOCK_WORDS])
{
    for (size_t word = 0; word < LQI_BLOCK_WORDS; word++) mask[word] = 0;
    for (size_t i = 0; i < count; i += 8) { /* the rows are longer than any count */
        __m256i at[6];
        LQI_UNROLL
        for (int k = 0; k < 6; k++) {
            int side = k % 2;
            at[k] = snap_eight(&rows->row[k / 2 * 3 + grid->axis[side]][i], grid->origin[side], grid->scale);
            _mm256_storeu_si256((__m256i *)(void *)&snapped->at[k][i], at[k]);
        }
        cells across = cells_between(at[0], at[2], at[4]), deep = cells_between(at[1], at[3], at[5]);
        __m256i none =
            _mm256_or_si256(_mm256_cmpgt_epi32(across.first, across.last), _mm256_cmpgt_epi32(deep.first, deep.last));
        uint64_t bits = bits_of(none) ^ 255;
        if (bits) {
            __m256i one = _mm256_and_si256(_mm256_cmpeq_epi32(across.first, across.last),
                                           _mm256_cmpeq_epi32(deep.first, deep.last));
            bits &= ~bits_of(_mm256_and_si256(one, misses_only_centre(at, across.first, deep.first)));
        }
        if (count - i < 8) bits &= ((uint64_t)1 << (count - i)) - 1;
        mask[i / 64] |= bits << i % 64;
    }
}
#else
typedef int lqi_column_cover_avx2_is_for_x86;
#endif
