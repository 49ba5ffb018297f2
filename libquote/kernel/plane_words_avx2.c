#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel/plane_words.h"

#define TARGET __attribute__((target("avx2,popcnt")))

TARGET static inline __m256i load(const uint64_t *p) { return _mm256_loadu_si256((const __m256i *)(const void *)p); }
TARGET static inline void store(uint64_t *p, __m256i x) { _mm256_storeu_si256((__m256i *)(void *)p, x); }

TARGET static inline __m256i moved_up(const uint64_t *b, __m128i by, __m128i rest)
{
    return _mm256_or_si256(_mm256_sll_epi64(load(b), by), _mm256_srl_epi64(load(b - 1), rest));
}

TARGET static inline __m256i moved_down(const uint64_t *b, __m128i by, __m128i rest)
{
    return _mm256_or_si256(_mm256_srl_epi64(load(b), by), _mm256_sll_epi64(load(b + 1), rest));
}

TARGET void lqi_plane_words_avx2(lqi_words_op op, const uint64_t *a, const uint64_t *b, size_t count, int shift,
                                 uint64_t *to)
{
    const __m128i by = _mm_cvtsi32_si128(shift), rest = _mm_cvtsi32_si128(64 - shift);
    size_t i = 0, whole = count / 4 * 4;
    switch (op) {
    case LQI_WORDS_AND:
        for (; i < whole; i += 4) store(to + i, _mm256_and_si256(load(a + i), load(b + i)));
        break;
    case LQI_WORDS_AND_NOT:
        for (; i < whole; i += 4) store(to + i, _mm256_andnot_si256(load(b + i), load(a + i)));
        break;
    case LQI_WORDS_OR:
        for (; i < whole; i += 4) store(to + i, _mm256_or_si256(load(a + i), load(b + i)));
        break;
    case LQI_WORDS_AND_PAIR:
        for (; i < whole; i += 4)
            store(to + i, _mm256_and_si256(load(a + i), _mm256_and_si256(load(b + i), load(b + i + shift))));
        break;
    case LQI_WORDS_OR_PAIR:
        for (; i < whole; i += 4)
            store(to + i, _mm256_or_si256(load(a + i), _mm256_or_si256(load(b + i), load(b + i + shift))));
        break;
    case LQI_WORDS_OR_UP:
        for (; i < whole; i += 4) store(to + i, _mm256_or_si256(load(a + i), moved_up(b + i, by, rest)));
        break;
    case LQI_WORDS_AND_DOWN:
        for (; i < whole; i += 4) store(to + i, _mm256_and_si256(load(a + i), moved_down(b + i, by, rest)));
        break;
    case LQI_WORDS_WIDEN:
        for (; i < whole; i += 4) {
            __m256i both = _mm256_or_si256(moved_up(b + i, by, rest), moved_down(b + i, by, rest));
            store(to + i, _mm256_or_si256(load(a + i), both));
        }
        break;
    case LQI_WORDS_NARROW:
        for (; i < whole; i += 4) {
            __m256i both = _mm256_and_si256(moved_up(b + i, by, rest), moved_down(b + i, by, rest));
            store(to + i, _mm256_and_si256(load(a + i), both));
        }
        break;
    }
    if (i < count) lqi_plane_words_scalar(op, a + i, b + i, count - i, shift, to + i);
}

TARGET uint64_t lqi_plane_count_avx2(const uint64_t *a, const uint64_t *b, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += (uint64_t)_mm_popcnt_u64(a[i] & ~b[i]);
    return sum;
}
#endif
