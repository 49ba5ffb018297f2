#include "estimate/runs.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

void lqi_run_work_free(lq_context *context, lqi_run_work *work)
{
    lqi_free(context, work->run);
    lqi_free(context, work->label);
    lqi_free(context, work->parent);
    *work = (lqi_run_work){0};
}

static int run_class(double length)
{
    int k = 0;
    for (double limit = LQI_RUN_LEAST_MM; k < LQI_RUN_LENGTHS - 1 && length >= limit; limit *= 2) k++;
    return k;
}

/* Pairs of columns where the row enters and leaves. */
static uint32_t find_runs(const uint64_t *row, int32_t words, int32_t *run)
{
    uint32_t count = 0;
    uint64_t before = 0;
    for (int32_t i = 0; i < words; i++) {
        uint64_t changes = row[i] ^ (row[i] << 1 | before >> 63);
        before = row[i];
        for (; changes; changes &= changes - 1) run[count++] = i * 64 + __builtin_ctzll(changes);
    }
    return count / 2;
}

static uint32_t root_of(uint32_t *parent, uint32_t a)
{
    while (parent[a] != a) {
        parent[a] = parent[parent[a]];
        a = parent[a];
    }
    return a;
}

lq_status lqi_region_measure(lq_context *context, const lqi_grid *grid, const lqi_plane *plane, lqi_run_work *work,
                             lqi_region *region)
{
    *region = (lqi_region){0};
    if (plane->end <= plane->first) return LQ_OK;
    size_t row_max = (size_t)grid->words * 64 + 2;
    if (!work->run) {
        work->run = lqi_alloc_array(context, row_max, 2 * sizeof *work->run);
        work->label = lqi_alloc_array(context, row_max, 2 * sizeof *work->label);
        if (!work->run || !work->label) return lqi_memory_status(context);
    }
    int32_t *run[2] = {work->run, work->run + row_max};
    uint32_t *label[2] = {work->label, work->label + row_max};
    uint32_t before = 0, parts = 0, joins = 0;
    size_t label_count = 0;
    uint64_t columns = lqi_plane_column_starts(grid, plane), pixels = 0;
    for (int32_t row = plane->first; row < plane->end; row++) {
        const uint64_t *bits = lqi_plane_row(grid, plane, row);
        uint32_t now = find_runs(bits, grid->words, run[1]);
        LQI_TRY(
            lqi_grow(context, (void **)&work->parent, &work->parent_capacity, label_count + now, sizeof *work->parent));
        uint32_t k = 0;
        for (uint32_t i = 0; i < now; i++) {
            int32_t from = run[1][2 * i], to = run[1][2 * i + 1];
            pixels += (uint64_t)(to - from);
            double length = (to - from) * grid->pixel_mm;
            int class = run_class(length);
            region->runs.count[class]++;
            region->runs.length_mm[class] += length;
            while (k < before && run[0][2 * k + 1] <= from) k++;
            uint32_t mine = (uint32_t)label_count++;
            work->parent[mine] = mine;
            parts++;
            label[1][i] = mine;
            for (uint32_t j = k; j < before && run[0][2 * j] < to; j++) {
                joins++;
                uint32_t a = root_of(work->parent, mine), b = root_of(work->parent, label[0][j]);
                if (a == b) continue;
                work->parent[a > b ? a : b] = a < b ? a : b;
                parts--;
            }
        }
        int32_t *swap = run[0];
        run[0] = run[1];
        run[1] = swap;
        uint32_t *swap_label = label[0];
        label[0] = label[1];
        label[1] = swap_label;
        before = now;
    }
    region->area_mm2 = (double)pixels * grid->pixel_mm * grid->pixel_mm;
    region->edge_mm = (double)(label_count + columns) * grid->pixel_mm;
    region->parts = parts;
    /* Runs less joins is Euler's number: pieces less holes. */
    region->openings = (uint32_t)((size_t)parts + joins - label_count);
    return LQ_OK;
}
