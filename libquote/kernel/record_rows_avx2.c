#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/records.h"
#include "kernel/unroll.h"

/* Bytes ahead: overlapping loads defeat the hardware's own prefetching, so every line is asked for. */
#define AHEAD 4096
#define LINE 64

#define TARGET __attribute__((target("avx2")))
#define INLINE __attribute__((always_inline)) static inline

/* The same corner of eight records, as x, y, z. `at`: four bytes before the corner, so that no load leaves its record.
 */
TARGET INLINE void load_corner(const uint8_t *at, __m256 p[3])
{
    __m256 four[4]; /* records k and k + 4: (., x, y, z) */
    LQI_UNROLL
    for (int k = 0; k < 4; k++) {
        __m128 low = _mm_loadu_ps((const float *)(const void *)(at + (size_t)k * LQI_RECORD_SIZE));
        __m128 high = _mm_loadu_ps((const float *)(const void *)(at + (size_t)(k + 4) * LQI_RECORD_SIZE));
        four[k] = _mm256_insertf128_ps(_mm256_castps128_ps256(low), high, 1);
    }
    __m256 low01 = _mm256_unpacklo_ps(four[0], four[1]), low23 = _mm256_unpacklo_ps(four[2], four[3]);
    __m256 high01 = _mm256_unpackhi_ps(four[0], four[1]), high23 = _mm256_unpackhi_ps(four[2], four[3]);
    p[0] = _mm256_castpd_ps(_mm256_unpackhi_pd(_mm256_castps_pd(low01), _mm256_castps_pd(low23)));
    p[1] = _mm256_castpd_ps(_mm256_unpacklo_pd(_mm256_castps_pd(high01), _mm256_castps_pd(high23)));
    p[2] = _mm256_castpd_ps(_mm256_unpackhi_pd(_mm256_castps_pd(high01), _mm256_castps_pd(high23)));
}

TARGET INLINE __m256 same_point(const __m256 *a, const __m256 *b)
{
    return _mm256_and_ps(_mm256_and_ps(_mm256_cmp_ps(a[0], b[0], _CMP_EQ_OQ), _mm256_cmp_ps(a[1], b[1], _CMP_EQ_OQ)),
                         _mm256_cmp_ps(a[2], b[2], _CMP_EQ_OQ));
}

/* The smallest magnitude bits less one, so that 0 is out of the way, and the largest: what is not usable shows. */
typedef struct magnitudes {
    __m256i least, most;
} magnitudes;

TARGET INLINE void widen(magnitudes *m, __m256 x)
{
    __m256i bits = _mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0x7FFFFFFF));
    m->least = _mm256_min_epu32(m->least, _mm256_sub_epi32(bits, _mm256_set1_epi32(1)));
    m->most = _mm256_max_epi32(m->most, bits);
}

TARGET INLINE bool are_usable(const magnitudes *m)
{
    const __m256i denormal_max = _mm256_set1_epi32(0x007FFFFE); /* less one */
    const __m256i maximum = _mm256_castps_si256(_mm256_set1_ps(LQI_RECORD_COORDINATE_MAX));
    __m256i denormal = _mm256_cmpeq_epi32(_mm256_min_epu32(m->least, denormal_max), m->least);
    __m256i beyond = _mm256_cmpgt_epi32(m->most, maximum);
    return _mm256_testz_si256(_mm256_or_si256(denormal, beyond), _mm256_set1_epi32(-1));
}

TARGET INLINE void store_row(double *row, __m256 x)
{
    _mm256_storeu_pd(row, _mm256_cvtps_pd(_mm256_castps256_ps128(x)));
    _mm256_storeu_pd(row + 4, _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1)));
}

TARGET INLINE float smallest(__m256 x)
{
    float lane[8];
    _mm256_storeu_ps(lane, x);
    for (int i = 1; i < 8; i++) lane[0] = lane[i] < lane[0] ? lane[i] : lane[0];
    return lane[0];
}

TARGET INLINE float largest(__m256 x)
{
    float lane[8];
    _mm256_storeu_ps(lane, x);
    for (int i = 1; i < 8; i++) lane[0] = lane[i] > lane[0] ? lane[i] : lane[0];
    return lane[0];
}

TARGET bool lqi_record_rows_avx2(const uint8_t *records, size_t count, lqi_rows *rows, float box[6])
{
    const __m256 zero = _mm256_setzero_ps();
    __m256 low[3], high[3];
    magnitudes found = {_mm256_set1_epi32(-1), _mm256_setzero_si256()};
    LQI_UNROLL
    for (int k = 0; k < 3; k++) low[k] = _mm256_set1_ps(box[k]), high[k] = _mm256_set1_ps(box[3 + k]);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const uint8_t *record = records + i * LQI_RECORD_SIZE;
        LQI_UNROLL
        for (int line = 0; line < 7; line++)
            _mm_prefetch((const char *)((uintptr_t)record + AHEAD + (uintptr_t)line * LINE), _MM_HINT_T0);
        __m256 p[LQI_ROW_COUNT];
        LQI_UNROLL
        for (int k = 0; k < 3; k++) load_corner(record + LQI_RECORD_CORNERS - 4 + 12 * k, &p[3 * k]);
        LQI_UNROLL
        for (int row = 0; row < LQI_ROW_COUNT; row++) {
            widen(&found, p[row]);
            p[row] = _mm256_add_ps(p[row], zero);
            store_row(&rows->row[row][i], p[row]);
        }
        __m256 point = _mm256_or_ps(_mm256_or_ps(same_point(p, p + 3), same_point(p + 3, p + 6)), same_point(p + 6, p));
        bool any_point = _mm256_movemask_ps(point) != 0;
        LQI_UNROLL
        for (int row = 0; row < LQI_ROW_COUNT; row++) {
            int axis = row % 3;
            __m256 x = any_point ? _mm256_blendv_ps(p[row], low[axis], point) : p[row];
            __m256 y = any_point ? _mm256_blendv_ps(p[row], high[axis], point) : p[row];
            low[axis] = _mm256_min_ps(x, low[axis]);
            high[axis] = _mm256_max_ps(y, high[axis]);
        }
    }
    if (!are_usable(&found)) return false;
    for (int k = 0; k < 3; k++) box[k] = smallest(low[k]), box[3 + k] = largest(high[k]);
    if (i == count) return true;
    lqi_rows rest;
    bool usable = lqi_record_rows_scalar(records + i * LQI_RECORD_SIZE, count - i, &rest, box);
    for (size_t row = 0; usable && row < LQI_ROW_COUNT; row++)
        for (size_t k = i; k < count; k++) rows->row[row][k] = rest.row[row][k - i];
    return usable;
}
#else
typedef int lqi_record_rows_avx2_is_for_x86;
#endif
