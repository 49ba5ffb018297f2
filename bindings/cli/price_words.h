/* What is said of a price, in a table on the terminal and in a page alike. */
#ifndef CLI_PRICE_WORDS_H
#define CLI_PRICE_WORDS_H

#include <stdbool.h>

#include "buffer.h"
#include "libquote.h"

/* The sentences that matter for one option: blockers where it cannot be made, else warnings, else a turned part.
 * Nothing where there is nothing to say. */
void cli_price_note(cli_buffer *note, const lq_quote *quote, size_t index, const lq_option *option);

/* "€9.45", or "CHF 9.45" where the currency has no sign that the reader's letters hold. */
void cli_price_money(cli_buffer *text, const lq_price_result *price, int64_t minor, bool utf8);

/* "3-5" */
void cli_price_days(cli_buffer *text, const lq_price_result *price, const char *dash);

#endif
