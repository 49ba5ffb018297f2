#include <float.h>
#include <math.h>

#include "base/bytes.h"
#include "kernel/records.h"

static bool is_usable(float x) { return x == 0 || (fabsf(x) >= FLT_MIN && fabsf(x) <= LQI_RECORD_COORDINATE_MAX); }

static bool same_point(const float *a, const float *b) { return a[0] == b[0] && a[1] == b[1] && a[2] == b[2]; }

bool lqi_record_rows_scalar(const uint8_t *records, size_t count, lqi_rows *rows, float box[6])
{
    for (size_t i = 0; i < count; i++) {
        float p[LQI_ROW_COUNT];
        for (size_t row = 0; row < LQI_ROW_COUNT; row++) {
            float x = lqi_float_of_bits(lqi_load_u32(records + i * LQI_RECORD_SIZE + LQI_RECORD_CORNERS + 4 * row));
            if (!is_usable(x)) return false;
            p[row] = x + 0.0f;
            rows->row[row][i] = (double)p[row];
        }
        if (same_point(p, p + 3) || same_point(p + 3, p + 6) || same_point(p + 6, p)) continue;
        for (size_t row = 0; row < LQI_ROW_COUNT; row++) {
            if (p[row] < box[row % 3]) box[row % 3] = p[row];
            if (p[row] > box[3 + row % 3]) box[3 + row % 3] = p[row];
        }
    }
    return true;
}
