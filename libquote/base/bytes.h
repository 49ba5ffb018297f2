/* Unaligned little-endian loads and stores: the only place where bytes become binary numbers. */
#ifndef LQI_BYTES_H
#define LQI_BYTES_H

#include <stdint.h>
#include <string.h>

static inline uint16_t lqi_load_u16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }

static inline uint32_t lqi_load_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t lqi_load_u64(const uint8_t *p)
{
    return (uint64_t)lqi_load_u32(p) | (uint64_t)lqi_load_u32(p + 4) << 32;
}

static inline void lqi_store_u32(uint8_t *p, uint32_t value)
{
    for (int k = 0; k < 4; k++) p[k] = (uint8_t)(value >> 8 * k);
}

static inline uint32_t lqi_swap_u32(uint32_t x) { return __builtin_bswap32(x); }

static inline float lqi_float_of_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t lqi_bits_of_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline uint64_t lqi_bits_of_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double lqi_double_of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
