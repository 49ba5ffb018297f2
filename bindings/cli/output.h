/* A file that is written whole or not at all: under another name until it is complete. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "session.h"

typedef struct cli_output {
    const char *path; /* as typed */
    char *name;       /* while it is written, in the same folder */
    int file;
    int error; /* errno of the first failure */
} cli_output;

/* Failures were told; the exit code is returned, else CLI_EXIT_DONE. */
int cli_output_open(cli_session *session, const char *path, cli_output *output);

/* Where the library writes. */
lq_sink cli_output_sink(cli_output *output);

/* The file takes its name. Until then nothing that bears the name is touched. */
int cli_output_keep(cli_session *session, cli_output *output);

/* Removes what was not kept. Safe to call in any case. */
void cli_output_close(cli_output *output);

#endif
