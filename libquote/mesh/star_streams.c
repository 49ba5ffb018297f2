#include "mesh/star_streams.h"

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "kernel/kernel_list.h"

/* Vertices of a stream, at least: their stars take 64 KiB. */
#define SHIFT_MIN 10
#define SHIFT_MAX 16

/* Streams, as long as their stars need not be more for that. */
#define STREAM_BITS 9

#define CHUNKS_PER_SLAB_MIN 64
#define CHUNKS_PER_SLAB_MAX 1024

typedef struct lqi_step_slab {
    struct lqi_step_slab *older;
    size_t chunk_count;
    lqi_step_chunk chunk[];
} slab;

/* ---- dealing out ---- */

lq_status lqi_star_streams_init(lqi_star_streams *dealt, lq_context *context, uint32_t vertex_count)
{
    uint32_t shift = SHIFT_MIN;
    while (shift < SHIFT_MAX && vertex_count >> shift >> STREAM_BITS) shift++;
    *dealt = (lqi_star_streams){.context = context, .stream_count = (vertex_count >> shift) + 1, .shift = shift};
    dealt->stream = lqi_alloc_zeroed(context, dealt->stream_count, sizeof *dealt->stream);
    return dealt->stream ? LQ_OK : lqi_memory_status(context);
}

void lqi_star_streams_free(lqi_star_streams *dealt)
{
    while (dealt->slab) {
        slab *older = dealt->slab->older;
        lqi_free(dealt->context, dealt->slab);
        dealt->slab = older;
    }
    if (dealt->context) lqi_free(dealt->context, dealt->stream);
    *dealt = (lqi_star_streams){0};
}

lq_status lqi_star_streams_add_chunk(lqi_star_streams *dealt, lqi_step_stream *stream)
{
    if (!dealt->slab || dealt->slab_used == dealt->slab->chunk_count) {
        size_t count = dealt->slab ? dealt->slab->chunk_count * 2 : CHUNKS_PER_SLAB_MIN;
        if (count > CHUNKS_PER_SLAB_MAX) count = CHUNKS_PER_SLAB_MAX;
        slab *added = lqi_alloc(dealt->context, sizeof *added + count * sizeof *added->chunk);
        if (!added) return lqi_memory_status(dealt->context);
        added->older = dealt->slab;
        added->chunk_count = count;
        dealt->slab = added;
        dealt->slab_used = 0;
    }
    lqi_step_chunk *fresh = &dealt->slab->chunk[dealt->slab_used++];
    fresh->next = NULL;
    if (stream->last)
        stream->last->next = fresh;
    else
        stream->first = fresh;
    stream->last = fresh;
    stream->next = fresh->steps;
    stream->end = fresh->steps + sizeof fresh->steps;
    return LQ_OK;
}

lq_status lqi_star_streams_add_triangles(lqi_star_streams *dealt, const lqi_mesh *mesh, uint32_t first, uint32_t end,
                                         uint32_t *degenerate_count)
{
    lqi_step_stream *const stream = dealt->stream;
    const uint32_t shift = dealt->shift, *corner = mesh->corner + (size_t)3 * first;
    for (uint32_t t = first; t < end; t++, corner += 3) {
        uint32_t a = corner[0], b = corner[1], c = corner[2];
        if (a == b || b == c || c == a) {
            ++*degenerate_count;
            continue;
        }
        LQI_TRY(lqi_step_stream_add(dealt, &stream[a >> shift], a, b, c));
        LQI_TRY(lqi_step_stream_add(dealt, &stream[b >> shift], b, c, a));
        LQI_TRY(lqi_step_stream_add(dealt, &stream[c >> shift], c, a, b));
    }
    return LQ_OK;
}

/* ---- looking at them ---- */

typedef struct judge {
    lq_context *context;
    lqi_stars *stars;
    uint32_t vertex_count;
    uint32_t size;  /* vertices of a stream, a power of two */
    lqi_star *star; /* of one stream, like the next four */
    uint32_t *step_count;
    uint8_t *kind;
    uint32_t *crowded; /* end of the steps of each star of many steps, among those of all of them */
    uint64_t *many;    /* those, by vertex: from, and to << 32 */
    size_t many_capacity;
    uint32_t *beginning; /* per vertex of the mesh, for the walk around a crowded one */
} judge;

static const uint8_t *end_of_chunk(const lqi_step_stream *stream, const lqi_step_chunk *chunk)
{
    return chunk == stream->last ? stream->next : chunk->steps + sizeof chunk->steps;
}

/* The vertex is one of the stream. */
static inline uint32_t read_step(const judge *j, const uint8_t *step, uint64_t *ends)
{
    uint16_t low;
    memcpy(ends, step, sizeof *ends);
    memcpy(&low, step + sizeof *ends, sizeof low);
    return low & (j->size - 1);
}

/* The same as the kernel does for few steps: each vertex remembers the step that begins there. */
static uint8_t kind_of_crowded(const uint64_t *step, uint32_t count, uint32_t *beginning)
{
    const uint32_t taken = (uint32_t)1 << 31;
    for (uint32_t i = 0; i < count; i++) beginning[(uint32_t)step[i]] = i;
    for (uint32_t i = 0; i < count; i++)
        if (beginning[(uint32_t)step[i]] != i) return LQI_STAR_OPEN; /* a later step begins there too */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t end = (uint32_t)(step[i] >> 32), next = beginning[end];
        if (next >= count || (uint32_t)step[next] != end) return LQI_STAR_OPEN; /* taken, or none begins there */
        beginning[end] = next | taken;
    }
    uint32_t at = 0, walked = 0;
    do {
        at = beginning[step[at] >> 32] & ~taken;
        walked++;
    } while (at);
    return walked == count ? LQI_STAR_REGULAR : LQI_STAR_CIRCLES;
}

static lq_status look_at_crowded(judge *j, const lqi_step_stream *stream, uint32_t vertices)
{
    uint32_t total = 0;
    for (uint32_t v = 0; v < vertices; v++) {
        j->crowded[v] = total;
        if (j->step_count[v] > LQI_STAR_STEPS_MAX) total += j->step_count[v];
    }
    if (!total) return LQ_OK;
    LQI_TRY(lqi_grow(j->context, (void **)&j->many, &j->many_capacity, total, sizeof *j->many));
    if (!j->beginning) j->beginning = lqi_alloc_zeroed(j->context, j->vertex_count, sizeof *j->beginning);
    if (!j->beginning) return lqi_memory_status(j->context);
    for (const lqi_step_chunk *c = stream->first; c; c = c->next)
        for (const uint8_t *step = c->steps, *end = end_of_chunk(stream, c); step != end; step += LQI_STEP_SIZE) {
            uint64_t ends;
            uint32_t v = read_step(j, step, &ends);
            if (j->step_count[v] > LQI_STAR_STEPS_MAX) j->many[j->crowded[v]++] = ends;
        }
    for (uint32_t v = 0; v < vertices; v++) {
        uint32_t count = j->step_count[v];
        if (count > LQI_STAR_STEPS_MAX)
            j->kind[v] = kind_of_crowded(j->many + j->crowded[v] - count, count, j->beginning);
    }
    return LQ_OK;
}

/* The steps of the vertices [first, first + vertices). */
static lq_status look_at(judge *j, const lqi_step_stream *stream, uint32_t first, uint32_t vertices)
{
    lqi_star *const star = j->star;
    uint32_t *const step_count = j->step_count;
    uint32_t numbers = 0; /* of all steps around their vertices, by bits */
    memset(step_count, 0, vertices * sizeof *step_count);
    for (const lqi_step_chunk *c = stream->first; c; c = c->next)
        for (const uint8_t *step = c->steps, *end = end_of_chunk(stream, c); step != end; step += LQI_STEP_SIZE) {
            uint64_t ends;
            uint32_t v = read_step(j, step, &ends), n = step_count[v];
            step_count[v] = n + 1;
            numbers |= n;
            if (n >= LQI_STAR_STEPS_MAX) continue;
            star[v].from[n] = (uint32_t)ends;
            star[v].to[n] = (uint32_t)(ends >> 32);
        }
    j->context->kernels->stars(star, step_count, vertices, j->kind);
    if (numbers >= LQI_STAR_STEPS_MAX) LQI_TRY(look_at_crowded(j, stream, vertices));
    for (uint32_t v = 0; v < vertices; v++)
        if (j->kind[v] != LQI_STAR_REGULAR && step_count[v])
            lqi_stars_mark(j->stars, first + v, j->kind[v] == LQI_STAR_CIRCLES);
    return LQ_OK;
}

lq_status lqi_star_streams_judge(const lqi_star_streams *dealt, uint32_t vertex_count, lqi_stars *stars)
{
    if (!dealt->slab) return LQ_OK; /* no step at all */
    lq_context *context = dealt->context;
    judge j = {.context = context, .stars = stars, .vertex_count = vertex_count, .size = 1u << dealt->shift};
    lq_status status = LQ_OK;
    j.star = lqi_alloc_array(context, j.size, sizeof *j.star);
    j.step_count = j.star ? lqi_alloc_array(context, j.size, sizeof *j.step_count) : NULL;
    j.kind = j.step_count ? lqi_alloc(context, j.size) : NULL;
    j.crowded = j.kind ? lqi_alloc_array(context, j.size, sizeof *j.crowded) : NULL;
    if (!j.crowded) status = lqi_memory_status(context);
    for (uint32_t s = 0; s < dealt->stream_count && status == LQ_OK; s++) {
        if (!dealt->stream[s].first) continue;
        uint32_t first = s << dealt->shift, rest = vertex_count - first;
        status = lqi_progress(context, "topology", s, dealt->stream_count);
        if (status == LQ_OK) status = look_at(&j, &dealt->stream[s], first, rest < j.size ? rest : j.size);
    }
    lqi_free(context, j.star);
    lqi_free(context, j.step_count);
    lqi_free(context, j.kind);
    lqi_free(context, j.crowded);
    lqi_free(context, j.many);
    lqi_free(context, j.beginning);
    return status;
}
