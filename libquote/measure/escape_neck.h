/* The narrowest place of a way out, looked for with more points around a place near to it. */
#ifndef LQI_ESCAPE_NECK_H
#define LQI_ESCAPE_NECK_H

#include "measure/escape_field.h"

/* Sides of a neck, by point of a field: */
enum { LQI_SIDE_NONE, LQI_SIDE_IN, LQI_SIDE_OUT };
typedef int lqi_side_fn(void *user, size_t point);

/* From a point of the field where the sides meet: the place, mm, and the diameter of the largest ball that goes from
 * one side to the other near there; INFINITY when they do not meet, because one side lies all too near. */
lq_status lqi_neck_find(const lqi_field *field, size_t point, lqi_side_fn *side, void *user, double place[3],
                        double *diameter);

#endif
