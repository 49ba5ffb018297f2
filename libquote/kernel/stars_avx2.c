#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "kernel/stars.h"
#include "kernel/unroll.h"

#define LANES 8
#define TARGET __attribute__((target("avx2,bmi")))

/* One comparison finds the followers of a step among all eight; the circle is then walked through a word that holds
 * the number of each step's follower in four bits. */
TARGET static uint8_t kind_of(const lqi_star *star, uint32_t steps)
{
    if (steps < 2) return LQI_STAR_OPEN;
    uint32_t all = (1u << steps) - 1, reached = 0, walked = 0, bad = 0, at = 0;
    uint64_t next = 0;
    __m256i from = _mm256_loadu_si256((const __m256i *)(const void *)star->from);
    for (uint32_t i = 0; i < steps; i++) {
        __m256i same = _mm256_cmpeq_epi32(from, _mm256_set1_epi32((int)star->to[i]));
        uint32_t followers = (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(same)) & all;
        bad |= followers & (followers - 1);
        bad |= (uint32_t)(followers == 0);
        reached |= followers;
        next |= (uint64_t)(_tzcnt_u32(followers) & 7) << 4 * i;
    }
    if (bad || reached != all) return LQI_STAR_OPEN;
    for (uint32_t i = 0; i < steps; i++) {
        at = (uint32_t)(next >> 4 * at) & 7;
        walked |= 1u << at;
    }
    if (walked != all) return LQI_STAR_CIRCLES;
    return steps > 2 ? LQI_STAR_REGULAR : LQI_STAR_OPEN;
}

/* Row k of the result: number k of each of eight stars. */
TARGET static inline __attribute__((always_inline)) void transpose(const uint32_t *first, __m256i row[LANES])
{
    const size_t apart = sizeof(lqi_star) / sizeof(uint32_t);
    __m256i a[LANES], b[LANES];
    LQI_UNROLL
    for (size_t i = 0; i < LANES; i++) a[i] = _mm256_loadu_si256((const __m256i *)(const void *)(first + i * apart));
    LQI_UNROLL
    for (size_t i = 0; i < LANES; i += 2) {
        b[i] = _mm256_unpacklo_epi32(a[i], a[i + 1]);
        b[i + 1] = _mm256_unpackhi_epi32(a[i], a[i + 1]);
    }
    LQI_UNROLL
    for (size_t i = 0; i < LANES; i += 4) {
        a[i] = _mm256_unpacklo_epi64(b[i], b[i + 2]);
        a[i + 1] = _mm256_unpackhi_epi64(b[i], b[i + 2]);
        a[i + 2] = _mm256_unpacklo_epi64(b[i + 1], b[i + 3]);
        a[i + 3] = _mm256_unpackhi_epi64(b[i + 1], b[i + 3]);
    }
    LQI_UNROLL
    for (size_t i = 0; i < 4; i++) {
        row[i] = _mm256_permute2x128_si256(a[i], a[i + 4], 0x20);
        row[i + 4] = _mm256_permute2x128_si256(a[i], a[i + 4], 0x31);
    }
}

/* The end of a step of `few` or less that begins at `at`, UINT32_MAX where there is none. */
TARGET static inline __attribute__((always_inline)) __m256i follow(const __m256i *from, const __m256i *to, __m256i at,
                                                                   size_t few)
{
    __m256i even = _mm256_set1_epi32(-1), odd = even;
    LQI_UNROLL
    for (size_t k = 0; k < few; k += 2) {
        even = _mm256_blendv_epi8(even, to[k], _mm256_cmpeq_epi32(from[k], at));
        odd = _mm256_blendv_epi8(odd, to[k + 1], _mm256_cmpeq_epi32(from[k + 1], at));
    }
    return _mm256_min_epu32(even, odd);
}

/*
 * Which of eight stars are regular: those whose walk from the first step's beginning comes back there after as many
 * steps as there are and not before. Where an end leads on is a function of that end whatever the steps are, so a walk
 * that comes back has met nothing twice; it met as many beginnings as there are steps, so it met them all. Steps that
 * are none lead from UINT32_MAX to UINT32_MAX, where a walk that is lost stays.
 */
TARGET static inline __attribute__((always_inline)) unsigned regular_ones(const lqi_star *star, __m256i steps,
                                                                          size_t few)
{
    __m256i from[LANES], to[LANES];
    transpose(star->from, from);
    transpose(star->to, to);
    LQI_UNROLL
    for (size_t k = 0; k < few; k++) {
        __m256i none = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)k + 1), steps);
        from[k] = _mm256_or_si256(from[k], none);
        to[k] = _mm256_or_si256(to[k], none);
    }
    __m256i under_way = _mm256_set1_epi32(-1), walked = _mm256_setzero_si256(), at = to[0];
    LQI_UNROLL
    for (size_t i = 0; i < few; i++) {
        if (i) at = follow(from, to, at, few);
        walked = _mm256_sub_epi32(walked, under_way);
        under_way = _mm256_andnot_si256(_mm256_cmpeq_epi32(at, from[0]), under_way);
    }
    __m256i regular = _mm256_andnot_si256(under_way, _mm256_cmpeq_epi32(walked, steps));
    regular = _mm256_and_si256(regular, _mm256_cmpgt_epi32(steps, _mm256_set1_epi32(2)));
    return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(regular));
}

/* Six steps are what most inner vertices have at most. */
TARGET static unsigned regular_of_eight(const lqi_star *star, const uint32_t *step_count)
{
    __m256i steps = _mm256_loadu_si256((const __m256i *)(const void *)step_count);
    if (_mm256_testz_si256(_mm256_cmpgt_epi32(steps, _mm256_set1_epi32(6)), _mm256_set1_epi32(-1)))
        return regular_ones(star, steps, 6);
    return regular_ones(star, steps, LANES);
}

TARGET void lqi_stars_avx2(const lqi_star *star, const uint32_t *step_count, size_t count, uint8_t *kind)
{
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        unsigned regular = regular_of_eight(star + i, step_count + i);
        if (regular == (1u << LANES) - 1) {
            memset(kind + i, LQI_STAR_REGULAR, LANES);
            continue;
        }
        for (size_t k = i; k < i + LANES; k++) {
            if (regular >> (k - i) & 1)
                kind[k] = LQI_STAR_REGULAR;
            else if (step_count[k] <= LQI_STAR_STEPS_MAX)
                kind[k] = kind_of(&star[k], step_count[k]);
        }
    }
    for (; i < count; i++)
        if (step_count[i] <= LQI_STAR_STEPS_MAX) kind[i] = kind_of(&star[i], step_count[i]);
}
#else
typedef int lqi_stars_avx2_is_for_x86;
#endif
