/* Facets with more than three corners: may they be fanned into triangles? */
#ifndef LQI_STL_POLYGON_H
#define LQI_STL_POLYGON_H

#include <stdbool.h>
#include <stdint.h>

#define LQI_POLYGON_MAX 256

/* Flat within a thousandth of its size and convex, so that a fan from the first corner covers it exactly once. */
bool lqi_polygon_is_convex(const float *corners, uint32_t count);

#endif
