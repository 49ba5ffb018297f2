/* Reads a model with kernels that take runs of elements and with the XML parser alone, and expects the same. */
#ifndef TESTS_UNIT_THREEMF_BOTH_H
#define TESTS_UNIT_THREEMF_BOTH_H

#include "tests/support/parser_only.h"
#include "tests/unit/threemf_collect.h"

typedef struct options {
    int lenient;
    lq_limits limits;
    int deflated; /* the model, which then comes in pieces when it is large */
    uint32_t crc_xor;
    uint32_t threads; /* 0: one */
} options;

static const lqi_kernels *best_kernels(void) { return lqi_kernels_for(lqi_cpu_isa()); }

/* Like collect_bytes, with kernels. */
static inline void read_with(collected *c, const char *xml, size_t size, const options *o, const lqi_kernels *kernels)
{
    memset(c, 0, sizeof *c);
    const pack_entry entries[] = {
        {.name = "_rels/.rels", .data = pack_root_relationships, .size = strlen(pack_root_relationships), .stored = 1},
        {.name = "3D/3dmodel.model", .data = xml, .size = size, .stored = !o->deflated, .crc_xor = o->crc_xor}};
    size_t packed_size;
    c->data = pack_zip(entries, 2, NULL, &packed_size);
    const lq_context_options given = {
        .struct_size = sizeof given, .limits = &o->limits, .thread_count = o->threads ? o->threads : 1};
    assert_int_equal(lqi_context_create(&given, &c->context), LQ_OK);
    c->context->kernels = kernels;
    lqi_notes_init(&c->notes, c->context);
    lq_source source;
    lq_source_memory(c->data, packed_size, NULL, &source);
    lqi_sink sink = collect_sink(c);
    const lqi_threemf_selection selection = {.scale = 1};
    c->status = lqi_zip_open(c->context, &source, &c->zip);
    if (c->status == LQ_OK) c->status = lqi_threemf_open(c->context, c->zip, o->lenient, &c->threemf);
    if (c->status == LQ_OK) c->status = lqi_threemf_read(c->threemf, &selection, &sink, &c->notes);
}

static inline int same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static const char *first_difference(const collected *a, const collected *b)
{
    const lq_error *x = lq_context_error(a->context), *y = lq_context_error(b->context);
    if (a->status != b->status) return "status";
    if (!same_text(x->code, y->code)) return "code";
    if (x->offset != y->offset) return "offset";
    if (strcmp(x->message, y->message) != 0) return "message";
    if (strcmp(x->part, y->part) != 0 || x->limit != y->limit || x->actual != y->actual) return "part or limit";
    if (a->notes.count != b->notes.count) return "number of notes";
    for (size_t i = 0; i < a->notes.count; i++) {
        const lqi_note *m = &a->notes.items[i], *n = &b->notes.items[i];
        if (!same_text(m->code, n->code) || m->offset != n->offset || m->count != n->count) return "a note";
    }
    if (a->status != LQ_OK) return NULL;
    if (a->mesh_count != b->mesh_count || a->instance_count != b->instance_count) return "number of meshes";
    for (size_t i = 0; i < a->mesh_count; i++) {
        const collected_mesh *m = &a->meshes[i], *n = &b->meshes[i];
        if (m->vertex_count != n->vertex_count || m->triangle_count != n->triangle_count) return "size of a mesh";
        if (m->vertex_count && memcmp(m->xyz, n->xyz, 3 * m->vertex_count * sizeof *m->xyz) != 0) return "vertices";
        if (m->triangle_count && memcmp(m->corners, n->corners, 3 * m->triangle_count * sizeof *m->corners) != 0)
            return "triangles";
    }
    return NULL;
}

static inline void compare(const char *name, const char *xml, size_t size, const options *o)
{
    const lqi_kernels reference = parser_only_kernels(best_kernels());
    const lqi_kernels *tables[] = {best_kernels(), lqi_kernels_for(LQ_ISA_SCALAR)};
    collected want;
    read_with(&want, xml, size, o, &reference);
    for (size_t i = 0; i < 1 + (tables[0] != tables[1]); i++) {
        collected got;
        read_with(&got, xml, size, o, tables[i]);
        const char *difference = first_difference(&got, &want);
        if (difference) {
            const lq_error *x = lq_context_error(got.context), *y = lq_context_error(want.context);
            print_error("%s: another %s\n kernels: %d %s at %lld: %s\n parser:  %d %s at %lld: %s\n%.*s\n", name,
                        difference, (int)got.status, x->code, (long long)x->offset, x->message, (int)want.status,
                        y->code, (long long)y->offset, y->message, (int)(size < 20000 ? size : 20000), xml);
            fail();
        }
        collect_free(&got);
    }
    collect_free(&want);
}

#endif
