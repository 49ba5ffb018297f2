#include "base/bytes.h"
#include "kernel/aes.h"
#include "kernel/determinant.h"

static void pair_of(const double *p, const lqi_certificate_key *key, uint64_t pair[2])
{
    lqi_aes_block s = lqi_aes_of_words(lqi_bits_of_double(p[0]), lqi_bits_of_double(p[1]));
    const uint64_t z[2] = {lqi_bits_of_double(p[2]), 0};
    s = lqi_aes_add(s, key->word[0]);
    for (int i = 1; i <= 3; i++) s = lqi_aes_round(s, key->word[i]);
    s = lqi_aes_add(s, z);
    for (int i = 4; i <= 7; i++) s = lqi_aes_round(s, key->word[i]);
    lqi_aes_words(s, pair);
}

/* Corners come back soon in most files: their pairs are kept for a while. */
#define KEPT 256

void lqi_certificate_scalar(const double *xyz, const uint32_t *corner, size_t count, const lqi_certificate_key *key,
                            lqi_certificate_sums *sums)
{
    lqi_determinant sum = {0};
    uint32_t kept[KEPT];
    uint64_t pair[KEPT][2];
    for (uint32_t i = 0; i < KEPT; i++) kept[i] = ~i; /* a vertex that belongs elsewhere */
    for (size_t t = 0; t < count; t++) {
        uint64_t abc[3][2];
        for (size_t k = 0; k < 3; k++) {
            uint32_t v = corner[3 * t + k], place = v % KEPT;
            if (kept[place] != v) pair_of(xyz + (size_t)3 * v, key, pair[place]);
            kept[place] = v;
            abc[k][0] = pair[place][0], abc[k][1] = pair[place][1];
        }
        lqi_determinant_add(&sum, abc[0], abc[1], abc[2]);
    }
    lqi_determinant_finish(&sum, sums);
}
