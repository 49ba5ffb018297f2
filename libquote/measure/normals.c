#include "measure/normals.h"

#include <math.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "kernel/kernel_list.h"
#include "measure/cube_cell.h"
#include "measure/moments.h"
#include "measure/sweep.h"

/* Cosines of k degrees less a hundredth. */
static const double degree_cosine[LQI_DEGREES + 1] = {
    1.0000000000, 0.9998507259, 0.9993969029, 0.9986386539, 0.9975762099, 0.9962098945, 0.9945401239, 0.9925674067,
    0.9902923439, 0.9877156285, 0.9848380453, 0.9816604709, 0.9781838733, 0.9744093113, 0.9703379348, 0.9659709840,
    0.9613097891, 0.9563557699, 0.9511104354, 0.9455753836, 0.9397523002, 0.9336429593, 0.9272492216, 0.9205730349,
    0.9136164327, 0.9063815340, 0.8988705428, 0.8910857469, 0.8830295177, 0.8747043091, 0.8661126571, 0.8572571787,
    0.8481405716, 0.8387656126, 0.8291351575, 0.8192521398, 0.8091195699, 0.7987405344, 0.7881181948, 0.7772557867,
    0.7661566191, 0.7548240726, 0.7432615995, 0.7314727216, 0.7194610301, 0.7072301838, 0.6947839084, 0.6821259950,
    0.6692602994, 0.6561907407, 0.6429212999, 0.6294560190, 0.6157989998, 0.6019544022, 0.5879264434, 0.5737193966,
    0.5593375893, 0.5447854023, 0.5300672685, 0.5151876710, 0.5001511423, 0.4849622628, 0.4696256591, 0.4541460028,
    0.4385280093, 0.4227764359, 0.4068960806, 0.3908917809, 0.3747684118, 0.3585308846, 0.3421841454, 0.3257331736,
    0.3091829803, 0.2925386069, 0.2758051234, 0.2589876270, 0.2420912405, 0.2251211106, 0.2080824066, 0.1909803187,
    0.1738200564, 0.1566068468, 0.1393459332, 0.1220425735, 0.1047020385, 0.0873296102, 0.0699305805, 0.0525102492,
    0.0350739228, 0.0176269125, 0.0001745329};

int lqi_down_degree(double cosine)
{
    if (!(cosine < 1)) return 0;
    /* Abramowitz and Stegun 4.4.45, in degrees, right to 0.004 of them; the table decides. */
    double guess = sqrt(1 - cosine) * (89.9961 + cosine * (-12.1533 + cosine * (4.2548 - cosine * 1.0731)));
    int k = (int)guess;
    k = k < LQI_DEGREES - 1 ? k : LQI_DEGREES - 1;
    int less = k > 0 && cosine > degree_cosine[k], more = k < LQI_DEGREES - 1 && cosine <= degree_cosine[k + 1];
    return k + more - less;
}

bool lqi_normal_of_bin(const lqi_normals *normals, uint32_t bin, double out[3])
{
    const double *sum = normals->bin[bin].sum;
    double length = sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
    if (!(length > 0)) return false;
    for (int i = 0; i < 3; i++) out[i] = sum[i] / length;
    return true;
}

static double lesser(double a, double b) { return a < b ? a : b; }
static double greater(double a, double b) { return a > b ? a : b; }

/* Share of a triangle's area below a height. */
static double share_below(double a, double b, double c, double height)
{
    double low = lesser(a, lesser(b, c)), high = greater(a, greater(b, c)), middle = a + b + c - low - high;
    if (height >= high) return 1;
    if (height <= low) return 0;
    if (height <= middle) return (height - low) * (height - low) / ((middle - low) * (high - low));
    return 1 - (high - height) * (high - height) / ((high - middle) * (high - low));
}

/* One block at work. */
typedef struct block {
    lqi_rows rows;
    double normal[3][LQI_BLOCK]; /* times twice the area */
    double length[LQI_BLOCK];
} block;

/* All of the block, whatever the rows hold behind the last triangle: a number of turns that is known makes it fast. */
static void find_normals(block *b)
{
    const double(*row)[LQI_BLOCK] = b->rows.row;
    for (size_t i = 0; i < LQI_BLOCK; i++) {
        double ux = row[3][i] - row[0][i], uy = row[4][i] - row[1][i], uz = row[5][i] - row[2][i];
        double vx = row[6][i] - row[0][i], vy = row[7][i] - row[1][i], vz = row[8][i] - row[2][i];
        double x = uy * vz - uz * vy, y = uz * vx - ux * vz, z = ux * vy - uy * vx;
        b->normal[0][i] = x, b->normal[1][i] = y, b->normal[2][i] = z;
        b->length[i] = sqrt(x * x + y * y + z * z);
    }
}

/* height: of the first layer. */
static void add_down(const block *b, size_t i, double height, lqi_normals *normals)
{
    const double(*row)[LQI_BLOCK] = b->rows.row;
    double area = b->length[i] / 2, cosine = fabs(b->normal[2][i]) / b->length[i], on_bed = 0;
    if (cosine > LQI_BED_COSINE) on_bed = share_below(row[2][i], row[5][i], row[8][i], height);
    normals->bed += on_bed * area;
    normals->down[lqi_down_degree(cosine)] += (1 - on_bed) * area;
}

static void add_block(const block *b, size_t count, const uint8_t *flag, bool turned, double height,
                      lqi_normals *normals)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t own = flag ? flag[i] : 0;
        if (!(b->length[i] > 0) || own & LQI_TRIANGLE_LEFT_OUT) continue;
        double sign = ((own & LQI_TRIANGLE_FLIPPED) != 0) != turned ? -0.5 : 0.5;
        const double n[3] = {b->normal[0][i] * sign, b->normal[1][i] * sign, b->normal[2][i] * sign};
        lqi_normal_bin *bin = &normals->bin[lqi_cube_cell(n, LQI_NORMAL_SIDE)];
        bin->area += b->length[i] / 2;
        for (int k = 0; k < 3; k++) bin->sum[k] += n[k];
        if (n[2] < 0) add_down(b, i, height, normals);
    }
}

lq_status lqi_normals_gather(lq_context *context, const lqi_placed_solid *solids, size_t count, const lqi_box *box,
                             lqi_normals *normals)
{
    *normals = (lqi_normals){0};
    double height = box->min[2] + LQI_LAYER_MM;
    block b = {0};
    for (size_t s = 0; s < count; s++) {
        const lqi_placed_solid *solid = &solids[s];
        const lqi_mesh *mesh = solid->mesh;
        bool turned = solid->turned != (solid->transform && lqi_transform_determinant(solid->transform) < 0);
        for (size_t first = 0, end = mesh->triangle_count; first < end; first += LQI_BLOCK) {
            size_t here = end - first < LQI_BLOCK ? end - first : LQI_BLOCK;
            if (first % (64 * LQI_BLOCK) == 0) LQI_TRY(lqi_progress(context, "normals", first, end));
            context->kernels->corner_rows(mesh->position, mesh->corner + 3 * first, here, end - first - here, &b.rows);
            if (solid->transform) lqi_rows_transform(&b.rows, here, solid->transform);
            find_normals(&b);
            add_block(&b, here, solid->flag ? solid->flag + first : NULL, turned, height, normals);
        }
    }
    return LQ_OK;
}
