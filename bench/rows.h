/* Rows of an in-process measurement: each is run many times in turn with the others, by CPU time of this thread, and
 * told beside a plain read of the same bytes, which is what the memory allows. */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include <stddef.h>
#include <stdint.h>

typedef struct bench_file {
    uint8_t *data;
    size_t size;
    const char *path; /* lent */
} bench_file;

/* Reads a whole file. Returns 0 when it cannot be read. */
int bench_file_read(const char *path, bench_file *file);
void bench_file_free(bench_file *file);

typedef struct bench_row {
    const char *name;
    void (*run)(void *user);
} bench_row;

/* Runs all rows in order, `runs` times, and prints for each: best and median in ns per facet, ticks of the time stamp
 * counter per facet (0 where there is none), GB/s of the file, share of the plain read. Tab-separated, `what` in front.
 */
void bench_rows_run(const char *what, const bench_file *file, size_t facet_count, const bench_row *rows,
                    size_t row_count, void *user, int runs);

#endif
