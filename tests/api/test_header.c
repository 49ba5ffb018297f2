/* What the header promises about itself: names, values that never change, empty states, and calls with nothing. */
#include "tests/support/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "corpus/solids.h"
#include "corpus/stl_text.h"
#include "libquote.h"
#include "tests/support/lend.h"

/* Programs store these numbers: a change here is a broken promise. */
_Static_assert(LQ_OK == 0 && LQ_ERR_ARGUMENT == 10 && LQ_ERR_INPUT == 20 && LQ_ERR_UNSUPPORTED == 30, "status");
_Static_assert(LQ_ERR_SELECTION == 40 && LQ_ERR_LIMIT == 50 && LQ_ERR_MEMORY == 60 && LQ_ERR_IO == 70, "status");
_Static_assert(LQ_ERR_CANCELLED == 80 && LQ_ERR_INTERNAL == 90, "status");
_Static_assert(LQ_FORMAT_STL_BINARY == 1 && LQ_FORMAT_STL_ASCII == 2 && LQ_FORMAT_3MF == 3 && LQ_FORMAT_ZIP == 4,
               "format");
_Static_assert(LQ_ISA_SCALAR == 1 && LQ_ISA_AVX2 == 2 && LQ_ISA_AVX512 == 4 && LQ_ISA_NEON == 8, "isa");
_Static_assert(LQ_SEVERITY_INFO == 0 && LQ_SEVERITY_WARN == 1 && LQ_SEVERITY_BLOCKER == 2, "severity");

static void version_and_names(void **state)
{
    (void)state;
    assert_string_equal(lq_version(), LQ_VERSION_STRING);
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", LQ_VERSION_MAJOR, LQ_VERSION_MINOR, LQ_VERSION_PATCH);
    assert_string_equal(text, LQ_VERSION_STRING);
    size_t count = 0;
    const char *version = NULL;
    while (lq_version_library(count, &version) != NULL) {
        assert_non_null(version);
        assert_true(lq_version_library(count, NULL) != NULL);
        assert_true(++count < 100);
    }
    assert_true(count > 0);
    assert_null(lq_version_library(SIZE_MAX, &version));
    static const char *const formats[] = {"unknown", "stl_binary", "stl_ascii", "3mf", "zip", "other"};
    for (int i = 0; i < 6; i++) assert_string_equal(lq_format_name((lq_format)i), formats[i]);
    static const char *const roles[] = {"model", "negative", "modifier", "support", "other"};
    for (int i = 0; i < 5; i++) assert_string_equal(lq_role_name((lq_role)i), roles[i]);
    static const char *const verdicts[] = {"ok", "ok_repaired", "review", "reject"};
    for (int i = 0; i < 4; i++) assert_string_equal(lq_verdict_name((lq_verdict)i), verdicts[i]);
    assert_non_null(lq_format_name((lq_format)99));
    assert_non_null(lq_role_name((lq_role)99));
    assert_non_null(lq_verdict_name((lq_verdict)99));
}

static void nothing_is_destroyed(void **state)
{
    (void)state;
    lq_context_destroy(NULL);
    lq_model_close(NULL);
    lq_part_destroy(NULL);
    lq_report_destroy(NULL);
    lq_book_destroy(NULL);
    lq_quote_destroy(NULL);
}

static void a_fresh_context(void **state)
{
    (void)state;
    lq_context *context = NULL;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    const lq_error *error = lq_context_error(context);
    assert_non_null(error);
    assert_int_equal(error->status, LQ_OK);
    assert_int_equal(error->candidate_count, 0);
    assert_string_equal(error->part, "");
    assert_string_equal(error->detected, "");
    assert_null(lq_context_error_candidate(context, 0));
    assert_non_null(lq_context_isa(context));
    assert_true(strlen(lq_context_isa(context)) > 0);
    assert_true(lq_context_memory_peak(context) >= lq_context_memory_held(context));
    lq_text_free(context, NULL);
    lq_context_reset(context);
    lq_context_destroy(context);
}

static void instruction_sets(void **state)
{
    (void)state;
    lq_context *context = NULL;
    lq_context_options options = {.struct_size = sizeof options, .isa_mask = LQ_ISA_SCALAR};
    assert_int_equal(lq_context_create(&options, &context), LQ_OK);
    assert_string_equal(lq_context_isa(context), "scalar");
    lq_context_destroy(context);
    context = NULL;
#if defined(__x86_64__)
    options.isa_mask = LQ_ISA_NEON;
#else
    options.isa_mask = LQ_ISA_AVX2;
#endif
    assert_int_equal(lq_context_create(&options, &context), LQ_ERR_ARGUMENT);
    assert_null(context);
}

static void files_that_are_not_there(void **state)
{
    (void)state;
    lq_context *context = NULL;
    lq_source source;
    memset(&source, 0, sizeof source);
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    uint64_t held = lq_context_memory_held(context);
    assert_int_equal(lq_source_open_file(context, "/nonexistent/part.stl", &source), LQ_ERR_IO);
    assert_string_equal(lq_context_error(context)->code, "not_found");
    assert_int_equal(lq_source_open_file(context, "/", &source), LQ_ERR_IO);
    assert_int_equal(lq_context_error(context)->status, LQ_ERR_IO);
    lq_context_reset(context);
    assert_int_equal(lq_context_memory_held(context), held);
    lq_context_destroy(context);
}

static void a_file_is_mapped_and_read(void **state)
{
    (void)state;
    char path[] = "/tmp/libquote-test-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    solid_soup cube = solid_cube(20);
    stl_bytes bytes = stl_write_binary(&cube, NULL);
    assert_int_equal(write(file, bytes.data, bytes.size), (ssize_t)bytes.size);
    close(file);
    lq_context *context = NULL;
    lq_source source;
    lq_model *model = NULL;
    lq_part *part = NULL;
    lq_report *report = NULL;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    uint64_t held = lq_context_memory_held(context);
    assert_int_equal(lq_source_open_file(context, path, &source), LQ_OK);
    assert_int_equal(source.size, bytes.size);
    assert_int_equal(lq_model_open(context, &source, NULL, &model), LQ_OK);
    assert_int_equal(lq_model_format(model), LQ_FORMAT_STL_BINARY);
    assert_int_equal(lq_model_entry_count(model), 0);
    assert_int_equal(lq_part_read(model, NULL, &part), LQ_OK);
    lq_model_close(model); /* the part does not need it any more */
    lq_source_close(context, &source);
    assert_int_equal(lq_part_analyse(context, part, NULL, &report), LQ_OK);
    lq_part_destroy(part); /* nor the report the part */
    assert_true(lq_report_facts(report)->volume_mm3 == 8000);
    char *json = NULL;
    size_t size = 0;
    assert_int_equal(lq_report_json(context, report, &json, &size), LQ_OK);
    assert_non_null(strstr(json, "\"schema\":\"libquote.report/1\""));
    assert_non_null(strstr(json, "\"engine_version\":\"" LQ_VERSION_STRING "\""));
    lq_text_free(context, json);
    lq_diagnostic diagnostic;
    assert_int_not_equal(lq_report_diagnostic(report, lq_report_diagnostic_count(report), &diagnostic), LQ_OK);
    lq_report_destroy(report);
    lq_context_reset(context);
    assert_int_equal(lq_context_memory_held(context), held);
    lq_context_destroy(context);
    stl_bytes_free(&bytes);
    solid_free(&cube);
    unlink(path);
}

/* One part, many reports; a failure in between leaves the objects usable. */
static void objects_outlive_failures(void **state)
{
    (void)state;
    solid_soup cube = solid_cube(20);
    stl_bytes bytes = stl_write_binary(&cube, NULL);
    lq_context *context = NULL;
    lq_source source, bad;
    lq_model *model = NULL, *none = NULL;
    lq_part *part = NULL;
    lq_report *reports[3] = {NULL};
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    lq_source_memory(bytes.data, bytes.size, "cube.stl", &source);
    lq_source_memory("%PDF-1.7", 8, "letter.pdf", &bad);
    assert_int_equal(lq_model_open(context, &source, NULL, &model), LQ_OK);
    assert_int_equal(lq_part_read(model, NULL, &part), LQ_OK);
    assert_int_equal(lq_model_open(context, &bad, NULL, &none), LQ_ERR_UNSUPPORTED);
    assert_null(none);
    assert_string_equal(lq_context_error(context)->detected, "pdf");
    for (int i = 0; i < 3; i++) {
        lq_analyse_options options = {.struct_size = sizeof options, .fill = (lq_fill)i};
        assert_int_equal(lq_part_analyse(context, part, &options, &reports[i]), LQ_OK);
        assert_true(lq_report_facts(reports[i])->volume_mm3 == 8000);
    }
    const lq_contents *contents = NULL;
    assert_int_equal(lq_model_contents(model, NULL, &contents), LQ_OK);
    assert_true(lq_contents_plate_count(contents) <= 1);
    lq_object object;
    assert_int_not_equal(lq_contents_object(contents, lq_contents_object_count(contents), &object), LQ_OK);
    char *json = NULL;
    assert_int_equal(lq_contents_json(model, NULL, &json, NULL), LQ_OK);
    assert_non_null(strstr(json, "\"schema\":\"libquote.contents/1\""));
    lq_text_free(context, json);
    for (int i = 0; i < 3; i++) lq_report_destroy(reports[i]);
    lq_part_destroy(part);
    lq_model_close(model);
    lq_context_destroy(context);
    stl_bytes_free(&bytes);
    solid_free(&cube);
}

static void the_allocator_is_the_only_heap(void **state)
{
    (void)state;
    lend_allocator counter = {0};
    lq_allocator allocator = lend_allocator_of(&counter);
    lq_context_options options = {.struct_size = sizeof options, .allocator = &allocator};
    lq_context *context = NULL;
    assert_int_equal(lq_context_create(&options, &context), LQ_OK);
    memset(&allocator, 0, sizeof allocator); /* it was copied */
    assert_true(counter.calls > 0);
    solid_soup sphere = solid_sphere(10, 20);
    stl_bytes bytes = stl_write_binary(&sphere, NULL);
    lq_source source;
    lq_model *model = NULL;
    lq_part *part = NULL;
    lq_source_memory(bytes.data, bytes.size, NULL, &source);
    assert_int_equal(lq_model_open(context, &source, NULL, &model), LQ_OK);
    assert_int_equal(lq_part_read(model, NULL, &part), LQ_OK);
    assert_true(counter.held >= lq_context_memory_held(context));
    assert_true(lq_context_memory_held(context) > 8000);
    lq_part_destroy(part);
    lq_model_close(model);
    lq_context_destroy(context);
    assert_int_equal(counter.held, 0);
    assert_int_equal(counter.blocks, 0);
    stl_bytes_free(&bytes);
    solid_free(&sphere);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_and_names),        cmocka_unit_test(nothing_is_destroyed),
        cmocka_unit_test(a_fresh_context),          cmocka_unit_test(instruction_sets),
        cmocka_unit_test(files_that_are_not_there), cmocka_unit_test(a_file_is_mapped_and_read),
        cmocka_unit_test(objects_outlive_failures), cmocka_unit_test(the_allocator_is_the_only_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
