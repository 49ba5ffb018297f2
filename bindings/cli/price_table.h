/* The prices of a quote as a table, grouped by process. */
#ifndef CLI_PRICE_TABLE_H
#define CLI_PRICE_TABLE_H

#include "session.h"

void cli_print_prices(const cli_session *session, const lq_quote *quote);

#endif
