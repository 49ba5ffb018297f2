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
    for (int i = 0; i < 4; i++) a.column[i] ^= b.column[i];
    return a;
}

static inline lqi_aes_block lqi_aes_round(const lqi_aes_table *table, lqi_aes_block s, const uint64_t key[2])
{
    lqi_aes_block out;
    for (int i = 0; i < 4; i++) {
        uint32_t sum = 0;
        for (int row = 0; row < 4; row++) {
            uint32_t x = table->entry[s.column[(i + row) & 3] >> 8 * row & 0xFF];
            sum ^= row ? x << 8 * row | x >> (32 - 8 * row) : x;
        }
        out.column[i] = sum;
    }
    return lqi_aes_add(out, key);
}

static inline void lqi_aes_words(lqi_aes_block s, uint64_t word[2])
{
    word[0] = (uint64_t)s.column[1] << 32 | s.column[0];
    word[1] = (uint64_t)s.column[3] << 32 | s.column[2];
}

#endif
