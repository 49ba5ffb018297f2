/* What came of many files, for people: counts by verdict, and the files that could not be quoted. */
#ifndef CLI_BATCH_SUMMARY_H
#define CLI_BATCH_SUMMARY_H

#include "session.h"

#define CLI_BATCH_FAILURES_SHOWN 20

typedef enum cli_batch_outcome {
    CLI_BATCH_OK, /* the verdicts, in the order of lq_verdict; of several plates the worst */
    CLI_BATCH_REPAIRED,
    CLI_BATCH_REVIEW,
    CLI_BATCH_REJECT,
    CLI_BATCH_FAILED,
    CLI_BATCH_LEFT_OUT, /* found in a folder, and no model */
    CLI_BATCH_OUTCOME_COUNT
} cli_batch_outcome;

typedef struct cli_batch_tally {
    uint64_t files[CLI_BATCH_OUTCOME_COUNT];
    uint64_t sizes[CLI_BATCH_OUTCOME_COUNT]; /* bytes */
    uint64_t triangles[CLI_BATCH_OUTCOME_COUNT];
    struct {
        const char *path; /* lent */
        char *message;
    } failures[CLI_BATCH_FAILURES_SHOWN];
} cli_batch_tally;

void cli_batch_tally_add(cli_batch_tally *tally, cli_batch_outcome outcome, uint64_t size, uint64_t triangles);
/* Of a file that was added as failed; only the first are kept. */
void cli_batch_tally_failure(cli_batch_tally *tally, const char *path, const char *message);
void cli_batch_tally_free(cli_batch_tally *tally);

/* On standard error. */
void cli_batch_print_summary(const cli_session *session, const cli_batch_tally *tally, double seconds,
                             uint32_t thread_count);

#endif
