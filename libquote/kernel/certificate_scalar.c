#include "base/bytes.h"
#include "kernel/aes.h"
#include "kernel/determinant.h"

static void pair_of(const lqi_aes_table *table, const double *p, const lqi_certificate_key *key, uint64_t pair[2])
{
    lqi_aes_block s = lqi_aes_of_words(lqi_bits_of_double(p[0]), lqi_bits_of_double(p[1]));
    const uint64_t z[2] = {lqi_bits_of_double(p[2]), 0};
    s = lqi_aes_add(s, key->word[0]);
    for (int i = 1; i <= 3; i++) s = lqi_aes_round(table, s, key->word[i]);
    s = lqi_aes_add(s, z);
    for (int i = 4; i <= 7; i++) s = lqi_aes_round(table, s, key->word[i]);
    lqi_aes_words(s, pair);
}

void lqi_certificate_scalar(const double *xyz, const uint32_t *corner, size_t count, const lqi_certificate_key *key,
                            lqi_certificate_sums *sums)
{
    lqi_aes_table table;
    lqi_aes_table_fill(&table);
    for (size_t t = 0; t < count; t++) {
        uint64_t pair[3][2];
        for (size_t k = 0; k < 3; k++) pair_of(&table, xyz + (size_t)3 * corner[3 * t + k], key, pair[k]);
        lqi_certificate_add(pair[0], pair[1], pair[2], sums);
    }
}
