#include <libdeflate.h>
#include <stdatomic.h>
#include <string.h>

#include "base/checked.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "container/inflate.h"
#include "container/zip_inside.h"

/* Made at once. With the window in front it is less than half of a usual second cache: what reads it finds it there. */
#define PIECE_SIZE ((size_t)256 << 10)

/* What is not larger is unpacked at once. */
#define WHOLE_MAX ((uint64_t)512 << 10)

/* With a second thread there are so many pieces: the one that is read and those made ahead. */
#define SLOTS 3

/* At the end of the last piece a little more is tried, see check_end. */
#define BUFFER_SIZE (LQI_INFLATE_WINDOW + PIECE_SIZE + 2 * LQI_INFLATE_SLACK)

/* What was unpacked at once, behind the last bytes of the piece before. */
typedef struct slot {
    uint8_t *buffer;
    size_t window, made;
    lq_status status;
} slot;

struct lqi_zip_unpacking {
    lq_context *context;
    const lqi_zip_entry *entry;
    const uint8_t *packed;
    lqi_inflate inflate;
    uint64_t made; /* bytes, and */
    uint32_t crc;  /* their checksum */
    slot slots[SLOTS];
    size_t slot_count;
    size_t taken;    /* pieces */
    uint8_t *joined; /* where more is kept than the window: that and the piece */
    size_t joined_capacity;
    bool is_ahead; /* a thread makes pieces before they are asked for: */
    lqi_aside aside;
    lq_context worker; /* has its failure */
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t ready;   /* pieces made, or the one that failed */
    size_t allowed; /* pieces that may be made */
    _Atomic bool stopped;
};

typedef struct lqi_zip_unpacking unpacking;

/* ---- one piece ---- */

/* Unpacks up to `end`, or until the stream ends. */
static lq_status unpack(unpacking *u, lq_context *context, const uint8_t *begin, uint8_t **at, const uint8_t *end)
{
    for (;;) {
        *at = lqi_inflate_more(&u->inflate, begin, *at, end);
        if (u->inflate.state == LQI_INFLATE_DAMAGED) return lqi_zip_fail_corrupt(context);
        if (*at >= end || u->inflate.state == LQI_INFLATE_DONE) return LQ_OK;
        LQI_TRY(lqi_progress(context, "unpack", u->made, u->entry->size));
        if (atomic_load_explicit(&u->stopped, memory_order_relaxed)) return LQ_ERR_CANCELLED;
    }
}

/* All bytes are there: does the stream end here, and are they right? */
static lq_status check_end(unpacking *u, lq_context *context, const uint8_t *begin, uint8_t *at)
{
    uint8_t *behind = at;
    LQI_TRY(unpack(u, context, begin, &behind, at + 1));
    if (behind > at || lqi_inflate_used(&u->inflate, u->packed) != u->entry->size_compressed)
        return lqi_zip_fail_size(context);
    return u->crc == u->entry->crc ? LQ_OK : lqi_zip_fail_crc(context);
}

/* Makes the piece behind `before`, which may be the same slot. */
static lq_status make_piece(unpacking *u, lq_context *context, const slot *before, slot *piece)
{
    size_t behind = before->window + before->made;
    size_t window = behind < LQI_INFLATE_WINDOW ? behind : LQI_INFLATE_WINDOW;
    memmove(piece->buffer, before->buffer + behind - window, window);
    piece->window = window;
    uint8_t *fresh = piece->buffer + window, *at = fresh;
    LQI_TRY(unpack(u, context, piece->buffer, &at, fresh + PIECE_SIZE));
    uint64_t left = u->entry->size - u->made;
    piece->made = (size_t)(at - fresh);
    if (piece->made > left || (piece->made < left && u->inflate.state == LQI_INFLATE_DONE))
        return lqi_zip_fail_size(context);
    u->crc = libdeflate_crc32(u->crc, fresh, piece->made);
    u->made += piece->made;
    return piece->made == left ? check_end(u, context, piece->buffer, at) : LQ_OK;
}

/* ---- a thread ahead ---- */

static void *make_pieces(void *user)
{
    unpacking *u = user;
    lq_status status = LQ_OK;
    for (size_t i = 0; status == LQ_OK && u->made < u->entry->size; i++) {
        pthread_mutex_lock(&u->mutex);
        while (i >= u->allowed) pthread_cond_wait(&u->changed, &u->mutex);
        pthread_mutex_unlock(&u->mutex);
        if (atomic_load_explicit(&u->stopped, memory_order_relaxed)) break;
        slot *piece = &u->slots[i % SLOTS];
        status = make_piece(u, &u->worker, &u->slots[(i + SLOTS - 1) % SLOTS], piece);
        piece->status = status;
        pthread_mutex_lock(&u->mutex);
        u->ready = i + 1;
        pthread_cond_signal(&u->changed);
        pthread_mutex_unlock(&u->mutex);
    }
    return NULL;
}

/* The slots of pieces before this one may be written again. */
static lq_status await_piece(unpacking *u, const slot *piece)
{
    pthread_mutex_lock(&u->mutex);
    u->allowed = u->taken + SLOTS;
    pthread_cond_signal(&u->changed);
    while (u->ready <= u->taken) pthread_cond_wait(&u->changed, &u->mutex);
    pthread_mutex_unlock(&u->mutex);
    if (piece->status == LQ_OK) return lqi_progress(u->context, "unpack", u->taken * PIECE_SIZE, u->entry->size);
    lqi_fail_again(u->context, &u->worker.error);
    return piece->status;
}

/* false: for want of memory or a thread; then pieces are made when they are asked for. */
static bool start_ahead(unpacking *u)
{
    for (size_t i = 1; i < SLOTS; i++)
        if (!(u->slots[i].buffer = lqi_try_alloc(u->context, BUFFER_SIZE))) return false;
    lqi_context_fork(u->context, &u->worker);
    if (pthread_mutex_init(&u->mutex, NULL) != 0) return false;
    if (pthread_cond_init(&u->changed, NULL) == 0) {
        u->allowed = SLOTS;
        u->slot_count = SLOTS;
        if (lqi_aside_start(&u->aside, make_pieces, u)) return true;
        u->slot_count = 1;
        pthread_cond_destroy(&u->changed);
    }
    pthread_mutex_destroy(&u->mutex);
    return false;
}

static void stop_ahead(unpacking *u)
{
    atomic_store_explicit(&u->stopped, true, memory_order_relaxed);
    pthread_mutex_lock(&u->mutex);
    u->allowed = SIZE_MAX;
    pthread_cond_signal(&u->changed);
    pthread_mutex_unlock(&u->mutex);
    lqi_aside_join(&u->aside);
    lqi_context_join(&u->worker);
    pthread_cond_destroy(&u->changed);
    pthread_mutex_destroy(&u->mutex);
}

/* ---- the reader's side ---- */

/* Brings the last `keep` bytes at hand to the front of a place with room for a piece behind them. */
static lq_status join(unpacking *u, const lqi_zip_pieces *pieces, size_t keep)
{
    size_t needed;
    if (!lqi_add_size(keep, BUFFER_SIZE, &needed)) needed = SIZE_MAX;
    const uint8_t *kept = pieces->data + pieces->size - keep;
    if (needed <= u->joined_capacity) {
        memmove(u->joined, kept, keep);
        return LQ_OK;
    }
    uint8_t *grown = lqi_alloc(u->context, needed);
    if (!grown) return lqi_memory_status(u->context);
    memcpy(grown, kept, keep);
    lqi_free(u->context, u->joined);
    u->joined = grown;
    u->joined_capacity = needed;
    return LQ_OK;
}

static lq_status take_piece(unpacking *u, lqi_zip_pieces *pieces, size_t keep)
{
    slot *piece = &u->slots[u->taken % u->slot_count];
    if (keep > LQI_INFLATE_WINDOW) LQI_TRY(join(u, pieces, keep));
    LQI_TRY(u->is_ahead ? await_piece(u, piece) : make_piece(u, u->context, piece, piece));
    u->taken++;
    pieces->begin += pieces->size - keep;
    pieces->size = keep + piece->made;
    pieces->data = piece->buffer + piece->window - keep;
    if (keep <= LQI_INFLATE_WINDOW) return LQ_OK;
    memcpy(u->joined + keep, piece->buffer + piece->window, piece->made);
    pieces->data = u->joined;
    return LQ_OK;
}

lq_status lqi_zip_pieces_more(lqi_zip_pieces *pieces, size_t keep)
{
    unpacking *u = pieces->unpacking;
    lq_status status = take_piece(u, pieces, keep < pieces->size ? keep : pieces->size);
    if (status != LQ_OK) lqi_fail_part(u->context, u->entry->name);
    return status;
}

/* ---- opening and closing ---- */

static lq_status open_whole(const lqi_zip *zip, lq_context *context, size_t index, lqi_zip_pieces *pieces)
{
    LQI_TRY(lqi_zip_read_for(zip, context, index, &pieces->owned, &pieces->size));
    pieces->data = pieces->owned;
    pieces->whole = pieces->size;
    return LQ_OK;
}

static lq_status begin_unpacking(unpacking *u, const lqi_zip *zip, lq_context *context, size_t index)
{
    u->entry = lqi_zip_entry_at(zip, index);
    u->context = context;
    lqi_zip view = *zip; /* reading changes nothing in it but the failure of its context */
    view.context = context;
    uint64_t offset;
    LQI_TRY(lqi_zip_find_packed(&view, index, &offset));
    LQI_TRY(lqi_progress(context, "unpack", 0, u->entry->size));
    u->packed = (const uint8_t *)zip->source.data + offset;
    lqi_inflate_begin(&u->inflate, u->packed, (size_t)u->entry->size_compressed);
    u->slots[0].buffer = lqi_alloc(context, BUFFER_SIZE);
    if (!u->slots[0].buffer) return lqi_memory_status(context);
    u->slot_count = 1;
    if (context->thread_count > 1) u->is_ahead = start_ahead(u);
    return LQ_OK;
}

lq_status lqi_zip_pieces_open(const lqi_zip *zip, lq_context *context, size_t index, lqi_zip_pieces *pieces)
{
    *pieces = (lqi_zip_pieces){0};
    const lqi_zip_entry *entry = lqi_zip_entry_at(zip, index);
    if (entry->method != LQI_ZIP_METHOD_DEFLATE || entry->size <= WHOLE_MAX || !zip->source.data)
        return open_whole(zip, context, index, pieces);
    unpacking *u = lqi_alloc_zeroed(context, 1, sizeof *u);
    if (!u) return lqi_memory_status(context);
    pieces->unpacking = u;
    pieces->whole = entry->size;
    lq_status status = begin_unpacking(u, zip, context, index);
    if (status == LQ_OK) status = lqi_zip_pieces_more(pieces, 0);
    if (status == LQ_OK) return LQ_OK;
    lqi_fail_part(context, entry->name);
    lqi_zip_pieces_close(context, pieces);
    return status;
}

void lqi_zip_pieces_close(lq_context *context, lqi_zip_pieces *pieces)
{
    unpacking *u = pieces->unpacking;
    if (u) {
        if (u->is_ahead) stop_ahead(u);
        for (size_t i = 0; i < SLOTS; i++) lqi_free(context, u->slots[i].buffer);
        lqi_free(context, u->joined);
    }
    lqi_free(context, u);
    lqi_free(context, pieces->owned);
    *pieces = (lqi_zip_pieces){0};
}
