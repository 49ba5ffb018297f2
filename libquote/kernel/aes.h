/* One round of AES as a mixing function (FIPS 197, section 5.1: SubBytes, ShiftRows, MixColumns, AddRoundKey), the same
 * bits as the instruction of x86. Not used for secrecy: tables are fine. */
#ifndef LQI_AES_H
#define LQI_AES_H

#include <stdint.h>

typedef struct lqi_aes_block {
    uint32_t column[4]; /* byte 0 of each is its first row */
} lqi_aes_block;

typedef struct lqi_aes_table {
    uint32_t entry[256]; /* a substituted byte times the first column of the MixColumns matrix */
} lqi_aes_table;

void lqi_aes_table_fill(lqi_aes_table *table);

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

static inline uint32_t lqi_aes_rotate(uint32_t x, int bits) { return x << bits | x >> (32 - bits); }

/* One column of the next state: its four bytes come from four columns of this one, down the diagonal. */
static inline uint32_t lqi_aes_mix(const lqi_aes_table *table, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    const uint32_t *entry = table->entry;
    return entry[a & 0xFF] ^ lqi_aes_rotate(entry[b >> 8 & 0xFF], 8) ^ lqi_aes_rotate(entry[c >> 16 & 0xFF], 16) ^
           lqi_aes_rotate(entry[d >> 24], 24);
}

static inline lqi_aes_block lqi_aes_round(const lqi_aes_table *table, lqi_aes_block s, const uint64_t key[2])
{
    const uint32_t *c = s.column;
    const lqi_aes_block mixed = {
        {lqi_aes_mix(table, c[0], c[1], c[2], c[3]), lqi_aes_mix(table, c[1], c[2], c[3], c[0]),
         lqi_aes_mix(table, c[2], c[3], c[0], c[1]), lqi_aes_mix(table, c[3], c[0], c[1], c[2])}};
    return lqi_aes_add(mixed, key);
}

static inline void lqi_aes_words(lqi_aes_block s, uint64_t word[2])
{
    word[0] = (uint64_t)s.column[1] << 32 | s.column[0];
    word[1] = (uint64_t)s.column[3] << 32 | s.column[2];
}

#endif
