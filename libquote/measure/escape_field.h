/* How wide the empty space of a body is: on a lattice of some of its columns' crossings, the largest ball about each
 * point that touches nothing. */
#ifndef LQI_ESCAPE_FIELD_H
#define LQI_ESCAPE_FIELD_H

#include "measure/voids_space.h"

#define LQI_FIELD_SOLID 1                     /* the point lies in solid */
#define LQI_FIELD_WALL(axis) (2u << (axis))   /* something solid between it and the next along the axis */
#define LQI_FIELD_INNER(axis) (16u << (axis)) /* solid lies before and behind along the axis */
#define LQI_FIELD_HIDDEN (16u | 32u | 64u)    /* from nowhere along an axis is it seen */
#define LQI_FIELD_OUT 128u                    /* at the border, and nothing between it and the outside */

#define LQI_FIELD_WINDOW 40

typedef struct lqi_field {
    const lqi_dexels *dexels;
    uint32_t step;      /* every so many columns */
    uint32_t first[3];  /* from this one on */
    uint32_t count[3];  /* points along each axis; the first and the last are a border that is solid */
    size_t point_count; /* numbered (z * count[1] + y) * count[0] + x */
    double cell;        /* mm between points */
    uint8_t *mark;
    float *width; /* mm, diameters; 0 in solid. NULL until lqi_field_widths */
    bool hidden;  /* some empty point is hidden, and not in the corner of a dent */
} lqi_field;

/* The marks alone, of points_most points at most but for the border. The caller frees the field when this succeeds. */
lq_status lqi_field_make(const lqi_dexels *dexels, size_t points_most, lqi_field *field);
/* A part of it, finer: `half` mm around a point each way, a part of LQI_FIELD_WINDOW points across or fewer. Its ends
 * count as the outside where they are marked so. */
lq_status lqi_field_make_window(const lqi_dexels *dexels, const double point[3], double half, lqi_field *field);
/* Widths are right to a tenth of `cell` where surfaces are smooth. */
lq_status lqi_field_widths(lqi_field *field);
/* Points with a width, the widest first to 1/4096 of the widest. order: room for all points. */
lq_status lqi_field_order(const lqi_field *field, uint32_t *order, size_t *count);
void lqi_field_free(lqi_field *field);

/* Where the columns' own lattice, which is finer, has a point that is not of the border. */
static inline uint32_t lqi_field_lattice(const lqi_field *field, int axis, uint32_t index)
{
    return field->first[axis] + (index - 1) * field->step;
}

static inline double lqi_field_place(const lqi_field *field, int axis, uint32_t index)
{
    return lqi_lattice_place(field->dexels, axis, lqi_field_lattice(field, axis, index));
}

static inline size_t lqi_field_stride(const lqi_field *field, int axis)
{
    return axis == 0 ? 1 : axis == 1 ? field->count[0] : (size_t)field->count[0] * field->count[1];
}

static inline void lqi_field_at(const lqi_field *field, size_t point, uint32_t at[3])
{
    at[0] = (uint32_t)(point % field->count[0]);
    at[1] = (uint32_t)(point / field->count[0] % field->count[1]);
    at[2] = (uint32_t)(point / field->count[0] / field->count[1]);
}

static inline size_t lqi_field_point(const lqi_field *field, const uint32_t at[3])
{
    return ((size_t)at[2] * field->count[1] + at[1]) * field->count[0] + at[0];
}

/* The column along `axis` through the points with these indices along the other two. */
static inline size_t lqi_field_column(const lqi_field *field, int axis, const uint32_t at[3])
{
    uint32_t lattice[3];
    for (int i = 0; i < 3; i++) lattice[i] = lqi_field_lattice(field, i, at[i]);
    return lqi_lattice_column(field->dexels, axis, lattice);
}

#endif
