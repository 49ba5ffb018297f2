/* From a part to a report: every distinct mesh is measured once, its placements are summed. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "api/objects.h"
#include "api/overlaps.h"
#include "api/printability.h"
#include "api/shell_list.h"
#include "api/unite.h"
#include "base/checked.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "check/findings.h"
#include "measure/placed_area.h"
#include "measure/shape.h"

/* What one report may put together to unite parts: facets in all, parts of one item. */
#define UNITED_TRIANGLES_MAX ((uint64_t)16 << 20)
#define UNITED_PARTS_MAX 4096

/* Parts that touch share this much of the sum at most, by the rounding of their coordinates: it is not looked into. */
#define TRIFLE 1e-4

/* Below this share of the sum two parts touch, and no more. */
#define SHARED_NOISE 1e-7

typedef struct analysis {
    lq_context *context;
    const lq_part *part;
    lq_topology depth;
    lq_fill fill;
    lqi_shape *shapes;    /* per mesh of the part; unused ones are empty */
    lqi_moments total;    /* of what would be made */
    double stored_volume; /* signed, as the file stands */
    double low, high;
    lqi_volume_by_rule by_rule;
    bool by_rule_known, range_known, moments_known;
    bool volume_examined;   /* false: only the streaming proof was asked for; no bound is claimed */
    double negative_volume; /* of negative parts that reach into the box of their item */
    uint64_t negative_count;
    uint64_t solids;
    lqi_placed_part *placed; /* per instance, where some item has several; else NULL */
    lqi_united united;       /* the last body of several parts */
    uint64_t united_triangles, overlapping_items, pairs;
    double twice; /* volume counted more often than once */
    bool any_body;
    bool printability; /* it is asked for */
    uint32_t columns;
} analysis;

static lq_status measure_shapes(analysis *a)
{
    a->shapes = lqi_alloc_zeroed(a->context, a->part->mesh_count, sizeof *a->shapes);
    if (!a->shapes) return lqi_memory_status(a->context);
    for (size_t i = 0; i < a->part->mesh_count; i++) {
        const lqi_part_mesh *mesh = &a->part->meshes[i];
        if (!mesh->used) continue;
        if (mesh->soup)
            lqi_shape_of_soup(&mesh->mesh, mesh->soup, &a->shapes[i]);
        else
            LQI_TRY(lqi_shape_measure(a->context, &mesh->mesh, a->depth, a->fill, &a->shapes[i]));
    }
    return LQ_OK;
}

static void free_shapes(analysis *a)
{
    if (!a->shapes) return;
    for (size_t i = 0; i < a->part->mesh_count; i++) lqi_shape_free(a->context, &a->shapes[i]);
    lqi_free(a->context, a->shapes);
    a->shapes = NULL;
}

/* ---- sums over instances ---- */

static void add_count(int64_t *sum, uint64_t count)
{
    if (*sum >= 0) *sum = (int64_t)lqi_add_saturated((uint64_t)*sum, count > INT64_MAX / 2 ? INT64_MAX / 2 : count);
}

static void add_counts(lq_facts *facts, const lqi_shape *shape)
{
    const lqi_topology *topology = &shape->topology;
    facts->triangle_count += shape->mesh->triangle_count + shape->mesh->dropped_count;
    add_count(&facts->vertex_count, shape->mesh->vertex_count);
    facts->certificate_closed &= shape->certificate.closed;
    facts->certificate_oriented &= shape->certificate.oriented;
    if (!shape->topology_examined) return;
    facts->closed &= topology->odd_edges == 0;
    facts->oriented &= topology->unbalanced_edges == 0;
    facts->manifold &= topology->manifold;
    add_count(&facts->open_edges, topology->open_edges);
    add_count(&facts->boundary_loops, shape->body.boundary.open_loop_count);
    add_count(&facts->non_manifold_edges, topology->non_manifold_edges);
    add_count(&facts->misoriented_triangles, topology->misoriented_triangles);
    add_count(&facts->degenerate_triangles, topology->degenerate_triangles);
    add_count(&facts->duplicate_triangles, topology->duplicate_triangles);
    add_count(&facts->shells, topology->shell_count);
    add_count(&facts->cavities, shape->shells_cavity);
}

static lq_status placed_area(analysis *a, lqi_shape *shape, const double *transform, double *area)
{
    double factor;
    if (lqi_transform_is_similar(transform, &factor)) {
        *area = shape->made.area * factor * factor;
        return LQ_OK;
    }
    return lqi_shape_area_placed(a->context, shape, transform, area);
}

static void add_volume(analysis *a, const lqi_shape *shape, double scale)
{
    a->stored_volume += shape->stored.volume * scale;
    a->low += shape->volume_low * scale;
    a->high += shape->volume_high * scale;
    a->range_known |=
        shape->topology_examined && (!shape->closed_after_repair || shape->volume_low != shape->volume_high);
    a->solids += shape->shells_solid;
    /* By rule only where the file as it stands is closed: after repairs it would be another file's volume. */
    a->moments_known &= shape->moments_known;
    a->volume_examined &= shape->topology_examined;
    bool known = shape->volume_examined && shape->closed_after_repair && shape->topology.unbalanced_edges == 0 &&
                 shape->topology.duplicate_triangles == shape->topology.duplicates_kept;
    a->by_rule_known &= known;
    a->by_rule.positive += shape->by_rule.positive * scale;
    a->by_rule.nonzero += shape->by_rule.nonzero * scale;
    a->by_rule.even_odd += shape->by_rule.even_odd * scale;
}

/* Counts and boxes of one placement. */
static void count_instance(analysis *a, const lqi_part_instance *instance, lq_facts *facts, lqi_item_facts *item,
                           lqi_box *whole)
{
    const lqi_shape *shape = &a->shapes[instance->mesh];
    if (a->placed) a->placed[instance - a->part->instances].item = instance->item;
    if (instance->role == LQ_ROLE_NEGATIVE) return;
    double scale = fabs(lqi_transform_determinant(instance->transform));
    lqi_box box = lqi_box_placed(shape->body.mesh, &shape->box, instance->transform);
    if (a->placed)
        a->placed[instance - a->part->instances] = (lqi_placed_part){instance->item, shape->made.volume * scale, box};
    lqi_box_add(whole, &box);
    lqi_box_add(&item->box, &box);
    item->triangle_count += shape->mesh->triangle_count;
    add_counts(facts, shape);
}

/* Volume, area and moments of one placed body. */
static lq_status add_body(analysis *a, lqi_shape *shape, const double transform[12], lqi_item_facts *item)
{
    double area;
    LQI_TRY(placed_area(a, shape, transform, &area));
    lqi_moments placed;
    lqi_moments_place(&shape->made, transform, area, &placed);
    if (!a->any_body) memcpy(a->total.reference, placed.reference, sizeof placed.reference);
    a->any_body = true;
    lqi_moments_add(&a->total, &placed);
    item->volume_mm3 += placed.volume;
    item->area_mm2 += placed.area;
    add_volume(a, shape, fabs(lqi_transform_determinant(transform)));
    return LQ_OK;
}

/* ---- parts of one item that overlap ---- */

/* The body of some instances of one item as one, kept for the copies that follow. */
static lq_status unite(analysis *a, size_t first, size_t count, double shared)
{
    if (lqi_united_again(a->part, &a->united, first, count)) return LQ_OK;
    lqi_united_free(a->context, &a->united);
    for (size_t i = first; i < first + count; i++)
        a->united_triangles += a->part->meshes[a->part->instances[i].mesh].mesh.triangle_count;
    if (a->united_triangles > UNITED_TRIANGLES_MAX || count > UNITED_PARTS_MAX) return LQ_OK;
    return lqi_unite(a->context, a->part, a->shapes, first, count, shared, a->fill, &a->united);
}

/* Of one part, as it adds to the volumes by rule. */
static void take_from_rules(analysis *a, const lqi_part_instance *instance)
{
    const lqi_volume_by_rule *rule = &a->shapes[instance->mesh].by_rule;
    double scale = fabs(lqi_transform_determinant(instance->transform));
    if (instance->role == LQ_ROLE_NEGATIVE) return;
    a->by_rule.positive -= rule->positive * scale;
    a->by_rule.nonzero -= rule->nonzero * scale;
    a->by_rule.even_odd -= rule->even_odd * scale;
}

/* An item whose parts lie in each other's boxes. The sum of the parts stays the number that is priced, as an upper
 * bound (3mf.md, section 5); the range and the volumes by rule tell what they make together. */
static lq_status allow_for_overlap(analysis *a, size_t first, size_t count)
{
    double shared = 0, sum = 0;
    if (a->depth == LQ_TOPOLOGY_FULL)
        LQI_TRY(lqi_shared_at_most(a->context, a->placed + first, count, &a->pairs, &shared));
    for (size_t i = first; i < first + count; i++) sum += a->placed[i].volume_mm3;
    if (!(shared > TRIFLE * sum)) {
        a->total.volume_error += fmax(0, shared);
        return LQ_OK;
    }
    LQI_TRY(unite(a, first, count, shared));
    const lqi_shape *shape = &a->united.shape;
    double least = a->united.known ? shape->volume_low : sum - shared;
    if (sum - least <= SHARED_NOISE * sum) return LQ_OK;
    if (a->united.known) {
        for (size_t i = first; i < first + count; i++) take_from_rules(a, &a->part->instances[i]);
        a->by_rule.positive += shape->by_rule.positive;
        a->by_rule.nonzero += shape->by_rule.nonzero;
        a->by_rule.even_odd += shape->by_rule.even_odd;
    } else {
        a->by_rule_known = false;
    }
    a->range_known = true;
    a->low -= sum - least;
    a->twice += a->united.known ? fmax(0, sum - shape->made.volume) : shared;
    a->overlapping_items++;
    return LQ_OK;
}

static lq_status add_item(analysis *a, size_t first, size_t count, lqi_item_facts *item)
{
    for (size_t i = first; i < first + count; i++) {
        const lqi_part_instance *instance = &a->part->instances[i];
        if (instance->role == LQ_ROLE_NEGATIVE) continue;
        LQI_TRY(add_body(a, &a->shapes[instance->mesh], instance->transform, item));
    }
    return count > 1 ? allow_for_overlap(a, first, count) : LQ_OK;
}

/* What a negative part takes away is not computed; it lies between nothing and its whole volume. */
static void subtract_negatives(analysis *a, const lq_report *report)
{
    for (size_t i = 0; i < a->part->instance_count; i++) {
        const lqi_part_instance *instance = &a->part->instances[i];
        if (instance->role != LQ_ROLE_NEGATIVE) continue;
        const lqi_shape *shape = &a->shapes[instance->mesh];
        lqi_box box = lqi_box_placed(shape->body.mesh, &shape->box, instance->transform);
        if (!lqi_box_touches(&box, &report->items[instance->item].box)) continue;
        a->negative_volume += fmax(0, shape->volume_high) * fabs(lqi_transform_determinant(instance->transform));
        a->negative_count++;
    }
    if (!a->negative_count) return;
    a->range_known = true;
    a->low = fmax(0, a->low - a->negative_volume);
}

static lq_status tell_negatives(const analysis *a, lq_report *report)
{
    if (!a->negative_count) return LQ_OK;
    lqi_note *note;
    LQI_TRY(lqi_notes_add(&report->notes, "negative_part", LQ_SEVERITY_WARN, a->negative_count, -1, &note,
                          "Negative parts cut into the model; the price is for the part before they are cut away."));
    note->measure_name = "volume_max_mm3";
    note->measure_value = a->negative_volume;
    note->measure_unit = "mm3";
    return LQ_OK;
}

/* ---- facts ---- */

static void fill_inertia(const lqi_moments *m, lq_facts *facts)
{
    if (!(m->volume > 0)) return;
    double c[6];
    static const int row[6] = {0, 1, 2, 0, 1, 2}, column[6] = {0, 1, 2, 1, 2, 0};
    for (int i = 0; i < 6; i++) c[i] = m->second[i] - m->first[row[i]] * m->first[column[i]] / m->volume;
    facts->inertia_mm5[0] = c[1] + c[2];
    facts->inertia_mm5[1] = c[2] + c[0];
    facts->inertia_mm5[2] = c[0] + c[1];
    for (int i = 3; i < 6; i++) facts->inertia_mm5[i] = -c[i];
}

/* Coordinates were rounded to the format's precision before we saw them: half a unit in the last place, everywhere. */
static double quantisation_error(const lq_part *part, const lqi_box *box, double area)
{
    double largest = 0;
    for (int i = 0; i < 3; i++) largest = fmax(largest, fmax(fabs(box->min[i]), fabs(box->max[i])));
    double half_ulp =
        part->file.format == LQ_FORMAT_3MF ? largest * DBL_EPSILON / 2 : largest * (double)FLT_EPSILON / 2;
    return sqrt(3) * half_ulp * area;
}

static void fill_measures(const analysis *a, const lqi_box *box, lq_facts *facts)
{
    const lqi_moments *m = &a->total;
    facts->area_mm2 = m->area;
    facts->volume_mm3 = m->volume;
    facts->volume_signed_mm3 = a->stored_volume;
    if (a->by_rule_known) {
        facts->volume_positive_mm3 = a->by_rule.positive;
        facts->volume_nonzero_mm3 = a->by_rule.nonzero;
        facts->volume_even_odd_mm3 = a->by_rule.even_odd;
    }
    if (!a->volume_examined) {
        facts->volume_error_mm3 = NAN;
    } else if (a->range_known) {
        facts->volume_low_mm3 = a->low;
        facts->volume_high_mm3 = a->high;
    } else {
        facts->volume_error_mm3 = m->volume_error + quantisation_error(a->part, box, m->area);
    }
    for (int i = 0; i < 3; i++) {
        facts->box_min_mm[i] = box->min[i];
        facts->box_max_mm[i] = box->max[i];
        facts->centroid_mm[i] = m->volume > 0 && a->moments_known ? m->reference[i] + m->first[i] / m->volume : NAN;
    }
    if (a->moments_known) fill_inertia(m, facts);
}

static lq_facts unknown_facts(lq_topology depth)
{
    int64_t count = depth == LQ_TOPOLOGY_FULL ? 0 : -1;
    int yes = depth == LQ_TOPOLOGY_FULL ? 1 : -1;
    lq_facts facts = {
        .closed = yes,
        .oriented = yes,
        .manifold = yes,
        .certificate_closed = 1,
        .certificate_oriented = 1,
        .open_edges = count,
        .boundary_loops = count,
        .non_manifold_edges = count,
        .misoriented_triangles = count,
        .degenerate_triangles = count,
        .duplicate_triangles = count,
        .shells = count,
        .cavities = count,
        .volume_mm3 = NAN,
        .volume_error_mm3 = NAN,
        .volume_low_mm3 = NAN,
        .volume_high_mm3 = NAN,
        .volume_signed_mm3 = NAN,
        .volume_positive_mm3 = NAN,
        .volume_nonzero_mm3 = NAN,
        .volume_even_odd_mm3 = NAN,
        .area_mm2 = NAN,
        .support_volume_mm3 = NAN,
        .support_contact_mm2 = NAN,
    };
    for (int i = 0; i < 6; i++) facts.inertia_mm5[i] = NAN;
    return facts;
}

static lq_status find_what_is_wrong(analysis *a, lq_report *report)
{
    const lq_part *part = a->part;
    uint64_t *copies = lqi_alloc_zeroed(a->context, part->mesh_count, sizeof *copies);
    if (!copies) return lqi_memory_status(a->context);
    for (size_t i = 0; i < part->instance_count; i++)
        copies[part->instances[i].mesh] += part->instances[i].role == LQ_ROLE_MODEL;
    lq_status status = LQ_OK;
    for (size_t i = 0; i < part->instance_count && status == LQ_OK; i++) {
        uint32_t mesh = part->instances[i].mesh;
        if (!copies[mesh]) continue; /* told at the first placement */
        status = lqi_findings_of_shape(&report->notes, &a->shapes[mesh], part->instances[i].transform, copies[mesh]);
        copies[mesh] = 0;
    }
    lqi_free(a->context, copies);
    if (status != LQ_OK) return status;
    const lq_facts *facts = &report->facts;
    lqi_whole whole = {.volume = facts->volume_mm3,
                       .volume_low = a->low,
                       .volume_high = a->high,
                       .solid_count = a->solids,
                       .unit_assumed = strcmp(part->file.unit_source, "assumed") == 0,
                       .unit_suspect = &report->unit_suspect};
    for (int i = 0; i < 3; i++) whole.box_size[i] = facts->box_max_mm[i] - facts->box_min_mm[i];
    LQI_TRY(tell_negatives(a, report));
    LQI_TRY(lqi_note_overlaps(&report->notes, a->overlapping_items, a->twice, facts->volume_mm3));
    LQI_TRY(lqi_findings_of_claim(&report->notes, &part->file.claim,
                                  &(lqi_claimed_part){a->low, a->high, facts->area_mm2}));
    LQI_TRY(lqi_findings_of_whole(&report->notes, &whole));
    lqi_notes_sort(&report->notes);
    report->facts.verdict = lqi_findings_verdict(&report->notes);
    return LQ_OK;
}

static bool any_facet_left(const analysis *a)
{
    for (size_t i = 0; i < a->part->mesh_count; i++) {
        const lqi_part_mesh *mesh = &a->part->meshes[i];
        if (!mesh->used) continue;
        if (mesh->soup) {
            if (!lqi_box_is_empty(&mesh->soup->box)) return true;
            continue;
        }
        for (uint32_t t = 0; t < mesh->mesh.triangle_count; t++)
            if (!lqi_is_degenerate(mesh->mesh.corner + (size_t)3 * t)) return true;
    }
    return false;
}

/* The report outlives the part, so it keeps its own copies of the texts. */
static lq_status copy_file_facts(lq_report *report, const lqi_file_facts *from)
{
    report->file = *from;
    const char **fields[] = {&report->file.name, &report->file.producer, &report->file.entry, &report->file.plate_name,
                             &report->file.object};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!*fields[i]) continue;
        size_t size = strlen(*fields[i]) + 1;
        char *copy = lqi_arena_alloc(&report->arena, size);
        if (!copy) return lqi_memory_status(report->context);
        memcpy(copy, *fields[i], size);
        *fields[i] = copy;
    }
    return LQ_OK;
}

static lq_status make_items(lq_report *report, const lq_part *part)
{
    report->items = lqi_arena_alloc(&report->arena, part->item_count * sizeof *report->items);
    if (!report->items) return lqi_memory_status(report->context);
    char *copy = NULL;
    for (size_t i = 0; i < part->item_count; i++) {
        const char *name = part->item_names[i];
        if (i == 0 || name != part->item_names[i - 1]) { /* shared in the part, shared here */
            copy = lqi_arena_alloc(&report->arena, strlen(name) + 1);
            if (!copy) return lqi_memory_status(report->context);
            strcpy(copy, name);
        }
        report->items[i] = (lqi_item_facts){.name = copy, .box = lqi_box_empty()};
    }
    report->item_count = part->item_count;
    return LQ_OK;
}

/* Numbers of items run over the whole file; those that were not chosen fall away. */
static void drop_empty_items(lq_report *report)
{
    size_t kept = 0;
    for (size_t i = 0; i < report->item_count; i++)
        if (report->items[i].triangle_count) report->items[kept++] = report->items[i];
    report->item_count = kept;
    report->facts.item_count = kept;
}

/* What the price formula needs of it stands among the facts. */
static lq_status examine_printability(const analysis *a, lq_report *report)
{
    LQI_TRY(lqi_measure_printability(report, a->part, a->shapes, a->columns, &report->printability));
    if (!report->printability || !report->printability->overhang_known) return LQ_OK;
    report->facts.support_volume_mm3 = report->printability->support_volume_mm3;
    report->facts.support_contact_mm2 = report->printability->support_contact_mm2;
    return LQ_OK;
}

static lq_status analyse(analysis *a, lq_report *report)
{
    const lq_part *part = a->part;
    if (a->depth == LQ_TOPOLOGY_FULL && lqi_part_is_soup(part))
        return lqi_fail(a->context, LQI_ARGUMENT, -1, "The part was read for the certificate alone.");
    LQI_TRY(copy_file_facts(report, &part->file));
    LQI_TRY(lqi_notes_append(&report->notes, &part->notes));
    LQI_TRY(make_items(report, part));
    if (!any_facet_left(a))
        return lqi_fail(a->context, LQI_MESH_EMPTY, -1, "All facets are degenerate: nothing is left to measure.");
    LQI_TRY(measure_shapes(a));
    report->facts = unknown_facts(a->depth);
    if (lqi_part_is_soup(part)) report->facts.vertex_count = -1;
    if (part->instance_count > part->item_count) {
        a->placed = lqi_alloc_zeroed(a->context, part->instance_count, sizeof *a->placed);
        if (!a->placed) return lqi_memory_status(a->context);
    }
    lqi_box box = lqi_box_empty();
    for (size_t i = 0, end; i < part->instance_count; i = end) {
        lqi_item_facts *item = &report->items[part->instances[i].item];
        for (end = i; end < part->instance_count && part->instances[end].item == part->instances[i].item; end++) {
            if (end % 4096 == 0) LQI_TRY(lqi_progress(a->context, "measure", end, part->instance_count));
            count_instance(a, &part->instances[end], &report->facts, item, &box);
        }
        LQI_TRY(add_item(a, i, end - i, item));
    }
    LQI_TRY(lqi_list_shells(report, part, a->shapes));
    a->low = fmax(0, a->low);
    subtract_negatives(a, report);
    drop_empty_items(report);
    if (part->placed_triangles) report->facts.triangle_count = part->placed_triangles;
    report->facts.unit = part->file.unit;
    fill_measures(a, &box, &report->facts);
    if (a->printability) LQI_TRY(examine_printability(a, report));
    return find_what_is_wrong(a, report);
}

lq_status lq_part_analyse(lq_context *context, const lq_part *part, const lq_analyse_options *options, lq_report **out)
{
    if (!context || !part || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    double start = lqi_clock_ms();
    lq_report *report = lqi_alloc_zeroed(context, 1, sizeof *report);
    if (!report) return lqi_memory_status(context);
    report->context = context;
    lqi_arena_init(&report->arena, context);
    lqi_notes_init(&report->notes, context);
    analysis a = {
        .context = context, .part = part, .by_rule_known = true, .moments_known = true, .volume_examined = true};
    lq_analyse_options chosen;
    lqi_copy_options(&chosen, sizeof chosen, options);
    a.depth = chosen.topology;
    a.fill = chosen.fill;
    a.printability = !chosen.no_printability && chosen.topology == LQ_TOPOLOGY_FULL;
    a.columns = chosen.columns;
    bool known = (int)chosen.topology >= 0 && chosen.topology <= LQ_TOPOLOGY_CERTIFICATE && (int)chosen.fill >= 0 &&
                 chosen.fill <= LQ_FILL_EVEN_ODD;
    bool columns_known =
        !chosen.columns || (chosen.columns >= LQI_DEXELS_ACROSS_LEAST && chosen.columns <= LQI_DEXELS_ACROSS_MAX);
    lq_status status = !known ? lqi_fail(context, LQI_ARGUMENT, -1, "The fill rule or the depth is not known.")
                       : !columns_known
                           ? lqi_fail(context, LQI_ARGUMENT, -1, "The number of columns is 0 or from %d to %d.",
                                      LQI_DEXELS_ACROSS_LEAST, LQI_DEXELS_ACROSS_MAX)
                           : analyse(&a, report);
    free_shapes(&a);
    lqi_united_free(context, &a.united);
    lqi_free(context, a.placed);
    if (status != LQ_OK) {
        lq_report_destroy(report);
        return status;
    }
    report->measure_ms = lqi_clock_ms() - start;
    *out = report;
    return LQ_OK;
}

void lq_report_destroy(lq_report *report)
{
    if (!report) return;
    lqi_notes_free(&report->notes);
    lqi_arena_free(&report->arena);
    lqi_free(report->context, report);
}

const lq_facts *lq_report_facts(const lq_report *report) { return &report->facts; }

size_t lq_report_diagnostic_count(const lq_report *report) { return report->notes.count; }

void lqi_note_to_diagnostic(const lqi_note *note, lq_diagnostic *diagnostic)
{
    *diagnostic = (lq_diagnostic){
        .code = note->code,
        .severity = note->severity,
        .count = note->count,
        .message = note->message,
        .measure_name = note->measure_name,
        .measure_value = note->measure_value,
        .measure_unit = note->measure_unit,
        .volume_delta_mm3 = note->volume_delta_mm3,
        .area_delta_mm2 = note->area_delta_mm2,
        .confidence = note->confidence,
        .repairable = note->repairable,
        .repaired = note->repaired,
        .point_mm = {note->point_mm[0], note->point_mm[1], note->point_mm[2]},
        .triangle = note->triangle,
        .shell = note->shell,
        .threshold = NAN,
    };
}

lq_status lq_report_diagnostic(const lq_report *report, size_t index, lq_diagnostic *diagnostic)
{
    if (index >= report->notes.count) return LQ_ERR_ARGUMENT;
    lqi_note_to_diagnostic(&report->notes.items[index], diagnostic);
    return LQ_OK;
}
