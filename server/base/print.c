/* JSON as text. Half of what a request costs would be spent in printing its documents, so this copies runs of plain
 * characters at once; what comes out is what jansson's json_dumps gives, to the byte. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

#define FEW 32
#define DIGITS_STORED 17 /* reads back to the same double */
#define DIGITS_WIRE 15   /* measures have three decimals, and 0.7 is not to be 0.69999999999999996 */

typedef struct printer {
    sv_text text;
    int digits;
    bool sorted;
} printer;

typedef struct member {
    const char *name;
    size_t size;
    const json_t *value;
} member;

static void put_text(printer *p, const char *words, size_t size)
{
    size_t plain = 0;
    sv_text_add(&p->text, "\"", 1);
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)words[i];
        if (c >= ' ' && c != '"' && c != '\\') continue;
        static const char letters[] = "btnvfr"; /* of 8 to 13; \v has none in JSON */
        char escaped[8] = {'\\', (char)c, 0};
        if (c >= 8 && c <= 13 && c != 11)
            escaped[1] = letters[c - 8];
        else if (c < ' ')
            snprintf(escaped, sizeof escaped, "\\u%04X", (unsigned)c);
        sv_text_add(&p->text, words + plain, i - plain);
        sv_text_put(&p->text, escaped);
        plain = i + 1;
    }
    sv_text_add(&p->text, words + plain, size - plain);
    sv_text_add(&p->text, "\"", 1);
}

static void put_integer(printer *p, json_int_t value)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0) *--at = '-';
    sv_text_add(&p->text, at, (size_t)(digits + sizeof digits - at));
}

/* A real stays one when it is read again: "5.0". Exponents have no plus and no leading zeros. */
static void put_real(printer *p, double value)
{
    char text[40];
    snprintf(text, sizeof text, "%.*g", p->digits, value);
    char *exponent = strchr(text, 'e');
    if (!exponent) {
        if (!strchr(text, '.')) strcat(text, ".0");
        sv_text_put(&p->text, text);
        return;
    }
    const char *digits = exponent + 1;
    const bool minus = *digits == '-';
    digits += strspn(digits, "+-0");
    sv_text_add(&p->text, text, (size_t)(exponent - text) + 1);
    if (minus) sv_text_add(&p->text, "-", 1);
    sv_text_put(&p->text, digits);
}

static bool is_before(const member *x, const member *y)
{
    int order = memcmp(x->name, y->name, x->size < y->size ? x->size : y->size);
    return order ? order < 0 : x->size < y->size;
}

static int by_name(const void *a, const void *b) { return is_before(a, b) ? -1 : is_before(b, a); }

/* Most objects have a few members. */
static void sort(member *members, size_t count)
{
    if (count > FEW) {
        qsort(members, count, sizeof *members, by_name);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        const member moved = members[i];
        size_t at = i;
        for (; at > 0 && is_before(&moved, &members[at - 1]); at--) members[at] = members[at - 1];
        members[at] = moved;
    }
}

static void put(printer *p, const json_t *json);

static void put_members(printer *p, const member *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i) sv_text_add(&p->text, ",", 1);
        put_text(p, members[i].name, members[i].size);
        sv_text_add(&p->text, ":", 1);
        put(p, members[i].value);
    }
}

static void put_object(printer *p, const json_t *json)
{
    member few[FEW], *members = few;
    const size_t all = json_object_size(json);
    size_t count = 0;
    json_t *object = (json_t *)(uintptr_t)json; /* iterators are not const; nothing is changed */
    if (all > FEW) members = sv_alloc(all, sizeof *members);
    for (void *at = json_object_iter(object); at && count < all; at = json_object_iter_next(object, at))
        members[count++] = (member){json_object_iter_key(at), json_object_iter_key_len(at), json_object_iter_value(at)};
    if (p->sorted) sort(members, count);
    sv_text_add(&p->text, "{", 1);
    put_members(p, members, count);
    sv_text_add(&p->text, "}", 1);
    if (members != few) free(members);
}

static void put_array(printer *p, const json_t *json)
{
    sv_text_add(&p->text, "[", 1);
    for (size_t i = 0; i < json_array_size(json); i++) {
        if (i) sv_text_add(&p->text, ",", 1);
        put(p, json_array_get(json, i));
    }
    sv_text_add(&p->text, "]", 1);
}

/* As deep as documents are: those from outside have 32 levels at most, and ours add a few. */
static void put(printer *p, const json_t *json)
{
    switch (json ? json_typeof(json) : JSON_NULL) {
    case JSON_OBJECT: put_object(p, json); break;
    case JSON_ARRAY: put_array(p, json); break;
    case JSON_STRING: put_text(p, json_string_value(json), json_string_length(json)); break;
    case JSON_INTEGER: put_integer(p, json_integer_value(json)); break;
    case JSON_REAL: put_real(p, json_real_value(json)); break;
    case JSON_TRUE: sv_text_put(&p->text, "true"); break;
    case JSON_FALSE: sv_text_put(&p->text, "false"); break;
    case JSON_NULL: sv_text_put(&p->text, "null"); break;
    }
}

char *sv_json_print(const json_t *json)
{
    printer p = {.digits = DIGITS_STORED, .sorted = true};
    put(&p, json);
    return p.text.data;
}

char *sv_json_wire(const json_t *json, size_t *size)
{
    printer p = {.digits = DIGITS_WIRE};
    put(&p, json);
    *size = p.text.size;
    return p.text.data;
}
