#include "base/bytes.h"
#include "kernel/vertex_keys.h"

/* Three multiplications by odd constants with the high half folded in after each (Stafford's mixing, keyed). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

void lqi_vertex_keys_scalar(const double *xyz, size_t count, const uint64_t key[2], uint64_t *pair)
{
    for (size_t i = 0; i < count; i++) {
        for (int k = 0; k < 2; k++) {
            uint64_t h = key[k];
            for (int axis = 0; axis < 3; axis++)
                h = mix(h ^ lqi_bits_of_double(xyz[3 * i + (size_t)axis])) + key[k] * 0x9E3779B97F4A7C15u;
            pair[2 * i + (size_t)k] = mix(h);
        }
    }
}
