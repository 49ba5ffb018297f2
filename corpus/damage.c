/* Damage with known counts: each defect gets a triangle none of whose points another defect touches. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/solids.h"
#include "corpus/truth.h"

static void drop_triangles(solid_soup *soup, const unsigned char *drop)
{
    size_t kept = 0;
    for (size_t i = 0; i < soup->count; i++) {
        if (drop[i]) continue;
        memmove(soup->corners + 9 * kept++, soup->corners + 9 * i, 9 * sizeof(float));
    }
    soup->count = kept;
}

static void to_double(const float *corner, double point[3])
{
    for (int k = 0; k < 3; k++) point[k] = corner[k];
}

static void add_copy(solid_soup *soup, size_t triangle, int reversed)
{
    double p[3][3];
    for (size_t k = 0; k < 3; k++) to_double(soup->corners + 9 * triangle + 3 * k, p[k]);
    if (reversed)
        solid_add(soup, p[0], p[2], p[1]);
    else
        solid_add(soup, p[1], p[2], p[0]);
}

/* Cuts a triangle a b c at the middle of a b; the neighbour across a b is left as it is. */
static void split_edge(solid_soup *soup, size_t triangle)
{
    double a[3], b[3], c[3], middle[3];
    to_double(soup->corners + 9 * triangle, a);
    to_double(soup->corners + 9 * triangle + 3, b);
    to_double(soup->corners + 9 * triangle + 6, c);
    for (int k = 0; k < 3; k++) middle[k] = (a[k] + b[k]) / 2;
    for (int k = 0; k < 3; k++) soup->corners[9 * triangle + 3 + (size_t)k] = (float)middle[k];
    solid_add(soup, middle, b, c);
}

/* `needed` triangles, no two of which share a point with each other or with a common neighbour's. */
static size_t *pick_apart(const solid_soup *soup, size_t needed, uint64_t *state)
{
    uint32_t *vertex_of = NULL;
    size_t vertex_count = solid_weld(soup, &vertex_of);
    unsigned char *taken = calloc(vertex_count + 1, 1);
    size_t *picked = malloc((needed + 1) * sizeof *picked);
    if (taken == NULL || picked == NULL) {
        fputs("corpus: out of memory\n", stderr);
        exit(4);
    }
    size_t count = 0;
    for (size_t attempt = 0; count < needed && attempt < 64 * (soup->count + needed); attempt++) {
        size_t triangle = solid_random(state) % soup->count;
        const uint32_t *v = vertex_of + 3 * triangle;
        if (taken[v[0]] || taken[v[1]] || taken[v[2]]) continue;
        taken[v[0]] = taken[v[1]] = taken[v[2]] = 1;
        picked[count++] = triangle;
    }
    free(taken);
    free(vertex_of);
    if (count == needed) return picked;
    free(picked);
    return NULL;
}

int solid_damage_apply(solid_soup *soup, const solid_damage *damage, uint64_t seed)
{
    size_t needed = damage->removed + damage->flipped + damage->duplicated + damage->opposed + damage->jittered +
                    damage->split + damage->degenerate;
    uint64_t state = seed;
    if (soup->count == 0) return needed == 0;
    size_t *picked = pick_apart(soup, needed, &state), *next = picked;
    if (picked == NULL) return 0;

    for (size_t i = 0; i < damage->flipped; i++, next++) {
        float keep[3], *corner = soup->corners + 9 * *next;
        memcpy(keep, corner, sizeof keep);
        memcpy(corner, corner + 3, sizeof keep);
        memcpy(corner + 3, keep, sizeof keep);
    }
    for (size_t i = 0; i < damage->duplicated; i++, next++) add_copy(soup, *next, 0);
    for (size_t i = 0; i < damage->opposed; i++, next++) add_copy(soup, *next, 1);
    for (size_t i = 0; i < damage->jittered; i++, next++) {
        float *x = soup->corners + 9 * *next, moved = *x + damage->jitter;
        *x = moved == *x ? nextafterf(*x, INFINITY) : moved;
    }
    for (size_t i = 0; i < damage->split; i++, next++) split_edge(soup, *next);
    for (size_t i = 0; i < damage->degenerate; i++, next++) {
        double a[3], b[3];
        to_double(soup->corners + 9 * *next, a);
        to_double(soup->corners + 9 * *next + 3, b);
        solid_add(soup, a, a, b);
    }
    /* Removing comes last: it renumbers. */
    unsigned char *drop = calloc(soup->count, 1);
    if (drop == NULL) {
        fputs("corpus: out of memory\n", stderr);
        exit(4);
    }
    for (size_t i = 0; i < damage->removed; i++, next++) drop[*next] = 1;
    drop_triangles(soup, drop);
    free(drop);
    free(picked);
    return 1;
}
