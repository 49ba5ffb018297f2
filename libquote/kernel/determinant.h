/* What one triangle adds to the certificate, in plain C: for the references. */
#ifndef LQI_DETERMINANT_H
#define LQI_DETERMINANT_H

#include "kernel/certificate.h"

typedef unsigned __int128 lqi_u128;

/* Product of polynomials over GF(2), four bits of one factor at a time. */
static inline lqi_u128 lqi_multiply_carryless(uint64_t a, uint64_t b)
{
    lqi_u128 multiple[16];
    multiple[0] = 0;
    multiple[1] = a;
    for (int i = 2; i < 16; i += 2) {
        multiple[i] = multiple[i / 2] << 1;
        multiple[i + 1] = multiple[i] ^ a;
    }
    lqi_u128 product = 0;
    for (int shift = 60; shift >= 0; shift -= 4) product = product << 4 ^ multiple[b >> shift & 15];
    return product;
}

static inline void lqi_certificate_add(const uint64_t a[2], const uint64_t b[2], const uint64_t c[2],
                                       lqi_certificate_sums *sums)
{
    sums->oriented += (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
    lqi_u128 parity =
        lqi_multiply_carryless(b[0] ^ a[0], c[1] ^ a[1]) ^ lqi_multiply_carryless(c[0] ^ a[0], b[1] ^ a[1]);
    sums->parity[0] ^= (uint64_t)parity;
    sums->parity[1] ^= (uint64_t)(parity >> 64);
}

#endif
