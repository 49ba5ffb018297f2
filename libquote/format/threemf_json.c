#include "format/threemf_json.h"

#include "base/fail.h"
#include "base/json_scan.h"
#include "base/memory.h"
#include "format/threemf_vendor.h"

#define SIZE_MAX_JSON ((size_t)4 << 20)
#define DEPTH_MAX 16
#define VALUES_MAX 200000 /* 550 keys of 64 filaments are 35 000; jansson spends some fifty bytes on each */

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
    lqi_json_excess excess;
    lq_status status = lqi_json_exceeds(data, size, DEPTH_MAX, VALUES_MAX, &excess)
                           ? lqi_vendor_ignore(threemf, name, (int64_t)excess.offset)
                           : parse(threemf, name, (const char *)data, size, root);
    lqi_free(threemf->context, data);
    return status;
}
