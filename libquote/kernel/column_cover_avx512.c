#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/column_cover.h"
#include "kernel/unroll.h"

#define TARGET __attribute__((target("avx512f,avx512vl")))
#define INLINE __attribute__((always_inline)) static inline

/* To nearest, halves up, for x >= 0: the largest number below a half never carries a fraction below a half over. */
TARGET INLINE __m256i round_half_up(__m512d x)
{
    return _mm512_cvttpd_epi32(_mm512_add_pd(x, _mm512_set1_pd(0.49999999999999994)));
}

typedef struct cells {
    __m256i first, last;
} cells;

TARGET INLINE cells cells_between(__m256i a, __m256i b, __m256i c)
{
    __m256i low = _mm256_min_epi32(a, _mm256_min_epi32(b, c)), high = _mm256_max_epi32(a, _mm256_max_epi32(b, c));
    __m256i up = _mm256_set1_epi32(LQI_SUBCELLS - 1 - LQI_SUBCELLS / 2), down = _mm256_set1_epi32(LQI_SUBCELLS / 2);
    return (cells){_mm256_srai_epi32(_mm256_add_epi32(low, up), 8), _mm256_srai_epi32(_mm256_sub_epi32(high, down), 8)};
}

/* The lanes whose triangle has no area or leaves the centre strictly outside. A box with one centre is less than two
 * cells wide, so that 32 bits are enough; what comes out for larger ones is not used. */
TARGET INLINE __mmask8 misses_only_centre(const __m256i at[6], __m256i across, __m256i deep)
{
    const __m256i half = _mm256_set1_epi32(LQI_SUBCELLS / 2), zero = _mm256_setzero_si256();
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
    __m256i outside = zero;
    LQI_UNROLL
    for (int k = 0; k < 3; k++) outside = _mm256_or_si256(outside, _mm256_sign_epi32(side[k], area));
    return (__mmask8)(_mm256_cmplt_epi32_mask(outside, zero) | _mm256_cmpeq_epi32_mask(area, zero));
}

TARGET void lqi_column_cover_avx512(const lqi_rows *rows, size_t count, const lqi_column_grid *grid,
                                    lqi_snapped *snapped, uint64_t mask[LQI_BLOCK_WORDS])
{
    const __m512d scale = _mm512_set1_pd(grid->scale);
    for (size_t word = 0; word < LQI_BLOCK_WORDS; word++) mask[word] = 0;
    for (size_t i = 0; i < count; i += 8) { /* the rows are longer than any count */
        __m256i at[6];
        LQI_UNROLL
        for (int k = 0; k < 6; k++) {
            int side = k % 2;
            __m512d x = _mm512_loadu_pd(&rows->row[k / 2 * 3 + grid->axis[side]][i]);
            x = _mm512_mul_pd(_mm512_sub_pd(x, _mm512_set1_pd(grid->origin[side])), scale);
            at[k] = round_half_up(x);
            _mm256_storeu_si256((__m256i *)(void *)&snapped->at[k][i], at[k]);
        }
        cells across = cells_between(at[0], at[2], at[4]), deep = cells_between(at[1], at[3], at[5]);
        uint32_t none = (uint32_t)_mm256_cmpgt_epi32_mask(across.first, across.last) |
                        (uint32_t)_mm256_cmpgt_epi32_mask(deep.first, deep.last);
        uint64_t bits = none ^ 255;
        if (bits) {
            uint32_t one = (uint32_t)_mm256_cmpeq_epi32_mask(across.first, across.last) &
                           (uint32_t)_mm256_cmpeq_epi32_mask(deep.first, deep.last);
            bits &= ~(uint64_t)(one & (uint32_t)misses_only_centre(at, across.first, deep.first));
        }
        if (count - i < 8) bits &= ((uint64_t)1 << (count - i)) - 1;
        mask[i / 64] |= bits << i % 64;
    }
}
#else
typedef int lqi_column_cover_avx512_is_for_x86;
#endif
