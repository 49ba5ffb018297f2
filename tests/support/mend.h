/*
 * From bytes to the bytes of the repaired file in one call, through the public header alone: open, read, report,
 * repair, write, and the reports of the repaired part and of the written file.
 */
#ifndef TESTS_MEND_H
#define TESTS_MEND_H

#include "corpus/solids.h"
#include "corpus/stl_text.h"
#include "libquote.h"
#include "tests/support/lend.h"

#define MEND_ACTIONS_MAX 32

typedef struct mend_options {
    lq_write_format format; /* 0: 3MF */
    lq_fill fill;
    lq_unit unit;
    uint32_t threads;
    int repair_only; /* no reports: what a loop of many runs does not look at */
    const lq_limits *limits;
    lend_allocator *allocator; /* NULL: the library's own */
    lend_stopper *stopper;
} mend_options;

typedef struct mend_action {
    char code[64];
    uint64_t count;
    int done;
} mend_action;

typedef struct mend_result {
    lq_status status; /* of the first call that failed */
    char code[64];
    lq_facts before, made, after; /* the part given, the part made, the file written and read again */
    mend_action actions[MEND_ACTIONS_MAX];
    size_t action_count;
    stl_bytes file;    /* what was written */
    uint64_t held_end; /* bytes the context held after everything was destroyed, compared with before: must be 0 */
} mend_result;

mend_result mend_bytes(const void *data, size_t size, const mend_options *options);
mend_result mend_soup(const solid_soup *soup, const mend_options *options); /* as binary STL */
void mend_free(mend_result *result);

/* How often an action of this code was done (done 1) or left (0); 0 when there is none. */
uint64_t mend_count(const mend_result *result, const char *code, int done);

/* The facets of a binary STL, as it was written. */
solid_soup mend_facets(const mend_result *result);

#endif
