#include "bench/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

int bench_file_read(const char *path, bench_file *file)
{
    FILE *in = fopen(path, "rb");
    *file = (bench_file){.path = path};
    if (!in) return 0;
    long size = fseek(in, 0, SEEK_END) == 0 ? ftell(in) : -1;
    rewind(in);
    if (size > 0) file->data = malloc((size_t)size);
    if (file->data) file->size = fread(file->data, 1, (size_t)size, in);
    fclose(in);
    return file->data && file->size == (size_t)size;
}

void bench_file_free(bench_file *file) { free(file->data); }

static double clock_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double ticks(void)
{
#if defined(__x86_64__)
    return (double)__rdtsc();
#else
    return 0;
#endif
}

typedef uint64_t words __attribute__((vector_size(32), aligned(1)));

/* Four streams of 32 bytes, every line prefetched: as fast as one core reads. */
#if defined(__x86_64__)
__attribute__((target("avx2")))
#endif
static uint64_t
plain_read(const bench_file *file)
{
    words sum[4] = {{0}};
    for (size_t i = 0; i + 128 <= file->size; i += 128) {
        __builtin_prefetch((const void *)((uintptr_t)(file->data + i) + 4096), 0, 3);
        __builtin_prefetch((const void *)((uintptr_t)(file->data + i) + 4160), 0, 3);
        for (size_t k = 0; k < 4; k++) sum[k] ^= *(const words *)(const void *)(file->data + i + 32 * k);
    }
    words all = sum[0] ^ sum[1] ^ sum[2] ^ sum[3];
    return all[0] ^ all[1] ^ all[2] ^ all[3];
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print_row(const char *what, const char *name, double *ns, size_t runs, const bench_file *file,
                      size_t facet_count, double read_ns, double ticks_per_ns)
{
    double facets = (double)facet_count, best = ns[0], median = ns[runs / 2];
    printf("%s\t%zu\t%s\t%.3f\t%.3f\t%.2f\t%.2f\t%.3f\n", what, facet_count, name, best / facets, median / facets,
           best / facets * ticks_per_ns, (double)file->size / best, read_ns / best);
}

void bench_rows_run(const char *what, const bench_file *file, size_t facet_count, const bench_row *rows,
                    size_t row_count, void *user, int runs)
{
    size_t counted = runs < 1 ? 1 : (size_t)runs, lines = row_count + 1; /* the first line is the plain read */
    double *ns = calloc(lines * counted, sizeof *ns);
    volatile uint64_t kept = 0; /* so that nothing is optimised away */
    if (!ns) exit(1);
    double wall = clock_ns(CLOCK_MONOTONIC), tick = ticks();
    for (size_t r = 0; r < counted; r++)
        for (size_t i = 0; i < lines; i++) {
            double start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
            if (i == 0)
                kept = kept ^ plain_read(file);
            else
                rows[i - 1].run(user);
            ns[i * counted + r] = clock_ns(CLOCK_THREAD_CPUTIME_ID) - start;
        }
    double ticks_per_ns = (ticks() - tick) / (clock_ns(CLOCK_MONOTONIC) - wall);
    for (size_t i = 0; i < lines; i++) {
        double *own = ns + i * counted;
        qsort(own, counted, sizeof *own, by_value);
        print_row(what, i ? rows[i - 1].name : "plain read", own, counted, file, facet_count, ns[0], ticks_per_ns);
    }
    free(ns);
}
