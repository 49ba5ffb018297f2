/*
 * The whole way from bytes to report in one call, through the public header alone: open, read, analyse, write JSON,
 * destroy everything, and keep what a test wants to look at.
 */
#ifndef TESTS_RUN_H
#define TESTS_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "corpus/stl_text.h"
#include "libquote.h"
#include "tests/support/lend.h"

#define RUN_NOTES_MAX 64

/* So few that thousands of runs stay quick, and yet every one goes through all of printability. */
#define RUN_COLUMNS 16

typedef struct run_options {
    lend_allocator *allocator; /* NULL: the library's own */
    const lq_limits *limits;
    lend_stopper *stopper;
    uint32_t threads;
    uint32_t isa_mask;
    const uint8_t *hash_key;
    size_t piece; /* 0: bytes in memory, else a source of pieces of that size */
    uint64_t error_at;
    int lenient;
    const lq_selection *selection;
    lq_fill fill;
    lq_topology topology;
    int no_printability;
    uint32_t columns; /* 0: RUN_COLUMNS */
    const char *name; /* of the source */
} run_options;

typedef struct run_note {
    char code[64];
    lq_severity severity;
    uint64_t count;
    int repaired;
} run_note;

typedef enum run_stage { RUN_CONTEXT, RUN_OPEN, RUN_READ, RUN_ANALYSE, RUN_JSON, RUN_DONE } run_stage;

typedef struct run_result {
    lq_status status;
    run_stage stage; /* where it failed, or RUN_DONE */
    lq_error error;  /* code points to static text */
    char code[64];
    lq_format format;
    lq_facts facts;
    size_t note_count;
    run_note notes[RUN_NOTES_MAX];
    char *json; /* malloc'ed, with timing_ms emptied; NULL on failure */
    size_t json_size;
    uint64_t held_end; /* bytes the context held after everything was destroyed, compared with before: must be 0 */
    uint64_t peak;
} run_result;

run_result run_bytes(const void *data, size_t size, const run_options *options);
run_result run_soup(const solid_soup *soup, const run_options *options); /* as binary STL */
/* Consumes the bytes. */
run_result run_stl(stl_bytes bytes, const run_options *options);
void run_free(run_result *result);

const run_note *run_find(const run_result *result, const char *code);

/* Empty when all holds, else a sentence: a failure has status, code and message; facts hold no NaN where a number is
 * promised; memory is balanced; the volume bound is finite. For the loops over thousands of damaged files. */
const char *run_complaint(const run_result *result);

#endif
