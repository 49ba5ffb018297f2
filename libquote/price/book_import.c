#include "price/book_import.h"

#include <jansson.h>
#include <string.h>

#include "base/fail.h"
#include "estimate/profile_keys.h"
#include "estimate/profile_machine.h"
#include "price/book.h"

static lq_status check_profile(lq_context *context, const lqi_profile *profile)
{
    lqi_machine machine;
    lqi_profile_mistake mistake;
    if (lqi_profile_machine(profile, &lqi_no_wish, &machine, &mistake)) return LQ_OK;
    return lqi_profile_fail(context, profile, &mistake);
}

/* The process that is meant, as the book names it. */
static lq_status find_process(lq_context *context, const lq_book *book, const char *wanted, const char **name)
{
    size_t found = 0;
    for (size_t i = 0; i < book->process_count; i++) {
        const lqi_process *process = &book->processes[i];
        if (process->kind != LQI_PROCESS_EXTRUSION || (wanted && strcmp(process->name, wanted) != 0)) continue;
        *name = process->name;
        found++;
    }
    if (found == 1) return LQ_OK;
    lq_status status =
        wanted ? lqi_fail(context, LQI_PROCESS_UNKNOWN, -1, "The price book has no extrusion process \"%s\".", wanted)
               : lqi_fail(context, LQI_PROCESS_UNKNOWN, -1,
                          found ? "The price book has several extrusion processes: name one of them."
                                : "The price book has no extrusion process.");
    for (size_t i = 0; i < book->process_count; i++)
        if (book->processes[i].kind == LQI_PROCESS_EXTRUSION) lqi_fail_candidate(context, book->processes[i].name);
    return status;
}

/* What does not bear on filament or time stays in the slicer: books are for prices. */
static bool put_settings(json_t *machine, const lqi_profile *profile)
{
    bool good = true;
    for (size_t i = 0; i < profile->count && good; i++) {
        const lqi_setting *setting = &profile->items[i];
        if (!*setting->value || lqi_profile_key(setting->key, NULL) == LQI_KEY_NEUTRAL) continue;
        good = json_object_set_new(machine, setting->key, json_string(setting->value)) == 0;
    }
    return good;
}

static int add_piece(const char *bytes, size_t size, void *user)
{
    lqi_text *text = user;
    lqi_text_add(text, bytes, size);
    return text->status == LQ_OK ? 0 : -1;
}

static lq_status fail_memory(lq_context *context)
{
    return lqi_fail(context, LQI_OUT_OF_MEMORY, -1, "The system has no memory left for this price book.");
}

lq_status lqi_book_import(lq_context *context, const void *json, size_t size, const char *process,
                          const lqi_profile *profile, bool over, lqi_text *text)
{
    lq_status status = LQ_OK;
    lq_book *book = NULL, *written = NULL;
    json_t *root = NULL, *machine = json_object();
    const char *name = NULL;
    size_t before = text->size;
    LQI_TRY_GOTO(check_profile(context, profile));
    LQI_TRY_GOTO(lqi_book_read(context, json, size, &book));
    LQI_TRY_GOTO(find_process(context, book, process, &name));
    root = json_loadb(json, size, 0, NULL);
    json_t *owner = json_object_get(json_object_get(root, "processes"), name);
    if (over) json_object_update(machine, json_object_get(owner, "machine"));
    if (!machine || !put_settings(machine, profile) || json_object_set(owner, "machine", machine) != 0) {
        status = fail_memory(context);
        goto done;
    }
    /* 15 digits: what was written in decimal comes out as it was. */
    int dumped = json_dump_callback(root, add_piece, text, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    lqi_text_add(text, "\n", 1);
    LQI_TRY_GOTO(text->status);
    if (dumped != 0) {
        status = fail_memory(context);
        goto done;
    }
    LQI_TRY_GOTO(lqi_book_read(context, text->data + before, text->size - before, &written));
done:
    json_decref(machine);
    json_decref(root);
    lqi_book_free(book);
    lqi_book_free(written);
    return status;
}
