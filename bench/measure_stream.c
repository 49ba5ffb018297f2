/*
 * The streaming certificate against the memory it reads: one run, one buffer, CPU time of this thread, best of many.
 * Usage: measure_stream FILE.stl [RUNS]. Rows: a plain read of the buffer, XXH3, each kernel alone, all of them as the
 * library runs them, and `lq_part_read` of the whole file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "base/context.h"
#include "kernel/kernel_list.h"
#include "libquote.h"
#include "measure/pass.h"

#define HEADER 84
#define BLOCK 128

typedef struct bench {
    lq_context *context;
    const uint8_t *file;
    size_t size, count; /* facets */
    uint64_t result;    /* so that nothing is optimised away */
} bench;

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

typedef uint64_t words __attribute__((vector_size(32), aligned(1)));

/* Four streams of 32 bytes, every line prefetched: as fast as one core reads. */
#if defined(__x86_64__)
__attribute__((target("avx2")))
#endif
static void
plain_read(bench *b)
{
    words sum[4] = {{0}};
    for (size_t i = 0; i + 128 <= b->size; i += 128) {
        __builtin_prefetch((const void *)((uintptr_t)(b->file + i) + 4096), 0, 3);
        __builtin_prefetch((const void *)((uintptr_t)(b->file + i) + 4160), 0, 3);
        for (size_t k = 0; k < 4; k++) sum[k] ^= *(const words *)(const void *)(b->file + i + 32 * k);
    }
    words all = sum[0] ^ sum[1] ^ sum[2] ^ sum[3];
    b->result ^= all[0] ^ all[1] ^ all[2] ^ all[3];
}

static void hash(bench *b) { b->result ^= XXH3_128bits(b->file, b->size).low64; }

static void rows_alone(bench *b)
{
    lqi_rows rows;
    float box[6] = {0};
    for (size_t i = 0; i + BLOCK <= b->count; i += BLOCK)
        b->result += b->context->kernels->record_rows(b->file + HEADER + i * LQI_RECORD_SIZE, BLOCK, &rows, box);
}

static void rows_and_certificate(bench *b)
{
    lqi_certificate_key key = lqi_certificate_keys(b->context);
    lqi_certificate_sums sums = {0};
    lqi_rows rows;
    float box[6] = {0};
    for (size_t i = 0; i + BLOCK <= b->count; i += BLOCK) {
        const uint8_t *records = b->file + HEADER + i * LQI_RECORD_SIZE;
        b->result += b->context->kernels->record_rows(records, BLOCK, &rows, box);
        b->context->kernels->record_certificate(records, BLOCK, &key, &sums);
    }
    b->result += sums.oriented;
}

static void rows_and_moments(bench *b)
{
    double lanes[LQI_MOMENT_COUNT][LQI_LANES] = {{0}};
    const double reference[3] = {1, 2, 3};
    lqi_rows rows;
    float box[6] = {0};
    for (size_t i = 0; i + BLOCK <= b->count; i += BLOCK) {
        b->result += b->context->kernels->record_rows(b->file + HEADER + i * LQI_RECORD_SIZE, BLOCK, &rows, box);
        b->context->kernels->moments(&rows, reference, NULL, BLOCK, lanes);
    }
    b->result += (uint64_t)(int64_t)lanes[LQI_MOMENT_VOLUME][0];
}

static void whole_soup(bench *b)
{
    lqi_pass soup;
    lqi_pass_dropped dropped;
    lqi_pass_measures measures;
    lqi_pass_init(&soup, b->context);
    if (lqi_pass_add(&soup, b->file + HEADER, b->count, false, &dropped) != LQ_OK) exit(1);
    lqi_pass_finish(&soup, &measures);
    b->result += measures.certificate.closed;
    lqi_pass_free(&soup);
}

static void read_part(bench *b)
{
    const lq_selection selection = {.struct_size = sizeof selection, .topology = LQ_TOPOLOGY_CERTIFICATE};
    lq_source source;
    lq_model *model = NULL;
    lq_part *part = NULL;
    lq_source_memory(b->file, b->size, "bench.stl", &source);
    if (lq_model_open(b->context, &source, NULL, &model) || lq_part_read(model, &selection, &part)) exit(1);
    lq_part_destroy(part);
    lq_model_close(model);
}

int main(int argument_count, char **arguments)
{
    static const struct {
        const char *name;
        void (*run)(bench *b);
    } rows[] = {{"plain read", plain_read},
                {"XXH3-128 of the library", hash},
                {"records to rows, box, checks", rows_alone},
                {"... and certificate", rows_and_certificate},
                {"... and moments", rows_and_moments},
                {"all: soup", whole_soup},
                {"open and lq_part_read", read_part}};
    enum { ROW_COUNT = sizeof rows / sizeof rows[0] };
    FILE *in = argument_count > 1 ? fopen(arguments[1], "rb") : NULL;
    int runs = argument_count > 2 ? atoi(arguments[2]) : 25;
    if (!in || fseek(in, 0, SEEK_END) != 0) return 2;
    bench b = {.size = (size_t)ftell(in)};
    if (b.size < HEADER) return 2;
    uint8_t *file = malloc(b.size);
    rewind(in);
    if (!file || fread(file, 1, b.size, in) != b.size || lq_context_create(NULL, &b.context) != LQ_OK) return 2;
    fclose(in);
    b.file = file;
    b.count = (b.size - HEADER) / LQI_RECORD_SIZE;
    double best[ROW_COUNT];
    for (int r = 0; r < runs; r++)
        for (int i = 0; i < ROW_COUNT; i++) {
            double start = cpu_ms();
            rows[i].run(&b);
            double spent = cpu_ms() - start;
            if (r == 0 || spent < best[i]) best[i] = spent;
        }
    printf("%-32s %9s %9s %9s %8s\n", "", "ms", "ns/facet", "GB/s", "of read");
    for (int i = 0; i < ROW_COUNT; i++)
        printf("%-32s %9.2f %9.2f %9.1f %7.0f%%\n", rows[i].name, best[i], best[i] * 1e6 / (double)b.count,
               (double)b.size / best[i] / 1e6, 100 * best[0] / best[i]);
    lq_context_destroy(b.context);
    free(file);
    return b.result == 42;
}
