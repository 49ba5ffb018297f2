#include "base/json.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Depth without recursion, before jansson recurses. Brackets in strings do not count. */
static bool is_too_deep(const char *bytes, size_t size)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < size; i++) {
        if (quoted) {
            if (bytes[i] == '\\')
                i++;
            else if (bytes[i] == '"')
                quoted = false;
        } else if (bytes[i] == '"') {
            quoted = true;
        } else if (bytes[i] == '{' || bytes[i] == '[') {
            if (++depth > SV_JSON_DEPTH_MAX) return true;
        } else if ((bytes[i] == '}' || bytes[i] == ']') && depth) {
            depth--;
        }
    }
    return false;
}

static bool has_too_many(json_t *json)
{
    const char *key;
    json_t *value;
    size_t index;
    if (json_is_array(json)) {
        if (json_array_size(json) > SV_JSON_ITEMS_MAX) return true;
        json_array_foreach(json, index, value) if (has_too_many(value)) return true;
    } else if (json_is_object(json)) {
        if (json_object_size(json) > SV_JSON_ITEMS_MAX) return true;
        json_object_foreach(json, key, value) if (has_too_many(value)) return true;
    }
    return false;
}

json_t *sv_json_read(const char *bytes, size_t size, char *why, size_t why_size)
{
    json_error_t error;
    if (is_too_deep(bytes, size)) {
        snprintf(why, why_size, "The document is deeper than %d.", SV_JSON_DEPTH_MAX);
        return NULL;
    }
    json_t *json = json_loadb(bytes, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!json) {
        snprintf(why, why_size, "At byte %d: %s.", error.position, error.text);
        return NULL;
    }
    if (!has_too_many(json)) return json;
    snprintf(why, why_size, "A list has more than %d items.", SV_JSON_ITEMS_MAX);
    json_decref(json);
    return NULL;
}

json_t *sv_json_at(const json_t *object, const char *path)
{
    const json_t *at = object;
    while (at && *path) {
        size_t size = strcspn(path, ".");
        char key[128];
        if (size >= sizeof key || !json_is_object(at)) return NULL;
        memcpy(key, path, size);
        key[size] = 0;
        at = json_object_get(at, key);
        path += size + (path[size] == '.');
    }
    return (json_t *)(uintptr_t)at;
}

const char *sv_json_text(const json_t *object, const char *path)
{
    const char *text = json_string_value(sv_json_at(object, path));
    return text ? text : "";
}

json_int_t sv_json_integer(const json_t *object, const char *path)
{
    return json_integer_value(sv_json_at(object, path));
}

bool sv_json_true(const json_t *object, const char *path) { return json_is_true(sv_json_at(object, path)); }

json_t *sv_json_measure(double value)
{
    if (!isfinite(value)) return json_null();
    double rounded = round(value * 1000) / 1000;
    if (fabs(rounded) < 9e15 && rounded == floor(rounded)) return json_integer((json_int_t)rounded);
    return json_real(rounded);
}

json_t *sv_json_text_or_null(const char *text) { return text ? json_string(text) : json_null(); }
