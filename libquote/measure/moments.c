#include "measure/moments.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/cube_root.h"

void lqi_moments_sum_lanes(double lanes[LQI_MOMENT_COUNT][LQI_LANES], double sum[LQI_MOMENT_COUNT])
{
    for (int m = 0; m < LQI_MOMENT_COUNT; m++) {
        const double *l = lanes[m];
        sum[m] = ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]));
    }
}

void lqi_moments_sum_chunks(double (*sums)[LQI_MOMENT_COUNT], size_t count, double total[LQI_MOMENT_COUNT])
{
    memset(total, 0, LQI_MOMENT_COUNT * sizeof *total);
    for (size_t step = 1; step < count; step *= 2)
        for (size_t i = 0; i + step < count; i += 2 * step)
            for (int m = 0; m < LQI_MOMENT_COUNT; m++) sums[i][m] += sums[i + step][m];
    if (count) memcpy(total, sums[0], LQI_MOMENT_COUNT * sizeof *total);
}

/* Each term carries at most about 12 roundings of its absolute parts, a lane sums 512 of them in order, and the trees
 * add their depth (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2; first-order bound, doubled). */
static double summation_error(double absolute, size_t triangle_count)
{
    double chunks = (double)((triangle_count + LQI_MOMENT_CHUNK - 1) / LQI_MOMENT_CHUNK);
    double in_lane =
        (double)(triangle_count < LQI_MOMENT_CHUNK ? triangle_count / LQI_LANES + 1 : LQI_MOMENT_CHUNK / LQI_LANES);
    return 2 * (12 + in_lane + 3 + ceil(log2(chunks + 1))) * (DBL_EPSILON / 2) * absolute;
}

void lqi_moments_of_sums(const double total[LQI_MOMENT_COUNT], size_t triangle_count, const double reference[3],
                         lqi_moments *moments)
{
    *moments = (lqi_moments){.area = total[LQI_MOMENT_AREA] / 2, .volume = total[LQI_MOMENT_VOLUME] / 6};
    moments->volume_error = summation_error(total[LQI_MOMENT_ABSOLUTE] / 6, triangle_count);
    for (int i = 0; i < 3; i++) {
        moments->reference[i] = reference[i];
        moments->vector_area[i] = total[LQI_MOMENT_VECTOR_X + i] / 2;
        moments->first[i] = total[LQI_MOMENT_X + i] / 24;
    }
    for (int i = 0; i < 6; i++) moments->second[i] = total[LQI_MOMENT_XX + i] / 120;
}

void lqi_moments_negate(lqi_moments *moments)
{
    moments->volume = -moments->volume;
    for (int i = 0; i < 3; i++) {
        moments->vector_area[i] = -moments->vector_area[i];
        moments->first[i] = -moments->first[i];
    }
    for (int i = 0; i < 6; i++) moments->second[i] = -moments->second[i];
}

/* ---- transforms ---- */

bool lqi_transform_is_identity(const double m[12])
{
    static const double identity[12] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
    for (int i = 0; i < 12; i++)
        if (m[i] != identity[i]) return false;
    return true;
}

double lqi_transform_determinant(const double m[12])
{
    return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
}

bool lqi_transform_is_similar(const double m[12], double *factor)
{
    double square = m[0] * m[0] + m[1] * m[1] + m[2] * m[2];
    for (int i = 0; i < 3; i++)
        for (int k = i; k < 3; k++) {
            double product = m[3 * i] * m[3 * k] + m[3 * i + 1] * m[3 * k + 1] + m[3 * i + 2] * m[3 * k + 2];
            if (fabs(product - (i == k ? square : 0)) > 1e-9 * square) return false;
        }
    /* Exactly axis-aligned scales keep their exact factor; only rotations need the root. */
    *factor = m[1] == 0 && m[2] == 0 ? fabs(m[0]) : lqi_cube_root(fabs(lqi_transform_determinant(m)));
    return square > 0;
}

static void rotate(const double m[12], const double in[3], double out[3])
{
    for (int i = 0; i < 3; i++) out[i] = (in[0] * m[i] + in[1] * m[3 + i]) + in[2] * m[6 + i];
}

static void unpack(const double second[6], double s[3][3])
{
    s[0][0] = second[0], s[1][1] = second[1], s[2][2] = second[2];
    s[0][1] = s[1][0] = second[3], s[1][2] = s[2][1] = second[4], s[2][0] = s[0][2] = second[5];
}

static void pack(double s[3][3], double second[6])
{
    second[0] = s[0][0], second[1] = s[1][1], second[2] = s[2][2];
    second[3] = s[0][1], second[4] = s[1][2], second[5] = s[2][0];
}

void lqi_moments_place(const lqi_moments *moments, const double transform[12], double area, lqi_moments *placed)
{
    double det = fabs(lqi_transform_determinant(transform));
    *placed = (lqi_moments){.area = area, .volume = moments->volume * det, .volume_error = moments->volume_error * det};
    lqi_transform_point(transform, moments->reference, placed->reference);
    rotate(transform, moments->first, placed->first);
    rotate(transform, moments->vector_area, placed->vector_area); /* right for similar transforms; unused elsewhere */
    double s[3][3], half[3][3], out[3][3];
    unpack(moments->second, s);
    for (int i = 0; i < 3; i++) rotate(transform, s[i], half[i]);
    for (int k = 0; k < 3; k++) {
        const double column[3] = {half[0][k], half[1][k], half[2][k]};
        double turned[3];
        rotate(transform, column, turned);
        for (int i = 0; i < 3; i++) out[i][k] = turned[i];
    }
    pack(out, placed->second);
    for (int i = 0; i < 3; i++) placed->first[i] *= det;
    for (int i = 0; i < 6; i++) placed->second[i] *= det;
}

void lqi_moments_add(lqi_moments *sum, const lqi_moments *part)
{
    double d[3], f[3] = {part->first[0], part->first[1], part->first[2]}, v = part->volume;
    for (int i = 0; i < 3; i++) d[i] = part->reference[i] - sum->reference[i];
    sum->area += part->area;
    sum->volume += v;
    sum->volume_error += part->volume_error;
    static const int row[6] = {0, 1, 2, 0, 1, 2}, column[6] = {0, 1, 2, 1, 2, 0};
    for (int i = 0; i < 6; i++) {
        int r = row[i], c = column[i];
        sum->second[i] += ((part->second[i] + f[r] * d[c]) + d[r] * f[c]) + v * d[r] * d[c];
    }
    for (int i = 0; i < 3; i++) {
        sum->first[i] += f[i] + v * d[i];
        sum->vector_area[i] += part->vector_area[i];
    }
}
