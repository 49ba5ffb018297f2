#include "measure/moments.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "kernel/kernel_list.h"
#include "mesh/edges.h"

/* Chunk borders depend on the mesh only, so that the sum does not depend on the number of threads. */
#define TRIANGLES_PER_CHUNK ((size_t)4096)

typedef struct measure_task {
    lq_context *context;
    const lqi_mesh *mesh;
    const uint8_t *flag;
    const double *reference;
    const double *transform;          /* NULL: none */
    double (*sums)[LQI_MOMENT_COUNT]; /* per chunk */
} measure_task;

static double weight_of(uint8_t flag)
{
    if (flag & (LQI_TRIANGLE_DEGENERATE | LQI_TRIANGLE_DUPLICATE)) return 0;
    return flag & LQI_TRIANGLE_FLIPPED ? -1 : 1;
}

static void gather(const measure_task *task, size_t first, size_t count, double *block, double *weight)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t *corner = task->mesh->corner + 3 * (first + i);
        weight[i] = task->flag ? weight_of(task->flag[first + i]) : 1;
        for (size_t k = 0; k < 3; k++) {
            double moved[3];
            const double *p = task->mesh->position + (size_t)3 * corner[k];
            if (task->transform) {
                lqi_transform_point(task->transform, p, moved);
                p = moved;
            }
            for (size_t axis = 0; axis < 3; axis++)
                block[(3 * k + axis) * LQI_MOMENT_BLOCK + i] = p[axis] - task->reference[axis];
        }
    }
    for (size_t i = count; i % LQI_LANES; i++) {
        weight[i] = 0;
        for (size_t row = 0; row < 9; row++) block[row * LQI_MOMENT_BLOCK + i] = 0;
    }
}

static lq_status measure_chunk(void *user, size_t index)
{
    const measure_task *task = user;
    if (lqi_stopped(task->context)) return LQ_ERR_CANCELLED;
    double block[9 * LQI_MOMENT_BLOCK], weight[LQI_MOMENT_BLOCK];
    double lanes[LQI_MOMENT_COUNT][LQI_LANES] = {{0}};
    size_t first = index * TRIANGLES_PER_CHUNK, last = first + TRIANGLES_PER_CHUNK;
    if (last > task->mesh->triangle_count) last = task->mesh->triangle_count;
    for (size_t t = first; t < last; t += LQI_MOMENT_BLOCK) {
        size_t count = last - t < LQI_MOMENT_BLOCK ? last - t : LQI_MOMENT_BLOCK;
        gather(task, t, count, block, weight);
        size_t padded = (count + LQI_LANES - 1) / LQI_LANES * LQI_LANES;
        task->context->kernels->moments(block, weight, padded, lanes);
    }
    for (int m = 0; m < LQI_MOMENT_COUNT; m++) {
        const double *l = lanes[m];
        task->sums[index][m] = ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]));
    }
    return LQ_OK;
}

/* Pairwise over chunks: neighbours first, in place. */
static void add_chunks(double (*sums)[LQI_MOMENT_COUNT], size_t count)
{
    for (size_t step = 1; step < count; step *= 2)
        for (size_t i = 0; i + step < count; i += 2 * step)
            for (int m = 0; m < LQI_MOMENT_COUNT; m++) sums[i][m] += sums[i + step][m];
}

static lq_status sum_moments(lq_context *context, const lqi_mesh *mesh, const uint8_t *flag, const double reference[3],
                             const double *transform, double total[LQI_MOMENT_COUNT])
{
    memset(total, 0, LQI_MOMENT_COUNT * sizeof *total);
    size_t chunk_count = (mesh->triangle_count + TRIANGLES_PER_CHUNK - 1) / TRIANGLES_PER_CHUNK;
    if (chunk_count == 0) return LQ_OK;
    measure_task task = {context, mesh, flag, reference, transform, NULL};
    task.sums = lqi_alloc_array(context, chunk_count, sizeof *task.sums);
    if (!task.sums) return lqi_memory_status(context);
    lq_status status = lqi_progress(context, "measure", 0, chunk_count);
    if (status == LQ_OK) status = lqi_parallel(context, chunk_count, measure_chunk, &task);
    if (status == LQ_ERR_CANCELLED) status = lqi_fail(context, LQI_CANCELLED, -1, "The work was cancelled.");
    if (status == LQ_OK) {
        add_chunks(task.sums, chunk_count);
        memcpy(total, task.sums[0], LQI_MOMENT_COUNT * sizeof *total);
    }
    lqi_free(context, task.sums);
    return status;
}

/* Each term carries at most about 12 roundings of its absolute parts, a lane sums 512 of them in order, and the trees
 * add their depth (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2; first-order bound, doubled). */
static double summation_error(double absolute, size_t triangle_count)
{
    double chunks = (double)((triangle_count + TRIANGLES_PER_CHUNK - 1) / TRIANGLES_PER_CHUNK);
    double in_lane = (double)(triangle_count < TRIANGLES_PER_CHUNK ? triangle_count / LQI_LANES + 1
                                                                   : TRIANGLES_PER_CHUNK / LQI_LANES);
    return 2 * (12 + in_lane + 3 + ceil(log2(chunks + 1))) * (DBL_EPSILON / 2) * absolute;
}

lq_status lqi_moments_measure(lq_context *context, const lqi_mesh *mesh, const uint8_t *flag, const double reference[3],
                              lqi_moments *moments)
{
    double total[LQI_MOMENT_COUNT];
    LQI_TRY(sum_moments(context, mesh, flag, reference, NULL, total));
    *moments = (lqi_moments){.area = total[LQI_MOMENT_AREA] / 2, .volume = total[LQI_MOMENT_VOLUME] / 6};
    moments->volume_error = summation_error(total[LQI_MOMENT_ABSOLUTE] / 6, mesh->triangle_count);
    for (int i = 0; i < 3; i++) {
        moments->reference[i] = reference[i];
        moments->vector_area[i] = total[LQI_MOMENT_VECTOR_X + i] / 2;
        moments->first[i] = total[LQI_MOMENT_X + i] / 24;
    }
    for (int i = 0; i < 6; i++) moments->second[i] = total[LQI_MOMENT_XX + i] / 120;
    return LQ_OK;
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

void lqi_transform_point(const double m[12], const double in[3], double out[3])
{
    double x = in[0], y = in[1], z = in[2];
    for (int i = 0; i < 3; i++) out[i] = ((x * m[i] + y * m[3 + i]) + z * m[6 + i]) + m[9 + i];
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
    *factor = m[1] == 0 && m[2] == 0 ? fabs(m[0]) : cbrt(fabs(lqi_transform_determinant(m)));
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

lq_status lqi_area_transformed(lq_context *context, const lqi_mesh *mesh, const uint8_t *flag,
                               const double transform[12], double *area)
{
    double total[LQI_MOMENT_COUNT], reference[3] = {0, 0, 0};
    if (mesh->vertex_count) lqi_transform_point(transform, mesh->position, reference);
    LQI_TRY(sum_moments(context, mesh, flag, reference, transform, total));
    *area = total[LQI_MOMENT_AREA] / 2;
    return LQ_OK;
}
