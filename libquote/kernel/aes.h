/* One round of AES as a mixing function (FIPS 197, section 5.1: SubBytes, ShiftRows, MixColumns, AddRoundKey), the same
 * bits as the instruction of x86. Not used for secrecy: tables are fine. */
#ifndef LQI_AES_H
#define LQI_AES_H

#include <stdint.h>

typedef struct lqi_aes_block {
    uint32_t column[4]; /* byte 0 of each is its first row */
} lqi_aes_block;

/* By row and byte: the substituted byte times that row's column of the MixColumns matrix. */
extern const uint32_t lqi_aes_mixed[4][256];

static inline lqi_aes_block lqi_aes_of_words(uint64_t low, uint64_t high)
{
    return (lqi_aes_block){{(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)high, (uint32_t)(high >> 32)}};
}

static inline lqi_aes_block lqi_aes_add(lqi_aes_block a, const uint64_t key[2])
{
    lqi_aes_block b = lqi_aes_of_words(key[0], key[1]);
    return (lqi_aes_block){
        {a.column[0] ^ b.column[0], a.column[1] ^ b.column[1], a.column[2] ^ b.column[2], a.column[3] ^ b.column[3]}};
}

/* One column of the next state: its four bytes come from four columns of this one, down the diagonal. */
static inline uint32_t lqi_aes_mix(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return lqi_aes_mixed[0][a & 0xFF] ^ lqi_aes_mixed[1][b >> 8 & 0xFF] ^ lqi_aes_mixed[2][c >> 16 & 0xFF] ^
           lqi_aes_mixed[3][d >> 24];
}

static inline lqi_aes_block lqi_aes_round(lqi_aes_block s, const uint64_t key[2])
{
    const uint32_t *c = s.column;
    const lqi_aes_block mixed = {{lqi_aes_mix(c[0], c[1], c[2], c[3]), lqi_aes_mix(c[1], c[2], c[3], c[0]),
                                  lqi_aes_mix(c[2], c[3], c[0], c[1]), lqi_aes_mix(c[3], c[0], c[1], c[2])}};
    return lqi_aes_add(mixed, key);
}

static inline void lqi_aes_words(lqi_aes_block s, uint64_t word[2])
{
    word[0] = (uint64_t)s.column[1] << 32 | s.column[0];
    word[1] = (uint64_t)s.column[3] << 32 | s.column[2];
}

#endif
