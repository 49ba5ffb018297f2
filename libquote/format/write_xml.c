#include "format/write_xml.h"

#include <stdbool.h>

/* The code point at text and its size in bytes; bytes that are no UTF-8 (overlong, surrogate, cut) count one each. */
static uint32_t decode(const unsigned char *text, size_t *size)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char a = text[0];
    *size = a < 0x80 ? 1 : a >= 0xC2 && a < 0xE0 ? 2 : a >= 0xE0 && a < 0xF0 ? 3 : a >= 0xF0 && a < 0xF5 ? 4 : 0;
    uint32_t point = *size == 1 ? a : *size ? a & (0x7Fu >> *size) : 0;
    for (size_t i = 1; i < *size; i++) {
        if ((text[i] & 0xC0) != 0x80)
            *size = 0; /* also the NUL at the end; ends the loop */
        else
            point = point << 6 | (text[i] & 0x3F);
    }
    if (*size && point >= smallest[*size] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF)) return point;
    *size = 1;
    return 0xFFFD;
}

static bool is_forbidden(uint32_t point) { return point < 0x20 || point == 0x7F || point == 0xFFFE || point == 0xFFFF; }

static const char *replacement(uint32_t point)
{
    switch (point) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&apos;";
    case '\t':
    case '\n':
    case '\r': return " ";
    case 0xFFFD: return "\xEF\xBF\xBD";
    default: return is_forbidden(point) ? "" : NULL;
    }
}

void lqi_out_xml_value(lqi_out_buffer *buffer, const char *text)
{
    size_t size;
    for (const unsigned char *p = (const unsigned char *)text; *p; p += size) {
        const char *other = replacement(decode(p, &size));
        if (other)
            lqi_out_text(buffer, other);
        else
            lqi_out_bytes(buffer, p, size);
    }
}
