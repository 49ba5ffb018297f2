#include "picture/hollows.h"

#include <string.h>

#include "base/context.h"
#include "base/memory.h"
#include "base/threads.h"

#define ROWS_PER_TASK 16

/* Places around a place, in opposite pairs: over a plane, however steep, a pair cancels. */
#define AROUND_COUNT 13
static const int8_t around[AROUND_COUNT][2] = {{2, 0}, {1, 2},  {-1, 2}, {0, 2},  {2, 1},  {2, -1}, {5, 1},
                                               {2, 5}, {-4, 4}, {9, 3},  {-3, 9}, {-9, 6}, {6, 8}};

/* A slope that counts for no more. */
#define STEEPEST 2.0f

typedef int32_t four __attribute__((vector_size(16)));
typedef float four_floats __attribute__((vector_size(16)));

typedef struct finding {
    lq_context *context;
    const lqi_canvas *canvas;
    const lqi_hollows *hollows;
    ptrdiff_t offset[AROUND_COUNT];
    float nearness[AROUND_COUNT]; /* one by the distance in samples */
} finding;

static uint32_t rows_end(const lqi_hollows *h, size_t task)
{
    uint32_t end = (uint32_t)(task + 1) * ROWS_PER_TASK;
    return end < h->height ? end : h->height;
}

static lq_status find_depths(void *user, size_t task)
{
    const finding *f = user;
    const lqi_hollows *h = f->hollows;
    const lqi_canvas *canvas = f->canvas;
    for (uint32_t y = (uint32_t)task * ROWS_PER_TASK; y < rows_end(h, task); y++) {
        uint32_t sy = y * h->step + h->step / 2;
        if (sy >= canvas->height) sy = canvas->height - 1;
        for (uint32_t x = 0; x < h->width; x++) {
            uint32_t sx = x * h->step + h->step / 2;
            if (sx >= canvas->width) sx = canvas->width - 1;
            float depth = canvas->depth[(size_t)sy * canvas->stride + sx];
            if (depth > LQI_BACKGROUND) h->depth[(size_t)y * h->stride + x] = depth;
        }
    }
    return LQ_OK;
}

static inline four_floats load(const float *from)
{
    four_floats value;
    memcpy(&value, from, sizeof value);
    return value;
}

static inline four_floats choose(four where, four_floats a, four_floats b)
{
    return (four_floats)(((four)a & where) | ((four)b & ~where));
}

/* How steeply it rises to a place beside; background is as high as here. */
static inline four_floats rise(four_floats beside, four_floats here, float nearness)
{
    const four_floats most = (four_floats){0} + STEEPEST;
    four_floats slope = (beside - here) * nearness;
    slope = (four_floats)((four)slope & (slope == slope));
    slope = choose(slope < most, slope, most);
    return choose(slope > -most, slope, -most);
}

static bool is_any(four where)
{
    uint64_t halves[2];
    memcpy(halves, &where, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

static lq_status find_dark(void *user, size_t task)
{
    const finding *f = user;
    const lqi_hollows *h = f->hollows;
    if (lqi_stopped(f->context)) return LQ_ERR_CANCELLED;
    for (uint32_t y = (uint32_t)task * ROWS_PER_TASK; y < rows_end(h, task); y++)
        for (uint32_t x = 0; x < h->width; x += 4) {
            const float *at = h->depth + (size_t)y * h->stride + x;
            const four_floats here = load(at);
            four_floats sum = {0};
            if (!is_any(here == here)) continue;
            for (size_t i = 0; i < AROUND_COUNT; i++)
                sum += rise(load(at + f->offset[i]), here, f->nearness[i]) +
                       rise(load(at - f->offset[i]), here, f->nearness[i]);
            sum = (four_floats)((four)(sum * (1.0f / (2 * AROUND_COUNT))) & (here == here));
            memcpy(h->dark + (size_t)y * h->stride + x, &sum, sizeof sum);
        }
    return LQ_OK;
}

lq_status lqi_hollows_find(lq_context *context, const lqi_canvas *canvas, uint32_t samples, lqi_hollows *h)
{
    const uint32_t step = 2 * samples;
    *h = (lqi_hollows){.step = step};
    h->width = (canvas->width + step - 1) / step;
    h->height = (canvas->height + step - 1) / step;
    h->stride = (h->width + 2 * LQI_HOLLOWS_RIM + 3) / 4 * 4;
    const size_t count = (size_t)h->stride * (h->height + 2 * LQI_HOLLOWS_RIM),
                 first = (size_t)LQI_HOLLOWS_RIM * h->stride + LQI_HOLLOWS_RIM;
    h->block = lqi_alloc_array(context, 2 * count, sizeof *h->block);
    if (!h->block) return lqi_memory_status(context);
    for (size_t i = 0; i < count; i++) h->block[i] = NAN;
    memset(h->block + count, 0, count * sizeof *h->block);
    h->depth = h->block + first;
    h->dark = h->depth + count;
    finding f = {.context = context, .canvas = canvas, .hollows = h};
    for (int i = 0; i < AROUND_COUNT; i++) {
        const int dx = around[i][0], dy = around[i][1];
        f.offset[i] = (ptrdiff_t)dy * h->stride + dx;
        f.nearness[i] = 1 / ((float)step * sqrtf((float)(dx * dx + dy * dy)));
    }
    const size_t tasks = ((size_t)h->height + ROWS_PER_TASK - 1) / ROWS_PER_TASK;
    lq_status status = lqi_parallel(context, tasks, find_depths, &f);
    return status == LQ_OK ? lqi_parallel(context, tasks, find_dark, &f) : status;
}

void lqi_hollows_free(lq_context *context, lqi_hollows *hollows)
{
    lqi_free(context, hollows->block);
    *hollows = (lqi_hollows){0};
}
