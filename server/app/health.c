#include "app/health.h"

#include <stdlib.h>
#include <string.h>

#include "api/price_books.h"

static void answer(FCGX_Request *fcgi, int status, const char *type, const char *text)
{
    FCGX_FPrintF(fcgi->out, "Status: %d\r\nContent-Type: %s\r\nCache-Control: no-store\r\n\r\n%s", status, type, text);
    FCGX_Finish_r(fcgi);
}

static void answer_ready(sv_app *app, FCGX_Request *fcgi)
{
    char now[SV_MOMENT_SIZE];
    sv_moment_print(sv_now_ms(), now);
    const sv_value value = sv_words(now);
    bool database = sv_run(app->store, SV_SQL_PROBE, &value, 1, NULL) == SV_DONE, book = sv_book_load(app);
    json_t *reasons = json_pack("{s:b, s:b, s:b}", "ready", database && book, "database", database, "price_book", book);
    char *text = json_dumps(reasons, JSON_COMPACT);
    answer(fcgi, database && book ? 200 : 503, "application/json", text);
    free(text);
    json_decref(reasons);
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
        answer(fcgi, 200, "text/plain; version=0.0.4", sv_text_get(&text));
        sv_text_free(&text);
    } else {
        answer(fcgi, 404, "application/json", "{}");
    }
    return true;
}
