#if defined(__aarch64__)
#define LQI_XML_TARGET
#include "kernel/neon_bits.h"
#include "kernel/xml_vertices_run.h"

static inline byte_classes classify(const char *p)
{
    const uint8x16_t quote = vdupq_n_u8('"'), dot = vdupq_n_u8('.'), zero = vdupq_n_u8('0'), ten = vdupq_n_u8(10);
    uint8x16_t bits = lqi_neon_bits(), quotes[4], dots[4], digits[4];
    for (int i = 0; i < 4; i++) {
        uint8x16_t text = vld1q_u8((const uint8_t *)p + 16 * i);
        quotes[i] = vceqq_u8(text, quote);
        dots[i] = vceqq_u8(text, dot);
        digits[i] = vcltq_u8(vsubq_u8(text, zero), ten);
    }
    return (byte_classes){lqi_neon_mask_64(quotes, bits), lqi_neon_mask_64(dots, bits), lqi_neon_mask_64(digits, bits)};
}

/* The digits in lanes of falling worth, the last in the last. */
static inline uint8x16_t digits_of(const char *p, const number_place *n)
{
    uint8x16_t text = vld1q_u8((const uint8_t *)p + n->start);
    int8x16_t order = vaddq_s8(vld1q_s8(lane_sources + n->size), vld1q_s8(dot_steps + n->dot_step));
    return vandq_u8(vqtbl1q_u8(text, vreinterpretq_u8_s8(order)), vdupq_n_u8(15));
}

/* At most 15 digits: a double is exact. */
static inline double whole_of(uint64x2_t eights)
{
    return (double)(int64_t)(vgetq_lane_u64(eights, 0) * 100000000 + vgetq_lane_u64(eights, 1));
}

static inline void convert(const char *p, const number_place n[3], double xyz[3])
{
    for (int i = 0; i < 3; i++) {
        double value = whole_of(lqi_neon_eights(digits_of(p, &n[i]))) / lqi_number_tens[n[i].fraction];
        xyz[i] = n[i].negative ? -value : value;
    }
}

void lqi_xml_vertices_neon(const char *text, size_t size, const char *prefixes, size_t count_max, double *xyz,
                           lqi_xml_run *run)
{
    lqi_xml_vertices_run(text, size, prefixes, count_max, xyz, run);
}
#else
typedef int lqi_xml_vertices_neon_is_for_arm64;
#endif
