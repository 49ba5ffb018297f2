/* A growing string. Where memory ends the program ends, with exit 4: there is nothing left to say by then. */
#ifndef CLI_BUFFER_H
#define CLI_BUFFER_H

#include <stddef.h>

typedef struct cli_buffer {
    char *data; /* NUL-terminated once anything was added, else NULL */
    size_t size, capacity;
} cli_buffer;

void cli_buffer_free(cli_buffer *buffer);
void cli_buffer_add(cli_buffer *buffer, const char *bytes, size_t size);
void cli_buffer_text(cli_buffer *buffer, const char *text);
void cli_buffer_format(cli_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *cli_buffer_get(const cli_buffer *buffer); /* never NULL */

/* realloc for arrays; count * size is checked. Never returns NULL for a size above 0. */
void *cli_grow(void *block, size_t count, size_t size);
char *cli_copy(const char *text);

#endif
