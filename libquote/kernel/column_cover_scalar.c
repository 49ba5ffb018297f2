#include <math.h>
#include <stdbool.h>

#include "kernel/column_cover.h"

typedef struct cells {
    int64_t first, last;
} cells;

static cells cells_between(int32_t a, int32_t b, int32_t c)
{
    int32_t low = a < b ? (a < c ? a : c) : (b < c ? b : c), high = a > b ? (a > c ? a : c) : (b > c ? b : c);
    return (cells){lqi_first_cell(low), lqi_last_cell(high)};
}

/* Twice the area on the left of each edge, as seen from the centre. */
static bool may_hold(const int32_t at[6], int64_t across, int64_t deep)
{
    int64_t x[3], y[3], side[3];
    for (int k = 0; k < 3; k++) {
        x[k] = at[2 * k] - (across * LQI_SUBCELLS + LQI_SUBCELLS / 2);
        y[k] = at[2 * k + 1] - (deep * LQI_SUBCELLS + LQI_SUBCELLS / 2);
    }
    for (int k = 0; k < 3; k++) side[k] = x[k] * y[(k + 1) % 3] - y[k] * x[(k + 1) % 3];
    int64_t area = side[0] + side[1] + side[2];
    for (int k = 0; k < 3; k++)
        if (area < 0 ? side[k] > 0 : side[k] < 0) return false;
    return area != 0;
}

static bool covers(const int32_t at[6])
{
    cells across = cells_between(at[0], at[2], at[4]), deep = cells_between(at[1], at[3], at[5]);
    if (across.first > across.last || deep.first > deep.last) return false;
    bool one = across.first == across.last && deep.first == deep.last;
    return !one || may_hold(at, across.first, deep.first);
}

void lqi_column_cover_scalar(const lqi_rows *rows, size_t count, const lqi_column_grid *grid, lqi_snapped *snapped,
                             uint64_t mask[LQI_BLOCK_WORDS])
{
    for (size_t word = 0; word < LQI_BLOCK_WORDS; word++) mask[word] = 0;
    for (size_t i = 0; i < count; i++) {
        int32_t at[6];
        for (int k = 0; k < 6; k++) {
            int across = k % 2;
            double x = (rows->row[k / 2 * 3 + grid->axis[across]][i] - grid->origin[across]) * grid->scale;
            snapped->at[k][i] = at[k] = (int32_t)llround(x);
        }
        mask[i / 64] |= (uint64_t)covers(at) << i % 64;
    }
}
