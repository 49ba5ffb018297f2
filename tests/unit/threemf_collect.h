/* For the tests of 3MF: packs a model, reads it, and measures what came out by the plainest means. */
#ifndef TESTS_UNIT_THREEMF_COLLECT_H
#define TESTS_UNIT_THREEMF_COLLECT_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/memory.h"
#include "corpus/pack.h"
#include "format/threemf.h"
#include "tests/support/check.h"
#include "tests/support/lend.h"

#define CORE "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
#define MODEL_BEGIN "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<model xmlns=\"" CORE "\" "
#define PRODUCTION "xmlns:p=\"http://schemas.microsoft.com/3dmanufacturing/production/2015/06\" "

/* The corner of a cube: 4 triangles, volume 1000/6 for a leg of 10. */
#define TETRA_VERTICES                                                              \
    "<vertices><vertex x=\"0\" y=\"0\" z=\"0\"/><vertex x=\"10\" y=\"0\" z=\"0\"/>" \
    "<vertex x=\"0\" y=\"10\" z=\"0\"/><vertex x=\"0\" y=\"0\" z=\"10\"/></vertices>"
#define TETRA_TRIANGLES                                                                       \
    "<triangles><triangle v1=\"0\" v2=\"2\" v3=\"1\"/><triangle v1=\"0\" v2=\"1\" v3=\"3\"/>" \
    "<triangle v1=\"1\" v2=\"2\" v3=\"3\"/><triangle v1=\"2\" v2=\"0\" v3=\"3\"/></triangles>"
#define TETRA_MESH "<mesh>" TETRA_VERTICES TETRA_TRIANGLES "</mesh>"
#define TETRA(id) "<object id=\"" id "\">" TETRA_MESH "</object>"
#define TETRA_VOLUME (1000.0 / 6)

typedef struct collected_mesh {
    double *xyz;
    uint32_t *corners;
    size_t vertex_count, triangle_count;
    int open;
} collected_mesh;

typedef struct collected {
    lq_context *context;
    lq_status status;
    lqi_zip *zip;
    lqi_threemf *threemf;
    const lqi_threemf_contents *contents;
    lqi_notes notes;
    collected_mesh meshes[64];
    size_t mesh_count;
    lqi_instance instances[256];
    char names[256][64];
    size_t instance_count;
    uint8_t *data;
} collected;

static inline lq_status collect_begin(void *user)
{
    collected *c = user;
    assert_true(c->mesh_count < 64);
    c->meshes[c->mesh_count++].open = 1;
    return LQ_OK;
}

static inline lq_status collect_facets(void *user, const float *corners, uint32_t count)
{
    (void)user, (void)corners, (void)count;
    fail();
    return LQ_ERR_INTERNAL;
}

/* Keeps copies of one array and takes the other, as sinks may. */
static inline lq_status collect_indexed(void *user, lqi_sink_mesh *given)
{
    collected_mesh *mesh = &((collected *)user)->meshes[((collected *)user)->mesh_count - 1];
    assert_true(mesh->open && !mesh->xyz);
    mesh->xyz = malloc(given->vertex_count * 3 * sizeof *mesh->xyz + 1);
    mesh->corners = malloc(given->triangle_count * 3 * sizeof *mesh->corners + 1);
    if (given->vertex_count) memcpy(mesh->xyz, given->xyz, given->vertex_count * 3 * sizeof *mesh->xyz);
    if (given->triangle_count) memcpy(mesh->corners, given->corner, given->triangle_count * 3 * sizeof *mesh->corners);
    mesh->vertex_count = given->vertex_count;
    mesh->triangle_count = given->triangle_count;
    lqi_free(((collected *)user)->context, given->xyz);
    given->xyz = NULL;
    return LQ_OK;
}

static inline lq_status collect_end(void *user)
{
    collected_mesh *mesh = &((collected *)user)->meshes[((collected *)user)->mesh_count - 1];
    assert_true(mesh->open);
    mesh->open = 0;
    for (size_t i = 0; i < 3 * mesh->triangle_count; i++) assert_true(mesh->corners[i] < mesh->vertex_count);
    return LQ_OK;
}

static inline lq_status collect_instance(void *user, const lqi_instance *instance)
{
    collected *c = user;
    assert_true(instance->mesh_id < c->mesh_count && !c->meshes[instance->mesh_id].open);
    assert_true(instance->role == LQ_ROLE_MODEL || instance->role == LQ_ROLE_NEGATIVE);
    if (c->instance_count == 256) return LQ_OK;
    snprintf(c->names[c->instance_count], 64, "%s", instance->object_name);
    c->instances[c->instance_count++] = *instance;
    return LQ_OK;
}

static inline lqi_sink collect_sink(collected *c)
{
    return (lqi_sink){.user = c,
                      .mesh_begin = collect_begin,
                      .facets = collect_facets,
                      .indexed = collect_indexed,
                      .mesh_end = collect_end,
                      .instance = collect_instance};
}

typedef struct collect_options {
    const lq_context_options *context;
    int lenient;
    int contents_first;
    lqi_threemf_selection selection; /* scale 0: 1 */
} collect_options;

/* Opens, reads and lists; takes the bytes. */
static inline void collect_bytes(collected *c, uint8_t *data, size_t size, const collect_options *given)
{
    collect_options options = {0};
    if (given) options = *given;
    if (options.selection.scale == 0) options.selection.scale = 1;
    memset(c, 0, sizeof *c);
    c->data = data;
    assert_int_equal(lqi_context_create(options.context, &c->context), LQ_OK);
    lqi_notes_init(&c->notes, c->context);
    lq_source source;
    lq_source_memory(data, size, NULL, &source);
    lqi_sink sink = collect_sink(c);
    c->status = lqi_zip_open(c->context, &source, &c->zip);
    if (c->status == LQ_OK) c->status = lqi_threemf_open(c->context, c->zip, options.lenient, &c->threemf);
    if (c->status == LQ_OK && options.contents_first) c->status = lqi_threemf_contents_read(c->threemf, &c->contents);
    if (c->status == LQ_OK) c->status = lqi_threemf_read(c->threemf, &options.selection, &sink, &c->notes);
    if (c->status == LQ_OK) c->status = lqi_threemf_contents_read(c->threemf, &c->contents);
}

static inline void collect_model(collected *c, const char *xml, const collect_options *options)
{
    size_t size;
    uint8_t *data = pack_3mf(xml, NULL, 0, &size);
    collect_bytes(c, data, size, options);
}

static inline void collect_free(collected *c)
{
    for (size_t i = 0; i < c->mesh_count; i++) {
        free(c->meshes[i].xyz);
        free(c->meshes[i].corners);
    }
    lqi_notes_free(&c->notes);
    lqi_threemf_close(c->threemf);
    lqi_zip_close(c->zip);
    lq_context_reset(c->context);
    assert_int_equal(lq_context_memory_held(c->context), 0);
    lq_context_destroy(c->context);
    free(c->data);
}

static inline void collect_good(const collected *c, const char *name)
{
    const lq_error *error = lq_context_error(c->context);
    CHECK(c->status == LQ_OK, "%s: %s (%s at %lld of %s)", name, error->message, error->code, (long long)error->offset,
          error->part);
}

static inline double collect_determinant(const double *m)
{
    return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
}

/* Sum of |det| * volume over the instances of one role, and their common box. */
static inline double collect_volume(const collected *c, lq_role role, double low[3], double high[3])
{
    double sum = 0;
    for (int k = 0; k < 3; k++) low[k] = INFINITY, high[k] = -INFINITY;
    for (size_t i = 0; i < c->instance_count; i++) {
        const lqi_instance *instance = &c->instances[i];
        if (instance->role != role) continue;
        const collected_mesh *mesh = &c->meshes[instance->mesh_id];
        const double *m = instance->transform;
        size_t end = instance->triangle_count == UINT32_MAX
                         ? mesh->triangle_count
                         : (size_t)instance->triangle_first + instance->triangle_count;
        assert_true(end <= mesh->triangle_count);
        double volume = 0;
        for (size_t t = instance->triangle_first; t < end; t++) {
            const double *p[3];
            for (int k = 0; k < 3; k++) {
                p[k] = mesh->xyz + 3 * (size_t)mesh->corners[3 * t + (size_t)k];
                for (int d = 0; d < 3; d++) {
                    double x = p[k][0] * m[d] + p[k][1] * m[3 + d] + p[k][2] * m[6 + d] + m[9 + d];
                    if (x < low[d]) low[d] = x;
                    if (x > high[d]) high[d] = x;
                }
            }
            volume +=
                (p[0][0] * (p[1][1] * p[2][2] - p[1][2] * p[2][1]) - p[0][1] * (p[1][0] * p[2][2] - p[1][2] * p[2][0]) +
                 p[0][2] * (p[1][0] * p[2][1] - p[1][1] * p[2][0])) /
                6;
        }
        sum += volume * fabs(collect_determinant(m));
    }
    return sum;
}

/* Reads a model both ways (geometry at once, and after the contents) and expects a volume and a box (NULL: any). */
static inline void expect_model(const char *name, const char *xml, double volume, const double box[6], const char *note)
{
    for (int contents_first = 0; contents_first < 2; contents_first++) {
        collected c;
        collect_model(&c, xml, &(collect_options){.contents_first = contents_first});
        collect_good(&c, name);
        double low[3], high[3];
        CHECK_NEAR(name, collect_volume(&c, LQ_ROLE_MODEL, low, high), volume, 1e-9 * volume, "volume");
        for (int k = 0; k < 3 && box; k++) {
            CHECK_NEAR(name, low[k], box[k], 1e-9, "low");
            CHECK_NEAR(name, high[k], box[3 + k], 1e-9, "high");
        }
        if (note)
            CHECK(lqi_notes_find(&c.notes, note), "%s: no note %s", name, note);
        else
            CHECK(c.notes.count == 0, "%s: an unexpected note %s", name, c.notes.items[0].code);
        collect_free(&c);
    }
}

#endif
