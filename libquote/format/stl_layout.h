/* The layout of binary STL, for the reader and for recognising it. */
#ifndef LQI_STL_LAYOUT_H
#define LQI_STL_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define LQI_STL_HEADER_SIZE ((size_t)84)
#define LQI_STL_RECORD_SIZE ((size_t)50)
#define LQI_STL_CORNERS_OFFSET ((size_t)12) /* behind the normal; nine floats */
#define LQI_STL_SAMPLES 64

/* Could these records be facets: finite, below 1e9, not all the same corner over and over? Looks at LQI_STL_SAMPLES of
 * them, evenly spread. */
bool lqi_stl_records_plausible(const uint8_t *records, uint64_t count, bool swapped);

/* Does the size fit the count (that is, is it certainly binary STL)? */
static inline bool lqi_stl_is_exact(const uint8_t *data, size_t size)
{
    if (size < LQI_STL_HEADER_SIZE) return false;
    uint64_t count = lqi_load_u32(data + 80);
    return count > 0 && LQI_STL_HEADER_SIZE + LQI_STL_RECORD_SIZE * count == size;
}

static inline bool lqi_stl_is_swapped(const uint8_t *data, size_t size)
{
    if (size < LQI_STL_HEADER_SIZE || lqi_stl_is_exact(data, size)) return false;
    uint64_t count = lqi_swap_u32(lqi_load_u32(data + 80));
    return count > 0 && LQI_STL_HEADER_SIZE + LQI_STL_RECORD_SIZE * count == size;
}

#endif
