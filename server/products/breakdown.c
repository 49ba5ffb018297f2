/* What a number of products costs, by what it is for. */
#include <stdlib.h>
#include <string.h>

#include "access/amounts.h"
#include "parts/report.h"
#include "products/cost_line.h"
#include "products/price.h"
#include "products/product.h"
#include "products/products.h"

#define QUANTITY_MAX 100000
#define MEASURING_US 30000000 /* until the client is told to come again; what was measured is known then */

/* Minor units of the account's currency. line: what the members cost, with everything the house adds. */
typedef struct sums {
    int64_t materials, machine, labour, line, least, hardware, packaging, work;
} sums;

/* Members that are printed alike are set up once. */
static bool is_set_up(const json_t *members, size_t index)
{
    static const char *const names[] = {"material_id", "color_id", "finish_id"};
    for (size_t i = 0; i < index; i++) {
        bool same = true;
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
            same = same && json_equal(json_object_get(json_array_get(members, i), names[k]),
                                      json_object_get(json_array_get(members, index), names[k]));
        if (same) return true;
    }
    return false;
}

static bool refuse(sv_call *call, sv_error error, const json_t *member, const char *message)
{
    sv_refuse(
        call, error,
        json_pack("{s:s, s:s}", "member_id", sv_json_text(member, "id"), "part_id", sv_json_text(member, "part_id")),
        "%s", message);
    return false;
}

static bool price_member(sv_call *call, const json_t *member, int64_t quantity, lq_option *option)
{
    sv_object part;
    const char *id = sv_json_text(member, "part_id");
    if (sv_object_get(call->app->store, call->scope, "part", id, &part) != SV_ROW)
        return refuse(call, SV_E_part_not_ready, member, "A part of the product is gone.");
    bool ready = strcmp(sv_json_text(part.body, "status"), "ready") == 0;
    bool named = json_is_string(json_object_get(member, "material_id"));
    if (!ready)
        refuse(call, SV_E_part_not_ready, member, "A part of the product is not ready.");
    else if (!named)
        refuse(call, SV_E_material_unavailable, member, "A member of the product has no material.");
    else if (!sv_product_price(call, &part, member, quantity, option))
        refuse(call, SV_E_material_unavailable, member, "A member of the product cannot be priced as it is.");
    else if (option->status == LQ_OPTION_NOT_PRINTABLE)
        refuse(call, SV_E_not_printable, member, "A member of the product cannot be printed in its material.");
    sv_object_free(&part);
    return !sv_refused(call);
}

static bool add_members(sv_call *call, const json_t *members, int64_t quantity, sums *s)
{
    json_t *member;
    size_t index;
    json_array_foreach(members, index, member)
    {
        lq_option option;
        sv_reports_trim(call->app);
        if (sv_monotonic_us() - call->began_us > MEASURING_US) {
            sv_refuse(call, SV_E_unavailable, NULL, "The parts of this product are still being measured.");
            sv_set_header(call, "Retry-After", "5");
            return false;
        }
        if (!price_member(call, member, quantity, &option)) return false;
        const lq_price_result *price = &option.price;
        int64_t own, setup = is_set_up(members, index) ? 0 : price->setup_minor;
        bool fits = !__builtin_mul_overflow(price->unit_minor, (int64_t)option.quantity, &own) &&
                    !__builtin_add_overflow(s->line, own, &s->line) &&
                    !__builtin_add_overflow(s->line, setup, &s->line);
        if (!fits) {
            sv_refuse(call, SV_E_invalid_parameter, json_pack("{s:s}", "parameter", "quantity"),
                      "The price is too large for a number.");
            return false;
        }
        /* A line above what its parts cost has been raised to the least that is taken for it. */
        bool raised = price->line_minor > own + price->setup_minor;
        if (raised && price->line_minor > s->least) s->least = price->line_minor;
        s->materials += price->materials_minor;
        s->machine += price->machine_minor;
        s->labour += price->labour_minor + price->finishing_minor + setup;
    }
    return true;
}

static void add_lines(const json_t *lines, int64_t quantity, sums *s)
{
    json_t *line;
    size_t index;
    json_array_foreach(lines, index, line)
    {
        const char *kind = sv_json_text(line, "kind");
        int64_t *sum = strcmp(kind, "packaging") == 0 ? &s->packaging
                       : strcmp(kind, "labour") == 0  ? &s->work
                                                      : &s->hardware;
        *sum += sv_cost_line_amount(line) * quantity;
    }
}

/* Overhead is all that the house adds to materials, machine and labour: the parts sum to the total. */
static json_t *view_of(const sv_call *call, const sums *s)
{
    const char *currency = sv_json_text(call->account, "currency");
    int64_t besides = s->hardware + s->packaging + s->work;
    int64_t total = (s->line + besides > s->least ? s->line + besides : s->least);
    int64_t overhead = total - besides - s->materials - s->machine - s->labour;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "materials", sv_money(s->materials, currency), "machine",
                     sv_money(s->machine, currency), "labour", sv_money(s->labour + s->work, currency), "overhead",
                     sv_money(overhead, currency), "hardware", sv_money(s->hardware, currency), "packaging",
                     sv_money(s->packaging, currency), "total", sv_money(total, currency));
}

void sv_read_cost_breakdown(sv_call *call)
{
    sv_object product;
    sums s = {0};
    const char *given = sv_parameter_get(&call->request, "quantity");
    char *end = NULL;
    long long quantity = given ? strtoll(given, &end, 10) : 1;
    if (given && (!*given || *end || quantity < 1 || quantity > QUANTITY_MAX)) {
        sv_refuse(call, SV_E_invalid_parameter, json_pack("{s:s}", "parameter", "quantity"),
                  "quantity must be from 1 to %d.", QUANTITY_MAX);
        return;
    }
    if (!sv_get(call, "product", call->argument[0], &product)) return;
    if (!call->app->book) sv_refuse(call, SV_E_unavailable, NULL, "No price book is active.");
    if (!sv_refused(call) && add_members(call, json_object_get(product.body, "members"), quantity, &s)) {
        add_lines(json_object_get(product.body, "costs"), quantity, &s);
        sv_answer(call, 200, view_of(call, &s));
    }
    sv_object_free(&product);
}
