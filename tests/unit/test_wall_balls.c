/* Thickness from runs against the slow reference: at each place the ball that touches the surface there, shrunk until
 * nothing of the whole body is inside. Thirty bodies; what is asserted is the distribution of the difference. */
#include "tests/support/check.h"

#include <stdlib.h>

#include "measure/wall_nodes.h"
#include "tests/unit/body.h"

#define SAMPLES 60

static double dot(const double *a, const double *b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/* Distance from p to a triangle: the best of its three edges, and of its plane if p lies over it. */
static double distance(const double p[3], const double *corner[3], double at[3])
{
    double best = INFINITY, n[3], u[3], v[3], w[3];
    for (int i = 0; i < 3; i++)
        u[i] = corner[1][i] - corner[0][i], v[i] = corner[2][i] - corner[0][i], w[i] = p[i] - corner[0][i];
    for (int i = 0; i < 3; i++) n[i] = u[(i + 1) % 3] * v[(i + 2) % 3] - u[(i + 2) % 3] * v[(i + 1) % 3];
    double uu = dot(u, u), uv = dot(u, v), vv = dot(v, v), wu = dot(w, u), wv = dot(w, v), whole = uu * vv - uv * uv;
    double s = (vv * wu - uv * wv) / whole, t = (uu * wv - uv * wu) / whole;
    if (s >= 0 && t >= 0 && s + t <= 1) {
        for (int i = 0; i < 3; i++) at[i] = corner[0][i] + s * u[i] + t * v[i];
        return fabs(dot(w, n)) / sqrt(dot(n, n));
    }
    for (int k = 0; k < 3; k++) {
        const double *a = corner[k], *b = corner[(k + 1) % 3];
        double edge[3], to[3], on[3], off[3];
        for (int i = 0; i < 3; i++) edge[i] = b[i] - a[i], to[i] = p[i] - a[i];
        double share = fmax(0, fmin(1, dot(to, edge) / dot(edge, edge)));
        for (int i = 0; i < 3; i++) on[i] = a[i] + share * edge[i], off[i] = p[i] - on[i];
        double d = sqrt(dot(off, off));
        if (d < best) best = d, memcpy(at, on, sizeof on);
    }
    return best;
}

/* *last: the facet that stopped it; UINT32_MAX: none. */
static double shrunk_ball(const lqi_mesh *mesh, const double place[3], const double inward[3], double radius,
                          uint32_t *last)
{
    *last = UINT32_MAX;
    for (int step = 0; step < 40; step++) {
        double centre[3], touch[3] = {0}, best = INFINITY, away[3];
        uint32_t by = 0;
        for (int i = 0; i < 3; i++) centre[i] = place[i] + radius * inward[i];
        for (uint32_t t = 0; t < mesh->triangle_count; t++) {
            const double *corner[3] = {lqi_mesh_corner(mesh, t, 0), lqi_mesh_corner(mesh, t, 1),
                                       lqi_mesh_corner(mesh, t, 2)};
            double at[3], d = distance(centre, corner, at);
            if (d >= best) continue;
            for (int i = 0; i < 3; i++) away[i] = at[i] - place[i];
            if (dot(away, inward) <= 1e-3 * sqrt(dot(away, away)) + 1e-7) continue; /* the plane that it touches */
            best = d, by = t, memcpy(touch, at, sizeof at);
        }
        if (best >= radius * (1 - 1e-6)) break;
        for (int i = 0; i < 3; i++) away[i] = touch[i] - place[i];
        radius = dot(away, away) / (2 * dot(away, inward));
        *last = by;
    }
    return 2 * radius;
}

static void centroid(const lqi_mesh *mesh, uint32_t facet, double at[3])
{
    for (int i = 0; i < 3; i++)
        at[i] = (lqi_mesh_corner(mesh, facet, 0)[i] + lqi_mesh_corner(mesh, facet, 1)[i] +
                 lqi_mesh_corner(mesh, facet, 2)[i]) /
                3;
}

typedef struct differences {
    double share[SAMPLES * 40]; /* run over ball, less 1 */
    size_t count, at_rim;       /* of others: a rim stopped the ball, not the other side */
} differences;

/* Places are spread over the thin nodes. Small facets are sampled in their middle, where a tangent ball of a curved
 * surface belongs; large flat ones where the column meets them. */
static void compare(body b, differences *all)
{
    lqi_dexels dexels = body_dexels(&b, 0);
    lqi_walls walls = {0};
    lqi_wall_nodes nodes;
    assert_int_equal(lqi_wall_nodes_find(b.context, &dexels, &walls, &nodes), LQ_OK);
    assert_true(nodes.count >= SAMPLES);
    for (uint32_t k = 0; k < SAMPLES; k++) {
        const lqi_wall_node *node = &nodes.node[(uint64_t)nodes.count * (2 * k + 1) / (2 * SAMPLES)];
        const lqi_dexel_axis *axis = &dexels.axis[node->axis];
        uint32_t facet = axis->run[node->run].high_facet;
        double place[3], inward[3], middle[3], square = 0;
        lqi_wall_node_place(&dexels, node, place);
        place[node->axis] = axis->run[node->run].high;
        centroid(&b.mesh[0], facet, middle);
        for (int i = 0; i < 3; i++) {
            inward[i] = -(double)dexels.normal[3 * (size_t)facet + (size_t)i];
            square += (middle[i] - place[i]) * (middle[i] - place[i]);
        }
        double off = 0; /* columns snap: back into the plane of the facet */
        for (int i = 0; i < 3; i++) off += (place[i] - middle[i]) * inward[i];
        for (int i = 0; i < 3; i++) place[i] -= off * inward[i];
        if (square < 0.25 * (double)node->thickness * (double)node->thickness) memcpy(place, middle, sizeof place);
        uint32_t last;
        double ball = shrunk_ball(&b.mesh[0], place, inward, 3, &last);
        const float *stop = dexels.normal + 3 * (size_t)last;
        if (last != UINT32_MAX && inward[0] * stop[0] + inward[1] * stop[1] + inward[2] * stop[2] < 0.7)
            all->at_rim++;
        else
            all->share[all->count++] = (double)node->thickness / ball - 1;
    }
    lqi_wall_nodes_free(b.context, &nodes);
    lqi_dexels_free(&dexels);
    body_end(&b);
}

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static solid_soup both(solid_soup a, solid_soup b)
{
    solid_append(&a, &b);
    solid_free(&b);
    return a;
}

static solid_soup moved(solid_soup soup, double x, double y, double z)
{
    solid_translate(&soup, x, y, z);
    return soup;
}

static solid_soup hollow(double outer, double inner)
{
    solid_soup in = solid_sphere(inner, 9);
    solid_invert(&in);
    return both(solid_sphere(outer, 9), in);
}

static solid_soup part(int kind)
{
    switch (kind) {
    case 0: return solid_box(40, 30, 1);
    case 1: return solid_box(30, 20, 2.5);
    case 2: return hollow(12, 11);
    case 3: return hollow(10, 8);
    case 4: return solid_torus(15, 1.2, 60, 16);
    case 5: return solid_cylinder(1, 20, 24);
    case 6: return solid_box_with_hole(20, 17, 3);
    case 7: return solid_nested(20, 17);
    case 8: return both(solid_box(30, 30, 6), moved(solid_box(1, 30, 20), 14, 0, -14));
    default: return both(solid_box(8, 20, 8), moved(solid_box(30, 20, 0.8), -30, 0, 3));
    }
}

static void runs_agree_with_balls(void **state)
{
    (void)state;
    static differences all;
    uint64_t random = 41;
    for (int i = 0; i < 30; i++) {
        solid_soup soup = part(i % 10);
        double axis[3];
        for (int k = 0; k < 3; k++) axis[k] = (double)(solid_random(&random) >> 11) * 0x1p-53 - 0.5;
        if (i >= 10) solid_rotate(&soup, axis, 360 * (double)(solid_random(&random) >> 11) * 0x1p-53);
        compare(body_of(soup), &all);
    }
    qsort(all.share, all.count, sizeof *all.share, rising);
    const double *d = all.share;
    size_t n = all.count;
    print_message("%zu places at rims; run / ball - 1 over %zu others: 1 %% %.4f, 5 %% %.4f, 25 %% %.4f, median %.4f, "
                  "75 %% %.4f, 95 %% %.4f, "
                  "99 %% %.4f\n",
                  all.at_rim, n, d[n / 100], d[n / 20], d[n / 4], d[n / 2], d[n * 3 / 4], d[n * 19 / 20],
                  d[n * 99 / 100]);
    CHECK_NEAR("runs", d[n / 2], 0, 0.005, "median");
    CHECK(d[n / 20] > -0.02 && d[n * 19 / 20] < 0.03, "runs: nine of ten differ by %g to %g", d[n / 20],
          d[n * 19 / 20]);
    CHECK(d[n / 100] > -0.06 && d[n * 99 / 100] < 0.06, "runs: %g to %g", d[n / 100], d[n * 99 / 100]);
    CHECK(all.at_rim < all.count, "runs: %zu of %zu places are at rims", all.at_rim, all.at_rim + all.count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(runs_agree_with_balls)};
    return cmocka_run_group_tests_name("wall balls", tests, NULL, NULL);
}
