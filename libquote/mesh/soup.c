#include "mesh/soup.h"

#include <string.h>

#include "base/bytes.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"

/* 256 KiB: half of a second-level cache of common size. */
#define RECENT_BITS 14

/* Of so many corners, one in eight must be found by looking back; else so many calls do without. */
#define WORTH_JUDGING 256
#define SKIPPED 15

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

static inline lq_status add_miss(lqi_soup *soup, uint64_t hash, const uint32_t bits[3])
{
    uint32_t stream = stream_of(soup, hash);
    soup->miss_stream[soup->miss_count++] = (uint8_t)stream;
    return lqi_streams_add(&soup->streams, stream, bits[0], bits[1], bits[2]);
}

/* -0 becomes 0. */
static inline void load_bits(const float *xyz, uint32_t bits[3])
{
    const float p[3] = {xyz[0] + 0.0f, xyz[1] + 0.0f, xyz[2] + 0.0f};
    memcpy(bits, p, sizeof p);
}

/* A corner that is found refers to the corner where its position was met last; one that is not refers to itself. */
static lq_status add_looking_back(lqi_soup *soup, const float *xyz, size_t count, uint32_t *corner, size_t first)
{
    lqi_soup_slot *recent = soup->recent;
    const uint64_t key[2] = {soup->key[0], soup->key[1]};
    for (size_t i = 0; i < count; i++) {
        uint32_t bits[3], number = (uint32_t)(first + i);
        load_bits(xyz + 3 * i, bits);
        uint64_t xy = xy_of(bits), hash = hash_of(key, xy, bits[2]);
        lqi_soup_slot *slot = &recent[hash & ((1u << RECENT_BITS) - 1)];
        if (slot->xy == xy && slot->z == bits[2]) {
            corner[first + i] = slot->value;
            continue;
        }
        *slot = (lqi_soup_slot){xy, bits[2], number};
        corner[first + i] = number;
        LQI_TRY(add_miss(soup, hash, bits));
    }
    return LQ_OK;
}

static lq_status add_all_missed(lqi_soup *soup, const float *xyz, size_t count, uint32_t *corner, size_t first)
{
    const uint64_t key[2] = {soup->key[0], soup->key[1]};
    for (size_t i = 0; i < count; i++) {
        uint32_t bits[3];
        load_bits(xyz + 3 * i, bits);
        corner[first + i] = (uint32_t)(first + i);
        LQI_TRY(add_miss(soup, hash_of(key, xy_of(bits), bits[2]), bits));
    }
    return LQ_OK;
}

/* Where the order of the file offers little, looking back is left out, and tried again now and then. */
lq_status lqi_soup_add(lqi_soup *soup, const float *xyz, size_t count, uint32_t *corner, size_t first)
{
    LQI_TRY(lqi_grow(soup->context, (void **)&soup->miss_stream, &soup->miss_capacity, soup->miss_count + count, 1));
    if (soup->skip) {
        soup->skip--;
        return add_all_missed(soup, xyz, count, corner, first);
    }
    size_t missed = soup->miss_count;
    LQI_TRY(add_looking_back(soup, xyz, count, corner, first));
    missed = soup->miss_count - missed;
    if (count >= WORTH_JUDGING && missed > count - count / 8) soup->skip = SKIPPED;
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
    uint32_t left = lqi_stream_count(stream), points;
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
        while (points && slots < 2 * (base[s] * lqi_stream_count(stream) / points)) slots *= 2;
        uint32_t distinct;
        LQI_TRY_GOTO(clear_table(soup->context, &t, slots));
        LQI_TRY_GOTO(look_through(soup, stream, &t, &distinct));
        points += lqi_stream_count(stream);
        base[s + 1] = base[s] + distinct;
        if (slots <= t.mask) slots = (uint64_t)t.mask + 1;
        if (s % 16 == 15) LQI_TRY_GOTO(lqi_progress(soup->context, "weld", s, 1u << soup->streams.bits));
    }
done:
    lqi_free(soup->context, t.slot);
    return status;
}

#define REPLAY_BLOCK ((size_t)192)
#define FETCH_AHEAD 48 /* words of a stream: three lines */

/* Where the replay stands in a stream. */
typedef struct reader {
    const lqi_chunk *at;
    uint32_t next;       /* record of the chunk */
    uint32_t *vertex_of; /* the vertices of the distinct positions of this stream */
    uint32_t distinct;   /* met so far */
} reader;

static inline reader *next_record(const uint8_t **miss_stream, reader *readers, const uint32_t **bits)
{
    reader *r = &readers[*(*miss_stream)++];
    if (r->next == LQI_CHUNK_RECORDS) {
        r->at = r->at->next;
        r->next = 0;
    }
    *bits = r->at->record[r->next++].word;
    return r;
}

/* The vertex of a missed corner; *vertex is the next new one. */
static inline uint32_t settle(reader *r, const uint32_t *bits, uint32_t *vertex, double *position)
{
    if (bits[1] == REPEATED) return r->vertex_of[bits[0]];
    double *p = position + (size_t)3 * *vertex;
    for (size_t k = 0; k < 3; k++) p[k] = (double)lqi_float_of_bits(bits[k]);
    return r->vertex_of[r->distinct++] = (*vertex)++;
}

/* The corners [first, end). Where many were missed they are settled beforehand, so that what they need can be fetched
 * for all of them at once. */
static void replay_block(const uint8_t **miss_stream, reader *readers, uint32_t *corner, size_t first, size_t end,
                         uint32_t *vertex, double *position)
{
    struct {
        const uint32_t *bits;
        reader *reader;
    } missed[REPLAY_BLOCK];
    uint32_t missed_count = 0, vertex_of[REPLAY_BLOCK];
    const uint32_t *bits;
    for (size_t i = first; i < end; i++) missed_count += corner[i] == i;
    if (missed_count < REPLAY_BLOCK / 3) {
        for (size_t i = first; i < end; i++) {
            if (corner[i] != i) {
                corner[i] = corner[corner[i]];
                continue;
            }
            reader *r = next_record(miss_stream, readers, &bits);
            corner[i] = settle(r, bits, vertex, position);
        }
        return;
    }
    for (uint32_t m = 0; m < missed_count; m++) {
        reader *r = missed[m].reader = next_record(miss_stream, readers, &missed[m].bits);
        bits = missed[m].bits;
        __builtin_prefetch(bits + FETCH_AHEAD);
        if (bits[1] == REPEATED) __builtin_prefetch(&r->vertex_of[bits[0]]);
    }
    for (uint32_t m = 0; m < missed_count; m++)
        vertex_of[m] = settle(missed[m].reader, missed[m].bits, vertex, position);
    for (size_t i = first, m = 0; i < end; i++) corner[i] = corner[i] == i ? vertex_of[m++] : corner[corner[i]];
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
    const uint8_t *miss_stream = soup->miss_stream;
    uint32_t vertex = 0;
    for (size_t i = 0; i < count; i += REPLAY_BLOCK) {
        if (i % (REPLAY_BLOCK * 4096) == 0) LQI_TRY_GOTO(lqi_progress(context, "weld", i, count));
        size_t end = count - i < REPLAY_BLOCK ? count : i + REPLAY_BLOCK;
        replay_block(&miss_stream, readers, corner, i, end, &vertex, *position);
    }
    *vertex_count = vertex;
done:
    lqi_free(context, vertex_of);
    lqi_soup_free(soup);
    if (status != LQ_OK) {
        lqi_free(context, *position);
        *position = NULL;
    }
    return status;
}
