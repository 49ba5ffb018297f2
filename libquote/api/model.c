/* Opening an upload and choosing in it. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "api/contents.h"
#include "api/objects.h"
#include "api/opened.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"

#define PEEK_SIZE ((size_t)4096)

static bool ends_with(const char *name, const char *suffix)
{
    size_t a = strlen(name), b = strlen(suffix);
    return a >= b && strcasecmp(name + a - b, suffix) == 0;
}

static bool mentions(const uint8_t *data, size_t size, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(data + i, text, length) == 0) return true;
    return false;
}

/* An archive inside: a 3MF by the names of its first parts or by its own name; its bytes are not unpacked for a list.
 */
static lq_format format_of_inner_zip(const char *name, const uint8_t *head, size_t size)
{
    bool is_3mf = ends_with(name, ".3mf") || mentions(head, size, "3D/3dmodel.model") ||
                  mentions(head, size, "[Content_Types].xml");
    return is_3mf ? LQ_FORMAT_3MF : LQ_FORMAT_ZIP;
}

static bool is_model_format(lq_format format)
{
    return format == LQ_FORMAT_STL_BINARY || format == LQ_FORMAT_STL_ASCII || format == LQ_FORMAT_3MF;
}

/* What an entry is, and, where it cannot be quoted, why. */
static void tell_entry(lq_entry *entry, const uint8_t *head, size_t head_size)
{
    lqi_sniffed sniffed = lqi_sniff(head, head_size, entry->size);
    lqi_reason reason = LQI_UNSUPPORTED_FORMAT;
    entry->format = LQ_FORMAT_OTHER;
    switch (sniffed.kind) {
    case LQI_KIND_STL_BINARY: entry->format = LQ_FORMAT_STL_BINARY; break;
    case LQI_KIND_STL_ASCII: entry->format = LQ_FORMAT_STL_ASCII; break;
    case LQI_KIND_ZIP:
        entry->format = format_of_inner_zip(entry->name, head, head_size);
        reason = LQI_ZIP_NESTED;
        break;
    case LQI_KIND_GZIP:
        if (ends_with(entry->name, ".stl.gz")) entry->format = LQ_FORMAT_STL_BINARY;
        reason = LQI_UNSUPPORTED_COMPRESSION;
        sniffed.name = "gzip";
        break;
    case LQI_KIND_COMPRESSED: reason = LQI_UNSUPPORTED_COMPRESSION; break;
    default: break;
    }
    entry->quotable = is_model_format(entry->format);
    entry->reason = entry->quotable ? NULL : lqi_reason_word(reason);
    entry->detected = entry->quotable ? NULL : sniffed.name;
}

/* An entry that cannot even be looked at (encrypted, broken) is still listed by its name. */
static lq_format format_by_name(const char *name)
{
    return ends_with(name, ".stl") ? LQ_FORMAT_STL_BINARY : ends_with(name, ".3mf") ? LQ_FORMAT_3MF : LQ_FORMAT_OTHER;
}

static lq_status list_entry(lq_model *model, const lqi_zip_entry *zip_entry, size_t zip_index)
{
    uint8_t head[PEEK_SIZE];
    size_t got = 0;
    lq_status status = lqi_zip_peek(model->top.zip, zip_index, head, sizeof head, &got);
    if (lqi_ends_all(status)) return status;
    lqi_entry_info *info = &model->entries[model->entry_count];
    *info = (lqi_entry_info){.zip_index = zip_index};
    info->entry.name = lqi_arena_text(&model->arena, zip_entry->name, strlen(zip_entry->name));
    if (!info->entry.name) return lqi_memory_status(model->context);
    info->entry.size = zip_entry->size;
    if (status == LQ_OK) {
        tell_entry(&info->entry, head, got);
    } else {
        info->entry.format = format_by_name(zip_entry->name);
        info->entry.reason = lq_context_error(model->context)->code; /* a constant */
        lqi_begin(model->context);                                   /* told again when the entry is chosen */
    }
    model->entry_count++;
    return LQ_OK;
}

/* Of two entries with one name and the same bytes the first is listed. */
static bool is_repeat(const lqi_zip *zip, size_t index)
{
    const lqi_zip_entry *entry = lqi_zip_entry_at(zip, index);
    size_t first = lqi_zip_find(zip, entry->name);
    if (first == index || first == SIZE_MAX) return false;
    const lqi_zip_entry *other = lqi_zip_entry_at(zip, first);
    return entry->crc == other->crc && entry->size == other->size;
}

static lq_status list_entries(lq_model *model)
{
    size_t count = lqi_zip_entry_count(model->top.zip);
    model->entries = lqi_arena_alloc(&model->arena, count * sizeof *model->entries);
    if (!model->entries) return lqi_memory_status(model->context);
    for (size_t i = 0; i < count; i++) {
        const lqi_zip_entry *entry = lqi_zip_entry_at(model->top.zip, i);
        if (lqi_zip_is_junk(entry) || is_repeat(model->top.zip, i)) continue;
        if (i % 64 == 0) LQI_TRY(lqi_progress(model->context, "list", i, count));
        LQI_TRY(list_entry(model, entry, i));
    }
    return LQ_OK;
}

/* Readers carry it along; the bytes of a gzip stream are gone by then. */
static lq_status begin_digest(lq_model *model, const lq_source *source)
{
    lq_context *context = model->context;
    const lqi_view *bytes = &model->top.bytes;
    if (!model->top.gzipped) return lqi_digest_init(&model->digest, context, bytes->data, bytes->size);
    lqi_view packed;
    LQI_TRY(lqi_source_view(context, source, &packed));
    lq_status status = lqi_digest_init(&model->digest, context, packed.data, packed.size);
    if (status == LQ_OK) lqi_digest_text(&model->digest);
    lqi_view_free(context, &packed);
    return status;
}

lq_status lq_model_open(lq_context *context, const lq_source *source, const lq_open_options *options, lq_model **out)
{
    if (!context || !source || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    double start = lqi_clock_ms();
    lq_model *model = lqi_alloc_zeroed(context, 1, sizeof *model);
    if (!model) return lqi_memory_status(context);
    model->context = context;
    lq_open_options chosen;
    lqi_copy_options(&chosen, sizeof chosen, options);
    model->lenient = chosen.lenient;
    model->inner_entry = model->contents_entry = SIZE_MAX;
    model->size = source->size;
    lqi_arena_init(&model->arena, context);
    lq_status status;
    const char *name = source->name ? source->name : "";
    model->name = lqi_arena_text(&model->arena, name, strlen(name));
    if (!model->name) {
        status = lqi_memory_status(context);
        goto done;
    }
    LQI_TRY_GOTO(lqi_opened_open(context, source, 0, model->lenient, &model->top));
    LQI_TRY_GOTO(begin_digest(model, source));
    if (lqi_opened_is_plain_archive(&model->top)) LQI_TRY_GOTO(list_entries(model));
    status = LQ_OK;
done:
    if (status != LQ_OK) {
        lq_model_close(model);
        return status;
    }
    model->open_ms = lqi_clock_ms() - start;
    *out = model;
    return LQ_OK;
}

void lq_model_close(lq_model *model)
{
    if (!model) return;
    lq_context *context = model->context;
    lqi_contents_free(context, model->contents);
    lqi_opened_close(context, &model->inner);
    lqi_digest_free(&model->digest, context);
    lqi_opened_close(context, &model->top);
    lqi_arena_free(&model->arena);
    lqi_free(context, model);
}

lq_format lq_model_format(const lq_model *model) { return lqi_opened_format(&model->top); }

size_t lq_model_entry_count(const lq_model *model) { return model->entry_count; }

lq_status lq_model_entry(const lq_model *model, size_t index, lq_entry *entry)
{
    if (index >= model->entry_count) return LQ_ERR_ARGUMENT;
    *entry = model->entries[index].entry;
    return LQ_OK;
}

/* ---- choosing ---- */

static void name_candidates(lq_model *model)
{
    for (size_t i = 0; i < model->entry_count; i++)
        if (model->entries[i].entry.quotable) lqi_fail_candidate(model->context, model->entries[i].entry.name);
}

/* An archive inside is refused by name when it is opened. */
static bool should_be_model(lq_format format) { return is_model_format(format) || format == LQ_FORMAT_ZIP; }

static bool is_sliced_by_cura(const lq_model *model)
{
    size_t names;
    return lqi_zip_find_folded(model->top.zip, "3D/model.gcode", &names) != SIZE_MAX;
}

/* The only entry that can be quoted; if none can, the reason of one that should have been. */
static lq_status only_entry(lq_model *model, size_t *index)
{
    size_t quotable = 0, broken = SIZE_MAX;
    for (size_t i = 0; i < model->entry_count; i++) {
        if (model->entries[i].entry.quotable) {
            *index = i;
            quotable++;
        } else if (should_be_model(model->entries[i].entry.format) && broken == SIZE_MAX) {
            broken = i;
        }
    }
    if (quotable == 1) return LQ_OK;
    if (quotable > 1) {
        lq_status status = lqi_fail(model->context, LQI_NEED_SELECTION, -1,
                                    "The archive holds %zu models; choose one of them.", quotable);
        name_candidates(model);
        return status;
    }
    if (broken != SIZE_MAX) {
        *index = broken;
        return LQ_OK;
    }
    if (is_sliced_by_cura(model)) {
        lq_status status = lqi_fail(model->context, LQI_UNSUPPORTED_FORMAT, -1,
                                    "This is a sliced file of Cura without a model; upload the model itself.");
        lqi_fail_detected(model->context, "ufp");
        return status;
    }
    return lqi_fail(model->context, LQI_ARCHIVE_NO_MODEL, -1, "The archive holds no STL or 3MF file.");
}

static lq_status find_entry(lq_model *model, const char *name, size_t *index)
{
    for (size_t i = 0; i < model->entry_count; i++) {
        if (strcmp(model->entries[i].entry.name, name) != 0) continue;
        *index = i;
        return LQ_OK;
    }
    lq_status status = lqi_fail(model->context, LQI_ENTRY_NOT_FOUND, -1, "There is no entry %s in the archive.", name);
    name_candidates(model);
    return status;
}

static lq_status open_entry(lq_model *model, size_t index)
{
    if (model->inner_entry == index) return LQ_OK;
    lq_context *context = model->context;
    lqi_contents_free(context, model->contents); /* it may point into the entry that closes */
    model->contents = NULL;
    lqi_opened_close(context, &model->inner);
    model->inner_entry = SIZE_MAX;
    uint8_t *data;
    size_t size;
    LQI_TRY(lqi_zip_read(model->top.zip, model->entries[index].zip_index, &data, &size));
    lq_source source;
    lq_source_memory(data, size, NULL, &source);
    lq_status status = lqi_opened_open(context, &source, 1, model->lenient, &model->inner);
    if (status != LQ_OK) {
        lqi_fail_part(context, model->entries[index].entry.name);
        lqi_free(context, data);
        return status;
    }
    model->inner.unzipped = data;
    model->inner_entry = index;
    return LQ_OK;
}

lq_status lqi_model_choose(lq_model *model, const char *entry, lqi_opened **opened, const char **name)
{
    *name = NULL;
    *opened = &model->top;
    if (!lqi_opened_is_plain_archive(&model->top)) {
        if (!entry) return LQ_OK;
        return lqi_fail(model->context, LQI_ENTRY_NOT_FOUND, -1, "The file is no archive; there is no entry %s in it.",
                        entry);
    }
    size_t index = 0;
    LQI_TRY(entry ? find_entry(model, entry, &index) : only_entry(model, &index));
    LQI_TRY(open_entry(model, index));
    *opened = &model->inner;
    *name = model->entries[index].entry.name;
    return LQ_OK;
}
