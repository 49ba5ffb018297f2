/* An estimate for people: what it comes to, and where filament and time go. */
#ifndef CLI_PRINT_ESTIMATE_H
#define CLI_PRINT_ESTIMATE_H

#include "each_part.h"

void cli_print_estimate(cli_session *session, const cli_part *part, const lq_estimate *estimate);

#endif
