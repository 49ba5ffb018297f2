#if defined(__aarch64__)
#include <arm_neon.h>

#include "base/bytes.h"
#include "kernel/records.h"
#include "kernel/unroll.h"

/* The same corner of four records, as x, y, z. `at`: four bytes before the corner, so that no load leaves its record.
 */
static inline void load_corner(const uint8_t *at, float32x4_t p[3])
{
    float32x4_t four[4]; /* (., x, y, z) */
    LQI_UNROLL
    for (int k = 0; k < 4; k++) four[k] = vreinterpretq_f32_u8(vld1q_u8(at + (size_t)k * LQI_RECORD_SIZE));
    float64x2_t low01 = vreinterpretq_f64_f32(vzip1q_f32(four[0], four[1]));
    float64x2_t low23 = vreinterpretq_f64_f32(vzip1q_f32(four[2], four[3]));
    float64x2_t high01 = vreinterpretq_f64_f32(vzip2q_f32(four[0], four[1]));
    float64x2_t high23 = vreinterpretq_f64_f32(vzip2q_f32(four[2], four[3]));
    p[0] = vreinterpretq_f32_f64(vzip2q_f64(low01, low23));
    p[1] = vreinterpretq_f32_f64(vzip1q_f64(high01, high23));
    p[2] = vreinterpretq_f32_f64(vzip2q_f64(high01, high23));
}

static inline uint32x4_t same_point(const float32x4_t *a, const float32x4_t *b)
{
    return vandq_u32(vandq_u32(vceqq_f32(a[0], b[0]), vceqq_f32(a[1], b[1])), vceqq_f32(a[2], b[2]));
}

/* The smallest magnitude bits less one, so that 0 is out of the way, and the largest: what is not usable shows. */
typedef struct magnitudes {
    uint32x4_t least, most;
} magnitudes;

static inline void widen(magnitudes *m, float32x4_t x)
{
    uint32x4_t bits = vreinterpretq_u32_f32(vabsq_f32(x));
    m->least = vminq_u32(m->least, vsubq_u32(bits, vdupq_n_u32(1)));
    m->most = vmaxq_u32(m->most, bits);
}

static inline bool are_usable(const magnitudes *m)
{
    const uint32_t denormal_max = 0x007FFFFE; /* less one */
    return vminvq_u32(m->least) > denormal_max && vmaxvq_u32(m->most) <= lqi_bits_of_float(LQI_RECORD_COORDINATE_MAX);
}

bool lqi_record_rows_neon(const uint8_t *records, size_t count, lqi_rows *rows, float box[6])
{
    float32x4_t low[3], high[3];
    magnitudes found = {vdupq_n_u32(UINT32_MAX), vdupq_n_u32(0)};
    LQI_UNROLL
    for (int k = 0; k < 3; k++) low[k] = vdupq_n_f32(box[k]), high[k] = vdupq_n_f32(box[3 + k]);
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        const uint8_t *record = records + i * LQI_RECORD_SIZE;
        float32x4_t p[LQI_ROW_COUNT];
        LQI_UNROLL
        for (int k = 0; k < 3; k++) load_corner(record + LQI_RECORD_CORNERS - 4 + 12 * k, &p[3 * k]);
        LQI_UNROLL
        for (int row = 0; row < LQI_ROW_COUNT; row++) {
            widen(&found, p[row]);
            p[row] = vaddq_f32(p[row], vdupq_n_f32(0));
            vst1q_f64(&rows->row[row][i], vcvt_f64_f32(vget_low_f32(p[row])));
            vst1q_f64(&rows->row[row][i + 2], vcvt_high_f64_f32(p[row]));
        }
        uint32x4_t point = vorrq_u32(vorrq_u32(same_point(p, p + 3), same_point(p + 3, p + 6)), same_point(p + 6, p));
        LQI_UNROLL
        for (int row = 0; row < LQI_ROW_COUNT; row++) {
            int axis = row % 3;
            low[axis] = vminq_f32(vbslq_f32(point, low[axis], p[row]), low[axis]);
            high[axis] = vmaxq_f32(vbslq_f32(point, high[axis], p[row]), high[axis]);
        }
    }
    if (!are_usable(&found)) return false;
    for (int k = 0; k < 3; k++) box[k] = vminvq_f32(low[k]), box[3 + k] = vmaxvq_f32(high[k]);
    if (i == count) return true;
    lqi_rows rest;
    bool usable = lqi_record_rows_scalar(records + i * LQI_RECORD_SIZE, count - i, &rest, box);
    for (size_t row = 0; usable && row < LQI_ROW_COUNT; row++)
        for (size_t k = i; k < count; k++) rows->row[row][k] = rest.row[row][k - i];
    return usable;
}
#else
typedef int lqi_record_rows_neon_is_for_arm64;
#endif
