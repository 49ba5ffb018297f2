#include "picture/shade.h"

#include <math.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"

#define ROWS_PER_TASK 16

/* Light is added up as its square root squared: close to what screens do, and the same on every machine. */
static float light_of(uint8_t value) { return (float)value * (float)value / (255.0f * 255.0f); }
static uint8_t value_of(float light)
{
    return (uint8_t)(sqrtf(light > 0 ? (light < 1 ? light : 1) : 0) * 255.0f + 0.5f);
}

/* ---- light ---- */

/* In the coordinates of the picture: x right, y down, z towards the eye. */
typedef struct lamp {
    float towards[3], strength;
} lamp;

static const lamp lamps[] = {
    {{-0.40f, -0.67f, 0.62f}, 0.92f}, {{0.86f, -0.22f, 0.46f}, 0.22f}, {{0.10f, 0.90f, 0.42f}, 0.08f}};

#define LIGHT_EVERYWHERE 0.20f
#define SHINE 0.10f

/* A direction, and what a surface that faces it sends to the eye: a share of its colour, and the shine of the first
 * lamp. */
typedef struct facing {
    float n[3], share, shine;
} facing;

static float positive(float x) { return x > 0 ? x : 0; }
static float within(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

static facing facing_of(uint16_t normal)
{
    facing f = {.share = LIGHT_EVERYWHERE};
    lqi_unpack_normal(normal, f.n);
    for (size_t i = 0; i < sizeof lamps / sizeof lamps[0]; i++) {
        const float *l = lamps[i].towards;
        f.share += lamps[i].strength * positive(f.n[0] * l[0] + f.n[1] * l[1] + f.n[2] * l[2]);
    }
    const float *l = lamps[0].towards; /* half way between lamp and eye: Blinn 1977 */
    float x = l[0], y = l[1], z = l[2] + 1, length = sqrtf(x * x + y * y + z * z);
    float mirror = positive((f.n[0] * x + f.n[1] * y + f.n[2] * z) / length);
    for (int i = 0; i < 5; i++) mirror *= mirror;
    f.shine = SHINE * mirror;
    return f;
}

/* ---- hollows ---- */

/* Depth at every other pixel, and how much lower that place lies than what is around it. */
typedef struct hollows {
    float *depth, *dark;          /* NAN: background; 0 open .. 1 deep, below 0: a ridge */
    uint32_t width, height, step; /* in samples */
} hollows;

typedef struct shading {
    lq_context *context;
    const lqi_canvas *canvas;
    const lqi_shade *shade;
    hollows hollows;
    uint8_t *rgba;
    float light[LQI_PAINT_COUNT][3];
    facing facings[1 << 14]; /* by direction, the lowest bit of each half left out: they stay in the cache */
} shading;

static const facing *facing_at(const shading *s, uint16_t normal)
{
    return &s->facings[(size_t)(normal >> 9) << 7 | (normal >> 1 & 0x7F)];
}

static void find_facings(shading *s)
{
    for (uint32_t i = 0; i < 1 << 14; i++) s->facings[i] = facing_of((uint16_t)(i >> 7 << 9 | (i & 0x7F) << 1));
}

static lq_status find_depths(void *user, size_t task)
{
    shading *s = user;
    hollows *h = &s->hollows;
    const lqi_canvas *canvas = s->canvas;
    uint32_t last = (uint32_t)(task + 1) * ROWS_PER_TASK < h->height ? (uint32_t)(task + 1) * ROWS_PER_TASK : h->height;
    for (uint32_t y = (uint32_t)task * ROWS_PER_TASK; y < last; y++)
        for (uint32_t x = 0; x < h->width; x++) {
            uint32_t sx = x * h->step + h->step / 2, sy = y * h->step + h->step / 2;
            if (sx >= canvas->width) sx = canvas->width - 1;
            if (sy >= canvas->height) sy = canvas->height - 1;
            const lqi_canvas_sample *sample = &canvas->sample[(size_t)sy * canvas->width + sx];
            h->depth[(size_t)y * h->width + x] = sample->covered ? sample->depth : NAN;
        }
    return LQ_OK;
}

/* Places around a place, in opposite pairs: over a plane, however steep, a pair cancels. */
static const int8_t around[][2] = {{2, 0}, {1, 2},  {-1, 2}, {0, 2},  {2, 1},  {2, -1}, {5, 1},
                                   {2, 5}, {-4, 4}, {9, 3},  {-3, 9}, {-9, 6}, {6, 8}};

static float depth_beside(const hollows *h, int32_t x, int32_t y, float here)
{
    if (x < 0 || y < 0 || x >= (int32_t)h->width || y >= (int32_t)h->height) return here;
    float depth = h->depth[(size_t)y * h->width + (size_t)x];
    return isnan(depth) ? here : depth;
}

static lq_status find_hollows(void *user, size_t task)
{
    shading *s = user;
    hollows *h = &s->hollows;
    if (lqi_stopped(s->context)) return LQ_ERR_CANCELLED;
    uint32_t last = (uint32_t)(task + 1) * ROWS_PER_TASK < h->height ? (uint32_t)(task + 1) * ROWS_PER_TASK : h->height;
    for (uint32_t y = (uint32_t)task * ROWS_PER_TASK; y < last; y++)
        for (uint32_t x = 0; x < h->width; x++) {
            float here = h->depth[(size_t)y * h->width + x], sum = 0;
            if (isnan(here)) continue;
            for (size_t i = 0; i < sizeof around / sizeof around[0]; i++) {
                int32_t dx = around[i][0], dy = around[i][1];
                float reach = (float)h->step * sqrtf((float)(dx * dx + dy * dy));
                float one = depth_beside(h, (int32_t)x + dx, (int32_t)y + dy, here) - here;
                float other = depth_beside(h, (int32_t)x - dx, (int32_t)y - dy, here) - here;
                sum += within(one / reach, -2, 2) + within(other / reach, -2, 2);
            }
            h->dark[(size_t)y * h->width + x] = sum / (2 * (float)(sizeof around / sizeof around[0]));
        }
    return LQ_OK;
}

static lq_status look_for_hollows(shading *s)
{
    hollows *h = &s->hollows;
    h->step = 2 * s->shade->samples;
    h->width = (s->canvas->width + h->step - 1) / h->step;
    h->height = (s->canvas->height + h->step - 1) / h->step;
    h->depth = lqi_alloc_array(s->context, (size_t)h->width * h->height, sizeof *h->depth);
    h->dark = h->depth ? lqi_alloc_zeroed(s->context, (size_t)h->width * h->height, sizeof *h->dark) : NULL;
    if (!h->dark) return lqi_memory_status(s->context);
    size_t tasks = ((size_t)h->height + ROWS_PER_TASK - 1) / ROWS_PER_TASK;
    LQI_TRY(lqi_parallel(s->context, tasks, find_depths, s));
    return lqi_parallel(s->context, tasks, find_hollows, s);
}

/* ---- pixels ---- */

#define HOLLOW_DARK 1.7f
#define RIDGE_LIGHT 0.35f
#define CREASE_DARK 0.72f
#define CREASE_COSINE 0.86f /* 30 degrees: finer ones are the facets of something round */

static bool is_crease(const shading *s, uint32_t x, uint32_t y, const lqi_canvas_sample *here)
{
    const lqi_canvas *canvas = s->canvas;
    const lqi_canvas_sample *beside[2] = {x + 1 < canvas->width ? here + 1 : here,
                                          y + 1 < canvas->height ? here + canvas->width : here};
    const float *a = facing_at(s, here->normal)->n;
    for (int i = 0; i < 2; i++) {
        if (!beside[i]->covered || beside[i]->normal == here->normal) continue;
        const float *b = facing_at(s, beside[i]->normal)->n;
        if (a[0] * b[0] + a[1] * b[1] + a[2] * b[2] < CREASE_COSINE) return true;
    }
    return false;
}

/* Between the four places around a pixel, its own weighing most; places on another surface do not count. */
static float light_through_hollow(const shading *s, uint32_t px, uint32_t py)
{
    const hollows *h = &s->hollows;
    const lqi_canvas_sample *here =
        &s->canvas->sample[(size_t)py * s->shade->samples * s->canvas->width + (size_t)px * s->shade->samples];
    const uint32_t x[2] = {px / 2, px % 2 ? px / 2 + 1 : px / 2 - (px > 1)},
                   y[2] = {py / 2, py % 2 ? py / 2 + 1 : py / 2 - (py > 1)};
    float sum = 0, weight = 0;
    for (int i = 0; i < 4; i++) {
        if (x[i % 2] >= h->width || y[i / 2] >= h->height) continue;
        size_t place = (size_t)y[i / 2] * h->width + x[i % 2];
        float apart = here->covered ? fabsf(h->depth[place] - here->depth) : 0;
        float w = (i % 2 ? 0.25f : 0.75f) * (i / 2 ? 0.25f : 0.75f);
        if (!(apart < 3 * (float)h->step)) w *= 1e-3f; /* the background, NaN, too */
        sum += w * h->dark[place];
        weight += w;
    }
    float deep = sum / weight;
    return deep > 0 ? 1 / (1 + HOLLOW_DARK * deep) : within(1 - RIDGE_LIGHT * deep, 1, 1.15f);
}

static void add_samples(const shading *s, uint32_t left, uint32_t top, float share, float colour[3], float *covered)
{
    for (uint32_t y = top; y < top + s->shade->samples; y++)
        for (uint32_t x = left; x < left + s->shade->samples; x++) {
            const lqi_canvas_sample *here = &s->canvas->sample[(size_t)y * s->canvas->width + x];
            if (!here->covered) continue;
            float lit = is_crease(s, x, y, here) ? share * CREASE_DARK : share;
            const facing *f = facing_at(s, here->normal);
            for (int i = 0; i < 3; i++) colour[i] += (s->light[here->paint][i] * f->share + f->shine) * lit;
            *covered += 1;
        }
}

static void add_even(const shading *s, uint32_t left, uint32_t top, float share, float samples, float colour[3],
                     float *covered)
{
    const lqi_canvas_sample *here = &s->canvas->sample[(size_t)top * s->canvas->width + left];
    const facing *f = facing_at(s, here->normal);
    for (int i = 0; i < 3; i++) colour[i] = (s->light[here->paint][i] * f->share + f->shine) * share * samples;
    *covered = samples;
}

/* Samples of one pixel, and what lies to the right of them and below. */
typedef enum block { BLOCK_EMPTY, BLOCK_EVEN, BLOCK_MIXED } block;

static bool is_same(const lqi_canvas_sample *a, const lqi_canvas_sample *b)
{
    return a->covered && a->normal == b->normal && a->paint == b->paint;
}

static block look_at_block(const shading *s, uint32_t left, uint32_t top)
{
    const lqi_canvas *canvas = s->canvas;
    const uint32_t samples = s->shade->samples;
    const uint32_t right = left + samples < canvas->width ? samples : samples - 1,
                   below = top + samples < canvas->height ? samples : samples - 1;
    const lqi_canvas_sample *first = &canvas->sample[(size_t)top * canvas->width + left];
    if (!first->covered) {
        for (uint32_t y = 0; y < samples; y++)
            for (uint32_t x = 0; x < samples; x++)
                if (first[(size_t)y * canvas->width + x].covered) return BLOCK_MIXED;
        return BLOCK_EMPTY;
    }
    for (uint32_t y = 0; y <= below; y++)
        for (uint32_t x = 0; x <= right; x++)
            if (!is_same(&first[(size_t)y * canvas->width + x], first)) return BLOCK_MIXED;
    return BLOCK_EVEN;
}

static void write_pixel(const shading *s, const float colour[3], float covered, float samples, uint8_t *pixel)
{
    const uint8_t *ground = s->shade->ground;
    float share = covered / samples;
    for (int i = 0; i < 3; i++) {
        float mean = covered > 0 ? colour[i] / covered : 0;
        if (ground[3]) mean = mean * share + light_of(ground[i]) * (1 - share);
        pixel[i] = covered > 0 || ground[3] ? value_of(mean) : 0;
    }
    pixel[3] = ground[3] ? 255 : (uint8_t)(share * 255 + 0.5f);
}

static lq_status write_rows(void *user, size_t task)
{
    shading *s = user;
    const lqi_shade *shade = s->shade;
    if (lqi_stopped(s->context)) return LQ_ERR_CANCELLED;
    uint32_t first = (uint32_t)task * ROWS_PER_TASK, last = first + ROWS_PER_TASK;
    if (last > shade->height) last = shade->height;
    float samples = (float)(shade->samples * shade->samples);
    for (uint32_t y = first; y < last; y++)
        for (uint32_t x = 0; x < shade->width; x++) {
            float colour[3] = {0, 0, 0}, covered = 0;
            uint32_t left = x / shade->coarse * shade->samples, top = y / shade->coarse * shade->samples;
            block kind = look_at_block(s, left, top);
            float share = kind == BLOCK_EMPTY ? 0 : light_through_hollow(s, x / shade->coarse, y / shade->coarse);
            if (kind == BLOCK_EVEN)
                add_even(s, left, top, share, samples, colour, &covered);
            else if (kind == BLOCK_MIXED)
                add_samples(s, left, top, share, colour, &covered);
            write_pixel(s, colour, covered, samples, s->rgba + ((size_t)y * shade->width + x) * 4);
        }
    return LQ_OK;
}

lq_status lqi_shade_canvas(lq_context *context, const lqi_canvas *canvas, const lqi_shade *shade, uint8_t *rgba)
{
    shading *s = lqi_alloc_zeroed(context, 1, sizeof *s);
    if (!s) return lqi_memory_status(context);
    s->context = context;
    s->canvas = canvas;
    s->shade = shade;
    s->rgba = rgba;
    find_facings(s);
    for (int i = 0; i < LQI_PAINT_COUNT * 3; i++) s->light[i / 3][i % 3] = light_of(shade->paint[i / 3][i % 3]);
    lq_status status = look_for_hollows(s);
    if (status == LQ_OK)
        status = lqi_parallel(context, ((size_t)shade->height + ROWS_PER_TASK - 1) / ROWS_PER_TASK, write_rows, s);
    lqi_free(context, s->hollows.depth);
    lqi_free(context, s->hollows.dark);
    lqi_free(context, s);
    return status;
}
