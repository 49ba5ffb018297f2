#include "format/threemf_run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernel/kernel_select.h"

const char *const lqi_model_run_after[] = {"<vertices", "<triangles", NULL};

/* A kernel may be shown this much at a time: elements that cross the end are taken with the next piece. */
#define WINDOW_SIZE (2 * LQI_XML_RUN_SIZE)

typedef struct run {
    lqi_mesh_reader *mesh;
    const lqi_kernels *kernels;
    const char *prefixes;
    const char *text;
    size_t size, taken;
    size_t beyond;  /* bytes of the document behind this text */
    int64_t offset; /* of text */
} run;

static size_t window(const run *r)
{
    size_t left = r->size - r->taken;
    return left < WINDOW_SIZE ? left : WINDOW_SIZE;
}

static size_t text_left(const run *r) { return r->size - r->taken + r->beyond; }

void lqi_model_run_declare(lqi_model_reader *reader, const char *prefix)
{
    size_t used = strlen(reader->prefix_names), size = strlen(prefix);
    if (size && used + size + 2 <= sizeof reader->prefix_names) sprintf(reader->prefix_names + used, "%s:", prefix);
}

/* ---- vertices ---- */

/* How many come before the first coordinate that is too far out. */
static size_t count_in_range(const double *xyz, size_t count, double length_max)
{
    double largest = 0;
    for (size_t i = 0; i < 3 * count; i++) largest = fabs(xyz[i]) > largest ? fabs(xyz[i]) : largest;
    if (largest <= length_max) return count;
    size_t i = 0;
    while (fabs(xyz[i]) <= length_max) i++;
    return i / 3;
}

static lq_status take_vertices(run *r, bool *more)
{
    double *slots;
    size_t room;
    LQI_TRY(lqi_mesh_reader_vertex_room(r->mesh, text_left(r), &slots, &room));
    lqi_xml_run found;
    r->kernels->xml_vertices(r->text + r->taken, window(r), r->prefixes, room, slots, &found);
    size_t good = count_in_range(slots, found.count, r->mesh->length_max);
    if (good < found.count) /* again, to know where the bad one begins */
        r->kernels->xml_vertices(r->text + r->taken, window(r), r->prefixes, good, slots, &found);
    *more = room && found.count == room;
    r->taken += found.size;
    lqi_mesh_reader_took_vertices(r->mesh, found.count, found.size);
    return LQ_OK;
}

/* ---- triangles ---- */

/* An attribute that is not empty and whose name, behind a blank or a prefix's colon, ends like this. */
static bool has_attribute(const char *text, size_t size, char before, const char *name)
{
    size_t length = strlen(name);
    for (const char *p = text, *end = text + size; (p = memmem(p, (size_t)(end - p), name, length)); p += length)
        if (p[-1] == before && p[length] != '"') return true;
    return false;
}

/* The text holds usual elements only: no name can stand in a value with its quote. */
static bool has_paint(const char *text, size_t size)
{
    return has_attribute(text, size, ' ', "paint_color=\"") || has_attribute(text, size, ':', "mmu_segmentation=\"");
}

static uint32_t largest_of(const uint32_t *corners)
{
    uint32_t largest = corners[0] > corners[1] ? corners[0] : corners[1];
    return corners[2] > largest ? corners[2] : largest;
}

/* The first whose largest index is `least` or more; there is one. */
static size_t first_reaching(const uint32_t *corners, uint32_t least)
{
    size_t i = 0;
    while (largest_of(corners + 3 * i) < least) i++;
    return i;
}

/* Offset of the tag of triangle `index` of those just read; `text` is where they begin. */
static int64_t offset_of(const run *r, size_t index, uint32_t *slots)
{
    lqi_xml_run before;
    r->kernels->xml_triangles(r->text + r->taken, window(r), r->prefixes, index, slots, &before);
    const char *p = r->text + r->taken + before.size;
    while (*p != '<') p++;
    return r->offset + (p - r->text);
}

static lq_status take_triangles(run *r, bool *more)
{
    lqi_mesh_reader *mesh = r->mesh;
    uint32_t *slots;
    size_t room;
    LQI_TRY(lqi_mesh_reader_triangle_room(mesh, text_left(r), &slots, &room));
    lqi_xml_run found;
    r->kernels->xml_triangles(r->text + r->taken, window(r), r->prefixes, room, slots, &found);
    *more = room && found.count == room;
    if (found.count && mesh->vertices_known && found.index_max >= mesh->vertex_count) {
        size_t good = first_reaching(slots, (uint32_t)mesh->vertex_count);
        r->kernels->xml_triangles(r->text + r->taken, window(r), r->prefixes, good, slots, &found);
        *more = false;
    } else if (found.count && !mesh->vertices_known &&
               (mesh->index_max_offset < 0 || found.index_max > mesh->index_max)) {
        mesh->index_max = found.index_max;
        mesh->index_max_offset = offset_of(r, first_reaching(slots, found.index_max), slots);
    }
    if (found.extended && !mesh->painted) mesh->painted = has_paint(r->text + r->taken, found.size);
    r->taken += found.size;
    lqi_mesh_reader_took_triangles(mesh, found.count, found.size);
    return LQ_OK;
}

/* ---- the handler ---- */

lq_status lqi_model_run(void *user, lqi_xml *xml, const char *text, size_t size, size_t *taken)
{
    lqi_model_reader *reader = user;
    if (reader->skipped || reader->depth == 0) return LQ_OK;
    lqi_place place = reader->places[reader->depth - 1];
    if ((place != LQI_AT_VERTICES && place != LQI_AT_TRIANGLES) || !reader->mesh.plain_list) return LQ_OK;
    const lq_context *context = reader->context;
    run r = {.mesh = &reader->mesh,
             .kernels = context->kernels ? context->kernels : lqi_kernels_for(LQ_ISA_SCALAR),
             .prefixes = reader->prefix_names,
             .text = text,
             .size = size,
             .offset = lqi_xml_offset_behind(xml)};
    r.beyond = (size_t)lqi_xml_size(xml) - (size_t)r.offset - size;
    lq_status status = LQ_OK;
    for (bool more = true; more && status == LQ_OK && r.taken < LQI_XML_RUN_SIZE;)
        status = place == LQI_AT_VERTICES ? take_vertices(&r, &more) : take_triangles(&r, &more);
    *taken = r.taken;
    return status;
}
