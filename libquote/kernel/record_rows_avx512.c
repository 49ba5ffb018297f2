#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "kernel/records.h"
#include "kernel/unroll.h"

/* Bytes ahead: overlapping loads defeat the hardware's own prefetching, so every line is asked for. */
#define AHEAD 6400
#define LINE 64
#define GROUP 16 /* records at a time */

#define TARGET __attribute__((target("avx512f,avx512dq")))
#define INLINE __attribute__((always_inline)) static inline

/* The box so far, and the smallest magnitude bits less one, so that 0 is out of the way, with the largest: what is not
 * usable shows. */
typedef struct found {
    __m512 low[3], high[3];
    __m512i least, most;
} found;

/* The same corner of the sixteen records, as x, y, z. `at`: four bytes before the corner, so that no load leaves its
 * record. */
TARGET INLINE void load_corner(const uint8_t *at, __m512 p[3])
{
    __m512 four[4]; /* records k, k + 4, k + 8 and k + 12: (., x, y, z) */
    LQI_UNROLL
    for (int k = 0; k < 4; k++) {
        const uint8_t *from = at + (size_t)k * LQI_RECORD_SIZE;
        four[k] = _mm512_castps128_ps512(_mm_loadu_ps((const float *)(const void *)from));
        LQI_UNROLL
        for (int lane = 1; lane < 4; lane++) {
            __m128 next = _mm_loadu_ps((const float *)(const void *)(from + (size_t)lane * 4 * LQI_RECORD_SIZE));
            four[k] = _mm512_mask_broadcast_f32x4(four[k], (__mmask16)(15 << 4 * lane), next);
        }
    }
    __m512 low01 = _mm512_unpacklo_ps(four[0], four[1]), low23 = _mm512_unpacklo_ps(four[2], four[3]);
    __m512 high01 = _mm512_unpackhi_ps(four[0], four[1]), high23 = _mm512_unpackhi_ps(four[2], four[3]);
    p[0] = _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(low01), _mm512_castps_pd(low23)));
    p[1] = _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(high01), _mm512_castps_pd(high23)));
    p[2] = _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(high01), _mm512_castps_pd(high23)));
}

TARGET INLINE __mmask16 same_point(const __m512 *a, const __m512 *b)
{
    __mmask16 same = _mm512_cmp_ps_mask(a[0], b[0], _CMP_EQ_OQ);
    same = _mm512_mask_cmp_ps_mask(same, a[1], b[1], _CMP_EQ_OQ);
    return _mm512_mask_cmp_ps_mask(same, a[2], b[2], _CMP_EQ_OQ);
}

TARGET INLINE void take_group(const uint8_t *record, found *f, __m512 p[LQI_ROW_COUNT])
{
    LQI_UNROLL
    for (int k = 0; k < 3; k++) load_corner(record + LQI_RECORD_CORNERS - 4 + 12 * k, &p[3 * k]);
    LQI_UNROLL
    for (int row = 0; row < LQI_ROW_COUNT; row++) {
        __m512i bits = _mm512_and_si512(_mm512_castps_si512(p[row]), _mm512_set1_epi32(0x7FFFFFFF));
        f->least = _mm512_min_epu32(f->least, _mm512_sub_epi32(bits, _mm512_set1_epi32(1)));
        f->most = _mm512_max_epi32(f->most, bits);
        p[row] = _mm512_add_ps(p[row], _mm512_setzero_ps());
    }
    __mmask16 solid = (__mmask16) ~(same_point(p, p + 3) | same_point(p + 3, p + 6) | same_point(p + 6, p));
    LQI_UNROLL
    for (int row = 0; row < LQI_ROW_COUNT; row++) {
        int axis = row % 3;
        f->low[axis] = _mm512_mask_min_ps(f->low[axis], solid, p[row], f->low[axis]);
        f->high[axis] = _mm512_mask_max_ps(f->high[axis], solid, p[row], f->high[axis]);
    }
}

TARGET INLINE __m512d half(__m512 x, int upper)
{
    return _mm512_cvtps_pd(upper ? _mm512_extractf32x8_ps(x, 1) : _mm512_castps512_ps256(x));
}

/* The last records, fewer than a group: from a copy in which the last one stands in for those that are missing. */
TARGET static void take_rest(const uint8_t *records, size_t count, found *f, lqi_rows *rows, size_t at)
{
    uint8_t padded[GROUP * LQI_RECORD_SIZE];
    __m512 p[LQI_ROW_COUNT];
    for (size_t i = 0; i < GROUP; i++) { /* the two bytes behind the last corner may not be there */
        size_t from = i < count ? i : count - 1;
        memcpy(padded + i * LQI_RECORD_SIZE, records + from * LQI_RECORD_SIZE, LQI_RECORD_SIZE - 2);
    }
    take_group(padded, f, p);
    uint32_t used = (1u << count) - 1;
    LQI_UNROLL
    for (int row = 0; row < LQI_ROW_COUNT; row++) {
        _mm512_mask_storeu_pd(&rows->row[row][at], (__mmask8)(used & 255), half(p[row], 0));
        if (used >> 8) _mm512_mask_storeu_pd(&rows->row[row][at + 8], (__mmask8)(used >> 8), half(p[row], 1));
    }
}

TARGET INLINE bool are_usable(const found *f)
{
    const __m512i denormal_max = _mm512_set1_epi32(0x007FFFFE); /* less one */
    const __m512i maximum = _mm512_castps_si512(_mm512_set1_ps(LQI_RECORD_COORDINATE_MAX));
    return !_mm512_cmple_epu32_mask(f->least, denormal_max) && !_mm512_cmpgt_epi32_mask(f->most, maximum);
}

TARGET static float smallest(__m512 x)
{
    float lane[16];
    _mm512_storeu_ps(lane, x);
    for (int i = 1; i < 16; i++) lane[0] = lane[i] < lane[0] ? lane[i] : lane[0];
    return lane[0];
}

TARGET static float largest(__m512 x)
{
    float lane[16];
    _mm512_storeu_ps(lane, x);
    for (int i = 1; i < 16; i++) lane[0] = lane[i] > lane[0] ? lane[i] : lane[0];
    return lane[0];
}

TARGET bool lqi_record_rows_avx512(const uint8_t *records, size_t count, lqi_rows *rows, float box[6])
{
    found f = {.least = _mm512_set1_epi32(-1), .most = _mm512_setzero_si512()};
    LQI_UNROLL
    for (int k = 0; k < 3; k++) f.low[k] = _mm512_set1_ps(box[k]), f.high[k] = _mm512_set1_ps(box[3 + k]);
    size_t i = 0;
    for (; i + GROUP <= count; i += GROUP) {
        const uint8_t *record = records + i * LQI_RECORD_SIZE;
        __m512 p[LQI_ROW_COUNT];
        LQI_UNROLL
        for (int line = 0; line < 13; line++)
            _mm_prefetch((const char *)((uintptr_t)record + AHEAD + (uintptr_t)line * LINE), _MM_HINT_T0);
        take_group(record, &f, p);
        LQI_UNROLL
        for (int row = 0; row < LQI_ROW_COUNT; row++) {
            _mm512_storeu_pd(&rows->row[row][i], half(p[row], 0));
            _mm512_storeu_pd(&rows->row[row][i + 8], half(p[row], 1));
        }
    }
    if (i < count) take_rest(records + i * LQI_RECORD_SIZE, count - i, &f, rows, i);
    if (!are_usable(&f)) return false;
    for (int k = 0; k < 3; k++) box[k] = smallest(f.low[k]), box[3 + k] = largest(f.high[k]);
    return true;
}
#else
typedef int lqi_record_rows_avx512_is_for_x86;
#endif
