#include "measure/hits.h"

#include <string.h>

static int compare_hits(const lqi_hit *a, const lqi_hit *b)
{
    if (a->z != b->z) return a->z < b->z ? -1 : 1;
    return (a->step < b->step) - (a->step > b->step);
}

/* Runs of so few hits are put in order one by one. */
#define INSERTION_MAX 16

static void insert_hits(lqi_hit *hits, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        lqi_hit moving = hits[i];
        size_t k = i;
        for (; k && compare_hits(&hits[k - 1], &moving) > 0; k--) hits[k] = hits[k - 1];
        hits[k] = moving;
    }
}

static bool are_sorted(const lqi_hit *hits, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (compare_hits(&hits[i - 1], &hits[i]) > 0) return false;
    return true;
}

/* Two sorted runs become one. */
static void merge_hits(const lqi_hit *from, size_t middle, size_t count, lqi_hit *to)
{
    size_t a = 0, b = middle;
    while (a < middle && b < count) {
        bool take_b = compare_hits(&from[a], &from[b]) > 0;
        *to++ = from[take_b ? b : a];
        a += !take_b;
        b += take_b;
    }
    memcpy(to, from + a, (middle - a) * sizeof *to);
    memcpy(to + (middle - a), from + b, (count - b) * sizeof *to);
}

/* Most columns have two, in either order: without branches. */
static void sort_two(lqi_hit *hits)
{
    const lqi_hit a = hits[0], b = hits[1];
    const size_t turned = (a.z > b.z) | ((a.z == b.z) & (a.step < b.step));
    hits[turned] = a;
    hits[1 - turned] = b;
}

/* Bottom up. */
void lqi_hits_sort(lqi_hit *hits, size_t count, lqi_hit *spare)
{
    if (count == 2) {
        sort_two(hits);
        return;
    }
    if (count <= INSERTION_MAX) {
        insert_hits(hits, count);
        return;
    }
    if (are_sorted(hits, count)) return; /* mostly by an earlier look at the same column */
    for (size_t i = 0; i < count; i += INSERTION_MAX)
        insert_hits(hits + i, count - i < INSERTION_MAX ? count - i : INSERTION_MAX);
    lqi_hit *from = hits, *to = spare;
    for (size_t run = INSERTION_MAX; run < count; run *= 2) {
        for (size_t i = 0; i < count; i += 2 * run) {
            size_t left = count - i, middle = left < run ? left : run;
            merge_hits(from + i, middle, left < 2 * run ? left : 2 * run, to + i);
        }
        lqi_hit *swap = from;
        from = to;
        to = swap;
    }
    if (from != hits) memcpy(hits, from, count * sizeof *hits);
}

size_t lqi_hits_most(const lqi_raster *raster)
{
    uint32_t most = 0;
    for (size_t i = 0; i < (size_t)raster->across[0] * raster->across[1]; i++) {
        uint32_t count = raster->first[i + 1] - raster->first[i];
        most = count > most ? count : most;
    }
    return most;
}
