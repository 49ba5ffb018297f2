#include "mesh/soup_load.h"

#include <string.h>

#include "base/bytes.h"

/* Records overlap cache lines unevenly, which the hardware does not foresee. */
#define FETCH_AHEAD ((size_t)4096)

#define HOST_IS_BIG_ENDIAN (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

typedef int32_t four __attribute__((vector_size(16)));

void lqi_soup_load(const float *xyz, size_t count, uint32_t (*bits)[3])
{
    for (size_t i = 0; i < 3 * count; i++)
        for (size_t k = 0; k < 3; k++) bits[i][k] = lqi_bits_of_float(xyz[3 * i + k] + 0.0f);
}

static inline four load_four(const uint8_t *from)
{
    four value;
    memcpy(&value, from, sizeof value);
    return value;
}

/* Denormal numbers and -0, which would split vertices that a writer meant to be equal, become 0. A bit of `bad` is set
 * unless all four floats are finite and in range. */
static inline four canonical(four bits, four *bad)
{
    const int32_t most = (int32_t)lqi_bits_of_float(LQI_RECORD_COORDINATE_MAX), least = 0x00800000;
    four size = bits & 0x7FFFFFFF;
    *bad |= size > most;
    return bits & (size >= least);
}

/* False: some facet must be left out. */
static bool load_all(const uint8_t *record, size_t count, uint32_t (*bits)[3])
{
    four bad = {0};
    for (size_t i = 0; i < count; i++, record += LQI_RECORD_SIZE, bits += 3) {
        __builtin_prefetch(record + FETCH_AHEAD);
        const uint8_t *from = record + LQI_RECORD_CORNERS;
        four first = canonical(load_four(from), &bad), second = canonical(load_four(from + 16), &bad);
        four last = canonical(load_four(from + 20), &bad); /* three of them again */
        memcpy(bits[0], &first, sizeof first);
        memcpy(&bits[1][1], &second, sizeof second);
        memcpy(&bits[1][2], &last, sizeof last);
    }
    return !(bad[0] | bad[1] | bad[2] | bad[3]);
}

static size_t load_one_by_one(const uint8_t *record, size_t count, bool swapped, uint64_t number, uint32_t (*bits)[3],
                              lqi_dropped_facets *dropped)
{
    size_t taken = 0;
    for (size_t i = 0; i < count; i++, record += LQI_RECORD_SIZE, number++) {
        lqi_record_state state = lqi_record_load(record, swapped, bits[3 * taken]);
        taken += state == LQI_RECORD_USABLE;
        if (state == LQI_RECORD_OUT_OF_RANGE && !dropped->out_of_range++) dropped->first_out_of_range = (int64_t)number;
        if (state == LQI_RECORD_NONFINITE && !dropped->nonfinite++) dropped->first_nonfinite = (int64_t)number;
    }
    return taken;
}

size_t lqi_soup_load_records(const uint8_t *records, size_t count, bool swapped, uint64_t number, uint32_t (*bits)[3],
                             lqi_dropped_facets *dropped)
{
    if (!swapped && !HOST_IS_BIG_ENDIAN && load_all(records, count, bits)) return count;
    return load_one_by_one(records, count, swapped, number, bits, dropped);
}
