/* What one part costs in every material: the quick look before a quote. */
#include <stdlib.h>
#include <string.h>

#include "access/amounts.h"
#include "base/countries.h"
#include "parts/part.h"
#include "parts/report.h"
#include "quotes/pricing.h"
#include "quotes/quotes.h"

#define QUANTITY_MAX 100000

static void free_json(void *prepared) { json_decref(prepared); }

static bool take_quantity(sv_call *call, int64_t *quantity)
{
    const char *given = sv_parameter_get(&call->request, "quantity");
    char *end = NULL;
    *quantity = given ? strtoll(given, &end, 10) : 1;
    if (!given || (*given && !*end && *quantity >= 1 && *quantity <= QUANTITY_MAX)) return true;
    sv_refuse(call, SV_E_invalid_parameter, json_pack("{s:s}", "parameter", "quantity"),
              "quantity must be from 1 to 100000.");
    return false;
}

/* As a quote's request, for one quantity and all materials. NULL: refused. */
static json_t *make_request(sv_call *call)
{
    const char *country = sv_parameter_get(&call->request, "country");
    const char *currency = sv_parameter_get(&call->request, "currency");
    int64_t quantity;
    if (!take_quantity(call, &quantity)) return NULL;
    if (country && !sv_country_code(country)) {
        sv_refuse_field(call, SV_E_invalid_country, "country", "unknown", "A code of ISO 3166-1 is expected.");
        return NULL;
    }
    if (!currency) currency = sv_json_text(call->account, "currency");
    json_t *place = country ? json_string(sv_country_code(country))
                            : json_incref(json_object_get(call->account, "default_country"));
    return json_pack("{s:s, s:[I], s:b, s:s, s:{s:o}}", "materials", "all", "quantities", (json_int_t)quantity,
                     "priority", 0, "currency", currency, "ship_to", "country", place);
}

static json_t *views_of(const json_t *options)
{
    json_t *data = json_array(), *option;
    size_t index;
    json_array_foreach(options, index, option)
    {
        const bool printable = strcmp(sv_json_text(option, "status"), "not_printable") != 0;
        json_array_append_new(data, json_pack("{s:s, s:O, s:b, s:O, s:O, s:O}", "object", "material_price",
                                              "material_id", json_object_get(option, "material_id"), "printable",
                                              printable, "issues", json_object_get(option, "issues"), "unit_price",
                                              json_object_get(option, "unit_price"), "line_total",
                                              json_object_get(option, "line_total")));
    }
    return data;
}

static void price(sv_call *call, const sv_object *part, const json_t *request)
{
    const sv_piece piece = {.part = part, .quantity = 1};
    const sv_pricing pricing = {.scope = call->scope,
                                .now_ms = call->now_ms,
                                .book = sv_book_get(call->app, NULL),
                                .request = request,
                                .pieces = &piece,
                                .piece_count = 1};
    json_t *body = json_object(), *private = json_object();
    sv_no_price why = {.error = SV_E_unavailable, .message = "No price book is active."};
    if (pricing.book && sv_pricing_make(call->app, &pricing, body, private, &why)) {
        call->prepared = views_of(json_object_get(body, "options"));
        call->free_prepared = free_json;
    } else {
        sv_refuse(call, why.error, NULL, "%s", why.message);
    }
    json_decref(body);
    json_decref(private);
}

void sv_prepare_material_prices(sv_call *call)
{
    sv_object part;
    if (!sv_has_scope(call, "quotes:read")) {
        sv_refuse(call, SV_E_insufficient_scope, json_pack("{s:s}", "required", "quotes:read"),
                  "This key lacks the scope quotes:read.");
        return;
    }
    json_t *request = make_request(call);
    if (!request) return;
    sv_reports_trim(call->app);
    if (sv_get(call, "part", call->argument[0], &part)) {
        if (sv_part_is_ready(call, &part)) price(call, &part, request);
        sv_object_free(&part);
    }
    json_decref(request);
}

void sv_list_material_prices(sv_call *call)
{
    sv_answer(call, 200,
              json_pack("{s:s, s:O, s:b, s:n}", "object", "list", "data", (json_t *)call->prepared, "has_more", 0,
                        "next_cursor"));
}
