/* quotectl order transition: the operator's route, asked without HTTP. The same checks, events and log as there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/pipeline.h"
#include "api/price_books.h"
#include "api/routes.h"
#include "base/json.h"
#include "ctl/ctl.h"
#include "store/accounts.h"

#define ROUTE "/operator/orders/{id}/transition"

static const sv_route *find_route(void)
{
    SV_EACH_ROUTE(route, sv_all_routes) if (strcmp(route->path, ROUTE) == 0) return route;
    return NULL;
}

/* In whose log it stands: the first account of the operator. */
static bool find_operator(sv_store *store, char id[SV_ID_SIZE])
{
    sv_rows *rows = sv_open(store, SV_SQL_ACCOUNTS_ALL, NULL, 0);
    bool found = false;
    while (!found && sv_step(rows) == SV_ROW) {
        found = strcmp(sv_column_text(rows, 2), "operator") == 0;
        if (found) snprintf(id, SV_ID_SIZE, "%s", sv_column_text(rows, 0));
    }
    sv_close(rows);
    return found;
}

/* -1: there is no such order in either mode. */
static int mode_of(sv_store *store, const char *order_id)
{
    for (int live = 0; live < 2; live++) {
        const sv_value values[] = {sv_int(live), sv_words("order"), sv_words(order_id)};
        sv_rows *rows = sv_open(store, SV_SQL_OPERATOR_OWNER, values, 3);
        const bool found = sv_step(rows) == SV_ROW;
        sv_close(rows);
        if (found) return live;
    }
    return -1;
}

static int answer(sv_ctl *s, sv_call *call)
{
    if (call->status >= 300) return sv_ctl_fail(sv_json_text(call->answer, "error.message"), NULL);
    return sv_ctl_tell(s, json_incref(call->answer), "%s is %s.", sv_json_text(call->answer, "id"),
                       sv_json_text(call->answer, "status"));
}

static int ask(sv_ctl *s, const char *order_id, int live, json_t *body)
{
    char *no_headers[] = {NULL};
    FCGX_Request fcgi = {.envp = no_headers};
    sv_app app = {.config = &s->config, .store = s->store, .shared = sv_shared_make()};
    sv_call call = {.app = &app, .route = find_route(), .now_ms = sv_now_ms(), .body = body, .argument = {order_id}};
    call.request.fcgi = &fcgi;
    call.key.body = json_pack("{s:[s, s]}", "scopes", "operator:read", "operator:write");
    snprintf(call.key.id, sizeof call.key.id, "quotectl");
    snprintf(call.role, sizeof call.role, "operator");
    int code = 1;
    sv_id_make("req", call.request_id);
    if (!app.shared || lq_context_create(NULL, &app.context) != LQ_OK) {
        sv_ctl_fail("there is no memory.", NULL);
    } else if (!find_operator(s->store, call.account_id)) {
        sv_ctl_fail("there is no account of the operator, in whose log it could stand.", NULL);
    } else {
        call.scope = (sv_scope){call.account_id, live != 0};
        sv_book_load(&app);
        sv_serve_run(&call);
        code = answer(s, &call);
    }
    json_decref(call.answer);
    sv_object_free(&call.key);
    sv_text_free(&call.headers);
    sv_book_unload(&app);
    lq_context_destroy(app.context);
    return code;
}

/* quotectl order transition ORDER TO [--body JSON]: what goes with it, as in the body of the route. */
int sv_ctl_order_transition(sv_ctl *s)
{
    const char *given = sv_ctl_option(s, "--body"), *id = sv_ctl_word(s, 2), *to = sv_ctl_word(s, 3);
    if (s->count != 4) return sv_ctl_fail("order transition ORDER TO [--body JSON]", NULL);
    json_t *body = given ? json_loads(given, JSON_REJECT_DUPLICATES, NULL) : json_object();
    const int live = mode_of(s->store, id);
    int code;
    if (!json_is_object(body)) {
        code = sv_ctl_fail("this is no JSON object:", given);
    } else if (live < 0) {
        code = sv_ctl_fail("there is no such order:", id);
    } else {
        json_object_set_new(body, "to", json_string(to));
        code = ask(s, id, live, body);
    }
    json_decref(body);
    return code;
}
