#include "estimate/row_fill.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

void lqi_row_fill_free(lqi_row_fill *fill)
{
    lqi_free(fill->context, fill->crossing);
    lqi_free(fill->context, fill->sorted);
    lqi_free(fill->context, fill->row_start);
}

lq_status lqi_row_fill_begin(lqi_row_fill *fill)
{
    size_t rows = (size_t)fill->grid->rows + 1;
    fill->count = 0;
    fill->first = fill->grid->rows;
    fill->end = 0;
    if (!fill->row_start && !(fill->row_start = lqi_alloc_array(fill->context, rows, sizeof *fill->row_start)))
        return lqi_memory_status(fill->context);
    memset(fill->row_start, 0, rows * sizeof *fill->row_start);
    return LQ_OK;
}

/* Of what is not negative. */
static inline int32_t round_up(double x)
{
    int32_t whole = (int32_t)x;
    return whole + (x > whole);
}

lq_status lqi_row_fill_add(lqi_row_fill *fill, const double (*point)[2], size_t count)
{
    const lqi_grid *grid = fill->grid;
    double scale = 1 / grid->pixel_mm, origin[2] = {grid->origin[0], grid->origin[1]};
    double ua = (point[count - 1][0] - origin[0]) * scale - 0.5, va = (point[count - 1][1] - origin[1]) * scale - 0.5;
    int32_t ra = round_up(va);
    for (size_t i = 0; i < count; i++) {
        double ub = (point[i][0] - origin[0]) * scale - 0.5, vb = (point[i][1] - origin[1]) * scale - 0.5;
        int32_t rb = round_up(vb), falls = rb < ra, first = falls ? rb : ra, end = falls ? ra : rb;
        if (first < end) {
            LQI_TRY(lqi_grow(fill->context, (void **)&fill->crossing, &fill->capacity,
                             fill->count + (size_t)(end - first), sizeof *fill->crossing));
            if (first < fill->first) fill->first = first;
            if (end > fill->end) fill->end = end;
            /* in pixels, as rows are, so that no column lies beyond both ends */
            double slope = (ub - ua) / (vb - va);
            uint64_t *to = fill->crossing + fill->count;
            for (int32_t row = first; row < end; row++) {
                uint32_t column = (uint32_t)round_up(ua + (row - va) * slope);
                *to++ = (uint64_t)(uint32_t)row << 32 | (column * 2 + (uint32_t)falls);
                fill->row_start[row + 1]++;
            }
            fill->count += (size_t)(end - first);
        }
        ua = ub;
        va = vb;
        ra = rb;
    }
    return LQ_OK;
}

static void set_bits(uint64_t *row, int32_t from, int32_t to)
{
    int32_t a = from >> 6, b = to >> 6;
    uint64_t head = ~(uint64_t)0 << (from & 63), tail = (to & 63) ? ~(uint64_t)0 >> (64 - (to & 63)) : 0;
    if (a == b) {
        row[a] |= head & tail;
        return;
    }
    row[a] |= head;
    for (int32_t i = a + 1; i < b; i++) row[i] = ~(uint64_t)0;
    if (tail) row[b] |= tail;
}

lq_status lqi_row_fill_end(lqi_row_fill *fill, lqi_plane *plane, uint64_t *pixels, bool *overlaps)
{
    int32_t first = fill->first, end = fill->end;
    if (end <= first) first = end = 0;
    lqi_plane_clear(fill->grid, plane, first, end);
    LQI_TRY(lqi_grow(fill->context, (void **)&fill->sorted, &fill->sorted_capacity, fill->count, sizeof *fill->sorted));
    for (int32_t row = first; row < end; row++) fill->row_start[row + 1] += fill->row_start[row];
    for (size_t i = 0; i < fill->count; i++)
        fill->sorted[fill->row_start[fill->crossing[i] >> 32]++] = fill->crossing[i];
    *pixels = 0;
    *overlaps = false;
    uint32_t from = 0;
    for (int32_t row = first; row < end; row++) {
        uint32_t count = fill->row_start[row] - from;
        uint64_t *p = fill->sorted + from, *bits = lqi_plane_row(fill->grid, plane, row);
        if (count > 2 || (count == 2 && p[0] > p[1])) lqi_sort_u64(p, count);
        int32_t winding = 0, open = 0;
        for (uint32_t i = 0; i < count; i++) {
            int32_t column = (int32_t)((uint32_t)p[i] >> 1), before = winding;
            winding += p[i] & 1 ? 1 : -1;
            if (!before)
                open = column;
            else if (!winding && column > open) {
                set_bits(bits, open, column);
                *pixels += (uint64_t)(column - open);
            }
            if ((winding > 1 || winding < 0) && i + 1 < count && (int32_t)((uint32_t)p[i + 1] >> 1) > column + 1)
                *overlaps = true;
        }
        from += count;
    }
    return LQ_OK;
}
