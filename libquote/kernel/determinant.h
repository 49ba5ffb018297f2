/* What triangles add to the certificate, in plain C: for the references. */
#ifndef LQI_DETERMINANT_H
#define LQI_DETERMINANT_H

#include "kernel/certificate.h"
#include "kernel/unroll.h"

#define LQI_NIBBLES 16 /* of a word */

/* A sum of products a * b of polynomials over GF(2), in the making: for each nibble of b and each value of it, the sum
 * of the a that met it. So a product costs sixteen additions; what the nibbles stand for is multiplied in once. */
typedef struct lqi_determinant {
    uint64_t oriented;
    uint64_t met[LQI_NIBBLES][16];
} lqi_determinant;

static inline void lqi_determinant_multiply(lqi_determinant *sum, uint64_t a, uint64_t b)
{
    LQI_UNROLL
    for (int i = 0; i < LQI_NIBBLES; i++) sum->met[i][b >> 4 * i & 15] ^= a;
}

static inline void lqi_determinant_add(lqi_determinant *sum, const uint64_t a[2], const uint64_t b[2],
                                       const uint64_t c[2])
{
    sum->oriented += (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
    lqi_determinant_multiply(sum, b[0] ^ a[0], c[1] ^ a[1]);
    lqi_determinant_multiply(sum, c[0] ^ a[0], b[1] ^ a[1]);
}

static inline void lqi_determinant_finish(const lqi_determinant *sum, lqi_certificate_sums *sums)
{
    unsigned __int128 parity = 0;
    for (int bit = 4 * LQI_NIBBLES - 1; bit >= 0; bit--) {
        uint64_t with_bit = 0;
        for (int value = 0; value < 16; value++)
            with_bit ^= sum->met[bit / 4][value] & -(uint64_t)(value >> bit % 4 & 1);
        parity = parity << 1 ^ with_bit;
    }
    sums->oriented += sum->oriented;
    sums->parity[0] ^= (uint64_t)parity;
    sums->parity[1] ^= (uint64_t)(parity >> 64);
}

#endif
