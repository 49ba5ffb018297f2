/* Events as they are written: their numbers, their size, and the deliveries that come with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "events/emit.h"
#include "store/accounts.h"

typedef struct world {
    sv_config config;
    sv_store *store;
    sv_account account;
    char folder[32];
} world;

static int begin(void **state)
{
    static world w;
    char *why = NULL;
    w = (world){.folder = "/tmp/quote-emit-XXXXXX"};
    if (!mkdtemp(w.folder)) return -1;
    w.config = (sv_config){.database = "sqlite:quote.db", .folder = w.folder};
    if (!sv_store_open(&w.config, true, &w.store, &why)) return -1;
    w.account = sv_account_new(&w.config, "Shop", NULL, "seller", true);
    *state = &w;
    return sv_account_insert(w.store, &w.account) == SV_DONE && sv_begin(w.store, true) == SV_DONE ? 0 : -1;
}

static int end(void **state)
{
    world *w = *state;
    char path[80];
    static const char *const files[] = {"quote.db", "quote.db-wal", "quote.db-shm", "quote.db-turn"};
    sv_rollback(w->store);
    sv_store_close(w->store);
    sv_account_free(&w->account);
    for (size_t i = 0; i < 4; i++) snprintf(path, sizeof path, "%s/%s", w->folder, files[i]), unlink(path);
    return rmdir(w->folder);
}

static sv_scope scope_of(const world *w) { return (sv_scope){w->account.id, false}; }

/* The bytes of the n-th event; the caller frees them. */
static char *bytes_of(const world *w, int64_t number)
{
    const sv_value values[] = {sv_words(w->account.id), sv_int(0), sv_int(number - 1), sv_int(1)};
    sv_rows *rows = sv_open(w->store, SV_SQL_EVENTS_AFTER, values, 4);
    assert_int_equal(sv_step(rows), SV_ROW);
    assert_int_equal(sv_column_int(rows, 0), number);
    char *bytes = sv_copy(sv_column_text(rows, 1));
    sv_close(rows);
    return bytes;
}

static json_t *make_quote(size_t padding)
{
    char *text = sv_alloc(padding + 1, 1);
    memset(text, 'x', padding);
    text[padding] = 0;
    json_t *quote =
        json_pack("{s:s, s:s, s:i, s:s}", "object", "quote", "id", "quote_1", "version", 3, "padding", text);
    free(text);
    return quote;
}

static void has_no_gap(void **state)
{
    const world *w = *state;
    json_t *quote = make_quote(1);
    for (int i = 1; i <= 5; i++) {
        assert_int_equal(sv_emit(w->store, scope_of(w), "req_1", "quote.created", quote, NULL), SV_DONE);
        free(bytes_of(w, i));
    }
    json_decref(quote);
}

static void is_never_larger_than_64_kib(void **state)
{
    const world *w = *state;
    int64_t number = 0;
    for (size_t size = 64000; size <= 66000; size += 100) {
        json_t *quote = make_quote(size), *before = make_quote(9);
        assert_int_equal(sv_emit(w->store, scope_of(w), NULL, "quote.completed", quote, before), SV_DONE);
        char *bytes = bytes_of(w, ++number);
        json_t *event = json_loads(bytes, 0, NULL), *object = sv_json_at(event, "data.object");
        assert_true(strlen(bytes) <= 65536);
        if (sv_json_true(event, "data.truncated")) {
            json_t *brief = json_pack("{s:s, s:s, s:i, s:s}", "object", "quote", "id", "quote_1", "version", 3, "url",
                                      "/api/v1/quotes/quote_1");
            assert_true(json_equal(object, brief));
            assert_string_equal(sv_json_text(event, "data.previous.padding"), "xxxxxxxxx");
            json_decref(brief);
        } else {
            assert_true(json_equal(object, quote));
        }
        assert_int_equal(sv_json_true(event, "data.truncated"), size > 65100);
        json_decref(event);
        json_decref(before);
        json_decref(quote);
        free(bytes);
    }
    json_t *small = make_quote(9), *large = make_quote(70000);
    assert_int_equal(sv_emit(w->store, scope_of(w), NULL, "quote.completed", small, large), SV_DONE);
    char *bytes = bytes_of(w, ++number);
    assert_true(strlen(bytes) <= 65536);
    free(bytes);
    json_decref(small);
    json_decref(large);
}

static int64_t count_of(const world *w, const char *status)
{
    sv_text sql = {0};
    sv_text_format(&sql, "SELECT count(*) FROM deliveries WHERE status = '%s'", status);
    sv_rows *rows = sv_open_sql(w->store, sv_text_get(&sql), NULL, 0);
    const int64_t count = sv_step(rows) == SV_ROW ? sv_column_int(rows, 0) : -1;
    sv_close(rows);
    sv_text_free(&sql);
    return count;
}

static void writes_a_delivery_for_each_that_listens(void **state)
{
    const world *w = *state;
    static const char *const statuses[] = {"enabled", "enabled", "disabled", "auto_disabled"};
    static const char *const patterns[] = {"quote.*", "order.*", "*", "quote.created"};
    for (size_t i = 0; i < 4; i++) {
        sv_object endpoint = sv_object_new(
            "webhook_endpoint", json_pack("{s:s, s:[s]}", "status", statuses[i], "events", patterns[i]), NULL);
        assert_int_equal(sv_object_insert(w->store, scope_of(w), &endpoint), SV_DONE);
        sv_object_free(&endpoint);
    }
    json_t *quote = make_quote(1);
    assert_int_equal(sv_emit(w->store, scope_of(w), NULL, "quote.created", quote, NULL), SV_DONE);
    assert_int_equal(count_of(w, "pending"), 1);
    assert_int_equal(count_of(w, "held"), 2);
    const sv_scope live = {w->account.id, true};
    assert_int_equal(sv_emit(w->store, live, NULL, "quote.created", quote, NULL), SV_DONE);
    assert_int_equal(count_of(w, "pending"), 1);
    json_decref(quote);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(has_no_gap, begin, end),
        cmocka_unit_test_setup_teardown(is_never_larger_than_64_kib, begin, end),
        cmocka_unit_test_setup_teardown(writes_a_delivery_for_each_that_listens, begin, end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
