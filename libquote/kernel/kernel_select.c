#include "kernel/kernel_select.h"

#include "libquote.h"

static const lqi_kernels scalar_kernels = {
#define LQI_KERNEL_SCALAR(name) .name = lqi_##name##_scalar,
    LQI_KERNEL_LIST(LQI_KERNEL_SCALAR)
#undef LQI_KERNEL_SCALAR
        .isa_used = LQ_ISA_SCALAR,
};

#if defined(__x86_64__)
static const lqi_kernels avx2_kernels = {
    .vertex_keys = lqi_vertex_keys_scalar,
    .certificate = lqi_certificate_avx2,
    .moments = lqi_moments_avx2,
    .xml_vertices = lqi_xml_vertices_avx2,
    .xml_triangles = lqi_xml_triangles_scalar,
    .isa_used = LQ_ISA_SCALAR | LQ_ISA_AVX2,
};
#endif

uint32_t lqi_cpu_isa(void)
{
    uint32_t mask = LQ_ISA_SCALAR;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("bmi2"))
        mask |= LQ_ISA_AVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq"))
        mask |= LQ_ISA_AVX512;
#elif defined(__aarch64__)
    mask |= LQ_ISA_NEON;
#endif
    return mask;
}

const lqi_kernels *lqi_kernels_for(uint32_t isa_mask)
{
#if defined(__x86_64__)
    if (isa_mask & LQ_ISA_AVX2) return &avx2_kernels;
#endif
    (void)isa_mask;
    return &scalar_kernels;
}

const char *lqi_isa_name(uint32_t isa_mask)
{
    if (isa_mask & LQ_ISA_AVX512) return "avx512";
    if (isa_mask & LQ_ISA_AVX2) return "avx2";
    if (isa_mask & LQ_ISA_NEON) return "neon";
    return "scalar";
}
