/* A keyed pseudo-random pair (p, q) for each position: the random plane embedding of the closedness certificate.
 * Must not be linear in the coordinates: a linear map would let a slit or two opposite holes pass. */
#ifndef LQI_VERTEX_KEYS_H
#define LQI_VERTEX_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* xyz: 3 doubles per vertex, no -0. pair: 2 words per vertex. No aliasing, any alignment of doubles. */
typedef void lqi_vertex_keys_fn(const double *xyz, size_t count, const uint64_t key[2], uint64_t *pair);

lqi_vertex_keys_fn lqi_vertex_keys_scalar;

#endif
