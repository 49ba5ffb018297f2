/*
 * Random solids, sound and broken: what the report claims of their volume must hold in every one of many trials.
 * test_trials [COUNT [FIRST [FOLDER]]]: COUNT trials from number FIRST; meshes that fail are written into FOLDER.
 */
#include "tests/support/check.h"

#include <stdlib.h>

#include "corpus/truth.h"
#include "tests/support/mend.h"
#include "tests/support/run.h"

#define BOXES_MAX 8
#define REPAIR_EVERY 11 /* of the trials; no multiple of the number of kinds */

static size_t trial_count = 1500, first_trial;
static const char *folder;

/* ---- boxes and what they are together ---- */

typedef struct box {
    double low[3], high[3];
    int sign; /* -1: inside out */
} box;

typedef struct rules {
    long double positive, nonzero, even_odd, sum; /* sum: of the boxes' own volumes */
} rules;

static double draw(uint64_t *state, double low, double high)
{
    return low + (high - low) * ((double)(solid_random(state) >> 11) * 0x1p-53);
}

static size_t pick(uint64_t *state, size_t count) { return (size_t)(solid_random(state) % count); }

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int covers(const box *one, int axis, double low, double high)
{
    return one->low[axis] <= low && high <= one->high[axis];
}

/* Winding numbers over the cells of the grid that all faces make together. */
static rules rules_of(const box *boxes, size_t count)
{
    double cuts[3][2 * BOXES_MAX];
    rules sum = {0, 0, 0, 0};
    for (int axis = 0; axis < 3; axis++) {
        for (size_t i = 0; i < count; i++) {
            cuts[axis][2 * i] = boxes[i].low[axis];
            cuts[axis][2 * i + 1] = boxes[i].high[axis];
        }
        qsort(cuts[axis], 2 * count, sizeof(double), compare_numbers);
    }
    for (size_t i = 0; i < count; i++) {
        long double own = 1;
        for (int axis = 0; axis < 3; axis++) own *= (long double)boxes[i].high[axis] - boxes[i].low[axis];
        sum.sum += own;
    }
    for (size_t x = 0; x + 1 < 2 * count; x++)
        for (size_t y = 0; y + 1 < 2 * count; y++)
            for (size_t z = 0; z + 1 < 2 * count; z++) {
                const double *from[3] = {cuts[0] + x, cuts[1] + y, cuts[2] + z};
                long double cell = 1;
                int winding = 0;
                for (int axis = 0; axis < 3; axis++) cell *= (long double)from[axis][1] - from[axis][0];
                if (cell == 0) continue;
                for (size_t i = 0; i < count; i++) {
                    int inside = 1;
                    for (int axis = 0; axis < 3; axis++)
                        inside &= covers(&boxes[i], axis, from[axis][0], from[axis][1]);
                    winding += inside * boxes[i].sign;
                }
                sum.positive += winding > 0 ? cell : 0;
                sum.nonzero += winding != 0 ? cell : 0;
                sum.even_odd += winding % 2 != 0 ? cell : 0;
            }
    return sum;
}

/* Appends the box; its sides become the floats that stand in the soup. */
static void add_box(solid_soup *soup, box *one)
{
    solid_soup facets = solid_box(one->high[0] - one->low[0], one->high[1] - one->low[1], one->high[2] - one->low[2]);
    solid_translate(&facets, one->low[0], one->low[1], one->low[2]);
    if (one->sign < 0) solid_invert(&facets);
    solid_truth truth = solid_measure(&facets);
    for (int axis = 0; axis < 3; axis++) {
        one->low[axis] = (double)truth.box_min[axis];
        one->high[axis] = (double)truth.box_max[axis];
    }
    solid_append(soup, &facets);
    solid_free(&facets);
}

static int overlap(const box *a, const box *b)
{
    for (int axis = 0; axis < 3; axis++)
        if (a->high[axis] <= b->low[axis] || b->high[axis] <= a->low[axis]) return 0;
    return 1;
}

/* A whole edge of both in the same place: it joins them to one shell. */
static int share_an_edge(const box *a, const box *b)
{
    for (int axis = 0; axis < 3; axis++) {
        int u = (axis + 1) % 3, v = (axis + 2) % 3;
        int meet_u =
            a->low[u] == b->low[u] || a->low[u] == b->high[u] || a->high[u] == b->low[u] || a->high[u] == b->high[u];
        int meet_v =
            a->low[v] == b->low[v] || a->low[v] == b->high[v] || a->high[v] == b->low[v] || a->high[v] == b->high[v];
        if (meet_u && meet_v && a->low[axis] == b->low[axis] && a->high[axis] == b->high[axis]) return 1;
    }
    return 0;
}

/* ---- one trial ---- */

typedef struct trial {
    solid_soup soup;
    long double low, high; /* the truth lies between; equal where there is one reading */
    long double slack;     /* what rounding to float may have changed */
    lq_fill fill;
    const solid_counts *counts; /* NULL: not compared */
    size_t misoriented;
    const solid_truth *sound; /* the other measures; NULL: not compared */
    const char *family;
} trial;

static double greatest(const solid_soup *soup)
{
    double most = 0;
    for (size_t i = 0; i < 9 * soup->count; i++) most = fmax(most, fabs((double)soup->corners[i]));
    return most;
}

/* Turns, and says how much volume rounding may have cost. */
static long double turn(solid_soup *soup, uint64_t *state)
{
    double axis[3] = {draw(state, -1, 1), draw(state, -1, 1), draw(state, 0.1, 1)};
    solid_rotate(soup, axis, draw(state, 0, 360));
    return solid_measure(soup).area * greatest(soup) * 0x1p-23L;
}

static void overlapping_boxes(trial *t, uint64_t *state)
{
    box boxes[BOXES_MAX];
    size_t count = 2 + pick(state, BOXES_MAX - 1);
    int turned = pick(state, 2) == 1;
    double far = pick(state, 4) == 0 ? 1000 : 0;
    for (size_t i = 0; i < count; i++) {
        boxes[i].sign = 1;
        for (int axis = 0; axis < 3; axis++) {
            boxes[i].low[axis] = far + draw(state, 0, 30);
            boxes[i].high[axis] = boxes[i].low[axis] + draw(state, 0.5, 30);
        }
        add_box(&t->soup, &boxes[i]);
    }
    t->family = turned ? "overlapping boxes, turned" : "overlapping boxes";
    t->low = t->high = rules_of(boxes, count).positive;
    if (turned) t->slack = turn(&t->soup, state);
}

/* Whole millimetres, so that faces, edges and corners meet: bodies that touch, or bodies that overlap and share no
 * edge. */
static void boxes_on_a_grid(trial *t, uint64_t *state)
{
    box boxes[BOXES_MAX];
    size_t count = 0, wanted = 2 + pick(state, 5);
    int touching = pick(state, 2) == 1;
    for (size_t attempt = 0; count < wanted && attempt < 50; attempt++) {
        box *one = &boxes[count];
        int fits = 1;
        one->sign = 1;
        for (int axis = 0; axis < 3; axis++) {
            one->low[axis] = (double)pick(state, 5);
            one->high[axis] = one->low[axis] + 1 + (double)pick(state, 4);
        }
        for (size_t i = 0; i < count; i++) fits &= touching ? !overlap(one, &boxes[i]) : !share_an_edge(one, &boxes[i]);
        if (!fits) continue;
        add_box(&t->soup, one);
        count++;
    }
    t->family = touching ? "touching boxes on a grid" : "overlapping boxes on a grid";
    t->low = t->high = rules_of(boxes, count).positive;
}

/* Bodies apart, each a few shells one in another, of any direction, under each rule. */
static void nested_boxes(trial *t, uint64_t *state)
{
    box boxes[BOXES_MAX];
    size_t count = 0;
    int any_outward = 0;
    for (size_t body = 0; body < 2; body++) {
        double x = 50 * (double)body, inset = 0, size = draw(state, 20, 40);
        size_t depth = 1 + pick(state, BOXES_MAX / 2);
        for (size_t i = 0; i < depth; i++, inset += draw(state, 0.2, size / 9)) {
            box *one = &boxes[count++];
            one->sign = pick(state, 3) == 0 ? -1 : 1;
            any_outward |= i == 0 && one->sign > 0;
            for (int axis = 0; axis < 3; axis++) {
                one->low[axis] = inset + (axis == 0 ? x : 0);
                one->high[axis] = one->low[axis] + size - 2 * inset;
            }
            add_box(&t->soup, one);
        }
    }
    t->fill = (lq_fill)pick(state, 3);
    /* Inside out as a whole: it is turned. That some of it is turned already makes it no clear case. */
    if (!any_outward && solid_measure(&t->soup).volume > 0) return;
    if (!any_outward)
        for (size_t i = 0; i < count; i++) boxes[i].sign = -boxes[i].sign;
    rules all = rules_of(boxes, count);
    t->family = t->fill == LQ_FILL_POSITIVE  ? "nested boxes, positive"
                : t->fill == LQ_FILL_NONZERO ? "nested boxes, nonzero"
                                             : "nested boxes, even-odd";
    t->low = t->high = t->fill == LQ_FILL_POSITIVE  ? all.positive
                       : t->fill == LQ_FILL_NONZERO ? all.nonzero
                                                    : all.even_odd;
    if (pick(state, 3) == 0) t->slack = turn(&t->soup, state);
    solid_damage damage = {.removed = pick(state, 2), .flipped = pick(state, 2), .duplicated = pick(state, 2)};
    if (pick(state, 3) == 0 && solid_damage_apply(&t->soup, &damage, solid_random(state)))
        t->family = "nested boxes, broken";
}

/* Overlapping bodies with a hole or a turned facet: the range has the volume of the sound ones. */
static void broken_boxes(trial *t, uint64_t *state)
{
    box boxes[BOXES_MAX];
    size_t count = 2 + pick(state, 3);
    for (size_t i = 0; i < count; i++) {
        double size = draw(state, 8, 20);
        boxes[i].sign = 1;
        for (int axis = 0; axis < 3; axis++) {
            boxes[i].low[axis] = draw(state, 0, 30);
            boxes[i].high[axis] = boxes[i].low[axis] + size;
        }
        add_box(&t->soup, &boxes[i]);
    }
    solid_damage damage = {.removed = pick(state, 2), .flipped = pick(state, 2), .duplicated = pick(state, 2)};
    if (!solid_damage_apply(&t->soup, &damage, solid_random(state))) return;
    t->family = "overlapping boxes, broken";
    t->low = t->high = rules_of(boxes, count).positive;
}

/* Smooth solids with every kind of damage. */
static void damaged_solids(trial *t, uint64_t *state, solid_counts *counts, solid_truth *sound)
{
    static const double scales[] = {0.01, 0.1, 1, 1, 10, 1000}, offsets[] = {0, 0, 100.25, 4096, -30000};
    unsigned size = 8 + (unsigned)pick(state, 20);
    size_t kind = pick(state, 3);
    t->soup = kind == 0   ? solid_torus(20, draw(state, 4, 9), size, size)
              : kind == 1 ? solid_sphere(18, 3 + size / 3)
                          : solid_box_with_hole(40, 11, 20);
    double scale = scales[pick(state, 6)], offset = offsets[pick(state, 5)];
    solid_scale(&t->soup, scale);
    if (pick(state, 2)) turn(&t->soup, state);
    if (scale >= 1) solid_translate(&t->soup, offset, offset, -offset);
    *sound = solid_measure(&t->soup);
    solid_damage damage = {.jitter = (float)(2e-5 * scale + 2 * greatest(&t->soup) * 0x1p-23)};
    size_t *kinds[] = {&damage.removed,  &damage.flipped, &damage.duplicated, &damage.opposed,
                       &damage.jittered, &damage.split,   &damage.degenerate};
    for (size_t i = 0; i < (kind == 2 ? 1 : 7); i++)
        if (pick(state, 2)) *kinds[kind == 2 ? pick(state, 7) : i] = 1 + pick(state, kind == 2 ? 1 : 3);
    if (!solid_damage_apply(&t->soup, &damage, solid_random(state))) return;
    if (pick(state, 2)) solid_shuffle(&t->soup, solid_random(state));
    *counts = solid_count(&t->soup);
    t->counts = counts;
    t->misoriented = damage.flipped;
    t->low = t->high = sound->volume;
    /* A corner that moved leaves a choice; of a pair back to back the area is in the report. */
    if (damage.jittered + damage.split + damage.opposed == 0) t->sound = sound;
    if (damage.jittered + damage.split > 0)
        t->slack = sound->area * ((long double)damage.jitter + greatest(&t->soup) * 0x1p-23L);
    t->family = "damaged solid";
}

static void keep_mesh(const trial *t, size_t number)
{
    if (folder == NULL) return;
    char path[512];
    snprintf(path, sizeof path, "%s/trial-%zu.stl", folder, number);
    FILE *file = fopen(path, "wb");
    if (file == NULL) return;
    stl_bytes bytes = stl_write_binary(&t->soup, NULL);
    fwrite(bytes.data, 1, bytes.size, file);
    fclose(file);
    stl_bytes_free(&bytes);
}

/* Openings are closed by the flat facets that are missing, so nothing differs from the sound solid. */
static const char *complaint_of_measures(const solid_truth *sound, const lq_facts *facts)
{
    double size = 0, turning = 0;
    for (int k = 0; k < 3; k++) {
        size = fmax(size, (double)sound->box_max[k] - (double)sound->box_min[k]);
        turning += (double)sound->inertia[k];
    }
    if (fabsl(facts->area_mm2 - sound->area) > 1e-9L * sound->area) return "the area is wrong";
    for (int k = 0; k < 3; k++)
        if (fabsl(facts->centroid_mm[k] - sound->centroid[k]) > 1e-9L * (size + fabsl(sound->centroid[k])))
            return "the centroid is wrong";
    for (int k = 0; k < 6; k++)
        if (fabsl(facts->inertia_mm5[k] - sound->inertia[k]) > 1e-8L * turning) return "the inertia is wrong";
    return "";
}

static const char *complaint_of_counts(const trial *t, const lq_facts *facts)
{
    const solid_counts *counts = t->counts;
    if (facts->triangle_count != counts->triangles || facts->vertex_count != (int64_t)counts->vertices ||
        facts->degenerate_triangles != (int64_t)counts->degenerate)
        return "triangles or vertices are miscounted";
    if (facts->open_edges != (int64_t)counts->open_edges || facts->boundary_loops != (int64_t)counts->boundary_loops ||
        facts->non_manifold_edges != (int64_t)counts->non_manifold_edges)
        return "edges are miscounted";
    if (facts->duplicate_triangles != (int64_t)counts->duplicate || facts->shells != (int64_t)counts->shells ||
        facts->misoriented_triangles != (int64_t)t->misoriented)
        return "duplicates, shells or turned triangles are miscounted";
    if (facts->closed != counts->closed || facts->oriented != counts->oriented || facts->manifold != counts->manifold ||
        facts->certificate_closed != counts->closed || facts->certificate_oriented != counts->oriented)
        return "closed, oriented or manifold is wrong";
    return "";
}

/* Empty when all is well. */
static const char *complaint_of(const trial *t, const run_result *run)
{
    const lq_facts *facts = &run->facts;
    const char *said = run_complaint(run);
    if (said[0] != '\0') return said;
    if (run->status != LQ_OK) return "no report";
    int ranged = isfinite(facts->volume_low_mm3) != 0;
    long double low = ranged ? facts->volume_low_mm3 : (long double)facts->volume_mm3 - facts->volume_error_mm3;
    long double high = ranged ? facts->volume_high_mm3 : (long double)facts->volume_mm3 + facts->volume_error_mm3;
    long double slack = t->slack + 1e-15L * t->high;
    if (high < t->low - slack) return "the volume is claimed to be less than it is";
    if (low > t->high + slack) return "the volume is claimed to be more than it is";
    if (facts->volume_mm3 < low || facts->volume_mm3 > high) return "the volume is outside its own range";
    if (!ranged && fabsl(facts->volume_mm3 - t->low) > 1e-9L * t->high + slack) return "the volume is not exact";
    said = t->sound != NULL ? complaint_of_measures(t->sound, facts) : "";
    if (said[0] != '\0' || t->counts == NULL) return said;
    return complaint_of_counts(t, facts);
}

/* The same mesh for the same number, always. */
static trial make_trial(size_t number, solid_counts *counts, solid_truth *sound)
{
    uint64_t state = 0x7261646e6f6dULL + number;
    trial t = {.fill = LQ_FILL_POSITIVE};
    switch (number % 5) {
    case 0: overlapping_boxes(&t, &state); break;
    case 1: boxes_on_a_grid(&t, &state); break;
    case 2: nested_boxes(&t, &state); break;
    case 3: broken_boxes(&t, &state); break;
    default: damaged_solids(&t, &state, counts, sound); break;
    }
    return t;
}

static int try_report(size_t number)
{
    solid_counts counts;
    solid_truth sound;
    trial t = make_trial(number, &counts, &sound);
    int failed = 0;
    if (t.family != NULL) {
        run_options options = {.fill = t.fill, .threads = 1 + (uint32_t)(number % 3)};
        run_result run = run_soup(&t.soup, &options);
        const char *complaint = complaint_of(&t, &run);
        failed = complaint[0] != '\0';
        if (failed) {
            print_error("trial %zu, %s: %s: %.17g (error %g, range %.17g to %.17g), truth %.17Lg to %.17Lg\n", number,
                        t.family, complaint, run.facts.volume_mm3, run.facts.volume_error_mm3, run.facts.volume_low_mm3,
                        run.facts.volume_high_mm3, t.low, t.high);
            keep_mesh(&t, number);
        }
        run_free(&run);
    }
    solid_free(&t.soup);
    return failed;
}

/* ---- repairs ---- */

static double least_of(const lq_facts *facts)
{
    return isfinite(facts->volume_low_mm3) ? facts->volume_low_mm3 : facts->volume_mm3 - facts->volume_error_mm3;
}

static double most_of(const lq_facts *facts)
{
    return isfinite(facts->volume_low_mm3) ? facts->volume_high_mm3 : facts->volume_mm3 + facts->volume_error_mm3;
}

static const char *complaint_of_repair(const mend_result *first, const mend_result *second)
{
    const lq_facts *after = &first->after;
    if (first->held_end != 0 || second->held_end != 0) return "memory is not balanced";
    if (first->status != LQ_OK) return "not repaired";
    if (second->status != LQ_OK) return "not repaired again";
    if (!after->closed || !after->oriented || !after->certificate_closed || !after->certificate_oriented)
        return "not closed or not oriented";
    if (after->open_edges != 0 || after->degenerate_triangles != 0 || after->duplicate_triangles != 0 ||
        after->misoriented_triangles != 0)
        return "defects are left";
    if (first->file.size != second->file.size || memcmp(first->file.data, second->file.data, first->file.size) != 0)
        return "repairing again changes the file";
    double slack = 1e-9 * fabs(most_of(&first->before));
    if (least_of(after) > most_of(&first->before) + slack || most_of(after) < least_of(&first->before) - slack)
        return "the volume is not the one that was promised";
    return "";
}

static int try_repair(size_t number)
{
    solid_counts counts;
    solid_truth sound;
    trial t = make_trial(number, &counts, &sound);
    int failed = 0;
    if (t.family != NULL) {
        mend_options options = {.format = number % 2 ? LQ_WRITE_STL_BINARY : LQ_WRITE_3MF, .fill = t.fill};
        mend_result first = mend_soup(&t.soup, &options), second = {0};
        if (first.status == LQ_OK) {
            options.repair_only = 1;
            second = mend_bytes(first.file.data, first.file.size, &options);
        }
        const char *complaint = complaint_of_repair(&first, &second);
        failed = complaint[0] != '\0';
        if (failed) {
            print_error("trial %zu, %s: %s %s: %.17g to %.17g, promised was %.17g to %.17g\n", number, t.family,
                        complaint, first.code, least_of(&first.after), most_of(&first.after), least_of(&first.before),
                        most_of(&first.before));
            keep_mesh(&t, number);
        }
        mend_free(&second);
        mend_free(&first);
    }
    solid_free(&t.soup);
    return failed;
}

/* ---- all of them ---- */

static void every_claim_holds(void **state)
{
    (void)state;
    size_t failed = 0, end = first_trial + trial_count;
    for (size_t number = first_trial; number < end; number++) failed += (size_t)try_report(number);
    CHECK(failed == 0, "%zu of %zu trials failed", failed, trial_count);
}

static void every_repair_keeps_its_promise(void **state)
{
    (void)state;
    size_t failed = 0, end = first_trial + trial_count;
    for (size_t number = first_trial; number < end; number += REPAIR_EVERY) failed += (size_t)try_repair(number);
    CHECK(failed == 0, "%zu trials failed", failed);
}

int main(int argc, char **argv)
{
    if (argc > 1) trial_count = strtoul(argv[1], NULL, 10);
    if (argc > 2) first_trial = strtoul(argv[2], NULL, 10);
    if (argc > 3) folder = argv[3];
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_claim_holds),
                                       cmocka_unit_test(every_repair_keeps_its_promise)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
