/*
 * schema/price-book.schema.json says what lq_book_read reads, schema/process-profiles.schema.json what process profiles
 * are. A small checker of JSON Schema 2020-12 walks the default ones and damaged copies: what the reader accepts the
 * schema accepts, and what damages the shape, a missing, unknown or wrongly typed member, both refuse.
 */
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "check/process_profile.h"
#include "check/process_profiles.h"
#include "libquote.h"
#include "price/default_book.h"
#include "tests/support/price_books.h"

/* Tests run at the root of the repository. */
#define BOOK_SCHEMA_PATH "schema/price-book.schema.json"
#define PROFILES_SCHEMA_PATH "schema/process-profiles.schema.json"

/* The schema that is looked at, and the reader of what it describes. */
static json_t *schema_root;
static lq_status (*reader)(lq_context *context, const char *text, size_t size);

static lq_status read_book(lq_context *context, const char *text, size_t size)
{
    lq_book *book;
    lq_status status = lq_book_read(context, text, size, &book);
    assert_true(status == LQ_OK || status == LQ_ERR_INPUT);
    lq_book_destroy(book);
    return status;
}

static lq_status read_profiles(lq_context *context, const char *text, size_t size)
{
    lqi_arena arena;
    lqi_process_profiles profiles;
    const char *mistake;
    lq_context_reset(context);
    lqi_arena_init(&arena, context);
    lq_status status = lqi_process_profiles_read(&arena, text, size, &profiles, &mistake);
    assert_true(status == LQ_OK || status == LQ_ERR_INTERNAL);
    lqi_arena_free(&arena);
    return status;
}

static bool matches(const char *pattern, const char *text)
{
    regex_t expression;
    if (regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB) != 0) fail_msg("the pattern %s is wrong", pattern);
    bool found = regexec(&expression, text, 0, NULL, 0) == 0;
    regfree(&expression);
    return found;
}

static bool is_type(const char *type, const json_t *value)
{
    if (strcmp(type, "object") == 0) return json_is_object(value);
    if (strcmp(type, "array") == 0) return json_is_array(value);
    if (strcmp(type, "string") == 0) return json_is_string(value);
    if (strcmp(type, "integer") == 0) return json_is_integer(value);
    if (strcmp(type, "number") == 0) return json_is_number(value);
    if (strcmp(type, "boolean") == 0) return json_is_boolean(value);
    if (strcmp(type, "null") == 0) return json_is_null(value);
    fail_msg("the type %s is unknown", type);
    return false;
}

static bool valid(const json_t *schema, const json_t *value);

static bool valid_type(const json_t *types, const json_t *value)
{
    if (json_is_string(types)) return is_type(json_string_value(types), value);
    for (size_t i = 0; i < json_array_size(types); i++)
        if (is_type(json_string_value(json_array_get(types, i)), value)) return true;
    return false;
}

static bool valid_object(const json_t *schema, json_t *value)
{
    const json_t *known = json_object_get(schema, "properties");
    const json_t *others = json_object_get(schema, "additionalProperties");
    const json_t *names = json_object_get(schema, "propertyNames");
    const json_t *required = json_object_get(schema, "required");
    const json_t *least = json_object_get(schema, "minProperties");
    const char *key;
    json_t *member;
    if (json_object_size(value) < (size_t)json_integer_value(least)) return false;
    for (size_t i = 0; i < json_array_size(required); i++)
        if (!json_object_get(value, json_string_value(json_array_get(required, i)))) return false;
    json_object_foreach(value, key, member)
    {
        const json_t *own = json_object_get(known, key);
        if (!own && json_is_false(others)) return false;
        if (!own && json_is_object(others)) own = others;
        if (own && !valid(own, member)) return false;
        if (names) {
            json_t *text = json_string(key);
            bool fits = valid(names, text);
            json_decref(text);
            if (!fits) return false;
        }
    }
    return true;
}

static bool valid_array(const json_t *schema, const json_t *value)
{
    const json_t *items = json_object_get(schema, "items");
    const json_t *least = json_object_get(schema, "minItems"), *most = json_object_get(schema, "maxItems");
    if (least && json_array_size(value) < (size_t)json_integer_value(least)) return false;
    if (most && json_array_size(value) > (size_t)json_integer_value(most)) return false;
    for (size_t i = 0; items && i < json_array_size(value); i++)
        if (!valid(items, json_array_get(value, i))) return false;
    return true;
}

static bool valid_scalar(const json_t *schema, const json_t *value)
{
    const json_t *pattern = json_object_get(schema, "pattern");
    const json_t *shortest = json_object_get(schema, "minLength"), *longest = json_object_get(schema, "maxLength");
    const json_t *least = json_object_get(schema, "minimum"), *most = json_object_get(schema, "maximum");
    if (json_is_string(value)) {
        if (pattern && !matches(json_string_value(pattern), json_string_value(value))) return false;
        if (shortest && json_string_length(value) < (size_t)json_integer_value(shortest)) return false;
        if (longest && json_string_length(value) > (size_t)json_integer_value(longest)) return false;
    }
    if (json_is_number(value)) {
        if (least && json_number_value(value) < json_number_value(least)) return false;
        if (most && json_number_value(value) > json_number_value(most)) return false;
    }
    return true;
}

static bool valid_choice(const json_t *schema, const json_t *value)
{
    const json_t *words = json_object_get(schema, "enum"), *only = json_object_get(schema, "const");
    const json_t *one_of = json_object_get(schema, "oneOf");
    size_t hits = 0;
    if (only && !json_equal(only, value)) return false;
    for (size_t i = 0; i < json_array_size(words); i++) hits += (size_t)json_equal(json_array_get(words, i), value);
    if (words && hits != 1) return false;
    hits = 0;
    for (size_t i = 0; i < json_array_size(one_of); i++) hits += valid(json_array_get(one_of, i), value);
    return !one_of || hits == 1;
}

static const json_t *follow(const json_t *schema)
{
    static const char place[] = "#/$defs/";
    const char *path = json_string_value(json_object_get(schema, "$ref"));
    if (!path) return NULL;
    assert_memory_equal(path, place, sizeof place - 1);
    const json_t *target = json_object_get(json_object_get(schema_root, "$defs"), path + sizeof place - 1);
    if (!target) fail_msg("%s is nowhere", path);
    return target;
}

static bool valid(const json_t *schema, const json_t *value)
{
    const json_t *target = follow(schema);
    const json_t *types = json_object_get(schema, "type");
    if (target && !valid(target, value)) return false;
    if (types && !valid_type(types, value)) return false;
    if (json_is_object(value) && !valid_object(schema, (json_t *)(uintptr_t)value)) return false;
    if (json_is_array(value) && !valid_array(schema, value)) return false;
    return valid_scalar(schema, value) && valid_choice(schema, value);
}

/* A keyword that the checker does not know would be a rule that nobody keeps. */
static void check_keywords(const json_t *schema)
{
    static const char *const known[] = {
        "$schema",       "$id",           "$ref",       "$defs",    "title",
        "description",   "type",          "properties", "required", "additionalProperties",
        "propertyNames", "minProperties", "items",      "minItems", "maxItems",
        "pattern",       "minLength",     "maxLength",  "minimum",  "maximum",
        "enum",          "const",         "oneOf"};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)schema, key, value)
    {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) found |= strcmp(known[i], key) == 0;
        if (!found) fail_msg("the keyword %s is unknown", key);
        const char *name;
        json_t *member;
        if (strcmp(key, "properties") == 0 || strcmp(key, "$defs") == 0)
            json_object_foreach(value, name, member) check_keywords(member);
        if (strcmp(key, "oneOf") == 0)
            for (size_t i = 0; i < json_array_size(value); i++) check_keywords(json_array_get(value, i));
        bool inner =
            strcmp(key, "items") == 0 || strcmp(key, "additionalProperties") == 0 || strcmp(key, "propertyNames") == 0;
        if (inner && json_is_object(value)) check_keywords(value);
    }
}

static bool reads(lq_context *context, const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    bool good = reader(context, text, strlen(text)) == LQ_OK;
    free(text);
    return good;
}

typedef struct counters {
    size_t damaged, refused;
} counters;

/* must_refuse: the damage is one that both see. */
static void compare(lq_context *context, const json_t *book, bool must_refuse, counters *counted)
{
    bool by_schema = !valid(schema_root, book), by_reader = !reads(context, book);
    if ((by_schema && !by_reader) || (must_refuse && !(by_schema && by_reader))) {
        char *text = json_dumps(book, JSON_INDENT(1));
        print_error("%s\nschema %s, reader %s\n", text, by_schema ? "refuses" : "accepts",
                    by_reader ? lq_context_error(context)->message : "accepts");
        free(text);
        fail();
    }
    counted->damaged++;
    counted->refused += by_reader;
}

static bool is_setting(const char *name)
{
    return !strcmp(name, "perimeters") || !strcmp(name, "extrusion_width") || !strcmp(name, "fill_pattern");
}

static void damage(lq_context *context, const json_t *book, json_t *node, counters *counted);

static void damage_member(lq_context *context, const json_t *book, json_t *node, const char *key, counters *counted)
{
    json_t *kept = json_incref(json_object_get(node, key));
    json_object_set_new(node, key, json_pack("[[]]"));
    compare(context, book, true, counted);
    json_object_set_new(node, key, json_real(-0.5));
    compare(context, book, !is_setting(key), counted); /* a slicer's setting may be any number */
    json_object_del(node, key);
    compare(context, book, false, counted);
    json_object_set(node, key, kept);
    damage(context, book, kept, counted);
    json_decref(kept);
}

/* Every member gone, every member of a wrong type, in every object a member too many. */
static void damage(lq_context *context, const json_t *book, json_t *node, counters *counted)
{
    for (size_t i = 0; i < json_array_size(node); i++) damage(context, book, json_array_get(node, i), counted);
    if (!json_is_object(node)) return;
    json_object_set_new(node, "zzz", json_null());
    compare(context, book, true, counted);
    json_object_del(node, "zzz");
    /* taking a member out and putting it back changes the order, so the names are listed first */
    json_t *names = json_array();
    const char *key;
    json_t *member;
    json_object_foreach(node, key, member) json_array_append_new(names, json_string(key));
    for (size_t i = 0; i < json_array_size(names); i++)
        damage_member(context, book, node, json_string_value(json_array_get(names, i)), counted);
    json_decref(names);
}

static json_t *parsed(const char *text, size_t size)
{
    json_error_t error;
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (!json) fail_msg("%s", error.text);
    return json;
}

static void open_schema(const char *path, lq_status (*reader_of_it)(lq_context *, const char *, size_t))
{
    json_error_t error;
    json_decref(schema_root);
    schema_root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!schema_root) fail_msg("%s: %s", path, error.text);
    reader = reader_of_it;
}

static int set_up(void **state)
{
    lq_context *context = NULL;
    if (lq_context_create(NULL, &context) != LQ_OK) return -1;
    *state = context;
    return 0;
}

static int tear_down(void **state)
{
    lq_context *context = *state;
    uint64_t held = lq_context_memory_held(context);
    lq_context_destroy(context);
    json_decref(schema_root);
    return held == 0 ? 0 : -1;
}

static void keywords(void **state)
{
    (void)state;
    open_schema(PROFILES_SCHEMA_PATH, read_profiles);
    check_keywords(schema_root);
    open_schema(BOOK_SCHEMA_PATH, read_book);
    check_keywords(schema_root);
}

static void default_book_is_valid(void **state)
{
    open_schema(BOOK_SCHEMA_PATH, read_book);
    json_t *book = parsed(lqi_default_book_json, lqi_default_book_json_size);
    assert_true(valid(schema_root, book));
    assert_true(reads(*state, book));
    json_decref(book);
}

static void same_verdict_on_damage(void **state)
{
    char *text = price_book_text();
    json_t *book = parsed(text, strlen(text));
    counters counted = {0, 0};
    open_schema(BOOK_SCHEMA_PATH, read_book);
    assert_true(valid(schema_root, book));
    damage(*state, book, book, &counted);
    assert_true(valid(schema_root, book));
    assert_true(reads(*state, book));
    assert_true(counted.damaged > 800 && counted.refused > 750);
    json_decref(book);
    free(text);
}

static void process_profiles(void **state)
{
    json_t *profiles = parsed(lqi_process_profiles_json, lqi_process_profiles_json_size);
    counters counted = {0, 0};
    open_schema(PROFILES_SCHEMA_PATH, read_profiles);
    assert_true(valid(schema_root, profiles));
    assert_true(reads(*state, profiles));
    /* two of them are enough: one with panels and one with pairs of holes */
    json_t *few = json_object(), *all = json_object_get(profiles, "profiles");
    json_object_set(few, "sla", json_object_get(all, "sla"));
    json_object_set(few, "fdm", json_object_get(all, "fdm"));
    json_object_set_new(profiles, "profiles", few);
    damage(*state, profiles, profiles, &counted);
    assert_true(counted.damaged > 200 && counted.refused > 150);
    json_decref(profiles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keywords),
        cmocka_unit_test(default_book_is_valid),
        cmocka_unit_test(same_verdict_on_damage),
        cmocka_unit_test(process_profiles),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
