/* Telling what went wrong: one sentence, one line on what to do next, the exit code, JSON where it was asked for. */
#ifndef CLI_FAILURE_H
#define CLI_FAILURE_H

#include "session.h"

/* A failure that the command line found by itself. */
typedef struct cli_failure {
    int exit_code;
    const char *code; /* as in the JSON */
    const char *message;
    const char *file; /* NULL: none */
    char **candidates;
    size_t candidate_count;
} cli_failure;

/* Both print and return the exit code. `path` is what the user typed; NULL where no file is concerned. */
int cli_fail(cli_session *session, const cli_failure *failure);
int cli_fail_library(cli_session *session, const char *path);

/* Tells a person alone: for a failure that is in the JSON already. */
void cli_tell(const cli_session *session, const cli_failure *failure);

/* Exit code 2 with the usual pointer to the help. Works before the session is open. */
int cli_fail_usage(const cli_options *options, const char *message);

#endif
