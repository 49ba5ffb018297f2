#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/column_cover.h"
#include "kernel/unroll.h"

#define TARGET __attribute__((target("avx2")))

/* To nearest, halves up, for x >= 0: the largest number below a half never carries a fraction below a half over. */
TARGET static inline __m128i round_half_up(__m256d x)
{
    return _mm256_cvttpd_epi32(_mm256_add_pd(x, _mm256_set1_pd(0.49999999999999994)));
}

typedef struct cells {
    __m128i first, last;
} cells;

TARGET static inline cells cells_between(__m128i a, __m128i b, __m128i c)
{
    __m128i low = _mm_min_epi32(a, _mm_min_epi32(b, c)), high = _mm_max_epi32(a, _mm_max_epi32(b, c));
    __m128i up = _mm_set1_epi32(LQI_SUBCELLS - 1 - LQI_SUBCELLS / 2), down = _mm_set1_epi32(LQI_SUBCELLS / 2);
    return (cells){_mm_srai_epi32(_mm_add_epi32(low, up), 8), _mm_srai_epi32(_mm_sub_epi32(high, down), 8)};
}

/* All ones where the triangle has no area or the centre lies strictly outside. A box with one centre is less than two
 * cells wide, so that 32 bits are enough; what comes out for larger ones is not used. */
TARGET static inline __m128i misses_only_centre(const __m128i at[6], __m128i across, __m128i deep)
{
    const __m128i half = _mm_set1_epi32(LQI_SUBCELLS / 2);
    __m128i centre_x = _mm_add_epi32(_mm_slli_epi32(across, 8), half);
    __m128i centre_y = _mm_add_epi32(_mm_slli_epi32(deep, 8), half);
    __m128i x[3], y[3], side[3];
    LQI_UNROLL
    for (int k = 0; k < 3; k++) {
        x[k] = _mm_sub_epi32(at[2 * k], centre_x);
        y[k] = _mm_sub_epi32(at[2 * k + 1], centre_y);
    }
    LQI_UNROLL
    for (int k = 0; k < 3; k++)
        side[k] = _mm_sub_epi32(_mm_mullo_epi32(x[k], y[(k + 1) % 3]), _mm_mullo_epi32(y[k], x[(k + 1) % 3]));
    __m128i area = _mm_add_epi32(_mm_add_epi32(side[0], side[1]), side[2]);
    __m128i outside = _mm_setzero_si128();
    LQI_UNROLL
    for (int k = 0; k < 3; k++) outside = _mm_or_si128(outside, _mm_sign_epi32(side[k], area));
    return _mm_or_si128(_mm_srai_epi32(outside, 31), _mm_cmpeq_epi32(area, _mm_setzero_si128()));
}

TARGET void lqi_column_cover_avx2(const lqi_rows *rows, size_t count, const lqi_column_grid *grid, lqi_snapped *snapped,
                                  uint64_t mask[LQI_BLOCK_WORDS])
{
    const __m256d scale = _mm256_set1_pd(grid->scale);
    for (size_t word = 0; word < LQI_BLOCK_WORDS; word++) mask[word] = 0;
    for (size_t i = 0; i < count; i += 4) { /* the rows are longer than any count */
        __m128i at[6];
        LQI_UNROLL
        for (int k = 0; k < 6; k++) {
            int side = k % 2;
            __m256d x = _mm256_loadu_pd(&rows->row[k / 2 * 3 + grid->axis[side]][i]);
            x = _mm256_mul_pd(_mm256_sub_pd(x, _mm256_set1_pd(grid->origin[side])), scale);
            at[k] = round_half_up(x);
            _mm_storeu_si128((__m128i *)(void *)&snapped->at[k][i], at[k]);
        }
        cells across = cells_between(at[0], at[2], at[4]), deep = cells_between(at[1], at[3], at[5]);
        __m128i none = _mm_or_si128(_mm_cmpgt_epi32(across.first, across.last), _mm_cmpgt_epi32(deep.first, deep.last));
        uint64_t bits = (uint64_t)_mm_movemask_ps(_mm_castsi128_ps(none)) ^ 15;
        if (bits) {
            __m128i one =
                _mm_and_si128(_mm_cmpeq_epi32(across.first, across.last), _mm_cmpeq_epi32(deep.first, deep.last));
            __m128i out = _mm_and_si128(one, misses_only_centre(at, across.first, deep.first));
            bits &= ~(uint64_t)_mm_movemask_ps(_mm_castsi128_ps(out));
        }
        if (count - i < 4) bits &= ((uint64_t)1 << (count - i)) - 1;
        mask[i / 64] |= bits << i % 64;
    }
}
#else
typedef int lqi_column_cover_avx2_is_for_x86;
#endif
