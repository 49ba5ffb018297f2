#include "access/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/filter.h"

#define LIMIT_DEFAULT 20
#define LIMIT_MAX 100
#define OFFSET_MAX 10000
#define TOTAL_MAX 10000
#define INCLUDE_MAX 4

/* ---- what was asked ---- */

static bool take_sort_word(sv_query *q, const char *word, size_t size)
{
    char name[128];
    size_t name_size = 0;
    while (name_size < size && word[name_size] != ':') name_size++;
    bool down = size - name_size == 5 && memcmp(word + name_size, ":desc", 5) == 0;
    bool up = size == name_size || (size - name_size == 4 && memcmp(word + name_size, ":asc", 4) == 0);
    if (name_size < sizeof name && (up || down) && q->sort_count < SV_QUERY_SORTS_MAX) {
        memcpy(name, word, name_size);
        name[name_size] = 0;
        const sv_field *field = sv_query_find_field(q, name);
        if (field && field->sorts) {
            q->sorts[q->sort_count++] = (sv_sorting){field, down};
            return true;
        }
    }
    sv_query_refuse_field(q, SV_E_invalid_sort, "The list cannot be sorted by that.", true);
    return false;
}

static bool take_sort(sv_query *q, const char *words)
{
    while (*words) {
        size_t size = strcspn(words, ",");
        if (!take_sort_word(q, words, size)) return false;
        words += size + (words[size] == ',');
    }
    return true;
}

static bool take_count(sv_query *q, const char *name, const char *text, int64_t least, int64_t most, int64_t *value)
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

/* "a,b%2Cc" as it came: split at the commas, then decoded. NULL cannot be: the whole was decoded before. */
static json_t *list_of(const sv_parameter *p)
{
    json_t *list = json_array();
    for (const char *at = p->raw, *end = p->raw + p->raw_size; at <= end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t size = (size_t)((comma ? comma : end) - at);
        char *word = sv_decode(at, size, true);
        json_array_append_new(list, json_string(word ? word : ""));
        free(word);
        at += size + 1;
    }
    return list;
}

static bool takes_list(const char *operator)
{
    return strcmp(operator, "in") == 0 || strcmp(operator, "not_in") == 0 || strcmp(operator, "between") == 0;
}

/* Which relations the list can show is its handler's to say; the bounds are the same for all. */
static bool check_include(sv_query *q, const json_t *words)
{
    json_t *word, *allowed = json_array();
    size_t index;
    bool good = json_array_size(words) <= INCLUDE_MAX;
    for (const char *const *name = q->listing->include; name && *name; name++)
        json_array_append_new(allowed, json_string(*name));
    json_array_foreach(words, index, word)
    {
        bool known = false;
        for (size_t i = 0; i < json_array_size(allowed); i++) known |= json_equal(word, json_array_get(allowed, i));
        good = good && known;
    }
    if (good)
        json_decref(allowed);
    else
        sv_refuse(q->call, SV_E_invalid_include, json_pack("{s:o}", "allowed", allowed),
                  "At most 4 relations that this list has can be included.");
    return good;
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
static bool take_parameter(sv_query *q, const sv_parameter *p)
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
    if (strcmp(name, "include") == 0) {
        json_t *words = words_of(value);
        bool good = check_include(q, words);
        json_decref(words);
        return good;
    }
    const char *dot = strrchr(name, '.'), *operator= dot && sv_query_is_operator(dot + 1) ? dot + 1 : NULL;
    json_t *leaf = !operator              ? json_string(value)
                   : takes_list(operator) ? json_pack("{s:o}", operator, list_of(p))
                                          : json_pack("{s:s}", operator, value);
    char *field = operator? sv_copy_bytes(name, (size_t)(dot - name)) : sv_copy(name);
    json_array_append_new(json_object_get(q->filter, "AND"), json_pack("{s:o}", field, leaf));
    free(field);
    return true;
}

static bool take_query(sv_query *q)
{
    q->texts = true;
    q->filter = json_pack("{s:[]}", "AND");
    for (size_t i = 0; i < q->call->request.parameter_count; i++)
        if (!take_parameter(q, &q->call->request.parameter[i])) return false;
    if (!json_array_size(json_object_get(q->filter, "AND"))) json_object_clear(q->filter);
    return true;
}

static bool take_search(sv_query *q)
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
    json_t *include = NULL;
    if (!sv_take_texts(q->call, body, "include", 100, 100, &include) || !check_include(q, include)) return false;
    if (sort && !json_is_string(sort) && !json_is_array(sort)) {
        sv_query_refuse_field(q, SV_E_invalid_sort, "sort is a text or a list of texts.", true);
        return false;
    }
    if (json_is_string(sort) && !take_sort(q, json_string_value(sort))) return false;
    json_array_foreach(sort, index,
                       item) if (!take_sort(q, json_is_string(item) ? json_string_value(item) : "?")) return false;
    q->filter = json_incref(json_object_get(body, "filter"));
    return true;
}

/* ---- pages ---- */

/* What a cursor belongs to: account, mode, type, filter and order. */
static void find_binding(const sv_query *q, uint8_t mac[SV_SHA256_SIZE], const char *values)
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

static json_t *read_cursor(sv_query *q)
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

static char *make_cursor(const sv_query *q, json_t *values)
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
static void put_sort_key(sv_query *q, const sv_sorting *s, sv_text *into)
{
    sv_text kept = q->where;
    q->where = (sv_text){0};
    bool number = sv_query_is_number(s->field), column = sv_query_is_column(s->field);
    if (!column) sv_text_put(&q->where, "coalesce(");
    sv_query_put_field(q, s->field, s->field->name);
    if (!column) sv_text_put(&q->where, number ? ", -9e99)" : ", '')");
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
static void put_page(sv_query *q, json_t *from)
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
            sv_query_put_value(q, value_of(json_array_get(from, i)));
        }
        sv_text_put(&q->where, ")");
    }
    sv_text_put(&q->where, ")");
}

static void put_source(sv_query *q, sv_text *sql)
{
    if (q->listing->documents) {
        char *text = json_dumps(q->listing->documents, JSON_COMPACT);
        q->values[0] = sv_words(sv_query_own(q, text));
        q->value_count = 1;
        sv_text_put(sql,
                    " FROM (SELECT json_extract(value, '$.id') AS id, NULL AS ref, 0 AS created_ms, 0 AS updated_ms,"
                    " 1 AS version, value AS body, NULL AS private FROM json_each(?1)) WHERE 1");
    } else if (q->listing->every_account) {
        q->values[0] = sv_int(q->call->scope.livemode);
        q->values[1] = sv_words(q->listing->type);
        q->value_count = 2;
        sv_text_put(sql,
                    " FROM (SELECT id, account_id, ref, created_ms, updated_ms, version, json_set(body, '$.account_id',"
                    " account_id) AS body, private FROM objects WHERE livemode = ?1 AND type = ?2 AND deleted = 0)"
                    " WHERE 1");
    } else {
        q->values[0] = sv_words(q->call->account_id);
        q->values[1] = sv_int(q->call->scope.livemode);
        q->values[2] = sv_words(q->listing->type);
        q->value_count = 3;
        sv_text_format(sql, " FROM %s WHERE account_id = ?1 AND livemode = ?2 AND type = ?3 AND deleted = 0",
                       q->listing->table ? q->listing->table : "objects");
        if (q->listing->since_ms) {
            q->values[q->value_count++] = sv_int(q->listing->since_ms);
            sv_text_put(sql, " AND created_ms >= ?4");
        }
    }
}

/* ---- answers ---- */

static void choose_fields(const sv_query *q, json_t *document)
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

static json_t *view_of(sv_query *q, const sv_object *object)
{
    json_t *view = q->listing->documents ? json_incref(object->body)
                   : q->listing->view    ? q->listing->view(q->call, object)
                                         : sv_object_view(object, q->call->scope.livemode);
    choose_fields(q, view);
    return view;
}

static json_t *place_of(const sv_query *q, sv_rows *rows, const sv_object *object)
{
    json_t *place = json_array();
    for (size_t i = 0; i < q->sort_count; i++) {
        bool number = sv_query_is_number(q->sorts[i].field);
        const char *text = sv_column_text(rows, 7 + (int)i);
        json_array_append_new(place,
                              number ? json_real(strtod(text ? text : "0", NULL)) : json_string(text ? text : ""));
    }
    json_array_append_new(place, json_string(object->id));
    return place;
}

static int64_t count_all(sv_query *q, const char *source, size_t filter_size)
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

static void add_meta(sv_query *q, json_t *answer, int64_t total, size_t count)
{
    json_t *meta = json_pack("{s:I, s:I, s:I, s:b, s:f}", "count", (json_int_t)count, "limit", (json_int_t)q->limit,
                             "total", (json_int_t)(total > TOTAL_MAX ? TOTAL_MAX : total), "total_capped",
                             total > TOTAL_MAX, "took_ms", (double)(sv_monotonic_us() - q->call->began_us) / 1000);
    if (q->has_offset) json_object_set_new(meta, "offset", json_integer(q->offset));
    json_object_set_new(answer, "meta", meta);
}

static void run(sv_query *q)
{
    sv_text source = {0}, sql = {0}, order = {0};
    json_t *from = NULL, *last = NULL;
    put_source(q, &source);
    const bool filters = q->filter && !(json_is_object(q->filter) && !json_object_size(q->filter));
    if (filters) sv_text_put(&q->where, " AND "), sv_query_put_filter(q);
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
    sv_query *q = sv_alloc(1, sizeof *q);
    *q = (sv_query){.call = call, .listing = listing, .limit = LIMIT_DEFAULT};
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
