/* One ASCII STL read three ways: token by token alone, with the scalar kernel, with the best one of this CPU. All must
 * say and hand on the same. For the unit test and the fuzz target. */
#ifndef TESTS_UNIT_ASCII_PATHS_H
#define TESTS_UNIT_ASCII_PATHS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/context.h"
#include "base/notes.h"
#include "format/stl.h"
#include "kernel/kernel_select.h"

typedef struct ascii_outcome {
    lq_status status;
    char code[64];
    int64_t offset, line;
    uint64_t facets, notes; /* how many facets; hashes of what they and the notes say */
    uint64_t facet_count, against, first_against;
} ascii_outcome;

static inline void ascii_mix(uint64_t *hash, uint64_t value)
{
    *hash = (*hash ^ value) * 0x9E3779B97F4A7C15u;
    *hash ^= *hash >> 29;
}

static inline size_t ascii_take_nothing(lqi_facet_text *in_out, float *corners, size_t capacity)
{
    (void)in_out, (void)corners, (void)capacity;
    return 0;
}

static inline lq_status ascii_mesh(void *user)
{
    (void)user;
    return LQ_OK;
}

static inline lq_status ascii_facets(void *user, const float *corners, uint32_t count)
{
    ascii_outcome *outcome = user;
    outcome->facet_count += count;
    for (uint32_t i = 0; i < 9 * count; i++) ascii_mix(&outcome->facets, lqi_bits_of_float(corners[i]));
    return LQ_OK;
}

static inline void ascii_normals(void *user, uint32_t against, uint32_t first)
{
    ascii_outcome *outcome = user;
    if (!outcome->against) outcome->first_against = outcome->facet_count + first;
    outcome->against += against;
}

static inline ascii_outcome ascii_read(const lqi_kernels *kernels, const char *text, size_t size, int lenient,
                                       uint64_t triangles_max)
{
    ascii_outcome outcome = {.status = LQ_ERR_INTERNAL};
    lq_context *context;
    if (lq_context_create(NULL, &context) != LQ_OK) return outcome;
    context->kernels = kernels;
    if (triangles_max) context->limits.triangles = triangles_max;
    const lqi_sink sink = {.user = &outcome,
                           .mesh_begin = ascii_mesh,
                           .facets = ascii_facets,
                           .normals = ascii_normals,
                           .mesh_end = ascii_mesh};
    lqi_notes notes;
    lqi_notes_init(&notes, context);
    lqi_begin(context);
    outcome.status = lqi_stl_read_ascii(context, (const uint8_t *)text, size, lenient, &sink, &notes);
    const lq_error *error = lq_context_error(context);
    strncpy(outcome.code, error->code, sizeof outcome.code - 1);
    outcome.offset = error->offset;
    outcome.line = error->line;
    for (size_t i = 0; i < notes.count; i++) {
        for (const char *p = notes.items[i].code; *p; p++) ascii_mix(&outcome.notes, (uint8_t)*p);
        ascii_mix(&outcome.notes, notes.items[i].count);
        ascii_mix(&outcome.notes, (uint64_t)notes.items[i].offset);
    }
    if (outcome.status != LQ_OK) { /* handed on before the failure */
        outcome.facets = outcome.facet_count = outcome.against = outcome.first_against = 0;
    }
    lqi_notes_free(&notes);
    lq_context_destroy(context);
    return outcome;
}

static inline bool ascii_same(const ascii_outcome *a, const ascii_outcome *b)
{
    return a->status == b->status && strcmp(a->code, b->code) == 0 && a->offset == b->offset && a->line == b->line &&
           a->facets == b->facets && a->facet_count == b->facet_count && a->notes == b->notes &&
           a->against == b->against && a->first_against == b->first_against;
}

/* false: the ways differ. *outcome (may be NULL) is that of the tolerant reader. */
static inline bool ascii_paths_agree(const char *text, size_t size, int lenient, uint64_t triangles_max,
                                     ascii_outcome *outcome)
{
    const lqi_kernels *scalar = lqi_kernels_for(LQ_ISA_SCALAR);
    lqi_kernels none = *scalar;
    none.facet_text = ascii_take_nothing;
    ascii_outcome plain = ascii_read(&none, text, size, lenient, triangles_max);
    ascii_outcome one = ascii_read(scalar, text, size, lenient, triangles_max);
    ascii_outcome many = ascii_read(lqi_kernels_for(lqi_cpu_isa()), text, size, lenient, triangles_max);
    if (outcome) *outcome = plain;
    return ascii_same(&plain, &one) && ascii_same(&plain, &many);
}

#endif
