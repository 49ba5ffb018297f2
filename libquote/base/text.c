#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"

void lqi_text_init(lqi_text *text, lq_context *context) { *text = (lqi_text){.context = context, .status = LQ_OK}; }

void lqi_text_free(lqi_text *text)
{
    lqi_free(text->context, text->data);
    text->data = NULL;
    text->size = text->capacity = 0;
}

void lqi_text_add(lqi_text *text, const char *bytes, size_t size)
{
    if (text->status != LQ_OK) return;
    size_t needed;
    if (!lqi_add_size(text->size, size, &needed) || !lqi_add_size(needed, 1, &needed)) needed = SIZE_MAX;
    if (needed > text->capacity) {
        void *block = text->data;
        text->status = lqi_grow(text->context, &block, &text->capacity, needed + text->size, 1);
        if (text->status != LQ_OK) return;
        text->data = block;
    }
    memcpy(text->data + text->size, bytes, size);
    text->size += size;
    text->data[text->size] = 0;
}

lq_status lqi_text_take(lqi_text *text, char **data, size_t *size)
{
    lqi_text_add(text, "", 0);
    if (text->status != LQ_OK) {
        lqi_text_free(text);
        return text->status;
    }
    *data = text->data;
    if (size) *size = text->size;
    text->data = NULL;
    return LQ_OK;
}

static void add_quoted(lqi_text *text, const char *value)
{
    lqi_text_add(text, "\"", 1);
    const char *from = value;
    const char *p = value;
    for (; *p; p++) {
        unsigned char byte = (unsigned char)*p;
        if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
        lqi_text_add(text, from, (size_t)(p - from));
        char escape[8];
        snprintf(escape, sizeof escape, byte == '"' ? "\\\"" : byte == '\\' ? "\\\\" : "\\u%04x", (unsigned)byte);
        lqi_text_add(text, escape, strlen(escape));
        from = p + 1;
    }
    lqi_text_add(text, from, (size_t)(p - from));
    lqi_text_add(text, "\"", 1);
}

static void begin_value(lqi_text *text, const char *key)
{
    if (text->comma) lqi_text_add(text, ",", 1);
    if (key) {
        add_quoted(text, key);
        lqi_text_add(text, ":", 1);
    }
    text->comma = true;
}

void lqi_json_open(lqi_text *text, const char *key, char bracket)
{
    begin_value(text, key);
    lqi_text_add(text, &bracket, 1);
    text->comma = false;
}

void lqi_json_close(lqi_text *text, char bracket)
{
    lqi_text_add(text, &bracket, 1);
    text->comma = true;
}

void lqi_json_raw(lqi_text *text, const char *key, const char *json, size_t size)
{
    begin_value(text, key);
    lqi_text_add(text, json, size);
}

void lqi_json_null(lqi_text *text, const char *key) { lqi_json_raw(text, key, "null", 4); }

void lqi_json_string(lqi_text *text, const char *key, const char *value)
{
    if (!value) {
        lqi_json_null(text, key);
        return;
    }
    begin_value(text, key);
    add_quoted(text, value);
}

void lqi_json_number(lqi_text *text, const char *key, double value)
{
    char digits[32];
    if (isfinite(value))
        lqi_json_raw(text, key, digits, lqi_decimal_from_double(value, digits));
    else
        lqi_json_null(text, key);
}

void lqi_json_integer(lqi_text *text, const char *key, int64_t value)
{
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)value);
    lqi_json_raw(text, key, digits, (size_t)length);
}

void lqi_json_count(lqi_text *text, const char *key, int64_t value)
{
    if (value < 0)
        lqi_json_null(text, key);
    else
        lqi_json_integer(text, key, value);
}

void lqi_json_bool(lqi_text *text, const char *key, int value)
{
    if (value < 0)
        lqi_json_null(text, key);
    else
        lqi_json_raw(text, key, value ? "true" : "false", value ? 4 : 5);
}
