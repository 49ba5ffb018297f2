#include "measure/orientation.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/cube_root.h"
#include "base/fail.h"
#include "measure/orientation_box.h"
#include "measure/orientation_samples.h"
#include "measure/orientation_thin.h"

#define CANDIDATES_MAX 32
#define FACES_TAKEN 12
#define BINS_TAKEN 12
#define OPPOSITES_TAKEN 6
#define RATED 5 /* besides the way as given */

#define SAME_WAY 0.99619469809175 /* cosine of 5 degrees */
#define IS_AXIS 0.99999961923     /* of a twentieth of a degree */
#define ON_BED 0.99862953475457   /* of 3 degrees */
#define HANGING_COSINE 0.70723014 /* of 44.99 degrees */

/* Ways are rated by so many columns across, and so many runs; finer bodies leave columns out. */
#define RATING_ACROSS 128
#define RATING_RUNS_MAX ((uint64_t)1 << 18)

/* What nothing else is worth a turn for. */
#define CLEARLY_BETTER 0.95

/* What a way costs, in mm3 of material, by usual rates of extrusion: support is printed sparsely, what it touches is
 * finished by hand, and each layer takes its time. */
#define COST_SUPPORT 0.2
#define COST_TOUCHED 2
#define COST_HEIGHT 45
/* What falls below this tilt, or stands on less than this share of what a cube of its volume stands on, fails often: in
 * shares of the volume. */
#define STEADY_DEGREES 15
#define COST_UNSTEADY 0.1
#define STEADY_CONTACT 0.1
#define COST_SMALL_CONTACT 0.1

/* A way that is looked at: what points down, and what it costs by the histogram of normals alone. */
typedef struct candidate {
    double down[3], cost;
} candidate;

typedef struct candidates {
    candidate way[CANDIDATES_MAX];
    uint32_t count;
} candidates;

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/* Directions that are an axis but for rounding become it. Ways that are already there, within five degrees, are left
 * out: those that were found more exactly come first. */
static void add_way(candidates *list, const double direction[3])
{
    double down[3] = {direction[0], direction[1], direction[2]};
    for (int i = 0; i < 3; i++)
        if (fabs(direction[i]) > IS_AXIS)
            for (int k = 0; k < 3; k++) down[k] = k == i ? (direction[i] > 0 ? 1 : -1) : 0;
    if (list->count == CANDIDATES_MAX || down[2] == -1) return; /* as given */
    for (uint32_t i = 0; i < list->count; i++)
        if (dot(list->way[i].down, down) > SAME_WAY) return;
    memcpy(list->way[list->count++].down, down, sizeof down);
}

/* The cells of the histogram with most area. */
static void add_bins(const lqi_normals *normals, candidates *list)
{
    uint32_t largest[BINS_TAKEN], count = 0;
    for (uint32_t bin = 0; bin < LQI_NORMAL_BINS; bin++) {
        uint32_t at = count;
        if (!(normals->bin[bin].area > 0)) continue;
        while (at && normals->bin[largest[at - 1]].area < normals->bin[bin].area) at--;
        if (at == BINS_TAKEN) continue;
        count += count < BINS_TAKEN;
        for (uint32_t k = count - 1; k > at; k--) largest[k] = largest[k - 1];
        largest[at] = bin;
    }
    double down[3];
    for (uint32_t i = 0; i < count; i++)
        if (lqi_normal_of_bin(normals, largest[i], down)) add_way(list, down);
    for (uint32_t i = 0; i < count && i < OPPOSITES_TAKEN; i++)
        if (lqi_normal_of_bin(normals, largest[i], down)) add_way(list, (double[]){-down[0], -down[1], -down[2]});
}

static double cost_of(const lqi_orientation *o, double volume)
{
    double side = lqi_cube_root(volume), steady = side * side * STEADY_CONTACT;
    double cost = COST_SUPPORT * o->support_mm3 + COST_TOUCHED * o->touched_mm2 + COST_HEIGHT * o->height_mm;
    if (!(o->tipping_degrees >= STEADY_DEGREES)) {
        double tilt = o->tipping_degrees > 0 ? o->tipping_degrees : 0; /* NaN: it has no contact */
        cost += COST_UNSTEADY * volume * (1 - tilt / STEADY_DEGREES);
    }
    if (o->contact_mm2 < steady) cost += COST_SMALL_CONTACT * volume * (1 - o->contact_mm2 / steady);
    return cost;
}

/* From the histogram alone: what hangs over does so in the middle on average, what looks straight down lies on the bed
 * as far as the hull has a face there. */
static void screen(const lqi_normals *normals, const lqi_hull *hull, double volume, candidate *way)
{
    const double up[3] = {-way->down[0], -way->down[1], -way->down[2]};
    lqi_orientation guess = {.tipping_degrees = 90};
    double level = 0, face = 0, shadow = 0;
    for (uint32_t bin = 0; bin < LQI_NORMAL_BINS; bin++) {
        double along = dot(normals->bin[bin].sum, way->down), area = normals->bin[bin].area;
        if (!(along > HANGING_COSINE * area)) continue;
        if (along > ON_BED * area)
            level += area;
        else {
            guess.touched_mm2 += area;
            shadow += along;
        }
    }
    for (uint32_t i = 0; i < hull->face_count; i++)
        if (dot(hull->face[i].normal, way->down) > ON_BED) face += hull->face[i].area;
    guess.contact_mm2 = fmin(level, face);
    guess.touched_mm2 += level - guess.contact_mm2;
    guess.height_mm = lqi_hull_reach(hull, way->down) + lqi_hull_reach(hull, up);
    guess.support_mm3 = (shadow + level - guess.contact_mm2) * guess.height_mm / 2;
    way->cost = cost_of(&guess, volume);
}

/* The shortest turn that takes `down` to the bottom. */
static void find_rotation(const double down[3], double rotation[9])
{
    double x = -down[1], y = down[0], c = -down[2]; /* down cross (0, 0, -1), and their dot product */
    if (c < -IS_AXIS) {
        memcpy(rotation, (double[]){1, 0, 0, 0, -1, 0, 0, 0, -1}, 9 * sizeof *rotation);
        return;
    }
    double k = 1 / (1 + c);
    const double turn[9] = {c + k * x * x, k * x * y, y, k * x * y, c + k * y * y, -x, -y, x, c};
    memcpy(rotation, turn, sizeof turn);
}

static bool is_axis(const double down[3], int *axis, bool *against)
{
    for (*axis = 0; *axis < 3; ++*axis) {
        *against = down[*axis] > 0;
        if (fabs(down[*axis]) == 1) return true;
    }
    return false;
}

static void take_overhang(const lqi_overhang *overhang, lqi_orientation *out)
{
    out->height_mm = overhang->height_mm;
    out->overhang_mm2 = lqi_overhang_area(overhang, LQI_OVERHANG_DEGREES);
    out->support_mm3 = lqi_overhang_support(overhang, LQI_OVERHANG_DEGREES, LQI_BRIDGE_MM);
    out->touched_mm2 = lqi_overhang_touched(overhang, LQI_OVERHANG_DEGREES, LQI_BRIDGE_MM);
    out->contact_mm2 = overhang->contact_mm2;
    out->tipping_degrees = overhang->tipping_degrees;
}

static lq_status rate(lq_context *context, const lqi_dexels *dexels, const lqi_samples *samples, const lqi_hull *hull,
                      const lqi_overhang *given, lqi_orientation *out)
{
    int axis;
    bool against;
    find_rotation(out->down, out->rotation);
    if (is_axis(out->down, &axis, &against)) {
        lqi_overhang overhang;
        LQI_TRY(lqi_overhang_along(context, dexels, axis, against, &overhang));
        take_overhang(&overhang, out);
    } else
        LQI_TRY(lqi_samples_rate(samples, hull, given->centre, out));
    out->cost = cost_of(out, given->volume_mm3);
    return LQ_OK;
}

static void sort_by_cost(candidates *list)
{
    for (uint32_t i = 1; i < list->count; i++) {
        candidate moving = list->way[i];
        uint32_t k = i;
        for (; k && list->way[k - 1].cost > moving.cost; k--) list->way[k] = list->way[k - 1];
        list->way[k] = moving;
    }
}

static void keep_best(lqi_orientations *out, const lqi_orientation *way, double cost)
{
    uint32_t at = out->count;
    while (at && out->best[at - 1].cost > cost) at--;
    if (at == LQI_ORIENTATIONS_BEST) return;
    out->count += out->count < LQI_ORIENTATIONS_BEST;
    for (uint32_t k = out->count - 1; k > at; k--) out->best[k] = out->best[k - 1];
    out->best[at] = *way;
}

static uint32_t rating_stride(const lqi_dexels *dexels)
{
    double longest = 0;
    uint64_t runs = 0;
    for (int i = 0; i < 3; i++) {
        longest = fmax(longest, dexels->box.max[i] - dexels->box.min[i]);
        runs += lqi_dexel_run_count(&dexels->axis[i]);
    }
    uint32_t stride = (uint32_t)(longest / dexels->cell / RATING_ACROSS);
    if (!stride) stride = 1;
    while (runs / stride / stride > RATING_RUNS_MAX) stride++;
    return stride;
}

/* thin: the body by few columns. */
static lq_status rate_all(lq_context *context, const lqi_dexels *thin, const lqi_hull *hull, const lqi_normals *normals,
                          const lqi_overhang *given, const candidates *list, lqi_orientations *out)
{
    lqi_samples samples;
    lq_status status = LQ_OK;
    LQI_TRY(lqi_samples_gather(context, thin, given->hidden ? NULL : normals, &samples));
    for (uint32_t i = 0; i < list->count && i < RATED; i++) {
        lqi_orientation way = {.down = {list->way[i].down[0], list->way[i].down[1], list->way[i].down[2]}};
        LQI_TRY_GOTO(lqi_progress(context, "orientation", i, RATED));
        LQI_TRY_GOTO(rate(context, thin, &samples, hull, given, &way));
        keep_best(out, &way, way.cost);
    }
    keep_best(out, &out->given, out->given.cost * CLEARLY_BETTER);
done:
    lqi_samples_free(&samples);
    return status;
}

lq_status lqi_orientations_find(lq_context *context, const lqi_placed_solid *solids, size_t count,
                                const lqi_dexels *dexels, const lqi_normals *normals, const lqi_overhang *given,
                                lqi_orientations *out)
{
    *out = (lqi_orientations){.given = {.rotation = {1, 0, 0, 0, 1, 0, 0, 0, 1}, .down = {0, 0, -1}}};
    if (!given->examined) return LQ_OK;
    lqi_hull hull;
    candidates list = {0};
    LQI_TRY(lqi_hull_make(context, solids, count, &dexels->box, &hull));
    take_overhang(given, &out->given);
    out->given.cost = cost_of(&out->given, given->volume_mm3);
    for (uint32_t i = 0; i < hull.face_count && i < FACES_TAKEN; i++) add_way(&list, hull.face[i].normal);
    for (int axis = 0; axis < 6; axis++) {
        double down[3] = {0};
        down[axis / 2] = axis % 2 ? -1 : 1;
        add_way(&list, down);
    }
    add_bins(normals, &list);
    for (uint32_t i = 0; i < list.count; i++) screen(normals, &hull, given->volume_mm3, &list.way[i]);
    sort_by_cost(&list);
    lqi_dexels thin;
    lq_status status = lqi_dexels_thin(context, dexels, rating_stride(dexels), &thin);
    if (status == LQ_OK) {
        status = rate_all(context, &thin, &hull, normals, given, &list, out);
        lqi_dexels_thin_free(&thin);
    }
    if (status == LQ_OK) status = lqi_smallest_box(context, solids, count, &dexels->box, &hull, out->smallest_box_mm);
    lqi_hull_free(&hull);
    out->examined = status == LQ_OK;
    return status;
}
