#include "products/cost.h"

#include <stdlib.h>
#include <string.h>

#include "access/amounts.h"
#include "parts/analyse.h"
#include "parts/report.h"
#include "products/cost_line.h"
#include "products/price.h"
#include "products/product.h"

/* ---- prices that are known, by all they depend on ---- */

#define SLOTS 8192
#define NAME_SIZE 16

/* A worker's own; each name has one slot, the last one that came stays in it. */
struct sv_costs {
    struct {
        uint8_t name[NAME_SIZE];
        int64_t unit_minor; /* NO_COST: it cannot be priced */
        bool used;
    } slots[SLOTS];
};

#define NO_COST INT64_C(-1)
#define MEASURING_US 5000000

/* Files by their digest, books by their version: what has this name never has another price. */
static void name_cost(const sv_call *call, const sv_object *part, const json_t *member, uint8_t name[SV_SHA256_SIZE])
{
    static const char *const choice[] = {"material_id",     "color_id",       "finish_id",
                                         "layer_height_mm", "infill_percent", "quantity"};
    const lq_selection selection = sv_engine_selection(part);
    sv_text text = {0};
    sv_text_format(&text, "%s %s %s %s %u %d %.17g %s", call->app->book_version, call->account_id,
                   sv_json_text(call->account, "currency"), sv_json_text(part->body, "file.sha256"), selection.plate,
                   (int)selection.unit, selection.scale, selection.entry ? selection.entry : "");
    for (size_t i = 0; i < sizeof choice / sizeof choice[0]; i++) {
        char *value = json_dumps(json_object_get(member, choice[i]), JSON_ENCODE_ANY | JSON_COMPACT);
        sv_text_format(&text, " %s", value ? value : "");
        free(value);
    }
    sv_sha256(text.data, text.size, name);
    sv_text_free(&text);
}

/* Large parts that nobody has measured lately: a request waits for some of them, not for a hundred. */
static bool is_late(const sv_call *call) { return sv_monotonic_us() - call->began_us > MEASURING_US; }

static int64_t price_one(sv_call *call, const sv_object *part, const json_t *member)
{
    lq_option option;
    sv_reports_trim(call->app);
    bool good = sv_product_price(call, part, member, 1, &option) && option.status != LQ_OPTION_NOT_PRINTABLE;
    return good ? option.price.unit_minor : NO_COST;
}

static int64_t unit_minor(sv_call *call, const sv_object *part, const json_t *member)
{
    uint8_t name[SV_SHA256_SIZE];
    sv_app *app = call->app;
    if (!app->costs) app->costs = sv_alloc(1, sizeof *app->costs);
    name_cost(call, part, member, name);
    const size_t slot = ((size_t)name[0] << 8 | name[1]) % SLOTS;
    if (!app->costs->slots[slot].used || memcmp(app->costs->slots[slot].name, name, NAME_SIZE) != 0) {
        if (is_late(call)) return NO_COST;
        app->costs->slots[slot].unit_minor = price_one(call, part, member);
        app->costs->slots[slot].used = true;
        memcpy(app->costs->slots[slot].name, name, NAME_SIZE);
    }
    return app->costs->slots[slot].unit_minor;
}

void sv_costs_free(sv_app *app)
{
    free(app->costs);
    app->costs = NULL;
}

/* ---- of a product ---- */

static bool add_member(sv_call *call, const json_t *member, int64_t *sum)
{
    sv_object part;
    const char *id = sv_json_text(member, "part_id");
    if (sv_object_get(call->app->store, call->scope, "part", id, &part) != SV_ROW) return false;
    int64_t unit = strcmp(sv_json_text(part.body, "status"), "ready") == 0 ? unit_minor(call, &part, member) : NO_COST;
    sv_object_free(&part);
    return unit >= 0 && !__builtin_mul_overflow(unit, sv_json_integer(member, "quantity"), &unit) &&
           !__builtin_add_overflow(*sum, unit, sum);
}

json_t *sv_product_unit_cost(sv_call *call, const json_t *body)
{
    json_t *member, *line;
    size_t index;
    int64_t sum = 0;
    bool good = call->app->book != NULL;
    json_array_foreach(json_object_get(body, "members"), index, member) good = good && add_member(call, member, &sum);
    json_array_foreach(json_object_get(body, "costs"), index, line) sum += sv_cost_line_amount(line);
    return good ? sv_money(sum, sv_json_text(call->account, "currency")) : json_null();
}

/* ---- before the transaction ---- */

static void measure(sv_call *call, const char *part_id)
{
    sv_object part;
    if (is_late(call) || !sv_id_is(part_id, sv_type_prefix("part")) ||
        sv_object_get(call->app->store, call->scope, "part", part_id, &part) != SV_ROW)
        return;
    sv_reports_trim(call->app);
    if (strcmp(sv_json_text(part.body, "status"), "ready") == 0) sv_part_report(call->app, &part);
    sv_object_free(&part);
}

static void measure_all(sv_call *call, json_t *list)
{
    json_t *item;
    size_t index;
    json_array_foreach(list, index, item) measure(call, sv_json_text(item, "part_id"));
}

void sv_prepare_costs(sv_call *call)
{
    sv_object product;
    if (call->body) {
        measure_all(call, json_object_get(call->body, "members"));
        measure_all(call, json_object_get(call->body, "items"));
        measure(call, sv_json_text(call->body, "part_id"));
    }
    if (!call->argument[0] ||
        sv_object_get(call->app->store, call->scope, "product", call->argument[0], &product) != SV_ROW)
        return;
    json_decref(sv_product_unit_cost(call, product.body));
    sv_object_free(&product);
}
