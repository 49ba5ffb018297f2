#include "mesh/certificate.h"

#include "base/context.h"

lqi_certificate_key lqi_certificate_keys(const lq_context *context)
{
    lqi_certificate_key key;
    for (uint64_t i = 0; i < 2 * LQI_CERTIFICATE_KEYS; i++)
        key.word[i / 2][i % 2] = lqi_hash_seed(context, 'p' + (i << 8));
    return key;
}

lqi_mesh_certificate lqi_certificate_of_sums(const lqi_certificate_sums *sums)
{
    return (lqi_mesh_certificate){.closed = (sums->parity[0] | sums->parity[1]) == 0, .oriented = sums->oriented == 0};
}
