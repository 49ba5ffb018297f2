#include "api/saved.h"

#include <string.h>

#include "base/checked.h"
#include "base/context.h"
#include "base/digest.h"
#include "base/fail.h"
#include "base/memory.h"

#define NO_TEXT UINT32_MAX
#define HEAD_SIZE 96

/* What stands before the records: words that only the same program writes, and the digest of what follows. */
static lq_status make_head(lq_context *context, const char *kind, const uint8_t *bytes, size_t size,
                           char head[HEAD_SIZE])
{
    const uint32_t order = 0x01020304;
    lqi_digest digest;
    LQI_TRY(lqi_digest_init(&digest, context, bytes, size));
    memset(head, 0, HEAD_SIZE);
    size_t at = 0;
    const char *const words[] = {"libquote.saved ", LQ_VERSION_STRING, " ", kind, " ", lqi_digest_text(&digest)};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i]);
        if (at + length > HEAD_SIZE - sizeof order) length = 0;
        memcpy(head + at, words[i], length);
        at += length;
    }
    memcpy(head + HEAD_SIZE - sizeof order, &order, sizeof order);
    lqi_digest_free(&digest, context);
    return LQ_OK;
}

void lqi_saved_write(lqi_saved *saved, lq_context *context)
{
    *saved = (lqi_saved){.context = context};
    lqi_text_init(&saved->out, context);
    const char head[HEAD_SIZE] = {0};
    lqi_text_add(&saved->out, head, sizeof head);
}

lq_status lqi_saved_take(lqi_saved *saved, const char *kind, void **bytes, size_t *size)
{
    char *text = NULL;
    lq_status status = lqi_text_take(&saved->out, &text, size);
    if (status == LQ_OK)
        status = make_head(saved->context, kind, (const uint8_t *)text + HEAD_SIZE, *size - HEAD_SIZE, text);
    if (status != LQ_OK) {
        lqi_free(saved->context, text);
        return status;
    }
    *bytes = text;
    return LQ_OK;
}

static lq_status invalid(lq_context *context)
{
    return lqi_fail(context, LQI_SAVED_INVALID, -1, "These bytes were not saved by this version of the library.");
}

lq_status lqi_saved_read(lqi_saved *saved, lq_context *context, const char *kind, const void *bytes, size_t size)
{
    *saved = (lqi_saved){.context = context};
    char head[HEAD_SIZE];
    if (!bytes || size < HEAD_SIZE) return invalid(context);
    saved->in = (const uint8_t *)bytes + HEAD_SIZE;
    saved->left = size - HEAD_SIZE;
    LQI_TRY(make_head(context, kind, saved->in, saved->left, head));
    return memcmp(head, bytes, HEAD_SIZE) == 0 ? LQ_OK : invalid(context);
}

lq_status lqi_saved_end(lqi_saved *saved)
{
    if (saved->status != LQ_OK) return saved->status;
    return saved->bad || saved->left ? invalid(saved->context) : LQ_OK;
}

void lqi_saved_bytes(lqi_saved *saved, void *value, size_t size)
{
    if (!saved->in) {
        lqi_text_add(&saved->out, value, size);
        return;
    }
    if (saved->bad || size > saved->left) {
        saved->bad = true;
        memset(value, 0, size);
        return;
    }
    memcpy(value, saved->in, size);
    saved->in += size;
    saved->left -= size;
}

uint32_t lqi_saved_word(lqi_saved *saved, uint32_t value, uint32_t most)
{
    LQI_SAVED(saved, value);
    if (value <= most) return value;
    saved->bad = true;
    return 0;
}

bool lqi_saved_bool(lqi_saved *saved, bool value) { return lqi_saved_word(saved, value, 1) != 0; }

int lqi_saved_answer(lqi_saved *saved, int value) { return (int)lqi_saved_word(saved, (uint32_t)(value + 1), 2) - 1; }

size_t lqi_saved_count(lqi_saved *saved, size_t value, size_t each)
{
    uint64_t count = value;
    LQI_SAVED(saved, count);
    if (!saved->in || count <= saved->left / each) return (size_t)count;
    saved->bad = true;
    return 0;
}

void *lqi_saved_room(lqi_saved *saved, size_t count, size_t size)
{
    size_t whole;
    if (saved->bad || saved->status != LQ_OK || !count) return NULL;
    void *room = lqi_mul_size(count, size, &whole) ? lqi_arena_alloc(saved->arena, whole) : NULL;
    if (room)
        memset(room, 0, whole);
    else
        saved->status = lqi_memory_status(saved->context);
    return room;
}

void lqi_saved_text(lqi_saved *saved, const char **text)
{
    size_t length = saved->in || !*text ? 0 : strlen(*text);
    uint32_t size = saved->in || !*text ? NO_TEXT : (uint32_t)length;
    LQI_SAVED(saved, size);
    if (!saved->in) {
        if (size != NO_TEXT) lqi_text_add(&saved->out, *text, length);
        return;
    }
    *text = NULL;
    if (size == NO_TEXT) return;
    if (saved->bad || size > saved->left || memchr(saved->in, 0, size)) {
        saved->bad = true;
        return;
    }
    char *copy = lqi_saved_room(saved, (size_t)size + 1, 1);
    if (!copy) return;
    memcpy(copy, saved->in, size);
    *text = copy;
    saved->in += size;
    saved->left -= size;
}

/* ---- findings ---- */

#define NOTE_SIZE_MIN 64

static void save_note(lqi_saved *saved, lqi_note *n)
{
    lqi_saved_text(saved, &n->code);
    n->severity = (lq_severity)lqi_saved_word(saved, (uint32_t)n->severity, LQ_SEVERITY_BLOCKER);
    LQI_SAVED(saved, n->count);
    lqi_saved_text(saved, &n->message);
    LQI_SAVED(saved, n->offset);
    LQI_SAVED(saved, n->line);
    lqi_saved_text(saved, &n->part);
    lqi_saved_text(saved, &n->measure_name);
    LQI_SAVED(saved, n->measure_value);
    lqi_saved_text(saved, &n->measure_unit);
    LQI_SAVED(saved, n->volume_delta_mm3);
    LQI_SAVED(saved, n->area_delta_mm2);
    LQI_SAVED(saved, n->confidence);
    n->repairable = lqi_saved_bool(saved, n->repairable);
    n->repaired = lqi_saved_bool(saved, n->repaired);
    LQI_SAVED(saved, n->point_mm);
    LQI_SAVED(saved, n->triangle);
    LQI_SAVED(saved, n->shell);
    if (saved->in && (!n->code || !n->message)) saved->bad = true;
}

void lqi_saved_notes(lqi_saved *saved, lqi_notes *notes)
{
    size_t count = lqi_saved_count(saved, notes->count, NOTE_SIZE_MIN);
    if (saved->in && count) {
        saved->status = saved->status == LQ_OK ? lqi_grow(saved->context, (void **)&notes->items, &notes->capacity,
                                                          count, sizeof *notes->items)
                                               : saved->status;
        if (saved->status != LQ_OK) return;
        memset(notes->items, 0, count * sizeof *notes->items);
        notes->count = count;
    }
    for (size_t i = 0; i < count; i++) save_note(saved, &notes->items[i]);
}
