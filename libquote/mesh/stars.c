#include "mesh/stars.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "kernel/kernel_list.h"

/* The stars of one group of vertices, 64 bytes each, lie in the second-level cache while the group is looked at. */
#define GROUP_BITS_MIN 12
#define GROUPS_MAX 512

/* A step around a vertex. */
typedef struct step {
    uint32_t vertex, from, to;
} step;

/* Steps by group of vertices: group g has the steps [end[g - 1], end[g]). */
typedef struct steps {
    step *step;
    uint32_t group_bits, group_count;
    size_t end[GROUPS_MAX];
} steps;

static void count_steps(const lqi_mesh *mesh, uint32_t group_bits, size_t count[3][GROUPS_MAX])
{
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        const uint32_t *corner = mesh->corner + (size_t)3 * t;
        if (lqi_is_degenerate(corner)) continue;
        for (int k = 0; k < 3; k++) count[k][corner[k] >> group_bits]++;
    }
}

static inline void put(step *place, uint32_t vertex, uint32_t from, uint32_t to)
{
    place->vertex = vertex;
    place->from = from;
    place->to = to;
}

/* A place of its own for each corner number, so that one store does not wait for the one before. */
static lq_status deal_steps(lq_context *context, const lqi_mesh *mesh, steps *s)
{
    size_t next[3][GROUPS_MAX] = {{0}}, total = 0;
    count_steps(mesh, s->group_bits, next);
    for (uint32_t g = 0; g < s->group_count; g++) {
        for (int k = 0; k < 3; k++) {
            size_t count = next[k][g];
            next[k][g] = total;
            total += count;
        }
        s->end[g] = total;
    }
    s->step = lqi_alloc_array(context, total, sizeof *s->step);
    if (!s->step) return lqi_memory_status(context);
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        uint32_t a = mesh->corner[(size_t)3 * t], b = mesh->corner[(size_t)3 * t + 1],
                 c = mesh->corner[(size_t)3 * t + 2];
        if (a == b || b == c || c == a) continue;
        put(&s->step[next[0][a >> s->group_bits]++], a, b, c);
        put(&s->step[next[1][b >> s->group_bits]++], b, c, a);
        put(&s->step[next[2][c >> s->group_bits]++], c, a, b);
    }
    return LQ_OK;
}

/* ---- one group ---- */

typedef struct group {
    lq_context *context;
    const lqi_mesh *mesh;
    lqi_stars *stars;
    lqi_star *star;
    uint32_t *step_count;
    uint8_t *kind;
    uint32_t *crowded; /* first step of each star of many steps, among those of all of them */
    step *many;        /* those, by vertex */
    size_t many_capacity;
    uint32_t *place; /* per vertex of the mesh, for the walk around a crowded one */
} group;

/* The same as the kernel does for few steps: each vertex remembers the step that begins there. */
static uint8_t kind_of_crowded(const step *around, uint32_t count, uint32_t *place)
{
    const uint32_t taken = (uint32_t)1 << 31;
    for (uint32_t i = 0; i < count; i++) place[around[i].from] = i;
    for (uint32_t i = 0; i < count; i++)
        if (place[around[i].from] != i) return LQI_STAR_OPEN; /* a later step begins there too */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t next = place[around[i].to];
        if (next >= count || around[next].from != around[i].to) return LQI_STAR_OPEN; /* taken or not there */
        place[around[i].to] = next | taken;
    }
    uint32_t at = 0, walked = 0;
    do {
        at = place[around[at].to] & ~taken;
        walked++;
    } while (at);
    return walked == count ? LQI_STAR_REGULAR : LQI_STAR_CIRCLES;
}

static lq_status look_at_crowded(group *g, const step *first, const step *end, uint32_t vertex_first, uint32_t vertices)
{
    uint32_t total = 0;
    for (uint32_t v = 0; v < vertices; v++) {
        g->crowded[v] = total;
        if (g->step_count[v] > LQI_STAR_STEPS_MAX) total += g->step_count[v];
    }
    if (!total) return LQ_OK;
    LQI_TRY(lqi_grow(g->context, (void **)&g->many, &g->many_capacity, total, sizeof *g->many));
    if (!g->place) g->place = lqi_alloc_zeroed(g->context, g->mesh->vertex_count, sizeof *g->place);
    if (!g->place) return lqi_memory_status(g->context);
    for (const step *s = first; s < end; s++) {
        uint32_t v = s->vertex - vertex_first;
        if (g->step_count[v] > LQI_STAR_STEPS_MAX) g->many[g->crowded[v]++] = *s;
    }
    for (uint32_t v = 0; v < vertices; v++) {
        uint32_t count = g->step_count[v];
        if (count > LQI_STAR_STEPS_MAX) g->kind[v] = kind_of_crowded(g->many + g->crowded[v] - count, count, g->place);
    }
    return LQ_OK;
}

static lq_status look_at(group *g, const step *first, const step *end, uint32_t vertex_first, uint32_t vertices)
{
    memset(g->step_count, 0, vertices * sizeof *g->step_count);
    uint32_t most = 0;
    for (const step *s = first; s < end; s++) {
        uint32_t v = s->vertex - vertex_first, n = g->step_count[v]++;
        if (n < LQI_STAR_STEPS_MAX) {
            g->star[v].from[n] = s->from;
            g->star[v].to[n] = s->to;
        }
        if (n > most) most = n;
    }
    g->context->kernels->stars(g->star, g->step_count, vertices, g->kind);
    if (most >= LQI_STAR_STEPS_MAX) LQI_TRY(look_at_crowded(g, first, end, vertex_first, vertices));
    for (uint32_t v = 0; v < vertices; v++) {
        if (g->kind[v] == LQI_STAR_REGULAR || !g->step_count[v]) continue;
        g->stars->irregular[(vertex_first + v) / 64] |= (uint64_t)1 << (vertex_first + v) % 64;
        g->stars->irregular_count++;
        g->stars->pinched_count += g->kind[v] == LQI_STAR_CIRCLES;
    }
    return LQ_OK;
}

static lq_status look_at_all(group *g, const steps *s)
{
    uint32_t size = (uint32_t)1 << s->group_bits;
    g->star = lqi_alloc_array(g->context, size, sizeof *g->star);
    g->step_count = g->star ? lqi_alloc_array(g->context, size, sizeof *g->step_count) : NULL;
    g->kind = g->step_count ? lqi_alloc(g->context, size) : NULL;
    g->crowded = g->kind ? lqi_alloc_array(g->context, size, sizeof *g->crowded) : NULL;
    if (!g->crowded) return lqi_memory_status(g->context);
    for (uint32_t i = 0; i < s->group_count; i++) {
        uint32_t first = i << s->group_bits, rest = g->mesh->vertex_count - first;
        LQI_TRY(lqi_progress(g->context, "topology", i, s->group_count));
        LQI_TRY(look_at(g, s->step + (i ? s->end[i - 1] : 0), s->step + s->end[i], first, rest < size ? rest : size));
    }
    return LQ_OK;
}

lq_status lqi_stars_find(lq_context *context, const lqi_mesh *mesh, lqi_stars *stars)
{
    *stars = (lqi_stars){0};
    steps s = {.group_bits = GROUP_BITS_MIN};
    group g = {.context = context, .mesh = mesh, .stars = stars};
    lq_status status;
    while ((uint64_t)GROUPS_MAX << s.group_bits < mesh->vertex_count) s.group_bits++;
    s.group_count = (uint32_t)(((uint64_t)mesh->vertex_count + ((uint64_t)1 << s.group_bits) - 1) >> s.group_bits);
    stars->irregular = lqi_alloc_zeroed(context, (size_t)mesh->vertex_count / 64 + 1, sizeof *stars->irregular);
    if (!stars->irregular) return lqi_memory_status(context);
    LQI_TRY_GOTO(deal_steps(context, mesh, &s));
    status = look_at_all(&g, &s);
done:
    lqi_free(context, s.step);
    lqi_free(context, g.star);
    lqi_free(context, g.step_count);
    lqi_free(context, g.kind);
    lqi_free(context, g.crowded);
    lqi_free(context, g.many);
    lqi_free(context, g.place);
    if (status != LQ_OK) lqi_stars_free(context, stars);
    return status;
}

void lqi_stars_free(lq_context *context, lqi_stars *stars)
{
    lqi_free(context, stars->irregular);
    *stars = (lqi_stars){0};
}
