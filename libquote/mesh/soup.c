#include "mesh/soup.h"

#include <string.h>

#include "base/bytes.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"

/* 256 KiB: half of a second-level cache of common size. */
#define RECENT_BITS 14

/* A stream of this many distinct positions is looked up in a table of 128 to 256 KiB. */
#define STREAM_VERTICES 4096
#define STREAM_BITS_UNKNOWN 6

#define FREE UINT64_MAX     /* two NaNs */
#define REPEATED UINT32_MAX /* a NaN in y: bits[0] is the place among the distinct positions of the stream */

/* Keyed, so that a crafted file cannot line up its positions in one stream or one chain; the key never reaches a
 * result. One wide product of both halves, each hidden by its key, folded. */
static inline uint64_t hash_of(const uint64_t key[2], uint64_t xy, uint32_t z)
{
    unsigned __int128 product = (unsigned __int128)(xy ^ key[0]) * (z ^ key[1]);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t xy_of(const uint32_t bits[2]) { return (uint64_t)bits[1] << 32 | bits[0]; }

static inline uint32_t stream_of(const lqi_soup *soup, uint64_t hash)
{
    return (uint32_t)(hash >> 40) & ((1u << soup->streams.bits) - 1);
}

lq_status lqi_soup_init(lqi_soup *soup, lq_context *context, uint64_t corner_count_expected)
{
    *soup = (lqi_soup){.context = context};
    soup->key[0] = lqi_hash_seed(context, 'w');
    soup->key[1] = lqi_hash_seed(context, 'z') | (uint64_t)1 << 63; /* no product with 0, whatever z is */
    uint32_t bits = corner_count_expected ? 0 : STREAM_BITS_UNKNOWN;
    /* Six corners meet in a vertex. */
    if (corner_count_expected)
        while (bits < LQI_STREAM_BITS_MAX && corner_count_expected / 6 >> bits > STREAM_VERTICES) bits++;
    size_t recent = (size_t)1 << RECENT_BITS;
    lq_status status = lqi_streams_init(&soup->streams, context, bits);
    if (status == LQ_OK) soup->recent = lqi_alloc_array(context, recent, sizeof *soup->recent);
    if (!soup->recent) {
        status = lqi_memory_status(context);
        lqi_soup_free(soup);
        return status;
    }
    memset(soup->recent, 0xFF, recent * sizeof *soup->recent);
    return LQ_OK;
}

void lqi_soup_free(lqi_soup *soup)
{
    if (!soup->context) return;
    lqi_streams_free(&soup->streams);
    lqi_free(soup->context, soup->miss_stream);
    lqi_free(soup->context, soup->recent);
    *soup = (lqi_soup){0};
}

/* ---- first level ---- */

/* A corner that is found refers to the corner where its position was met last; one that is not refers to itself. */
lq_status lqi_soup_add(lqi_soup *soup, const float *xyz, size_t count, uint32_t *corner, size_t first)
{
    LQI_TRY(lqi_grow(soup->context, (void **)&soup->miss_stream, &soup->miss_capacity, soup->miss_count + count, 1));
    lqi_soup_slot *recent = soup->recent;
    const uint64_t key[2] = {soup->key[0], soup->key[1]};
    for (size_t i = 0; i < count; i++) {
        const float p[3] = {xyz[3 * i] + 0.0f, xyz[3 * i + 1] + 0.0f, xyz[3 * i + 2] + 0.0f}; /* -0 becomes 0 */
        uint32_t bits[3];
        memcpy(bits, p, sizeof bits);
        uint64_t xy = xy_of(bits), hash = hash_of(key, xy, bits[2]);
        lqi_soup_slot *slot = &recent[hash & ((1u << RECENT_BITS) - 1)];
        uint32_t number = (uint32_t)(first + i);
        if (slot->xy == xy && slot->z == bits[2]) {
            corner[first + i] = slot->value;
            continue;
        }
        *slot = (lqi_soup_slot){xy, bits[2], number};
        corner[first + i] = number;
        uint32_t stream = stream_of(soup, hash);
        LQI_TRY(lqi_streams_add(&soup->streams, stream, bits[0], bits[1], bits[2]));
        soup->miss_stream[soup->miss_count++] = (uint8_t)stream;
    }
    return LQ_OK;
}

/* ---- second level ---- */

typedef struct table {
    lqi_soup_slot *slot;
    uint32_t mask;
    size_t capacity;
} table;

static lq_status clear_table(lq_context *context, table *t, uint64_t slots)
{
    if (slots > t->capacity) {
        lqi_free(context, t->slot);
        t->slot = lqi_alloc_array(context, t->capacity = (size_t)slots, sizeof *t->slot);
        if (!t->slot) return lqi_memory_status(context);
    }
    t->mask = (uint32_t)(slots - 1);
    memset(t->slot, 0xFF, (size_t)slots * sizeof *t->slot);
    return LQ_OK;
}

static inline uint32_t place_of(const uint64_t key[2], const table *t, uint64_t xy, uint32_t z)
{
    return (uint32_t)hash_of(key, xy, z) & t->mask;
}

static lq_status double_table(const lqi_soup *soup, table *t)
{
    table grown = {0};
    LQI_TRY(clear_table(soup->context, &grown, ((uint64_t)t->mask + 1) * 2));
    for (uint64_t i = 0; i <= t->mask; i++) {
        if (t->slot[i].xy == FREE) continue;
        uint32_t at = place_of(soup->key, &grown, t->slot[i].xy, t->slot[i].z);
        while (grown.slot[at].xy != FREE) at = (at + 1) & grown.mask;
        grown.slot[at] = t->slot[i];
    }
    lqi_free(soup->context, t->slot);
    *t = grown;
    return LQ_OK;
}

/* Replaces every position of the stream that was there before by its place among the distinct ones. */
static lq_status look_through(const lqi_soup *soup, lqi_stream *stream, table *t, uint32_t *distinct)
{
    const uint64_t key[2] = {soup->key[0], soup->key[1]};
    uint32_t left = stream->count, points;
    *distinct = 0;
    for (lqi_chunk *c = stream->first; c; c = c->next, left -= points) {
        points = lqi_chunk_count(left);
        for (uint32_t i = 0; i < points; i++) {
            uint32_t *bits = c->record[i].word;
            uint64_t xy = xy_of(bits);
            uint32_t at = place_of(key, t, xy, bits[2]);
            while (t->slot[at].xy != FREE && (t->slot[at].xy != xy || t->slot[at].z != bits[2]))
                at = (at + 1) & t->mask;
            if (t->slot[at].xy != FREE) {
                bits[0] = t->slot[at].value;
                bits[1] = REPEATED;
                continue;
            }
            t->slot[at] = (lqi_soup_slot){xy, bits[2], (*distinct)++};
            if (*distinct > t->mask / 2) LQI_TRY(double_table(soup, t));
        }
    }
    return LQ_OK;
}

/* base: per stream and one more: how many distinct positions the streams before it hold. */
static lq_status look_through_all(lqi_soup *soup, uint64_t *base)
{
    table t = {0};
    lq_status status = LQ_OK;
    uint64_t slots = 16, points = 0;
    base[0] = 0;
    for (uint32_t s = 0; s < 1u << soup->streams.bits; s++) {
        lqi_stream *stream = &soup->streams.stream[s];
        /* As full as the streams so far were, which hold the same mixture. */
        while (points && slots < 2 * (base[s] * stream->count / points)) slots *= 2;
        uint32_t distinct;
        LQI_TRY_GOTO(clear_table(soup->context, &t, slots));
        LQI_TRY_GOTO(look_through(soup, stream, &t, &distinct));
        points += stream->count;
        base[s + 1] = base[s] + distinct;
        if (slots <= t.mask) slots = (uint64_t)t.mask + 1;
        if (s % 16 == 15) LQI_TRY_GOTO(lqi_progress(soup->context, "weld", s, 1u << soup->streams.bits));
    }
done:
    lqi_free(soup->context, t.slot);
    return status;
}

/* Where the replay stands in a stream. */
typedef struct reader {
    const lqi_chunk *at;
    uint32_t next;       /* record of the chunk */
    uint32_t *vertex_of; /* the vertices of the distinct positions of this stream */
    uint32_t distinct;   /* met so far */
} reader;

static void replay(const uint8_t *miss_stream, reader *readers, uint32_t *corner, size_t count, double *position)
{
    uint32_t vertex_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (corner[i] != i) {
            corner[i] = corner[corner[i]];
            continue;
        }
        reader *r = &readers[*miss_stream++];
        if (r->next == LQI_CHUNK_RECORDS) {
            r->at = r->at->next;
            r->next = 0;
        }
        const uint32_t *bits = r->at->record[r->next++].word;
        if (bits[1] == REPEATED) {
            corner[i] = r->vertex_of[bits[0]];
            continue;
        }
        for (size_t k = 0; k < 3; k++) position[(size_t)3 * vertex_count + k] = (double)lqi_float_of_bits(bits[k]);
        r->vertex_of[r->distinct++] = vertex_count;
        corner[i] = vertex_count++;
    }
}

lq_status lqi_soup_finish(lqi_soup *soup, uint32_t *corner, size_t count, double **position, uint32_t *vertex_count)
{
    lq_context *context = soup->context;
    uint32_t stream_count = 1u << soup->streams.bits;
    uint64_t base[(1u << LQI_STREAM_BITS_MAX) + 1];
    reader readers[1u << LQI_STREAM_BITS_MAX];
    uint32_t *vertex_of = NULL;
    lq_status status;
    *position = NULL;
    lqi_free(context, soup->recent);
    soup->recent = NULL;
    LQI_TRY_GOTO(look_through_all(soup, base));
    uint64_t distinct = base[stream_count];
    if (distinct > context->limits.vertices) {
        status = lqi_fail_over_limit(context, "vertices", context->limits.vertices, context->limits.vertices + 1);
        goto done;
    }
    vertex_of = lqi_alloc_array(context, (size_t)distinct, sizeof *vertex_of);
    *position = vertex_of ? lqi_alloc_array(context, (size_t)distinct, 3 * sizeof **position) : NULL;
    if (!*position) {
        status = lqi_memory_status(context);
        goto done;
    }
    for (uint32_t s = 0; s < stream_count; s++)
        readers[s] = (reader){.at = soup->streams.stream[s].first, .vertex_of = vertex_of + base[s]};
    replay(soup->miss_stream, readers, corner, count, *position);
    *vertex_count = (uint32_t)distinct;
done:
    lqi_free(context, vertex_of);
    lqi_soup_free(soup);
    return status;
}
