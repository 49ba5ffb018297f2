/* Sorting without recursion, callbacks or a bad case. */
#ifndef LQI_SORT_H
#define LQI_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Ascending: insertion for short runs, in-place radix sort (linear, eight passes at most) for long ones. */
void lqi_sort_u64(uint64_t *items, size_t count);

#endif
