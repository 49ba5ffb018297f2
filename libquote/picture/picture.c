#include "picture/picture.h"

#include <float.h>
#include <math.h>

#include "base/context.h"
#include "base/fail.h"
#include "picture/scale_bar.h"

/* Of the work limit: a picture is not worth more. */
#define WORK_SHARE 8

/* Small pictures get more samples per pixel: they cost little. */
static uint32_t samples_for(uint32_t width, uint32_t height)
{
    uint32_t side = width > height ? width : height, samples = 1536 / side;
    return samples < 2 ? 2 : samples > LQI_SAMPLES_MOST ? LQI_SAMPLES_MOST : samples;
}

/* What the meshes span in the coordinates of the camera. */
static bool find_span(const lqi_picture_order *order, const lqi_camera *camera, double low[3], double high[3])
{
    bool any = false;
    for (int i = 0; i < 3; i++) low[i] = DBL_MAX, high[i] = -DBL_MAX;
    for (size_t n = 0; n < order->instance_count; n++) {
        const lqi_canvas_mesh *mesh = order->instance[n].mesh;
        lqi_camera placed = lqi_camera_placed(camera, order->instance[n].transform);
        for (uint32_t v = 0; v < mesh->vertex_count; v++) {
            double seen[3];
            lqi_camera_project(&placed, mesh->position + (size_t)3 * v, seen);
            for (int i = 0; i < 3; i++) {
                if (seen[i] < low[i]) low[i] = seen[i];
                if (seen[i] > high[i]) high[i] = seen[i];
            }
            any = true;
        }
    }
    return any;
}

typedef struct frame {
    lqi_canvas canvas;
    lqi_camera camera;
    lqi_shade shade;
} frame;

static void place_camera(const lqi_picture_order *order, const lqi_camera *look, const double low[3],
                         const double high[3], frame *f)
{
    double per_pixel = (double)f->shade.samples / f->shade.coarse;
    uint32_t bottom = order->scale_bar ? lqi_scale_bar_height(order->height) : 0;
    double margin = 0.04 * fmin(order->width, order->height) * per_pixel;
    f->camera = *look;
    lqi_camera_fit(&f->camera, low, high, order->width * per_pixel, fmax((double)order->height - bottom, 1) * per_pixel,
                   margin);
}

/* *done: false where the work limit forbids it. */
static lq_status draw_all(lq_context *context, const lqi_picture_order *order, frame *f, bool *done)
{
    uint64_t left = context->limits.work_units / WORK_SHARE;
    *done = true;
    for (size_t n = 0; n < order->instance_count && *done; n++) {
        const lqi_picture_instance *instance = &order->instance[n];
        if (!instance->mesh->facet_count) continue;
        LQI_TRY(lqi_progress(context, "draw", n, order->instance_count));
        lqi_camera placed = lqi_camera_placed(&f->camera, instance->transform);
        uint64_t work = 0;
        lq_status status = lqi_canvas_draw(context, &f->canvas, instance->mesh, &placed, left, &work);
        if (status == LQ_ERR_CANCELLED) return lqi_fail(context, LQI_CANCELLED, -1, "The work was cancelled.");
        if (status != LQ_OK) return status;
        *done = work <= left;
        left -= *done ? work : 0;
    }
    return LQ_OK;
}

/* Half as many samples each way until the work limit allows it. */
static lq_status draw_within_limit(lq_context *context, const lqi_picture_order *order, const lqi_camera *look,
                                   const double low[3], const double high[3], frame *f)
{
    for (;;) {
        place_camera(order, look, low, high, f);
        uint32_t across = (order->width + f->shade.coarse - 1) / f->shade.coarse * f->shade.samples,
                 down = (order->height + f->shade.coarse - 1) / f->shade.coarse * f->shade.samples;
        LQI_TRY(lqi_canvas_init(context, across, down, &f->canvas));
        bool done;
        LQI_TRY(draw_all(context, order, f, &done));
        if (done) return LQ_OK;
        if (across == 1 && down == 1) return LQ_OK; /* each facet in its turn, and nothing is seen but a colour */
        lqi_canvas_free(context, &f->canvas);
        if (f->shade.samples > 1)
            f->shade.samples /= 2;
        else
            f->shade.coarse *= 2;
    }
}

static lq_status check_facets(lq_context *context, const lqi_picture_order *order)
{
    uint64_t facets = 0;
    for (size_t n = 0; n < order->instance_count; n++) facets += order->instance[n].mesh->facet_count;
    if (facets <= context->limits.work_units) return LQ_OK;
    return lqi_fail_over_limit(context, "work_units", context->limits.work_units, facets);
}

/* What lies within a layer of the lowest point lies on the bed. */
#define BED_MM 0.2

static lq_status paint_heat(lq_context *context, const lqi_picture_order *order, frame *f)
{
    if (order->overhangs) {
        double floor = DBL_MAX;
        for (size_t n = 0; n < order->instance_count; n++) {
            const lqi_picture_instance *instance = &order->instance[n];
            const double *t = instance->transform;
            for (uint32_t v = 0; v < instance->mesh->vertex_count; v++) {
                const double *p = instance->mesh->position + (size_t)3 * v;
                floor = fmin(floor, t[2] * p[0] + t[5] * p[1] + t[8] * p[2] + t[11]);
            }
        }
        LQI_TRY(lqi_heat_overhangs(context, &f->canvas, &f->camera, floor, BED_MM));
    }
    return order->walls ? lqi_heat_walls(context, &f->canvas, &f->camera, order->walls) : LQ_OK;
}

lq_status lqi_picture_render(lq_context *context, const lqi_picture_order *order, uint8_t *rgba, uint32_t *coarse)
{
    frame f = {.shade = {.width = order->width, .height = order->height, .coarse = 1}};
    lqi_camera look;
    double low[3] = {0}, high[3] = {0};
    f.shade.samples = samples_for(order->width, order->height);
    for (int i = 0; i < LQI_PAINT_COUNT * 3; i++) f.shade.paint[i / 3][i % 3] = order->paint[i / 3][i % 3];
    for (int i = 0; i < 4; i++) f.shade.ground[i] = order->ground[i];
    if (!lqi_camera_look(order->from, &look))
        return lqi_fail(context, LQI_ARGUMENT, -1, "The direction to look from has no length.");
    LQI_TRY(check_facets(context, order));
    bool any = find_span(order, &look, low, high);
    lq_status status = draw_within_limit(context, order, &look, low, high, &f);
    if (status == LQ_OK) status = paint_heat(context, order, &f);
    if (status == LQ_OK) status = lqi_shade_canvas(context, &f.canvas, &f.shade, rgba);
    if (status == LQ_OK && any && order->scale_bar)
        lqi_scale_bar_draw(rgba, order->width, order->height,
                           f.camera.samples_per_mm * f.shade.coarse / f.shade.samples);
    if (status == LQ_OK && any && order->scale_bar && order->walls) lqi_heat_legend(rgba, order->width, order->height);
    *coarse = f.shade.coarse;
    lqi_canvas_free(context, &f.canvas);
    return status;
}
