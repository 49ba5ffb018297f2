/* One run of the command: what was asked, where to print, and the library's context. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "options.h"
#include "progress.h"
#include "terminal.h"

typedef struct cli_session {
    const cli_options *options;
    cli_terminal out, err;
    cli_progress progress;
    lq_context *context;
    lq_book *book;
    lq_profile *profile;
    struct cli_page *page;  /* what --html asks for, or NULL */
    bool names_path;        /* documents carry the path: there are several files */
    bool something_printed; /* several files: an empty line goes between */
    char failure_code[64];  /* of the last failure that was told; "" when there was none */
    char failure_message[512];
} cli_session;

/* Each returns an exit code; what is wrong was told. */
int cli_session_open(cli_session *session, const cli_options *options);
int cli_session_load_book(cli_session *session);

void cli_session_close(cli_session *session);

/* Writes what is left on standard output. Returns exit_code, or CLI_EXIT_SYSTEM when the disk is full; a reader that
 * went away is no error. */
int cli_flush(int exit_code);

/* How many threads were asked for; without a word one per processor. */
uint32_t cli_session_thread_count(const cli_options *options);

/* True after Ctrl-C. */
bool cli_session_interrupted(void);

/* Standard output was closed by its reader: nobody waits for the rest. */
bool cli_session_unread(const cli_session *session);

#endif
