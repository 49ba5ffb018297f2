/* 3MF under damage: every prefix, every flipped bit, no memory at call n, stop at call n. A status each time, the same
 * status twice, and balanced memory. */
#include "tests/unit/threemf_collect.h"

#define MODEL                                                                                                          \
    MODEL_BEGIN PRODUCTION "unit=\"inch\"><metadata name=\"Application\">app</metadata><resources>"                    \
                           "<object id=\"1\" name=\"a\"><mesh><vertices><vertex x=\"0\" y=\"0\" z=\"0\"/><vertex "     \
                           "x=\"1.5\" y=\"0\" z=\"-2e-3\"/><vertex x=\"0\" y=\"1\" z=\"0\"/></vertices>"               \
                           "<triangles><triangle v1=\"0\" v2=\"1\" v3=\"2\"/></triangles></mesh></object>"             \
                           "<object id=\"2\"><components><component objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 5 0 " \
                           "0\"/><component objectid=\"1\" p:path=\"/3D/b.model\"/></components></object>"             \
                           "</resources><build><item objectid=\"2\"/></build></model>"
#define SUB MODEL_BEGIN "><resources>" TETRA("1") "</resources></model>"

static uint8_t *package(const char *root, size_t root_size, int stored, size_t *size)
{
    const pack_entry entries[] = {{.name = "_rels/.rels",
                                   .data = pack_root_relationships,
                                   .size = strlen(pack_root_relationships),
                                   .stored = stored},
                                  {.name = "3D/3dmodel.model", .data = root, .size = root_size, .stored = stored},
                                  {.name = "3D/b.model", .data = SUB, .size = sizeof(SUB) - 1, .stored = stored}};
    return pack_zip(entries, 3, NULL, size);
}

/* Only counts: what a damaged file yields may be large. */
static lq_status ignore_begin(void *user) { return user ? LQ_OK : LQ_ERR_INTERNAL; }
static lq_status ignore_indexed(void *user, lqi_sink_mesh *mesh) { return user && mesh ? LQ_OK : LQ_ERR_INTERNAL; }
static lq_status ignore_instance(void *user, const lqi_instance *instance)
{
    return user && instance ? LQ_OK : LQ_ERR_INTERNAL;
}

static lq_status use_package(const uint8_t *data, size_t size, const lq_context_options *options, char code[64],
                             int64_t *offset)
{
    lq_context *context;
    if (lqi_context_create(options, &context) != LQ_OK) return LQ_ERR_MEMORY;
    int user = 1;
    const lqi_sink sink = {.user = &user,
                           .mesh_begin = ignore_begin,
                           .indexed = ignore_indexed,
                           .mesh_end = ignore_begin,
                           .instance = ignore_instance};
    lq_source source;
    lq_source_memory(data, size, NULL, &source);
    lqi_zip *zip = NULL;
    lqi_threemf *threemf = NULL;
    lqi_notes notes;
    lqi_notes_init(&notes, context);
    const lqi_threemf_contents *contents;
    lq_status status = lqi_zip_open(context, &source, &zip);
    if (status == LQ_OK) status = lqi_threemf_open(context, zip, 0, &threemf);
    if (status == LQ_OK) {
        status = lqi_threemf_read(threemf, &(lqi_threemf_selection){.scale = 1}, &sink, &notes);
        if (status != LQ_OK && status != LQ_ERR_MEMORY && status != LQ_ERR_CANCELLED) {
            /* Asked again, it fails again, for the same reason. */
            char first[64];
            snprintf(first, sizeof first, "%s", lq_context_error(context)->code);
            int64_t first_offset = lq_context_error(context)->offset;
            lqi_begin(context);
            CHECK_INT("again", lqi_threemf_read(threemf, &(lqi_threemf_selection){.scale = 1}, &sink, &notes), status,
                      "status");
            CHECK_TEXT("again", lq_context_error(context)->code, first, "code");
            CHECK_INT("again", lq_context_error(context)->offset, first_offset, "offset");
        }
    }
    if (status == LQ_OK) status = lqi_threemf_contents_read(threemf, &contents);
    snprintf(code, 64, "%s", lq_context_error(context)->code);
    *offset = lq_context_error(context)->offset;
    if (status != LQ_OK)
        CHECK(lq_context_error(context)->status == status && code[0], "no error for status %d", status);
    lqi_notes_free(&notes);
    lqi_threemf_close(threemf);
    lqi_zip_close(zip);
    lq_context_reset(context);
    CHECK(lq_context_memory_held(context) == 0, "%llu bytes held", (unsigned long long)lq_context_memory_held(context));
    lq_context_destroy(context);
    return status;
}

static void test_prefixes_of_the_model(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof(MODEL); n++) {
        size_t size;
        char code[64];
        int64_t offset;
        uint8_t *data = package(MODEL, n, 1, &size);
        lq_status status = use_package(data, size, NULL, code, &offset);
        CHECK_INT("prefix", status, n == sizeof(MODEL) - 1 ? LQ_OK : LQ_ERR_INPUT, "status");
        if (status != LQ_OK) CHECK_TEXT("prefix", code, "xml_syntax", "code");
        CHECK(offset <= (int64_t)n, "%zu bytes: an error at %lld", n, (long long)offset);
        free(data);
    }
}

static void test_prefixes_of_the_package(void **state)
{
    (void)state;
    size_t size;
    uint8_t *data = package(MODEL, sizeof(MODEL) - 1, 0, &size);
    lend_guard guard;
    assert_true(lend_guard_open(&guard, size));
    for (size_t n = 0; n < size; n++) {
        char code[64];
        int64_t offset;
        lq_status status = use_package(lend_guard_put(&guard, data, n), n, NULL, code, &offset);
        CHECK_INT("prefix", status, LQ_ERR_INPUT, "status");
        CHECK_TEXT("prefix", code, "zip_corrupt", "code");
    }
    lend_guard_close(&guard);
    free(data);
}

static void test_bit_flips(void **state)
{
    (void)state;
    /* In the text of the model (packed anew), then in the package. */
    char *text = malloc(sizeof(MODEL));
    for (size_t bit = 0; bit < 8 * (sizeof(MODEL) - 1); bit++) {
        memcpy(text, MODEL, sizeof(MODEL));
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        size_t size;
        char code[64];
        int64_t offset;
        uint8_t *data = package(text, sizeof(MODEL) - 1, 1, &size);
        lq_status status = use_package(data, size, NULL, code, &offset);
        CHECK(status == LQ_OK || status == LQ_ERR_INPUT || status == LQ_ERR_LIMIT || status == LQ_ERR_UNSUPPORTED,
              "bit %zu: %s", bit, code);
        free(data);
    }
    free(text);
    size_t size;
    uint8_t *data = package(MODEL, sizeof(MODEL) - 1, 0, &size);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        char code[64];
        int64_t offset;
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        lq_status status = use_package(data, size, NULL, code, &offset);
        CHECK(status != LQ_ERR_INTERNAL && status != LQ_ERR_MEMORY && status != LQ_ERR_IO, "bit %zu: %s", bit, code);
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    free(data);
}

static void test_no_memory(void **state)
{
    (void)state;
    size_t size;
    uint8_t *data = package(MODEL, sizeof(MODEL) - 1, 0, &size);
    for (int forever = 0; forever < 2; forever++)
        for (uint64_t n = 1;; n++) {
            lend_allocator lent = {.fail_at = n, .forever = forever};
            lq_allocator allocator = lend_allocator_of(&lent);
            lq_context_options options = {.struct_size = sizeof options, .allocator = &allocator};
            char code[64];
            int64_t offset;
            lq_status status = use_package(data, size, &options, code, &offset);
            assert_int_equal(lent.held, 0);
            if (lent.calls < n) {
                assert_int_equal(status, LQ_OK);
                assert_true(n > 20);
                break;
            }
            /* A growing list tries again with less: one failed call may be survived. */
            CHECK(status == LQ_ERR_MEMORY || (!forever && status == LQ_OK), "call %llu: status %d %s",
                  (unsigned long long)n, status, code);
        }
    free(data);
}

static void test_memory_limit(void **state)
{
    (void)state;
    size_t size;
    uint8_t *data = package(MODEL, sizeof(MODEL) - 1, 0, &size);
    for (uint64_t bytes = 1000; bytes < 400000; bytes += 3000) {
        lq_limits limits = {.struct_size = sizeof limits, .memory_bytes = bytes};
        lq_context_options options = {.struct_size = sizeof options, .limits = &limits};
        char code[64];
        int64_t offset;
        lq_status status = use_package(data, size, &options, code, &offset);
        CHECK(status == LQ_OK || (status == LQ_ERR_LIMIT && strcmp(code, "limit") == 0), "%llu bytes: %d %s",
              (unsigned long long)bytes, status, code);
    }
    free(data);
}

static void test_cancel(void **state)
{
    (void)state;
    size_t size;
    uint8_t *data = package(MODEL, sizeof(MODEL) - 1, 0, &size);
    for (uint64_t n = 1;; n++) {
        lend_stopper stopper = {.stop_at = n};
        lq_context_options options = {.struct_size = sizeof options, .progress = lend_stop, .progress_user = &stopper};
        char code[64];
        int64_t offset;
        lq_status status = use_package(data, size, &options, code, &offset);
        if (status == LQ_OK) {
            assert_true(n > 8);
            break;
        }
        assert_int_equal(status, LQ_ERR_CANCELLED);
    }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefixes_of_the_model),
        cmocka_unit_test(test_prefixes_of_the_package),
        cmocka_unit_test(test_bit_flips),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_memory_limit),
        cmocka_unit_test(test_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
