#include "container/zip.h"

#include "base/fail.h"
#include "base/memory.h"
#include "container/zip_inside.h"

lq_status lqi_zip_open(lq_context *context, const lq_source *source, lqi_zip **out)
{
    *out = NULL;
    lqi_zip *zip = lqi_alloc_zeroed(context, 1, sizeof *zip);
    if (!zip) return lqi_memory_status(context);
    zip->context = context;
    zip->source = *source;
    lqi_arena_init(&zip->arena, context);
    lqi_notes_init(&zip->notes, context);
    lqi_zip_end end;
    lq_status status;
    LQI_TRY_GOTO(lqi_zip_find_end(context, source, &end));
    LQI_TRY_GOTO(lqi_zip_read_directory(zip, &end));
    LQI_TRY_GOTO(lqi_zip_index_names(zip));
    *out = zip;
done:
    if (status != LQ_OK) lqi_zip_close(zip);
    return status;
}

void lqi_zip_close(lqi_zip *zip)
{
    if (!zip) return;
    lq_context *context = zip->context;
    lqi_free(context, zip->by_name);
    lqi_free(context, zip->places);
    lqi_free(context, zip->entries);
    lqi_notes_free(&zip->notes);
    lqi_arena_free(&zip->arena);
    lqi_free(context, zip);
}

lq_context *lqi_zip_context(const lqi_zip *zip) { return zip->context; }
size_t lqi_zip_entry_count(const lqi_zip *zip) { return zip->count; }
const lqi_notes *lqi_zip_notes(const lqi_zip *zip) { return &zip->notes; }

const lqi_zip_entry *lqi_zip_entry_at(const lqi_zip *zip, size_t index)
{
    return index < zip->count ? &zip->entries[index] : NULL;
}
