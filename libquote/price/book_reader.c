#include "price/book_reader.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/fail.h"
#include "base/memory.h"
#include "price/country.h"
#include "price/money.h"

/* Lengths up to 100 m, so that cubes of micrometres stay far from the edge of 128 bits. */
#define LENGTH_MM_MAX 100000.0

/* ---- mistakes and the path ---- */

static void record(lqi_reader *reader, const char *sentence, va_list arguments)
{
    if (reader->status != LQ_OK) return;
    char text[160];
    vsnprintf(text, sizeof text, sentence, arguments);
    reader->status = lqi_fail(reader->context, LQI_BOOK_INVALID, -1, "The price book is not valid at %s: %s.",
                              reader->path_size ? reader->path : "its top", text);
    lqi_fail_part(reader->context, reader->path);
}

void lqi_invalid(lqi_reader *reader, const char *sentence, ...)
{
    va_list arguments;
    va_start(arguments, sentence);
    record(reader, sentence, arguments);
    va_end(arguments);
}

void lqi_invalid_member(lqi_reader *reader, const char *key, const char *sentence, ...)
{
    size_t mark = lqi_enter(reader, key);
    va_list arguments;
    va_start(arguments, sentence);
    record(reader, sentence, arguments);
    va_end(arguments);
    lqi_leave(reader, mark);
}

/* Keys of unknown members can hold anything: only what is safe to print goes into the path. */
static void append(lqi_reader *reader, const char *text)
{
    for (; *text && reader->path_size + 1 < sizeof reader->path; text++) {
        bool plain = *text > 0x20 && *text < 0x7F;
        reader->path[reader->path_size++] = plain ? *text : '?';
    }
    reader->path[reader->path_size] = 0;
}

size_t lqi_enter(lqi_reader *reader, const char *key)
{
    size_t mark = reader->path_size;
    if (mark) append(reader, ".");
    append(reader, key);
    return mark;
}

size_t lqi_enter_item(lqi_reader *reader, const char *key, size_t index)
{
    char number[32];
    size_t mark = lqi_enter(reader, key);
    snprintf(number, sizeof number, "[%zu]", index);
    append(reader, number);
    return mark;
}

void lqi_leave(lqi_reader *reader, size_t mark)
{
    reader->path_size = mark;
    reader->path[mark] = 0;
}

void *lqi_reader_array(lqi_reader *reader, size_t count, size_t size)
{
    if (reader->status != LQ_OK || count == 0) return NULL;
    size_t product;
    if (!lqi_mul_size(count, size, &product)) product = SIZE_MAX;
    void *block = lqi_arena_alloc(reader->arena, product);
    if (!block) {
        reader->status = lqi_memory_status(reader->context);
        return NULL;
    }
    return memset(block, 0, product);
}

/* ---- objects ---- */

void lqi_members_open(lqi_members *members, lqi_reader *reader, const json_t *object)
{
    *members = (lqi_members){.reader = reader, .object = object};
    if (reader->status == LQ_OK && !json_is_object(object)) lqi_invalid(reader, "an object is expected");
}

static bool was_asked(const lqi_members *members, const char *key)
{
    for (size_t i = 0; i < members->asked_count; i++)
        if (strcmp(members->asked[i], key) == 0) return true;
    return false;
}

void lqi_members_close(lqi_members *members)
{
    const char *key;
    json_t *value;
    if (members->reader->status != LQ_OK) return;
    json_object_foreach((json_t *)(uintptr_t)members->object, key, value)
    {
        if (was_asked(members, key)) continue;
        lqi_invalid_member(members->reader, key, "this member is unknown");
        return;
    }
}

const json_t *lqi_get(lqi_members *members, const char *key, lqi_need need)
{
    if (members->reader->status != LQ_OK) return NULL;
    if (members->asked_count == LQI_MEMBERS_MAX) {
        members->reader->status =
            lqi_fail(members->reader->context, LQI_INTERNAL, -1, "An object has too many members.");
        return NULL;
    }
    members->asked[members->asked_count++] = key;
    const json_t *value = json_object_get(members->object, key);
    if (!value && need == LQI_REQUIRED) lqi_invalid_member(members->reader, key, "this member is missing");
    return value;
}

/* ---- numbers ---- */

void lqi_get_integer(lqi_members *members, const char *key, lqi_need need, int64_t min, int64_t max, int64_t *value)
{
    const json_t *json = lqi_get(members, key, need);
    if (!json) return;
    if (!json_is_integer(json)) {
        lqi_invalid_member(members->reader, key, "an integer is expected");
        return;
    }
    int64_t number = json_integer_value(json);
    if (number < min || number > max)
        lqi_invalid_member(members->reader, key, "%lld is outside %lld to %lld", (long long)number, (long long)min,
                           (long long)max);
    else
        *value = number;
}

void lqi_get_rate(lqi_members *members, const char *key, lqi_need need, int64_t *micro)
{
    const json_t *json = lqi_get(members, key, need);
    if (!json) return;
    if (!json_is_string(json))
        lqi_invalid_member(members->reader, key, "a rate is a decimal in a string, like \"22.00\"");
    else if (!lqi_micro_read(json_string_value(json), json_string_length(json), micro))
        lqi_invalid_member(members->reader, key,
                           "a rate has at most 12 digits, then at most 6 decimals, and no sign, like \"22.00\"");
}

static bool read_length(const json_t *json, int64_t *um)
{
    if (!json_is_number(json)) return false;
    double mm = json_number_value(json);
    if (!(mm >= 0 && mm <= LENGTH_MM_MAX)) return false;
    *um = (int64_t)round(mm * 1000);
    return true;
}

void lqi_get_length(lqi_members *members, const char *key, lqi_need need, int64_t *um)
{
    const json_t *json = lqi_get(members, key, need);
    if (json && !read_length(json, um))
        lqi_invalid_member(members->reader, key, "a length in millimetres from 0 to 100000 is expected");
}

void lqi_get_lengths(lqi_members *members, const char *key, lqi_need need, int64_t um[3])
{
    const json_t *json = lqi_get(members, key, need);
    if (!json) return;
    if (!json_is_array(json) || json_array_size(json) != 3) {
        lqi_invalid_member(members->reader, key, "three lengths [x, y, z] in millimetres are expected");
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        if (read_length(json_array_get(json, i), &um[i])) continue;
        size_t mark = lqi_enter_item(members->reader, key, i);
        lqi_invalid(members->reader, "a length in millimetres from 0 to 100000 is expected");
        lqi_leave(members->reader, mark);
        return;
    }
}

void lqi_get_bool(lqi_members *members, const char *key, lqi_need need, bool *value)
{
    const json_t *json = lqi_get(members, key, need);
    if (json && !json_is_boolean(json))
        lqi_invalid_member(members->reader, key, "true or false is expected");
    else if (json)
        *value = json_is_true(json);
}

/* ---- texts ---- */

static bool only(const char *text, size_t size, size_t size_max, const char *others)
{
    if (size == 0 || size > size_max) return false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!alphanumeric && (!c || !strchr(others, c))) return false;
    }
    return true;
}

static bool printable(const char *text, size_t size, size_t size_max)
{
    if (size == 0 || size > size_max) return false;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7F || (c == 0xC2 && (unsigned char)text[i + 1] < 0xA0)) return false;
    }
    return true;
}

static bool is_date(const char *text, size_t size)
{
    static const char pattern[] = "dddd-dd-dd";
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (size != sizeof pattern - 1) return false;
    for (size_t i = 0; i < size; i++)
        if (pattern[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != pattern[i]) return false;
    int year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
    int month = (text[5] - '0') * 10 + (text[6] - '0');
    int day = (text[8] - '0') * 10 + (text[9] - '0');
    if (month < 1 || month > 12) return false;
    bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day >= 1 && day <= days[month - 1] + leap;
}

static bool is_hex(const char *text, size_t size)
{
    return size == 7 && text[0] == '#' && strspn(text + 1, "0123456789ABCDEFabcdef") == 6;
}

bool lqi_text_fits(lqi_text_shape shape, const char *text, size_t size)
{
    switch (shape) {
    case LQI_TEXT: return printable(text, size, 200);
    case LQI_LONG: return printable(text, size, 4000);
    case LQI_SLUG: return only(text, size, 64, "_.-");
    case LQI_COUNTRY: return size == 2 && lqi_country_alpha2(text);
    case LQI_DATE: return is_date(text, size);
    case LQI_HEX: return is_hex(text, size);
    case LQI_POSTCODE: return only(text, size, 10, " -");
    }
    return false;
}

static const char *shape_name(lqi_text_shape shape)
{
    switch (shape) {
    case LQI_TEXT: return "a text of 1 to 200 bytes without control characters";
    case LQI_LONG: return "a text of 1 to 4000 bytes without control characters";
    case LQI_SLUG: return "an id of 1 to 64 letters, digits, '_', '.' or '-'";
    case LQI_COUNTRY: return "a country code of two capitals (ISO 3166-1)";
    case LQI_DATE: return "a date like \"2026-01-31\"";
    case LQI_HEX: return "a colour like \"#1A2B3C\"";
    case LQI_POSTCODE: return "the beginning of a postcode";
    }
    return "a text";
}

/* The text behind `json` if it fits, copied into the book; else the mistake is recorded where the reader stands. */
static const char *read_text(lqi_reader *reader, const json_t *json, lqi_text_shape shape)
{
    if (!json_is_string(json) || !lqi_text_fits(shape, json_string_value(json), json_string_length(json))) {
        lqi_invalid(reader, "%s is expected", shape_name(shape));
        return NULL;
    }
    const char *copy = lqi_arena_text(reader->arena, json_string_value(json), json_string_length(json));
    if (!copy) reader->status = lqi_memory_status(reader->context);
    return copy;
}

void lqi_get_text(lqi_members *members, const char *key, lqi_need need, lqi_text_shape shape, const char **text)
{
    const json_t *json = lqi_get(members, key, need);
    if (!json) return;
    size_t mark = lqi_enter(members->reader, key);
    *text = read_text(members->reader, json, shape);
    lqi_leave(members->reader, mark);
}

void lqi_get_date(lqi_members *members, const char *key, lqi_need need, const char **date)
{
    const json_t *json = json_object_get(members->object, key);
    if (json_is_null(json))
        lqi_get(members, key, need);
    else
        lqi_get_text(members, key, need, LQI_DATE, date);
}

void lqi_get_word(lqi_members *members, const char *key, lqi_need need, const char *const *words, size_t count,
                  int *value)
{
    const json_t *json = lqi_get(members, key, need);
    if (!json) return;
    const char *text = json_is_string(json) ? json_string_value(json) : "";
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], text) != 0) continue;
        *value = (int)i;
        return;
    }
    char choices[128] = "";
    for (size_t i = 0, size = 0; i < count && size < sizeof choices; i++)
        size += (size_t)snprintf(choices + size, sizeof choices - size, i ? ", \"%s\"" : "\"%s\"", words[i]);
    lqi_invalid_member(members->reader, key, "one of %s is expected", choices);
}

/* ---- lists ---- */

const json_t *lqi_get_list(lqi_members *members, const char *key, lqi_need need, size_t count_min, size_t *count)
{
    *count = 0;
    const json_t *json = lqi_get(members, key, need);
    if (!json) return NULL;
    if (!json_is_array(json)) {
        lqi_invalid_member(members->reader, key, "a list is expected");
        return NULL;
    }
    if (json_array_size(json) < count_min) {
        lqi_invalid_member(members->reader, key, "at least %zu must stand here", count_min);
        return NULL;
    }
    *count = json_array_size(json);
    return json;
}

void lqi_get_words(lqi_members *members, const char *key, lqi_need need, lqi_text_shape shape, lqi_words *words)
{
    lqi_reader *reader = members->reader;
    size_t count;
    const json_t *list = lqi_get_list(members, key, need, 0, &count);
    const char **items = lqi_reader_array(reader, count, sizeof *items);
    for (size_t i = 0; i < count && lqi_reader_ok(reader); i++) {
        size_t mark = lqi_enter_item(reader, key, i);
        items[i] = read_text(reader, json_array_get(list, i), shape);
        lqi_leave(reader, mark);
    }
    *words = (lqi_words){items, count};
}

/* ---- names ---- */

int64_t lqi_names_find(const lqi_names *names, const char *text)
{
    size_t low = 0, high = names->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(names->items[middle].text, text);
        if (order == 0) return (int64_t)names->items[middle].index;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static int by_text(const void *a, const void *b)
{
    const lqi_name *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

void lqi_reader_names(lqi_reader *reader, const char *key, const char *member, const void *items, size_t count,
                      size_t stride, lqi_names *names)
{
    lqi_name *list = lqi_reader_array(reader, count, sizeof *list);
    if (!list) return;
    for (size_t i = 0; i < count; i++) {
        const char *text;
        memcpy(&text, (const char *)items + i * stride, sizeof text);
        list[i] = (lqi_name){text, i};
    }
    qsort(list, count, sizeof *list, by_text);
    size_t twice = SIZE_MAX; /* the first in the book, whatever the order of the texts */
    for (size_t i = 1; i < count; i++)
        if (strcmp(list[i - 1].text, list[i].text) == 0 && list[i].index < twice) twice = list[i].index;
    if (twice != SIZE_MAX) {
        size_t mark = lqi_enter_item(reader, key, twice);
        if (member)
            lqi_invalid_member(reader, member, "it is used before");
        else
            lqi_invalid(reader, "it is used before");
        lqi_leave(reader, mark);
    }
    *names = (lqi_names){list, count};
}
