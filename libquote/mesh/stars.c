#include "mesh/stars.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "kernel/kernel_list.h"
#include "mesh/streams.h"

/* Stars under construction, by the low bits of their vertex: 256 KiB. Where the order of the file is any good, a star
 * is complete before another vertex needs its place. */
#define PLACE_BITS 12
#define NO_VERTEX UINT32_MAX

/* Where of so many triangles in a row two steps of three had to go by the streams, all others do at once. */
#define TRIANGLES_PER_JUDGEMENT 16384u
#define SHARE_MAX 2u

/* What is known of a vertex. */
enum {
    UNKNOWN, /* no step yet, or its star lies in its place */
    CLOSED,  /* one circle; a further step makes it irregular */
    IRREGULAR,
    DEALT_OUT /* its steps are in the streams, all of them */
};

typedef struct place {
    uint32_t vertex;
    uint32_t step_count;
    uint32_t balance; /* sum of the ends minus sum of the beginnings: 0 when the steps make circles */
} place;

typedef struct finder {
    lq_context *context;
    const lqi_mesh *mesh;
    lqi_stars *stars;
    uint64_t *known; /* two bits per vertex */
    place *place;
    lqi_star *star;
    lqi_streams streams; /* steps, by the high bits of their vertex */
    uint32_t stream_shift;
    uint64_t dealt_out_count; /* steps, while they are looked at one by one */
    uint64_t closed_count;    /* vertices */
    bool all_dealt_out;
    /* For one stream; `star` too, then. */
    uint32_t *step_count;
    uint8_t *kind;
    uint32_t *crowded; /* end of the steps of each star of many steps, among those of all of them */
    lqi_record *many;  /* those, by vertex */
    size_t many_capacity;
    uint32_t *beginning; /* per vertex of the mesh, for the walk around a crowded one */
} finder;

static unsigned known_of(const finder *f, uint32_t vertex) { return f->known[vertex / 32] >> vertex % 32 * 2 & 3; }

static void set_known(finder *f, uint32_t vertex, unsigned what)
{
    unsigned shift = vertex % 32 * 2;
    f->known[vertex / 32] = (f->known[vertex / 32] & ~((uint64_t)3 << shift)) | (uint64_t)what << shift;
}

static void mark_irregular(finder *f, uint32_t vertex, bool pinched)
{
    f->stars->irregular[vertex / 64] |= (uint64_t)1 << vertex % 64;
    f->stars->irregular_count++;
    f->stars->pinched_count += pinched;
}

/* ---- first level ---- */

static lq_status deal_out(finder *f, uint32_t vertex, uint32_t from, uint32_t to)
{
    f->dealt_out_count++;
    return lqi_streams_add(&f->streams, vertex >> f->stream_shift, vertex, from, to);
}

/* The star in this place must go by the streams. */
static lq_status deal_out_star(finder *f, uint32_t number)
{
    place *p = &f->place[number];
    if (p->vertex == NO_VERTEX) return LQ_OK;
    for (uint32_t i = 0; i < p->step_count; i++)
        LQI_TRY(deal_out(f, p->vertex, f->star[number].from[i], f->star[number].to[i]));
    set_known(f, p->vertex, DEALT_OUT);
    p->vertex = NO_VERTEX;
    return LQ_OK;
}

static lq_status add_step_elsewhere(finder *f, uint32_t vertex, uint32_t from, uint32_t to)
{
    uint32_t number = vertex & ((1u << PLACE_BITS) - 1);
    switch (known_of(f, vertex)) {
    case DEALT_OUT: return deal_out(f, vertex, from, to);
    case IRREGULAR: return LQ_OK;
    case CLOSED:
        set_known(f, vertex, IRREGULAR);
        mark_irregular(f, vertex, true);
        return LQ_OK;
    }
    if (f->all_dealt_out) {
        set_known(f, vertex, DEALT_OUT);
        return deal_out(f, vertex, from, to);
    }
    LQI_TRY(deal_out_star(f, number));
    f->place[number] = (place){vertex, 1, to - from};
    f->star[number].from[0] = from;
    f->star[number].to[0] = to;
    return LQ_OK;
}

static inline lq_status add_step(finder *f, uint32_t vertex, uint32_t from, uint32_t to)
{
    uint32_t number = vertex & ((1u << PLACE_BITS) - 1);
    place *p = &f->place[number];
    if (p->vertex != vertex) return add_step_elsewhere(f, vertex, from, to);
    if (p->step_count == LQI_STAR_STEPS_MAX) {
        LQI_TRY(deal_out_star(f, number));
        return deal_out(f, vertex, from, to);
    }
    lqi_star *star = &f->star[number];
    star->from[p->step_count] = from;
    star->to[p->step_count++] = to;
    p->balance += to - from;
    if (p->balance || p->step_count < 3) return LQ_OK;
    uint8_t kind = LQI_STAR_OPEN;
    f->context->kernels->stars(star, &p->step_count, 1, &kind);
    if (kind != LQI_STAR_REGULAR) return LQ_OK;
    set_known(f, vertex, CLOSED);
    f->closed_count++;
    p->vertex = NO_VERTEX;
    return LQ_OK;
}

static lq_status add_triangle(finder *f, const uint32_t corner[3])
{
    uint32_t a = corner[0], b = corner[1], c = corner[2];
    if (a == b || b == c || c == a) return LQ_OK;
    LQI_TRY(add_step(f, a, b, c));
    LQI_TRY(add_step(f, b, c, a));
    return add_step(f, c, a, b);
}

/* The rest without a look at what is known: nothing is, but that some vertices were dealt out before. */
static lq_status deal_out_rest(finder *f, uint32_t first)
{
    const lqi_mesh *mesh = f->mesh;
    lqi_streams *streams = &f->streams;
    const uint32_t shift = f->stream_shift;
    for (uint32_t i = 0; i < 1u << PLACE_BITS; i++) LQI_TRY(deal_out_star(f, i));
    for (uint32_t t = first; t < mesh->triangle_count; t++) {
        const uint32_t *corner = mesh->corner + (size_t)3 * t;
        uint32_t a = corner[0], b = corner[1], c = corner[2];
        if (t % TRIANGLES_PER_JUDGEMENT == 0) LQI_TRY(lqi_progress(f->context, "topology", t, mesh->triangle_count));
        if (a == b || b == c || c == a) continue;
        LQI_TRY(lqi_streams_add(streams, a >> shift, a, b, c));
        LQI_TRY(lqi_streams_add(streams, b >> shift, b, c, a));
        LQI_TRY(lqi_streams_add(streams, c >> shift, c, a, b));
    }
    return LQ_OK;
}

static lq_status add_steps(finder *f)
{
    const lqi_mesh *mesh = f->mesh;
    uint64_t judged = 0;
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        if (t % TRIANGLES_PER_JUDGEMENT == TRIANGLES_PER_JUDGEMENT - 1) {
            f->all_dealt_out |= f->dealt_out_count - judged > SHARE_MAX * TRIANGLES_PER_JUDGEMENT;
            judged = f->dealt_out_count;
            LQI_TRY(lqi_progress(f->context, "topology", t, mesh->triangle_count));
            if (f->all_dealt_out && !f->closed_count) return deal_out_rest(f, t);
        }
        LQI_TRY(add_triangle(f, mesh->corner + (size_t)3 * t));
    }
    return LQ_OK;
}

/* What still lies in its place has all its steps and is no closed fan. */
static void judge_places(finder *f)
{
    for (uint32_t i = 0; i < 1u << PLACE_BITS; i++) {
        const place *p = &f->place[i];
        if (p->vertex == NO_VERTEX) continue;
        uint8_t kind = LQI_STAR_OPEN;
        f->context->kernels->stars(&f->star[i], &p->step_count, 1, &kind);
        mark_irregular(f, p->vertex, kind == LQI_STAR_CIRCLES);
    }
}

/* ---- second level ---- */

/* The same as the kernel does for few steps: each vertex remembers the step that begins there. */
static uint8_t kind_of_crowded(const lqi_record *step, uint32_t count, uint32_t *beginning)
{
    const uint32_t taken = (uint32_t)1 << 31;
    for (uint32_t i = 0; i < count; i++) beginning[step[i].word[1]] = i;
    for (uint32_t i = 0; i < count; i++)
        if (beginning[step[i].word[1]] != i) return LQI_STAR_OPEN; /* a later step begins there too */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t end = step[i].word[2], next = beginning[end];
        if (next >= count || step[next].word[1] != end) return LQI_STAR_OPEN; /* taken, or none begins there */
        beginning[end] = next | taken;
    }
    uint32_t at = 0, walked = 0;
    do {
        at = beginning[step[at].word[2]] & ~taken;
        walked++;
    } while (at);
    return walked == count ? LQI_STAR_REGULAR : LQI_STAR_CIRCLES;
}

static lq_status look_at_crowded(finder *f, const lqi_stream *stream, uint32_t first, uint32_t vertices)
{
    uint32_t total = 0, left = lqi_stream_count(stream);
    for (uint32_t v = 0; v < vertices; v++) {
        f->crowded[v] = total;
        if (f->step_count[v] > LQI_STAR_STEPS_MAX) total += f->step_count[v];
    }
    LQI_TRY(lqi_grow(f->context, (void **)&f->many, &f->many_capacity, total, sizeof *f->many));
    if (!f->beginning) f->beginning = lqi_alloc_zeroed(f->context, f->mesh->vertex_count, sizeof *f->beginning);
    if (!f->beginning) return lqi_memory_status(f->context);
    for (const lqi_chunk *c = stream->first; c; c = c->next, left -= lqi_chunk_count(left))
        for (uint32_t i = 0; i < lqi_chunk_count(left); i++) {
            uint32_t v = c->record[i].word[0] - first;
            if (f->step_count[v] > LQI_STAR_STEPS_MAX) f->many[f->crowded[v]++] = c->record[i];
        }
    for (uint32_t v = 0; v < vertices; v++) {
        uint32_t count = f->step_count[v];
        if (count > LQI_STAR_STEPS_MAX)
            f->kind[v] = kind_of_crowded(f->many + f->crowded[v] - count, count, f->beginning);
    }
    return LQ_OK;
}

/* The steps of the vertices [first, first + vertices). */
static lq_status look_at(finder *f, const lqi_stream *stream, uint32_t first, uint32_t vertices)
{
    memset(f->step_count, 0, vertices * sizeof *f->step_count);
    uint32_t most = 0, left = lqi_stream_count(stream);
    for (const lqi_chunk *c = stream->first; c; c = c->next, left -= lqi_chunk_count(left))
        for (uint32_t i = 0; i < lqi_chunk_count(left); i++) {
            const uint32_t *word = c->record[i].word;
            uint32_t v = word[0] - first, n = f->step_count[v]++;
            if (n < LQI_STAR_STEPS_MAX) {
                f->star[v].from[n] = word[1];
                f->star[v].to[n] = word[2];
            }
            if (n > most) most = n;
        }
    f->context->kernels->stars(f->star, f->step_count, vertices, f->kind);
    if (most >= LQI_STAR_STEPS_MAX) LQI_TRY(look_at_crowded(f, stream, first, vertices));
    for (uint32_t v = 0; v < vertices; v++)
        if (f->kind[v] != LQI_STAR_REGULAR && f->step_count[v])
            mark_irregular(f, first + v, f->kind[v] == LQI_STAR_CIRCLES);
    return LQ_OK;
}

static lq_status look_at_streams(finder *f)
{
    if (!f->dealt_out_count) return LQ_OK; /* most often */
    uint32_t size = (uint32_t)1 << f->stream_shift;
    lqi_free(f->context, f->star);
    f->star = lqi_alloc_array(f->context, size, sizeof *f->star);
    f->step_count = f->star ? lqi_alloc_array(f->context, size, sizeof *f->step_count) : NULL;
    f->kind = f->step_count ? lqi_alloc(f->context, size) : NULL;
    f->crowded = f->kind ? lqi_alloc_array(f->context, size, sizeof *f->crowded) : NULL;
    if (!f->crowded) return lqi_memory_status(f->context);
    for (uint32_t s = 0; s < 1u << f->streams.bits; s++) {
        const lqi_stream *stream = &f->streams.stream[s];
        if (!stream->first) continue;
        uint32_t first = s << f->stream_shift, rest = f->mesh->vertex_count - first;
        LQI_TRY(lqi_progress(f->context, "topology", s, 1u << f->streams.bits));
        LQI_TRY(look_at(f, stream, first, rest < size ? rest : size));
    }
    return LQ_OK;
}

static lq_status prepare(finder *f)
{
    lq_context *context = f->context;
    uint32_t vertices = f->mesh->vertex_count, places = 1u << PLACE_BITS, bits = 0;
    f->stream_shift = PLACE_BITS;
    while (bits < LQI_STREAM_BITS_MAX && vertices >> f->stream_shift >> bits) bits++;
    while (vertices >> f->stream_shift >> bits) f->stream_shift++;
    LQI_TRY(lqi_streams_init(&f->streams, context, bits));
    f->stars->irregular = lqi_alloc_zeroed(context, (size_t)vertices / 64 + 1, sizeof *f->stars->irregular);
    f->known = f->stars->irregular ? lqi_alloc_zeroed(context, (size_t)vertices / 32 + 1, sizeof *f->known) : NULL;
    f->place = f->known ? lqi_alloc_array(context, places, sizeof *f->place) : NULL;
    f->star = f->place ? lqi_alloc_array(context, places, sizeof *f->star) : NULL;
    if (!f->star) return lqi_memory_status(context);
    for (uint32_t i = 0; i < places; i++) f->place[i].vertex = NO_VERTEX;
    return LQ_OK;
}

lq_status lqi_stars_find(lq_context *context, const lqi_mesh *mesh, lqi_stars *stars)
{
    *stars = (lqi_stars){0};
    finder f = {.context = context, .mesh = mesh, .stars = stars};
    lq_status status;
    LQI_TRY_GOTO(prepare(&f));
    LQI_TRY_GOTO(add_steps(&f));
    judge_places(&f);
    status = look_at_streams(&f);
done:
    lqi_streams_free(&f.streams);
    lqi_free(context, f.known);
    lqi_free(context, f.place);
    lqi_free(context, f.star);
    lqi_free(context, f.step_count);
    lqi_free(context, f.kind);
    lqi_free(context, f.crowded);
    lqi_free(context, f.many);
    lqi_free(context, f.beginning);
    if (status != LQ_OK) lqi_stars_free(context, stars);
    return status;
}

void lqi_stars_free(lq_context *context, lqi_stars *stars)
{
    lqi_free(context, stars->irregular);
    *stars = (lqi_stars){0};
}
