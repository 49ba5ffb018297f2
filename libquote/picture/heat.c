#include "picture/heat.h"

#include <math.h>

#include "base/context.h"
#include "base/threads.h"
#include "picture/letters.h"

const double lqi_wall_limit_mm[LQI_WALL_STEPS] = {0.4, 0.6, 0.8, 1.0, 1.2, 1.6, 2.0, 3.0};
static const char *const limit_names[LQI_WALL_STEPS] = {"0.4", "0.6", "0.8", "1", "1.2", "1.6", "2", "3 mm"};
const uint8_t lqi_wall_color[LQI_WALL_STEPS][3] = {{0x9E, 0x00, 0x2B}, {0xD7, 0x30, 0x27}, {0xF4, 0x6D, 0x43},
                                                   {0xFD, 0xAE, 0x61}, {0xFE, 0xE0, 0x70}, {0xB8, 0xDE, 0x70},
                                                   {0x5A, 0xBF, 0x90}, {0x4C, 0x9F, 0xC8}};

/* Two ends of a run are the sides of a wall when their normals are this much against each other (the cosine of 135
 * degrees, rounded). */
#define AGAINST (-0.7f)

/* Surface that is seen lies this many columns from where its column's centre meets it, at the slope of 55 degrees that
 * the axis it faces most allows. */
#define SLOPE_REACH 2.0

/* Down by more than 45 degrees; a little more, so that a chamfer of 45 degrees holds itself. */
#define DOWN 0.715

#define ROWS_PER_TASK 16

typedef struct heat {
    lq_context *context;
    lqi_canvas *canvas;
    const lqi_camera *camera;
    const lqi_dexels *dexels; /* NULL: overhangs */
    double above;             /* overhangs: mm, what lies on the bed ends */
} heat;

/* The rows of the camera are orthogonal and as long as a millimetre has samples. */
static void find_place(const heat *h, uint32_t x, uint32_t y, size_t sample, double place[3], double normal[3])
{
    const lqi_camera *c = h->camera;
    const double seen[3] = {x + 0.5 - c->row[0][3], y + 0.5 - c->row[1][3],
                            (double)h->canvas->depth[sample] - c->row[2][3]};
    const double scale = c->samples_per_mm;
    float n[3];
    lqi_unpack_normal(lqi_look_normal(h->canvas->look[sample]), n);
    for (int i = 0; i < 3; i++) {
        place[i] = normal[i] = 0;
        for (int k = 0; k < 3; k++) {
            place[i] += c->row[k][i] * seen[k];
            normal[i] += c->row[k][i] * (double)n[k];
        }
        place[i] /= scale * scale;
        normal[i] /= scale;
    }
}

static bool is_against(const lqi_dexels *dexels, const lqi_run *run)
{
    if (run->low_facet == LQI_NO_FACET || run->high_facet == LQI_NO_FACET) return false;
    const float *a = dexels->normal + (size_t)3 * run->low_facet, *b = dexels->normal + (size_t)3 * run->high_facet;
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] < AGAINST;
}

/* The run of a column whose low or high end is nearest to a height; NULL where none is within reach. */
static const lqi_run *find_run(const lqi_dexel_axis *axis, int64_t u, int64_t v, double height, bool high, double reach)
{
    const lqi_run *found = NULL;
    if (u < 0 || v < 0 || u >= axis->across[0] || v >= axis->across[1]) return NULL;
    size_t column = (size_t)v * axis->across[0] + (size_t)u;
    for (uint32_t i = axis->first[column]; i < axis->first[column + 1]; i++) {
        const lqi_run *run = &axis->run[i];
        double apart = fabs((high ? run->high : run->low) - height);
        if (apart > reach) continue;
        reach = apart;
        found = run;
    }
    return found;
}

/* INFINITY: no wall. */
static double thickness_at(const lqi_dexels *dexels, const double place[3], const double normal[3])
{
    static const int8_t beside[][2] = {{0, 0}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    int k = 0;
    for (int i = 1; i < 3; i++)
        if (fabs(normal[i]) > fabs(normal[k])) k = i;
    const lqi_dexel_axis *axis = &dexels->axis[k];
    double u = (place[(k + 1) % 3] - axis->origin[0]) / axis->cell,
           v = (place[(k + 2) % 3] - axis->origin[1]) / axis->cell;
    if (!(u > -1 && v > -1 && u < axis->across[0] && v < axis->across[1])) return INFINITY;
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        const lqi_run *run = find_run(axis, (int64_t)floor(u) + beside[i][0], (int64_t)floor(v) + beside[i][1],
                                      place[k], normal[k] > 0, SLOPE_REACH * axis->cell);
        if (!run) continue;
        uint32_t facet = normal[k] > 0 ? run->high_facet : run->low_facet;
        return is_against(dexels, run)
                   ? (run->high - run->low) * fabs((double)dexels->normal[(size_t)3 * facet + (size_t)k])
                   : INFINITY;
    }
    return INFINITY;
}

static void paint_over(uint32_t *look, uint8_t paint) { *look = lqi_look(lqi_look_normal(*look), paint); }

static void paint_sample(const heat *h, uint32_t x, uint32_t y)
{
    const size_t sample = (size_t)y * h->canvas->stride + x;
    double place[3], normal[3];
    uint32_t *look = h->canvas->look + sample;
    if (!(h->canvas->depth[sample] > LQI_BACKGROUND)) return;
    find_place(h, x, y, sample, place, normal);
    if (!h->dexels) {
        if (normal[2] < -DOWN && place[2] > h->above) paint_over(look, LQI_PAINT_OVERHANG);
        return;
    }
    double thickness = thickness_at(h->dexels, place, normal);
    for (uint8_t i = LQI_WALL_STEPS; i-- > 0 && thickness < lqi_wall_limit_mm[i];)
        paint_over(look, (uint8_t)(LQI_PAINT_WALL + i));
}

static lq_status paint_rows(void *user, size_t task)
{
    const heat *h = user;
    if (lqi_stopped(h->context)) return LQ_ERR_CANCELLED;
    uint32_t first = (uint32_t)task * ROWS_PER_TASK, last = first + ROWS_PER_TASK;
    if (last > h->canvas->height) last = h->canvas->height;
    for (uint32_t y = first; y < last; y++)
        for (uint32_t x = 0; x < h->canvas->width; x++) paint_sample(h, x, y);
    return LQ_OK;
}

static lq_status paint_all(heat *h)
{
    return lqi_parallel(h->context, ((size_t)h->canvas->height + ROWS_PER_TASK - 1) / ROWS_PER_TASK, paint_rows, h);
}

lq_status lqi_heat_walls(lq_context *context, lqi_canvas *canvas, const lqi_camera *camera, const lqi_dexels *dexels)
{
    heat h = {.context = context, .canvas = canvas, .camera = camera, .dexels = dexels};
    return dexels->examined ? paint_all(&h) : LQ_OK;
}

lq_status lqi_heat_overhangs(lq_context *context, lqi_canvas *canvas, const lqi_camera *camera, double floor_mm,
                             double thickness_mm)
{
    heat h = {.context = context, .canvas = canvas, .camera = camera, .above = floor_mm + thickness_mm};
    return paint_all(&h);
}

void lqi_heat_legend(uint8_t *rgba, uint32_t width, uint32_t height)
{
    const lqi_sheet sheet = {rgba, width, height};
    uint32_t dot = lqi_dot_size(height);
    while (dot && (LQI_WALL_STEPS * 4 + 2) * LQI_LETTER_WIDTH * dot > width / 5 * 3) dot--;
    const uint32_t step = 4 * LQI_LETTER_WIDTH * dot, tall = (LQI_LETTER_HEIGHT + 9) * dot;
    if (!dot || tall > height / 4) return; /* it would hide more than it tells */
    uint32_t left = width - LQI_WALL_STEPS * step - (2 * LQI_LETTER_WIDTH + 4) * dot, top = height - tall;
    for (uint32_t i = 0; i < LQI_WALL_STEPS; i++, left += step) {
        lqi_fill(&sheet, left, top + (LQI_LETTER_HEIGHT + 3) * dot, step - dot, 4 * dot, lqi_wall_color[i]);
        lqi_write(&sheet, limit_names[i], left, top, dot);
    }
}
