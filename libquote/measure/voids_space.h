/* The empty space of a body: what lies between the runs of its columns, and whether a way leads across them. */
#ifndef LQI_VOIDS_SPACE_H
#define LQI_VOIDS_SPACE_H

#include <math.h>

#include "measure/dexels.h"

/* Empty between two heights, -INFINITY and INFINITY at the ends of the column, where there is no facet. node: 0 where
 * it is open at an end, else the number of the run above, which is never 0. */
typedef struct lqi_gap {
    double low, high;
    uint32_t low_facet, high_facet;
    uint32_t node;
} lqi_gap;

static const lqi_gap lqi_gap_everywhere = {-INFINITY, INFINITY, LQI_NO_FACET, LQI_NO_FACET, 0};

static inline uint32_t lqi_gap_count(const lqi_dexel_axis *axis, size_t column)
{
    return axis->first[column + 1] - axis->first[column] + 1;
}

/* Gap `index` of a column, upwards. */
static inline lqi_gap lqi_gap_at(const lqi_dexel_axis *axis, size_t column, uint32_t index)
{
    uint32_t run = axis->first[column] + index;
    bool from = run > axis->first[column], to = run < axis->first[column + 1];
    return (lqi_gap){.low = from ? axis->run[run - 1].high : -INFINITY,
                     .high = to ? axis->run[run].low : INFINITY,
                     .low_facet = from ? axis->run[run - 1].high_facet : LQI_NO_FACET,
                     .high_facet = to ? axis->run[run].low_facet : LQI_NO_FACET,
                     .node = from && to ? run : 0};
}

/* The first run of a column that ends at or above a height, or the column's end. */
static inline uint32_t lqi_run_at(const lqi_dexel_axis *axis, size_t column, double height)
{
    uint32_t low = axis->first[column], high = axis->first[column + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (axis->run[middle].high >= height)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Does no run touch the heights from low to high? */
static inline bool lqi_is_open(const lqi_dexel_axis *axis, size_t column, double low, double high)
{
    uint32_t run = lqi_run_at(axis, column, low);
    return run == axis->first[column + 1] || axis->run[run].low > high;
}

/* Columns in all directions cross in the points of one lattice. How many there are along an axis, and where. */
static inline uint32_t lqi_lattice_count(const lqi_dexels *dexels, int axis)
{
    return dexels->axis[(axis + 2) % 3].across[0];
}

static inline double lqi_lattice_place(const lqi_dexels *dexels, int axis, uint32_t index)
{
    return lqi_dexel_centre(&dexels->axis[(axis + 2) % 3], 0, index);
}

/* The first lattice point along an axis that is not below a height. */
static inline uint32_t lqi_lattice_from(const lqi_dexels *dexels, int axis, double height)
{
    const lqi_dexel_axis *line = &dexels->axis[(axis + 2) % 3];
    double index = ceil((height - line->origin[0]) / line->cell - 0.5);
    return index > 0 ? (index < line->across[0] ? (uint32_t)index : line->across[0]) : 0;
}

/* The column along `axis` through a lattice point, which has an index for each axis. */
static inline size_t lqi_lattice_column(const lqi_dexels *dexels, int axis, const uint32_t at[3])
{
    return (size_t)at[(axis + 2) % 3] * dexels->axis[axis].across[0] + at[(axis + 1) % 3];
}

/* From a gap of the column along `axis` through `at` to one of the next column in direction `way` (another axis), or
 * from outside to the first when `before` is set: the lowest height where a line of columns along `way` has no run
 * between; INFINITY: there is none. Where the two share so little height that no line could tell, their ends do: a gap
 * that goes on as its facets say must come out in the other. */
double lqi_way_across(const lqi_dexels *dexels, int axis, int way, const uint32_t at[3], bool before,
                      const lqi_gap *here, const lqi_gap *next);

/* What these measures rest on: columns, none of which was dropped. */
static inline bool lqi_space_is_known(const lqi_dexels *dexels)
{
    const lqi_dexel_axis *axis = dexels->axis;
    return dexels->examined && !axis[0].dropped && !axis[1].dropped && !axis[2].dropped;
}

#endif
