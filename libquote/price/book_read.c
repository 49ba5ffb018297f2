#include <string.h>

#include "base/fail.h"
#include "base/json_scan.h"
#include "base/memory.h"
#include "price/book_parts.h"
#include "price/money.h"

static lq_status prescan(lq_context *context, const char *json, size_t size)
{
    lqi_json_excess excess;
    if (!lqi_json_exceeds((const uint8_t *)json, size, LQI_BOOK_DEPTH_MAX, LQI_BOOK_VALUES_MAX, &excess)) return LQ_OK;
    lq_status status;
    if (excess.too_deep) {
        status = lqi_fail(context, LQI_BOOK_INVALID, (int64_t)excess.offset,
                          "The price book nests deeper than %d levels.", LQI_BOOK_DEPTH_MAX);
        lqi_fail_limit(context, LQI_BOOK_DEPTH_MAX, excess.depth);
    } else {
        status = lqi_fail(context, LQI_BOOK_INVALID, (int64_t)excess.offset, "The price book has more than %d values.",
                          LQI_BOOK_VALUES_MAX);
        lqi_fail_limit(context, LQI_BOOK_VALUES_MAX, excess.values);
    }
    return status;
}

static lq_status parse(lq_context *context, const char *json, size_t size, json_t **root)
{
    json_error_t error;
    if (size > LQI_BOOK_SIZE_MAX) {
        lq_status status =
            lqi_fail(context, LQI_BOOK_INVALID, LQI_BOOK_SIZE_MAX, "The price book is larger than 4 MiB.");
        lqi_fail_limit(context, LQI_BOOK_SIZE_MAX, size);
        return status;
    }
    LQI_TRY(prescan(context, json, size));
    *root = json_loadb(json, size, JSON_REJECT_DUPLICATES, &error);
    if (*root) return LQ_OK;
    if (json_error_code(&error) == json_error_out_of_memory)
        return lqi_fail(context, LQI_OUT_OF_MEMORY, -1, "The system has no memory left for this price book.");
    lq_status status =
        lqi_fail(context, LQI_BOOK_INVALID, error.position, "The price book is no valid JSON: %s.", error.text);
    lqi_fail_line(context, error.line);
    return status;
}

static void read_version(lqi_members *members, lq_book *book)
{
    static const char zone[] = "timezone", cutoff[] = "cutoff";
    lqi_reader *reader = members->reader;
    const char *text = NULL;
    lqi_get_text(members, "version", LQI_REQUIRED, LQI_SLUG, &book->version);
    lqi_get_text(members, zone, LQI_REQUIRED, LQI_TEXT, &text);
    if (lqi_reader_ok(reader) &&
        text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/")])
        lqi_invalid_member(reader, zone, "a time zone like \"Europe/Berlin\" is expected");
    lqi_get_text(members, cutoff, LQI_REQUIRED, LQI_TEXT, &text);
    if (!lqi_reader_ok(reader)) return;
    bool digits =
        strlen(text) == 5 && strspn(text, "0123456789") == 2 && text[2] == ':' && strspn(text + 3, "0123456789") == 2;
    if (!digits || strncmp(text, "23", 2) > 0 || text[3] > '5')
        lqi_invalid_member(reader, cutoff, "a time of day like \"14:00\" is expected");
}

static void read_currency(lqi_reader *reader, const char *code, const json_t *json, lqi_currency *currency)
{
    size_t mark = lqi_enter(reader, code);
    currency->exponent = lqi_currency_exponent(code);
    if (currency->exponent == LQI_EXPONENT_UNKNOWN)
        lqi_invalid(reader, "this is no currency (ISO 4217) with 0, 2 or 3 decimals");
    else if (lqi_reader_ok(reader)) {
        char *copy = lqi_arena_text(reader->arena, code, strlen(code));
        if (!copy) reader->status = lqi_memory_status(reader->context);
        currency->code = copy;
    }
    lqi_members members;
    lqi_members_open(&members, reader, json);
    lqi_get_rate(&members, "rate", LQI_REQUIRED, &currency->rate_micro);
    lqi_get_integer(&members, "increment_minor", LQI_REQUIRED, 1, LQI_MILLION, &currency->increment_minor);
    lqi_members_close(&members);
    if (lqi_reader_ok(reader) && currency->rate_micro == 0)
        lqi_invalid_member(reader, "rate", "a rate above 0 is expected");
    lqi_leave(reader, mark);
}

static void read_currencies(lqi_members *members, lq_book *book)
{
    lqi_reader *reader = members->reader;
    const char *code = NULL;
    lqi_get_text(members, "currency", LQI_REQUIRED, LQI_SLUG, &code);
    if (lqi_reader_ok(reader) && lqi_currency_exponent(code) == LQI_EXPONENT_UNKNOWN)
        lqi_invalid_member(reader, "currency", "this is no currency (ISO 4217) with 0, 2 or 3 decimals");
    const json_t *map = lqi_get(members, "fx", LQI_REQUIRED);
    if (!map) return;
    if (!json_is_object(map)) {
        lqi_invalid_member(reader, "fx", "an object is expected");
        return;
    }
    size_t mark = lqi_enter(reader, "fx");
    book->currencies = lqi_reader_array(reader, json_object_size(map), sizeof *book->currencies);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)map, key, value)
    {
        if (lqi_reader_ok(reader)) read_currency(reader, key, value, &book->currencies[book->currency_count++]);
    }
    lqi_leave(reader, mark);
    if (!lqi_reader_ok(reader)) return;
    if (book->currency_count)
        lqi_reader_names(reader, "fx", NULL, &book->currencies->code, book->currency_count, sizeof *book->currencies,
                         &book->currency_names);
    int64_t index = lqi_reader_ok(reader) ? lqi_names_find(&book->currency_names, code) : -1;
    mark = lqi_enter(reader, "fx");
    if (index < 0)
        lqi_invalid_member(reader, code, "the book's own currency must stand here");
    else if (book->currencies[index].rate_micro != LQI_MILLION)
        lqi_invalid_member(reader, code, "the rate of the book's own currency is 1");
    else
        book->base = &book->currencies[index];
    lqi_leave(reader, mark);
}

static void read_discount(lqi_reader *reader, const json_t *json, lqi_discount *discount)
{
    lqi_members members;
    lqi_members_open(&members, reader, json);
    lqi_get_text(&members, "code", LQI_REQUIRED, LQI_SLUG, &discount->code);
    lqi_get_integer(&members, "ppm", LQI_REQUIRED, 0, LQI_MILLION, &discount->ppm);
    lqi_get_date(&members, "from", LQI_REQUIRED, &discount->from);
    lqi_get_date(&members, "to", LQI_REQUIRED, &discount->to);
    if (discount->from && discount->to && strcmp(discount->from, discount->to) > 0)
        lqi_invalid_member(reader, "to", "it is before \"from\"");
    discount->any_account = json_is_null(json_object_get(json, "accounts"));
    if (discount->any_account)
        lqi_get(&members, "accounts", LQI_REQUIRED);
    else
        lqi_get_words(&members, "accounts", LQI_REQUIRED, LQI_SLUG, &discount->accounts);
    lqi_members_close(&members);
}

static void read_discounts(lqi_members *members, lq_book *book)
{
    static const char section[] = "discount_codes";
    lqi_reader *reader = members->reader;
    size_t count;
    const json_t *list = lqi_get_list(members, section, LQI_REQUIRED, 0, &count);
    lqi_discount *discounts = lqi_reader_array(reader, count, sizeof *discounts);
    for (size_t i = 0; i < count && lqi_reader_ok(reader); i++) {
        size_t mark = lqi_enter_item(reader, section, i);
        read_discount(reader, json_array_get(list, i), &discounts[i]);
        lqi_leave(reader, mark);
    }
    if (!lqi_reader_ok(reader) || !count) return;
    lqi_reader_names(reader, section, "code", &discounts->code, count, sizeof *discounts, &book->discount_names);
    book->discounts = discounts;
    book->discount_count = count;
}

static void read_accounts(lqi_members *members, lq_book *book)
{
    static const char section[] = "accounts";
    lqi_reader *reader = members->reader;
    const json_t *map = lqi_get(members, section, LQI_OPTIONAL);
    if (!map) return;
    size_t mark = lqi_enter(reader, section);
    lqi_members entries;
    lqi_members_open(&entries, reader, map);
    book->accounts = lqi_reader_array(reader, json_object_size(map), sizeof *book->accounts);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)map, key, value)
    {
        if (!lqi_reader_ok(reader)) break;
        lqi_account *account = &book->accounts[book->account_count++];
        size_t inner = lqi_enter(reader, key);
        lqi_members overrides;
        if (!lqi_text_fits(LQI_SLUG, key, strlen(key))) lqi_invalid(reader, "this is no id of an account");
        account->markup_ppm = -1;
        lqi_members_open(&overrides, reader, value);
        lqi_get_integer(&overrides, "markup_ppm", LQI_OPTIONAL, 0, (int64_t)1000 * LQI_MILLION, &account->markup_ppm);
        lqi_read_tiers(&overrides, "tiers", LQI_OPTIONAL, &account->tiers);
        lqi_members_close(&overrides);
        char *copy = lqi_reader_ok(reader) ? lqi_arena_text(reader->arena, key, strlen(key)) : NULL;
        if (!copy && lqi_reader_ok(reader)) reader->status = lqi_memory_status(reader->context);
        account->id = copy;
        lqi_leave(reader, inner);
    }
    lqi_leave(reader, mark);
    if (lqi_reader_ok(reader) && book->account_count)
        lqi_reader_names(reader, section, NULL, &book->accounts->id, book->account_count, sizeof *book->accounts,
                         &book->account_names);
}

static void read_root(lqi_reader *reader, const json_t *root, lq_book *book)
{
    lqi_members members;
    lqi_members_open(&members, reader, root);
    read_version(&members, book);
    read_currencies(&members, book);
    lqi_get_rate(&members, "min_order", LQI_REQUIRED, &book->order_min_micro);
    book->review_over_micro = -1;
    lqi_get_rate(&members, "manual_review_over", LQI_OPTIONAL, &book->review_over_micro);
    lqi_get_words(&members, "review_on", LQI_OPTIONAL, LQI_SLUG, &book->review_on);
    lqi_read_terms(&members, LQI_LEVEL_BOOK, LQI_PROCESS_EXTRUSION, &book->terms);
    read_discounts(&members, book);
    read_accounts(&members, book);
    lqi_read_processes(&members, book);
    lqi_read_materials(&members, book);
    lqi_read_shipping(&members, book);
    lqi_read_tax(&members, book);
    lqi_check_holidays(&members);
    lqi_members_close(&members);
}

lq_status lqi_book_read(lq_context *context, const void *json, size_t size, lq_book **out)
{
    lq_status status = LQ_OK;
    json_t *root = NULL;
    lq_book *book = lqi_alloc_zeroed(context, 1, sizeof *book);
    if (!book) return lqi_memory_status(context);
    lqi_arena_init(&book->arena, context);
    lqi_reader reader = {.context = context, .arena = &book->arena};
    LQI_TRY_GOTO(parse(context, json, size, &root));
    read_root(&reader, root, book);
    LQI_TRY_GOTO(reader.status);
    *out = book;
    book = NULL;
done:
    json_decref(root);
    lqi_book_free(book);
    return status;
}

void lqi_book_free(lq_book *book)
{
    if (!book) return;
    lq_context *context = book->arena.context;
    for (size_t i = 0; i < book->process_count; i++)
        if (book->processes[i].has_machine) lqi_profile_free(&book->processes[i].machine);
    lqi_arena_free(&book->arena);
    lqi_free(context, book);
}
