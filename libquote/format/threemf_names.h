/* How many different names a document uses. The XML parser keeps each until its end, in memory that no budget counts;
 * every XML vocabulary is small. */
#ifndef LQI_THREEMF_NAMES_H
#define LQI_THREEMF_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#define LQI_NAMES_MAX 1024
#define LQI_NAME_SLOTS (4 * LQI_NAMES_MAX)

/* Starts all zero but for the seed, which must not be known outside. */
typedef struct lqi_names {
    uint64_t seed;
    uint32_t count;
    uint64_t hash[LQI_NAME_SLOTS]; /* 0: free */
} lqi_names;

/* false: more than LQI_NAMES_MAX. */
bool lqi_names_add(lqi_names *names, const char *name);

#endif
