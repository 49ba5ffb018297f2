#include "mesh/soup.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/soup_load.h"

/* 128 KiB: a quarter of a second-level cache of common size. */
#define RECENT_BITS 13

/* What is known of the corners of one round stays in the first-level cache. */
#define ROUND_FACETS ((size_t)128)
#define ROUND (3 * ROUND_FACETS)

/* Of the corners of a round half must be found by looking back; else so many rounds do without. */
#define SKIPPED 31

/* A stream of this many distinct positions is looked up in a table of 64 to 128 KiB. */
#define STREAM_VERTICES 2048
#define STREAM_BITS_UNKNOWN 6

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
    lqi_free(soup->context, soup->recent);
    lqi_free(soup->context, soup->miss_stream);
    lqi_free(soup->context, soup->run);
    *soup = (lqi_soup){0};
}

static inline uint32_t stream_of(uint64_t hash, uint32_t bits) { return (uint32_t)(hash >> 40) & ((1u << bits) - 1); }

static lq_status add_looking_back(lqi_soup *soup, uint32_t (*bits)[3], size_t count, uint32_t *corner)
{
    LQI_TRY(lqi_grow(soup->context, (void **)&soup->miss_stream, &soup->miss_capacity, soup->miss_count + count, 1));
    lqi_soup_slot *recent = soup->recent;
    uint8_t *miss_stream = soup->miss_stream;
    const uint64_t key[2] = {soup->key[0], soup->key[1]};
    const uint32_t stream_bits = soup->streams.bits;
    size_t misses = soup->miss_count;
    for (size_t i = 0; i < count; i++) {
        const uint64_t xy = lqi_soup_xy(bits[i]);
        const uint32_t z = bits[i][2];
        uint64_t hash = lqi_soup_hash(key, xy, z);
        lqi_soup_slot *slot = &recent[hash & ((1u << RECENT_BITS) - 1)];
        if (slot->xy == xy && slot->z == z) {
            corner[i] = slot->value;
            continue;
        }
        uint32_t stream = stream_of(hash, stream_bits);
        *slot = (lqi_soup_slot){xy, z, (uint32_t)misses};
        corner[i] = (uint32_t)misses;
        miss_stream[misses++] = (uint8_t)stream;
        LQI_TRY(lqi_streams_add(&soup->streams, stream, (uint32_t)xy, (uint32_t)(xy >> 32), z));
    }
    soup->miss_count = misses;
    return LQ_OK;
}

static lq_status add_all_missed(lqi_soup *soup, uint32_t (*bits)[3], size_t count, uint32_t *corner)
{
    const uint64_t key[2] = {soup->key[0], soup->key[1]};
    const uint32_t stream_bits = soup->streams.bits;
    for (size_t i = 0; i < count; i++) {
        const uint64_t xy = lqi_soup_xy(bits[i]);
        const uint32_t z = bits[i][2];
        corner[i] = stream_of(lqi_soup_hash(key, xy, z), stream_bits);
        LQI_TRY(lqi_streams_add(&soup->streams, corner[i], (uint32_t)xy, (uint32_t)(xy >> 32), z));
    }
    return LQ_OK;
}

static lq_status note_run(lqi_soup *soup, bool looked_back, size_t corners, size_t misses)
{
    if (!soup->run_count || soup->run[soup->run_count - 1].looked_back != looked_back) {
        LQI_TRY(
            lqi_grow(soup->context, (void **)&soup->run, &soup->run_capacity, soup->run_count + 1, sizeof *soup->run));
        soup->run[soup->run_count++] = (lqi_soup_run){.looked_back = looked_back};
    }
    soup->run[soup->run_count - 1].corner_count += corners;
    soup->run[soup->run_count - 1].miss_count += misses;
    return LQ_OK;
}

/* Where the order of the file offers little, looking back is left out, and tried again now and then. */
static lq_status add_round(lqi_soup *soup, uint32_t (*bits)[3], size_t count, uint32_t *corner)
{
    if (soup->skip) {
        soup->skip--;
        LQI_TRY(add_all_missed(soup, bits, count, corner));
        return note_run(soup, false, count, 0);
    }
    size_t missed = soup->miss_count;
    LQI_TRY(add_looking_back(soup, bits, count, corner));
    missed = soup->miss_count - missed;
    if (count == ROUND && missed > ROUND / 2) soup->skip = SKIPPED;
    return note_run(soup, true, count, missed);
}

lq_status lqi_soup_add(lqi_soup *soup, const float *xyz, size_t count, uint32_t *corner)
{
    uint32_t bits[ROUND][3];
    for (size_t done = 0, part; done < count; done += part) {
        part = count - done < ROUND_FACETS ? count - done : ROUND_FACETS;
        lqi_soup_load(xyz + 9 * done, part, bits);
        LQI_TRY(add_round(soup, bits, 3 * part, corner + 3 * done));
    }
    return LQ_OK;
}

lq_status lqi_soup_add_records(lqi_soup *soup, const uint8_t *records, size_t count, bool swapped, uint64_t number,
                               uint32_t *corner, size_t *taken, lqi_dropped_facets *dropped)
{
    uint32_t bits[ROUND][3];
    *taken = 0;
    for (size_t done = 0, part; done < count; done += part) {
        part = count - done < ROUND_FACETS ? count - done : ROUND_FACETS;
        size_t usable =
            lqi_soup_load_records(records + done * LQI_RECORD_SIZE, part, swapped, number + done, bits, dropped);
        LQI_TRY(add_round(soup, bits, 3 * usable, corner + 3 * *taken));
        *taken += usable;
    }
    return LQ_OK;
}
