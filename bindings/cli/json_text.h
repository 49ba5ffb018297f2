/* The little JSON that the command line writes itself: its own failures, and `path` put into the library's documents.
 */
#ifndef CLI_JSON_TEXT_H
#define CLI_JSON_TEXT_H

#include "buffer.h"

/* A quoted string; bytes that are not UTF-8 become U+FFFD. NULL: null. */
void cli_json_string(cli_buffer *buffer, const char *text);

/* Adds a document (an object) on one line, with `path` as its first member unless path is NULL. */
void cli_json_document(cli_buffer *buffer, const char *document, const char *path);

#endif
