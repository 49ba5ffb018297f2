#include "mesh/near.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"

#define NONE UINT32_MAX
#define POINTS_PER_PROGRESS ((uint32_t)1 << 18)

#define DIGIT_BITS 8
#define DIGITS (1u << DIGIT_BITS)
#define DIGIT_COUNT 4

/* Runs of so few points are put in order one by one. */
#define INSERTION_MAX 24u

lq_status lqi_near_init(lqi_near *near, lq_context *context, const double *position, const double low[3],
                        const double high[3], uint32_t capacity)
{
    *near = (lqi_near){.context = context, .position = position, .capacity = capacity};
    double longest = 0;
    for (int k = 0; k < 3; k++) {
        near->origin[k] = low[k];
        if (high[k] - low[k] > longest) longest = high[k] - low[k];
    }
    near->scale = longest > 0 ? (double)UINT32_MAX / longest : 0;
    near->point = lqi_alloc_array(context, capacity, sizeof *near->point);
    near->leader = near->point ? lqi_alloc_array(context, capacity, sizeof *near->leader) : NULL;
    near->next = near->leader ? lqi_alloc_array(context, capacity, sizeof *near->next) : NULL;
    if (near->next) return LQ_OK;
    lqi_near_free(near);
    return lqi_memory_status(context);
}

void lqi_near_free(lqi_near *near)
{
    if (!near->context) return;
    lqi_free(near->context, near->point);
    lqi_free(near->context, near->leader);
    lqi_free(near->context, near->next);
    lqi_free(near->context, near->slot);
    *near = (lqi_near){0};
}

/* ---- order ---- */

static bool is_before(const lqi_near_point *a, const lqi_near_point *b)
{
    for (int k = 0; k < 3; k++)
        if (a->at[k] != b->at[k]) return a->at[k] < b->at[k];
    return false;
}

static void insertion_sort(lqi_near_point *points, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        lqi_near_point moving = points[i];
        uint32_t k = i;
        for (; k && is_before(&moving, &points[k - 1]); k--) points[k] = points[k - 1];
        points[k] = moving;
    }
}

/* By one coordinate, keeping the order of equals: digit by digit, lowest first. The points are in `points` afterwards.
 */
static void radix_sort(lqi_near_point *points, lqi_near_point *spare, uint32_t count, int axis)
{
    uint32_t start[DIGIT_COUNT][DIGITS] = {{0}};
    for (uint32_t i = 0; i < count; i++)
        for (int d = 0; d < DIGIT_COUNT; d++) start[d][points[i].at[axis] >> (unsigned)d * DIGIT_BITS & (DIGITS - 1)]++;
    lqi_near_point *from = points, *to = spare;
    for (int d = 0; d < DIGIT_COUNT; d++) {
        uint32_t sum = 0, most = 0;
        for (uint32_t i = 0; i < DIGITS; i++) {
            uint32_t here = start[d][i];
            most = here > most ? here : most;
            start[d][i] = sum;
            sum += here;
        }
        if (most == count) continue; /* all alike */
        for (uint32_t i = 0; i < count; i++)
            to[start[d][from[i].at[axis] >> (unsigned)d * DIGIT_BITS & (DIGITS - 1)]++] = from[i];
        lqi_near_point *swap = from;
        from = to;
        to = swap;
    }
    if (from != points) memcpy(points, from, count * sizeof *points);
}

/* Of points on the same step the one whose exact position comes first leads the others. */
static void lead_with_first(const lqi_near *near, lqi_near_point *points, uint32_t count)
{
    uint32_t first = 0;
    for (uint32_t i = 1; i < count; i++) {
        const double *a = near->position + (size_t)3 * points[i].vertex,
                     *b = near->position + (size_t)3 * points[first].vertex;
        int k = 0;
        while (k < 2 && a[k] == b[k]) k++;
        if (a[k] < b[k]) first = i;
    }
    lqi_near_point swap = points[0];
    points[0] = points[first];
    points[first] = swap;
}

lq_status lqi_near_sort(lqi_near *near)
{
    lqi_near_point *p = near->point;
    uint32_t count = near->count;
    lqi_near_point *spare = lqi_alloc_array(near->context, count, sizeof *spare);
    if (!spare) return lqi_memory_status(near->context);
    radix_sort(p, spare, count, 0);
    lq_status status = LQ_OK;
    for (uint32_t i = 0, end; i < count && status == LQ_OK; i = end) {
        for (end = i + 1; end < count && p[end].at[0] == p[i].at[0];) end++;
        if (end - i <= INSERTION_MAX) {
            insertion_sort(p + i, end - i);
        } else {
            status = lqi_progress(near->context, "cracks", i, count);
            radix_sort(p + i, spare, end - i, 2);
            radix_sort(p + i, spare, end - i, 1);
        }
    }
    lqi_free(near->context, spare);
    for (uint32_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && memcmp(p[end].at, p[i].at, sizeof p->at) == 0;) end++;
        if (end - i > 1) lead_with_first(near, p + i, end - i);
    }
    return status;
}

/* ---- the walk ---- */

/* Rounding down moves a point by less than a step along each axis: so much nearer must they be. */
#define ROUNDING 2

static uint64_t steps_of(const lqi_near *near, double tolerance)
{
    double steps = tolerance * near->scale - ROUNDING;
    return steps > 0 ? (uint64_t)steps : 0;
}

/* The most points within one tolerance along the walk: so many leaders can matter at a time. */
static uint32_t most_at_once(const lqi_near *near, uint32_t count, uint64_t reach)
{
    uint32_t most = 0;
    for (uint32_t i = 0, first = 0; i < count; i++) {
        while ((uint64_t)near->point[i].at[0] - near->point[first].at[0] > reach) first++;
        if (i - first + 1 > most) most = i - first + 1;
    }
    return most;
}

static lq_status clear_slots(lqi_near *near, uint32_t leaders, uint64_t *mask)
{
    size_t slots = 64;
    while (slots < 2 * (size_t)leaders) slots *= 2;
    if (slots > near->slot_capacity) {
        lqi_free(near->context, near->slot);
        near->slot_capacity = 0;
        near->slot = lqi_alloc_array(near->context, slots, sizeof *near->slot);
        if (!near->slot) return lqi_memory_status(near->context);
        near->slot_capacity = slots;
    }
    memset(near->slot, 0xFF, slots * sizeof *near->slot);
    *mask = slots - 1;
    return LQ_OK;
}

/* Across the walk there are square cells, at least four tolerances wide, so that most points concern one of them. */
typedef struct cells {
    uint64_t reach, reach2;
    unsigned shift;
    uint64_t mask, seed; /* keyed, so that a crafted file cannot fill one slot; the seed never reaches a result */
} cells;

static inline uint64_t slot_of(const cells *c, uint64_t y, uint64_t z)
{
    uint64_t hash = ((y << 32 | z) ^ c->seed) * 0x9FB21C651E98DF25u;
    return (hash ^ hash >> 32) & c->mask;
}

static inline uint64_t apart(uint32_t a, uint32_t b) { return a > b ? a - b : b - a; }

static inline uint64_t square_of_distance(const uint32_t a[3], const uint32_t b[3])
{
    uint64_t x = apart(a[0], b[0]), y = apart(a[1], b[1]), z = apart(a[2], b[2]);
    return x * x + y * y + z * z;
}

/* The first leader within reach among those of one slot, or `best`. */
static inline uint32_t look_into(lqi_near *near, const cells *c, uint32_t *link, const uint32_t at[3], uint32_t best)
{
    while (*link != NONE) {
        const uint32_t *other = near->point[*link].at;
        if (at[0] - other[0] > c->reach) {
            *link = NONE; /* left behind, with all that come after it */
            break;
        }
        if (apart(at[1], other[1]) <= c->reach && apart(at[2], other[2]) <= c->reach && *link < best &&
            square_of_distance(at, other) <= c->reach2)
            best = *link;
        link = &near->next[*link];
    }
    return best;
}

static inline uint32_t find_leader(lqi_near *near, const cells *c, const uint32_t at[3])
{
    uint64_t low_y = (at[1] > c->reach ? at[1] - c->reach : 0) >> c->shift, high_y = (at[1] + c->reach) >> c->shift;
    uint64_t low_z = (at[2] > c->reach ? at[2] - c->reach : 0) >> c->shift, high_z = (at[2] + c->reach) >> c->shift;
    uint32_t best = NONE;
    for (uint64_t y = low_y; y <= high_y; y++)
        for (uint64_t z = low_z; z <= high_z; z++) best = look_into(near, c, &near->slot[slot_of(c, y, z)], at, best);
    return best;
}

lq_status lqi_near_group(lqi_near *near, uint32_t count, double tolerance, lqi_near_groups *groups)
{
    cells c = {.reach = steps_of(near, tolerance), .seed = lqi_hash_seed(near->context, 'n')};
    c.reach2 = c.reach * c.reach;
    while ((uint64_t)1 << c.shift < 4 * c.reach) c.shift++;
    uint32_t joined = 0;
    uint64_t farthest2 = 0;
    LQI_TRY(clear_slots(near, most_at_once(near, count, c.reach), &c.mask));
    for (uint32_t i = 0; i < count; i++) {
        if (i % POINTS_PER_PROGRESS == 0) LQI_TRY(lqi_progress(near->context, "cracks", i, count));
        const uint32_t *at = near->point[i].at;
        uint32_t leader = find_leader(near, &c, at);
        if (leader != NONE) {
            uint64_t distance2 = square_of_distance(at, near->point[leader].at);
            farthest2 = distance2 > farthest2 ? distance2 : farthest2;
            near->leader[i] = leader;
            joined++;
            continue;
        }
        uint32_t *slot = &near->slot[slot_of(&c, at[1] >> c.shift, at[2] >> c.shift)];
        near->leader[i] = i;
        near->next[i] = *slot;
        *slot = i;
    }
    *groups = (lqi_near_groups){joined, joined ? (sqrt((double)farthest2) + ROUNDING) / near->scale : 0};
    return LQ_OK;
}

bool lqi_near_is_complete(const lqi_near *near, uint32_t leader, uint32_t end, double tolerance)
{
    return end == near->count ||
           (uint64_t)near->point[end].at[0] - near->point[leader].at[0] > steps_of(near, tolerance);
}
