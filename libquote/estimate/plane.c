#include "estimate/plane.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }

lqi_disc lqi_disc_make(double radius)
{
    lqi_disc disc = {0};
    disc.reach = (int)radius < LQI_DISC_REACH_MAX ? (int)radius : LQI_DISC_REACH_MAX;
    for (int dy = 0; dy <= disc.reach; dy++) {
        double half = sqrt(radius * radius - dy * dy);
        disc.half[dy] = (uint8_t)(half < LQI_DISC_REACH_MAX ? half : LQI_DISC_REACH_MAX);
    }
    return disc;
}

void lqi_plane_clear(const lqi_grid *grid, lqi_plane *plane, int32_t first, int32_t end)
{
    plane->first = first;
    plane->end = end;
    if (end > first)
        memset(lqi_plane_row(grid, plane, first), 0, (size_t)(end - first) * (size_t)grid->words * sizeof(uint64_t));
}

void lqi_plane_copy(const lqi_grid *grid, const lqi_plane *a, lqi_plane *to)
{
    to->first = a->first;
    to->end = a->end;
    if (a->end > a->first)
        memcpy(lqi_plane_row(grid, to, a->first), lqi_plane_row(grid, a, a->first),
               (size_t)(a->end - a->first) * (size_t)grid->words * sizeof(uint64_t));
}

void lqi_plane_and(const lqi_grid *grid, const lqi_plane *a, const lqi_plane *b, lqi_plane *to)
{
    int32_t first = most(a->first, b->first), end = most(first, least(a->end, b->end));
    const uint64_t *pa = lqi_plane_row(grid, a, first), *pb = lqi_plane_row(grid, b, first);
    uint64_t *p = lqi_plane_row(grid, to, first);
    size_t count = (size_t)(end - first) * (size_t)grid->words;
    for (size_t i = 0; i < count; i++) p[i] = pa[i] & pb[i];
    to->first = first;
    to->end = end;
}

void lqi_plane_and_not(const lqi_grid *grid, const lqi_plane *a, const lqi_plane *b, lqi_plane *to)
{
    int32_t first = a->first, end = most(a->first, a->end);
    int32_t low = least(most(first, b->first), end), high = most(low, least(end, b->end));
    size_t words = (size_t)grid->words;
    const uint64_t *pa = a->bits, *pb = b->bits;
    uint64_t *p = to->bits;
    if (p != pa) {
        memcpy(p + (size_t)first * words, pa + (size_t)first * words, (size_t)(low - first) * words * sizeof *p);
        memcpy(p + (size_t)high * words, pa + (size_t)high * words, (size_t)(end - high) * words * sizeof *p);
    }
    for (size_t i = (size_t)low * words; i < (size_t)high * words; i++) p[i] = pa[i] & ~pb[i];
    to->first = first;
    to->end = end;
}

void lqi_plane_or(const lqi_grid *grid, const lqi_plane *a, const lqi_plane *b, lqi_plane *to)
{
    if (b->end <= b->first) {
        if (to->bits != a->bits) lqi_plane_copy(grid, a, to);
        return;
    }
    if (a->end <= a->first) {
        if (to->bits != b->bits) lqi_plane_copy(grid, b, to);
        to->first = b->first;
        to->end = b->end;
        return;
    }
    int32_t first = least(a->first, b->first), end = most(a->end, b->end);
    int32_t af = a->first, ae = a->end, bf = b->first, be = b->end;
    for (int32_t row = first; row < end; row++) {
        const uint64_t *pa = row >= af && row < ae ? lqi_plane_row(grid, a, row) : NULL;
        const uint64_t *pb = row >= bf && row < be ? lqi_plane_row(grid, b, row) : NULL;
        uint64_t *p = lqi_plane_row(grid, to, row);
        for (int32_t i = 0; i < grid->words; i++) p[i] = (pa ? pa[i] : 0) | (pb ? pb[i] : 0);
    }
    to->first = first;
    to->end = end;
}

static inline uint64_t left(const uint64_t *p, int s) { return p[0] << s | p[-1] >> (64 - s); }
static inline uint64_t right(const uint64_t *p, int s) { return p[0] >> s | p[1] << (64 - s); }

/* Rows widened or narrowed by each half width that the disc has. */
static void widen(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, bool grow, uint64_t *scratch)
{
    size_t words = (size_t)grid->words, plane = (size_t)(a->end - a->first) * words;
    const uint64_t *from = lqi_plane_row(grid, a, a->first);
    int widest = disc->half[0];
    /* wide[w] lies at scratch + w * plane; each from the one before. */
    memcpy(scratch, from, plane * sizeof *scratch);
    for (int w = 1; w <= widest; w++) {
        const uint64_t *before = scratch + (size_t)(w - 1) * plane;
        uint64_t *now = scratch + (size_t)w * plane;
        for (size_t row = 0; row < plane; row += words) {
            now[row] = now[row + words - 1] = 0;
            if (grow)
                for (size_t i = row + 1; i < row + words - 1; i++)
                    now[i] = before[i] | left(from + i, w) | right(from + i, w);
            else
                for (size_t i = row + 1; i < row + words - 1; i++)
                    now[i] = before[i] & left(from + i, w) & right(from + i, w);
        }
    }
}

void lqi_plane_erode(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, uint64_t *scratch, lqi_plane *to)
{
    int32_t first = a->first + disc->reach, end = a->end - disc->reach;
    to->first = to->end = a->first;
    if (end <= first) return;
    size_t words = (size_t)grid->words, plane = (size_t)(a->end - a->first) * words;
    widen(grid, a, disc, false, scratch);
    to->first = first;
    to->end = end;
    for (int32_t row = first; row < end; row++) {
        size_t at = (size_t)(row - a->first) * words;
        uint64_t *p = lqi_plane_row(grid, to, row);
        memcpy(p, scratch + disc->half[0] * plane + at, words * sizeof *p);
        for (int dy = 1; dy <= disc->reach; dy++) {
            const uint64_t *up = scratch + disc->half[dy] * plane + at + (size_t)dy * words;
            const uint64_t *down = scratch + disc->half[dy] * plane + at - (size_t)dy * words;
            for (size_t i = 0; i < words; i++) p[i] &= up[i] & down[i];
        }
    }
}

void lqi_plane_dilate(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, uint64_t *scratch, lqi_plane *to)
{
    if (a->end <= a->first) {
        to->first = to->end = a->first;
        return;
    }
    int32_t first = most(0, a->first - disc->reach), end = least(grid->rows, a->end + disc->reach);
    size_t words = (size_t)grid->words, plane = (size_t)(a->end - a->first) * words;
    widen(grid, a, disc, true, scratch);
    int32_t af = a->first, ae = a->end;
    lqi_plane_clear(grid, to, first, end);
    for (int32_t row = first; row < end; row++) {
        uint64_t *p = lqi_plane_row(grid, to, row);
        for (int dy = -disc->reach; dy <= disc->reach; dy++) {
            int32_t other = row + dy;
            if (other < af || other >= ae) continue;
            const uint64_t *q = scratch + disc->half[dy < 0 ? -dy : dy] * plane + (size_t)(other - af) * words;
            for (size_t i = 0; i < words; i++) p[i] |= q[i];
        }
    }
}

void lqi_plane_open(const lqi_grid *grid, const lqi_plane *a, lqi_plane *between, lqi_plane *to)
{
    int32_t first = a->first, end = a->end;
    between->first = first;
    between->end = end - 1;
    if (end - first < 2) {
        to->first = to->end = first;
        return;
    }
    for (int32_t row = first; row < end - 1; row++) {
        const uint64_t *x = lqi_plane_row(grid, a, row), *y = x + grid->words;
        uint64_t *p = lqi_plane_row(grid, between, row);
        p[0] = p[grid->words - 1] = 0;
        for (int32_t i = 1; i < grid->words - 1; i++) p[i] = x[i] & right(x + i, 1) & y[i] & right(y + i, 1);
    }
    for (int32_t row = first; row < end; row++) {
        const uint64_t *x = row < end - 1 ? lqi_plane_row(grid, between, row) : NULL;
        const uint64_t *y = row > first ? lqi_plane_row(grid, between, row - 1) : NULL;
        uint64_t *p = lqi_plane_row(grid, to, row);
        p[0] = p[grid->words - 1] = 0;
        for (int32_t i = 1; i < grid->words - 1; i++)
            p[i] = (x ? x[i] | left(x + i, 1) : 0) | (y ? y[i] | left(y + i, 1) : 0);
    }
    to->first = first;
    to->end = end;
}

static bool row_is_empty(const lqi_grid *grid, const lqi_plane *plane, int32_t row)
{
    const uint64_t *p = lqi_plane_row(grid, plane, row);
    uint64_t any = 0;
    for (int32_t i = 0; i < grid->words; i++) any |= p[i];
    return !any;
}

bool lqi_plane_trim(const lqi_grid *grid, lqi_plane *plane)
{
    while (plane->first < plane->end && row_is_empty(grid, plane, plane->first)) plane->first++;
    while (plane->end > plane->first && row_is_empty(grid, plane, plane->end - 1)) plane->end--;
    return plane->end > plane->first;
}

uint64_t lqi_plane_count(const lqi_grid *grid, const lqi_plane *plane)
{
    uint64_t sum = 0;
    if (plane->end <= plane->first) return 0;
    const uint64_t *p = lqi_plane_row(grid, plane, plane->first);
    size_t count = (size_t)(plane->end - plane->first) * (size_t)grid->words;
    for (size_t i = 0; i < count; i++) sum += (uint64_t)__builtin_popcountll(p[i]);
    return sum;
}

uint64_t lqi_plane_starts(const lqi_grid *grid, const lqi_plane *plane)
{
    uint64_t sum = 0;
    for (int32_t row = plane->first; row < plane->end; row++) {
        const uint64_t *p = lqi_plane_row(grid, plane, row);
        const uint64_t *above = row > plane->first ? p - grid->words : NULL;
        for (int32_t i = 1; i < grid->words - 1; i++) {
            sum += (uint64_t)__builtin_popcountll(p[i] & ~left(p + i, 1));
            sum += (uint64_t)__builtin_popcountll(p[i] & ~(above ? above[i] : 0));
        }
    }
    return sum;
}
