#include "access/list.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_DEFAULT 20
#define LIMIT_MAX 100
#define OFFSET_MAX 10000
#define TOTAL_MAX 10000
#define CONDITIONS_MAX 32
#define DEPTH_MAX 4
#define LIST_MAX 100
#define SORTS_MAX 5
#define VALUES_MAX 512

static const sv_field common[] = {{"id", SV_F_TEXT, false},
                                  {"ref", SV_F_TEXT, false},
                                  {"created_at", SV_F_MOMENT, true},
                                  {"updated_at", SV_F_MOMENT, true}};
#define COMMON_COUNT (sizeof common / sizeof common[0])

static const char *const operators[] = {"eq",          "ne",        "gt", "gte",    "lt",      "lte",    "contains",
                                        "starts_with", "ends_with", "in", "not_in", "is_null", "between"};
#define OPERATOR_COUNT (sizeof operators / sizeof operators[0])

typedef struct sorting {
    const sv_field *field;
    bool down;
} sorting;

typedef struct query {
    sv_call *call;
    const sv_listing *listing;
    sv_text where;
    sv_value values[VALUES_MAX];
    char *owned[VALUES_MAX];
    size_t value_count, owned_count, conditions;
    bool texts; /* values are texts, of a query string */
    sorting sorts[SORTS_MAX + 1];
    size_t sort_count;
    int64_t limit, offset;
    bool has_offset, meta;
    const char *cursor;
    json_t *filter, *fields; /* owned */
} query;

/* ---- values and fields ---- */

static const char *own(query *q, char *text)
{
    return q->owned_count < VALUES_MAX ? (q->owned[q->owned_count++] = text) : text;
}

/* "?7" */
static void put_value(query *q, sv_value value)
{
    if (q->value_count >= VALUES_MAX - 8) {
        sv_refuse(q->call, SV_E_invalid_filter, NULL, "The filter has too many values.");
        return;
    }
    q->values[q->value_count++] = value;
    sv_text_format(&q->where, "?%zu", q->value_count);
}

static const sv_field *find_field(const query *q, const char *name)
{
    for (size_t i = 0; i < COMMON_COUNT; i++)
        if (strcmp(common[i].name, name) == 0) return &common[i];
    for (const sv_field *f = q->listing->fields; f->name; f++)
        if (strcmp(f->name, name) == 0) return f;
    return NULL;
}

static void refuse_field(query *q, sv_error error, const char *what, bool sorting_only)
{
    json_t *allowed = json_array();
    for (size_t i = 0; i < COMMON_COUNT; i++)
        if (!sorting_only || common[i].sorts) json_array_append_new(allowed, json_string(common[i].name));
    for (const sv_field *f = q->listing->fields; f->name; f++)
        if (!sorting_only || f->sorts) json_array_append_new(allowed, json_string(f->name));
    sv_refuse(q->call, error, json_pack("{s:o}", "allowed", allowed), "%s", what);
}

static void refuse(query *q, const char *what) { sv_refuse(q->call, SV_E_invalid_filter, NULL, "%s", what); }

/* The field as SQL. Names come from our own tables; a key of metadata is bound. */
static void put_field(query *q, const sv_field *field, const char *name)
{
    if (field == &common[0] || field == &common[1])
        sv_text_put(&q->where, field->name);
    else if (field == &common[2])
        sv_text_put(&q->where, "created_ms");
    else if (field == &common[3])
        sv_text_put(&q->where, "updated_ms");
    else if (field)
        sv_text_format(&q->where, "json_extract(body, '$.%s')", field->name);
    else {
        sv_text path = {0};
        sv_text_format(&path, "$.metadata.\"%s\"", name + strlen("metadata."));
        sv_text_put(&q->where, "json_extract(body, ");
        put_value(q, sv_words(own(q, path.data)));
        sv_text_put(&q->where, ")");
    }
    if (!field || field->kind == SV_F_TEXT) sv_text_put(&q->where, " COLLATE NOCASE");
}

static bool put_typed(query *q, const sv_field *field, json_t *value)
{
    const char *text = json_string_value(value);
    const sv_field_kind kind = field ? field->kind : SV_F_TEXT;
    char *end;
    int64_t ms;
    if ((kind == SV_F_TEXT || kind == SV_F_TAGS) && text) {
        put_value(q, sv_words(text));
    } else if (kind == SV_F_MOMENT && text && sv_moment_read(text, &ms)) {
        if (field == &common[2] || field == &common[3]) {
            put_value(q, sv_int(ms));
        } else {
            char *moment = sv_alloc(SV_MOMENT_SIZE, 1);
            sv_moment_print(ms, moment);
            put_value(q, sv_words(own(q, moment)));
        }
    } else if (kind == SV_F_NUMBER && json_is_number(value)) {
        put_value(q, sv_real(json_number_value(value)));
    } else if (kind == SV_F_NUMBER && q->texts && text && *text) {
        double number = strtod(text, &end);
        if (*end || !isfinite(number)) return refuse(q, "A number is expected in the filter."), false;
        put_value(q, sv_real(number));
    } else if (kind == SV_F_BOOL && json_is_boolean(value)) {
        put_value(q, sv_int(json_is_true(value)));
    } else if (kind == SV_F_BOOL && q->texts && text && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)) {
        put_value(q, sv_int(*text == 't'));
    } else {
        refuse(q, "A value of the filter has the wrong type.");
    }
    return !sv_refused(q->call);
}

/* ---- conditions ---- */

/* "a,b" of a query string, %2C for a comma inside (which the decoding of the query has left as a comma: split before
 * decoding is not possible here, so a list is an array or has no commas inside its items). */
static json_t *list_of(query *q, json_t *value)
{
    if (json_is_array(value)) return json_incref(value);
    const char *text = json_string_value(value);
    if (!q->texts || !text) return NULL;
    json_t *list = json_array();
    for (;;) {
        size_t size = strcspn(text, ",");
        json_array_append_new(list, json_stringn(text, size));
        if (!text[size]) return list;
        text += size + 1;
    }
}

static void put_list(query *q, const sv_field *field, const char *name, const char *operator, json_t * value)
{
    json_t *list = list_of(q, value), *item;
    size_t index, count = json_array_size(list);
    bool between = strcmp(operator, "between") == 0;
    if (!count || count > LIST_MAX || (between && count != 2)) {
        refuse(q, between ? "between takes two values." : "A list of 1 to 100 values is expected.");
    } else if (between) {
        put_field(q, field, name);
        sv_text_put(&q->where, " BETWEEN ");
        if (put_typed(q, field, json_array_get(list, 0)))
            sv_text_put(&q->where, " AND "), put_typed(q, field, json_array_get(list, 1));
    } else {
        if (*operator== 'n') sv_text_put(&q->where, "NOT ");
        sv_text_put(&q->where, "coalesce(");
        put_field(q, field, name);
        sv_text_put(&q->where, " IN (");
        json_array_foreach(list, index, item)
        {
            if (index) sv_text_put(&q->where, ", ");
            if (!put_typed(q, field, item)) break;
        }
        sv_text_put(&q->where, "), 0)");
    }
    json_decref(list);
}

static void put_text_match(query *q, const sv_field *field, const char *name, const char *operator, json_t * value)
{
    if ((field && field->kind != SV_F_TEXT) || !json_is_string(value)) {
        refuse(q, "This operator is for texts.");
        return;
    }
    /* lower() and instr() know no wildcards; both are of ASCII alone. */
    const char *text = json_string_value(value);
    sv_text_put(&q->where, "coalesce(");
    if (*operator== 'c') {
        sv_text_put(&q->where, "instr(lower(");
        put_field(q, field, name);
        sv_text_put(&q->where, "), lower(");
        put_value(q, sv_words(text));
        sv_text_put(&q->where, ")) > 0");
    } else {
        sv_text_format(&q->where, "lower(substr(");
        put_field(q, field, name);
        sv_text_put(&q->where, *operator== 's' ? ", 1, length(" : ", -length(");
        put_value(q, sv_words(text));
        sv_text_put(&q->where, "))) = lower(");
        put_value(q, sv_words(text));
        sv_text_put(&q->where, ")");
    }
    sv_text_put(&q->where, ", 0)");
}

static void put_tags(query *q, const sv_field *field, const char *operator, json_t * value)
{
    bool has = strcmp(operator, "contains") == 0 || strcmp(operator, "eq") == 0;
    if (!has || !json_is_string(value)) {
        refuse(q, "Lists know contains alone.");
        return;
    }
    const char *inner = strchr(field->name, '.'); /* colors.hex: of each item */
    size_t size = inner ? (size_t)(inner - field->name) : strlen(field->name);
    sv_text_format(&q->where, "EXISTS (SELECT 1 FROM json_each(body, '$.%.*s') WHERE ", (int)size, field->name);
    if (inner)
        sv_text_format(&q->where, "json_extract(value, '$%s')", inner);
    else
        sv_text_put(&q->where, "value");
    sv_text_put(&q->where, " = ");
    put_value(q, json_is_string(value) ? sv_words(json_string_value(value)) : sv_words(""));
    sv_text_put(&q->where, " COLLATE NOCASE)");
}

static void put_condition(query *q, const char *name, const char *operator, json_t * value)
{
    static const struct {
        const char *name, *sql;
    } simple[] = {{"eq", " = "}, {"gt", " > "}, {"gte", " >= "}, {"lt", " < "}, {"lte", " <= "}};
    const sv_field *field = find_field(q, name);
    bool metadata = !field && strncmp(name, "metadata.", 9) == 0 && name[9] && !strpbrk(name, "\"\\");
    if (!field && !metadata) {
        refuse_field(q, SV_E_invalid_filter, "There is no field of that name to filter by.", false);
    } else if (++q->conditions > CONDITIONS_MAX) {
        refuse(q, "The filter has more than 32 conditions.");
    } else if (metadata && strcmp(operator, "eq") != 0) {
        refuse(q, "Metadata knows eq alone.");
    } else if (field && field->kind == SV_F_TAGS) {
        put_tags(q, field, operator, value);
    } else if (strcmp(operator, "is_null") == 0) {
        const char *text = json_string_value(value);
        bool yes = json_is_true(value) || (q->texts && text && strcmp(text, "true") == 0);
        if (!yes && !json_is_false(value) && !(q->texts && text && strcmp(text, "false") == 0))
            refuse(q, "is_null takes true or false.");
        put_field(q, field, name);
        sv_text_put(&q->where, yes ? " IS NULL" : " IS NOT NULL");
    } else if (strcmp(operator, "in") == 0 || strcmp(operator, "not_in") == 0 || strcmp(operator, "between") == 0) {
        put_list(q, field, name, operator, value);
    } else if (strcmp(operator, "ne") == 0) {
        put_field(q, field, name);
        sv_text_put(&q->where, " IS NOT ");
        put_typed(q, field, value);
    } else if (strstr("contains starts_with ends_with", operator)) {
        put_text_match(q, field, name, operator, value);
    } else {
        sv_text_put(&q->where, "coalesce(");
        put_field(q, field, name);
        for (size_t i = 0; i < sizeof simple / sizeof simple[0]; i++)
            if (strcmp(simple[i].name, operator) == 0) sv_text_put(&q->where, simple[i].sql);
        if (put_typed(q, field, value)) sv_text_put(&q->where, ", 0)");
    }
}

static bool is_operator(const char *word)
{
    for (size_t i = 0; i < OPERATOR_COUNT; i++)
        if (strcmp(operators[i], word) == 0) return true;
    return false;
}

/* {"status":{"eq":"ready"}} or {"status":"ready"}; several are AND. */
static void put_leaf(query *q, const char *name, json_t *value)
{
    const char *operator;
    json_t *operand;
    bool first = true;
    if (!json_is_object(value)) {
        put_condition(q, name, "eq", value);
        return;
    }
    sv_text_put(&q->where, "(");
    json_object_foreach(value, operator, operand)
    {
        if (!first) sv_text_put(&q->where, " AND ");
        first = false;
        if (!is_operator(operator)) refuse(q, "There is no operator of that name.");
        if (sv_refused(q->call)) return;
        put_condition(q, name, operator, operand);
    }
    sv_text_put(&q->where, first ? "1)" : ")");
}

static void put_group(query *q, json_t *group, int depth);

static void put_member(query *q, const char *name, json_t *value, int depth)
{
    size_t index;
    json_t *item;
    bool any = strcmp(name, "OR") == 0;
    if (strcmp(name, "NOT") == 0) {
        sv_text_put(&q->where, "NOT ");
        put_group(q, value, depth + 1);
    } else if (any || strcmp(name, "AND") == 0) {
        if (!json_is_array(value) || !json_array_size(value)) {
            refuse(q, "AND and OR take a list of filters.");
            return;
        }
        sv_text_put(&q->where, "(");
        json_array_foreach(value, index, item)
        {
            if (index) sv_text_put(&q->where, any ? " OR " : " AND ");
            put_group(q, item, depth + 1);
            if (sv_refused(q->call)) return;
        }
        sv_text_put(&q->where, ")");
    } else {
        put_leaf(q, name, value);
    }
}

/* Depth is bounded, so that this recursion is. */
static void put_group(query *q, json_t *group, int depth)
{
    const char *name;
    json_t *value;
    bool first = true;
    if (!json_is_object(group)) {
        refuse(q, "A filter is an object.");
        return;
    }
    if (depth > DEPTH_MAX) {
        refuse(q, "The filter is deeper than 4.");
        return;
    }
    sv_text_put(&q->where, "(");
    json_object_foreach(group, name, value)
    {
        if (!first) sv_text_put(&q->where, " AND ");
        first = false;
        put_member(q, name, value, depth);
        if (sv_refused(q->call)) return;
    }
    sv_text_put(&q->where, first ? "1)" : ")");
}

/* ---- what was asked ---- */

static bool take_sort_word(query *q, const char *word, size_t size)
{
    char name[128];
    size_t name_size = 0;
    while (name_size < size && word[name_size] != ':') name_size++;
    bool down = size - name_size == 5 && memcmp(word + name_size, ":desc", 5) == 0;
    bool up = size == name_size || (size - name_size == 4 && memcmp(word + name_size, ":asc", 4) == 0);
    if (name_size < sizeof name && (up || down) && q->sort_count < SORTS_MAX) {
        memcpy(name, word, name_size);
        name[name_size] = 0;
        const sv_field *field = find_field(q, name);
        if (field && field->sorts) {
            q->sorts[q->sort_count++] = (sorting){field, down};
            return true;
        }
    }
    refuse_field(q, SV_E_invalid_sort, "The list cannot be sorted by that.", true);
    return false;
}

static bool take_sort(query *q, const char *words)
{
    while (*words) {
        size_t size = strcspn(words, ",");
        if (!take_sort_word(q, words, size)) return false;
        words += size + (words[size] == ',');
    }
    return true;
}

static bool take_count(query *q, const char *name, const char *text, int64_t least, int64_t most, int64_t *value)
{
    char *end;
    long long number = strtoll(text, &end, 10);
    if (*text && !*end && number >= least && number <= most) {
        *value = number;
        return true;
    }
    sv_refuse(q->call, SV_E_invalid_parameter, json_pack("{s:s}", "parameter", name), "%s must be from %lld to %lld.",
              name, (long long)least, (long long)most);
    return false;
}

static json_t *words_of(const char *text)
{
    json_t *words = json_array();
    while (*text) {
        size_t size = strcspn(text, ",");
        if (size) json_array_append_new(words, json_stringn(text, size));
        text += size + (text[size] == ',');
    }
    return words;
}

/* status=ready, name.contains=arm, file.format.eq=3mf: the last word is the operator only if it is one. */
static bool take_parameter(query *q, const sv_parameter *p)
{
    const char *name = p->name, *value = p->value;
    if (strcmp(name, "limit") == 0) return take_count(q, name, value, 1, LIMIT_MAX, &q->limit);
    if (strcmp(name, "offset") == 0) return q->has_offset = true, take_count(q, name, value, 0, OFFSET_MAX, &q->offset);
    if (strcmp(name, "cursor") == 0) return q->cursor = value, true;
    if (strcmp(name, "sort") == 0) return take_sort(q, value);
    if (strcmp(name, "meta") == 0) {
        q->meta = strcmp(value, "true") == 0;
        if (q->meta || strcmp(value, "false") == 0) return true;
        sv_refuse(q->call, SV_E_invalid_parameter, NULL, "meta is true or false.");
        return false;
    }
    if (strcmp(name, "fields") == 0) return json_decref(q->fields), q->fields = words_of(value), true;
    if (strcmp(name, "include") == 0 || strcmp(name, "account_id") == 0) return true; /* the handler's */
    const char *dot = strrchr(name, '.');
    json_t *leaf = dot && is_operator(dot + 1) ? json_pack("{s:s}", dot + 1, value) : json_string(value);
    char *field = dot && is_operator(dot + 1) ? sv_copy_bytes(name, (size_t)(dot - name)) : sv_copy(name);
    json_array_append_new(json_object_get(q->filter, "AND"), json_pack("{s:o}", field, leaf));
    free(field);
    return true;
}

static bool take_query(query *q)
{
    q->texts = true;
    q->filter = json_pack("{s:[]}", "AND");
    for (size_t i = 0; i < q->call->request.parameter_count; i++)
        if (!take_parameter(q, &q->call->request.parameter[i])) return false;
    if (!json_array_size(json_object_get(q->filter, "AND"))) json_object_clear(q->filter);
    return true;
}

static bool take_search(query *q)
{
    static const char *const names[] = {"filter", "sort",    "limit", "cursor", "offset",
                                        "fields", "include", "meta",  NULL};
    json_t *body = q->call->body, *sort = json_object_get(body, "sort"), *item;
    size_t index;
    if (!sv_known_fields(q->call, body, "", names)) return false;
    if (!sv_take_integer(q->call, body, "limit", 1, LIMIT_MAX, &q->limit)) return false;
    q->has_offset = json_object_get(body, "offset") != NULL;
    if (!sv_take_integer(q->call, body, "offset", 0, OFFSET_MAX, &q->offset)) return false;
    if (!sv_take_text(q->call, body, "cursor", 1, 4096, true, &q->cursor)) return false;
    if (!sv_take_bool(q->call, body, "meta", &q->meta)) return false;
    if (!sv_take_texts(q->call, body, "fields", 100, 100, &q->fields)) return false;
    json_incref(q->fields);
    if (json_is_string(sort) && !take_sort(q, json_string_value(sort))) return false;
    json_array_foreach(sort, index,
                       item) if (!take_sort(q, json_is_string(item) ? json_string_value(item) : "?")) return false;
    q->filter = json_incref(json_object_get(body, "filter"));
    return true;
}

/* ---- pages ---- */

/* What a cursor belongs to: account, mode, type, filter and order. */
static void find_binding(const query *q, uint8_t mac[SV_SHA256_SIZE], const char *values)
{
    sv_text text = {0};
    char *filter = q->filter ? sv_json_print(q->filter) : sv_copy("");
    sv_text_format(&text, "%s %d %s %s", q->call->account_id, q->call->scope.livemode, q->listing->type, filter);
    for (size_t i = 0; i < q->sort_count; i++)
        sv_text_format(&text, " %s%c", q->sorts[i].field->name, q->sorts[i].down ? '-' : '+');
    sv_text_format(&text, " %s", values);
    sv_hmac_sha256(q->call->app->config->pepper, 32, sv_text_get(&text), text.size, mac);
    sv_text_free(&text);
    free(filter);
}

static json_t *read_cursor(query *q)
{
    size_t size = 0;
    uint8_t mac[SV_SHA256_SIZE], *bytes = sv_base64_read(q->cursor, true, &size);
    json_t *values = NULL;
    if (bytes && size > 16) {
        find_binding(q, mac, (const char *)bytes + 16);
        if (sv_same_secret(mac, bytes, 16)) values = json_loads((const char *)bytes + 16, 0, NULL);
    }
    free(bytes);
    if (!values || json_array_size(values) != q->sort_count + 1) {
        json_decref(values);
        sv_refuse(q->call, SV_E_invalid_cursor, NULL, "The cursor does not belong to this list.");
        return NULL;
    }
    return values;
}

static char *make_cursor(const query *q, json_t *values)
{
    uint8_t mac[SV_SHA256_SIZE];
    char *text = json_dumps(values, JSON_COMPACT);
    find_binding(q, mac, text);
    sv_text bytes = {0};
    sv_text_add(&bytes, (const char *)mac, 16);
    sv_text_put(&bytes, text);
    char *cursor = sv_base64(bytes.data, bytes.size, true);
    free(text);
    sv_text_free(&bytes);
    return cursor;
}

/* Nulls sort first. */
static void put_sort_key(query *q, const sorting *s, sv_text *into)
{
    sv_text kept = q->where;
    q->where = (sv_text){0};
    bool number = s->field->kind == SV_F_NUMBER || s->field == &common[2] || s->field == &common[3];
    sv_text_put(&q->where, "coalesce(");
    put_field(q, s->field, s->field->name);
    sv_text_put(&q->where, number ? ", -9e99)" : ", '')");
    sv_text_put(into, sv_text_get(&q->where));
    sv_text_free(&q->where);
    q->where = kept;
}

static sv_value value_of(json_t *json)
{
    return json_is_string(json)    ? sv_words(json_string_value(json))
           : json_is_integer(json) ? sv_int(json_integer_value(json))
                                   : sv_real(json_number_value(json));
}

/* (a, b, id) behind the cursor's, each in its own direction. */
static void put_page(query *q, json_t *from)
{
    sv_text_put(&q->where, " AND (");
    for (size_t n = 0; n <= q->sort_count; n++) {
        sv_text_put(&q->where, n ? " OR (" : "(");
        for (size_t i = 0; i <= n; i++) {
            bool down = i < q->sort_count ? q->sorts[i].down : q->sort_count && q->sorts[q->sort_count - 1].down;
            if (i) sv_text_put(&q->where, " AND ");
            if (i < q->sort_count) {
                sv_text key = {0};
                put_sort_key(q, &q->sorts[i], &key);
                sv_text_put(&q->where, sv_text_get(&key));
                sv_text_free(&key);
            } else {
                sv_text_put(&q->where, "id");
            }
            sv_text_put(&q->where, i < n ? " = " : down ? " < " : " > ");
            put_value(q, value_of(json_array_get(from, i)));
        }
        sv_text_put(&q->where, ")");
    }
    sv_text_put(&q->where, ")");
}

static void put_source(query *q, sv_text *sql)
{
    if (q->listing->documents) {
        char *text = json_dumps(q->listing->documents, JSON_COMPACT);
        q->values[0] = sv_words(own(q, text));
        q->value_count = 1;
        sv_text_put(sql,
                    " FROM (SELECT json_extract(value, '$.id') AS id, NULL AS ref, 0 AS created_ms, 0 AS updated_ms,"
                    " 1 AS version, value AS body, NULL AS private FROM json_each(?1)) WHERE 1");
    } else {
        q->values[0] = sv_words(q->call->account_id);
        q->values[1] = sv_int(q->call->scope.livemode);
        q->values[2] = sv_words(q->listing->type);
        q->value_count = 3;
        sv_text_put(sql, " FROM objects WHERE account_id = ?1 AND livemode = ?2 AND type = ?3 AND deleted = 0");
    }
}

/* ---- answers ---- */

static void choose_fields(const query *q, json_t *document)
{
    const char *name;
    json_t *value, *item;
    void *next;
    size_t index;
    if (!q->fields) return;
    json_object_foreach_safe(document, next, name, value)
    {
        bool keep = strcmp(name, "object") == 0 || strcmp(name, "id") == 0;
        json_array_foreach(q->fields, index, item) keep |= strcmp(json_string_value(item), name) == 0;
        if (!keep) json_object_del(document, name);
    }
}

static json_t *view_of(query *q, const sv_object *object)
{
    json_t *view = q->listing->documents ? json_incref(object->body)
                   : q->listing->view    ? q->listing->view(q->call, object)
                                         : sv_object_view(object, q->call->scope.livemode);
    choose_fields(q, view);
    return view;
}

static json_t *place_of(const query *q, sv_rows *rows, const sv_object *object)
{
    json_t *place = json_array();
    for (size_t i = 0; i < q->sort_count; i++) {
        bool number = q->sorts[i].field->kind == SV_F_NUMBER || q->sorts[i].field == &common[2] ||
                      q->sorts[i].field == &common[3];
        const char *text = sv_column_text(rows, 7 + (int)i);
        json_array_append_new(place,
                              number ? json_real(strtod(text ? text : "0", NULL)) : json_string(text ? text : ""));
    }
    json_array_append_new(place, json_string(object->id));
    return place;
}

static int64_t count_all(query *q, const char *source, size_t filter_size)
{
    sv_text sql = {0};
    sv_text_format(&sql, "SELECT count(*) FROM (SELECT 1%s%.*s LIMIT %d)", source, (int)filter_size,
                   sv_text_get(&q->where), TOTAL_MAX + 1);
    sv_rows *rows = sv_open_sql(q->call->app->store, sv_text_get(&sql), q->values, q->value_count);
    int64_t count = sv_step(rows) == SV_ROW ? sv_column_int(rows, 0) : 0;
    sv_close(rows);
    sv_text_free(&sql);
    return count;
}

static void add_meta(query *q, json_t *answer, int64_t total, size_t count)
{
    json_t *meta = json_pack("{s:I, s:I, s:I, s:b, s:f}", "count", (json_int_t)count, "limit", (json_int_t)q->limit,
                             "total", (json_int_t)(total > TOTAL_MAX ? TOTAL_MAX : total), "total_capped",
                             total > TOTAL_MAX, "took_ms", (double)(sv_monotonic_us() - q->call->began_us) / 1000);
    if (q->has_offset) json_object_set_new(meta, "offset", json_integer(q->offset));
    json_object_set_new(answer, "meta", meta);
}

static void run(query *q)
{
    sv_text source = {0}, sql = {0}, order = {0};
    json_t *from = NULL, *last = NULL;
    put_source(q, &source);
    if (q->filter && json_object_size(q->filter)) sv_text_put(&q->where, " AND "), put_group(q, q->filter, 1);
    size_t filter_size = q->where.size;
    int64_t total = q->meta && !sv_refused(q->call) ? count_all(q, sv_text_get(&source), filter_size) : 0;
    if (q->cursor && !sv_refused(q->call) && (from = read_cursor(q))) put_page(q, from);
    sv_text_put(&sql, "SELECT " SV_OBJECT_COLUMNS);
    for (size_t i = 0; i < q->sort_count; i++) {
        sv_text_put(&sql, ", ");
        put_sort_key(q, &q->sorts[i], &sql);
        sv_text_format(&order, "%zu %s, ", 8 + i, q->sorts[i].down ? "DESC" : "ASC");
    }
    sv_text_format(&sql, "%s%s ORDER BY %sid %s LIMIT %lld OFFSET %lld", sv_text_get(&source), sv_text_get(&q->where),
                   sv_text_get(&order), q->sort_count && q->sorts[q->sort_count - 1].down ? "DESC" : "ASC",
                   (long long)q->limit + 1, (long long)q->offset);
    json_t *data = json_array();
    bool more = false;
    if (!sv_refused(q->call)) {
        sv_rows *rows = sv_open_sql(q->call->app->store, sv_text_get(&sql), q->values, q->value_count);
        sv_result result;
        while ((result = sv_step(rows)) == SV_ROW) {
            sv_object object;
            if ((more = json_array_size(data) == (size_t)q->limit)) break;
            sv_object_read(rows, q->listing->type, &object);
            json_decref(last);
            last = place_of(q, rows, &object);
            json_array_append_new(data, view_of(q, &object));
            sv_object_free(&object);
        }
        sv_close(rows);
        if (result != SV_ROW && result != SV_DONE) sv_refuse_store(q->call, result);
    }
    char *cursor = more ? make_cursor(q, last) : NULL;
    size_t count = json_array_size(data);
    json_t *answer = json_pack("{s:s, s:o, s:b, s:o}", "object", "list", "data", data, "has_more", more, "next_cursor",
                               sv_json_text_or_null(cursor));
    if (q->meta) add_meta(q, answer, total, count);
    sv_answer(q->call, 200, answer);
    free(cursor);
    json_decref(from);
    json_decref(last);
    sv_text_free(&source);
    sv_text_free(&sql);
    sv_text_free(&order);
}

void sv_list(sv_call *call, const sv_listing *listing)
{
    query *q = sv_alloc(1, sizeof *q);
    *q = (query){.call = call, .listing = listing, .limit = LIMIT_DEFAULT};
    bool good = call->route->body == SV_BODY_JSON ? take_search(q) : take_query(q);
    if (good && q->cursor && q->has_offset) {
        sv_refuse(call, SV_E_invalid_parameter, NULL, "A list has a cursor or an offset, not both.");
        good = false;
    }
    if (good && !q->sort_count) good = take_sort(q, listing->sort ? listing->sort : "created_at:desc");
    if (good) run(q);
    for (size_t i = 0; i < q->owned_count; i++) free(q->owned[i]);
    json_decref(q->filter);
    json_decref(q->fields);
    sv_text_free(&q->where);
    free(q);
}
