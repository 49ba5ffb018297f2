#include "format/threemf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "format/threemf_vendor.h"

lq_status lqi_threemf_note(lqi_notes *notes, const char *part, const char *code, lq_severity severity, int64_t offset,
                           const char *format, ...)
{
    char message[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    lqi_note *note;
    LQI_TRY(lqi_notes_add(notes, code, severity, 1, offset, &note, "%s", message));
    if (!part || note->part || note->count > 1) return LQ_OK;
    note->part = lqi_arena_text(&notes->arena, part, strlen(part));
    return note->part ? LQ_OK : lqi_memory_status(notes->arena.context);
}

lq_status lqi_threemf_open(lq_context *context, lqi_zip *zip, int lenient, lqi_threemf **out)
{
    *out = NULL;
    lqi_threemf *threemf = lqi_alloc_zeroed(context, 1, sizeof *threemf);
    if (!threemf) return lqi_memory_status(context);
    threemf->context = context;
    threemf->zip = zip;
    threemf->lenient = lenient;
    lqi_arena_init(&threemf->arena, context);
    lqi_notes_init(&threemf->notes, context);
    lq_status status;
    threemf->part_of_entry = lqi_alloc_zeroed(context, lqi_zip_entry_count(zip), sizeof *threemf->part_of_entry);
    if (!threemf->part_of_entry) {
        status = lqi_memory_status(context);
        goto done;
    }
    LQI_TRY_GOTO(lqi_package_open(threemf));
    *out = threemf;
done:
    if (status != LQ_OK) lqi_threemf_close(threemf);
    return status;
}

void lqi_threemf_close(lqi_threemf *threemf)
{
    if (!threemf) return;
    lq_context *context = threemf->context;
    for (size_t i = 0; i < threemf->part_count; i++) lqi_model_part_free(threemf, &threemf->parts[i]);
    lqi_vendor_free(threemf);
    lqi_free(context, threemf->parts);
    lqi_free(context, threemf->part_of_entry);
    lqi_free(context, threemf->order);
    lqi_free(context, threemf->listed);
    lqi_free(context, threemf->listed_objects);
    lqi_notes_free(&threemf->notes);
    lqi_arena_free(&threemf->arena);
    lqi_free(context, threemf);
}

int lqi_threemf_may_have_plates(const lqi_threemf *threemf)
{
    return strcmp(threemf->family, "generic") != 0 && strcmp(threemf->family, "cura") != 0;
}
