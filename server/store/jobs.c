#include "store/jobs.h"

#include <stdio.h>

#include "base/moment.h"

sv_result sv_job_add(sv_store *store, sv_scope scope, const char *kind, const char *object_id, const char *detail,
                     const char *waits_for, int64_t due_ms)
{
    char id[SV_ID_SIZE];
    sv_id_make("job", id);
    const sv_value values[] = {sv_words(id),           sv_words(kind),      sv_words(scope.account_id),
                               sv_int(scope.livemode), sv_words(object_id), sv_words(detail ? detail : ""),
                               sv_words(waits_for),    sv_int(due_ms),      sv_int(sv_now_ms())};
    return sv_run(store, SV_SQL_JOB_INSERT, values, 9, NULL);
}

sv_result sv_job_wake(sv_store *store, sv_scope scope, const char *waits_for)
{
    const sv_value values[] = {sv_words(scope.account_id), sv_int(scope.livemode), sv_words(waits_for),
                               sv_int(sv_now_ms())};
    return sv_run(store, SV_SQL_JOB_WAKE, values, 4, NULL);
}

static void copy(char *into, size_t size, const char *text) { snprintf(into, size, "%s", text ? text : ""); }

static void read_job(sv_rows *rows, sv_job *job)
{
    *job = (sv_job){.livemode = sv_column_int(rows, 3) != 0, .tries = sv_column_int(rows, 7)};
    copy(job->id, sizeof job->id, sv_column_text(rows, 0));
    copy(job->kind, sizeof job->kind, sv_column_text(rows, 1));
    copy(job->account_id, sizeof job->account_id, sv_column_text(rows, 2));
    copy(job->object_id, sizeof job->object_id, sv_column_text(rows, 4));
    copy(job->detail, sizeof job->detail, sv_column_text(rows, 5));
    copy(job->waits_for, sizeof job->waits_for, sv_column_text(rows, 6));
}

/* A look without a lock first: an empty queue is asked several times a second. */
static sv_result is_any_due(sv_store *store, const char *kinds, int64_t now_ms)
{
    const sv_value values[] = {sv_words(kinds), sv_int(now_ms)};
    sv_rows *rows = sv_open(store, SV_SQL_JOB_PEEK, values, 2);
    sv_result result = sv_step(rows);
    sv_close(rows);
    return result;
}

sv_result sv_job_claim(sv_store *store, const char *owner, const char *kinds, int64_t now_ms, int64_t lease_ms,
                       sv_job *job)
{
    sv_result result = is_any_due(store, kinds, now_ms);
    if (result != SV_ROW) return result;
    const sv_value values[] = {sv_words(kinds), sv_int(now_ms), sv_words(owner), sv_int(now_ms + lease_ms)};
    sv_rows *rows = sv_open(store, SV_SQL_JOB_CLAIM, values, 4);
    result = sv_step(rows);
    if (result == SV_ROW) read_job(rows, job);
    sv_close(rows);
    return result;
}

static sv_result change(sv_store *store, sv_statement statement, const sv_value *values, size_t count)
{
    int64_t changed;
    sv_result result = sv_run(store, statement, values, count, &changed);
    return result == SV_DONE && changed != 1 ? SV_CONFLICT : result;
}

sv_result sv_job_finish(sv_store *store, const sv_job *job, const char *owner)
{
    const sv_value values[] = {sv_words(job->id), sv_words(owner)};
    return change(store, SV_SQL_JOB_FINISH, values, 2);
}

static sv_result let_go(sv_store *store, const sv_job *job, const char *owner, int64_t due_ms, int64_t tries)
{
    const sv_value values[] = {sv_words(job->id), sv_words(owner), sv_int(due_ms), sv_int(tries)};
    return change(store, SV_SQL_JOB_LET_GO, values, 4);
}

sv_result sv_job_postpone(sv_store *store, const sv_job *job, const char *owner, int64_t due_ms)
{
    return let_go(store, job, owner, due_ms, job->tries - 1);
}

sv_result sv_job_retry(sv_store *store, const sv_job *job, const char *owner, int64_t due_ms)
{
    return let_go(store, job, owner, due_ms, job->tries);
}

sv_result sv_job_drop(sv_store *store, sv_scope scope, const char *kind, const char *object_id)
{
    const sv_value values[] = {sv_words(scope.account_id), sv_int(scope.livemode), sv_words(kind), sv_words(object_id)};
    return sv_run(store, SV_SQL_JOB_DROP, values, 4, NULL);
}

bool sv_duty_take(sv_store *store, const char *name, int64_t now_ms, int64_t every_ms)
{
    const sv_value values[] = {sv_words(name), sv_int(now_ms), sv_int(now_ms + every_ms)};
    sv_rows *rows = sv_open(store, SV_SQL_DUTY_PEEK, values, 2);
    bool taken = sv_step(rows) == SV_ROW;
    int64_t changed = 0;
    sv_close(rows);
    return !taken && sv_run(store, SV_SQL_DUTY_TAKE, values, 3, &changed) == SV_DONE && changed == 1;
}
