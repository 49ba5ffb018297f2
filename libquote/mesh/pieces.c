#include "mesh/pieces.h"

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/union_find.h"

/*
 * The members of the union-find are vertices, not triangles: around a regular vertex all triangles hang together, so
 * that it can stand for them. A triangle without a regular corner is a member of its own, numbered behind the vertices,
 * and is joined by the gathered edges, which are all it has.
 */
typedef struct pieces {
    lq_context *context;
    const lqi_mesh *mesh;
    const lqi_stars *stars;
    lqi_topology *topology;
    uint32_t *member; /* per triangle, valid for those that are not degenerate; becomes the shell in the end */
    uint32_t *parent;
    size_t member_count;
} pieces;

static void choose_members(pieces *p)
{
    const lqi_mesh *mesh = p->mesh;
    p->member_count = mesh->vertex_count;
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        const uint32_t *corner = mesh->corner + (size_t)3 * t;
        if (p->topology->flag[t] & LQI_TRIANGLE_DEGENERATE) continue;
        int k = 0;
        while (k < 3 && p->stars->irregular_count && lqi_is_irregular(p->stars, corner[k])) k++;
        p->member[t] = k < 3 ? corner[k] : (uint32_t)p->member_count++;
    }
}

static void join_around_vertices(const pieces *p)
{
    const lqi_mesh *mesh = p->mesh;
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        const uint32_t *corner = mesh->corner + (size_t)3 * t;
        if (p->topology->flag[t] & LQI_TRIANGLE_DEGENERATE) continue;
        for (int k = 0; k < 3; k++)
            if (corner[k] != p->member[t] && !(p->stars->irregular_count && lqi_is_irregular(p->stars, corner[k])))
                lqi_unite(p->parent, p->member[t], corner[k]);
    }
}

static void join_along_edges(const pieces *p)
{
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(&p->topology->edges, &cursor, &edge)) {
        uint32_t first = p->member[lqi_half_edge_triangle(edge.entry[0])];
        for (uint32_t i = 1; i < edge.count; i++)
            lqi_unite(p->parent, first, p->member[lqi_half_edge_triangle(edge.entry[i])]);
    }
}

/* ---- orientation ---- */

typedef struct side {
    uint32_t size, odd;
    uint8_t first; /* which side the first triangle is on */
    uint8_t known, contradiction, counted;
} side;

static uint32_t root_and_side(const pieces *p, uint8_t *parity, side *sides, uint32_t triangle, uint8_t *odd)
{
    uint32_t root = lqi_find_parity(p->parent, parity, p->member[triangle], odd);
    if (!sides[root].known) sides[root].known = 1, sides[root].first = *odd;
    *odd ^= sides[root].first;
    return root;
}

/* A member of each patch that an edge contradicts is marked; the patch is known when all edges were seen. */
static void join_sides(const pieces *p, uint8_t *parity, side *sides)
{
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next(&p->topology->edges, &cursor, &edge)) {
        if (edge.count != 2) continue;
        uint32_t a = p->member[lqi_half_edge_triangle(edge.entry[0])];
        uint32_t b = p->member[lqi_half_edge_triangle(edge.entry[1])];
        uint8_t differ = lqi_half_edge_backward(edge.entry[0]) == lqi_half_edge_backward(edge.entry[1]);
        if (!lqi_unite_parity(p->parent, parity, a, b, differ)) sides[a].contradiction = 1;
    }
}

/* In each patch the smaller side is misoriented; on a tie, the side that does not hold the first triangle. */
static void turn_smaller_sides(const pieces *p, uint8_t *parity, side *sides)
{
    const lqi_mesh *mesh = p->mesh;
    lqi_topology *topology = p->topology;
    uint8_t odd;
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        if (topology->flag[t] & LQI_TRIANGLE_DEGENERATE) continue;
        uint32_t root = root_and_side(p, parity, sides, t, &odd);
        sides[root].size++;
        sides[root].odd += odd;
    }
    for (size_t m = 0; m < p->member_count; m++) {
        if (!sides[m].contradiction) continue;
        side *patch = &sides[lqi_find_parity(p->parent, parity, (uint32_t)m, &odd)];
        topology->non_orientable_patches += !patch->counted;
        patch->counted = 1;
    }
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        if (topology->flag[t] & LQI_TRIANGLE_DEGENERATE) continue;
        uint32_t root = root_and_side(p, parity, sides, t, &odd);
        if (odd == (sides[root].odd > sides[root].size / 2)) continue;
        topology->flag[t] |= LQI_TRIANGLE_FLIPPED;
        if (!topology->misoriented_triangles++) topology->misoriented_triangle = t;
    }
}

/* Only edges that both of their triangles walk the same way can tell one side from another. */
static lq_status orient_patches(const pieces *p)
{
    if (!p->topology->turned_edges) return LQ_OK;
    lq_status status = LQ_OK;
    uint8_t *parity = lqi_alloc_zeroed(p->context, p->member_count, 1); /* to the parent; 0 within what is joined yet */
    side *sides = parity ? lqi_alloc_zeroed(p->context, p->member_count, sizeof *sides) : NULL;
    if (sides) {
        join_sides(p, parity, sides);
        turn_smaller_sides(p, parity, sides);
    } else {
        status = lqi_memory_status(p->context);
    }
    lqi_free(p->context, parity);
    lqi_free(p->context, sides);
    return status;
}

/* ---- shells ---- */

/* The number of each piece, at its root; pieces are numbered by their first triangle. */
static lq_status number_shells(const pieces *p)
{
    const lqi_mesh *mesh = p->mesh;
    lqi_topology *topology = p->topology;
    uint32_t *number = lqi_alloc_array(p->context, p->member_count, sizeof *number);
    if (!number) return lqi_memory_status(p->context);
    for (size_t m = 0; m < p->member_count; m++) number[m] = LQI_NO_SHELL;
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        if (topology->flag[t] & LQI_TRIANGLE_DEGENERATE) {
            topology->shell[t] = LQI_NO_SHELL;
            continue;
        }
        uint32_t root = lqi_find(p->parent, p->member[t]);
        if (number[root] == LQI_NO_SHELL) number[root] = topology->shell_count++;
        topology->shell[t] = number[root];
    }
    lqi_free(p->context, number);
    return LQ_OK;
}

lq_status lqi_pieces_find(lq_context *context, const lqi_mesh *mesh, const lqi_stars *stars, lqi_topology *topology)
{
    pieces p = {.context = context, .mesh = mesh, .stars = stars, .topology = topology, .member = topology->shell};
    lq_status status;
    choose_members(&p);
    p.parent = lqi_alloc_array(context, p.member_count, sizeof *p.parent);
    if (!p.parent) return lqi_memory_status(context);
    for (size_t m = 0; m < p.member_count; m++) p.parent[m] = (uint32_t)m;
    join_around_vertices(&p);
    LQI_TRY_GOTO(lqi_progress(context, "topology", 3, 4));
    LQI_TRY_GOTO(orient_patches(&p));
    join_along_edges(&p);
    status = number_shells(&p);
done:
    lqi_free(context, p.parent);
    return status;
}
