/* A sample print: a quote of one option, made and ordered at once. */
#include <stdlib.h>
#include <string.h>

#include "orders/create.h"
#include "orders/orders.h"
#include "orders/show.h"
#include "quotes/quote.h"
#include "quotes/quotes.h"

#define QUANTITY_MAX 3

typedef struct sample {
    const char *material_id;
    int64_t quantity;
    const json_t *most;
} sample;

static bool take(sv_call *call, sample *s, sv_form *form)
{
    static const char *const names[] = {
        "material_id",         "color_id",  "finish_id", "quantity", "ship_to",  "shipping_option_id",
        "shipping_preference", "max_total", "customer",  "ref",      "metadata", NULL};
    const char *text = NULL;
    s->quantity = 0;
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "material_id", 1, 60, false, &s->material_id) ||
        !sv_take_text(call, call->body, "color_id", 1, 60, true, &text) ||
        !sv_take_text(call, call->body, "finish_id", 1, 60, true, &text) ||
        !sv_take_integer(call, call->body, "quantity", 1, QUANTITY_MAX, &s->quantity) ||
        !sv_form_take_money(call, "max_total", &s->most) || !sv_form_take_delivery(call, form) ||
        !sv_form_take_rest(call, form))
        return false;
    const char *lacks = !s->material_id ? "material_id" : !s->quantity ? "quantity" : !s->most ? "max_total" : NULL;
    if (lacks) sv_refuse_field(call, SV_E_validation_failed, lacks, "required", "This field is needed.");
    return !lacks;
}

/* The body of POST /quotes for it. The caller owns it. */
static json_t *as_asked(sv_call *call, const sample *s, const sv_form *form, const char *part_id)
{
    json_t *choice = json_pack("{s:s}", "material_id", s->material_id), *place = json_object();
    static const char *const chosen[] = {"color_id", "finish_id"}, *const there[] = {"country", "postcode", "region"};
    for (size_t i = 0; i < 2; i++) {
        json_t *value = json_object_get(call->body, chosen[i]);
        if (json_is_string(value)) json_object_set(choice, chosen[i], value);
    }
    for (size_t i = 0; i < 3; i++) {
        json_t *value = json_object_get(form->ship_to, there[i]);
        if (json_is_string(value)) json_object_set(place, there[i], value);
    }
    return json_pack("{s:s, s:[o], s:[I], s:o, s:O}", "part_id", part_id, "materials", choice, "quantities",
                     (json_int_t)s->quantity, "ship_to", place, "currency", json_object_get(s->most, "currency"));
}

/* Priced as any quote, before the transaction. */
void sv_prepare_sample(sv_call *call)
{
    sample s = {NULL, 0, NULL};
    sv_form form = {.kind = "sample"};
    sv_object part;
    if (take(call, &s, &form) && sv_may_order(call) && sv_get(call, "part", call->argument[0], &part)) {
        json_t *own = call->body;
        call->body = as_asked(call, &s, &form, part.id);
        sv_prepare_preview(call);
        json_decref(call->body);
        call->body = own;
        sv_object_free(&part);
    }
    sv_form_free(&form);
}

static void make(sv_call *call, sv_object *quote, const sample *s, const sv_form *form)
{
    sv_purchase purchase = {.count = 0};
    sv_order order = {.fresh = false};
    const json_t *option = json_array_get(json_object_get(quote->body, "options"), 0);
    if (strcmp(sv_json_text(option, "status"), "not_printable") == 0) {
        json_t *issues = json_object_get(option, "issues");
        sv_refuse(call, SV_E_not_printable, json_pack("{s:O}", "issues", issues ? issues : json_null()),
                  "The part cannot be printed in this material.");
        return;
    }
    sv_result result = sv_quote_insert(call->app->store, call->scope, call->request_id, quote);
    if (result != SV_DONE) {
        sv_refuse_store(call, result);
        return;
    }
    sv_purchase_put(&purchase, quote, option);
    if (sv_order_create(call, &purchase, form, s->most, &order)) sv_answer_new_order(call, &order);
    sv_order_free(&order);
    sv_purchase_free(&purchase);
}

void sv_make_sample(sv_call *call)
{
    sample s = {NULL, 0, NULL};
    sv_form form = {.kind = "sample"};
    if (take(call, &s, &form)) make(call, call->prepared, &s, &form);
    sv_form_free(&form);
}
