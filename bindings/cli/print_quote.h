/* `quote FILE`: what it is, what is wrong, what it costs in every material. */
#ifndef CLI_PRINT_QUOTE_H
#define CLI_PRINT_QUOTE_H

#include "each_part.h"

void cli_print_quote(cli_session *session, const cli_part *part, const lq_quote *quote);

#endif
