/* ASCII text eight bytes at a time: white space, words in any letter case, decimal digits. */
#ifndef LQI_ASCII_H
#define LQI_ASCII_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

static inline bool lqi_is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* The top bit of each of eight bytes that is white space. */
static inline uint64_t lqi_spaces(uint64_t bytes)
{
    const uint64_t ones = 0x0101010101010101u, low = 0x7F * ones;
    uint64_t seven = bytes & low, not_blank = ((bytes ^ 0x20 * ones) & low) + low;
    uint64_t tab_to_return = (seven + (0x80 - '\t') * ones) & ~(seven + (0x7F - '\r') * ones);
    return (tab_to_return | ~not_blank) & ~bytes & 0x80 * ones;
}

#define LQI_WORD_MAX 8

/* Is the token at p this word of `size` lower-case letters (padded to eight bytes), in any case? Nine bytes at p must
 * be readable. */
static inline bool lqi_is_word(const char *p, const char padded[LQI_WORD_MAX], int size)
{
    uint64_t letters = lqi_load_u64((const uint8_t *)p) | 0x2020202020202020u;
    return (letters ^ lqi_load_u64((const uint8_t *)padded)) << (64 - 8 * size) == 0 && lqi_is_space(p[size]);
}

/* Eight bytes of text as digit values, the first one lowest; bytes that are no digits give more than 9. */
static inline uint64_t lqi_digit_values(const char *text)
{
    return lqi_load_u64((const uint8_t *)text) ^ 0x3030303030303030u;
}

/* How many of the eight are digits before the first that is none. */
static inline int lqi_digits_in_front(uint64_t values)
{
    uint64_t others = ((values + 0x7676767676767676u) | values) & 0x8080808080808080u;
    return others ? __builtin_ctzll(others) / 8 : 8;
}

/* The integer of the first `count` of them, 0 <= count <= 8: pairs, fours, then all. */
static inline uint64_t lqi_digits_to_integer(uint64_t values, int count)
{
    if (count == 0) return 0;
    values <<= 64 - 8 * count;
    values = values * 10 + (values >> 8);
    return ((values & 0x000000FF000000FFu) * 0x000F424000000064u +
            (values >> 16 & 0x000000FF000000FFu) * 0x0000271000000001u) >>
           32;
}

#endif
