#if defined(__x86_64__)
#include <immintrin.h>

#include "base/digest.h"

/* The library as packaged is built for every x86; its header compiled for this set is three times as fast. */
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif
#define XXH_INLINE_ALL
#define XXH_VECTOR 2 /* XXH_AVX2, which the header names too late */
#include <xxhash.h>

void lqi_digest_avx2_reset(void *state) { XXH3_128bits_reset(state); }

void lqi_digest_avx2_update(void *state, const uint8_t *data, size_t size) { XXH3_128bits_update(state, data, size); }

void lqi_digest_avx2_finish(const void *state, uint64_t words[2])
{
    XXH128_hash_t hash = XXH3_128bits_digest(state);
    words[0] = hash.low64, words[1] = hash.high64;
}

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
typedef int lqi_digest_avx2_is_for_x86;
#endif
