#include "json_text.h"

#include <string.h>

#include "text.h"

void cli_json_string(cli_buffer *buffer, const char *text)
{
    if (!text) {
        cli_buffer_text(buffer, "null");
        return;
    }
    cli_buffer_text(buffer, "\"");
    for (;;) {
        const char *start = text;
        long character = cli_text_next(&text);
        if (character == 0) break;
        if (character < 0)
            cli_buffer_text(buffer, "\\ufffd");
        else if (character == '"' || character == '\\')
            cli_buffer_format(buffer, "\\%c", (int)character);
        else if (character < 0x20 || character == 0x7F)
            cli_buffer_format(buffer, "\\u%04lx", (unsigned long)character);
        else
            cli_buffer_add(buffer, start, (size_t)(text - start));
    }
    cli_buffer_text(buffer, "\"");
}

void cli_json_document(cli_buffer *buffer, const char *document, const char *path)
{
    size_t start = buffer->size;
    const char *body = strchr(document, '{');
    if (path && body) {
        cli_buffer_text(buffer, "{\"path\":");
        cli_json_string(buffer, path);
        cli_buffer_text(buffer, ",");
        cli_buffer_text(buffer, body + 1);
    } else {
        cli_buffer_text(buffer, document);
    }
    /* Inside strings a new line is always escaped, so what is left are blanks between members. */
    for (size_t i = start; i < buffer->size; i++)
        if (buffer->data[i] == '\n') buffer->data[i] = ' ';
    while (buffer->size > start && buffer->data[buffer->size - 1] == ' ') buffer->data[--buffer->size] = 0;
}
