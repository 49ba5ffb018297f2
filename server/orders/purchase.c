#include "orders/purchase.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts/part.h"
#include "quotes/quote.h"

/* ---- what is asked for ---- */

void sv_purchase_free(sv_purchase *p)
{
    for (size_t i = 0; i < p->quote_count; i++) sv_object_free(&p->quotes[i]);
    for (size_t i = 0; i < p->count; i++) {
        json_decref(p->bought[i].metadata);
        json_decref(p->bought[i].parts);
        free(p->bought[i].product);
    }
    free(p->quotes);
    free(p->bought);
    *p = (sv_purchase){.count = 0};
}

static void add(sv_purchase *p, size_t quote, const json_t *option, json_t *metadata)
{
    p->bought = sv_grow(p->bought, p->count + 1, sizeof *p->bought);
    p->bought[p->count++] = (sv_bought){.quote = quote, .option = option, .metadata = metadata, .parts = json_object()};
}

static void add_quote(sv_purchase *p, sv_object *quote)
{
    p->quotes = sv_grow(p->quotes, p->quote_count + 1, sizeof *p->quotes);
    p->quotes[p->quote_count++] = *quote;
    *quote = (sv_object){.ref = NULL};
}

void sv_purchase_put(sv_purchase *p, sv_object *quote, const json_t *option)
{
    add_quote(p, quote);
    add(p, p->quote_count - 1, option, json_object());
}

/* In bodies an id is an id: no ref. The number of the quote, -1: refused. */
static int find_quote(sv_call *call, sv_purchase *p, const char *id)
{
    sv_object quote;
    sv_result result = sv_id_is(id, sv_type_prefix("quote"))
                           ? sv_object_get(call->app->store, call->scope, "quote", id, &quote)
                           : SV_DONE;
    if (result == SV_DONE) sv_refuse_reference(call, "quote_id");
    if (result != SV_ROW && result != SV_DONE) sv_refuse_store(call, result);
    if (result != SV_ROW) return -1;
    for (size_t i = 0; i < p->quote_count; i++) {
        if (strcmp(p->quotes[i].id, quote.id) != 0) continue;
        sv_object_free(&quote);
        return (int)i;
    }
    add_quote(p, &quote);
    return (int)p->quote_count - 1;
}

static bool take_item(sv_call *call, sv_purchase *p, json_t *item)
{
    const char *quote_id = NULL, *option_id = NULL;
    if (!sv_take_text(call, item, "quote_id", 1, 300, false, &quote_id) ||
        !sv_take_text(call, item, "option_id", 1, 60, false, &option_id))
        return false;
    if (!quote_id || !option_id) {
        sv_refuse_field(call, SV_E_validation_failed, quote_id ? "option_id" : "quote_id", "required",
                        "This field is needed.");
        return false;
    }
    json_t *metadata = json_object();
    int quote = sv_take_metadata(call, item, metadata) ? find_quote(call, p, quote_id) : -1;
    const json_t *option = quote < 0 ? NULL : sv_quote_option(&p->quotes[quote], option_id);
    for (size_t i = 0; option && i < p->count; i++)
        if (p->bought[i].option == option)
            sv_refuse_field(call, SV_E_validation_failed, "option_id", "duplicate",
                            "An option stands in an order once.");
    if (option) {
        add(p, (size_t)quote, option, metadata);
        return !sv_refused(call);
    }
    json_decref(metadata);
    /* Options come with the prices. */
    if (quote >= 0 && strcmp(sv_json_text(p->quotes[quote].body, "status"), "pending") == 0)
        sv_refuse(call, SV_E_quote_pending, json_pack("{s:s}", "quote_id", p->quotes[quote].id),
                  "The quote waits for its part.");
    sv_refuse_reference(call, "option_id");
    return false;
}

bool sv_purchase_take(sv_call *call, sv_purchase *p)
{
    static const char *const names[] = {"quote_id", "option_id", "metadata", NULL};
    json_t *items = json_object_get(call->body, "items"), *item;
    size_t index;
    if (items && !json_is_array(items)) {
        sv_refuse_field(call, SV_E_invalid_request, "items", "wrong_type", "An array is expected.");
        return false;
    }
    if (!json_array_size(items) || json_array_size(items) > SV_PURCHASE_MAX) {
        sv_refuse_field(call, SV_E_validation_failed, "items", items ? "count" : "required",
                        "1 to 50 items are expected.");
        return false;
    }
    json_array_foreach(items, index, item)
    {
        char at[40];
        snprintf(at, sizeof at, "items[%zu]", index);
        if (!json_is_object(item)) {
            sv_refuse_field(call, SV_E_invalid_request, at, "wrong_type", "An object is expected.");
            return false;
        }
        if (!sv_known_fields(call, item, at, names)) return false;
        call->within = at;
        const bool good = take_item(call, p, item);
        call->within = NULL;
        if (!good) return false;
    }
    return true;
}

/* ---- what may stand in the way ---- */

static json_t *about(const sv_object *quote, const sv_bought *bought)
{
    return json_pack("{s:s, s:s}", "quote_id", quote->id, "option_id", sv_json_text(bought->option, "id"));
}

static bool check_state(sv_call *call, const sv_object *quote, const sv_bought *bought)
{
    const char *status = sv_json_text(quote->body, "status"), *expires = sv_json_text(quote->body, "expires_at");
    int64_t ms;
    if (strcmp(status, "superseded") == 0)
        sv_refuse(call, SV_E_quote_superseded, about(quote, bought), "What was quoted has changed. Quote it anew.");
    else if (strcmp(status, "pending") == 0)
        sv_refuse(call, SV_E_quote_pending, about(quote, bought), "The quote waits for its part.");
    else if (strcmp(status, "expired") == 0 || !sv_moment_read(expires, &ms) || ms <= call->now_ms)
        sv_refuse(call, SV_E_quote_expired, about(quote, bought), "Quote %s expired at %s.", quote->id, expires);
    else if (strcmp(sv_json_text(bought->option, "status"), "not_printable") == 0 ||
             !json_is_object(json_object_get(bought->option, "line_total")))
        sv_refuse(call, SV_E_option_not_printable, about(quote, bought), "This option cannot be printed.");
    return !sv_refused(call);
}

static const json_t *by_id(const json_t *list, const char *id)
{
    json_t *entry;
    size_t index;
    json_array_foreach(list, index, entry) if (strcmp(sv_json_text(entry, "id"), id) == 0) return entry;
    return NULL;
}

static bool is_active(const json_t *entry)
{
    const char *status = sv_json_text(entry, "status");
    return entry && (!*status || strcmp(status, "active") == 0);
}

/* Can the house make it today, whatever it could when it was quoted? choice: {material_id, color_id, finish_id?}. */
static bool check_material(sv_call *call, const json_t *choice)
{
    const json_t *material =
        by_id(json_object_get(call->app->materials, "materials"), sv_json_text(choice, "material_id"));
    const char *color = sv_json_text(choice, "color_id"), *finish = sv_json_text(choice, "finish_id");
    if (is_active(material) && (!*color || is_active(by_id(json_object_get(material, "colors"), color))) &&
        (!*finish || is_active(by_id(json_object_get(material, "finishes"), finish))))
        return true;
    sv_refuse(call, SV_E_material_unavailable,
              json_pack("{s:s, s:s}", "material_id", sv_json_text(choice, "material_id"), "color_id", color),
              "This material or colour cannot be had at the moment.");
    return false;
}

/* The part is still the one that was priced, and may be printed. */
static bool check_part(sv_call *call, const sv_object *quote, sv_bought *bought, const char *part_id)
{
    sv_object part;
    sv_result result = sv_object_get(call->app->store, call->scope, "part", part_id, &part);
    if (result == SV_DONE) {
        sv_refuse(call, SV_E_quote_superseded, about(quote, bought), "What was quoted is gone.");
    } else if (result != SV_ROW) {
        sv_refuse_store(call, result);
    } else {
        const json_t *priced = by_id(json_object_get(quote->private, "parts"), part_id);
        if (sv_json_integer(priced, "file_version") != sv_json_integer(part.body, "file_version"))
            sv_refuse(call, SV_E_quote_superseded, about(quote, bought), "The part has another file. Quote it anew.");
        else
            sv_part_has_rights(call, &part);
        json_object_set_new(bought->parts, part_id,
                            json_pack("{s:s, s:s}", "name", sv_json_text(part.body, "name"), "sha256",
                                      sv_json_text(part.body, "file.sha256")));
    }
    sv_object_free(&part);
    return !sv_refused(call);
}

static bool check_product(sv_call *call, const sv_object *quote, sv_bought *bought, const char *product_id)
{
    sv_object product;
    sv_result result = sv_object_get(call->app->store, call->scope, "product", product_id, &product);
    if (result == SV_DONE)
        sv_refuse(call, SV_E_quote_superseded, about(quote, bought), "What was quoted is gone.");
    else if (result != SV_ROW)
        sv_refuse_store(call, result);
    else
        bought->product = sv_copy(sv_json_text(product.body, "name"));
    sv_object_free(&product);
    return !sv_refused(call);
}

static bool check_target(sv_call *call, const sv_object *quote, sv_bought *bought)
{
    json_t *members = json_object_get(bought->option, "members"), *member;
    const char *part_id = sv_json_text(quote->body, "part_id"), *product_id = sv_json_text(quote->body, "product_id");
    size_t index;
    if (*part_id) return check_part(call, quote, bought, part_id) && check_material(call, bought->option);
    if (!check_product(call, quote, bought, product_id)) return false;
    json_array_foreach(members, index, member)
    {
        if (!check_part(call, quote, bought, sv_json_text(member, "part_id")) || !check_material(call, member))
            return false;
    }
    return true;
}

/* The first order of an option holds its key; others know that they come again. */
static bool check_again(sv_call *call, sv_bought *bought, bool allow)
{
    sv_object first;
    sv_text key = {0};
    sv_text_format(&key, "option:%s", sv_json_text(bought->option, "id"));
    sv_result result = sv_object_by_key(call->app->store, call->scope, "order_item", sv_text_get(&key), &first);
    sv_text_free(&key);
    bought->again = result == SV_ROW;
    if (result == SV_ROW && !allow)
        sv_refuse(call, SV_E_quote_already_ordered,
                  json_pack("{s:s, s:s}", "order_id", sv_json_text(first.body, "order_id"), "option_id",
                            sv_json_text(bought->option, "id")),
                  "This option was ordered before.");
    else if (result != SV_ROW && result != SV_DONE)
        sv_refuse_store(call, result);
    sv_object_free(&first);
    return !sv_refused(call);
}

/* One currency and one country, and that is where it goes. */
static bool check_together(sv_call *call, const sv_purchase *p, const sv_form *form)
{
    const json_t *first = p->quotes[0].body;
    for (size_t i = 1; i < p->quote_count; i++) {
        const json_t *other = p->quotes[i].body;
        if (strcmp(sv_json_text(first, "currency"), sv_json_text(other, "currency")) == 0 &&
            strcmp(sv_json_text(first, "ship_to.country"), sv_json_text(other, "ship_to.country")) == 0)
            continue;
        sv_refuse(call, SV_E_items_incompatible, NULL, "Items of an order share one currency and one destination.");
        return false;
    }
    if (strcmp(sv_json_text(first, "ship_to.country"), sv_json_text(form->ship_to, "country")) == 0) return true;
    sv_refuse(call, SV_E_destination_mismatch,
              json_pack("{s:s, s:s}", "quoted", sv_json_text(first, "ship_to.country"), "given",
                        sv_json_text(form->ship_to, "country")),
              "This was quoted for another country.");
    return false;
}

bool sv_purchase_check(sv_call *call, sv_purchase *p, const sv_form *form)
{
    if (!check_together(call, p, form)) return false;
    for (size_t i = 0; i < p->count; i++) {
        sv_bought *bought = &p->bought[i];
        const sv_object *quote = &p->quotes[bought->quote];
        if (!check_state(call, quote, bought) || !check_target(call, quote, bought) ||
            !check_again(call, bought, form->allow_reorder))
            return false;
    }
    return true;
}
