#include "parts/part.h"

#include <stdio.h>
#include <string.h>

#include "access/plan.h"
#include "events/emit.h"
#include "parts/measured.h"
#include "store/jobs.h"

#define VERSIONS_MAX 100

json_t *sv_part_body(const char *name)
{
    return json_pack("{s:s, s:n, s:[], s:s, s:b, s:n, s:i, s:s, s:n, s:i, s:n, s:n, s:n, s:o, s:n, s:n, s:{}}", "name",
                     name, "description", "tags", "folder", "/", "rights_confirmed", 0, "units", "scale", 1, "status",
                     "awaiting_file", "file", "file_version", 0, "pinned", "analysis", "failure", "review",
                     sv_part_review("none"), "default_material_id", "default_color_id", "metadata");
}

json_t *sv_part_review(const char *status)
{
    return json_pack("{s:s, s:n, s:n, s:n, s:[]}", "status", status, "submitted_at", "decided_at", "comment",
                     "rejections");
}

const char *sv_part_status(const sv_object *part) { return sv_json_text(part->body, "status"); }

static bool is_processing(const sv_object *part) { return strcmp(sv_part_status(part), "processing") == 0; }

/* ---- what must hold ---- */

bool sv_part_at_rest(sv_call *call, const sv_object *part)
{
    if (!is_processing(part)) return true;
    sv_refuse(call, SV_E_part_processing, NULL, "The part is being measured. Try again when it is done.");
    return false;
}

bool sv_part_is_ready(sv_call *call, const sv_object *part)
{
    const char *status = sv_part_status(part);
    if (strcmp(status, "ready") == 0) return true;
    sv_refuse(call, SV_E_part_not_ready, json_pack("{s:s}", "status", status),
              "The part is not ready: its status is %s.", status);
    return false;
}

bool sv_part_has_rights(sv_call *call, const sv_object *part)
{
    if (sv_json_true(part->body, "rights_confirmed")) return true;
    sv_refuse(call, SV_E_rights_not_confirmed, NULL, "Confirm first that you have the rights to this model.");
    return false;
}

/* ---- changes of the document ---- */

static void set_text(json_t *object, const char *name, const char *text)
{
    json_object_set_new(object, name, json_string(text));
}

static json_t *private_of(sv_object *part)
{
    if (!part->private) part->private = json_object();
    return part->private;
}

void sv_part_restart(sv_object *part)
{
    char id[SV_ID_SIZE];
    sv_id_make("anl", id);
    set_text(private_of(part), "analysis_id", id);
    set_text(part->body, "status", "processing");
    json_object_set_new(part->body, "analysis", json_null());
    json_object_set_new(part->body, "failure", json_null());
}

/* The next version of the file or of the choice in it; what was found in the one before holds no longer. */
static void begin_version(sv_object *part)
{
    char now[SV_MOMENT_SIZE];
    const json_int_t version = sv_json_integer(part->body, "file_version") + 1;
    json_t *private = private_of(part), *versions = json_object_get(private, "versions");
    sv_moment_print(sv_now_ms(), now);
    if (!versions) json_object_set_new(private, "versions", versions = json_array());
    json_array_append_new(versions, json_pack("{s:I, s:O, s:O, s:s}", "file_version", version, "file",
                                              json_object_get(part->body, "file"), "pinned",
                                              json_object_get(part->body, "pinned"), "created_at", now));
    if (json_array_size(versions) > VERSIONS_MAX) json_array_remove(versions, 0);
    json_object_set_new(part->body, "file_version", json_integer(version));
    json_object_set_new(part->body, "review", sv_part_review("none"));
    json_object_del(private, "plates");
    json_object_del(private, "selection");
    sv_part_restart(part);
}

bool sv_part_attach(sv_call *call, sv_object *part, const sv_part_file *file)
{
    char now[SV_MOMENT_SIZE];
    sv_moment_print(call->now_ms, now);
    sv_object row = sv_object_new("file", NULL, NULL);
    json_t *shown =
        json_pack("{s:s, s:s, s:I, s:s, s:s, s:s}", "id", row.id, "name", file->name, "size", (json_int_t)file->size,
                  "sha256", file->sha256, "format", file->format, "uploaded_at", now);
    row.body = json_copy(shown);
    json_object_del(row.body, "id");
    set_text(row.body, "part_id", part->id);
    json_object_set_new(row.body, "file_version", json_integer(sv_json_integer(part->body, "file_version") + 1));
    bool good = sv_plan_has_storage(call, file->size) && sv_insert(call, &row);
    json_object_set_new(part->body, "file", shown);
    json_object_set_new(part->body, "pinned", json_null());
    json_object_del(private_of(part), "entries");
    begin_version(part);
    sv_object_free(&row);
    return good;
}

void sv_part_pin(sv_object *part, const char *entry_id, const char *plate_id)
{
    json_object_set_new(part->body, "pinned", json_pack("{s:s?, s:s?}", "entry_id", entry_id, "plate_id", plate_id));
    begin_version(part);
}

/* ---- storing ---- */

static bool refuse_unless_done(sv_call *call, sv_result result)
{
    if (result != SV_DONE) sv_refuse_store(call, result);
    return result == SV_DONE;
}

static bool tell(sv_call *call, const sv_object *part, const char *event, const json_t *before)
{
    json_t *view = sv_object_view(part, call->scope.livemode), *previous = before ? sv_previous(before, view) : NULL;
    sv_result result = sv_emit(call->app->store, call->scope, call->request_id, event, view, previous);
    json_decref(view);
    json_decref(previous);
    return refuse_unless_done(call, result);
}

static bool ask_for_analysis(sv_call *call, const sv_object *part)
{
    return refuse_unless_done(call, sv_job_add(call->app->store, call->scope, SV_JOB_ANALYSIS, part->id,
                                               sv_json_text(part->private, "analysis_id"), NULL, call->now_ms));
}

bool sv_part_insert(sv_call *call, sv_object *part)
{
    if (!sv_plan_has_room(call, "max_parts", "part", 1) || !sv_insert(call, part)) return false;
    sv_audit(call, "part.create", "part", part->id, NULL);
    return tell(call, part, "part.created", NULL) && (!is_processing(part) || ask_for_analysis(call, part));
}

bool sv_part_update(sv_call *call, sv_object *part, const json_t *before, const char *action, const char *event)
{
    const json_t *analysis = json_object_get(before, "analysis");
    const bool again =
        is_processing(part) && (strcmp(sv_json_text(before, "status"), "processing") != 0 || !json_is_null(analysis));
    const bool moved = sv_json_integer(before, "file_version") != sv_json_integer(part->body, "file_version");
    if (!sv_update(call, part)) return false;
    sv_audit(call, action, "part", part->id, sv_changes(before, part->body));
    if (!tell(call, part, event, before) || (again && !ask_for_analysis(call, part))) return false;
    return !moved || refuse_unless_done(call, sv_job_add(call->app->store, call->scope, SV_JOB_PART_CHANGED, part->id,
                                                         NULL, NULL, call->now_ms));
}

/* Its files are gone for clients as well. */
static sv_result remove_files(sv_call *call, const sv_object *part)
{
    json_t *version;
    size_t index;
    json_array_foreach(json_object_get(part->private, "versions"), index, version)
    {
        sv_object file;
        const char *id = sv_json_text(version, "file.id");
        sv_result result = sv_object_get(call->app->store, call->scope, "file", id, &file);
        if (result == SV_ROW) result = sv_object_delete(call->app->store, call->scope, &file);
        sv_object_free(&file);
        if (result != SV_DONE) return result;
    }
    return SV_DONE;
}

bool sv_part_remove(sv_call *call, const sv_object *part)
{
    if (!sv_delete(call, part)) return false;
    sv_audit(call, "part.delete", "part", part->id, NULL);
    return tell(call, part, "part.deleted", NULL) && refuse_unless_done(call, remove_files(call, part)) &&
           refuse_unless_done(call, sv_job_drop(call->app->store, call->scope, SV_JOB_ANALYSIS, part->id)) &&
           refuse_unless_done(call, sv_job_wake(call->app->store, call->scope, part->id));
}

sv_result sv_part_settle(sv_store *store, sv_scope scope, const char *request_id, sv_object *part, const json_t *result)
{
    static const char *const found[] = {"entries", "plates", "selection"};
    const char *status = sv_json_text(result, "status");
    json_t *before = json_copy(part->body), *pinned = json_object_get(result, "pinned");
    json_t *analysis = json_deep_copy(json_object_get(result, "analysis"));
    char event[40];
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        json_t *value = json_object_get(result, found[i]);
        if (value) json_object_set(private_of(part), found[i], value);
    }
    if (analysis) {
        set_text(analysis, "id", sv_json_text(part->private, "analysis_id"));
        json_object_set(analysis, "file_version", json_object_get(part->body, "file_version"));
    }
    set_text(part->body, "status", status);
    json_object_set_new(part->body, "analysis", analysis ? analysis : json_null());
    json_object_set(part->body, "failure",
                    json_object_get(result, "failure") ? json_object_get(result, "failure") : json_null());
    if (pinned) json_object_set(part->body, "pinned", pinned);
    snprintf(event, sizeof event, "part.%s", status);
    sv_result done = sv_object_update(store, scope, part);
    json_t *view = sv_object_view(part, scope.livemode), *previous = sv_previous(before, view);
    if (done == SV_DONE) done = sv_measured_keep(store, part, result);
    if (done == SV_DONE) done = sv_emit(store, scope, request_id, event, view, previous);
    if (done == SV_DONE) done = sv_job_wake(store, scope, part->id);
    if (done == SV_DONE) done = sv_job_drop(store, scope, SV_JOB_ANALYSIS, part->id);
    json_decref(view);
    json_decref(previous);
    json_decref(before);
    return done;
}
