/* What the machines of a price book make of a part, as bytes. */
#include <string.h>

#include "api/estimate.h"
#include "api/saved.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"

#define KIND "estimates"
#define ESTIMATE_SIZE_MIN 64

static void save_facts(lqi_saved *s, lq_estimate_facts *f)
{
    LQI_SAVED(s, f->layer_count);
    double *const measures[] = {&f->filament_mm3,     &f->filament_mm,       &f->filament_g, &f->time_s,
                                &f->filament_low_mm3, &f->filament_high_mm3, &f->time_low_s, &f->time_high_s};
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) LQI_SAVED(s, *measures[i]);
    LQI_SAVED(s, f->feature_mm3);
    LQI_SAVED(s, f->feature_s);
}

/* The numbers of the price are in the bounds of lq_estimates_make; the JSON of a single estimate is not kept. */
static void save_item(lqi_saved *s, lqi_book_estimate *i)
{
    LQI_SAVED(s, i->layer_um);
    LQI_SAVED(s, i->infill_percent);
    i->up = (int)lqi_saved_word(s, (uint32_t)i->up, 2);
    int64_t *const numbers[] = {&i->extruded.deposited_mm3, &i->extruded.support_mm3, &i->extruded.time_ms};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        LQI_SAVED(s, *numbers[k]);
        if (*numbers[k] < 0 || *numbers[k] > LQI_EXTRUDED_MAX) s->bad = true;
    }
    save_facts(s, &i->estimate->facts);
    s->arena = &i->estimate->flags.arena;
    lqi_saved_notes(s, &i->estimate->flags);
}

static void save_process(lqi_saved *s, const lq_book *book, lqi_book_estimate *i, lqi_arena *names)
{
    const char *name = s->in ? NULL : i->process->name;
    s->arena = names;
    lqi_saved_text(s, &name);
    for (size_t k = 0; s->in && name && k < book->process_count; k++)
        if (strcmp(book->processes[k].name, name) == 0 && book->processes[k].has_machine)
            i->process = &book->processes[k];
    if (!i->process) s->bad = true;
}

lq_status lq_estimates_save(lq_context *context, const lq_estimates *estimates, void **bytes, size_t *size)
{
    lqi_saved saved;
    if (!context || !bytes || !size) return LQ_ERR_ARGUMENT;
    *bytes = NULL;
    lqi_begin(context);
    if (!estimates) return lqi_fail(context, LQI_ARGUMENT, -1, "There are no estimates to save.");
    lqi_saved_write(&saved, context);
    const char *version = estimates->book->version;
    lqi_saved_text(&saved, &version);
    lqi_saved_count(&saved, estimates->count, ESTIMATE_SIZE_MIN);
    for (size_t i = 0; i < estimates->count; i++) {
        lqi_book_estimate item = estimates->items[i];
        lq_estimate copy = *item.estimate; /* what is written is read, not changed */
        item.estimate = &copy;
        save_process(&saved, estimates->book, &item, NULL);
        save_item(&saved, &item);
    }
    return lqi_saved_take(&saved, KIND, bytes, size);
}

static lq_status load_items(lqi_saved *s, lq_estimates *made, lqi_arena *names)
{
    const char *version = NULL;
    s->arena = names;
    lqi_saved_text(s, &version);
    if (!version || strcmp(version, made->book->version) != 0) s->bad = true;
    size_t count = lqi_saved_count(s, 0, ESTIMATE_SIZE_MIN);
    if (count) LQI_TRY(lqi_grow(made->context, (void **)&made->items, &made->capacity, count, sizeof *made->items));
    for (; made->count < count && !s->bad; made->count++) {
        lqi_book_estimate *item = &made->items[made->count];
        *item = (lqi_book_estimate){.estimate = lqi_alloc_zeroed(made->context, 1, sizeof *item->estimate)};
        if (!item->estimate) return lqi_memory_status(made->context);
        lqi_notes_init(&item->estimate->flags, made->context);
        save_process(s, made->book, item, names);
        save_item(s, item);
    }
    return LQ_OK;
}

lq_status lq_estimates_load(lq_context *context, const void *bytes, size_t size, const lq_book *book,
                            lq_estimates **out)
{
    lqi_saved saved;
    lqi_arena names;
    if (!context || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    if (!book) return lqi_fail(context, LQI_ARGUMENT, -1, "Estimates need their price book.");
    LQI_TRY(lqi_saved_read(&saved, context, KIND, bytes, size));
    lq_estimates *made = lqi_alloc_zeroed(context, 1, sizeof *made);
    if (!made) return lqi_memory_status(context);
    made->context = context;
    made->book = book;
    lqi_arena_init(&names, context);
    lq_status status = load_items(&saved, made, &names);
    if (status == LQ_OK) status = lqi_saved_end(&saved);
    lqi_arena_free(&names);
    if (status == LQ_OK)
        *out = made;
    else
        lq_estimates_destroy(made);
    return status;
}
