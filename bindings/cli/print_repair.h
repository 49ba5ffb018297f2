/* `quote repair`: what was done, what is left, and the numbers before and after. */
#ifndef CLI_PRINT_REPAIR_H
#define CLI_PRINT_REPAIR_H

#include "session.h"

typedef struct cli_repair {
    const char *path, *out_path;
    lq_format format; /* of the file that was given */
    const lq_part *repaired;
    const lq_report *before, *after; /* after: of the file that was written, read again */
} cli_repair;

void cli_print_repair(cli_session *session, const cli_repair *repair);

#endif
