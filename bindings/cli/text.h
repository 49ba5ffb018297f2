/* Text for a terminal: names from files are untrusted and must not move the cursor, hide or reverse other text. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"

/* Adds text with control characters as \xNN, direction marks as \uNNNN and what the terminal cannot show as "?". */
void cli_text_clean(cli_buffer *buffer, const char *text, bool utf8);

/* Columns that clean UTF-8 takes on a terminal. */
size_t cli_text_width(const char *text);

/* How many bytes of clean UTF-8 fit into `width` columns. */
size_t cli_text_fit(const char *text, size_t width);

/* Adds words broken at `width` columns. The text goes on at column `column`; later lines begin with `indent` blanks. */
void cli_text_wrap(cli_buffer *buffer, const char *text, size_t column, size_t indent, size_t width);

/* Reads one character; 0 at the end, -1 for bytes that are not UTF-8 (one byte is taken). */
long cli_text_next(const char **text);

#endif
