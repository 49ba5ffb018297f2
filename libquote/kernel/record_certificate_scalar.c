#include "base/bytes.h"
#include "kernel/aes.h"
#include "kernel/determinant.h"
#include "kernel/records.h"

static uint32_t usable_bits(const uint8_t *p) { return lqi_bits_of_float(lqi_float_of_bits(lqi_load_u32(p)) + 0.0f); }

static void pair_of(const uint8_t *corner, const lqi_certificate_key *key, uint64_t pair[2])
{
    lqi_aes_block s = {{usable_bits(corner), usable_bits(corner + 4), usable_bits(corner + 8), 0}};
    s = lqi_aes_add(s, key->word[0]);
    for (int i = 1; i <= LQI_RECORD_ROUNDS; i++) s = lqi_aes_round(s, key->word[i]);
    lqi_aes_words(s, pair);
}

void lqi_record_certificate_scalar(const uint8_t *records, size_t count, const lqi_certificate_key *key,
                                   lqi_certificate_sums *sums)
{
    lqi_determinant sum = {0};
    for (size_t t = 0; t < count; t++) {
        const uint8_t *corner = records + t * LQI_RECORD_SIZE + LQI_RECORD_CORNERS;
        uint64_t pair[3][2];
        for (size_t k = 0; k < 3; k++) pair_of(corner + 12 * k, key, pair[k]);
        lqi_determinant_add(&sum, pair[0], pair[1], pair[2]);
    }
    lqi_determinant_finish(&sum, sums);
}
