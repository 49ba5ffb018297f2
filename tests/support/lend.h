/*
 * What a test lends to the library to see how it behaves when the world is not kind: bytes that end where memory ends,
 * an allocator that fails on purpose, a source that hands out little pieces, a progress callback that says stop.
 */
#ifndef TESTS_LEND_H
#define TESTS_LEND_H

#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

/* Read-only-by-agreement memory whose last byte is followed by a page that must not be touched. */
typedef struct lend_guard {
    uint8_t *base;
    size_t mapped; /* accessible bytes */
    size_t page;
} lend_guard;

/* Room for up to size_max bytes. Returns 0 when the system has no memory. */
int lend_guard_open(lend_guard *guard, size_t size_max);
void lend_guard_close(lend_guard *guard);
/* Copies the bytes so that the last one lies right before the forbidden page. */
const uint8_t *lend_guard_put(lend_guard *guard, const void *data, size_t size);

/* Counts allocations, and fails number fail_at (from 1; 0: never) and every one after it while `forever`. Thread-safe.
 */
typedef struct lend_allocator {
    _Atomic uint64_t calls; /* allocations and growths, frees not counted */
    _Atomic uint64_t held;  /* bytes */
    _Atomic uint64_t blocks;
    uint64_t fail_at;
    int forever;
} lend_allocator;
lq_allocator lend_allocator_of(lend_allocator *state);

/* A source that returns at most `piece` bytes per call, and an I/O error for reads that reach error_at (0: never). */
typedef struct lend_pieces {
    const uint8_t *data;
    uint64_t size;
    size_t piece;
    uint64_t error_at;
} lend_pieces;
lq_source lend_pieces_of(lend_pieces *pieces, const char *name);

/* Stops at call number stop_at (from 1; 0: never). */
typedef struct lend_stopper {
    uint64_t calls;
    uint64_t stop_at;
} lend_stopper;
int lend_stop(void *stopper, const char *stage, uint64_t done, uint64_t total);

#endif
