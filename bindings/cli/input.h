/* Bytes to quote: a file, or a stream that is read to its end. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "session.h"

typedef struct cli_input {
    lq_source source;
    void *block; /* what a stream held; NULL: the file is mapped */
} cli_input;

/* "-" is standard input. On failure it was told and the exit code is returned, else CLI_EXIT_DONE. */
int cli_input_open(cli_session *session, const char *path, cli_input *input);
void cli_input_close(cli_session *session, cli_input *input);

#endif
