#include "format/ascii_token.h"

#include <string.h>

bool lqi_token_starts(const char *p, const char *end, const char *word)
{
    for (; *word; word++, p++) {
        if (p == end) return false;
        char c = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
        if (c != *word) return false;
    }
    return true;
}

static bool token_is(const char *p, const char *end, const char padded[LQI_WORD_MAX], int size)
{
    if (end - p > LQI_WORD_MAX) return lqi_is_word(p, padded, size);
    char word[LQI_WORD_MAX + 1] = "";
    memcpy(word, padded, (size_t)size);
    return lqi_token_starts(p, end, word) && lqi_token_end(p, end) == p + size;
}

lqi_stl_word lqi_stl_keyword(const char *p, const char *end)
{
    if (p == end) return LQI_WORD_OTHER;
    switch (*p | 0x20) {
    case 'v': return token_is(p, end, "vertex\0", 6) ? LQI_WORD_VERTEX : LQI_WORD_OTHER;
    case 'f': return token_is(p, end, "facet\0\0", 5) ? LQI_WORD_FACET : LQI_WORD_OTHER;
    case 'o': return token_is(p, end, "outer\0\0", 5) ? LQI_WORD_OUTER : LQI_WORD_OTHER;
    case 'l': return token_is(p, end, "loop\0\0\0", 4) ? LQI_WORD_LOOP : LQI_WORD_OTHER;
    case 'n': return token_is(p, end, "normal\0", 6) ? LQI_WORD_NORMAL : LQI_WORD_OTHER;
    case 's': return lqi_token_starts(p, end, "solid") ? LQI_WORD_SOLID : LQI_WORD_OTHER;
    case 'e':
        if (token_is(p, end, "endloop", 7)) return LQI_WORD_ENDLOOP;
        if (token_is(p, end, "endfacet", 8)) return LQI_WORD_ENDFACET;
        if (token_is(p, end, "end\0\0\0\0", 3)) return LQI_WORD_END;
        return lqi_token_starts(p, end, "endsolid") ? LQI_WORD_ENDSOLID : LQI_WORD_OTHER;
    default: return LQI_WORD_OTHER;
    }
}

/* The top bit of each byte that equals `c`. */
static uint64_t bytes_equal(uint64_t bytes, char c)
{
    const uint64_t low = 0x7F7F7F7F7F7F7F7Fu;
    uint64_t x = bytes ^ (uint64_t)(uint8_t)c * 0x0101010101010101u;
    return ~(((x & low) + low) | x | low);
}

int64_t lqi_line_at(const char *begin, const char *where)
{
    int64_t line = 1;
    const char *p = begin;
    uint64_t return_before = 0; /* 0x80 when the byte before p is a CR */
    for (; where - p >= 8; p += 8) {
        uint64_t bytes = lqi_load_u64((const uint8_t *)p);
        uint64_t returns = bytes_equal(bytes, '\r'), feeds = bytes_equal(bytes, '\n');
        uint64_t ends = (returns | (feeds & ~(returns << 8 | return_before))) >> 7;
        line += (int64_t)(ends * 0x0101010101010101u >> 56);
        return_before = returns >> 56;
    }
    for (; p < where; p++) line += *p == '\n' ? p == begin || p[-1] != '\r' : *p == '\r';
    return line;
}

size_t lqi_text_size_without_tail(const char *data, size_t size)
{
    while (size && (data[size - 1] == 0 || data[size - 1] == 0x1A || lqi_is_space(data[size - 1]))) size--;
    return size;
}

bool lqi_text_is_utf16(const uint8_t *data, size_t size, bool *big_endian)
{
    static const char solid[] = "solid";
    if (size < 10) return false;
    if (data[0] == 0xFF && data[1] == 0xFE) {
        *big_endian = false;
        return true;
    }
    if (data[0] == 0xFE && data[1] == 0xFF) {
        *big_endian = true;
        return true;
    }
    for (int order = 0; order < 2; order++) {
        bool fits = true;
        for (size_t i = 0; i < 5 && fits; i++)
            fits = (data[2 * i + (size_t)order] | 0x20) == solid[i] && data[2 * i + 1 - (size_t)order] == 0;
        if (fits) {
            *big_endian = order == 1;
            return true;
        }
    }
    return false;
}
