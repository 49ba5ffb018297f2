#include "measure/columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "measure/hits.h"

/* Crossings closer than this share of the height are one place: order among them is rounding. */
#define SAME_PLACE_SHARE 1e-9

#define CROWDED 256

/* What one column adds, [rule][turned] and the overlap. */
typedef struct column_sums {
    double correction[LQI_RULE_COUNT][2];
    double overlap;
} column_sums;

/* Just below each hit of a shell, the other shells must wind as they do around the shell's lowest vertex; anything else
 * proves that shells cross. A column too crowded to be looked at counts as such a proof. */
static bool column_crosses(const lqi_hit *hits, size_t count, double same_place, const lqi_shells *shells)
{
    if (count > CROWDED) return true;
    int32_t total = 0;
    for (size_t i = 0; i < count; i++) {
        int32_t own = 0;
        bool clear = i == 0 || hits[i].z - hits[i - 1].z > same_place;
        bool clear_above = i + 1 == count || hits[i + 1].z - hits[i].z > same_place;
        for (size_t k = 0; k < i; k++) own += hits[k].shell == hits[i].shell ? hits[k].step : 0;
        if (clear && clear_above && total - own != shells->shell[hits[i].shell].winding) return true;
        total += hits[i].step;
    }
    return false;
}

/* False when nothing is added: the winding is 0 or 1 all the way and nobody asked about the mesh turned inside out. */
static bool sum_column(lqi_hit *hits, size_t count, double same_place, bool turned_too, lqi_hit *spare,
                       column_sums *sums, uint64_t *unbalanced)
{
    if (count == 0) return false;
    if (count == 2 && !turned_too && hits[0].step + hits[1].step == 0 && (hits[0].z < hits[1].z) == (hits[0].step > 0))
        return false;
    lqi_hits_sort(hits, count, spare);
    int32_t winding = 0;
    bool any = false;
    for (size_t i = 0; i + 1 < count; i++) {
        winding += hits[i].step;
        double length = hits[i + 1].z - hits[i].z;
        if (winding == 0 || length <= same_place || (winding == 1 && !turned_too)) continue;
        any = true;
        for (int turned = 0; turned <= turned_too; turned++) {
            int32_t w = turned ? -winding : winding;
            sums->correction[LQI_RULE_POSITIVE][turned] += length * ((w >= 1) - w);
            sums->correction[LQI_RULE_NONZERO][turned] += length * (1 - w);
            sums->correction[LQI_RULE_EVEN_ODD][turned] += length * ((w & 1) - w);
        }
        sums->overlap += length * (abs(winding) > 1 ? abs(winding) - 1 : 0);
    }
    winding += hits[count - 1].step;
    *unbalanced += winding != 0;
    return any;
}

static void add_to_bound(lqi_columns *columns, const column_sums *here, const column_sums *beside, double area)
{
    for (int rule = 0; rule < LQI_RULE_COUNT; rule++)
        for (int turned = 0; turned < 2; turned++)
            columns->bound[rule][turned] +=
                fabs(here->correction[rule][turned] - beside->correction[rule][turned]) * area;
}

static void add_to_sums(lqi_columns *columns, const column_sums *here, double area)
{
    columns->overlap += here->overlap * area;
    for (int rule = 0; rule < LQI_RULE_COUNT; rule++)
        for (int turned = 0; turned < 2; turned++)
            columns->correction[rule][turned] += here->correction[rule][turned] * area;
}

static lq_status sum_columns(lqi_raster *r, const lqi_shells *shells, double height, bool turned_too,
                             lqi_columns *columns)
{
    bool several = shells->count > 1;
    size_t across = r->across[0], rows = r->across[1];
    /* Two rows with one more column, which stays empty, at either end. */
    column_sums *two_rows = lqi_alloc_zeroed(r->context, 2 * (across + 2), sizeof *two_rows);
    lqi_hit *spare = two_rows ? lqi_alloc_array(r->context, lqi_hits_most(r), sizeof *spare) : NULL;
    if (!spare) {
        lqi_free(r->context, two_rows);
        return lqi_memory_status(r->context);
    }
    column_sums *above = two_rows + 1, *here = two_rows + across + 3;
    bool above_any = false;
    lq_status status = LQ_OK;
    double area = columns->cell * columns->cell, same_place = height * SAME_PLACE_SHARE;
    for (size_t row = 0; row <= rows; row++) { /* one more: the far border */
        bool here_any = false;
        if (row % 8 == 0 && (status = lqi_progress(r->context, "columns", row, rows)) != LQ_OK) break;
        for (size_t i = 0; row < rows && i < across; i++) {
            uint32_t first = r->first[row * across + i], last = r->first[row * across + i + 1];
            if (several && !columns->crossed && last - first > 2) {
                lqi_hits_sort(r->hits + first, last - first, spare);
                columns->crossed = column_crosses(r->hits + first, last - first, same_place, shells);
            }
            here_any |= sum_column(r->hits + first, last - first, same_place, turned_too, spare, &here[i],
                                   &columns->unbalanced);
        }
        for (size_t i = 0; (here_any || above_any) && i < across + 1; i++) {
            add_to_sums(columns, &here[i], area);
            add_to_bound(columns, &here[i], &here[(int64_t)i - 1], area);
            add_to_bound(columns, &here[i], &above[i], area);
        }
        if (above_any) memset(above, 0, across * sizeof *above); /* it becomes the row after this one */
        column_sums *swapped = above;
        above = here;
        here = swapped;
        above_any = here_any;
    }
    lqi_free(r->context, spare);
    lqi_free(r->context, two_rows);
    return status;
}

int lqi_columns_across(const lqi_box *box, int axis, uint32_t shell_count, uint32_t triangle_count)
{
    const int across = (axis + 1) % 3, deep = (axis + 2) % 3;
    double longest = fmax(box->max[across] - box->min[across], box->max[deep] - box->min[deep]);
    if (!(longest > 0) || !isfinite(LQI_SUBCELLS * LQI_COLUMNS_ACROSS / longest)) return 0;
    int64_t cells = LQI_COLUMNS_ACROSS, wanted = (int64_t)triangle_count * LQI_COLUMNS_PER_TRIANGLE;
    while (shell_count == 1 && cells > LQI_COLUMNS_ACROSS_SMALL && cells * cells > wanted) cells--;
    return (int)cells;
}

lq_status lqi_columns_measure(lqi_raster *raster, const lqi_shells *shells, const lqi_box *box, bool turned_too,
                              lqi_columns *columns)
{
    *columns = (lqi_columns){.cell = raster->cell, .examined = !raster->exceeded};
    if (raster->exceeded) return LQ_OK;
    LQI_TRY(lqi_raster_sort(raster));
    LQI_TRY(sum_columns(raster, shells, box->max[raster->up] - box->min[raster->up], turned_too, columns));
    for (int rule = 0; rule < LQI_RULE_COUNT; rule++) columns->found |= columns->correction[rule][turned_too] != 0;
    return LQ_OK;
}
