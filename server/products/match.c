/* A SKU as a shop's order has it: the product's own, then the suffixes of the chosen values in the order of the
 * options. */
#include <stdlib.h>
#include <string.h>

#include "products/product.h"
#include "products/products.h"

#define OPTIONS_MAX 5
#define SKU_MAX 64
#define MATCH_MAX 400 /* of a SKU and five suffixes */

typedef struct matching {
    const json_t *options;
    const char *rest;                          /* what follows the product's own SKU */
    size_t size;                               /* of it */
    bool hopeless[OPTIONS_MAX + 1][MATCH_MAX]; /* these options cannot make the rest from here */
    const char *chosen[OPTIONS_MAX];           /* NULL: an option without values */
} matching;

/* Options from `option` on make the rest from `at` on to its end. What was tried in vain is not tried again. */
static bool match(matching *m, size_t option, size_t at)
{
    if (option == json_array_size(m->options)) return at == m->size;
    if (m->hopeless[option][at]) return false;
    const json_t *values = json_object_get(json_array_get(m->options, option), "values");
    for (size_t i = 0; i < json_array_size(values); i++) {
        const json_t *value = json_array_get(values, i);
        const char *suffix = sv_json_text(value, "sku_suffix");
        size_t size = strlen(suffix);
        m->chosen[option] = sv_json_text(value, "name");
        if (strncmp(m->rest + at, suffix, size) == 0 && match(m, option + 1, at + size)) return true;
    }
    m->chosen[option] = NULL;
    if (!json_array_size(values) && match(m, option + 1, at)) return true;
    m->hopeless[option][at] = true;
    return false;
}

static bool match_product(sv_call *call, const sv_object *object, const char *rest)
{
    matching *m = sv_alloc(1, sizeof *m);
    *m = (matching){.options = json_object_get(object->body, "options"), .rest = rest, .size = strlen(rest)};
    bool good = match(m, 0, 0);
    if (good) {
        json_t *options = json_object();
        for (size_t i = 0; i < json_array_size(m->options); i++)
            if (m->chosen[i])
                json_object_set_new(options, sv_json_text(json_array_get(m->options, i), "name"),
                                    json_string(m->chosen[i]));
        sv_answer(call, 200, json_pack("{s:s, s:o}", "product_id", object->id, "options", options));
    }
    free(m);
    return good;
}

/* The product whose SKU are the first bytes of the text. */
static bool find(sv_call *call, const char *sku, size_t size, sv_object *object)
{
    char *own = sv_copy_bytes(sku, size);
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(own)};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_PRODUCT_BY_SKU, values, 3);
    bool found = sv_step(rows) == SV_ROW;
    if (found) sv_object_read(rows, "product", object);
    sv_close(rows);
    free(own);
    return found;
}

/* The longest SKU wins. */
void sv_match_product(sv_call *call)
{
    const char *sku = sv_parameter_get(&call->request, "sku");
    size_t size = sku ? strlen(sku) : 0;
    if (!size) {
        sv_refuse(call, SV_E_invalid_parameter, json_pack("{s:s}", "parameter", "sku"), "The parameter sku is needed.");
        return;
    }
    for (size_t own = size < SKU_MAX ? size : SKU_MAX; own && size < MATCH_MAX; own--) {
        sv_object object;
        if (!find(call, sku, own, &object)) continue;
        bool good = match_product(call, &object, sku + own);
        sv_object_free(&object);
        if (good) return;
    }
    sv_refuse(call, SV_E_sku_not_matched, NULL, "No product has this SKU.");
}
