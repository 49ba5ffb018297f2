#include "estimate/runs.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

#define NONE UINT32_MAX

void lqi_run_work_free(lq_context *context, lqi_run_work *work)
{
    lqi_free(context, work->run);
    lqi_free(context, work->label);
    lqi_free(context, work->parent);
    lqi_free(context, work->class_of);
    *work = (lqi_run_work){0};
}

/* Of a length of n pixels, for all n below `count`. */
static void fill_classes(double pixel_mm, size_t count, uint8_t *class_of)
{
    uint8_t k = 0;
    double limit = LQI_RUN_LEAST_MM;
    for (size_t n = 0; n < count; n++) {
        for (; k < LQI_RUN_LENGTHS - 1 && (double)n * pixel_mm >= limit; limit *= 2) k++;
        class_of[n] = k;
    }
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

static lq_status make_room(lq_context *context, const lqi_grid *grid, lqi_run_work *work)
{
    size_t row_max = (size_t)grid->words * 64 + 2;
    work->run = lqi_alloc_array(context, row_max, 2 * sizeof *work->run);
    work->label = lqi_alloc_array(context, row_max, 2 * sizeof *work->label);
    work->class_of = lqi_alloc_array(context, row_max, sizeof *work->class_of);
    if (!work->run || !work->label || !work->class_of) return lqi_memory_status(context);
    fill_classes(grid->pixel_mm, row_max, work->class_of);
    return LQ_OK;
}

/* A run takes the label of the first above it that it touches; it joins that to those of the others. */
lq_status lqi_region_measure(lq_context *context, const lqi_grid *grid, const lqi_plane *plane, lqi_run_work *work,
                             lqi_region *region)
{
    *region = (lqi_region){0};
    if (plane->end <= plane->first) return LQ_OK;
    if (!work->class_of) LQI_TRY(make_room(context, grid, work));
    size_t row_max = (size_t)grid->words * 64 + 2, label_count = 0;
    int32_t *above = work->run, *here = work->run + row_max;
    uint32_t *label_above = work->label, *label = work->label + row_max;
    uint32_t above_count = 0, parts = 0, joins = 0, runs = 0;
    uint64_t pixels = 0, covered = 0, of_class[LQI_RUN_LENGTHS] = {0};
    for (int32_t row = plane->first; row < plane->end; row++) {
        uint32_t count = find_runs(lqi_plane_row(grid, plane, row), grid->words, here), k = 0;
        if (label_count + count > work->parent_capacity)
            LQI_TRY(lqi_grow(context, (void **)&work->parent, &work->parent_capacity, label_count + count,
                             sizeof *work->parent));
        uint32_t *parent = work->parent;
        for (uint32_t i = 0; i < count; i++) {
            int32_t from = here[2 * i], to = here[2 * i + 1], length = to - from;
            int class = work->class_of[length];
            region->runs.count[class]++;
            of_class[class] += (uint32_t)length;
            while (k < above_count && above[2 * k + 1] <= from) k++;
            uint32_t mine = NONE;
            for (uint32_t j = k; j < above_count && above[2 * j] < to; j++) {
                int32_t low = above[2 * j] > from ? above[2 * j] : from;
                int32_t high = above[2 * j + 1] < to ? above[2 * j + 1] : to;
                covered += (uint32_t)(high - low);
                joins++;
                uint32_t root = root_of(parent, label_above[j]);
                if (mine != NONE && mine != root) {
                    parts--;
                    parent[mine > root ? mine : root] = mine < root ? mine : root;
                }
                if (root < mine) mine = root;
            }
            if (mine == NONE) {
                mine = (uint32_t)label_count++;
                parent[mine] = mine;
                parts++;
            }
            label[i] = mine;
        }
        runs += count;
        int32_t *swap = above;
        above = here;
        here = swap;
        uint32_t *swap_label = label_above;
        label_above = label;
        label = swap_label;
        above_count = count;
    }
    for (int k = 0; k < LQI_RUN_LENGTHS; k++) {
        pixels += of_class[k];
        region->runs.length_mm[k] = (double)of_class[k] * grid->pixel_mm;
    }
    region->area_mm2 = (double)pixels * grid->pixel_mm * grid->pixel_mm;
    /* rows are entered by each run, columns by each pixel that none covers */
    region->edge_mm = (double)(runs + pixels - covered) * grid->pixel_mm;
    region->parts = parts;
    /* Runs less joins is Euler's number: pieces less holes. */
    region->openings = parts + joins - runs;
    return LQ_OK;
}
