/* Numbers that lie together become numbers that do not: the last steps of splitmix64 (Steele, Lea, Flood, "Fast
 * Splittable Pseudorandom Number Generators", 2014). One to one. */
#ifndef LQI_MIX_H
#define LQI_MIX_H

#include <stdint.h>

static inline uint64_t lqi_mix64(uint64_t x)
{
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

#endif
