/*
 * The streaming certificate against the memory it reads: measure_stream FILE.stl [RUNS]
 * Rows: a plain read of the buffer, XXH3, each kernel alone, all of them as the library runs them.
 */
#include <stdlib.h>
#include <xxhash.h>

#include "base/context.h"
#include "bench/rows.h"
#include "kernel/kernel_list.h"
#include "libquote.h"
#include "measure/pass.h"

#define HEADER 84
#define BLOCK 128

typedef struct bench {
    lq_context *context;
    bench_file file;
    size_t count;    /* facets */
    uint64_t result; /* so that nothing is optimised away */
} bench;

static const uint8_t *records(const bench *b, size_t index) { return b->file.data + HEADER + index * LQI_RECORD_SIZE; }

static void hash(void *user)
{
    bench *b = user;
    b->result ^= XXH3_128bits(b->file.data, b->file.size).low64;
}

static void rows_alone(void *user)
{
    bench *b = user;
    lqi_rows rows;
    float box[6] = {0};
    for (size_t i = 0; i + BLOCK <= b->count; i += BLOCK)
        b->result += b->context->kernels->record_rows(records(b, i), BLOCK, &rows, box);
}

static void certificate_alone(void *user)
{
    bench *b = user;
    lqi_certificate_key key = lqi_certificate_keys(b->context);
    lqi_certificate_sums sums = {0};
    for (size_t i = 0; i + BLOCK <= b->count; i += BLOCK)
        b->context->kernels->record_certificate(records(b, i), BLOCK, &key, &sums);
    b->result += sums.oriented;
}

static void rows_and_moments(void *user)
{
    bench *b = user;
    double lanes[LQI_MOMENT_COUNT][LQI_LANES] = {{0}};
    const double reference[3] = {1, 2, 3};
    lqi_rows rows;
    float box[6] = {0};
    for (size_t i = 0; i + BLOCK <= b->count; i += BLOCK) {
        b->result += b->context->kernels->record_rows(records(b, i), BLOCK, &rows, box);
        b->context->kernels->moments(&rows, reference, NULL, BLOCK, lanes);
    }
    b->result += (uint64_t)(int64_t)lanes[LQI_MOMENT_VOLUME][0];
}

static void rows_and_slivers(void *user)
{
    bench *b = user;
    uint64_t mask[LQI_BLOCK_WORDS];
    lqi_rows rows;
    float box[6] = {0};
    for (size_t i = 0; i + BLOCK <= b->count; i += BLOCK) {
        b->result += b->context->kernels->record_rows(records(b, i), BLOCK, &rows, box);
        b->context->kernels->slivers(&rows, BLOCK, mask);
        b->result += mask[0];
    }
}

static void whole_pass(void *user)
{
    bench *b = user;
    lqi_pass soup;
    lqi_dropped_facets dropped;
    lqi_pass_measures measures;
    lqi_pass_init(&soup, b->context);
    if (lqi_pass_add(&soup, records(b, 0), b->count, false, &dropped) != LQ_OK) exit(1);
    lqi_pass_finish(&soup, &measures);
    b->result += measures.certificate.closed;
    lqi_pass_free(&soup);
}

int main(int argument_count, char **arguments)
{
    static const bench_row rows[] = {{"XXH3-128 of the library", hash},
                                     {"records to rows, box, checks", rows_alone},
                                     {"records to certificate", certificate_alone},
                                     {"records to rows, moments", rows_and_moments},
                                     {"records to rows, slivers", rows_and_slivers},
                                     {"the whole pass of certificate depth", whole_pass}};
    bench b = {0};
    if (argument_count < 2 || !bench_file_read(arguments[1], &b.file) || b.file.size <= HEADER) return 2;
    if (lq_context_create(NULL, &b.context) != LQ_OK) return 1;
    b.count = (b.file.size - HEADER) / LQI_RECORD_SIZE;
    bench_rows_run("kernel", &b.file, b.count, rows, sizeof rows / sizeof rows[0], &b,
                   argument_count > 2 ? atoi(arguments[2]) : 25);
    lq_context_destroy(b.context);
    bench_file_free(&b.file);
    return b.result == 42;
}
