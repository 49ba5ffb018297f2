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

int lqi_disc_widths(const lqi_disc *disc)
{
    int count = 0;
    for (int width = 0; width < disc->half[0]; count++) width += step_towards(width, next_width(disc, width));
    return count;
}

/* The rows of a plane, widened or narrowed by each half width that the disc has. Width 0 is the plane itself. */
typedef struct widths {
    const uint64_t *of[LQI_DISC_REACH_MAX + 1];
} widths;

static widths widen(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, bool grow, uint64_t *scratch)
{
    size_t plane = (size_t)(a->end - a->first) * (size_t)grid->words;
    widths w = {.of[0] = lqi_plane_row(grid, a, a->first)};
    const uint64_t *from = w.of[0];
    *scratch++ = 0;
    for (int width = 0; width < disc->half[0]; scratch += plane + 1) {
        scratch[plane] = 0;
        int step = step_towards(width, next_width(disc, width));
        grid->kernels->plane_words(grow ? LQI_WORDS_WIDEN : LQI_WORDS_NARROW, from, from, plane, step, scratch);
        width += step;
        w.of[width] = from = scratch;
    }
    return w;
}

void lqi_plane_erode(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, uint64_t *scratch, lqi_plane *to)
{
    int32_t first = a->first + disc->reach, end = a->end - disc->reach;
    to->first = to->end = a->first;
    if (end <= first) return;
    size_t words = (size_t)grid->words, reach = (size_t)disc->reach, count = (size_t)(end - first) * words;
    uint64_t *p = lqi_plane_row(grid, to, first);
    widths narrowed = widen(grid, a, disc, false, scratch);
    const uint64_t *middle = narrowed.of[disc->half[0]] + reach * words;
    if (!reach) memcpy(p, middle, count * sizeof *p);
    for (size_t dy = 1; dy <= reach; dy++) {
        const uint64_t *from = narrowed.of[disc->half[dy]];
        grid->kernels->plane_words(LQI_WORDS_AND, dy > 1 ? p : middle, from + (reach - dy) * words, count, 0, p);
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
    size_t words = (size_t)grid->words;
    int32_t af = a->first, ae = a->end;
    widths widened = widen(grid, a, disc, true, scratch);
    lqi_plane_clear(grid, to, first, af);
    lqi_plane_clear(grid, to, ae, end);
    memcpy(lqi_plane_row(grid, to, af), widened.of[disc->half[0]], (size_t)(ae - af) * words * sizeof(uint64_t));
    for (int dy = -disc->reach; dy <= disc->reach; dy++) {
        int32_t low = most(first, af + dy), high = least(end, ae + dy);
        if (high <= low || !dy) continue;
        const uint64_t *from = widened.of[disc->half[dy < 0 ? -dy : dy]] + (size_t)(low - dy - af) * words;
        uint64_t *p = lqi_plane_row(grid, to, low);
        grid->kernels->plane_words(LQI_WORDS_OR, p, from, (size_t)(high - low) * words, 0, p);
    }
    to->first = first;
    to->end = end;
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
