#include "app/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/price_books.h"
#include "api/routes.h"
#include "app/health.h"
#include "parts/report.h"
#include "products/cost.h"
#include "quotes/books.h"

static volatile int stopping;

/* The accept that waits ends, the request that runs is finished: it does not see the signal, which would cut the read
 * of a body short. */
static void on_stop(int number)
{
    (void)number;
    stopping = 1;
    FCGX_ShutdownPending();
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

static void let_stop(bool now)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(now ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

static int accept_one(FCGX_Request *fcgi)
{
    let_stop(true);
    const int taken = stopping ? -1 : FCGX_Accept_r(fcgi);
    let_stop(false);
    return taken;
}

bool sv_app_open(sv_app *app)
{
    char *why = NULL, host[32] = "";
    gethostname(host, sizeof host - 1);
    snprintf(app->owner, sizeof app->owner, "%s:%d", host, (int)getpid());
    if (!sv_store_open(app->config, false, &app->store, &why)) {
        sv_log(SV_LOG_ERROR, "worker", json_pack("{s:s}", "err", why));
        free(why);
        return false;
    }
    return lq_context_create(NULL, &app->context) == LQ_OK;
}

void sv_app_close(sv_app *app)
{
    sv_books_free(app);
    sv_costs_free(app);
    sv_reports_free(app);
    sv_book_unload(app);
    lq_context_destroy(app->context);
    sv_store_close(app->store);
}

int sv_worker_run(const sv_config *config, sv_shared *shared, int socket, int log_socket)
{
    sv_app app = {.config = config, .shared = shared, .log_socket = log_socket, .stopping = &stopping};
    FCGX_Request fcgi;
    watch_signals();
    if (!sv_app_open(&app) || FCGX_Init() != 0 || FCGX_InitRequest(&fcgi, socket, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
        return 1;
    int64_t served = 0;
    while (!stopping && served < config->recycle_requests) {
        if (accept_one(&fcgi) < 0) {
            if (stopping) break;
            continue;
        }
        served++;
        sv_book_load(&app);
        if (!sv_health_serve(&app, &fcgi)) sv_serve(&app, sv_all_routes, &fcgi);
    }
    sv_app_close(&app);
    return 0;
}
