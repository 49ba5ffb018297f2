#include "mesh/near.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"

#define NONE UINT32_MAX
#define POINTS_PER_PROGRESS ((uint32_t)1 << 18)
#define POINTS_PER_STEP 4096u
#define POINTS_PER_LOOK 32u
#define POINTS_AHEAD 16u

#define DIGIT_BITS 8
#define DIGITS (1u << DIGIT_BITS)
#define DIGIT_COUNT 4

/* Runs of so few points are put in order one by one. */
#define INSERTION_MAX 24u

/* Points are dealt out to slabs across the walk, which are then sorted in cache. */
#define SLAB_POINTS 2048u
#define SLAB_BITS_MAX 12

static inline uint32_t step_of(const lqi_near *near, const double *position, int axis)
{
    return (uint32_t)((position[axis] - near->origin[axis]) * near->scale);
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

/* Points of one slab. spare: room for as many. */
static void sort_slab(const lqi_near *near, lqi_near_point *points, lqi_near_point *spare, uint32_t count)
{
    if (count <= INSERTION_MAX)
        insertion_sort(points, count);
    else
        radix_sort(points, spare, count, 0);
    for (uint32_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && points[end].at[0] == points[i].at[0];) end++;
        if (end - i == 1) continue;
        if (end - i <= INSERTION_MAX) {
            insertion_sort(points + i, end - i);
        } else {
            radix_sort(points + i, spare, end - i, 2);
            radix_sort(points + i, spare, end - i, 1);
        }
        for (uint32_t k = i, same; k < end; k = same) {
            for (same = k + 1; same < end && memcmp(points[same].at, points[k].at, sizeof points->at) == 0;) same++;
            if (same - k > 1) lead_with_first(near, points + k, same - k);
        }
    }
}

/* Points few at a time: their positions are on the way before they are read, because most may lie far apart. */
#define BATCH 32u

static uint32_t next_batch(const lqi_near *near, const uint32_t *to, uint32_t vertex_count, uint32_t *vertex,
                           uint32_t batch[BATCH])
{
    uint32_t found = 0, v = *vertex;
    for (; found < BATCH && v < vertex_count; v++) {
        batch[found] = v;
        if (to[v] == LQI_NO_POINT) continue;
        __builtin_prefetch(near->position + (size_t)3 * v);
        found++;
    }
    *vertex = v;
    return found;
}

/* end: where each slab ends. */
static void deal_out(lqi_near *near, const uint32_t *to, uint32_t vertex_count, unsigned shift, uint32_t *end)
{
    uint32_t batch[BATCH], next = 0, sum = 0;
    for (uint32_t found; (found = next_batch(near, to, vertex_count, &next, batch));)
        for (uint32_t i = 0; i < found; i++) end[step_of(near, near->position + (size_t)3 * batch[i], 0) >> shift]++;
    for (uint32_t i = 0; i < (uint32_t)1 << (32 - shift); i++) {
        uint32_t here = end[i];
        end[i] = sum;
        sum += here;
    }
    next = 0;
    for (uint32_t found; (found = next_batch(near, to, vertex_count, &next, batch));)
        for (uint32_t i = 0; i < found; i++) {
            const double *p = near->position + (size_t)3 * batch[i];
            uint32_t x = step_of(near, p, 0);
            near->point[end[x >> shift]++] = (lqi_near_point){{x, step_of(near, p, 1), step_of(near, p, 2)}, batch[i]};
        }
}

static lq_status put_in_order(lqi_near *near, const uint32_t *to, uint32_t vertex_count)
{
    unsigned bits = 1;
    while (bits < SLAB_BITS_MAX && near->count >> bits > SLAB_POINTS) bits++;
    uint32_t slabs = (uint32_t)1 << bits, most = 0;
    uint32_t *end = lqi_alloc_zeroed(near->context, slabs, sizeof *end);
    if (!end) return lqi_memory_status(near->context);
    deal_out(near, to, vertex_count, 32 - bits, end);
    for (uint32_t i = 0; i < slabs; i++) {
        uint32_t here = end[i] - (i ? end[i - 1] : 0);
        most = here > most ? here : most;
    }
    lqi_near_point *spare = lqi_alloc_array(near->context, most, sizeof *spare);
    lq_status status = spare ? LQ_OK : lqi_memory_status(near->context);
    for (uint32_t i = 0, first = 0; i < slabs && status == LQ_OK; first = end[i++]) {
        if (i % 64 == 0) status = lqi_progress(near->context, "cracks", i, slabs);
        sort_slab(near, near->point + first, spare, end[i] - first);
    }
    lqi_free(near->context, spare);
    lqi_free(near->context, end);
    return status;
}

lq_status lqi_near_init(lqi_near *near, lq_context *context, const double *position, const uint32_t *to,
                        uint32_t vertex_count, uint32_t count, const double low[3], const double high[3])
{
    *near = (lqi_near){.context = context, .position = position, .count = count};
    double longest = 0;
    for (int k = 0; k < 3; k++) {
        near->origin[k] = low[k];
        if (high[k] - low[k] > longest) longest = high[k] - low[k];
    }
    near->scale = (double)UINT32_MAX / longest;
    near->point = lqi_alloc_array(context, count, sizeof *near->point);
    lq_status status = near->point ? put_in_order(near, to, vertex_count) : lqi_memory_status(context);
    if (status != LQ_OK) lqi_near_free(near);
    return status;
}

void lqi_near_free(lqi_near *near)
{
    if (!near->context) return;
    lqi_free(near->context, near->point);
    lqi_free(near->context, near->next);
    lqi_free(near->context, near->slot);
    *near = (lqi_near){0};
}

/* ---- the walk ---- */

/* Rounding down moves a point by less than a step along each axis: so much nearer must they be. */
#define ROUNDING 2

static uint64_t steps_of(const lqi_near *near, double tolerance)
{
    double steps = tolerance * near->scale - ROUNDING;
    return steps > 0 ? (uint64_t)steps : 0;
}

/* How many points lie within one tolerance behind another along the walk, and so how many leaders matter at a time: no
 * fewer than the most, and than the mean. */
typedef struct crowd {
    uint32_t most, mean;
} crowd;

static crowd find_crowd(const lqi_near *near, uint32_t count, uint64_t reach)
{
    uint64_t most = 0, sum = 0;
    for (uint32_t i = 0, first = 0; i < count; i += POINTS_PER_LOOK) {
        while ((uint64_t)near->point[i].at[0] - near->point[first].at[0] > reach) first++;
        uint64_t end = (uint64_t)i + POINTS_PER_LOOK, here = (end < count ? end : count) - first;
        most = here > most ? here : most;
        sum += here;
    }
    return (crowd){(uint32_t)most, (uint32_t)(sum / (count / POINTS_PER_LOOK + 1)) + 1};
}

static lq_status clear_slots(lqi_near *near, uint32_t leaders, uint64_t *mask)
{
    size_t slots = 64;
    while (slots < 2 * (size_t)leaders) slots *= 2;
    if (slots > near->slot_capacity) {
        lqi_free(near->context, near->slot);
        lqi_free(near->context, near->next);
        near->slot_capacity = 0;
        near->next = NULL;
        near->slot = lqi_alloc_array(near->context, slots, sizeof *near->slot);
        if (near->slot) near->next = lqi_alloc_array(near->context, slots, sizeof *near->next);
        if (!near->next) return lqi_memory_status(near->context);
        near->slot_capacity = slots;
    }
    memset(near->slot, 0xFF, slots * sizeof *near->slot);
    *mask = slots - 1;
    return LQ_OK;
}

/* Across the walk there are square cells, so many tolerances wide at least. In wide ones a point seldom concerns more
 * than one; where many leaders matter at a time, narrow ones bound how many of them share a cell. */
#define CELL_WIDE 32u
#define CELL_NARROW 4u
#define FEW 512u

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

static inline bool in_reach(const cells *c, uint32_t a, uint32_t b)
{
    int64_t apart = (int64_t)a - b;
    return (uint64_t)(apart + (int64_t)c->reach) <= 2 * c->reach;
}

/* Of points that are in reach along each axis. */
static inline uint64_t square_of_distance(const uint32_t a[3], const uint32_t b[3])
{
    int64_t x = (int64_t)a[0] - b[0], y = (int64_t)a[1] - b[1], z = (int64_t)a[2] - b[2];
    return (uint64_t)(x * x + y * y + z * z);
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
        if (in_reach(c, at[1], other[1]) && in_reach(c, at[2], other[2]) && *link < best &&
            square_of_distance(at, other) <= c->reach2)
            best = *link;
        link = &near->next[*link & c->mask];
    }
    return best;
}

/* One cell more keeps what is in reach of the lowest from being negative. */
static inline uint64_t cell_of(const cells *c, uint64_t at) { return (at + ((uint64_t)1 << c->shift)) >> c->shift; }

static inline uint32_t find_leader(lqi_near *near, const cells *c, const uint32_t at[3])
{
    uint64_t low_y = cell_of(c, at[1] - c->reach), high_y = cell_of(c, at[1] + c->reach);
    uint64_t low_z = cell_of(c, at[2] - c->reach), high_z = cell_of(c, at[2] + c->reach);
    uint32_t best = NONE;
    if (low_y == high_y && low_z == high_z) return look_into(near, c, &near->slot[slot_of(c, low_y, low_z)], at, best);
    for (uint64_t y = low_y; y <= high_y; y++)
        for (uint64_t z = low_z; z <= high_z; z++) best = look_into(near, c, &near->slot[slot_of(c, y, z)], at, best);
    return best;
}

typedef struct walker {
    lqi_near *near;
    cells cells;
    uint32_t *to;
    uint32_t joined;
    uint64_t farthest2;
} walker;

/* The points [from, end) of the walk. */
static void walk(walker *w, uint32_t from, uint32_t end)
{
    lqi_near *near = w->near;
    const cells *c = &w->cells;
    for (uint32_t i = from; i < end; i++) {
        const lqi_near_point *point = &near->point[i];
        if (end - i > POINTS_AHEAD) __builtin_prefetch(&w->to[point[POINTS_AHEAD].vertex], 1);
        uint32_t leader = find_leader(near, c, point->at);
        if (leader == NONE) {
            uint32_t *slot = &near->slot[slot_of(c, cell_of(c, point->at[1]), cell_of(c, point->at[2]))];
            near->next[i & c->mask] = *slot;
            *slot = i;
            w->to[point->vertex] = point->vertex;
            continue;
        }
        uint64_t distance2 = square_of_distance(point->at, near->point[leader].at);
        w->farthest2 = distance2 > w->farthest2 ? distance2 : w->farthest2;
        w->joined++;
        w->to[point->vertex] = near->point[leader].vertex;
    }
}

/* In steps, so that it can be cancelled, and end once any point has joined if that is all that is asked. */
static lq_status walk_all(lqi_near *near, uint32_t count, double tolerance, bool only_any, uint32_t *to,
                          lqi_near_groups *groups)
{
    walker w = {.near = near, .to = to};
    cells *c = &w.cells;
    c->reach = steps_of(near, tolerance);
    c->reach2 = c->reach * c->reach;
    c->seed = lqi_hash_seed(near->context, 'n');
    crowd at_once = find_crowd(near, count, c->reach);
    while ((uint64_t)1 << c->shift < (at_once.mean <= FEW ? CELL_WIDE : CELL_NARROW) * c->reach) c->shift++;
    LQI_TRY(clear_slots(near, at_once.most, &c->mask));
    for (uint32_t i = 0; i < count && !(only_any && w.joined); i += POINTS_PER_STEP) {
        if (i % POINTS_PER_PROGRESS == 0) LQI_TRY(lqi_progress(near->context, "cracks", i, count));
        walk(&w, i, count - i < POINTS_PER_STEP ? count : i + POINTS_PER_STEP);
    }
    *groups = (lqi_near_groups){w.joined, w.joined ? (sqrt((double)w.farthest2) + ROUNDING) / near->scale : 0};
    return LQ_OK;
}

lq_status lqi_near_group(lqi_near *near, uint32_t count, double tolerance, uint32_t *to, lqi_near_groups *groups)
{
    return walk_all(near, count, tolerance, false, to, groups);
}

lq_status lqi_near_any(lqi_near *near, double tolerance, uint32_t *to, bool *any)
{
    lqi_near_groups groups = {0};
    uint32_t few = near->count < POINTS_PER_STEP ? near->count : POINTS_PER_STEP;
    LQI_TRY(walk_all(near, few, tolerance, true, to, &groups));
    if (!groups.joined) LQI_TRY(walk_all(near, near->count, tolerance, true, to, &groups));
    *any = groups.joined != 0;
    return LQ_OK;
}

bool lqi_near_is_complete(const lqi_near *near, uint32_t leader_vertex, uint32_t end, double tolerance)
{
    if (end == near->count) return true;
    uint32_t at = step_of(near, near->position + (size_t)3 * leader_vertex, 0);
    return near->point[end].at[0] - at > steps_of(near, tolerance);
}
