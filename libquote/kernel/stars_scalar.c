#include "kernel/stars.h"

/* Every end must be the beginning of exactly one step, and every beginning the end of one: then the steps make circles,
 * and as many steps as there are lead through all of them only if there is one circle. */
static uint8_t kind_of(const lqi_star *star, uint32_t steps)
{
    uint32_t next[LQI_STAR_STEPS_MAX], reached = 0, walked = 0, at = 0;
    for (uint32_t i = 0; i < steps; i++) {
        uint32_t followers = 0;
        for (uint32_t k = 0; k < steps; k++) {
            if (star->from[k] != star->to[i]) continue;
            next[i] = k;
            followers++;
        }
        if (followers != 1) return LQI_STAR_OPEN;
        reached |= 1u << next[i];
    }
    if (reached != (1u << steps) - 1) return LQI_STAR_OPEN;
    for (uint32_t i = 0; i < steps; i++) {
        at = next[at];
        walked |= 1u << at;
    }
    if (walked != reached) return LQI_STAR_CIRCLES;
    return steps > 2 ? LQI_STAR_REGULAR : LQI_STAR_OPEN;
}

void lqi_stars_scalar(const lqi_star *star, const uint32_t *step_count, size_t count, uint8_t *kind)
{
    for (size_t i = 0; i < count; i++)
        if (step_count[i] <= LQI_STAR_STEPS_MAX) kind[i] = kind_of(&star[i], step_count[i]);
}
