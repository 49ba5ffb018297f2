/*
 * What the triangles around a vertex make of it. Each triangle (v, b, c) at a vertex v is a step from b to c; around an
 * inner vertex of a surface the steps close to one circle, which proves at once that every edge at v is used by two
 * triangles in opposite directions and that v has one fan.
 */
#ifndef LQI_STARS_H
#define LQI_STARS_H

#include <stddef.h>
#include <stdint.h>

#define LQI_STAR_STEPS_MAX 8

/* Steps `from[i]` -> `to[i]`, from[i] != to[i], both below UINT32_MAX; entries beyond the count of the star may hold
 * anything. */
typedef struct lqi_star {
    uint32_t from[LQI_STAR_STEPS_MAX], to[LQI_STAR_STEPS_MAX];
} lqi_star;

enum {
    LQI_STAR_REGULAR, /* one circle of three steps or more */
    LQI_STAR_CIRCLES, /* several circles, each of two steps or more */
    LQI_STAR_OPEN     /* anything else, a single circle of two steps and no step at all included */
};

/* kind[i] for `count` stars of step_count[i] <= LQI_STAR_STEPS_MAX steps; more steps than that: kind[i] is left alone.
 */
typedef void lqi_stars_fn(const lqi_star *star, const uint32_t *step_count, size_t count, uint8_t *kind);

lqi_stars_fn lqi_stars_scalar;
lqi_stars_fn lqi_stars_avx2;
lqi_stars_fn lqi_stars_neon;

#endif
