/* Facets straight from the 50-byte records of binary STL (12 bytes of normal, nine little-endian floats, two bytes). */
#ifndef LQI_RECORDS_H
#define LQI_RECORDS_H

#include <stdbool.h>

#include "kernel/certificate.h"
#include "kernel/corner_rows.h"

#define LQI_RECORD_SIZE ((size_t)50)
#define LQI_RECORD_CORNERS 12          /* offset of the floats */
#define LQI_RECORD_ROUNDS 4            /* of AES */
#define LQI_RECORD_COORDINATE_MAX 1e9f /* as for every other reader of STL */

typedef enum lqi_record_state { LQI_RECORD_USABLE, LQI_RECORD_OUT_OF_RANGE, LQI_RECORD_NONFINITE } lqi_record_state;

/* The nine numbers of one record, as the bits of floats; denormal ones and -0 become 0. swapped: written big-endian. */
lqi_record_state lqi_record_load(const uint8_t *record, bool swapped, uint32_t bits[9]);

/* Corners as rows, -0 as 0, and their box (min x y z, max x y z), which is widened but not by triangles with two equal
 * corners. False: some number is not finite, beyond the maximum or denormal; rows and box are then of no use. The bytes
 * are read to the 48th of the last record; later ones may be prefetched. */
typedef bool lqi_record_rows_fn(const uint8_t *records, size_t count, lqi_rows *rows, float box[6]);

lqi_record_rows_fn lqi_record_rows_scalar;
lqi_record_rows_fn lqi_record_rows_avx2;
lqi_record_rows_fn lqi_record_rows_avx512;
lqi_record_rows_fn lqi_record_rows_neon;

/* How many normals face against the corners of their facets, by more than the rounding of both may do: the product with
 * the normal by the corners is less than minus this share of the largest coordinate times the sides times the normal,
 * each as the sum of the sizes of its components. Normals of no length face nowhere. In single precision, in the order
 * of the reference. */
#define LQI_NORMAL_ROUNDING 0x1p-19f
typedef size_t lqi_record_normals_fn(const uint8_t *records, size_t count);

lqi_record_normals_fn lqi_record_normals_scalar;
lqi_record_normals_fn lqi_record_normals_avx2;

/* The certificate's sums (certificate.h) over records whose numbers are usable; the pair of a position is (x, y, z, 0)
 * as four floats under four rounds, -0 as 0: another pair than the mesh kernel makes, so that only sums of one kind may
 * be added. */
typedef void lqi_record_certificate_fn(const uint8_t *records, size_t count, const lqi_certificate_key *key,
                                       lqi_certificate_sums *sums);

lqi_record_certificate_fn lqi_record_certificate_scalar;
lqi_record_certificate_fn lqi_record_certificate_avx2;
lqi_record_certificate_fn lqi_record_certificate_vaes;
lqi_record_certificate_fn lqi_record_certificate_avx512;
lqi_record_certificate_fn lqi_record_certificate_neon;

#endif
