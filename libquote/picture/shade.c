#include "picture/shade.h"

#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "picture/hollows.h"

#define ROWS_PER_TASK 16

typedef int32_t four __attribute__((vector_size(16)));
typedef float four_floats __attribute__((vector_size(16)));

/* Light is added up as its square root squared: close to what screens do, and the same on every machine. */
static float light_of(uint8_t value) { return (float)value * (float)value / (255.0f * 255.0f); }
static uint8_t value_of(float light) { return (uint8_t)(sqrtf(light < 1 ? light : 1) * 255.0f + 0.5f); }

/* ---- light ---- */

/* In the coordinates of the picture: x right, y down, z towards the eye. */
typedef struct lamp {
    float towards[3], strength;
} lamp;

static const lamp lamps[] = {
    {{-0.40f, -0.67f, 0.62f}, 0.92f}, {{0.86f, -0.22f, 0.46f}, 0.22f}, {{0.10f, 0.90f, 0.42f}, 0.08f}};

#define LIGHT_EVERYWHERE 0.20f
#define SHINE 0.10f

/* What a surface that faces a direction sends to the eye: a share of its colour, and the shine of the first lamp. */
typedef struct facing {
    float share, shine;
} facing;

static float positive(float x) { return x > 0 ? x : 0; }

static facing facing_of(uint16_t normal)
{
    facing f = {.share = LIGHT_EVERYWHERE};
    float n[3];
    lqi_unpack_normal(normal, n);
    for (size_t i = 0; i < sizeof lamps / sizeof lamps[0]; i++) {
        const float *l = lamps[i].towards;
        f.share += lamps[i].strength * positive(n[0] * l[0] + n[1] * l[1] + n[2] * l[2]);
    }
    const float *l = lamps[0].towards; /* half way between lamp and eye: Blinn 1977 */
    float x = l[0], y = l[1], z = l[2] + 1, length = sqrtf(x * x + y * y + z * z);
    float mirror = positive((n[0] * x + n[1] * y + n[2] * z) / length);
    for (int i = 0; i < 5; i++) mirror *= mirror;
    f.shine = SHINE * mirror;
    return f;
}

typedef struct shading {
    lq_context *context;
    const lqi_canvas *canvas;
    const lqi_shade *shade;
    lqi_hollows hollows;
    uint8_t *rgba;
    four_floats light[LQI_PAINT_COUNT]; /* red, green, blue */
    four_floats ground;
    float one_by[LQI_SAMPLES_MOST * LQI_SAMPLES_MOST + 1];
    facing facings[1 << 14]; /* by direction, the lowest bit of each half left out: they stay in the cache */
} shading;

static const facing *facing_at(const shading *s, uint32_t look)
{
    return &s->facings[(look >> 9 & 0x7F) << 7 | (look >> 1 & 0x7F)];
}

/* Of the directions that there are: the others lie beyond the edges of the octahedron. */
static void find_facings(shading *s)
{
    for (int a = 0; a < 128; a++)
        for (int b = 0; b < 128; b++)
            if (abs(a - 64) + abs(b - 64) <= 66) s->facings[a << 7 | b] = facing_of((uint16_t)(a << 9 | b << 1));
}

/* ---- creases ---- */

#define CREASE_DARK 0.72f
#define CREASE_COSINE 0.86f /* 30 degrees: finer ones are the facets of something round */

/* Packed directions that differ by no more in either half are less than 30 degrees apart: on the octahedron they are
 * within sqrt(6) * 16 / 127.5 of each other, and it is nowhere nearer to its middle than 1 / sqrt(3). */
#define NO_CREASE 16

/* Pixels that are looked at together, and their samples. */
#define PIXELS 64
#define SAMPLES (PIXELS * LQI_SAMPLES_MOST)

static inline four load(const uint32_t *from)
{
    four value;
    memcpy(&value, from, sizeof value);
    return value;
}

static bool is_any(four where)
{
    uint64_t halves[2];
    memcpy(halves, &where, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* All bits where there may be a crease. */
static inline four may_fold(four a, four b)
{
    const four across = (a >> 8 & 0xFF) - (b >> 8 & 0xFF), down = (a & 0xFF) - (b & 0xFF);
    const four apart = (across > NO_CREASE) | (across < -NO_CREASE) | (down > NO_CREASE) | (down < -NO_CREASE);
    return apart & (a != 0) & (b != 0);
}

/* On the octahedron: of no unit length, but integers. */
typedef struct four_directions {
    four_floats x, y, z, square;
} four_directions;

static inline four_directions directions_of(four look)
{
    const four_floats zero = {0};
    four_directions d;
    d.x = 2 * __builtin_convertvector(look >> 8 & 0xFF, four_floats) - 255;
    d.y = 2 * __builtin_convertvector(look & 0xFF, four_floats) - 255;
    d.z = 255 - (four_floats)((four)d.x & INT32_MAX) - (four_floats)((four)d.y & INT32_MAX);
    d.z = (four_floats)((four)d.z & (d.z > zero));
    d.square = d.x * d.x + d.y * d.y + d.z * d.z;
    return d;
}

/* All bits where their cosine is below that of a crease. */
static inline four do_fold(const four_directions *a, const four_directions *b)
{
    const four_floats dot = a->x * b->x + a->y * b->y + a->z * b->z, zero = {0};
    return (dot < zero) | (dot * dot < CREASE_COSINE * CREASE_COSINE * a->square * b->square);
}

/* Of `count` samples from `look` on, which differ from what is beside or below them; below: the next row.
 * false: there is nothing. */
static bool find_creases(const uint32_t *look, const uint32_t *below, uint32_t count, uint8_t *crease)
{
    four any = {0};
    memset(crease, 0, count);
    for (uint32_t i = 0; i < count; i += 4) {
        const four here = load(look + i);
        any |= here;
        if (!is_any(here)) continue;
        const four right = load(look + i + 1), under = load(below + i);
        four folds = may_fold(here, right), folds_under = may_fold(here, under);
        if (!is_any(folds | folds_under)) continue;
        const four_directions a = directions_of(here), b = directions_of(right), c = directions_of(under);
        folds = (folds & do_fold(&a, &b)) | (folds_under & do_fold(&a, &c));
        for (uint32_t k = 0; k < 4 && i + k < count; k++) crease[i + k] = folds[k] != 0;
    }
    return is_any(any);
}

/* ---- pixels ---- */

#define HOLLOW_DARK 1.7f
#define RIDGE_LIGHT 0.35f
#define RIDGE_MOST 1.15f

/* Between the four places around a pixel, its own weighing most; places on another surface, or none, hardly count. */
static float light_through_hollow(const shading *s, uint32_t px, uint32_t py)
{
    const lqi_hollows *h = &s->hollows;
    const four_floats share = {0.75f * 0.75f, 0.25f * 0.75f, 0.75f * 0.25f, 0.25f * 0.25f};
    const float here =
        s->canvas->depth[(size_t)py * s->shade->samples * s->canvas->stride + (size_t)px * s->shade->samples];
    const size_t own = (size_t)(py / 2) * h->stride + px / 2;
    const ptrdiff_t beside = px % 2 ? 1 : -1, below = py % 2 ? (ptrdiff_t)h->stride : -(ptrdiff_t)h->stride;
    const float *depth = h->depth + own, *dark = h->dark + own;
    const four_floats apart = (four_floats){depth[0], depth[beside], depth[below], depth[below + beside]} - here;
    const four_floats deep = {dark[0], dark[beside], dark[below], dark[below + beside]};
    const float reach = 3 * (float)h->step;
    const four same = (apart < reach) & (apart > -reach);
    const four_floats weight = (four_floats)(((four)share & same) | ((four)(share * 1e-3f) & ~same)),
                      part = weight * deep;
    const float whole = weight[0] + weight[1] + (weight[2] + weight[3]), sum = part[0] + part[1] + (part[2] + part[3]);
    if (sum > 0) return whole / (whole + HOLLOW_DARK * sum);
    const float ridge = 1 - RIDGE_LIGHT * sum / whole;
    return ridge < RIDGE_MOST ? ridge : RIDGE_MOST;
}

typedef struct blend {
    four_floats light; /* summed over samples */
    uint32_t covered;
} blend;

static four_floats light_of_look(const shading *s, uint32_t look)
{
    const facing *f = facing_at(s, look);
    return s->light[lqi_look_paint(look)] * f->share + f->shine;
}

/* Nothing, where look is 0. */
static inline void add_sample(const shading *s, uint32_t look, uint8_t crease, blend *sum)
{
    if (!look) return;
    const four_floats light = light_of_look(s, look);
    sum->light += crease ? light * CREASE_DARK : light;
    sum->covered++;
}

/* look: of the first sample of the pixel; crease: of that too, rows SAMPLES apart. */
static blend blend_samples(const shading *s, const uint32_t *look, const uint8_t *crease)
{
    blend sum = {{0}, 0};
    for (uint32_t y = 0; y < s->shade->samples; y++, look += s->canvas->stride, crease += SAMPLES)
        for (uint32_t x = 0; x < s->shade->samples; x++) add_sample(s, look[x], crease[x], &sum);
    return sum;
}

/* The same for 2 x 2 samples, which most pictures have: one colour covers most pixels of them. */
static inline blend blend_four(const shading *s, const uint32_t *look, const uint8_t *crease)
{
    const uint32_t *below = look + s->canvas->stride;
    const uint8_t *folded = crease + SAMPLES;
    blend sum = {{0}, 0};
    const uint32_t differ = (look[0] ^ look[1]) | (look[0] ^ below[0]) | (look[0] ^ below[1]);
    if (!(differ | crease[0] | crease[1] | folded[0] | folded[1]))
        return look[0] ? (blend){light_of_look(s, look[0]) * 4, 4} : sum;
    add_sample(s, look[0], crease[0], &sum);
    add_sample(s, look[1], crease[1], &sum);
    add_sample(s, below[0], folded[0], &sum);
    add_sample(s, below[1], folded[1], &sum);
    return sum;
}

static void mix_pixel(const shading *s, const blend *sum, uint8_t pixel[4])
{
    const uint32_t all = s->shade->samples * s->shade->samples;
    const bool grounded = s->shade->ground[3] != 0;
    if (!sum->covered) {
        memcpy(pixel, s->shade->ground, 4);
        return;
    }
    four_floats light = sum->light * s->one_by[grounded ? all : sum->covered];
    if (grounded) light += s->ground * ((float)(all - sum->covered) * s->one_by[all]);
    for (int i = 0; i < 3; i++) pixel[i] = value_of(light[i]);
    pixel[3] = grounded ? 255 : (uint8_t)((float)sum->covered * s->one_by[all] * 255 + 0.5f);
}

/* A pixel of the canvas is coarse x coarse pixels of the picture, as far as that goes. */
static void put_pixels(const shading *s, uint32_t px, uint32_t py, const uint8_t (*line)[4], uint32_t count)
{
    const lqi_shade *shade = s->shade;
    const uint32_t left = px * shade->coarse, end = (px + count) * shade->coarse;
    const uint32_t right = end < shade->width ? end : shade->width;
    for (uint32_t y = py * shade->coarse; y < (py + 1) * shade->coarse && y < shade->height; y++) {
        uint8_t *row = s->rgba + ((size_t)y * shade->width + left) * 4;
        if (shade->coarse == 1) memcpy(row, line, (size_t)count * 4);
        for (uint32_t x = left; shade->coarse > 1 && x < right; x++, row += 4)
            memcpy(row, line[x / shade->coarse - px], 4);
    }
}

static void write_pixels(const shading *s, uint32_t px, uint32_t py, uint32_t count)
{
    const lqi_canvas *canvas = s->canvas;
    const uint32_t samples = s->shade->samples;
    const uint32_t *first = canvas->look + (size_t)py * samples * canvas->stride + (size_t)px * samples;
    uint8_t crease[LQI_SAMPLES_MOST][SAMPLES], line[PIXELS][4];
    bool any = false;
    for (uint32_t i = 0; i < samples; i++) {
        const uint32_t *look = first + (size_t)i * canvas->stride;
        const uint32_t *below = py * samples + i + 1 < canvas->height ? look + canvas->stride : look;
        any |= find_creases(look, below, count * samples, crease[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t *look = first + (size_t)i * samples;
        const uint8_t *creases = &crease[0][i * samples];
        blend sum = {{0}, 0};
        if (any) sum = samples == 2 ? blend_four(s, look, creases) : blend_samples(s, look, creases);
        if (sum.covered) sum.light *= light_through_hollow(s, px + i, py);
        mix_pixel(s, &sum, line[i]);
    }
    put_pixels(s, px, py, (const uint8_t(*)[4])line, count);
}

static lq_status write_rows(void *user, size_t task)
{
    const shading *s = user;
    const uint32_t across = s->canvas->width / s->shade->samples, down = s->canvas->height / s->shade->samples;
    if (lqi_stopped(s->context)) return LQ_ERR_CANCELLED;
    uint32_t first = (uint32_t)task * ROWS_PER_TASK, last = first + ROWS_PER_TASK;
    if (last > down) last = down;
    for (uint32_t y = first; y < last; y++)
        for (uint32_t x = 0; x < across; x += PIXELS) write_pixels(s, x, y, across - x < PIXELS ? across - x : PIXELS);
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
    for (int i = 0; i < 3; i++) s->ground[i] = light_of(shade->ground[i]);
    for (uint32_t i = 1; i < sizeof s->one_by / sizeof *s->one_by; i++) s->one_by[i] = 1 / (float)i;
    const size_t rows = canvas->height / shade->samples;
    lq_status status = lqi_hollows_find(context, canvas, shade->samples, &s->hollows);
    if (status == LQ_OK) status = lqi_parallel(context, (rows + ROWS_PER_TASK - 1) / ROWS_PER_TASK, write_rows, s);
    lqi_hollows_free(context, &s->hollows);
    lqi_free(context, s);
    return status;
}
