#include <libdeflate.h>
#include <string.h>

#include "base/checked.h"
#include "base/fail.h"
#include "base/memory.h"
#include "container/inflate.h"
#include "container/zip_inside.h"

/* Made at once, and with what is kept of the last piece no more than half of a usual second cache: what reads a piece
 * finds it there. */
#define PIECE_SIZE ((size_t)256 << 10)

/* What is not much larger is unpacked at once. */
#define WHOLE_MAX ((uint64_t)512 << 10)

struct lqi_zip_unpacking {
    lq_context *context;
    const lqi_zip_entry *entry;
    const uint8_t *packed;
    uint8_t *buffer;
    size_t capacity;
    uint32_t crc; /* of all up to here */
    lqi_inflate inflate;
};

typedef struct lqi_zip_unpacking unpacking;

/* Makes room for a piece behind the last `keep` bytes at hand, which come to the front. */
static lq_status make_room(unpacking *u, lqi_zip_pieces *pieces, size_t keep)
{
    size_t needed;
    if (!lqi_add_size(keep, PIECE_SIZE + 2 * LQI_INFLATE_SLACK, &needed)) needed = SIZE_MAX; /* for the last, twice */
    const uint8_t *kept = pieces->size ? pieces->data + pieces->size - keep : NULL;
    if (needed > u->capacity) {
        uint8_t *grown = lqi_alloc(u->context, needed);
        if (!grown) return lqi_memory_status(u->context);
        if (keep) memcpy(grown, kept, keep);
        lqi_free(u->context, u->buffer);
        u->buffer = grown;
        u->capacity = needed;
    } else if (keep) {
        memmove(u->buffer, kept, keep);
    }
    pieces->begin += pieces->size - keep;
    pieces->data = u->buffer;
    pieces->size = keep;
    return LQ_OK;
}

/* Unpacks up to `end`, or until the stream ends. */
static lq_status unpack(unpacking *u, uint8_t **at, const uint8_t *end)
{
    for (;;) {
        *at = lqi_inflate_more(&u->inflate, u->buffer, *at, end);
        if (u->inflate.state == LQI_INFLATE_DAMAGED) return lqi_zip_fail_corrupt(u->context);
        if (*at >= end || u->inflate.state == LQI_INFLATE_DONE) return LQ_OK;
        LQI_TRY(lqi_progress(u->context, "unpack", 0, u->entry->size));
    }
}

/* All bytes are there: does the stream end here, and are they right? */
static lq_status check_end(unpacking *u, uint8_t *at)
{
    uint8_t *behind = at;
    LQI_TRY(unpack(u, &behind, at + 1));
    if (behind > at || lqi_inflate_used(&u->inflate, u->packed) != u->entry->size_compressed)
        return lqi_zip_fail_size(u->context);
    return u->crc == u->entry->crc ? LQ_OK : lqi_zip_fail_crc(u->context);
}

static lq_status add_piece(unpacking *u, lqi_zip_pieces *pieces, size_t keep)
{
    if (keep < LQI_INFLATE_WINDOW) keep = LQI_INFLATE_WINDOW;
    if (keep > pieces->size) keep = pieces->size;
    LQI_TRY(make_room(u, pieces, keep));
    uint8_t *fresh = u->buffer + keep, *at = fresh;
    LQI_TRY(unpack(u, &at, fresh + PIECE_SIZE - 1));
    uint64_t left = pieces->whole - lqi_zip_pieces_end(pieces);
    size_t made = (size_t)(at - fresh);
    if (made > left || (made < left && u->inflate.state == LQI_INFLATE_DONE)) return lqi_zip_fail_size(u->context);
    u->crc = libdeflate_crc32(u->crc, fresh, made);
    pieces->size += made;
    return made == left ? check_end(u, at) : LQ_OK;
}

lq_status lqi_zip_pieces_more(lqi_zip_pieces *pieces, size_t keep)
{
    unpacking *u = pieces->unpacking;
    lq_status status = add_piece(u, pieces, keep);
    if (status != LQ_OK) lqi_fail_part(u->context, u->entry->name);
    return status;
}

static lq_status open_whole(const lqi_zip *zip, lq_context *context, size_t index, lqi_zip_pieces *pieces)
{
    LQI_TRY(lqi_zip_read_for(zip, context, index, &pieces->owned, &pieces->size));
    pieces->data = pieces->owned;
    pieces->whole = pieces->size;
    return LQ_OK;
}

lq_status lqi_zip_pieces_open(const lqi_zip *zip, lq_context *context, size_t index, lqi_zip_pieces *pieces)
{
    *pieces = (lqi_zip_pieces){0};
    const lqi_zip_entry *entry = lqi_zip_entry_at(zip, index);
    if (entry->method != LQI_ZIP_METHOD_DEFLATE || entry->size <= WHOLE_MAX || !zip->source.data)
        return open_whole(zip, context, index, pieces);
    lqi_zip view = *zip; /* reading changes nothing in it but the failure of its context */
    view.context = context;
    uint64_t offset;
    lq_status status = lqi_zip_find_packed(&view, index, &offset);
    if (status == LQ_OK) status = lqi_progress(context, "unpack", 0, entry->size);
    unpacking *u = status == LQ_OK ? lqi_alloc(context, sizeof *u) : NULL;
    if (status == LQ_OK && !u) status = lqi_memory_status(context);
    if (status != LQ_OK) {
        lqi_fail_part(context, entry->name);
        return status;
    }
    u->context = context;
    u->entry = entry;
    u->packed = (const uint8_t *)zip->source.data + offset;
    u->buffer = NULL;
    u->capacity = 0;
    u->crc = 0;
    lqi_inflate_begin(&u->inflate, u->packed, (size_t)entry->size_compressed);
    pieces->unpacking = u;
    pieces->whole = entry->size;
    status = lqi_zip_pieces_more(pieces, 0);
    if (status != LQ_OK) lqi_zip_pieces_close(context, pieces);
    return status;
}

void lqi_zip_pieces_close(lq_context *context, lqi_zip_pieces *pieces)
{
    if (pieces->unpacking) lqi_free(context, pieces->unpacking->buffer);
    lqi_free(context, pieces->unpacking);
    lqi_free(context, pieces->owned);
    *pieces = (lqi_zip_pieces){0};
}
