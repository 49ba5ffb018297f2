/* Which points lie so near to each other that one can stand for all of them. The points are walked in the order of
 * their coordinates: one that lies within the tolerance of an earlier leader joins the first such, any other is a
 * leader itself. So no group is wider than twice the tolerance, nothing drifts along a chain, and neither the order of
 * the input nor threads decide anything. Leaders keep their distance, which bounds how many can lie around any point:
 * the work is linear, whatever the points. */
#ifndef LQI_NEAR_H
#define LQI_NEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

/* In `to`: this vertex is no point. */
#define LQI_NO_POINT UINT32_MAX

/* Coordinates in steps of 2^-32 of the longest side of the box, rounded down: fine enough that no tolerance worth the
 * name is less than a thousand of them. */
typedef struct lqi_near_point {
    uint32_t at[3];
    uint32_t vertex;
} lqi_near_point;

typedef struct lqi_near {
    lq_context *context;
    const double *position;  /* 3 per vertex; borrowed */
    double origin[3], scale; /* step = (position - origin) * scale */
    lqi_near_point *point;   /* in the order of the walk: by coordinates. Of points on the same step the first is the
                                same whatever the order of the input. */
    uint32_t count;
    uint32_t *next; /* per leader that still matters, by the low bits of its number: the one before it in its slot */
    uint32_t *slot; /* the latest leader of each cell across the walk, hashed */
    size_t slot_capacity; /* of either */
} lqi_near;

/* The points are the vertices whose `to` is not LQI_NO_POINT, `count` of them. low, high: the box of all of them, with
 * some length. */
lq_status lqi_near_init(lqi_near *near, lq_context *context, const double *position, const uint32_t *to,
                        uint32_t vertex_count, uint32_t count, const double low[3], const double high[3]);
void lqi_near_free(lqi_near *near);

typedef struct lqi_near_groups {
    uint32_t joined; /* points that are no leaders */
    double farthest; /* from its leader; not less than the truth */
} lqi_near_groups;

/* Writes to[vertex], the vertex of its leader, for the first `count` points. tolerance: in the unit of the positions.
 */
lq_status lqi_near_group(lqi_near *near, uint32_t count, double tolerance, uint32_t *to, lqi_near_groups *groups);

/* Is any point so near to another? `to` is written for some of them. */
lq_status lqi_near_any(lqi_near *near, double tolerance, uint32_t *to, bool *any);

/* Can no further point join the group of this vertex, when the points before `end` were walked? */
bool lqi_near_is_complete(const lqi_near *near, uint32_t leader_vertex, uint32_t end, double tolerance);

#endif
