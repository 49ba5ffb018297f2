#if defined(__aarch64__)
#include <arm_neon.h>

#include "kernel/stars.h"

/* Two comparisons find the followers of a step among all eight; the circle is then walked through a word that holds the
 * number of each step's follower in four bits. */
static inline uint8_t kind_of(const lqi_star *star, uint32_t steps)
{
    static const uint32_t bits[LQI_STAR_STEPS_MAX] = {1, 2, 4, 8, 16, 32, 64, 128};
    uint32_t all = (1u << steps) - 1, reached = 0, walked = 0, bad = 0, at = 0;
    uint64_t next = 0;
    uint32x4_t low = vld1q_u32(star->from), high = vld1q_u32(star->from + 4);
    uint32x4_t low_bit = vld1q_u32(bits), high_bit = vld1q_u32(bits + 4);
    for (uint32_t i = 0; i < steps; i++) {
        uint32x4_t to = vdupq_n_u32(star->to[i]);
        uint32x4_t same = vandq_u32(vceqq_u32(low, to), low_bit);
        same = vorrq_u32(same, vandq_u32(vceqq_u32(high, to), high_bit));
        uint32_t followers = vaddvq_u32(same) & all;
        bad |= followers & (followers - 1); /* none at all leaves somebody unreached */
        reached |= followers;
        next |= (uint64_t)__builtin_ctz(followers | 1u << 7) << 4 * i;
    }
    if (bad || reached != all) return LQI_STAR_OPEN;
    for (uint32_t i = 0; i < steps; i++) {
        at = (uint32_t)(next >> 4 * at) & 7;
        walked |= 1u << at;
    }
    if (walked != all) return LQI_STAR_CIRCLES;
    return steps > 2 ? LQI_STAR_REGULAR : LQI_STAR_OPEN;
}

void lqi_stars_neon(const lqi_star *star, const uint32_t *step_count, size_t count, uint8_t *kind)
{
    for (size_t i = 0; i < count; i++)
        if (step_count[i] <= LQI_STAR_STEPS_MAX) kind[i] = kind_of(&star[i], step_count[i]);
}
#else
typedef int lqi_stars_neon_is_for_arm64;
#endif
