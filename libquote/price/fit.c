#include "price/fit.h"

#include <string.h>

/* The last four come in pairs of equal height; between equal heights the earlier row wins. */
static const int turns[6][3] = {{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {2, 0, 1}, {1, 2, 0}, {2, 1, 0}};

static bool below(const int64_t box_um[3], const int turn[3], const int64_t max_um[3])
{
    return box_um[turn[0]] <= max_um[0] && box_um[turn[1]] <= max_um[1] && box_um[turn[2]] <= max_um[2];
}

static bool above(const int64_t box_um[3], const int turn[3], const int64_t min_um[3])
{
    return box_um[turn[0]] >= min_um[0] && box_um[turn[1]] >= min_um[1] && box_um[turn[2]] >= min_um[2];
}

lqi_fit lqi_fit_box(const lqi_limits *limits, const int64_t box_um[3], int turn[3])
{
    const int *best = NULL;
    bool enters = false;
    for (int i = 0; i < 6; i++) {
        if (!below(box_um, turns[i], limits->max_um)) continue;
        enters = true;
        if (!above(box_um, turns[i], limits->min_um)) continue;
        if (!best || (best != turns[0] && best != turns[1] && box_um[turns[i][2]] < box_um[best[2]])) best = turns[i];
    }
    memcpy(turn, best ? best : turns[0], sizeof turns[0]);
    if (best) return best == turns[0] ? LQI_FITS : LQI_FITS_TURNED;
    return enters ? LQI_TOO_SMALL : LQI_TOO_LARGE;
}
