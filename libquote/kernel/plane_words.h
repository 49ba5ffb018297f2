/* Bit planes as long rows of words: bit i of word k is pixel 64 k + i. */
#ifndef LQI_PLANE_WORDS_H
#define LQI_PLANE_WORDS_H

#include <stddef.h>
#include <stdint.h>

typedef enum lqi_words_op {
    LQI_WORDS_AND,      /* a & b */
    LQI_WORDS_AND_NOT,  /* a & ~b */
    LQI_WORDS_OR,       /* a | b */
    LQI_WORDS_AND_PAIR, /* a & b & what b has `shift` words later */
    LQI_WORDS_OR_PAIR,  /* a | b | what b has `shift` words later */
    LQI_WORDS_OR_UP,    /* a, with b moved up by `shift` pixels added */
    LQI_WORDS_AND_DOWN, /* of a, what b has `shift` pixels further up */
    LQI_WORDS_WIDEN,    /* a, with b moved by `shift` pixels both ways added */
    LQI_WORDS_NARROW    /* of a, what b has `shift` pixels away on both sides */
} lqi_words_op;

/* to[0..count). shift: of words at least 0, of pixels 1..63; the last four read b[-1] and b[count] as well. `to` may be
 * a; it may be b where nothing is shifted. */
typedef void lqi_plane_words_fn(lqi_words_op op, const uint64_t *a, const uint64_t *b, size_t count, int shift,
                                uint64_t *to);

/* Bits of a that b does not have. */
typedef uint64_t lqi_plane_count_fn(const uint64_t *a, const uint64_t *b, size_t count);

lqi_plane_words_fn lqi_plane_words_scalar;
lqi_plane_words_fn lqi_plane_words_avx2;
lqi_plane_count_fn lqi_plane_count_scalar;
lqi_plane_count_fn lqi_plane_count_avx2;

#endif
