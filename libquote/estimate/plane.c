#include "estimate/plane.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "kernel/kernel_list.h"

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }

lqi_disc lqi_disc_make(double radius)
{
    lqi_disc disc = {0};
    if (!(radius > 0)) return disc;
    if (radius > LQI_DISC_REACH_MAX) radius = LQI_DISC_REACH_MAX;
    disc.reach = (int)radius;
    for (int dy = 0; dy <= disc.reach; dy++) disc.half[dy] = (uint8_t)sqrt(radius * radius - dy * dy);
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

static void combine(const lqi_grid *grid, lqi_words_op op, const lqi_plane *a, const lqi_plane *b, int32_t first,
                    int32_t end, lqi_plane *to)
{
    if (end <= first) return;
    grid->kernels->plane_words(op, lqi_plane_row(grid, a, first), lqi_plane_row(grid, b, first),
                               (size_t)(end - first) * (size_t)grid->words, 0, lqi_plane_row(grid, to, first));
}

static void copy_rows(const lqi_grid *grid, const lqi_plane *a, int32_t first, int32_t end, lqi_plane *to)
{
    if (end > first && to->bits != a->bits)
        memcpy(lqi_plane_row(grid, to, first), lqi_plane_row(grid, a, first),
               (size_t)(end - first) * (size_t)grid->words * sizeof(uint64_t));
}

void lqi_plane_and(const lqi_grid *grid, const lqi_plane *a, const lqi_plane *b, lqi_plane *to)
{
    int32_t first = most(a->first, b->first), end = most(first, least(a->end, b->end));
    combine(grid, LQI_WORDS_AND, a, b, first, end, to);
    to->first = first;
    to->end = end;
}

void lqi_plane_and_not(const lqi_grid *grid, const lqi_plane *a, const lqi_plane *b, lqi_plane *to)
{
    int32_t first = a->first, end = most(a->first, a->end);
    int32_t low = least(most(first, b->first), end), high = most(low, least(end, b->end));
    copy_rows(grid, a, first, low, to);
    combine(grid, LQI_WORDS_AND_NOT, a, b, low, high, to);
    copy_rows(grid, a, high, end, to);
    to->first = first;
    to->end = end;
}

void lqi_plane_or(const lqi_grid *grid, const lqi_plane *a, const lqi_plane *b, lqi_plane *to)
{
    if (b->end <= b->first || a->end <= a->first) {
        const lqi_plane *only = b->end <= b->first ? a : b;
        int32_t first = only->first, end = most(only->first, only->end);
        copy_rows(grid, only, first, end, to);
        to->first = first;
        to->end = end;
        return;
    }
    const lqi_plane *upper = a->first <= b->first ? a : b, *last = a->end >= b->end ? a : b;
    int32_t first = upper->first, low = most(a->first, b->first), high = least(a->end, b->end), end = last->end;
    if (low > high) { /* empty rows between them */
        int32_t gap_first = high, gap_end = low;
        copy_rows(grid, upper, first, gap_first, to);
        memset(lqi_plane_row(grid, to, gap_first), 0,
               (size_t)(gap_end - gap_first) * (size_t)grid->words * sizeof(uint64_t));
        copy_rows(grid, last, gap_end, end, to);
    } else {
        copy_rows(grid, upper, first, low, to);
        combine(grid, LQI_WORDS_OR, a, b, low, high, to);
        copy_rows(grid, last, high, end, to);
    }
    to->first = first;
    to->end = end;
}

static inline uint64_t left(const uint64_t *p, int s) { return p[0] << s | p[-1] >> (64 - s); }
static inline uint64_t right(const uint64_t *p, int s) { return p[0] >> s | p[1] << (64 - s); }

/* Rows widened or narrowed by each half width that the disc has: by w at scratch + w * plane. */
static void widen(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, bool grow, uint64_t *scratch)
{
    size_t words = (size_t)grid->words, plane = (size_t)(a->end - a->first) * words;
    const uint64_t *from = lqi_plane_row(grid, a, a->first);
    memcpy(scratch, from, plane * sizeof *scratch);
    for (int w = 1; w <= disc->half[0]; w++) {
        uint64_t *now = scratch + (size_t)w * plane;
        grid->kernels->plane_words(grow ? LQI_WORDS_WIDEN : LQI_WORDS_NARROW, now - plane, from, plane, w, now);
        for (size_t row = 0; row < plane; row += words) now[row] = now[row + words - 1] = 0;
    }
}

void lqi_plane_erode(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, uint64_t *scratch, lqi_plane *to)
{
    int32_t first = a->first + disc->reach, end = a->end - disc->reach;
    to->first = to->end = a->first;
    if (end <= first) return;
    size_t words = (size_t)grid->words, plane = (size_t)(a->end - a->first) * words;
    size_t reach = (size_t)disc->reach, count = (size_t)(end - first) * words;
    uint64_t *p = lqi_plane_row(grid, to, first);
    widen(grid, a, disc, false, scratch);
    memcpy(p, scratch + disc->half[0] * plane + reach * words, count * sizeof *p);
    for (size_t dy = 1; dy <= reach; dy++) {
        const uint64_t *from = scratch + disc->half[dy] * plane;
        grid->kernels->plane_words(LQI_WORDS_AND, p, from + (reach - dy) * words, count, 0, p);
        grid->kernels->plane_words(LQI_WORDS_AND, p, from + (reach + dy) * words, count, 0, p);
    }
    to->first = first;
    to->end = end;
}

void lqi_plane_dilate(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, uint64_t *scratch, lqi_plane *to)
{
    if (a->end <= a->first) {
        to->first = to->end = a->first;
        return;
    }
    int32_t first = most(0, a->first - disc->reach), end = least(grid->rows, a->end + disc->reach);
    size_t words = (size_t)grid->words, plane = (size_t)(a->end - a->first) * words;
    int32_t af = a->first, ae = a->end;
    widen(grid, a, disc, true, scratch);
    lqi_plane_clear(grid, to, first, end);
    for (int dy = -disc->reach; dy <= disc->reach; dy++) {
        int32_t low = most(first, af + dy), high = least(end, ae + dy);
        if (high <= low) continue;
        const uint64_t *from = scratch + disc->half[dy < 0 ? -dy : dy] * plane + (size_t)(low - dy - af) * words;
        uint64_t *p = lqi_plane_row(grid, to, low);
        grid->kernels->plane_words(LQI_WORDS_OR, p, from, (size_t)(high - low) * words, 0, p);
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
    static const uint64_t nothing[64];
    uint64_t sum = 0;
    if (plane->end <= plane->first) return 0;
    const uint64_t *p = lqi_plane_row(grid, plane, plane->first);
    size_t count = (size_t)(plane->end - plane->first) * (size_t)grid->words;
    for (size_t i = 0; i < count; i += 64)
        sum += grid->kernels->plane_count(p + i, nothing, count - i < 64 ? count - i : 64);
    return sum;
}

uint64_t lqi_plane_column_starts(const lqi_grid *grid, const lqi_plane *plane)
{
    if (plane->end <= plane->first) return 0;
    lqi_plane top = {plane->bits, plane->first, plane->first + 1};
    const uint64_t *p = lqi_plane_row(grid, plane, plane->first);
    size_t words = (size_t)grid->words;
    return lqi_plane_count(grid, &top) +
           grid->kernels->plane_count(p + words, p, (size_t)(plane->end - plane->first - 1) * words);
}

uint64_t lqi_plane_starts(const lqi_grid *grid, const lqi_plane *plane)
{
    uint64_t sum = lqi_plane_column_starts(grid, plane);
    for (int32_t row = plane->first; row < plane->end; row++) {
        const uint64_t *p = lqi_plane_row(grid, plane, row);
        for (int32_t i = 1; i < grid->words - 1; i++) sum += (uint64_t)__builtin_popcountll(p[i] & ~left(p + i, 1));
    }
    return sum;
}
