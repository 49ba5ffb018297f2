/* The second level of the weld: equal positions among those that were missed, then vertex numbers in file order. */
#include <string.h>

#include "base/bytes.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/soup.h"

#define FREE UINT64_MAX     /* two NaNs */
#define REPEATED UINT32_MAX /* a NaN in y: bits[0] is the place among the distinct positions of the stream */

/* ---- stream by stream ---- */

#define SLOTS_PER_POSITION 3 /* at least */
#define SLOTS_MIN 256

typedef struct table {
    lqi_soup_slot *slot;
    uint32_t mask, used;
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
    t->used = 0;
    memset(t->slot, 0xFF, (size_t)slots * sizeof *t->slot);
    return LQ_OK;
}

static inline uint32_t place_of(const uint64_t key[2], const table *t, uint64_t xy, uint32_t z)
{
    return (uint32_t)lqi_soup_hash(key, xy, z) & t->mask;
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
    grown.used = t->used;
    lqi_free(soup->context, t->slot);
    *t = grown;
    return LQ_OK;
}

/* Records of a stream whose slots are fetched together. */
#define BATCH 87u

/* Replaces every position of the batch that was there before by its place among the distinct ones. *known: how many of
 * those there are. */
static lq_status look_at_batch(const lqi_soup *soup, lqi_record *record, uint32_t count, table *t, uint32_t *known)
{
    const uint64_t key[2] = {soup->key[0], soup->key[1]};
    uint32_t hash[BATCH], mask = t->mask;
    lqi_soup_slot *slots = t->slot;
    for (uint32_t i = 0; i < count; i++) {
        hash[i] = (uint32_t)lqi_soup_hash(key, lqi_soup_xy(record[i].word), record[i].word[2]);
        __builtin_prefetch(&slots[hash[i] & mask], 1);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *bits = record[i].word, at = hash[i] & mask;
        uint64_t xy = lqi_soup_xy(bits);
        while (slots[at].xy != FREE && (slots[at].xy != xy || slots[at].z != bits[2])) at = (at + 1) & mask;
        if (slots[at].xy == xy) {
            bits[0] = slots[at].value;
            bits[1] = REPEATED;
            continue;
        }
        slots[at] = (lqi_soup_slot){xy, bits[2], (*known)++};
        if (++t->used <= mask / SLOTS_PER_POSITION) continue;
        LQI_TRY(double_table(soup, t));
        slots = t->slot;
        mask = t->mask;
    }
    return LQ_OK;
}

/* The part of the next chunk of the stream that lies like records [from, from + BATCH) of this one. */
static void fetch_next(const lqi_chunk *chunk, uint32_t from)
{
    if (!chunk->next) return;
    const char *part = (const char *)(chunk->next->record + from);
    for (size_t i = 0; i < BATCH * sizeof(lqi_record); i += LQI_LINE) __builtin_prefetch(part + i);
}

static lq_status look_through(const lqi_soup *soup, lqi_stream *stream, table *t, uint32_t *known)
{
    uint32_t left = lqi_stream_count(stream), points;
    for (lqi_chunk *c = stream->first; c; c = c->next, left -= points) {
        points = lqi_chunk_count(left);
        for (uint32_t i = 0; i < points; i += BATCH) {
            fetch_next(c, i);
            LQI_TRY(look_at_batch(soup, c->record + i, points - i < BATCH ? points - i : BATCH, t, known));
        }
    }
    return LQ_OK;
}

/* first: per stream the place of its first distinct position, and behind them the number of places. One place behind
 * those of each stream is to spare. */
static lq_status look_through_all(lqi_soup *soup, uint32_t *first)
{
    table t = {0};
    lq_status status = LQ_OK;
    first[0] = 0;
    for (uint32_t s = 0; s < 1u << soup->streams.bits; s++) {
        lqi_stream *stream = &soup->streams.stream[s];
        /* The hash deals distinct positions out evenly, however often each is used. */
        uint64_t slots = SLOTS_MIN, expected = s ? first[s] / s : 0;
        while (slots <= SLOTS_PER_POSITION * expected) slots *= 2;
        first[s + 1] = first[s];
        LQI_TRY_GOTO(clear_table(soup->context, &t, slots));
        LQI_TRY_GOTO(look_through(soup, stream, &t, &first[s + 1]));
        first[s + 1]++;
        if (s % 16 == 15) LQI_TRY_GOTO(lqi_progress(soup->context, "weld", s, 1u << soup->streams.bits));
    }
done:
    lqi_free(soup->context, t.slot);
    return status;
}

/* ---- in file order ---- */

#define BLOCK ((size_t)256) /* misses */
#define FETCH_AHEAD 8       /* records of a stream: the next line or the one behind */
#define CORNERS_PER_PROGRESS ((size_t)1 << 20)

/* Where the replay stands in a stream. */
typedef struct reader {
    const lqi_record *next, *end; /* of the chunk */
    const lqi_chunk *chunk;
    uint32_t fresh; /* the place of the next distinct position */
} reader;

typedef struct replay {
    reader readers[1u << LQI_STREAM_BITS_MAX];
    uint32_t *vertex_of; /* per place of a distinct position, stream by stream */
    uint32_t *miss;      /* per numbered miss: its vertex */
    double *position;
    uint32_t vertex_count;
} replay;

static void next_chunk(reader *r)
{
    r->chunk = r->chunk->next;
    r->next = r->chunk ? r->chunk->record : NULL;
    r->end = r->next ? r->next + LQI_CHUNK_RECORDS : NULL;
    if (!r->chunk || !r->chunk->next) return;
    const char *coming = (const char *)r->chunk->next;
    for (int line = 0; line < 3; line++) __builtin_prefetch(coming + LQI_LINE * line);
}

/* The vertices of `count` <= BLOCK misses, next in their streams. All that one needs is on its way before it is wanted,
 * and nothing but the end of a chunk makes a branch. */
static void settle(replay *play, const uint8_t *stream, size_t count, uint32_t *vertex)
{
    uint32_t place[BLOCK], fresh_count = 0, *vertex_of = play->vertex_of;
    const uint32_t vertex_count = play->vertex_count;
    const lqi_record *fresh[BLOCK];
    for (size_t m = 0; m < count; m++) {
        reader *r = &play->readers[stream[m]];
        const lqi_record *record = r->next++;
        __builtin_prefetch(record + FETCH_AHEAD);
        uint32_t repeated = record->word[1] == REPEATED, next = r->fresh;
        vertex_of[next] = vertex_count + fresh_count; /* which says nothing if it is repeated */
        place[m] = next ^ ((next ^ record->word[0]) & -repeated);
        fresh[fresh_count] = record;
        fresh_count += 1 - repeated;
        r->fresh = next + 1 - repeated;
        __builtin_prefetch(&vertex_of[place[m]], 1);
        if (r->next == r->end) next_chunk(r);
    }
    double *p = play->position + (size_t)3 * vertex_count;
    for (uint32_t i = 0; i < fresh_count; i++, p += 3)
        for (size_t k = 0; k < 3; k++) p[k] = (double)lqi_float_of_bits(fresh[i]->word[k]);
    play->vertex_count = vertex_count + fresh_count;
    for (size_t m = 0; m < count; m++) vertex[m] = vertex_of[place[m]];
}

static void replay_misses(replay *play, const uint8_t *stream, size_t count, uint32_t *vertex)
{
    for (size_t i = 0; i < count; i += BLOCK)
        settle(play, stream + i, count - i < BLOCK ? count - i : BLOCK, vertex + i);
}

static void replay_streams(replay *play, uint32_t *corner, size_t count)
{
    for (size_t i = 0, part; i < count; i += part) {
        uint8_t stream[BLOCK];
        part = count - i < BLOCK ? count - i : BLOCK;
        for (size_t k = 0; k < part; k++) stream[k] = (uint8_t)corner[i + k];
        settle(play, stream, part, corner + i);
    }
}

static void look_up(const uint32_t *vertex, uint32_t *corner, size_t count)
{
    for (size_t i = 0; i < count; i++) corner[i] = vertex[corner[i]];
}

static lq_status replay_all(const lqi_soup *soup, replay *play, uint32_t *corner, size_t count)
{
    size_t misses = 0, corners = 0, told = 0;
    for (size_t i = 0; i < soup->run_count; i++) {
        const lqi_soup_run *run = &soup->run[i];
        if (corners >= told) LQI_TRY(lqi_progress(soup->context, "weld", corners, count));
        told = corners + CORNERS_PER_PROGRESS;
        if (run->looked_back) {
            replay_misses(play, soup->miss_stream + misses, run->miss_count, play->miss + misses);
            look_up(play->miss, corner + corners, run->corner_count);
        } else {
            replay_streams(play, corner + corners, run->corner_count);
        }
        misses += run->miss_count;
        corners += run->corner_count;
    }
    return LQ_OK;
}

lq_status lqi_soup_finish(lqi_soup *soup, uint32_t *corner, size_t count, double **position, uint32_t *vertex_count)
{
    lq_context *context = soup->context;
    uint32_t stream_count = 1u << soup->streams.bits;
    uint32_t first[(1u << LQI_STREAM_BITS_MAX) + 1];
    replay play = {.vertex_of = NULL};
    lq_status status;
    *position = NULL;
    lqi_free(context, soup->recent);
    soup->recent = NULL;
    LQI_TRY_GOTO(look_through_all(soup, first));
    uint32_t distinct = first[stream_count] - stream_count;
    if (distinct > context->limits.vertices) {
        status = lqi_fail_over_limit(context, "vertices", context->limits.vertices, context->limits.vertices + 1);
        goto done;
    }
    play.vertex_of = lqi_alloc_array(context, first[stream_count], sizeof *play.vertex_of);
    play.miss = play.vertex_of ? lqi_alloc_array(context, soup->miss_count, sizeof *play.miss) : NULL;
    play.position = play.miss ? lqi_alloc_array(context, distinct, 3 * sizeof *play.position) : NULL;
    if (!play.position) {
        status = lqi_memory_status(context);
        goto done;
    }
    for (uint32_t s = 0; s < stream_count; s++) {
        reader *r = &play.readers[s];
        const lqi_chunk *chunk = soup->streams.stream[s].first;
        if (!chunk) continue;
        *r = (reader){chunk->record, chunk->record + LQI_CHUNK_RECORDS, chunk, first[s]};
    }
    status = replay_all(soup, &play, corner, count);
done:
    lqi_free(context, play.vertex_of);
    lqi_free(context, play.miss);
    lqi_soup_free(soup);
    if (status != LQ_OK) {
        lqi_free(context, play.position);
        return status;
    }
    *position = play.position;
    *vertex_count = play.vertex_count;
    return LQ_OK;
}
