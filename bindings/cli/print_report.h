/* `quote inspect`: the report in sections, every number with its unit. */
#ifndef CLI_PRINT_REPORT_H
#define CLI_PRINT_REPORT_H

#include "each_part.h"

void cli_print_report(cli_session *session, const cli_part *part);

#endif
