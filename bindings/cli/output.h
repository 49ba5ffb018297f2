/* A file that appears when it is complete, or not at all. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdio.h>

#include "session.h"

typedef struct cli_output {
    FILE *file;
    const char *path; /* as the user typed it */
    char *target;     /* what is replaced: links are followed. NULL: a device or a pipe, written as it comes */
    char *temporary;  /* beside the target */
} cli_output;

/* On failure it was told and the exit code is returned, else CLI_EXIT_DONE. The path must outlive the output. */
int cli_output_open(cli_session *session, const char *path, cli_output *output);

/* Puts the file in its place, or takes it away. Returns exit_code, or CLI_EXIT_SYSTEM when what was written did not
 * reach the disk; the old file then stands as it was. */
int cli_output_close(cli_session *session, cli_output *output, bool keep, int exit_code);

#endif
