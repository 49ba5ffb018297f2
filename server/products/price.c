#include "products/price.h"

#include <math.h>

#include "parts/report.h"

static bool has_machine(const sv_app *app)
{
    const char *name;
    json_t *process;
    json_object_foreach(json_object_get(app->book_json, "processes"), name,
                        process) if (json_object_get(process, "machine")) return true;
    return false;
}

bool sv_product_price(sv_call *call, const sv_object *part, const json_t *member, int64_t quantity, lq_option *option)
{
    sv_app *app = call->app;
    const json_t *infill = json_object_get(member, "infill_percent");
    const int64_t percent = json_integer_value(infill), all = quantity * sv_json_integer(member, "quantity");
    const uint32_t pieces = all < UINT32_MAX ? (uint32_t)all : UINT32_MAX;
    lq_quote_request request = {.struct_size = sizeof request, .material_count = 1, .quantities = &pieces};
    request.quantity_count = 1;
    request.common =
        (lq_request){.struct_size = sizeof(lq_request),
                     .material_id = json_string_value(json_object_get(member, "material_id")),
                     .color_id = json_string_value(json_object_get(member, "color_id")),
                     .finish_id = json_string_value(json_object_get(member, "finish_id")),
                     .layer_um = (uint32_t)lround(json_number_value(json_object_get(member, "layer_height_mm")) * 1000),
                     .infill_percent = json_is_integer(infill) && !percent ? -1 : (int32_t)percent,
                     .currency = sv_json_text(call->account, "currency"),
                     .account_id = call->account_id,
                     .quantity = 1};
    request.material_ids = &request.common.material_id;
    const lq_report *report = request.common.material_id ? sv_part_report(app, part) : NULL;
    if (!report) return false;
    if (has_machine(app) && !(request.estimates = sv_part_estimates(app, part, app->book, &request))) return false;
    lq_quote *quote = NULL;
    bool good = lq_quote_make(app->context, report, app->book, &request, &quote) == LQ_OK &&
                lq_quote_option(quote, 0, option) == LQ_OK;
    lq_quote_destroy(quote);
    return good;
}
