/*
 * The closedness certificate: with a keyed pseudo-random pair (p, q) for each position, each triangle adds
 *     tau = (p_b - p_a)(q_c - q_a) - (p_c - p_a)(q_b - q_a)        mod 2^64
 * and XORs the same determinant over GF(2)[x], 128 bits. The first sum is 0 when every edge is walked equally often
 * both ways; the second when every edge is used an even number of times. Otherwise they are 0 with probability < 2^-58
 * (Schwartz 1980, Zippel 1979). Order does not matter: sums of parts may be added.
 *
 * The pair is made of AES rounds over the coordinates: a map linear in them would let a slit or two opposite holes
 * pass. Four full rounds follow the last coordinate, so that no file can be made to collide without the key.
 */
#ifndef LQI_CERTIFICATE_H
#define LQI_CERTIFICATE_H

#include <stddef.h>
#include <stdint.h>

#define LQI_CERTIFICATE_KEYS 8

typedef struct lqi_certificate_key {
    uint64_t word[LQI_CERTIFICATE_KEYS][2];
} lqi_certificate_key;

typedef struct lqi_certificate_sums {
    uint64_t oriented;
    uint64_t parity[2];
} lqi_certificate_sums;

/* xyz: 3 doubles per vertex, no -0; corner: 3 vertex numbers per triangle. Adds to *sums. The pair of a position is
 * (x, y) under three rounds, then z mixed in, then four. */
typedef void lqi_certificate_fn(const double *xyz, const uint32_t *corner, size_t count, const lqi_certificate_key *key,
                                lqi_certificate_sums *sums);

lqi_certificate_fn lqi_certificate_scalar;
lqi_certificate_fn lqi_certificate_avx2;   /* x86 with AES and carry-less multiplication */
lqi_certificate_fn lqi_certificate_vaes;   /* the same in 256 bits */
lqi_certificate_fn lqi_certificate_avx512; /* and in 512 */
lqi_certificate_fn lqi_certificate_neon;   /* 64-bit ARM with the same two */

#endif
