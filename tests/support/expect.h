/* Expectations on a file that was read, with sentences that name the case. */
#ifndef TESTS_EXPECT_H
#define TESTS_EXPECT_H

#include "tests/support/run.h"

/* The file is accepted: this many triangles as stored (0: any), this volume within its bound (NaN: any), and of the
 * format's own warnings (names stl_* and gzip) exactly those listed, separated by blanks. Consumes the bytes. */
void expect_read(const char *name, stl_bytes bytes, const run_options *options, size_t triangles, double volume,
                 const char *notes);

/* Where a failure must point: -1 for "nowhere" is never expected; offsets as a range, ends included; line 0: any. */
typedef struct expect_place {
    int64_t offset_low, offset_high;
    int64_t line;
} expect_place;

/* The file is refused with this status, one of these codes (separated by '|'), and a place. Consumes the bytes. */
void expect_refused(const char *name, stl_bytes bytes, const run_options *options, lq_status status, const char *codes,
                    const expect_place *place);

/* Is the word one of those separated by '|'? */
int expect_one_of(const char *word, const char *words);

#endif
