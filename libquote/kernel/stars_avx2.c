#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/stars.h"

/* One comparison finds the followers of a step among all eight; the circle is then walked through a word that holds
 * the number of each step's follower in four bits. */
__attribute__((target("avx2,bmi"))) static uint8_t kind_of(const lqi_star *star, uint32_t steps)
{
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

__attribute__((target("avx2,bmi"))) void lqi_stars_avx2(const lqi_star *star, const uint32_t *step_count, size_t count,
                                                        uint8_t *kind)
{
    for (size_t i = 0; i < count; i++)
        if (step_count[i] <= LQI_STAR_STEPS_MAX) kind[i] = kind_of(&star[i], step_count[i]);
}
#else
typedef int lqi_stars_avx2_is_for_x86;
#endif
