#include "app/jobs.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/price_books.h"
#include "app/worker.h"
#include "orders/sweep.h"
#include "parts/job.h"
#include "parts/part.h"
#include "quotes/quote.h"
#include "store/sweep.h"

#define POLL_US 100000
#define SWEEP_MS 3600000
#define UNPAID_MS 10000          /* between looks for orders that nobody pays */
#define WITHOUT_A_CHANGE_MS 1000 /* what became due by time alone is seen after this */

typedef struct kind {
    const char *name;
    void (*run)(sv_app *app, const sv_job *job);
} kind;

static const kind kinds[] = {
    {SV_JOB_ANALYSIS, sv_part_job}, {SV_JOB_QUOTE, sv_quote_job}, {SV_JOB_PART_CHANGED, sv_quote_part_changed}};

static volatile int stopping;

static void on_stop(int number)
{
    (void)number;
    stopping = 1;
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_stop};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGINT, SIG_IGN); /* the master tells */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
}

static char *names_of_kinds(void)
{
    json_t *names = json_array();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        json_array_append_new(names, json_string(kinds[i].name));
    char *text = json_dumps(names, JSON_COMPACT);
    json_decref(names);
    return text;
}

static void run(sv_app *app, const sv_job *job)
{
    const int64_t began = sv_monotonic_us();
    sv_book_load(app);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, job->kind) == 0) kinds[i].run(app, job);
    sv_metric_label(app->shared, SV_JOB_SECONDS, job->kind, sv_monotonic_us() - began);
}

/* One process of all does it every hour. */
static void sweep(sv_app *app, int64_t now)
{
    sv_swept swept;
    if (!sv_duty_take(app->store, "files", now, SWEEP_MS)) return;
    if (sv_sweep_files(app->store, app->config, now, &swept) == SV_DONE)
        sv_log(SV_LOG_INFO, "swept",
               json_pack("{s:I, s:I, s:I, s:I}", "uploads", (json_int_t)swept.uploads, "derived",
                         (json_int_t)swept.derived, "blobs", (json_int_t)swept.blobs, "temporary",
                         (json_int_t)swept.temporary));
}

static void work(sv_app *app)
{
    char *names = names_of_kinds();
    int64_t seen = -1, looked_ms = 0, swept_ms = 0;
    while (!stopping) {
        sv_job job;
        const int64_t now = sv_now_ms(), changes = sv_store_changes(app->store);
        if (changes != seen || now - looked_ms >= WITHOUT_A_CHANGE_MS) {
            seen = changes;
            looked_ms = now;
            while (!stopping &&
                   sv_job_claim(app->store, app->owner, names, sv_now_ms(), SV_JOB_LEASE_MS, &job) == SV_ROW)
                run(app, &job);
            if (!stopping) sweep(app, now);
        }
        if (now - swept_ms >= UNPAID_MS) {
            swept_ms = now;
            for (int i = sv_orders_sweep(app->store, now); i > 0; i--)
                sv_metric_label(app->shared, SV_ORDERS, "cancelled", 0);
        }
        if (!stopping) usleep(POLL_US);
    }
    free(names);
}

int sv_jobs_run(const sv_config *config, sv_shared *shared, int socket, int log_socket)
{
    sv_app app = {.config = config, .shared = shared, .log_socket = log_socket, .stopping = &stopping};
    close(socket); /* of the front end, which must not find a listener that never accepts */
    watch_signals();
    if (!sv_app_open(&app)) return 1;
    work(&app);
    sv_app_close(&app);
    return 0;
}
