/* A growing string, and JSON written into it. Errors stick: check `status` once at the end. */
#ifndef LQI_TEXT_H
#define LQI_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "libquote.h"

typedef struct lqi_text {
    lq_context *context;
    char *data; /* NUL-terminated once anything was added */
    size_t size, capacity;
    lq_status status;
    bool comma; /* JSON: a value stands before */
} lqi_text;

void lqi_text_init(lqi_text *text, lq_context *context);
void lqi_text_free(lqi_text *text);
void lqi_text_add(lqi_text *text, const char *bytes, size_t size);

/* Gives the string away (free with lqi_free), or the first failure. */
lq_status lqi_text_take(lqi_text *text, char **data, size_t *size);

/* JSON. `key` is NULL inside arrays and at the top. Commas are placed by themselves. */
void lqi_json_open(lqi_text *text, const char *key, char bracket);        /* '{' or '[' */
void lqi_json_close(lqi_text *text, char bracket);                        /* '}' or ']' */
void lqi_json_string(lqi_text *text, const char *key, const char *value); /* NULL: null */
void lqi_json_number(lqi_text *text, const char *key, double value);      /* not finite: null */
void lqi_json_integer(lqi_text *text, const char *key, int64_t value);
void lqi_json_count(lqi_text *text, const char *key, int64_t value); /* negative: null */
void lqi_json_bool(lqi_text *text, const char *key, int value);      /* negative: null */
void lqi_json_null(lqi_text *text, const char *key);
void lqi_json_raw(lqi_text *text, const char *key, const char *json, size_t size);

#endif
