#include "format/write_stl.h"

#include <float.h>
#include <math.h>

#include "base/bytes.h"
#include "base/context.h"
#include "base/fail.h"

#define PROGRESS_TRIANGLES 4096 /* some hundred kilobytes */

typedef struct facet {
    float normal[3];
    float corner[3][3];
} facet;

typedef struct writing {
    lq_context *context;
    const lqi_write_scene *scene;
    lqi_out_buffer buffer;
    bool ascii;
    bool counting; /* the count stands in front of the facets, so they are made twice */
    uint64_t count;
    uint64_t done, total; /* triangles looked at, for progress */
} writing;

/* ---- one facet ---- */

static void place(const double *m, const double *p, double out[3])
{
    for (int k = 0; k < 3; k++) out[k] = p[0] * m[k] + p[1] * m[3 + k] + p[2] * m[6 + k] + m[9 + k];
}

static void cross(const double *a, const double *b, double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* No area: zeros. Corners are within float's range here, so no product leaves that of double. */
static void find_normal(double corner[3][3], float normal[3])
{
    double edge[2][3], n[3];
    for (int e = 0; e < 2; e++)
        for (int k = 0; k < 3; k++) edge[e][k] = corner[e + 1][k] - corner[0][k];
    cross(edge[0], edge[1], n);
    double length = sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    for (int k = 0; k < 3; k++) normal[k] = length > 0 ? (float)(n[k] / length) + 0.0f : 0;
}

static bool is_equal(const float a[3], const float b[3]) { return a[0] == b[0] && a[1] == b[1] && a[2] == b[2]; }

/* *kept: whether the facet is to be written. Its normal is found on writing only. */
static lq_status make_facet(const writing *w, const lqi_write_mesh *mesh, const double *transform, bool mirrored,
                            uint32_t triangle, facet *f, bool *kept)
{
    const uint32_t *index = mesh->corner + (size_t)3 * triangle;
    double corner[3][3];
    for (int c = 0; c < 3; c++) {
        int from = mirrored && c ? 3 - c : c;
        place(transform, mesh->position + (size_t)3 * index[from], corner[c]);
        for (int k = 0; k < 3; k++) {
            if (!(fabs(corner[c][k]) <= (double)FLT_MAX))
                return lqi_fail(w->context, LQI_RANGE, -1, "The part is too large to be written as STL.");
            f->corner[c][k] = (float)corner[c][k] + 0.0f; /* no minus zero: some readers weld by bits */
        }
    }
    *kept = !is_equal(f->corner[0], f->corner[1]) && !is_equal(f->corner[1], f->corner[2]) &&
            !is_equal(f->corner[2], f->corner[0]);
    if (*kept && !w->counting) find_normal(corner, f->normal);
    return LQ_OK;
}

static void write_binary(lqi_out_buffer *buffer, const facet *f)
{
    uint8_t record[50] = {0}; /* the attribute in the last two bytes stays 0 */
    for (int i = 0; i < 12; i++)
        lqi_store_u32(record + 4 * i, lqi_bits_of_float(i < 3 ? f->normal[i] : f->corner[i / 3 - 1][i % 3]));
    lqi_out_bytes(buffer, record, sizeof record);
}

static void write_vector(lqi_out_buffer *buffer, const char *word, const float v[3])
{
    lqi_out_text(buffer, word);
    for (int k = 0; k < 3; k++) {
        lqi_out_bytes(buffer, " ", 1);
        lqi_out_float(buffer, v[k]);
    }
    lqi_out_bytes(buffer, "\n", 1);
}

static void write_ascii(lqi_out_buffer *buffer, const facet *f)
{
    write_vector(buffer, "  facet normal", f->normal);
    lqi_out_text(buffer, "    outer loop\n");
    for (int c = 0; c < 3; c++) write_vector(buffer, "      vertex", f->corner[c]);
    lqi_out_text(buffer, "    endloop\n  endfacet\n");
}

/* ---- all of them ---- */

static bool is_mirrored(const double *m)
{
    double n[3];
    cross(m, m + 3, n);
    return n[0] * m[6] + n[1] * m[7] + n[2] * m[8] < 0;
}

static lq_status pass_instance(writing *w, const lqi_write_instance *instance)
{
    const lqi_write_mesh *mesh = &w->scene->meshes[instance->mesh];
    bool mirrored = is_mirrored(instance->transform);
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        if (w->done++ % PROGRESS_TRIANGLES == 0) LQI_TRY(lqi_progress(w->context, "write", w->done - 1, w->total));
        facet f;
        bool kept = false;
        LQI_TRY(make_facet(w, mesh, instance->transform, mirrored, t, &f, &kept));
        if (!kept) continue;
        w->count += w->counting;
        if (w->counting) continue;
        if (w->ascii)
            write_ascii(&w->buffer, &f);
        else
            write_binary(&w->buffer, &f);
        LQI_TRY(w->buffer.status);
    }
    return LQ_OK;
}

static lq_status pass(writing *w, bool counting)
{
    w->counting = counting;
    for (size_t i = 0; i < w->scene->instance_count; i++) LQI_TRY(pass_instance(w, &w->scene->instances[i]));
    return LQ_OK;
}

static lq_status check_count(const writing *w)
{
    if (w->count == 0) return lqi_fail(w->context, LQI_MESH_EMPTY, -1, "The part holds no facet that STL can tell.");
    return w->count > UINT32_MAX ? lqi_fail_over_limit(w->context, "triangles", UINT32_MAX, w->count) : LQ_OK;
}

static void write_header(writing *w)
{
    if (w->ascii) {
        lqi_out_text(&w->buffer, "solid libquote\n");
        return;
    }
    char header[80] = "libquote";
    lqi_out_bytes(&w->buffer, header, sizeof header);
    lqi_out_u32(&w->buffer, (uint32_t)w->count);
}

lq_status lqi_write_stl(lq_context *context, const lqi_write_scene *scene, bool ascii, const lqi_out *out)
{
    writing w = {.context = context, .scene = scene, .ascii = ascii};
    for (size_t i = 0; i < scene->instance_count; i++)
        w.total += (uint64_t)2 * scene->meshes[scene->instances[i].mesh].triangle_count;
    lq_status status;
    LQI_TRY_GOTO(lqi_out_buffer_init(&w.buffer, context, out));
    LQI_TRY_GOTO(pass(&w, true));
    LQI_TRY_GOTO(check_count(&w));
    write_header(&w);
    LQI_TRY_GOTO(pass(&w, false));
    if (ascii) lqi_out_text(&w.buffer, "endsolid libquote\n");
    status = lqi_out_flush(&w.buffer);
done:
    lqi_out_buffer_free(&w.buffer);
    return status;
}
