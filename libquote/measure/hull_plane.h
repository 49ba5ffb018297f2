/* The convex hull of points in a plane, and what stands on it. */
#ifndef LQI_HULL_PLANE_H
#define LQI_HULL_PLANE_H

#include <stdbool.h>
#include <stdint.h>

/* corner: room for 2 * count; counter-clockwise and none on a line; returns how many, which is above count only where
 * rounding keeps points apart. spare: room for 3 * count. */
uint32_t lqi_hull_plane(const double (*point)[2], uint32_t count, uint64_t *spare, double (*corner)[2]);

/* How far inside the hull a place lies: the distance to the nearest edge, below 0 outside. */
double lqi_hull_plane_depth(const double (*corner)[2], uint32_t count, const double place[2]);

/* The smallest rectangle around the hull, which has three corners or more: its sides, and the direction of the first.
 */
void lqi_hull_plane_rectangle(const double (*corner)[2], uint32_t count, double side[2], double along[2]);

/* The farthest points of a set that is too large to keep: per row and column of a grid over it. */
#define LQI_OUTLINE_CELLS 128
#define LQI_OUTLINE_POINTS (4 * LQI_OUTLINE_CELLS)
typedef struct lqi_outline {
    double origin[2], scale;             /* cells per mm */
    double point[LQI_OUTLINE_POINTS][2]; /* four of each cell number: leftmost and rightmost, lowest and highest */
    bool any[LQI_OUTLINE_CELLS][2];      /* of that row, of that column */
} lqi_outline;

/* low, high: of everything that will be added. */
void lqi_outline_begin(const double low[2], const double high[2], lqi_outline *outline);
void lqi_outline_add(lqi_outline *outline, double x, double y);
/* Its hull: room for 2 * LQI_OUTLINE_POINTS corners. spare: for three times as many numbers as points. */
uint32_t lqi_outline_hull(const lqi_outline *outline, uint64_t *spare, double (*corner)[2]);

#endif
