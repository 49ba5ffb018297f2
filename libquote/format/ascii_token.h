/* Tokens of ASCII STL: white space, words, lines. Nothing here allocates or fails. */
#ifndef LQI_ASCII_TOKEN_H
#define LQI_ASCII_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ascii.h"

/* Words up to NORMAL may stand between `facet` and its loop; the others end the normal. */
typedef enum lqi_stl_word {
    LQI_WORD_OTHER,
    LQI_WORD_NORMAL,
    LQI_WORD_LOOP,
    LQI_WORD_FACET,
    LQI_WORD_OUTER,
    LQI_WORD_VERTEX,
    LQI_WORD_ENDLOOP,
    LQI_WORD_ENDFACET,
    LQI_WORD_END,
    LQI_WORD_SOLID,   /* also as the beginning of a longer token: "solidname" */
    LQI_WORD_ENDSOLID /* likewise */
} lqi_stl_word;

static inline const char *lqi_skip_space(const char *p, const char *end)
{
    for (; end - p >= 8; p += 8) {
        uint64_t others = ~lqi_spaces(lqi_load_u64((const uint8_t *)p)) & 0x8080808080808080u;
        if (others) return p + __builtin_ctzll(others) / 8;
    }
    while (p < end && lqi_is_space(*p)) p++;
    return p;
}

static inline const char *lqi_token_end(const char *p, const char *end)
{
    for (; end - p >= 8; p += 8) {
        uint64_t spaces = lqi_spaces(lqi_load_u64((const uint8_t *)p));
        if (spaces) return p + __builtin_ctzll(spaces) / 8;
    }
    while (p < end && !lqi_is_space(*p)) p++;
    return p;
}

static inline const char *lqi_line_end(const char *p, const char *end)
{
    while (p < end && *p != '\n' && *p != '\r') p++;
    return p;
}

/* Which word the token at p is, in any case. */
lqi_stl_word lqi_stl_keyword(const char *p, const char *end);

/* Does the text at p begin with this lower-case word, in any case? */
bool lqi_token_starts(const char *p, const char *end, const char *word);

/* 1-based line of a place; CR, LF and CRLF end lines. */
int64_t lqi_line_at(const char *begin, const char *where);

/* Without the NULs, Ctrl-Zs and white space that some writers leave behind the text. */
size_t lqi_text_size_without_tail(const char *data, size_t size);

/* UTF-16 by byte order mark or by the word solid. */
bool lqi_text_is_utf16(const uint8_t *data, size_t size, bool *big_endian);

#endif
