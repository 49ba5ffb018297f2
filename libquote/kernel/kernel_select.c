#include "kernel/kernel_select.h"

#include <stdbool.h>
#include <stddef.h>
#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#include "libquote.h"

static const lqi_kernels scalar_kernels = {
#define LQI_KERNEL_SCALAR(name) .name = lqi_##name##_scalar,
    LQI_KERNEL_LIST(LQI_KERNEL_SCALAR)
#undef LQI_KERNEL_SCALAR
        .isa_used = LQ_ISA_SCALAR,
};

#if defined(__x86_64__)
#define lqi_xml_triangles_avx2 lqi_xml_triangles_scalar /* words of eight bytes are as fast */

static const lqi_kernels avx2_kernels = {
#define LQI_KERNEL_AVX2(name) .name = lqi_##name##_avx2,
    LQI_KERNEL_LIST(LQI_KERNEL_AVX2)
#undef LQI_KERNEL_AVX2
        .isa_used = LQ_ISA_SCALAR | LQ_ISA_AVX2,
};

/* Where AES and carry-less products come in 256 bits. */
static const lqi_kernels vaes_kernels = {
    .corner_rows = lqi_corner_rows_avx2,
    .certificate = lqi_certificate_vaes,
    .facet_text = lqi_facet_text_avx2,
    .stars = lqi_stars_avx2,
    .xml_vertices = lqi_xml_vertices_avx2,
    .xml_triangles = lqi_xml_triangles_scalar,
    .moments = lqi_moments_avx2,
    .slivers = lqi_slivers_avx2,
    .tetrahedra = lqi_tetrahedra_avx2,
    .column_cover = lqi_column_cover_avx2,
    .record_rows = lqi_record_rows_avx2,
    .record_normals = lqi_record_normals_avx2,
    .record_certificate = lqi_record_certificate_vaes,
    .plane_words = lqi_plane_words_avx2,
    .plane_count = lqi_plane_count_avx2,
    .isa_used = LQ_ISA_SCALAR | LQ_ISA_AVX2,
};

static bool has_wide_aes(void)
{
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (c & bit_VAES) && (c & bit_VPCLMULQDQ);
}

/* For Ice Lake, Zen 4 and later. The earlier CPUs, which slow down for 512 bits and have no AES in them, are left with
 * 256; so is what reads text or follows vertex numbers. */
static const lqi_kernels avx512_kernels = {
    .corner_rows = lqi_corner_rows_avx2,
    .certificate = lqi_certificate_avx512,
    .facet_text = lqi_facet_text_avx2,
    .stars = lqi_stars_avx2,
    .xml_vertices = lqi_xml_vertices_avx2,
    .xml_triangles = lqi_xml_triangles_scalar,
    .moments = lqi_moments_avx512,
    .slivers = lqi_slivers_avx512,
    .tetrahedra = lqi_tetrahedra_avx512,
    .column_cover = lqi_column_cover_avx512,
    .record_rows = lqi_record_rows_avx512,
    .record_normals = lqi_record_normals_avx2,
    .record_certificate = lqi_record_certificate_avx512,
    .plane_words = lqi_plane_words_avx2,
    .plane_count = lqi_plane_count_avx2,
    .isa_used = LQ_ISA_SCALAR | LQ_ISA_AVX2 | LQ_ISA_AVX512,
};

/* The compiler's question asks XCR0, too: whether the system keeps the wide registers. */
static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && has_wide_aes();
}
#endif

#if defined(__aarch64__)
#define lqi_xml_triangles_neon lqi_xml_triangles_scalar /* words of eight bytes are as fast */
#define lqi_record_normals_neon lqi_record_normals_scalar
#define lqi_plane_words_neon lqi_plane_words_scalar     /* as the compiler makes it */
#define lqi_plane_count_neon lqi_plane_count_scalar

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "keys and records are loaded as they lie in memory");

/* Every such CPU has these. */
static const lqi_kernels neon_kernels = {
    .corner_rows = lqi_corner_rows_neon,
    .certificate = lqi_certificate_scalar,
    .facet_text = lqi_facet_text_neon,
    .stars = lqi_stars_neon,
    .xml_vertices = lqi_xml_vertices_neon,
    .xml_triangles = lqi_xml_triangles_neon,
    .moments = lqi_moments_neon,
    .slivers = lqi_slivers_neon,
    .tetrahedra = lqi_tetrahedra_neon,
    .column_cover = lqi_column_cover_neon,
    .record_rows = lqi_record_rows_neon,
    .record_normals = lqi_record_normals_scalar,
    .record_certificate = lqi_record_certificate_scalar,
    .plane_words = lqi_plane_words_neon,
    .plane_count = lqi_plane_count_neon,
    .isa_used = LQ_ISA_SCALAR | LQ_ISA_NEON,
};

static const lqi_kernels neon_aes_kernels = {
#define LQI_KERNEL_NEON(name) .name = lqi_##name##_neon,
    LQI_KERNEL_LIST(LQI_KERNEL_NEON)
#undef LQI_KERNEL_NEON
        .isa_used = LQ_ISA_SCALAR | LQ_ISA_NEON,
};

/* AES and carry-less products are optional. */
static bool has_neon_aes(void)
{
#if defined(__linux__)
    unsigned long wanted = HWCAP_AES | HWCAP_PMULL;
    return (getauxval(AT_HWCAP) & wanted) == wanted;
#else
    return false;
#endif
}
#endif

uint32_t lqi_cpu_isa(void)
{
    uint32_t mask = LQ_ISA_SCALAR;
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                    __builtin_cpu_supports("popcnt");
    if (has_avx2 && __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul")) mask |= LQ_ISA_AVX2;
    if ((mask & LQ_ISA_AVX2) && has_avx512()) mask |= LQ_ISA_AVX512;
#elif defined(__aarch64__)
    mask |= LQ_ISA_NEON;
#endif
    return mask;
}

const lqi_kernels *lqi_kernels_at(size_t index)
{
    if (index == 0) return &scalar_kernels;
#if defined(__x86_64__)
    uint32_t isa = lqi_cpu_isa();
    if (index == 1 && (isa & LQ_ISA_AVX2)) return &avx2_kernels;
    if (index == 2 && (isa & LQ_ISA_AVX2) && has_wide_aes()) return &vaes_kernels;
    if (index == 3 && (isa & LQ_ISA_AVX512)) return &avx512_kernels;
#elif defined(__aarch64__)
    if (index == 1) return &neon_kernels;
    if (index == 2 && has_neon_aes()) return &neon_aes_kernels;
#endif
    return NULL;
}

const lqi_kernels *lqi_kernels_for(uint32_t isa_mask)
{
    size_t best = 0;
    for (size_t i = 1; lqi_kernels_at(i) && !(lqi_kernels_at(i)->isa_used & ~(isa_mask | LQ_ISA_SCALAR)); i++) best = i;
    return lqi_kernels_at(best);
}

const char *lqi_isa_name(uint32_t isa_mask)
{
    if (isa_mask & LQ_ISA_AVX512) return "avx512";
    if (isa_mask & LQ_ISA_AVX2) return "avx2";
    if (isa_mask & LQ_ISA_NEON) return "neon";
    return "scalar";
}
