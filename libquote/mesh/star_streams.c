#include "mesh/star_streams.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "kernel/kernel_list.h"

/* Vertices of a stream, at least: their stars take 256 KiB. */
#define SHIFT_MIN 12

typedef struct judge {
    lq_context *context;
    lqi_stars *stars;
    lqi_star *star; /* of one stream, like the next four */
    uint32_t *step_count;
    uint8_t *kind;
    uint32_t *crowded; /* end of the steps of each star of many steps, among those of all of them */
    lqi_record *many;  /* those, by vertex */
    size_t many_capacity;
    uint32_t vertex_count;
    uint32_t *beginning; /* per vertex of the mesh, for the walk around a crowded one */
} judge;

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

static lq_status look_at_crowded(judge *j, const lqi_stream *stream, uint32_t first, uint32_t vertices)
{
    uint32_t total = 0, left = lqi_stream_count(stream);
    for (uint32_t v = 0; v < vertices; v++) {
        j->crowded[v] = total;
        if (j->step_count[v] > LQI_STAR_STEPS_MAX) total += j->step_count[v];
    }
    LQI_TRY(lqi_grow(j->context, (void **)&j->many, &j->many_capacity, total, sizeof *j->many));
    if (!j->beginning) j->beginning = lqi_alloc_zeroed(j->context, j->vertex_count, sizeof *j->beginning);
    if (!j->beginning) return lqi_memory_status(j->context);
    for (const lqi_chunk *c = stream->first; c; c = c->next, left -= lqi_chunk_count(left))
        for (uint32_t i = 0; i < lqi_chunk_count(left); i++) {
            uint32_t v = c->record[i].word[0] - first;
            if (j->step_count[v] > LQI_STAR_STEPS_MAX) j->many[j->crowded[v]++] = c->record[i];
        }
    for (uint32_t v = 0; v < vertices; v++) {
        uint32_t count = j->step_count[v];
        if (count > LQI_STAR_STEPS_MAX)
            j->kind[v] = kind_of_crowded(j->many + j->crowded[v] - count, count, j->beginning);
    }
    return LQ_OK;
}

/* The steps of the vertices [first, first + vertices). */
static lq_status look_at(judge *j, const lqi_stream *stream, uint32_t first, uint32_t vertices)
{
    lqi_star *const star = j->star;
    uint32_t *const step_count = j->step_count;
    memset(step_count, 0, vertices * sizeof *step_count);
    uint32_t most = 0, left = lqi_stream_count(stream);
    for (const lqi_chunk *c = stream->first; c; c = c->next, left -= lqi_chunk_count(left))
        for (uint32_t i = 0; i < lqi_chunk_count(left); i++) {
            const uint32_t *word = c->record[i].word;
            uint32_t v = word[0] - first, n = step_count[v]++;
            if (n < LQI_STAR_STEPS_MAX) {
                star[v].from[n] = word[1];
                star[v].to[n] = word[2];
            }
            if (n > most) most = n;
        }
    j->context->kernels->stars(star, step_count, vertices, j->kind);
    if (most >= LQI_STAR_STEPS_MAX) LQI_TRY(look_at_crowded(j, stream, first, vertices));
    for (uint32_t v = 0; v < vertices; v++)
        if (j->kind[v] != LQI_STAR_REGULAR && step_count[v])
            lqi_stars_mark(j->stars, first + v, j->kind[v] == LQI_STAR_CIRCLES);
    return LQ_OK;
}

lq_status lqi_star_streams_judge(const lqi_star_streams *dealt, lq_context *context, uint32_t vertex_count,
                                 lqi_stars *stars)
{
    if (!dealt->streams.slab) return LQ_OK; /* no step at all */
    judge j = {.context = context, .stars = stars, .vertex_count = vertex_count};
    uint32_t size = (uint32_t)1 << dealt->shift, stream_count = 1u << dealt->streams.bits;
    lq_status status = LQ_OK;
    j.star = lqi_alloc_array(context, size, sizeof *j.star);
    j.step_count = j.star ? lqi_alloc_array(context, size, sizeof *j.step_count) : NULL;
    j.kind = j.step_count ? lqi_alloc(context, size) : NULL;
    j.crowded = j.kind ? lqi_alloc_array(context, size, sizeof *j.crowded) : NULL;
    if (!j.crowded) status = lqi_memory_status(context);
    for (uint32_t s = 0; s < stream_count && status == LQ_OK; s++) {
        const lqi_stream *stream = &dealt->streams.stream[s];
        if (!stream->first) continue;
        uint32_t first = s << dealt->shift, rest = vertex_count - first;
        status = lqi_progress(context, "topology", s, stream_count);
        if (status == LQ_OK) status = look_at(&j, stream, first, rest < size ? rest : size);
    }
    lqi_free(context, j.star);
    lqi_free(context, j.step_count);
    lqi_free(context, j.kind);
    lqi_free(context, j.crowded);
    lqi_free(context, j.many);
    lqi_free(context, j.beginning);
    return status;
}

lq_status lqi_star_streams_init(lqi_star_streams *dealt, lq_context *context, uint32_t vertex_count)
{
    uint32_t bits = 0;
    dealt->shift = SHIFT_MIN;
    while (bits < LQI_STREAM_BITS_MAX && vertex_count >> dealt->shift >> bits) bits++;
    while (vertex_count >> dealt->shift >> bits) dealt->shift++;
    return lqi_streams_init(&dealt->streams, context, bits);
}

void lqi_star_streams_free(lqi_star_streams *dealt) { lqi_streams_free(&dealt->streams); }
