#include "base/bytes.h"
#include "kernel/records.h"

lqi_record_state lqi_record_load(const uint8_t *record, bool swapped, uint32_t bits[9])
{
    lqi_record_state state = LQI_RECORD_USABLE;
    for (size_t i = 0; i < 9; i++) {
        uint32_t given = lqi_load_u32(record + LQI_RECORD_CORNERS + 4 * i);
        bits[i] = swapped ? lqi_swap_u32(given) : given;
        uint32_t exponent = bits[i] & 0x7F800000;
        float value = lqi_float_of_bits(bits[i]);
        if (exponent == 0x7F800000)
            state = LQI_RECORD_NONFINITE;
        else if (state == LQI_RECORD_USABLE &&
                 (value > LQI_RECORD_COORDINATE_MAX || value < -LQI_RECORD_COORDINATE_MAX))
            state = LQI_RECORD_OUT_OF_RANGE;
        if (!exponent) bits[i] = 0;
    }
    return state;
}
