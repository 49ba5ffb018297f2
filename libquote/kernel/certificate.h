/*
 * The streaming closedness certificate: with random (p, q) per vertex, each triangle adds
 *     tau = (p_b - p_a)(q_c - q_a) - (p_c - p_a)(q_b - q_a)        mod 2^64
 * and XORs the same determinant over GF(2)[x], 128 bits. The first sum is 0 when every edge is walked equally often
 * both ways; the second when every edge is used an even number of times. Otherwise they are 0 with probability < 2^-58
 * (Schwartz 1980, Zippel 1979). Order does not matter: sums of parts may be added.
 */
#ifndef LQI_CERTIFICATE_H
#define LQI_CERTIFICATE_H

#include <stddef.h>
#include <stdint.h>

typedef struct lqi_certificate_sums {
    uint64_t oriented;
    uint64_t parity[2];
} lqi_certificate_sums;

/* pair: from vertex_keys; corner: 3 vertex numbers per triangle. Adds to *sums. */
typedef void lqi_certificate_fn(const uint64_t *pair, const uint32_t *corner, size_t count, lqi_certificate_sums *sums);

lqi_certificate_fn lqi_certificate_scalar;
lqi_certificate_fn lqi_certificate_avx2; /* x86 with carry-less multiplication */

#endif
