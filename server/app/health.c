#include "app/health.h"

#include <stdlib.h>
#include <string.h>

#include "api/price_books.h"
#include "store/blobs.h"

#define JOB_LAG_MAX_MS 60000

static void answer(FCGX_Request *fcgi, int status, const char *type, const char *text)
{
    FCGX_FPrintF(fcgi->out, "Status: %d\r\nContent-Type: %s\r\nCache-Control: no-store\r\n\r\n%s", status, type, text);
    FCGX_Finish_r(fcgi);
}

/* Nothing that is due waits longer than a busy machine needs to take it. */
static bool jobs_move(sv_app *app)
{
    const int64_t now = sv_now_ms();
    const sv_value value = sv_int(now);
    sv_rows *rows = sv_open(app->store, SV_SQL_JOB_OLDEST, &value, 1);
    const bool moving = sv_step(rows) == SV_ROW && sv_column_int(rows, 0) > now - JOB_LAG_MAX_MS;
    sv_close(rows);
    return moving;
}

static void answer_ready(sv_app *app, FCGX_Request *fcgi)
{
    char now[SV_MOMENT_SIZE], *why = NULL;
    sv_moment_print(sv_now_ms(), now);
    const sv_value value = sv_words(now);
    const bool database = sv_run(app->store, SV_SQL_PROBE, &value, 1, NULL) == SV_DONE, book = sv_book_load(app),
               blobs = sv_blob_check(app->config, &why), jobs = jobs_move(app),
               ready = database && book && blobs && jobs;
    json_t *reasons = json_pack("{s:b, s:b, s:b, s:b, s:b}", "ready", ready, "database", database, "price_book", book,
                                "blobs", blobs, "jobs", jobs);
    char *text = json_dumps(reasons, JSON_COMPACT);
    answer(fcgi, ready ? 200 : 503, "application/json", text);
    free(text);
    free(why);
    json_decref(reasons);
}

/* What waits and what runs, by kind. */
static void print_jobs(sv_app *app, sv_text *text)
{
    const sv_value now = sv_int(sv_now_ms());
    sv_rows *rows = sv_open(app->store, SV_SQL_JOB_COUNTS, &now, 1);
    sv_text_put(text, "# TYPE quote_jobs gauge\n");
    while (sv_step(rows) == SV_ROW)
        sv_text_format(text, "quote_jobs{kind=\"%s\",state=\"%s\"} %lld\n", sv_column_text(rows, 0),
                       sv_column_text(rows, 1), (long long)sv_column_int(rows, 2));
    sv_close(rows);
}

bool sv_health_serve(sv_app *app, FCGX_Request *fcgi)
{
    const char *uri = FCGX_GetParam("REQUEST_URI", fcgi->envp);
    if (!FCGX_GetParam("QUOTE_INTERNAL", fcgi->envp)) return false;
    if (uri && strcmp(uri, "/healthz") == 0) {
        answer(fcgi, 200, "application/json", "{\"alive\":true}");
    } else if (uri && strcmp(uri, "/readyz") == 0) {
        answer_ready(app, fcgi);
    } else if (uri && strcmp(uri, "/metrics") == 0) {
        sv_text text = {0};
        sv_metrics_print(app->shared, &text);
        print_jobs(app, &text);
        answer(fcgi, 200, "text/plain; version=0.0.4", sv_text_get(&text));
        sv_text_free(&text);
    } else {
        answer(fcgi, 404, "application/json", "{}");
    }
    return true;
}
