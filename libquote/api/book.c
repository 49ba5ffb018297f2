#include <string.h>

#include "api/profile.h"
#include "base/context.h"
#include "base/text.h"
#include "libquote.h"
#include "price/book.h"
#include "price/book_import.h"
#include "price/default_book.h"
#include "price/formula.h"
#include "price/order.h"

lq_status lq_book_read(lq_context *context, const void *json, size_t size, lq_book **book)
{
    if (!context || !book) return LQ_ERR_ARGUMENT;
    *book = NULL;
    lqi_begin(context);
    if (!json && size) return lqi_fail(context, LQI_ARGUMENT, -1, "There is no price book to read.");
    return lqi_book_read(context, json ? json : "", size, book);
}

lq_status lq_book_default(lq_context *context, lq_book **book)
{
    return lq_book_read(context, lqi_default_book_json, lqi_default_book_json_size, book);
}

lq_status lq_book_import(lq_context *context, const void *json, size_t size, const char *process,
                         const lq_profile *profile, char **out, size_t *out_size)
{
    lqi_text text;
    if (!context || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    if (!profile) return lqi_fail(context, LQI_ARGUMENT, -1, "There is no profile to import.");
    if (!json) json = lqi_default_book_json, size = lqi_default_book_json_size;
    lqi_text_init(&text, context);
    lq_status status =
        lqi_book_import(context, json, size, process, &profile->settings, profile->name_count == 0, &text);
    if (status == LQ_OK) return lqi_text_take(&text, out, out_size);
    lqi_text_free(&text);
    return status;
}

void lq_book_destroy(lq_book *book) { lqi_book_free(book); }

const char *lq_book_version(const lq_book *book) { return book->version; }

const char *lq_book_currency(const lq_book *book) { return book->base->code; }

size_t lq_book_material_count(const lq_book *book) { return book->material_count; }

lq_status lq_book_material(const lq_book *book, size_t index, lq_material *out)
{
    if (!book || !out || index >= book->material_count) return LQ_ERR_ARGUMENT;
    const lqi_material *material = &book->materials[index];
    *out = (lq_material){.id = material->id,
                         .name = material->name,
                         .family = material->family,
                         .process = material->process->name,
                         .kind = lqi_process_kind_name(material->process->kind),
                         .status = lqi_offer_name(material->offer),
                         .density_g_cm3 = (double)material->density_mg_cm3 / 1000,
                         .color_count = material->color_count,
                         .finish_count = material->finish_count};
    for (int i = 0; i < 3; i++) out->max_mm[i] = (double)material->limits.max_um[i] / 1000;
    return LQ_OK;
}

lq_status lq_price(lq_context *context, const lq_measure *measure, const lq_book *book, const lq_request *request,
                   lq_price_result *result)
{
    if (!context) return LQ_ERR_ARGUMENT;
    lqi_begin(context);
    if (!measure || !book || !request || !result)
        return lqi_fail(context, LQI_ARGUMENT, -1, "A price needs a measure, a book and a request.");
    lq_request given = {0};
    memcpy(&given, request,
           request->struct_size && request->struct_size < sizeof given ? request->struct_size : sizeof given);
    lqi_choice choice;
    lqi_refusal refusal;
    if (!lqi_choose(book, &given, &choice, &refusal)) return lqi_refuse(context, &refusal);
    return lqi_price(context, measure, &choice, NULL, result);
}

lq_status lq_order_price(lq_context *context, const lq_book *book, const lq_order_request *request,
                         lq_order_result *result)
{
    if (!context) return LQ_ERR_ARGUMENT;
    lqi_begin(context);
    if (!book || !request || !result)
        return lqi_fail(context, LQI_ARGUMENT, -1, "The price of an order needs a book and a request.");
    lq_order_request given = {0};
    memcpy(&given, request,
           request->struct_size && request->struct_size < sizeof given ? request->struct_size : sizeof given);
    return lqi_order_price(context, book, &given, result);
}
