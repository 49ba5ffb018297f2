#include "base/notes.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/fail.h"
#include "base/memory.h"

void lqi_notes_init(lqi_notes *notes, lq_context *context)
{
    *notes = (lqi_notes){0};
    lqi_arena_init(&notes->arena, context);
}

void lqi_notes_free(lqi_notes *notes)
{
    if (!notes->arena.context) return;
    lqi_free(notes->arena.context, notes->items);
    lqi_arena_free(&notes->arena);
    notes->items = NULL;
    notes->count = notes->capacity = 0;
}

static lqi_note *find(const lqi_notes *notes, const char *code)
{
    for (size_t i = 0; i < notes->count; i++)
        if (strcmp(notes->items[i].code, code) == 0) return &notes->items[i];
    return NULL;
}

const lqi_note *lqi_notes_find(const lqi_notes *notes, const char *code) { return find(notes, code); }

static lq_status add_slot(lqi_notes *notes, lqi_note **note)
{
    LQI_TRY(lqi_grow(notes->arena.context, (void **)&notes->items, &notes->capacity, notes->count + 1, sizeof **note));
    *note = &notes->items[notes->count++];
    return LQ_OK;
}

lq_status lqi_notes_add(lqi_notes *notes, const char *code, lq_severity severity, uint64_t count, int64_t offset,
                        lqi_note **note, const char *format, ...)
{
    lqi_note *known = find(notes, code);
    if (known) {
        known->count = lqi_add_saturated(known->count, count);
        if (note) *note = known;
        return LQ_OK;
    }
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    char *copy = lqi_arena_text(&notes->arena, message, strlen(message));
    if (!copy) return lqi_memory_status(notes->arena.context);
    lqi_note *added;
    LQI_TRY(add_slot(notes, &added));
    *added = (lqi_note){
        .code = code,
        .severity = severity,
        .count = count,
        .message = copy,
        .offset = offset,
        .line = -1,
        .measure_value = NAN,
        .volume_delta_mm3 = NAN,
        .area_delta_mm2 = NAN,
        .confidence = NAN,
        .point_mm = {NAN, NAN, NAN},
        .triangle = -1,
        .shell = -1,
    };
    if (note) *note = added;
    return LQ_OK;
}

static lq_status copy_field(lqi_notes *notes, const char **field)
{
    if (!*field) return LQ_OK;
    size_t size = strlen(*field) + 1;
    char *copy = lqi_arena_alloc(&notes->arena, size);
    if (!copy) return lqi_memory_status(notes->arena.context);
    memcpy(copy, *field, size);
    *field = copy;
    return LQ_OK;
}

lq_status lqi_notes_append(lqi_notes *notes, const lqi_notes *from)
{
    for (size_t i = 0; i < from->count; i++) {
        lqi_note *known = find(notes, from->items[i].code);
        if (known) {
            known->count = lqi_add_saturated(known->count, from->items[i].count);
            continue;
        }
        lqi_note copy = from->items[i];
        LQI_TRY(copy_field(notes, &copy.message));
        LQI_TRY(copy_field(notes, &copy.part));
        lqi_note *added;
        LQI_TRY(add_slot(notes, &added));
        *added = copy;
    }
    return LQ_OK;
}

static bool comes_before(const lqi_note *a, const lqi_note *b)
{
    if (a->severity != b->severity) return a->severity > b->severity;
    return strcmp(a->code, b->code) < 0;
}

/* One note per code of a small vocabulary: insertion is enough. */
void lqi_notes_sort(lqi_notes *notes)
{
    for (size_t i = 1; i < notes->count; i++) {
        lqi_note moving = notes->items[i];
        size_t k = i;
        for (; k && comes_before(&moving, &notes->items[k - 1]); k--) notes->items[k] = notes->items[k - 1];
        notes->items[k] = moving;
    }
}
