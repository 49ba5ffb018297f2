#include "measure/voids_space.h"

/* A facet's height one cell further, `sign` says which way. */
static double further(const lqi_dexels *dexels, int axis, int way, double sign, double height, uint32_t facet)
{
    if (facet == LQI_NO_FACET) return height;
    const float *normal = dexels->normal + 3 * (size_t)facet;
    return height - sign * dexels->cell * (double)normal[way] / (double)normal[axis];
}

static bool goes_on(const lqi_dexels *dexels, int axis, int way, double sign, const lqi_gap *from, const lqi_gap *to)
{
    double low = further(dexels, axis, way, sign, from->low, from->low_facet);
    double high = further(dexels, axis, way, sign, from->high, from->high_facet);
    double shorter = fmin(from->high - from->low, to->high - to->low);
    return fmin(high, to->high) - fmax(low, to->low) > shorter / 2;
}

double lqi_way_across(const lqi_dexels *dexels, int axis, int way, const uint32_t at[3], bool before,
                      const lqi_gap *here, const lqi_gap *next)
{
    const lqi_dexel_axis *line = &dexels->axis[way];
    double low = fmax(here->low, next->low), high = fmin(here->high, next->high), from = -INFINITY, to = INFINITY;
    if (!(low < high)) return INFINITY;
    if (!before) from = lqi_lattice_place(dexels, way, at[way]);
    if (before)
        to = lqi_lattice_place(dexels, way, at[way]);
    else if (at[way] + 1 < lqi_lattice_count(dexels, way))
        to = lqi_lattice_place(dexels, way, at[way] + 1);
    uint32_t count = lqi_lattice_count(dexels, axis), place[3] = {at[0], at[1], at[2]};
    uint32_t first = lqi_lattice_from(dexels, axis, low);
    for (place[axis] = first; place[axis] < count; place[axis]++) {
        double height = lqi_lattice_place(dexels, axis, place[axis]);
        if (height > high) break;
        if (lqi_is_open(line, lqi_lattice_column(dexels, way, place), from, to)) return height;
    }
    if (place[axis] > first) return INFINITY;
    double sign = before ? -1 : 1;
    bool open = goes_on(dexels, axis, way, sign, here, next) && goes_on(dexels, axis, way, -sign, next, here);
    return open ? low : INFINITY;
}
