/*
 * Any bytes as a price book, through the public header. What must hold for all of them:
 *  - reading twice gives the same book or the same failure, at the same path and byte;
 *  - a failure is book_invalid, and nothing of it stays in memory;
 *  - every material of a book that is accepted has a price, twice the same, whose parts sum to the line, that does not
 *    rise with the quantity; or it says price_overflow;
 *  - the list of materials is JSON.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libquote.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "fuzz_book: %s\n", what);
    abort();
}

static const lq_measure measures[] = {
    {8000, 2400, {20, 20, 20}, 0, 0},
    {152340.5, 61250.25, {200, 100, 85.1234}, 9400, 3100},
    {0, 0, {0, 0, 0}, 0, 0},
    {9e14, 9e11, {9e5, 9e5, 9e5}, 9e14, 9e11},
};
enum { MEASURE_COUNT = sizeof measures / sizeof measures[0] };

static void check_sums(const lq_price_result *r)
{
    int64_t parts = r->materials_minor + r->machine_minor + r->labour_minor + r->finishing_minor + r->overhead_minor +
                    r->markup_minor + r->priority_minor + r->discount_minor + r->setup_minor + r->hardware_minor +
                    r->revenue_share_minor + r->adjustment_minor;
    require(parts == r->line_minor, "the parts of the price do not sum to the line");
    require(r->unit_minor >= 0 && r->line_minor >= 0 && r->setup_minor >= 0, "a price below zero");
    require(r->days_min >= 0 && r->days_max >= r->days_min, "the lead time is no range");
}

/* 1: priced, 0: refused in a way that is right. */
static int price(lq_context *context, const lq_book *book, const lq_measure *measure, lq_request *request,
                 lq_price_result *result)
{
    lq_price_result again;
    memset(result, 0, sizeof *result);
    memset(&again, 0, sizeof again);
    request->struct_size = sizeof *request;
    lq_status status = lq_price(context, measure, book, request, result);
    require(lq_price(context, measure, book, request, &again) == status, "the second price is another status");
    if (status != LQ_OK) {
        const char *code = lq_context_error(context)->code;
        int right = strcmp(code, "price_overflow") == 0 || strcmp(code, "quantity_unsupported") == 0;
        require(right || strcmp(code, "material_unknown") == 0, code);
        return 0;
    }
    require(result->line_minor == again.line_minor && result->unit_micro == again.unit_micro &&
                result->time_ms == again.time_ms && result->adjustment_minor == again.adjustment_minor,
            "the second price is another one");
    check_sums(result);
    return 1;
}

static void check_prices(lq_context *context, const lq_book *book)
{
    size_t count = lq_book_material_count(book);
    for (size_t i = 0; i < count && i < 50; i++) {
        lq_material material;
        require(lq_book_material(book, i, &material) == LQ_OK, "a material that is counted is not there");
        for (size_t k = 0; k < MEASURE_COUNT; k++) {
            lq_request request = {.material_id = material.id};
            lq_price_result one, more;
            int priced = price(context, book, &measures[k], &request, &one);
            request.quantity = 25;
            if (price(context, book, &measures[k], &request, &more) && priced)
                require(more.unit_minor <= one.unit_minor, "the unit price rises with the quantity");
            request.priority = 1;
            price(context, book, &measures[k], &request, &more);
        }
    }
}

static void check_json(lq_context *context, const lq_book *book)
{
    char *text;
    size_t size;
    require(lq_materials_json(context, book, &text, &size) == LQ_OK, "the materials cannot be listed");
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    require(json != NULL, "the list of materials is no JSON");
    require(json_array_size(json_object_get(json, "materials")) == lq_book_material_count(book),
            "materials are missing");
    json_decref(json);
    lq_text_free(context, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lq_context *context;
    lq_book *book, *again;
    if (lq_context_create(NULL, &context) != LQ_OK) return 0;
    lq_status status = lq_book_read(context, data, size, &book);
    lq_error first = *lq_context_error(context);
    require((status == LQ_OK) == (book != NULL), "a book and a failure");
    require(lq_book_read(context, data, size, &again) == status, "the second reading is another status");
    const lq_error *second = lq_context_error(context);
    require(strcmp(first.code, second->code) == 0 && first.offset == second->offset &&
                strcmp(first.part, second->part) == 0 && strcmp(first.message, second->message) == 0,
            "the second reading fails elsewhere");
    if (status == LQ_OK) {
        require(strcmp(lq_book_version(book), lq_book_version(again)) == 0, "the second reading is another book");
        check_prices(context, book);
        check_json(context, again);
    } else {
        require(status == LQ_ERR_INPUT && strcmp(first.code, "book_invalid") == 0, first.code);
        require(first.message[0] && (first.offset >= -1) && first.offset <= (int64_t)size, "a failure nowhere");
    }
    lq_book_destroy(book);
    lq_book_destroy(again);
    require(lq_context_memory_held(context) == 0, "memory is left");
    lq_context_destroy(context);
    return 0;
}
