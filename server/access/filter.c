#include "access/filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONDITIONS_MAX 32
#define DEPTH_MAX 4
#define LIST_MAX 100

static const sv_field common[] = {{"id", SV_F_TEXT, false},
                                  {"ref", SV_F_TEXT, false},
                                  {"created_at", SV_F_MOMENT, true},
                                  {"updated_at", SV_F_MOMENT, true}};
#define COMMON_COUNT (sizeof common / sizeof common[0])

static const char *const operators[] = {"eq",          "ne",        "gt", "gte",    "lt",      "lte",    "contains",
                                        "starts_with", "ends_with", "in", "not_in", "is_null", "between"};
#define OPERATOR_COUNT (sizeof operators / sizeof operators[0])

/* ---- values and fields ---- */

const char *sv_query_own(sv_query *q, char *text)
{
    return q->owned_count < SV_QUERY_VALUES_MAX ? (q->owned[q->owned_count++] = text) : text;
}

/* "?7" */
void sv_query_put_value(sv_query *q, sv_value value)
{
    if (q->value_count >= SV_QUERY_VALUES_MAX - 8) {
        sv_refuse(q->call, SV_E_invalid_filter, NULL, "The filter has too many values.");
        return;
    }
    q->values[q->value_count++] = value;
    sv_text_format(&q->where, "?%zu", q->value_count);
}

const sv_field *sv_query_find_field(const sv_query *q, const char *name)
{
    if (strcmp(name, "color.hex") == 0) name = "colors.hex"; /* said of one, as in a quote */
    for (size_t i = 0; i < COMMON_COUNT; i++)
        if (strcmp(common[i].name, name) == 0) return &common[i];
    for (const sv_field *f = q->listing->fields; f->name; f++)
        if (strcmp(f->name, name) == 0) return f;
    return NULL;
}

void sv_query_refuse_field(sv_query *q, sv_error error, const char *what, bool sorting_only)
{
    json_t *allowed = json_array();
    for (size_t i = 0; i < COMMON_COUNT; i++)
        if (!sorting_only || common[i].sorts) json_array_append_new(allowed, json_string(common[i].name));
    for (const sv_field *f = q->listing->fields; f->name; f++)
        if (!sorting_only || f->sorts) json_array_append_new(allowed, json_string(f->name));
    sv_refuse(q->call, error, json_pack("{s:o}", "allowed", allowed), "%s", what);
}

bool sv_query_is_number(const sv_field *field)
{
    return field->kind == SV_F_NUMBER || field->kind == SV_F_COLUMN_NUMBER || field == &common[2] ||
           field == &common[3];
}

bool sv_query_is_column(const sv_field *field)
{
    return field->kind == SV_F_COLUMN_TEXT || field->kind == SV_F_COLUMN_NUMBER || field == &common[2] ||
           field == &common[3];
}

static void refuse(sv_query *q, const char *what) { sv_refuse(q->call, SV_E_invalid_filter, NULL, "%s", what); }

/* The field as SQL. Names come from our own tables; a key of metadata is bound. */
void sv_query_put_field(sv_query *q, const sv_field *field, const char *name)
{
    if (field == &common[0] || field == &common[1])
        sv_text_put(&q->where, field->name);
    else if (field == &common[2])
        sv_text_put(&q->where, "created_ms");
    else if (field == &common[3])
        sv_text_put(&q->where, "updated_ms");
    else if (field && sv_query_is_column(field))
        sv_text_put(&q->where, field->name);
    else if (field)
        sv_text_format(&q->where, "json_extract(body, '$.%s')", field->name);
    else {
        sv_text path = {0};
        sv_text_format(&path, "$.metadata.\"%s\"", name + strlen("metadata."));
        sv_text_put(&q->where, "json_extract(body, ");
        sv_query_put_value(q, sv_words(sv_query_own(q, path.data)));
        sv_text_put(&q->where, ")");
    }
    if (!field || field->kind == SV_F_TEXT) sv_text_put(&q->where, " COLLATE NOCASE");
}

static bool put_typed(sv_query *q, const sv_field *field, json_t *value)
{
    const char *text = json_string_value(value);
    sv_field_kind kind = field ? field->kind : SV_F_TEXT;
    if (kind == SV_F_COLUMN_TEXT) kind = SV_F_TEXT;
    if (kind == SV_F_COLUMN_NUMBER) kind = SV_F_NUMBER;
    char *end;
    int64_t ms;
    if ((kind == SV_F_TEXT || kind == SV_F_TAGS) && text) {
        sv_query_put_value(q, sv_words(text));
    } else if (kind == SV_F_MOMENT && text && sv_moment_read(text, &ms)) {
        if (field == &common[2] || field == &common[3]) {
            sv_query_put_value(q, sv_int(ms));
        } else {
            char *moment = sv_alloc(SV_MOMENT_SIZE, 1);
            sv_moment_print(ms, moment);
            sv_query_put_value(q, sv_words(sv_query_own(q, moment)));
        }
    } else if (kind == SV_F_NUMBER && json_is_number(value)) {
        sv_query_put_value(q, sv_real(json_number_value(value)));
    } else if (kind == SV_F_NUMBER && q->texts && text && *text) {
        double number = strtod(text, &end);
        if (*end || !isfinite(number)) return refuse(q, "A number is expected in the filter."), false;
        sv_query_put_value(q, sv_real(number));
    } else if (kind == SV_F_BOOL && json_is_boolean(value)) {
        sv_query_put_value(q, sv_int(json_is_true(value)));
    } else if (kind == SV_F_BOOL && q->texts && text && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)) {
        sv_query_put_value(q, sv_int(*text == 't'));
    } else {
        refuse(q, "A value of the filter has the wrong type.");
    }
    return !sv_refused(q->call);
}

/* ---- conditions ---- */

static void put_list(sv_query *q, const sv_field *field, const char *name, const char *operator, json_t * value)
{
    json_t *item;
    size_t index, count = json_array_size(value);
    bool between = strcmp(operator, "between") == 0;
    if (!count || count > LIST_MAX || (between && count != 2)) {
        refuse(q, between ? "between takes two values." : "A list of 1 to 100 values is expected.");
    } else if (between) {
        sv_query_put_field(q, field, name);
        sv_text_put(&q->where, " BETWEEN ");
        if (put_typed(q, field, json_array_get(value, 0)))
            sv_text_put(&q->where, " AND "), put_typed(q, field, json_array_get(value, 1));
    } else {
        if (*operator== 'n') sv_text_put(&q->where, "NOT ");
        sv_text_put(&q->where, "coalesce(");
        sv_query_put_field(q, field, name);
        sv_text_put(&q->where, " IN (");
        json_array_foreach(value, index, item)
        {
            if (index) sv_text_put(&q->where, ", ");
            if (!put_typed(q, field, item)) break;
        }
        sv_text_put(&q->where, "), 0)");
    }
}

static void put_text_match(sv_query *q, const sv_field *field, const char *name, const char *operator, json_t * value)
{
    if ((field && field->kind != SV_F_TEXT && field->kind != SV_F_COLUMN_TEXT) || !json_is_string(value)) {
        refuse(q, "This operator is for texts.");
        return;
    }
    /* lower() and instr() know no wildcards; both are of ASCII alone. */
    const char *text = json_string_value(value);
    sv_text_put(&q->where, "coalesce(");
    if (*operator== 'c') {
        sv_text_put(&q->where, "instr(lower(");
        sv_query_put_field(q, field, name);
        sv_text_put(&q->where, "), lower(");
        sv_query_put_value(q, sv_words(text));
        sv_text_put(&q->where, ")) > 0");
    } else {
        sv_text_format(&q->where, "lower(substr(");
        sv_query_put_field(q, field, name);
        sv_text_put(&q->where, *operator== 's' ? ", 1, length(" : ", -length(");
        sv_query_put_value(q, sv_words(text));
        sv_text_put(&q->where, "))) = lower(");
        sv_query_put_value(q, sv_words(text));
        sv_text_put(&q->where, ")");
    }
    sv_text_put(&q->where, ", 0)");
}

static void put_tags(sv_query *q, const sv_field *field, const char *operator, json_t * value)
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
    sv_query_put_value(q, json_is_string(value) ? sv_words(json_string_value(value)) : sv_words(""));
    sv_text_put(&q->where, " COLLATE NOCASE)");
}

static void put_condition(sv_query *q, const char *name, const char *operator, json_t * value)
{
    static const struct {
        const char *name, *sql;
    } simple[] = {{"eq", " = "}, {"gt", " > "}, {"gte", " >= "}, {"lt", " < "}, {"lte", " <= "}};
    const sv_field *field = sv_query_find_field(q, name);
    bool metadata = !field && strncmp(name, "metadata.", 9) == 0 && name[9] && !strpbrk(name, "\"\\");
    if (!field && !metadata) {
        sv_query_refuse_field(q, SV_E_invalid_filter, "There is no field of that name to filter by.", false);
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
        sv_query_put_field(q, field, name);
        sv_text_put(&q->where, yes ? " IS NULL" : " IS NOT NULL");
    } else if (strcmp(operator, "in") == 0 || strcmp(operator, "not_in") == 0 || strcmp(operator, "between") == 0) {
        put_list(q, field, name, operator, value);
    } else if (strcmp(operator, "ne") == 0) {
        sv_query_put_field(q, field, name);
        sv_text_put(&q->where, " IS NOT ");
        put_typed(q, field, value);
    } else if (strstr("contains starts_with ends_with", operator)) {
        put_text_match(q, field, name, operator, value);
    } else {
        const bool column = field && sv_query_is_column(field);
        sv_text_put(&q->where, column ? "(" : "coalesce(");
        sv_query_put_field(q, field, name);
        for (size_t i = 0; i < sizeof simple / sizeof simple[0]; i++)
            if (strcmp(simple[i].name, operator) == 0) sv_text_put(&q->where, simple[i].sql);
        if (put_typed(q, field, value)) sv_text_put(&q->where, column ? ")" : ", 0)");
    }
}

bool sv_query_is_operator(const char *word)
{
    for (size_t i = 0; i < OPERATOR_COUNT; i++)
        if (strcmp(operators[i], word) == 0) return true;
    return false;
}

/* {"status":{"eq":"ready"}} or {"status":"ready"}; several are AND. */
static void put_leaf(sv_query *q, const char *name, json_t *value)
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
        if (!sv_query_is_operator(operator)) refuse(q, "There is no operator of that name.");
        if (sv_refused(q->call)) return;
        put_condition(q, name, operator, operand);
    }
    sv_text_put(&q->where, first ? "1)" : ")");
}

static void put_group(sv_query *q, json_t *group, int depth);

static void put_member(sv_query *q, const char *name, json_t *value, int depth)
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
static void put_group(sv_query *q, json_t *group, int depth)
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

void sv_query_put_filter(sv_query *q) { put_group(q, q->filter, 1); }
