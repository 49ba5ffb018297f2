/* Every allocation fails once, those of the libraries underneath included: the nth malloc of a whole run from bytes to
 * prices, for n = 1, 2, ... until all succeed. Each run must end with a status and give back all memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "corpus/pack.h"
#include "libquote.h"

/* Sanitizers replace malloc themselves; there the failing allocator of tests/api does what it can. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CAN_INTERPOSE 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define CAN_INTERPOSE 0
#endif
#endif
#ifndef CAN_INTERPOSE
#define CAN_INTERPOSE 1
#endif

static long fail_at = -1; /* counts down; 0: this one fails */
static long balance;      /* blocks taken and not given back while counting */
static int counting;

#if CAN_INTERPOSE
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static int must_fail(void) { return counting && fail_at >= 0 && fail_at-- == 0; }

void *malloc(size_t size)
{
    if (must_fail()) return NULL;
    balance += counting;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (must_fail()) return NULL;
    balance += counting;
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    if (must_fail()) return NULL;
    balance += counting && !block;
    return __libc_realloc(block, size);
}

void free(void *block)
{
    balance -= counting && block;
    __libc_free(block);
}
#endif

/* From bytes to prices; whatever fails on the way is the answer. */
static lq_status run(const void *data, size_t size)
{
    lq_context *context = NULL;
    lq_source source;
    lq_model *model = NULL;
    lq_part *part = NULL;
    lq_report *report = NULL;
    lq_book *book = NULL;
    lq_quote *quote = NULL;
    char *json = NULL;
    lq_source_memory(data, size, "part", &source);
    lq_status status = lq_context_create(NULL, &context);
    if (status != LQ_OK) return status;
    status = lq_model_open(context, &source, NULL, &model);
    if (status == LQ_OK) status = lq_contents_json(model, NULL, &json, NULL);
    lq_text_free(context, json);
    json = NULL;
    if (status == LQ_OK) status = lq_part_read(model, NULL, &part);
    if (status == LQ_OK) status = lq_part_analyse(context, part, NULL, &report);
    if (status == LQ_OK) status = lq_book_default(context, &book);
    if (status == LQ_OK) status = lq_quote_make(context, report, book, NULL, &quote);
    if (status == LQ_OK) status = lq_quote_json(context, quote, &json, NULL);
    if (status != LQ_OK && lq_context_error(context)->status != status) status = LQ_ERR_INTERNAL;
    lq_text_free(context, json);
    lq_quote_destroy(quote);
    lq_book_destroy(book);
    lq_report_destroy(report);
    lq_part_destroy(part);
    lq_model_close(model);
    lq_context_reset(context);
    if (lq_context_memory_held(context) != 0) status = LQ_ERR_INTERNAL;
    lq_context_destroy(context);
    return status;
}

static void every_allocation_fails_once(const void *data, size_t size)
{
    assert_int_equal(run(data, size), LQ_OK); /* what is made once per process is made now */
    for (long n = 0;; n++) {
        fail_at = n;
        balance = 0;
        counting = 1;
        lq_status status = run(data, size);
        counting = 0;
        long left = balance;
        int reached = fail_at < 0;
        fail_at = -1;
        if (left != 0) fail_msg("allocation %ld: %ld blocks were not given back", n, left);
        if (!reached) {
            assert_int_equal(status, LQ_OK);
            assert_true(n > 50);
            return;
        }
        /* Something may go on without the block it asked for, but nothing may end in another failure. */
        if (status != LQ_OK && status != LQ_ERR_MEMORY) fail_msg("allocation %ld: status %d", n, (int)status);
    }
}

static const char model_xml[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<model unit=\"millimeter\" "
    "xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\"><metadata name=\"Application\">test</metadata>"
    "<resources><object id=\"1\" name=\"corner\"><mesh><vertices><vertex x=\"0\" y=\"0\" z=\"0\"/><vertex x=\"10\" "
    "y=\"0\" "
    "z=\"0\"/><vertex x=\"0\" y=\"10\" z=\"0\"/><vertex x=\"0\" y=\"0\" z=\"10\"/></vertices><triangles><triangle "
    "v1=\"0\" "
    "v2=\"2\" v3=\"1\"/><triangle v1=\"0\" v2=\"1\" v3=\"3\"/><triangle v1=\"1\" v2=\"2\" v3=\"3\"/><triangle v1=\"2\" "
    "v2=\"0\" "
    "v3=\"3\"/></triangles></mesh></object><object id=\"2\"><components><component objectid=\"1\"/><component "
    "objectid=\"1\" "
    "transform=\"-1 0 0 0 1 0 0 0 1 -5 0 0\"/></components></object></resources><build><item "
    "objectid=\"2\"/></build></model>";

static void in_a_3mf(void **state)
{
    (void)state;
    if (!CAN_INTERPOSE) skip();
    size_t size;
    uint8_t *data = pack_3mf(model_xml, NULL, 0, &size);
    every_allocation_fails_once(data, size);
    free(data);
}

static void in_an_archive_with_a_3mf(void **state)
{
    (void)state;
    if (!CAN_INTERPOSE) skip();
    size_t inner_size, size;
    uint8_t *inner = pack_3mf(model_xml, NULL, 0, &inner_size);
    pack_entry entries[] = {{.name = "read me.txt", .data = "text", .size = 4},
                            {.name = "part.3mf", .data = inner, .size = inner_size}};
    uint8_t *data = pack_zip(entries, 2, NULL, &size);
    every_allocation_fails_once(data, size);
    free(inner);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_a_3mf),
        cmocka_unit_test(in_an_archive_with_a_3mf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
