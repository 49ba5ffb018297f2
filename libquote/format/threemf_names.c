#include "format/threemf_names.h"

#include <string.h>
#include <xxhash.h>

bool lqi_names_add(lqi_names *names, const char *name)
{
    uint64_t hash = XXH3_64bits_withSeed(name, strlen(name), names->seed) | 1;
    size_t slot = hash >> 1 & (LQI_NAME_SLOTS - 1);
    while (names->hash[slot] && names->hash[slot] != hash) slot = (slot + 1) & (LQI_NAME_SLOTS - 1);
    if (names->hash[slot]) return true;
    names->hash[slot] = hash;
    return ++names->count <= LQI_NAMES_MAX;
}
