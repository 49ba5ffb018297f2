#include "mesh/loose.h"

#include "base/fail.h"
#include "base/memory.h"

/* Runs are worth their while when they have so many facets in the mean. */
#define FACETS_PER_RUN 2

static uint64_t bit_of(const uint64_t *set, uint32_t v) { return set[v / 64] >> v % 64 & 1; }

/* A bit for each vertex that is used again. False: the vertices are not numbered in order of first use. */
static bool mark_shared(const lqi_mesh *mesh, uint64_t *shared)
{
    const size_t corners = (size_t)3 * mesh->triangle_count;
    uint32_t next = 0;
    for (size_t i = 0; i < corners; i++) {
        uint32_t v = mesh->corner[i];
        if (v > next) return false;
        if (v == next)
            next++;
        else
            shared[v / 64] |= (uint64_t)1 << v % 64;
    }
    return true;
}

static lq_status list_runs(lq_context *context, const lqi_mesh *mesh, const uint64_t *shared, lqi_loose *loose)
{
    size_t capacity = 0;
    const uint32_t *corner = mesh->corner;
    bool in_run = false;
    for (uint32_t t = 0; t < mesh->triangle_count; t++, corner += 3) {
        const uint32_t v = corner[0];
        bool is_loose = corner[1] == v + 1 && corner[2] == v + 2 &&
                        !(bit_of(shared, v) | bit_of(shared, v + 1) | bit_of(shared, v + 2));
        if (is_loose && !in_run) {
            LQI_TRY(
                lqi_grow(context, (void **)&loose->run, &capacity, (size_t)loose->run_count + 1, sizeof *loose->run));
            loose->run[loose->run_count++] = (lqi_loose_run){t, v, 0};
        }
        in_run = is_loose;
        if (!is_loose) continue;
        loose->run[loose->run_count - 1].count++;
        loose->facet_count++;
    }
    return LQ_OK;
}

lq_status lqi_loose_find(lq_context *context, const lqi_mesh *mesh, lqi_loose *loose)
{
    *loose = (lqi_loose){0};
    /* So many vertices have more facets than half of it each to themselves. */
    if (mesh->vertex_count / 3 < mesh->triangle_count / 2 || !mesh->triangle_count) return LQ_OK;
    uint64_t *shared = lqi_alloc_zeroed(context, (size_t)mesh->vertex_count / 64 + 1, sizeof *shared);
    if (!shared) return lqi_memory_status(context);
    lq_status status = LQ_OK;
    if (mark_shared(mesh, shared)) status = list_runs(context, mesh, shared, loose);
    lqi_free(context, shared);
    bool worth =
        loose->facet_count >= mesh->triangle_count / 2 + 1 && loose->facet_count / FACETS_PER_RUN >= loose->run_count;
    if (status != LQ_OK || !worth) lqi_loose_free(context, loose);
    return status;
}

void lqi_loose_free(lq_context *context, lqi_loose *loose)
{
    lqi_free(context, loose->run);
    *loose = (lqi_loose){0};
}
