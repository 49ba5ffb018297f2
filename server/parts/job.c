#include "parts/job.h"

#include <string.h>
#include <unistd.h>

#include "parts/analyse.h"
#include "parts/part.h"
#include "store/blobs.h"

#define RETRY_MS 2000
#define STEP_US 200000

static sv_scope scope_of(const sv_job *job) { return (sv_scope){job->account_id, job->livemode}; }

static json_t *failure(const char *code, const char *message)
{
    return json_pack("{s:s, s:{s:s, s:s}}", "status", "failed", "failure", "code", code, "message", message);
}

/* The next line, in small steps: a process that is told to stop does not wait for it. */
static sv_child_end read_line(const sv_app *app, sv_child *child, int64_t until_us, json_t **line)
{
    for (;;) {
        const int64_t step = sv_monotonic_us() + STEP_US;
        sv_child_end end = sv_child_read(child, step, line);
        if (end != SV_CHILD_LATER || step > until_us || *app->stopping) return end;
    }
}

/* The result of a child that ended by itself; NULL: it did not, and *end says how. */
static json_t *read_result(const sv_app *app, sv_child *child, sv_child_end *end)
{
    const int64_t until = sv_monotonic_us() + (int64_t)(SV_CHILD_WALL_SECONDS + 5) * 1000000;
    json_t *opened = NULL, *result = NULL;
    *end = read_line(app, child, until, &opened);
    if (*end != SV_CHILD_LINE) return NULL;
    json_t *why = json_object_get(opened, "failure");
    if (why)
        result = json_pack("{s:s, s:O}", "status", "failed", "failure", why);
    else
        *end = read_line(app, child, until, &result);
    json_decref(opened);
    return result;
}

/* NULL: worth another try. */
static json_t *measure(sv_app *app, const sv_job *job, const sv_object *part)
{
    int64_t size;
    sv_child child;
    sv_child_end end = SV_CHILD_BROKEN;
    json_t *result = NULL;
    const int file = sv_blob_open(app->config, sv_json_text(part->body, "file.sha256"), &size);
    if (file >= 0) {
        sv_analysis asked = sv_analysis_of(app->config, part);
        if (sv_analysis_start(&asked, file, size, &child)) result = read_result(app, &child, &end);
        sv_child_stop(&child);
        close(file);
    }
    if (result || *app->stopping) return result;
    if (end == SV_CHILD_LIMIT || end == SV_CHILD_LATER)
        return failure("resource_limit", "The part needs more time or memory than the service gives to one.");
    sv_log(SV_LOG_ERROR, "an analysis broke off",
           json_pack("{s:s, s:s, s:I}", "part", part->id, "sha256", sv_json_text(part->body, "file.sha256"), "tries",
                     (json_int_t)job->tries));
    if (job->tries < SV_JOB_TRIES_MAX) return NULL;
    return failure("internal", "The part could not be measured. This is our mistake, and it was logged.");
}

/* Is the part still waiting for this very analysis? */
static bool is_wanted(const sv_object *part, const sv_job *job)
{
    return strcmp(sv_part_status(part), "processing") == 0 &&
           strcmp(sv_json_text(part->private, "analysis_id"), job->detail) == 0;
}

/* The part is read anew: its name may have changed meanwhile. */
static sv_result settle(sv_app *app, const sv_job *job, const json_t *found)
{
    sv_object part;
    sv_result result = sv_job_finish(app->store, job, app->owner);
    if (result != SV_DONE) return result;
    result = sv_object_get(app->store, scope_of(job), "part", job->object_id, &part);
    if (result == SV_ROW)
        result =
            found && is_wanted(&part, job) ? sv_part_settle(app->store, scope_of(job), NULL, &part, found) : SV_DONE;
    sv_object_free(&part);
    return result;
}

void sv_part_job(sv_app *app, const sv_job *job)
{
    sv_object part;
    json_t *found = NULL;
    bool again = false;
    if (sv_object_get(app->store, scope_of(job), "part", job->object_id, &part) == SV_ROW && is_wanted(&part, job)) {
        found = measure(app, job, &part);
        again = !found;
    }
    sv_object_free(&part);
    sv_result result = sv_begin(app->store, true);
    const int64_t now = sv_now_ms();
    if (result == SV_DONE && again && *app->stopping)
        result = sv_job_postpone(app->store, job, app->owner, now);
    else if (result == SV_DONE)
        result = again ? sv_job_retry(app->store, job, app->owner, now + RETRY_MS) : settle(app, job, found);
    if (result == SV_DONE) result = sv_commit(app->store);
    const char *code = sv_json_text(found, "failure.code");
    if (result == SV_DONE && *code) sv_metric_label(app->shared, SV_ANALYSIS_FAILURES, code, 0);
    if (result != SV_DONE) sv_rollback(app->store); /* the lease runs out, and it is done again */
    json_decref(found);
}
