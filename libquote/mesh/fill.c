#include "mesh/fill.h"

#include <math.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/cap.h"
#include "mesh/fill_loop.h"

/* A loop is flat when no corner is farther from its plane than this share of its size. */
#define FLAT_SHARE 1e-3

#define LOOPS_PER_PROGRESS 256

typedef struct filling {
    lqi_draft *draft;
    const lqi_topology *topology;
    const lqi_boundary *boundary;
    double *point;
    uint32_t *vertex, *triangle;
    size_t point_capacity, vertex_capacity, triangle_capacity;
    uint64_t *added; /* diagonals, as low << 32 | high */
    uint32_t added_bits;
} filling;

/* ---- edges that are there already ---- */

static uint64_t edge_key(uint32_t a, uint32_t b) { return a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a; }

static size_t slot_of(const uint64_t *table, uint32_t bits, uint64_t key)
{
    size_t mask = ((size_t)1 << bits) - 1, slot = (size_t)((key * 0x9E3779B97F4A7C15u) >> (64 - bits));
    while (table[slot] && table[slot] != key) slot = (slot + 1) & mask;
    return slot;
}

static bool is_edge_of_mesh(const lqi_topology *topology, uint64_t key)
{
    uint64_t entry;
    return lqi_edge_find(&topology->edges, (uint32_t)(key >> 32), (uint32_t)key, &entry);
}

bool lqi_fill_edge_is_taken(const lqi_fill_loop *loop, uint32_t a, uint32_t b)
{
    uint64_t key = edge_key(loop->vertex[a], loop->vertex[b]);
    return loop->added[slot_of(loop->added, loop->added_bits, key)] == key || is_edge_of_mesh(loop->topology, key);
}

/* Room for the diagonals of all loops, half full at most: fewer than there are edges in them. */
static lq_status make_table(filling *f)
{
    f->added_bits = 4;
    while ((size_t)1 << f->added_bits < (size_t)2 * f->boundary->path_count) f->added_bits++;
    f->added = lqi_alloc_zeroed(f->draft->context, (size_t)1 << f->added_bits, sizeof *f->added);
    return f->added ? LQ_OK : lqi_memory_status(f->draft->context);
}

/* ---- one loop ---- */

static lq_status gather(filling *f, const lqi_boundary_loop *from, lqi_fill_loop *loop)
{
    lq_context *context = f->draft->context;
    const lqi_mesh *mesh = &f->draft->mesh;
    uint32_t count = from->edge_count;
    LQI_TRY(lqi_grow(context, (void **)&f->point, &f->point_capacity, (size_t)3 * count, sizeof *f->point));
    LQI_TRY(lqi_grow(context, (void **)&f->vertex, &f->vertex_capacity, count, sizeof *f->vertex));
    LQI_TRY(lqi_grow(context, (void **)&f->triangle, &f->triangle_capacity, (size_t)3 * count, sizeof *f->triangle));
    double low[3], high[3], length = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t vertex = f->boundary->path[from->first + (count - 1 - i)];
        f->vertex[i] = vertex;
        for (size_t k = 0; k < 3; k++) {
            double x = f->point[3 * (size_t)i + k] = mesh->position[3 * (size_t)vertex + k];
            low[k] = i ? fmin(low[k], x) : x;
            high[k] = i ? fmax(high[k], x) : x;
        }
    }
    *loop = (lqi_fill_loop){.point = f->point,
                            .vertex = f->vertex,
                            .count = count,
                            .topology = f->topology,
                            .added = f->added,
                            .added_bits = f->added_bits};
    for (int k = 0; k < 3; k++) {
        loop->size += (high[k] - low[k]) * (high[k] - low[k]);
        length += from->vector_area[k] * from->vector_area[k];
    }
    loop->size = sqrt(loop->size);
    length = sqrt(length);
    for (int k = 0; k < 3 && length > 0; k++) loop->normal[k] = from->vector_area[k] / length;
    return LQ_OK;
}

static bool is_flat(const lqi_fill_loop *loop)
{
    const double *n = loop->normal;
    if (n[0] == 0 && n[1] == 0 && n[2] == 0) return false;
    double low = INFINITY, high = -INFINITY;
    for (uint32_t i = 0; i < loop->count; i++) {
        double height = 0;
        for (size_t k = 0; k < 3; k++) height += n[k] * (loop->point[3 * (size_t)i + k] - loop->point[k]);
        low = fmin(low, height);
        high = fmax(high, height);
    }
    return high - low <= FLAT_SHARE * loop->size;
}

/* The plainest cap: that of the measures. Its places follow the walk of the facets. */
static uint32_t zip(filling *f, const lqi_fill_loop *loop)
{
    for (uint32_t i = 0, k = loop->count - 1; i < k; i++, k--)
        for (size_t axis = 0; axis < 3; axis++) {
            double swapped = f->point[3 * (size_t)i + axis];
            f->point[3 * (size_t)i + axis] = f->point[3 * (size_t)k + axis];
            f->point[3 * (size_t)k + axis] = swapped;
        }
    lqi_boundary_loop measured = {.edge_count = loop->count};
    uint32_t count = lqi_cap_measure(f->point, loop->count, &measured, f->triangle);
    for (size_t i = 0; i < (size_t)3 * count; i++) f->triangle[i] = loop->count - 1 - f->triangle[i];
    return count;
}

static lq_status add_triangles(filling *f, const lqi_fill_loop *loop, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t *place = f->triangle + (size_t)3 * i;
        for (int k = 0; k < 3; k++) {
            uint64_t key = edge_key(loop->vertex[place[k]], loop->vertex[place[(k + 1) % 3]]);
            if (!is_edge_of_mesh(f->topology, key)) f->added[slot_of(f->added, f->added_bits, key)] = key;
        }
        LQI_TRY(
            lqi_draft_add_triangle(f->draft, loop->vertex[place[0]], loop->vertex[place[1]], loop->vertex[place[2]]));
    }
    return LQ_OK;
}

static lq_status fill_loop(filling *f, const lqi_boundary_loop *from, lqi_repair_counts *counts)
{
    lqi_fill_loop loop;
    LQI_TRY(gather(f, from, &loop));
    uint32_t count = loop.count - 2;
    bool done = lqi_draft_may(f->draft, loop.count), flat = is_flat(&loop);
    if (loop.count == 3)
        f->triangle[0] = 0, f->triangle[1] = 1, f->triangle[2] = 2, done = true;
    else if (done && !flat && loop.count <= LQI_FILL_LEAST_CORNERS_MAX)
        lqi_fill_least(&loop, f->triangle, &f->draft->work);
    else if (done)
        LQI_TRY(lqi_fill_ears(f->draft, &loop, flat, f->triangle, &done));
    if (!done) count = zip(f, &loop);
    counts->loops++;
    counts->loops_coarse += !done;
    return add_triangles(f, &loop, count);
}

lq_status lqi_fill_loops(lqi_draft *draft, const lqi_topology *topology, const lqi_boundary *boundary,
                         const uint8_t *leave, lqi_repair_counts *counts)
{
    filling f = {.draft = draft, .topology = topology, .boundary = boundary};
    lq_status status;
    LQI_TRY_GOTO(make_table(&f));
    for (uint32_t i = 0; i < boundary->loop_count && status == LQ_OK; i++) {
        if (i % LOOPS_PER_PROGRESS == 0) LQI_TRY_GOTO(lqi_progress(draft->context, "repair", i, boundary->loop_count));
        if (!leave[boundary->loop[i].shell]) status = fill_loop(&f, &boundary->loop[i], counts);
    }
done:
    lqi_free(draft->context, f.point);
    lqi_free(draft->context, f.vertex);
    lqi_free(draft->context, f.triangle);
    lqi_free(draft->context, f.added);
    return status;
}
