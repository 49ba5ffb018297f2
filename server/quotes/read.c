/* Quotes that are there. */
#include <string.h>

#include "access/include.h"
#include "access/list.h"
#include "quotes/quote.h"
#include "quotes/quotes.h"

static const char *const relations[] = {"part", "product", "orders", NULL};

/* Of the account itself; null where it is gone, or where the key may not read it. */
static json_t *related(sv_call *call, const char *type, const char *id, const char *scope)
{
    sv_object object;
    if (!*id || !sv_has_scope(call, scope)) return json_null();
    if (sv_object_get(call->app->store, call->scope, type, id, &object) != SV_ROW) return json_null();
    json_t *view = sv_object_view(&object, call->scope.livemode);
    sv_object_free(&object);
    return view;
}

static void add_relations(sv_call *call, json_t *view)
{
    json_t *id, *orders = json_array();
    size_t index;
    if (sv_is_included(call, "part"))
        json_object_set_new(view, "part", related(call, "part", sv_json_text(view, "part_id"), "parts:read"));
    if (sv_is_included(call, "product"))
        json_object_set_new(view, "product",
                            related(call, "product", sv_json_text(view, "product_id"), "products:read"));
    json_array_foreach(json_object_get(view, "order_ids"), index, id) if (sv_is_included(call, "orders"))
        json_array_append_new(orders, related(call, "order", json_string_value(id), "orders:read"));
    if (sv_is_included(call, "orders")) json_object_set(view, "orders", orders);
    json_decref(orders);
}

/* In lists by the clock alone: new versions of files are written down soon after. */
static json_t *view_of(sv_call *call, const sv_object *quote)
{
    json_t *view = sv_quote_view(quote, call->scope.livemode, NULL);
    add_relations(call, view);
    return view;
}

static const sv_field fields[] = {{"status", SV_F_TEXT, true},       {"part_id", SV_F_TEXT, false},
                                  {"product_id", SV_F_TEXT, false},  {"currency", SV_F_TEXT, false},
                                  {"expires_at", SV_F_MOMENT, true}, {"price_book_version", SV_F_TEXT, false},
                                  {NULL, SV_F_TEXT, false}};

void sv_list_quotes(sv_call *call)
{
    const sv_listing listing = {.type = "quote", .fields = fields, .view = view_of, .include = relations};
    sv_list(call, &listing);
}

void sv_read_quote(sv_call *call)
{
    sv_object quote;
    if (!sv_check_include(call, relations) || !sv_get(call, "quote", call->argument[0], &quote)) return;
    json_t *view = sv_quote_view(&quote, call->scope.livemode,
                                 sv_quote_status(call->app->store, call->scope, &quote, call->now_ms));
    add_relations(call, view);
    sv_add_etag(call, quote.version);
    sv_answer(call, 200, view);
    sv_object_free(&quote);
}

/* What time would do, at once: for tests of clients. */
void sv_expire_quote(sv_call *call)
{
    static const char *const names[] = {NULL};
    sv_object quote;
    if (!sv_known_fields(call, call->body, "", names) || !sv_get(call, "quote", call->argument[0], &quote)) return;
    const char *status = sv_quote_status(call->app->store, call->scope, &quote, call->now_ms);
    const bool open = strcmp(status, "complete") == 0 || strcmp(status, "pending") == 0;
    sv_result result = SV_DONE;
    if (open) {
        char now[SV_MOMENT_SIZE];
        sv_moment_print(call->now_ms, now);
        json_object_set_new(quote.body, "expires_at", json_string(now));
    }
    if (open || (strcmp(status, "expired") == 0 && strcmp(sv_json_text(quote.body, "status"), status) != 0)) {
        status = "expired";
        result = sv_quote_move(call->app->store, call->scope, call->request_id, &quote, status, "quote.expired");
        sv_metric_label(call->app->shared, SV_QUOTES, status, 0);
        if (result == SV_DONE) sv_audit(call, "quote.expire", "quote", quote.id, NULL);
    }
    if (result == SV_DONE) {
        sv_add_etag(call, quote.version);
        sv_answer(call, 200, sv_quote_view(&quote, call->scope.livemode, status));
    } else {
        sv_refuse_store(call, result);
    }
    sv_object_free(&quote);
}
