#include "format/threemf_beds.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"

/* ---- items ---- */

static lq_status resolve(lqi_threemf *threemf, lqi_model_item *item, bool *found)
{
    *found = true;
    lq_status status = lqi_model_resolve(threemf, threemf->root, &item->use);
    if (item->printable || (status != LQ_ERR_INPUT && status != LQ_ERR_UNSUPPORTED)) return status;
    lqi_begin(threemf->context);
    *found = false;
    return LQ_OK;
}

lq_status lqi_item_extent(lqi_threemf *threemf, lqi_model_item *item, lqi_extent *extent, bool *known)
{
    *extent = lqi_extent_none;
    LQI_TRY(resolve(threemf, item, known));
    if (!*known) return LQ_OK;
    lqi_transform placement = item->use.transform;
    for (int i = 9; i < 12; i++) placement.m[i] *= threemf->parts[threemf->root].unit_mm;
    lqi_extent_add(extent, &threemf->parts[item->use.part].objects[item->use.object].extent, &placement);
    *known = lqi_extent_is_known(extent);
    return LQ_OK;
}

/* ---- Bambu ---- */

/* The cells 0 .. count-1 of one axis whose closed interval [low, high] + cell * pitch meets [from, to]. False: none. */
static bool cells_of(double low, double high, double pitch, size_t count, double from, double to, size_t *first,
                     size_t *last)
{
    double a = ceil((from - high) / pitch), b = floor((to - low) / pitch);
    if (!(a <= b) || b < 0 || a > (double)(count - 1)) return false;
    *first = a > 0 ? (size_t)a : 0;
    *last = b < (double)(count - 1) ? (size_t)b : count - 1;
    return true;
}

/* Rows go down; the last may be short. */
typedef struct grid {
    size_t count, columns, rows;
} grid;

static size_t plates_in_row(const grid *g, size_t row, size_t left, size_t right)
{
    size_t end = row == g->rows - 1 ? g->count - row * g->columns : g->columns;
    return left >= end ? 0 : (right < end ? right + 1 : end) - left;
}

/* The first plate that a box touches, or SIZE_MAX; *touched: how many, where any number above one may stand for more.
 */
static size_t first_plate(const lqi_settings *bed, const grid *g, const double low[2], const double high[2],
                          size_t *touched)
{
    size_t left, right, top, bottom;
    /* The program keeps width and depth as whole numbers; plates stand a fifth of them apart. */
    double pitch_x = 1.2 * trunc(bed->bed_high[0] - bed->bed_low[0]);
    double pitch_y = 1.2 * trunc(bed->bed_high[1] - bed->bed_low[1]);
    *touched = 0;
    if (!cells_of(bed->bed_low[0], bed->bed_high[0], pitch_x, g->columns, low[0], high[0], &left, &right) ||
        !cells_of(-bed->bed_high[1], -bed->bed_low[1], pitch_y, g->rows, -high[1], -low[1], &top, &bottom))
        return SIZE_MAX;
    *touched = plates_in_row(g, top, left, right);
    if (bottom > top) *touched += plates_in_row(g, top + 1, left, right);
    return *touched ? top * g->columns + left : SIZE_MAX;
}

size_t lqi_grid_plate_of(const lqi_settings *settings, size_t count, const lqi_extent *extent, bool *several)
{
    size_t columns = (size_t)ceil(sqrt((double)count)), touched, at_middle;
    const grid g = {count, columns, (count + columns - 1) / columns};
    *several = false;
    if (extent->high[2] < 0 || (settings->bed_height > 0 && extent->low[2] > settings->bed_height)) return SIZE_MAX;
    size_t first = first_plate(settings, &g, extent->low, extent->high, &touched);
    if (touched < 2) return first;
    *several = true;
    double middle[2];
    for (int i = 0; i < 2; i++) middle[i] = extent->low[i] + (extent->high[i] - extent->low[i]) / 2;
    size_t middle_plate = first_plate(settings, &g, middle, middle, &at_middle);
    return at_middle ? middle_plate : first;
}

/* ---- PrusaSlicer ---- */

/* False: not written by PrusaSlicer. *square: 2.9.0 or later, whose beds stand in a square. */
static bool is_prusaslicer(const char *producer, bool *square)
{
    static const char name[] = "PrusaSlicer-";
    if (!producer || strncmp(producer, name, sizeof name - 1) != 0) return false;
    unsigned number[2] = {0, 0};
    const char *at = producer + sizeof name - 1;
    for (int i = 0; i < 2; i++) {
        if (*at < '0' || *at > '9') return false;
        for (; *at >= '0' && *at <= '9'; at++)
            if (number[i] < 1000) number[i] = number[i] * 10 + (unsigned)(*at - '0');
        if (*at == '.') at++;
    }
    *square = number[0] > 2 || (number[0] == 2 && number[1] >= 9);
    return true;
}

/* The bed that holds the middle of a box, or LQI_BEDS_MAX. */
static unsigned bed_of(const lqi_settings *bed, bool square, const lqi_extent *extent)
{
    static const unsigned char cells[LQI_BEDS_MAX][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {2, 0},
                                                         {2, 1}, {0, 2}, {1, 2}, {2, 2}};
    double width = bed->bed_high[0] - bed->bed_low[0], depth = bed->bed_high[1] - bed->bed_low[1];
    double gap = fmin(100, 0.3 * sqrt(width * width + depth * depth));
    double x = extent->low[0] + (extent->high[0] - extent->low[0]) / 2 - bed->bed_low[0];
    double y = extent->low[1] + (extent->high[1] - extent->low[1]) / 2 - bed->bed_low[1];
    for (unsigned i = 0; i < LQI_BEDS_MAX; i++) {
        double left = square ? cells[i][0] * (width + gap) : i * (width + 0.2 * width);
        double front = square ? cells[i][1] * (depth + gap) : 0;
        if (x >= left && x <= left + width && y >= front && y <= front + depth) return i;
    }
    return LQI_BEDS_MAX;
}

static void make_beds(lqi_threemf *threemf, unsigned used)
{
    for (unsigned i = 0; i < LQI_BEDS_MAX; i++)
        if (used >> i & 1)
            threemf->plates[threemf->plate_count++] = (lqi_threemf_plate){
                .number = i + 1, .name = "", .source = LQ_PLATE_GEOMETRY, .sliced_time_s = -1, .sliced_mass_g = -1};
}

lq_status lqi_beds_find(lqi_threemf *threemf, bool *found)
{
    bool square, outside = false, placed = false;
    unsigned used = 0;
    *found = false;
    if (strcmp(threemf->family, "prusa") != 0 || !threemf->settings.has_bed ||
        !is_prusaslicer(threemf->producer, &square))
        return LQ_OK;
    for (size_t i = 0; i < threemf->item_count; i++) {
        lqi_model_item *item = &threemf->items[i];
        lqi_extent extent;
        bool known;
        LQI_TRY(lqi_item_extent(threemf, item, &extent, &known));
        unsigned bed = known ? bed_of(&threemf->settings, square, &extent) : 0;
        item->plate = bed == LQI_BEDS_MAX ? 0 : bed + 1;
        outside |= bed == LQI_BEDS_MAX;
        placed |= known && bed < LQI_BEDS_MAX;
        if (bed < LQI_BEDS_MAX) used |= 1u << bed;
    }
    /* When nothing stands on any bed, positions tell nothing. */
    if (!placed || (used == 1 && !outside)) return LQ_OK;
    make_beds(threemf, used);
    *found = true;
    return lqi_note_outside(threemf);
}
