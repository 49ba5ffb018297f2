/* Many parts at once: each is changed or deleted as alone, and one that cannot be leaves the others. */
#include <string.h>

#include "parts/fields.h"
#include "parts/files.h"
#include "parts/parts.h"

#define IDS_MAX 100

/* false: refused. */
static bool take_ids(sv_call *call, json_t **ids)
{
    if (!sv_take_texts(call, call->body, "ids", IDS_MAX, 300, ids)) return false;
    if (json_array_size(*ids)) return true;
    sv_refuse_field(call, SV_E_validation_failed, "ids", "required", "This field is needed, and not empty.");
    return false;
}

/* Is the refusal of this one part's, and not of the service? */
static bool concerns_one(const sv_call *call) { return call->status < 500; }

/* Takes the error out of the call, which goes on. */
static json_t *take_error(sv_call *call)
{
    json_t *error = json_incref(json_object_get(call->answer, "error"));
    json_object_del(error, "request_id");
    json_decref(call->answer);
    call->answer = NULL;
    call->status = 0;
    call->error_code = NULL;
    return error;
}

/* With update NULL: deletes. */
static bool work_on(sv_call *call, const char *id, json_t *update)
{
    sv_object part;
    if (!sv_get(call, "part", id, &part)) return false;
    const bool good = update ? sv_part_change(call, &part, update) : sv_part_delete(call, &part);
    sv_object_free(&part);
    return good;
}

static void work_on_all(sv_call *call, json_t *ids, json_t *update)
{
    json_t *succeeded = json_array(), *failed = json_array(), *id;
    size_t index;
    sv_text headers = call->headers; /* a refusal takes those that are there */
    call->headers = (sv_text){0};
    json_array_foreach(ids, index, id)
    {
        if (work_on(call, json_string_value(id), update))
            json_array_append(succeeded, id);
        else if (concerns_one(call))
            json_array_append_new(failed, json_pack("{s:O, s:o}", "id", id, "error", take_error(call)));
        else
            break;
    }
    if (!sv_refused(call)) {
        sv_text_free(&call->headers);
        call->headers = headers;
    } else {
        sv_text_free(&headers);
    }
    sv_answer(call, 200, json_pack("{s:O, s:O}", "succeeded", succeeded, "failed", failed));
    json_decref(succeeded);
    json_decref(failed);
}

void sv_update_parts(sv_call *call)
{
    static const char *const names[] = {"ids", "update", NULL};
    json_t *ids = NULL, *update = json_object_get(call->body, "update");
    if (!sv_known_fields(call, call->body, "", names) || !take_ids(call, &ids)) return;
    if (!update)
        sv_refuse_field(call, SV_E_validation_failed, "update", "required", "This field is needed.");
    else if (!json_is_object(update))
        sv_refuse_field(call, SV_E_invalid_request, "update", "wrong_type", "An object is expected.");
    else if (sv_known_fields(call, update, "update", sv_part_field_names) && sv_part_check_fields(call, update))
        work_on_all(call, ids, update);
}

void sv_delete_parts(sv_call *call)
{
    static const char *const names[] = {"ids", NULL};
    json_t *ids = NULL;
    if (sv_known_fields(call, call->body, "", names) && take_ids(call, &ids)) work_on_all(call, ids, NULL);
}
