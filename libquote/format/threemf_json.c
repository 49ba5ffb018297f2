#include "format/threemf_json.h"

#include "base/fail.h"
#include "base/memory.h"
#include "format/threemf_vendor.h"

#define SIZE_MAX_JSON ((size_t)4 << 20)
#define DEPTH_MAX 16
#define VALUES_MAX 200000 /* 550 keys of 64 filaments are 35 000; jansson spends some fifty bytes on each */

/* Where the text nests too deeply or holds too many values, or -1. Brackets and commas outside of strings are counted;
 * what is no JSON at all is left to jansson. */
static int64_t find_excess(const uint8_t *json, size_t size)
{
    size_t depth = 0, values = 1;
    bool text = false;
    for (size_t i = 0; i < size; i++) {
        uint8_t c = json[i];
        if (text) {
            if (c == '\\')
                i++;
            else if (c == '"')
                text = false;
            continue;
        }
        if (c == '"') text = true;
        if (c == '{' || c == '[') depth++;
        if ((c == '}' || c == ']') && depth) depth--;
        if (c == '{' || c == '[' || c == ',') values++;
        if (depth > DEPTH_MAX || values > VALUES_MAX) return (int64_t)i;
    }
    return -1;
}

static lq_status note_twice(lqi_threemf *threemf, const char *name, int64_t offset)
{
    return lqi_threemf_note(&threemf->notes, name, "metadata_ignored", LQ_SEVERITY_WARN, offset,
                            "The file %s of the slicer tells something twice; the last one counts.", name);
}

static lq_status parse(lqi_threemf *threemf, const char *name, const char *text, size_t size, json_t **root)
{
    json_error_t error;
    *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (!*root && json_error_code(&error) == json_error_duplicate_key) {
        LQI_TRY(note_twice(threemf, name, error.position));
        *root = json_loadb(text, size, 0, &error);
    }
    if (json_is_object(*root)) return LQ_OK;
    bool parsed = *root != NULL;
    json_decref(*root);
    *root = NULL;
    if (!parsed && json_error_code(&error) == json_error_out_of_memory)
        return lqi_fail(threemf->context, LQI_OUT_OF_MEMORY, -1, "The system has no memory left for this file.");
    return lqi_vendor_ignore(threemf, name, parsed ? 0 : error.position);
}

lq_status lqi_vendor_json(lqi_threemf *threemf, const char *name, json_t **root)
{
    uint8_t *data;
    size_t size;
    *root = NULL;
    LQI_TRY(lqi_vendor_load(threemf, name, SIZE_MAX_JSON, &data, &size));
    if (!data) return LQ_OK;
    int64_t excess = find_excess(data, size);
    lq_status status =
        excess >= 0 ? lqi_vendor_ignore(threemf, name, excess) : parse(threemf, name, (const char *)data, size, root);
    lqi_free(threemf->context, data);
    return status;
}
