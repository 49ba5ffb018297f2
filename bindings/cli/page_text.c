#include "page_text.h"

#include "text.h"

void cli_page_text(cli_buffer *page, const char *text)
{
    cli_buffer clean = {0};
    cli_text_clean(&clean, text, true);
    for (const char *at = cli_buffer_get(&clean); *at; at++) {
        switch (*at) {
        case '&': cli_buffer_text(page, "&amp;"); break;
        case '<': cli_buffer_text(page, "&lt;"); break;
        case '>': cli_buffer_text(page, "&gt;"); break;
        case '"': cli_buffer_text(page, "&quot;"); break;
        case '\'': cli_buffer_text(page, "&#39;"); break;
        default: cli_buffer_add(page, at, 1);
        }
    }
    cli_buffer_free(&clean);
}

void cli_page_bytes(cli_buffer *page, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        size_t count = size - i < 3 ? size - i : 3;
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++) group = group << 8 | (k < count ? bytes[i + k] : 0u);
        char text[4] = {'=', '=', '=', '='};
        for (size_t k = 0; k <= count; k++) text[k] = digits[group >> (18 - 6 * k) & 63];
        cli_buffer_add(page, text, sizeof text);
    }
}
