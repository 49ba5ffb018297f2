/* Union-find over small integers. The root is always the smallest member, so that labels do not depend on the order of
 * the unions (Tarjan; path halving). The parity variant also keeps the XOR from each member to its root. */
#ifndef LQI_UNION_FIND_H
#define LQI_UNION_FIND_H

#include <stdbool.h>
#include <stdint.h>

static inline uint32_t lqi_find(uint32_t *parent, uint32_t x)
{
    while (parent[x] != x) x = parent[x] = parent[parent[x]];
    return x;
}

/* Were they apart? */
static inline bool lqi_unite(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = lqi_find(parent, a);
    b = lqi_find(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
    return a != b;
}

/* parity[x]: XOR along the step x -> parent[x]. */
static inline uint32_t lqi_find_parity(uint32_t *parent, uint8_t *parity, uint32_t x, uint8_t *to_root)
{
    uint8_t sum = 0;
    while (parent[x] != x) {
        uint32_t up = parent[x];
        parity[x] ^= parent[up] != up ? parity[up] : 0;
        parent[x] = parent[up];
        sum ^= parity[x];
        x = parent[x];
    }
    *to_root = sum;
    return x;
}

/* Says that a and b differ by `difference`; false when that contradicts what was said before. */
static inline bool lqi_unite_parity(uint32_t *parent, uint8_t *parity, uint32_t a, uint32_t b, uint8_t difference)
{
    uint8_t from_a, from_b;
    a = lqi_find_parity(parent, parity, a, &from_a);
    b = lqi_find_parity(parent, parity, b, &from_b);
    uint8_t link = from_a ^ from_b ^ difference;
    if (a == b) return link == 0;
    if (a < b) {
        parent[b] = a;
        parity[b] = link;
    } else {
        parent[a] = b;
        parity[a] = link;
    }
    return true;
}

#endif
