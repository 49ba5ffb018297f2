#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/records.h"
#include "kernel/unroll.h"

#define TARGET __attribute__((target("avx2")))
#define INLINE __attribute__((always_inline)) static inline

/* Three numbers of each of eight records as rows. at: sixteen bytes that begin with them, or end with them. */
TARGET INLINE void load_three(const uint8_t *at, bool at_end, __m256 p[3])
{
    __m256 four[4]; /* records k and k + 4 */
    LQI_UNROLL
    for (int k = 0; k < 4; k++) {
        __m128 low = _mm_loadu_ps((const float *)(const void *)(at + (size_t)k * LQI_RECORD_SIZE));
        __m128 high = _mm_loadu_ps((const float *)(const void *)(at + (size_t)(k + 4) * LQI_RECORD_SIZE));
        four[k] = _mm256_insertf128_ps(_mm256_castps128_ps256(low), high, 1);
    }
    __m256d low01 = _mm256_castps_pd(_mm256_unpacklo_ps(four[0], four[1]));
    __m256d low23 = _mm256_castps_pd(_mm256_unpacklo_ps(four[2], four[3]));
    __m256d high01 = _mm256_castps_pd(_mm256_unpackhi_ps(four[0], four[1]));
    __m256d high23 = _mm256_castps_pd(_mm256_unpackhi_ps(four[2], four[3]));
    __m256 second = _mm256_castpd_ps(_mm256_unpackhi_pd(low01, low23));
    __m256 third = _mm256_castpd_ps(_mm256_unpacklo_pd(high01, high23));
    p[0] = at_end ? second : _mm256_castpd_ps(_mm256_unpacklo_pd(low01, low23));
    p[1] = at_end ? third : second;
    p[2] = at_end ? _mm256_castpd_ps(_mm256_unpackhi_pd(high01, high23)) : third;
}

TARGET INLINE __m256 size_of(__m256 x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x); }

TARGET INLINE __m256 sum_of_sizes(const __m256 v[3])
{
    return _mm256_add_ps(_mm256_add_ps(size_of(v[0]), size_of(v[1])), size_of(v[2]));
}

TARGET INLINE __m256 cross(const __m256 u[3], const __m256 v[3], int y, int z)
{
    return _mm256_sub_ps(_mm256_mul_ps(u[y], v[z]), _mm256_mul_ps(u[z], v[y]));
}

TARGET size_t lqi_record_normals_avx2(const uint8_t *records, size_t count)
{
    size_t against = 0, i = 0;
    for (; i + 8 <= count; i += 8) {
        const uint8_t *record = records + i * LQI_RECORD_SIZE;
        __m256 n[3], a[3], b[3], c[3], u[3], v[3], most = _mm256_setzero_ps();
        load_three(record, false, n);
        load_three(record + LQI_RECORD_CORNERS, false, a);
        load_three(record + LQI_RECORD_CORNERS + 12, false, b);
        load_three(record + LQI_RECORD_CORNERS + 20, true, c);
        LQI_UNROLL
        for (int k = 0; k < 3; k++) {
            u[k] = _mm256_sub_ps(b[k], a[k]);
            v[k] = _mm256_sub_ps(c[k], a[k]);
            most = _mm256_max_ps(size_of(a[k]), most);
            most = _mm256_max_ps(size_of(b[k]), most);
            most = _mm256_max_ps(size_of(c[k]), most);
        }
        __m256 rounding = _mm256_mul_ps(_mm256_add_ps(sum_of_sizes(u), sum_of_sizes(v)), sum_of_sizes(n));
        rounding = _mm256_mul_ps(_mm256_mul_ps(most, _mm256_set1_ps(LQI_NORMAL_ROUNDING)), rounding);
        __m256 along = _mm256_mul_ps(n[0], cross(u, v, 1, 2));
        along = _mm256_add_ps(along, _mm256_mul_ps(n[1], cross(u, v, 2, 0)));
        along = _mm256_add_ps(along, _mm256_mul_ps(n[2], cross(u, v, 0, 1)));
        __m256 is_against = _mm256_cmp_ps(along, _mm256_xor_ps(rounding, _mm256_set1_ps(-0.0f)), _CMP_LT_OQ);
        __m256 in_range = _mm256_cmp_ps(most, _mm256_set1_ps(LQI_RECORD_COORDINATE_MAX), _CMP_LE_OQ);
        unsigned mask = (unsigned)_mm256_movemask_ps(_mm256_and_ps(is_against, in_range));
        against += (size_t)__builtin_popcount(mask);
    }
    return against + lqi_record_normals_scalar(records + i * LQI_RECORD_SIZE, count - i);
}
#else
typedef int lqi_record_normals_avx2_is_for_x86;
#endif
