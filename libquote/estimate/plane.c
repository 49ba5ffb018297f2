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

/* By how much more the rows that are widened by `width` can be widened at once, towards `goal`: not so far that a gap
 * remains. */
static int step_towards(int width, int goal) { return least(goal - width, 2 * width + 1); }

static bool has_width(const lqi_disc *disc, int width)
{
    for (int dy = 0; dy <= disc->reach; dy++)
        if (disc->half[dy] == width) return true;
    return false;
}

/* The least half width of the disc that is more than this one. */
static int next_width(const lqi_disc *disc, int width)
{
    while (!has_width(disc, ++width)) {
    }
    return width;
}

static int width_count(const lqi_disc *disc)
{
    int count = 1;
    for (int width = 0; width < disc->half[0]; count++) width += step_towards(width, next_width(disc, width));
    return count;
}

/* Rows that are done at once: their widened copies lie near the core. */
#define WORDS_AT_ONCE 512

static int32_t rows_at_once(const lqi_grid *grid, const lqi_disc *disc)
{
    return most(2 * disc->reach + 1, WORDS_AT_ONCE / grid->words);
}

size_t lqi_disc_room(const lqi_grid *grid, const lqi_disc *disc)
{
    size_t rows = (size_t)(rows_at_once(grid, disc) + 2 * disc->reach);
    return (size_t)width_count(disc) * (rows * (size_t)grid->words + 1) + 1;
}

/* Rows [first, end), from all rows within reach; those that a does not have are empty. */
static void apply_disc(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, bool grow, int32_t first,
                       int32_t end, uint64_t *scratch, uint64_t *to)
{
    size_t words = (size_t)grid->words, reach = (size_t)disc->reach, count = (size_t)(end - first) * words;
    size_t taken = count + 2 * reach * words;
    int32_t from = first - disc->reach, low = most(from, a->first), high = least(end + disc->reach, a->end);
    const uint64_t *of[LQI_DISC_REACH_MAX + 1];
    *scratch++ = 0;
    of[0] = scratch;
    memset(scratch, 0, (size_t)(low - from) * words * sizeof *scratch);
    memcpy(scratch + (size_t)(low - from) * words, lqi_plane_row(grid, a, low),
           (size_t)(high - low) * words * sizeof *scratch);
    memset(scratch + (size_t)(high - from) * words, 0, (taken + 1 - (size_t)(high - from) * words) * sizeof *scratch);
    for (int width = 0; width < disc->half[0];) {
        const uint64_t *narrower = scratch;
        int step = step_towards(width, next_width(disc, width));
        scratch += taken + 1;
        scratch[taken] = 0;
        grid->kernels->plane_words(grow ? LQI_WORDS_WIDEN : LQI_WORDS_NARROW, narrower, narrower, taken, step, scratch);
        width += step;
        of[width] = scratch;
    }
    const uint64_t *middle = of[disc->half[0]] + reach * words;
    if (!reach) memcpy(to, middle, count * sizeof *to);
    for (size_t dy = 1; dy <= reach; dy++)
        grid->kernels->plane_words(grow ? LQI_WORDS_OR_PAIR : LQI_WORDS_AND_PAIR, dy > 1 ? to : middle,
                                   of[disc->half[dy]] + (reach - dy) * words, count, (int)(2 * dy * words), to);
}

static void apply(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, bool grow, int32_t first, int32_t end,
                  uint64_t *scratch, lqi_plane *to)
{
    int32_t rows = rows_at_once(grid, disc);
    for (int32_t at = first; at < end; at += rows)
        apply_disc(grid, a, disc, grow, at, least(end, at + rows), scratch, lqi_plane_row(grid, to, at));
    to->first = first;
    to->end = end;
}

void lqi_plane_erode(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, uint64_t *scratch, lqi_plane *to)
{
    int32_t first = a->first + disc->reach;
    apply(grid, a, disc, false, first, most(first, a->end - disc->reach), scratch, to);
}

void lqi_plane_dilate(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, uint64_t *scratch, lqi_plane *to)
{
    int32_t first = most(0, a->first - disc->reach), end = least(grid->rows, a->end + disc->reach);
    apply(grid, a, disc, true, first, a->end > a->first ? end : first, scratch, to);
}

void lqi_plane_open(const lqi_grid *grid, const lqi_plane *a, lqi_plane *between, lqi_plane *to)
{
    int32_t first = a->first, end = a->end;
    between->first = to->first = first;
    between->end = end - 1;
    to->end = end;
    if (end - first < 2) {
        to->end = first;
        return;
    }
    size_t words = (size_t)grid->words, count = (size_t)(end - first - 1) * words;
    const uint64_t *x = lqi_plane_row(grid, a, first);
    uint64_t *b = lqi_plane_row(grid, between, first), *p = lqi_plane_row(grid, to, first);
    lqi_plane_words_fn *combine_words = grid->kernels->plane_words;
    combine_words(LQI_WORDS_AND_DOWN, x, x, count + words, 1, b);
    combine_words(LQI_WORDS_AND, b, b + words, count, 0, b);
    combine_words(LQI_WORDS_OR_UP, b, b, count, 1, p);
    memset(p + count, 0, words * sizeof *p);
    combine_words(LQI_WORDS_OR_UP, p + words, b, count, 1, p + words);
    combine_words(LQI_WORDS_OR, p + words, b, count, 0, p + words);
}

static bool row_is_empty(const lqi_grid *grid, const lqi_plane *plane, int32_t row)
{
    const uint64_t *p = lqi_plane_row(grid, plane, row);
    uint64_t any = 0;
    int32_t i = grid->words & 1;
    if (i) any = p[0];
    for (; i < grid->words; i += 2) any |= p[i] | p[i + 1];
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

uint64_t lqi_plane_starts(const lqi_grid *grid, const lqi_plane *plane)
{
    uint64_t sum = 0;
    for (int32_t row = plane->first; row < plane->end; row++) {
        const uint64_t *p = lqi_plane_row(grid, plane, row), *above = row > plane->first ? p - grid->words : NULL;
        for (int32_t i = 0; i < grid->words; i++) {
            sum += (uint64_t)__builtin_popcountll(p[i] & ~(p[i] << 1 | (i ? p[i - 1] >> 63 : 0)));
            sum += (uint64_t)__builtin_popcountll(p[i] & ~(above ? above[i] : 0));
        }
    }
    return sum;
}
