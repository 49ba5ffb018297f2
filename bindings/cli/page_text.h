/* Untrusted text in a page. */
#ifndef CLI_PAGE_TEXT_H
#define CLI_PAGE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

/* Text as a browser shows it: without control characters, and nothing in it is markup, in quotes either. */
void cli_page_text(cli_buffer *page, const char *text);

/* Base 64 (RFC 4648 section 4). */
void cli_page_bytes(cli_buffer *page, const uint8_t *bytes, size_t size);

#endif
