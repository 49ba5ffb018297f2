/* XXH3-128 of the bytes of an upload. Whoever reads them in order carries it along piece by piece, so that each byte
 * comes from memory once; what nobody has read is hashed in the end. */
#ifndef LQI_DIGEST_H
#define LQI_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

#define LQI_DIGEST_TEXT_SIZE 33

typedef struct lqi_digest {
    const uint8_t *data;
    size_t size, done;
    bool wide; /* the state is digest_avx2's */
    void *block, *state;
    char text[LQI_DIGEST_TEXT_SIZE]; /* hexadecimal; empty until it is finished */
} lqi_digest;

/* data: lent until the digest is finished or freed. */
lq_status lqi_digest_init(lqi_digest *digest, lq_context *context, const uint8_t *data, size_t size);

/* Goes on to the byte before `end`, unless it is further already. NULL: nobody wants one. */
void lqi_digest_to(lqi_digest *digest, const uint8_t *end);

/* Of all bytes: hexadecimal, lives as long as the digest. */
const char *lqi_digest_text(lqi_digest *digest);

void lqi_digest_free(lqi_digest *digest, lq_context *context);

/* ---- the same sums in 256 bits: digest_avx2.c ---- */

void lqi_digest_avx2_reset(void *state);
void lqi_digest_avx2_update(void *state, const uint8_t *data, size_t size);
void lqi_digest_avx2_finish(const void *state, uint64_t words[2]); /* low, high */

#endif
