/* Facets as the weld wants them: nine floats as bits, -0 as 0, so that equal positions have equal bits. */
#ifndef LQI_SOUP_LOAD_H
#define LQI_SOUP_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dropped.h"
#include "kernel/records.h"

/* From nine finite floats for each facet. */
void lqi_soup_load(const float *xyz, size_t count, uint32_t (*bits)[3]);

/* From records of binary STL, denormal numbers as 0. Facets that are not finite or out of range are left out and added
 * to `dropped`, the first record having the number `number`. Returns how many are left, which lie together. Later
 * records may be prefetched. */
size_t lqi_soup_load_records(const uint8_t *records, size_t count, bool swapped, uint64_t number, uint32_t (*bits)[3],
                             lqi_dropped_facets *dropped);

#endif
