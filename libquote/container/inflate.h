/* Deflate (RFC 1951) unpacked piece by piece, for entries too large to be held whole: the text that was made is still
 * in the cache when it is read. Strict: what zlib refuses is refused. */
#ifndef LQI_INFLATE_H
#define LQI_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LQI_INFLATE_WINDOW ((size_t)32 << 10) /* a match reaches so far back */
#define LQI_INFLATE_SLACK ((size_t)320)
#define LQI_INFLATE_STEP ((size_t)1 << 20)

/* 2^bits entries for codes of up to so many bits, and a block of further entries for each beginning of longer ones. */
#define LQI_INFLATE_SYMBOL_BITS 11
#define LQI_INFLATE_DISTANCE_BITS 9
#define LQI_INFLATE_CODE_MAX 15
#define LQI_INFLATE_SYMBOLS 286
#define LQI_INFLATE_DISTANCES 30

typedef enum lqi_inflate_state {
    LQI_INFLATE_BETWEEN, /* a block comes next */
    LQI_INFLATE_STORED,
    LQI_INFLATE_CODED,
    LQI_INFLATE_DONE,
    LQI_INFLATE_DAMAGED
} lqi_inflate_state;

typedef struct lqi_inflate_bits {
    const uint8_t *in, *in_end;
    const uint8_t *in_near; /* before it eight bytes can be read at once */
    uint64_t next;          /* lowest first */
    unsigned count;         /* of them that were read */
    unsigned made_up;       /* bytes of zeros read behind the end */
} lqi_inflate_bits;

typedef struct lqi_inflate {
    lqi_inflate_bits bits;
    lqi_inflate_state state;
    bool is_last;  /* the block that is open */
    bool is_fixed; /* the tables are those of the fixed codes */
    size_t stored_left;
    uint64_t symbol_mask, distance_mask;
    /* Two codes that share a beginning fill a block at least by half, so there are at most half as many blocks. */
    uint32_t symbol[(1 << LQI_INFLATE_SYMBOL_BITS) +
                    LQI_INFLATE_SYMBOLS / 2 * (1 << (LQI_INFLATE_CODE_MAX - LQI_INFLATE_SYMBOL_BITS))];
    uint32_t distance[(1 << LQI_INFLATE_DISTANCE_BITS) +
                      LQI_INFLATE_DISTANCES / 2 * (1 << (LQI_INFLATE_CODE_MAX - LQI_INFLATE_DISTANCE_BITS))];
} lqi_inflate;

/* `packed` is borrowed. */
void lqi_inflate_begin(lqi_inflate *inflate, const uint8_t *packed, size_t size);

/* Writes to `at` until `end` is reached or a little passed, the stream ends, or LQI_INFLATE_STEP bytes were read, and
 * returns how far it came; LQI_INFLATE_SLACK bytes behind `end` may be written. The last LQI_INFLATE_WINDOW bytes made
 * before, or all, must stand in front of `at`, from `begin` on. state then says whether more comes. */
uint8_t *lqi_inflate_more(lqi_inflate *inflate, const uint8_t *begin, uint8_t *at, const uint8_t *end);

/* Of a stream that is done: bytes of `packed` that belong to it. */
size_t lqi_inflate_used(const lqi_inflate *inflate, const uint8_t *packed);

#endif
