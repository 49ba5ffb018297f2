#include "kernel/facet_text.h"

#if defined(__x86_64__)

#include "kernel/facet_text_run.h"

LQI_BYTES size_t lqi_facet_text_avx2(lqi_facet_text *in_out, float *corners, size_t capacity)
{
    return lqi_facet_text_run(in_out, corners, capacity);
}

#endif
