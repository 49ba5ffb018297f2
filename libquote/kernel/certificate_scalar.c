#include "kernel/certificate.h"

typedef unsigned __int128 u128;

/* Product of polynomials over GF(2), four bits of one factor at a time. */
static u128 multiply_carryless(uint64_t a, uint64_t b)
{
    u128 multiple[16];
    multiple[0] = 0;
    multiple[1] = a;
    for (int i = 2; i < 16; i += 2) {
        multiple[i] = multiple[i / 2] << 1;
        multiple[i + 1] = multiple[i] ^ a;
    }
    u128 product = 0;
    for (int shift = 60; shift >= 0; shift -= 4) product = product << 4 ^ multiple[b >> shift & 15];
    return product;
}

void lqi_certificate_scalar(const uint64_t *pair, const uint32_t *corner, size_t count, lqi_certificate_sums *sums)
{
    uint64_t oriented = 0;
    u128 parity = 0;
    for (size_t t = 0; t < count; t++) {
        const uint64_t *a = pair + (size_t)2 * corner[3 * t];
        const uint64_t *b = pair + (size_t)2 * corner[3 * t + 1];
        const uint64_t *c = pair + (size_t)2 * corner[3 * t + 2];
        oriented += (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
        parity ^= multiply_carryless(b[0] ^ a[0], c[1] ^ a[1]) ^ multiply_carryless(c[0] ^ a[0], b[1] ^ a[1]);
    }
    sums->oriented += oriented;
    sums->parity[0] ^= (uint64_t)parity;
    sums->parity[1] ^= (uint64_t)(parity >> 64);
}
