/* A page for a browser: each quoted part with its picture, findings and prices, in one file that can be mailed. It has
 * no script and asks the network for nothing. */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include "each_part.h"

typedef struct cli_page cli_page;

/* Begins the page that --html asks for; *page stays NULL without it. Returns an exit code; failures were told. */
int cli_page_open(cli_session *session, cli_page **page);

/* Adds one part. page NULL: nothing. Returns an exit code; failures were told. */
int cli_page_add(cli_page *page, const cli_part *part, const lq_quote *quote);

/* Ends the page and puts it in its place; a page without a part is taken away. Returns exit_code, or the exit code of
 * what failed. page may be NULL. */
int cli_page_close(cli_page *page, int exit_code);

#endif
