#include "mesh/pieces.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "mesh/union_find.h"

/*
 * The members of the union-find are vertices, not triangles: around a regular vertex all triangles hang together, so
 * that it can stand for them. A triangle without a regular corner is a member of its own and is joined by the gathered
 * edges, which are all it has; it takes the number of an irregular vertex, which stands for nothing, or one behind the
 * vertices.
 */
typedef struct pieces {
    lq_context *context;
    const lqi_mesh *mesh;
    const lqi_stars *stars;
    const lqi_loose *loose; /* each of these facets is a piece, and its vertices are no members */
    lqi_topology *topology;
    const uint8_t *flag;
    uint32_t *member; /* per triangle without a regular corner; becomes the shell in the end */
    uint32_t *parent;
    size_t member_count;
    uint32_t free; /* the first irregular vertex whose number is no triangle's */
} pieces;

/* Of a triangle that is not degenerate. */
static inline uint32_t member_of(const pieces *p, uint32_t triangle)
{
    static const uint8_t first_regular[8] = {0, 1, 0, 2, 0, 1, 0, 3};
    unsigned k = first_regular[lqi_irregular_corners(p->flag[triangle])];
    return k == 3 ? p->member[triangle] : p->mesh->corner[(size_t)3 * triangle + k];
}

static bool is_degenerate(const pieces *p, uint32_t triangle) { return p->flag[triangle] & LQI_TRIANGLE_DEGENERATE; }

/* The first triangle from this one on that is not loose. run: of those, how many were passed. */
static inline uint32_t behind_loose(const pieces *p, uint32_t *run, uint32_t triangle)
{
    if (*run == p->loose->run_count || triangle < p->loose->run[*run].triangle) return triangle;
    const lqi_loose_run *passed = &p->loose->run[(*run)++];
    return passed->triangle + passed->count;
}

/* The first irregular vertex from this one on, or the number behind all vertices. */
static uint32_t next_irregular(const pieces *p, uint32_t vertex)
{
    const uint32_t count = p->mesh->vertex_count;
    while (vertex < count) {
        uint64_t rest = p->stars->irregular[vertex / 64] >> vertex % 64;
        if (rest)
            return vertex + (uint32_t)__builtin_ctzll(rest) < count ? vertex + (uint32_t)__builtin_ctzll(rest) : count;
        vertex = vertex / 64 * 64 + 64;
    }
    return count;
}

static void choose_members(pieces *p)
{
    const uint32_t count = p->mesh->triangle_count;
    p->free = next_irregular(p, 0);
    for (uint32_t t = lqi_next_irregular(p->flag, 0, count, 3); t < count;
         t = lqi_next_irregular(p->flag, t + 1, count, 3)) {
        if (p->free < p->mesh->vertex_count) {
            p->member[t] = p->free;
            p->free = next_irregular(p, p->free + 1);
        } else {
            p->member[t] = (uint32_t)p->member_count++;
        }
    }
}

static void begin_alone(const pieces *p)
{
    for (uint32_t i = 0; i <= p->loose->run_count; i++) {
        const lqi_loose_gap gap = lqi_loose_gap_at(p->loose, p->mesh, i);
        for (uint32_t v = gap.first_vertex; v < gap.end_vertex; v++) p->parent[v] = v;
    }
    for (size_t m = p->mesh->vertex_count; m < p->member_count; m++) p->parent[m] = (uint32_t)m;
}

/* Every member's parent becomes its root: parents are smaller than their children. */
static void flatten(const pieces *p)
{
    uint32_t *parent = p->parent;
    for (uint32_t i = 0; i <= p->loose->run_count; i++) {
        const lqi_loose_gap gap = lqi_loose_gap_at(p->loose, p->mesh, i);
        for (uint32_t v = gap.first_vertex; v < gap.end_vertex; v++) parent[v] = parent[parent[v]];
    }
    for (size_t m = p->mesh->vertex_count; m < p->member_count; m++) parent[m] = parent[parent[m]];
}

/* It pays to flatten after one search in vain for so many members. */
#define MEMBERS_PER_SEARCH 8

/* Puts the three under the smallest of their parents, which costs no search and no branch that depends on the order of
 * the file, if nothing but a root comes under another number by that: false otherwise. */
static inline bool join_at_once(uint32_t *parent, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t up_a = parent[a], up_b = parent[b], up_c = parent[c], least = up_a < up_b ? up_a : up_b;
    if (up_c < least) least = up_c;
    bool a_moves = up_a != least, b_moves = up_b != least, c_moves = up_c != least;
    if ((a_moves & (up_a != a)) | (b_moves & (up_b != b)) | (c_moves & (up_c != c))) return false;
    parent[a] = parent[b] = parent[c] = least;
    return true;
}

static void join_around_vertices(const pieces *p)
{
    uint32_t *parent = p->parent;
    size_t in_vain = 0;
    for (uint32_t t = 0, run = 0; (t = behind_loose(p, &run, t)) < p->mesh->triangle_count; t++) {
        const uint32_t *corner = p->mesh->corner + (size_t)3 * t;
        uint32_t a = corner[0], b = corner[1], c = corner[2];
        if (!p->flag[t] && join_at_once(parent, a, b, c)) continue; /* most often */
        switch (lqi_irregular_corners(p->flag[t])) {
        case 0:
            if (is_degenerate(p, t)) break;
            in_vain += (uint32_t)lqi_unite(parent, a, b) + lqi_unite(parent, b, c) == 0;
            if (in_vain < p->member_count / MEMBERS_PER_SEARCH) break;
            flatten(p);
            in_vain = 0;
            break;
        case 1: lqi_unite(parent, b, c); break;
        case 2: lqi_unite(parent, a, c); break;
        case 4: lqi_unite(parent, a, b); break;
        }
    }
}

/* What member_of will need for an entry that comes soon, and a little later its parent. */
#define FETCH_AHEAD 12
static inline void fetch_ahead(const pieces *p, const uint64_t *entry, const uint64_t *end)
{
    if (end - entry <= 2 * FETCH_AHEAD) return;
    uint32_t far = lqi_half_edge_triangle(entry[2 * FETCH_AHEAD]);
    __builtin_prefetch(&p->flag[far]);
    __builtin_prefetch(&p->member[far]);
    __builtin_prefetch(p->mesh->corner + (size_t)3 * far);
    __builtin_prefetch(&p->parent[member_of(p, lqi_half_edge_triangle(entry[FETCH_AHEAD]))]);
}

static void join_along_edges(const pieces *p)
{
    const uint64_t *end = lqi_entries_end(&p->topology->edges);
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next_stored(&p->topology->edges, &cursor, &edge)) {
        fetch_ahead(p, edge.entry, end);
        uint32_t first = member_of(p, lqi_half_edge_triangle(edge.entry[0]));
        for (uint32_t i = 1; i < edge.count; i++) {
            fetch_ahead(p, edge.entry + i, end);
            lqi_unite(p->parent, first, member_of(p, lqi_half_edge_triangle(edge.entry[i])));
        }
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
    uint32_t root = lqi_find_parity(p->parent, parity, member_of(p, triangle), odd);
    if (!sides[root].known) sides[root].known = 1, sides[root].first = *odd;
    *odd ^= sides[root].first;
    return root;
}

/* A member of each patch that an edge contradicts is marked; the patch is known when all edges were seen. */
static void join_sides(const pieces *p, uint8_t *parity, side *sides)
{
    lqi_edge_cursor cursor = {0};
    lqi_edge edge;
    while (lqi_edge_next_stored(&p->topology->edges, &cursor, &edge)) {
        if (edge.count != 2) continue;
        uint32_t a = member_of(p, lqi_half_edge_triangle(edge.entry[0]));
        uint32_t b = member_of(p, lqi_half_edge_triangle(edge.entry[1]));
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
    for (uint32_t t = 0, run = 0; (t = behind_loose(p, &run, t)) < mesh->triangle_count; t++) {
        if (is_degenerate(p, t)) continue;
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
    for (uint32_t t = 0, run = 0; (t = behind_loose(p, &run, t)) < mesh->triangle_count; t++) {
        if (is_degenerate(p, t)) continue;
        uint32_t root = root_and_side(p, parity, sides, t, &odd);
        if (sides[root].counted && topology->non_orientable_triangle < 0) topology->non_orientable_triangle = t;
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

/* Are all members joined? */
static bool is_one_piece(const pieces *p)
{
    if (p->loose->run_count) return false;
    if (p->topology->degenerate_triangles) return false; /* their vertices may belong nowhere */
    size_t roots = 0, unused = 0;
    for (size_t m = 0; m < p->member_count; m++) roots += p->parent[m] == m;
    for (uint32_t v = p->free; v < p->mesh->vertex_count; v = next_irregular(p, v + 1)) unused++;
    return roots - unused <= 1;
}

/* Pieces are numbered by their first triangle. numbered: a bit per member, of the roots whose parent has become the
 * number of their piece. */
static void number_triangles(const pieces *p, uint64_t *numbered)
{
    lqi_topology *topology = p->topology;
    uint32_t *parent = p->parent;
    for (uint32_t t = 0, run = 0, next; t < p->mesh->triangle_count; t++) {
        for (next = behind_loose(p, &run, t); t < next; t++) topology->shell[t] = topology->shell_count++;
        if (t == p->mesh->triangle_count) break;
        if (is_degenerate(p, t)) {
            topology->shell[t] = LQI_NO_SHELL;
            continue;
        }
        uint32_t root = member_of(p, t);
        if (!(numbered[root / 64] >> root % 64 & 1)) root = parent[root];
        if (!(numbered[root / 64] >> root % 64 & 1)) {
            numbered[root / 64] |= (uint64_t)1 << root % 64;
            parent[root] = topology->shell_count++;
        }
        topology->shell[t] = parent[root];
    }
}

static lq_status number_shells(const pieces *p)
{
    if (is_one_piece(p)) {
        memset(p->topology->shell, 0, p->mesh->triangle_count * sizeof *p->topology->shell);
        p->topology->shell_count = p->mesh->triangle_count != 0;
        return LQ_OK;
    }
    uint64_t *numbered = lqi_alloc_zeroed(p->context, p->member_count / 64 + 1, sizeof *numbered);
    if (!numbered) return lqi_memory_status(p->context);
    flatten(p);
    number_triangles(p, numbered);
    lqi_free(p->context, numbered);
    return LQ_OK;
}

lq_status lqi_pieces_find(lq_context *context, const lqi_mesh *mesh, const lqi_stars *stars, lqi_topology *topology)
{
    pieces p = {.context = context,
                .mesh = mesh,
                .stars = stars,
                .loose = &topology->edges.loose,
                .topology = topology,
                .flag = topology->flag,
                .member = topology->shell,
                .member_count = mesh->vertex_count,
                .free = mesh->vertex_count};
    if (stars->irregular_count) choose_members(&p);
    lq_status status;
    p.parent = lqi_alloc_array(context, p.member_count, sizeof *p.parent);
    if (!p.parent) return lqi_memory_status(context);
    begin_alone(&p);
    join_around_vertices(&p);
    LQI_TRY_GOTO(lqi_progress(context, "topology", 3, 4));
    LQI_TRY_GOTO(orient_patches(&p));
    join_along_edges(&p);
    status = number_shells(&p);
done:
    lqi_free(context, p.parent);
    return status;
}
