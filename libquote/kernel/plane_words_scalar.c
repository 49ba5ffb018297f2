#include "kernel/plane_words.h"

void lqi_plane_words_scalar(lqi_words_op op, const uint64_t *a, const uint64_t *b, size_t count, int shift,
                            uint64_t *to)
{
    int rest = 64 - shift;
    switch (op) {
    case LQI_WORDS_AND:
        for (size_t i = 0; i < count; i++) to[i] = a[i] & b[i];
        break;
    case LQI_WORDS_AND_NOT:
        for (size_t i = 0; i < count; i++) to[i] = a[i] & ~b[i];
        break;
    case LQI_WORDS_OR:
        for (size_t i = 0; i < count; i++) to[i] = a[i] | b[i];
        break;
    case LQI_WORDS_AND_PAIR:
        for (size_t i = 0; i < count; i++) to[i] = a[i] & b[i] & b[i + (size_t)shift];
        break;
    case LQI_WORDS_OR_PAIR:
        for (size_t i = 0; i < count; i++) to[i] = a[i] | b[i] | b[i + (size_t)shift];
        break;
    case LQI_WORDS_OR_UP:
        for (size_t i = 0; i < count; i++) to[i] = a[i] | (b[i] << shift | b[(ptrdiff_t)i - 1] >> rest);
        break;
    case LQI_WORDS_AND_DOWN:
        for (size_t i = 0; i < count; i++) to[i] = a[i] & (b[i] >> shift | b[i + 1] << rest);
        break;
    case LQI_WORDS_WIDEN:
        for (size_t i = 0; i < count; i++) {
            uint64_t before = b[(ptrdiff_t)i - 1], here = b[i], after = b[i + 1];
            to[i] = a[i] | (here << shift | before >> rest) | (here >> shift | after << rest);
        }
        break;
    case LQI_WORDS_NARROW:
        for (size_t i = 0; i < count; i++) {
            uint64_t before = b[(ptrdiff_t)i - 1], here = b[i], after = b[i + 1];
            to[i] = a[i] & (here << shift | before >> rest) & (here >> shift | after << rest);
        }
        break;
    }
}

uint64_t lqi_plane_count_scalar(const uint64_t *a, const uint64_t *b, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t x = a[i] & ~b[i];
        x -= x >> 1 & 0x5555555555555555u;
        x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
        x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
        sum += x * 0x0101010101010101u >> 56;
    }
    return sum;
}
