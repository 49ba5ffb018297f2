#include <math.h>
#include <string.h>

#include "access/amounts.h"
#include "products/cost_line.h"
#include "products/product.h"
#include "products/products.h"

#define LINES_MAX 100
#define QUANTITY_MAX INT64_C(1000000000) /* thousandths */
#define WEIGHT_MAX INT64_C(1000000000)   /* thousandths of a gram */

bool sv_take_cost_kind(sv_call *call, json_t *given, const char **kind)
{
    static const char *const kinds[] = {"hardware", "packaging", "labour", "other"};
    const char *value = NULL;
    if (!sv_take_text(call, given, "kind", 1, 40, false, &value)) return false;
    if (!value) return true;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i], value) == 0) return *kind = kinds[i], true;
    sv_refuse_field(call, SV_E_validation_failed, "kind", "unknown",
                    "hardware, packaging, labour or other is expected.");
    return false;
}

int64_t sv_cost_line_amount(const json_t *line)
{
    double quantity = json_number_value(json_object_get(line, "quantity"));
    return sv_scaled(sv_json_integer(line, "unit_price.amount"), (int64_t)nearbyint(quantity * 1000), 1000);
}

/* A new line takes name, kind and price from the component it names, where it does not say them itself. */
static bool take_component(sv_call *call, json_t *line)
{
    const char *id = json_string_value(json_object_get(call->body, "component_id"));
    const char *currency = sv_json_text(call->account, "currency");
    if (!json_object_get(call->body, "component_id")) return true;
    json_object_set_new(line, "component_id", sv_json_text_or_null(id));
    if (!id) return true;
    sv_object component;
    int64_t rate = 0, minor = 1;
    sv_result result = sv_id_is(id, sv_type_prefix("cost_component"))
                           ? sv_object_get(call->app->store, call->scope, "cost_component", id, &component)
                           : SV_DONE;
    if (result == SV_DONE) sv_refuse_reference(call, "component_id");
    if (result != SV_ROW && result != SV_DONE) sv_refuse_store(call, result);
    if (result != SV_ROW) return false;
    json_object_set(line, "name", json_object_get(component.body, "name"));
    json_object_set(line, "kind", json_object_get(component.body, "kind"));
    sv_decimal_read(sv_json_text(component.body, "rate"), &rate);
    for (int i = 0; i < sv_currency_exponent(currency); i++) minor *= 10;
    json_object_set_new(line, "unit_price", sv_money(sv_scaled(rate, minor, 1000000), currency));
    bool same = strcmp(sv_json_text(component.body, "currency"), currency) == 0;
    sv_object_free(&component);
    if (!same)
        sv_refuse_field(call, SV_E_currency_mismatch, "component_id", "mismatch",
                        "The component has another currency than the account.");
    return same;
}

static bool take_number(sv_call *call, json_t *line, const char *name, int64_t least, int64_t most, bool nullable)
{
    bool given = false;
    int64_t thousandths = 0;
    if (!json_object_get(call->body, name)) return true;
    if (!sv_take_decimal(call, call->body, name, least, most, nullable, &given, &thousandths)) return false;
    json_object_set_new(line, name, given ? sv_json_measure((double)thousandths / 1000) : json_null());
    return true;
}

/* Reads the body over the line: what it says itself. */
static bool read_plain(sv_call *call, json_t *line)
{
    static const char *const names[] = {"kind",     "component_id", "sku",      "name",
                                        "quantity", "unit_price",   "weight_g", NULL};
    const char *currency = sv_json_text(call->account, "currency"), *kind = NULL, *name = NULL, *sku = NULL, *id = NULL;
    int64_t price = -1;
    if (!sv_known_fields(call, call->body, "", names) || !sv_take_cost_kind(call, call->body, &kind) ||
        !sv_take_text(call, call->body, "name", 1, 200, false, &name) ||
        !sv_take_text(call, call->body, "sku", 1, 64, true, &sku) ||
        !sv_take_money(call, call->body, "unit_price", SV_AMOUNT_MAX, currency, &price) ||
        !take_number(call, line, "quantity", 1, QUANTITY_MAX, false) ||
        !sv_take_text(call, call->body, "component_id", 1, 100, true, &id) ||
        !take_number(call, line, "weight_g", 0, WEIGHT_MAX, true))
        return false;
    if (kind) json_object_set_new(line, "kind", json_string(kind));
    if (name) json_object_set_new(line, "name", json_string(name));
    if (json_object_get(call->body, "sku")) json_object_set_new(line, "sku", sv_json_text_or_null(sku));
    if (price >= 0) json_object_set_new(line, "unit_price", sv_money(price, currency));
    return true;
}

/* Reads the body over the line, with the component it names below it. */
static bool read_line(sv_call *call, json_t *line)
{
    if (!take_component(call, line) || !read_plain(call, line)) return false;
    static const char *const needed[] = {"kind", "name", "unit_price"};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (!json_is_null(json_object_get(line, needed[i]))) continue;
        sv_refuse_field(call, SV_E_validation_failed, needed[i], "required", "This field is needed.");
        return false;
    }
    return true;
}

static json_t *lines_of(const sv_product *product) { return json_object_get(product->object.body, "costs"); }

static void save(sv_call *call, sv_product *product, int status, const json_t *line)
{
    if (!sv_product_save(call, product, "product.update", "product.updated")) return;
    sv_add_etag(call, product->object.version);
    sv_answer(call, status, line ? json_deep_copy(line) : NULL);
}

static json_t *new_line(void)
{
    char id[SV_ID_SIZE];
    sv_id_make("pcl", id);
    return json_pack("{s:s, s:n, s:n, s:n, s:n, s:i, s:n, s:n}", "id", id, "kind", "component_id", "sku", "name",
                     "quantity", 1, "unit_price", "weight_g");
}

/* The product, once the body is a line as far as it can be said without it; false: refused. */
static bool open_checked(sv_call *call, sv_product *product)
{
    json_t *line = new_line();
    bool good = read_plain(call, line) && sv_product_open(call, false, product);
    json_decref(line);
    return good;
}

void sv_add_cost_line(sv_call *call)
{
    sv_product product;
    if (!open_checked(call, &product)) return;
    json_t *line = new_line();
    if (json_array_size(lines_of(&product)) >= LINES_MAX) {
        sv_refuse(call, SV_E_conflict, NULL, "A product has at most %d cost lines.", LINES_MAX);
    } else if (read_line(call, line)) {
        json_array_append(lines_of(&product), line);
        save(call, &product, 201, line);
    }
    json_decref(line);
    sv_product_close(&product);
}

/* The line that the path names; false: refused. */
static bool find(sv_call *call, const sv_product *product, size_t *index)
{
    json_t *lines = lines_of(product);
    for (*index = 0; *index < json_array_size(lines); (*index)++)
        if (strcmp(sv_json_text(json_array_get(lines, *index), "id"), call->argument[1]) == 0) return true;
    sv_refuse_not_found(call);
    return false;
}

void sv_change_cost_line(sv_call *call)
{
    sv_product product;
    size_t index;
    if (!open_checked(call, &product)) return;
    if (find(call, &product, &index)) {
        json_t *line = json_array_get(lines_of(&product), index);
        if (read_line(call, line)) save(call, &product, 200, line);
    }
    sv_product_close(&product);
}

void sv_remove_cost_line(sv_call *call)
{
    sv_product product;
    size_t index;
    if (!sv_product_open(call, false, &product)) return;
    if (find(call, &product, &index)) {
        json_array_remove(lines_of(&product), index);
        save(call, &product, 204, NULL);
    }
    sv_product_close(&product);
}
