#include "format/stl_normals.h"

#include "base/bytes.h"
#include "base/decimal.h"
#include "format/ascii_token.h"
#include "kernel/records.h"

/* false: these are no three numbers. */
static bool read_normal(const char *p, const char *end, float normal[3])
{
    for (int k = 0; k < 3; k++) {
        p = lqi_skip_space(p, end);
        size_t size = lqi_decimal_to_float(p, end, LQI_DECIMAL_PLAIN, &normal[k]);
        p += size;
        if (!size || (p < end && !lqi_is_space(*p))) return false;
    }
    return true;
}

static bool is_against(const float corners[9], const char *text, const char *end)
{
    float number[12];
    uint8_t record[LQI_RECORD_SIZE] = {0};
    if (!read_normal(text, end, number)) return false;
    for (size_t i = 0; i < 9; i++) number[3 + i] = corners[i];
    for (size_t i = 0; i < 12; i++) lqi_store_u32(record + 4 * i, lqi_bits_of_float(number[i]));
    return lqi_record_normals_scalar(record, 1) != 0;
}

typedef struct normal {
    float x, y, z; /* of any length */
} normal;

static inline normal normal_of(const float p[9])
{
    float ux = p[3] - p[0], uy = p[4] - p[1], uz = p[5] - p[2], vx = p[6] - p[0], vy = p[7] - p[1], vz = p[8] - p[2];
    return (normal){uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx};
}

/* Bit k: component k has the sign of a negative number. */
static inline uint32_t signs_of(normal n)
{
    return lqi_bits_of_float(n.x) >> 31 | lqi_bits_of_float(n.y) >> 31 << 1 | lqi_bits_of_float(n.z) >> 31 << 2;
}

static uint32_t zeros_of(normal n)
{
    return (uint32_t)(n.x == 0) | (uint32_t)(n.y == 0) << 1 | (uint32_t)(n.z == 0) << 2;
}

/* Where every component has the sign that it should have, their products add up to no less than nothing, whatever the
 * numbers are: only the others are read. */
uint32_t lqi_text_normals_against(const float *corners, const lqi_text_normal *normals, uint32_t count, const char *end,
                                  uint32_t *first)
{
    uint32_t against = 0;
    for (uint32_t i = 0; i < count; i++) {
        const normal n = normal_of(corners + (size_t)9 * i);
        uint32_t others = signs_of(n) ^ normals[i].minus;
        if (!others || !(others & ~zeros_of(n)) || !normals[i].text) continue;
        if (is_against(corners + (size_t)9 * i, normals[i].text, end) && !against++) *first = i;
    }
    return against;
}
