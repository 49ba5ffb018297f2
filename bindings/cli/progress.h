/* A progress line on standard error, for work that takes longer than a glance. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdint.h>

#include "terminal.h"

typedef struct cli_progress {
    const cli_terminal *terminal;
    bool wanted;
    double started_s, shown_s;
    bool visible; /* a bar stands on the terminal's last line */
    const char *path;
} cli_progress;

void cli_progress_init(cli_progress *progress, const cli_terminal *terminal, bool wanted);
void cli_progress_begin(cli_progress *progress, const char *path);

/* Takes the bar away, before anything else is printed. */
void cli_progress_end(cli_progress *progress);

/* How far a run over many files is. */
typedef struct cli_totals {
    uint64_t files, files_done, files_failed;
    uint64_t size, size_done; /* bytes */
} cli_totals;

/* Shows them, with the time that is left. */
void cli_progress_totals(cli_progress *progress, const cli_totals *totals);

/* An lq_progress; user is a cli_progress. */
int cli_progress_report(void *user, const char *stage, uint64_t done, uint64_t total);

#endif
