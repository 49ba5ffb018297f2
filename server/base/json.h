/* JSON that comes from outside, read strictly, and the little helpers that jansson lacks. */
#ifndef SV_JSON_H
#define SV_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define SV_JSON_DEPTH_MAX 32
#define SV_JSON_ITEMS_MAX 10000

/* UTF-8, no duplicate keys, no NaN, nothing after the document, not deeper than 32, no array or object of more than
 * 10 000. NULL: *why is a sentence, at most why_size bytes. */
json_t *sv_json_read(const char *bytes, size_t size, char *why, size_t why_size);

/* The member at a path with dots ("file.format"); NULL: there is none. */
json_t *sv_json_at(const json_t *object, const char *path);

/* "" or the text of a member. */
const char *sv_json_text(const json_t *object, const char *path);
json_int_t sv_json_integer(const json_t *object, const char *path);
bool sv_json_true(const json_t *object, const char *path);

/* Sorted keys, no blanks: the same document, the same bytes. The caller frees. */
char *sv_json_print(const json_t *json);
/* As it goes to clients: members in their order, numbers with 15 digits. The caller frees. */
char *sv_json_wire(const json_t *json, size_t *size);

/* A measure on the wire: at most three decimals; null where it is not finite. */
json_t *sv_json_measure(double value);

json_t *sv_json_text_or_null(const char *text);

#endif
