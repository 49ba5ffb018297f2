#include "corpus/truth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *block)
{
    if (block != NULL) return block;
    fputs("corpus: out of memory\n", stderr);
    exit(4);
}

/* ---- measures ---- */

static void find_box(const solid_soup *soup, solid_truth *truth)
{
    for (int k = 0; k < 3; k++) {
        truth->box_min[k] = soup->count ? soup->corners[k] : 0;
        truth->box_max[k] = truth->box_min[k];
    }
    for (size_t i = 0; i < soup->count * 9; i++) {
        float value = soup->corners[i];
        if (value < truth->box_min[i % 3]) truth->box_min[i % 3] = value;
        if (value > truth->box_max[i % 3]) truth->box_max[i % 3] = value;
    }
}

solid_truth solid_measure(const solid_soup *soup)
{
    static const int pairs[6][2] = {{0, 0}, {1, 1}, {2, 2}, {0, 1}, {1, 2}, {2, 0}};
    solid_truth truth;
    memset(&truth, 0, sizeof truth);
    find_box(soup, &truth);
    long double origin[3], first[3] = {0}, second[6] = {0}, volume6 = 0, area2 = 0;
    for (int k = 0; k < 3; k++) origin[k] = ((long double)truth.box_min[k] + truth.box_max[k]) / 2;

    for (size_t t = 0; t < soup->count; t++) {
        long double p[3][3], e[3], f[3], n[3];
        for (int c = 0; c < 3; c++)
            for (int k = 0; k < 3; k++) p[c][k] = soup->corners[9 * t + (size_t)(3 * c + k)] - origin[k];
        for (int k = 0; k < 3; k++) {
            e[k] = p[1][k] - p[0][k];
            f[k] = p[2][k] - p[0][k];
        }
        for (int k = 0; k < 3; k++) n[k] = e[(k + 1) % 3] * f[(k + 2) % 3] - e[(k + 2) % 3] * f[(k + 1) % 3];
        area2 += sqrtl(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
        long double six = p[0][0] * n[0] + p[0][1] * n[1] + p[0][2] * n[2];
        volume6 += six;
        /* Tetrahedron with the origin: mean of the corners is s/4; second moments (s_i s_j + sum p_i p_j) / 20. */
        long double s[3];
        for (int k = 0; k < 3; k++) {
            s[k] = p[0][k] + p[1][k] + p[2][k];
            first[k] += six * s[k] / 4;
        }
        for (int q = 0; q < 6; q++) {
            int i = pairs[q][0], j = pairs[q][1];
            long double products = p[0][i] * p[0][j] + p[1][i] * p[1][j] + p[2][i] * p[2][j];
            second[q] += six * (s[i] * s[j] + products) / 20;
        }
    }
    truth.volume = volume6 / 6;
    truth.area = area2 / 2;
    if (truth.volume == 0) return truth;
    long double mean[3], m[6];
    for (int k = 0; k < 3; k++) {
        mean[k] = first[k] / volume6;
        truth.centroid[k] = origin[k] + mean[k];
    }
    for (int q = 0; q < 6; q++) m[q] = second[q] / 6 - truth.volume * mean[pairs[q][0]] * mean[pairs[q][1]];
    truth.inertia[0] = m[1] + m[2];
    truth.inertia[1] = m[0] + m[2];
    truth.inertia[2] = m[0] + m[1];
    for (int q = 3; q < 6; q++) truth.inertia[q] = -m[q];
    return truth;
}

/* ---- welding ---- */

typedef struct keyed {
    float point[3];
    size_t corner;
} keyed;

static int compare_points(const void *a, const void *b)
{
    const float *p = ((const keyed *)a)->point, *q = ((const keyed *)b)->point;
    for (int k = 0; k < 3; k++)
        if (p[k] != q[k]) return p[k] < q[k] ? -1 : 1;
    return 0;
}

size_t solid_weld(const solid_soup *soup, uint32_t **vertex_of)
{
    size_t corners = soup->count * 3, vertices = 0;
    keyed *keys = must(malloc((corners + 1) * sizeof *keys));
    *vertex_of = must(malloc((corners + 1) * sizeof **vertex_of));
    for (size_t i = 0; i < corners; i++) {
        for (size_t k = 0; k < 3; k++) keys[i].point[k] = soup->corners[3 * i + k] + 0.0f;
        keys[i].corner = i;
    }
    qsort(keys, corners, sizeof *keys, compare_points);
    for (size_t i = 0; i < corners; i++) {
        if (i > 0 && compare_points(&keys[i - 1], &keys[i]) != 0) vertices++;
        (*vertex_of)[keys[i].corner] = (uint32_t)vertices;
    }
    free(keys);
    return corners == 0 ? 0 : vertices + 1;
}

/* ---- counts ---- */

typedef struct edge {
    uint32_t low, high;
    uint32_t triangle;
    int forward;
} edge;

static int compare_edges(const void *a, const void *b)
{
    const edge *p = a, *q = b;
    if (p->low != q->low) return p->low < q->low ? -1 : 1;
    if (p->high != q->high) return p->high < q->high ? -1 : 1;
    return p->triangle < q->triangle ? -1 : p->triangle > q->triangle;
}

static int compare_triples(const void *a, const void *b)
{
    const uint32_t *p = a, *q = b;
    for (int k = 0; k < 3; k++)
        if (p[k] != q[k]) return p[k] < q[k] ? -1 : 1;
    return 0;
}

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

static void join(uint32_t *parent, uint32_t a, uint32_t b) { parent[root_of(parent, a)] = root_of(parent, b); }

static uint32_t *singles(size_t count)
{
    uint32_t *parent = must(malloc((count + 1) * sizeof *parent));
    for (size_t i = 0; i < count; i++) parent[i] = (uint32_t)i;
    return parent;
}

/* One fan per vertex: the corners at a vertex, joined through two-sided edges, form a single group. */
static int fans_are_single(const edge *edges, size_t edge_count, const uint32_t *vertex_of, const size_t *kept,
                           size_t kept_count, size_t vertex_count)
{
    uint32_t *parent = singles(3 * kept_count);
    for (size_t i = 0; i + 1 < edge_count; i += 2) {
        for (int end = 0; end < 2; end++) {
            uint32_t vertex = end ? edges[i].high : edges[i].low, corner[2] = {0, 0};
            for (int side = 0; side < 2; side++)
                for (uint32_t k = 0; k < 3; k++)
                    if (vertex_of[3 * kept[edges[i + (size_t)side].triangle] + k] == vertex)
                        corner[side] = 3 * edges[i + (size_t)side].triangle + k;
            join(parent, corner[0], corner[1]);
        }
    }
    unsigned char *seen = must(calloc(vertex_count + 1, 1));
    int single = 1;
    for (size_t i = 0; i < 3 * kept_count; i++) {
        if (root_of(parent, (uint32_t)i) != i) continue;
        uint32_t vertex = vertex_of[3 * kept[i / 3] + i % 3];
        if (seen[vertex]) single = 0;
        seen[vertex] = 1;
    }
    free(seen);
    free(parent);
    return single;
}

static size_t count_duplicates(const uint32_t *vertex_of, const size_t *kept, size_t kept_count)
{
    uint32_t *triples = must(malloc((3 * kept_count + 3) * sizeof *triples));
    for (size_t i = 0; i < kept_count; i++) {
        const uint32_t *v = vertex_of + 3 * kept[i];
        size_t first = v[0] < v[1] ? (v[0] < v[2] ? 0 : 2) : (v[1] < v[2] ? 1 : 2);
        for (size_t k = 0; k < 3; k++) triples[3 * i + k] = v[(first + k) % 3];
    }
    qsort(triples, kept_count, 3 * sizeof *triples, compare_triples);
    size_t duplicates = 0;
    for (size_t i = 1; i < kept_count; i++) duplicates += compare_triples(triples + 3 * i - 3, triples + 3 * i) == 0;
    free(triples);
    return duplicates;
}

solid_counts solid_count(const solid_soup *soup)
{
    solid_counts counts;
    memset(&counts, 0, sizeof counts);
    uint32_t *vertex_of = NULL;
    counts.triangles = soup->count;
    counts.vertices = solid_weld(soup, &vertex_of);
    size_t *kept = must(malloc((soup->count + 1) * sizeof *kept)), kept_count = 0;
    for (size_t t = 0; t < soup->count; t++) {
        const uint32_t *v = vertex_of + 3 * t;
        if (v[0] == v[1] || v[1] == v[2] || v[2] == v[0])
            counts.degenerate++;
        else
            kept[kept_count++] = t;
    }
    counts.duplicate = count_duplicates(vertex_of, kept, kept_count);

    edge *edges = must(malloc((3 * kept_count + 1) * sizeof *edges));
    for (size_t i = 0; i < 3 * kept_count; i++) {
        const uint32_t *v = vertex_of + 3 * kept[i / 3];
        uint32_t from = v[i % 3], to = v[(i + 1) % 3];
        edges[i] = (edge){from < to ? from : to, from < to ? to : from, (uint32_t)(i / 3), from < to};
    }
    qsort(edges, 3 * kept_count, sizeof *edges, compare_edges);

    uint32_t *shell = singles(kept_count), *loop = singles(counts.vertices);
    unsigned char *on_loop = must(calloc(counts.vertices + 1, 1));
    int two_sided = 1, balanced = 1;
    for (size_t i = 0, next; i < 3 * kept_count; i = next) {
        int balance = 0;
        for (next = i; next < 3 * kept_count && edges[next].low == edges[i].low && edges[next].high == edges[i].high;
             next++) {
            balance += edges[next].forward ? 1 : -1;
            join(shell, edges[i].triangle, edges[next].triangle);
        }
        size_t uses = next - i;
        counts.open_edges += uses == 1;
        counts.non_manifold_edges += uses > 2;
        counts.uneven_edges += uses % 2 == 1;
        counts.misoriented_edges += uses % 2 == 0 && balance != 0;
        two_sided &= uses == 2;
        balanced &= balance == 0;
        if (uses == 1) {
            on_loop[edges[i].low] = on_loop[edges[i].high] = 1;
            join(loop, edges[i].low, edges[i].high);
        }
    }
    for (size_t v = 0; v < counts.vertices; v++) counts.boundary_loops += on_loop[v] && root_of(loop, (uint32_t)v) == v;
    for (size_t i = 0; i < kept_count; i++) counts.shells += root_of(shell, (uint32_t)i) == i;
    counts.closed = counts.uneven_edges == 0 && kept_count > 0;
    counts.oriented = balanced;
    counts.manifold = two_sided && balanced && kept_count > 0 &&
                      fans_are_single(edges, 3 * kept_count, vertex_of, kept, kept_count, counts.vertices);
    free(on_loop);
    free(loop);
    free(shell);
    free(edges);
    free(kept);
    free(vertex_of);
    return counts;
}
