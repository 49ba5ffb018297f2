/* The prices of a page: a table that becomes a list on a narrow screen. */
#ifndef CLI_PAGE_PRICES_H
#define CLI_PAGE_PRICES_H

#include "buffer.h"
#include "session.h"

/* Options of the quote in the order of the price book, grouped by process. */
void cli_page_prices(cli_buffer *page, const cli_session *session, const lq_quote *quote);

#endif
