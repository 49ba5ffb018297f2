/* Sorting without recursion, callbacks or a bad case. */
#ifndef LQI_SORT_H
#define LQI_SORT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Ascending: insertion for short runs, in-place radix sort (linear, eight passes at most) for long ones. */
void lqi_sort_u64(uint64_t *items, size_t count);

/* By the bits from first_bit on; equals keep their order, and items that were in order as whole numbers keep theirs.
 * spare: room for as many. */
void lqi_sort_u64_stably(uint64_t *items, uint64_t *spare, size_t count, unsigned first_bit);

/* Among sorted items the first that is not below `least`, or count. */
size_t lqi_first_at_least(const uint64_t *items, size_t count, uint64_t least);

/* The first of sorted keys id << 32 | anything that has this id, or count. */
size_t lqi_find_id(const uint64_t *keys, size_t count, uint32_t id);

/* Finite numbers in the order of their keys. */
static inline uint64_t lqi_order_key(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

#endif
