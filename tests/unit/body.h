/* Solids as a body of placed solids, as measure/dexels.h wants them: one mesh for each soup. */
#ifndef TESTS_BODY_H
#define TESTS_BODY_H

#include "corpus/solids.h"
#include "measure/dexels.h"
#include "mesh/builder.h"
#include "tests/support/check.h"

#define BODY_SOLIDS_MAX 16

typedef struct body {
    lq_context *context;
    lqi_mesh mesh[BODY_SOLIDS_MAX];
    lqi_placed_solid solid[BODY_SOLIDS_MAX];
    size_t count;
} body;

static inline body body_begin(uint32_t threads)
{
    body b = {0};
    lq_context_options options = {.struct_size = sizeof options, .thread_count = threads};
    assert_int_equal(lq_context_create(&options, &b.context), LQ_OK);
    return b;
}

/* Adds a soup, which is given away. transform: borrowed, or NULL. */
static inline void body_add(body *b, solid_soup soup, const double *transform)
{
    lqi_mesh_builder builder;
    assert_true(b->count < BODY_SOLIDS_MAX);
    lqi_mesh *mesh = &b->mesh[b->count];
    lqi_mesh_builder_init(&builder, b->context);
    assert_int_equal(lqi_mesh_builder_facets(&builder, soup.corners, (uint32_t)soup.count), LQ_OK);
    assert_int_equal(lqi_mesh_builder_finish(&builder, mesh), LQ_OK);
    b->solid[b->count++] = (lqi_placed_solid){.transform = transform};
    solid_free(&soup);
}

/* One soup alone as a body. */
static inline body body_of(solid_soup soup)
{
    body b = body_begin(1);
    body_add(&b, soup, NULL);
    return b;
}

static inline lqi_dexels body_dexels(body *b, int across)
{
    lqi_dexels dexels;
    for (size_t i = 0; i < b->count; i++) b->solid[i].mesh = &b->mesh[i]; /* the body may have moved */
    assert_int_equal(lqi_dexels_make(b->context, b->solid, b->count, across, &dexels), LQ_OK);
    return dexels;
}

static inline void body_end(body *b)
{
    for (size_t i = 0; i < b->count; i++) lqi_mesh_free(b->context, &b->mesh[i]);
    lq_context_destroy(b->context);
    *b = (body){0};
}

#endif
