#include "check/findings.h"

#include <math.h>
#include <string.h>

#include "base/cube_root.h"
#include "base/fail.h"

/* Caps whose volume is known better than this share of the part's are as good as the mesh. */
#define UNCERTAIN_SHARE 0.01

typedef struct teller {
    lqi_notes *notes;
    const lqi_shape *shape;
    const double *transform;
    double volume_scale, length_scale;
    uint64_t copies;
} teller;

static void locate_triangle(const teller *t, lqi_note *note, int64_t triangle)
{
    if (triangle < 0 || note->triangle >= 0) return;
    const lqi_mesh *mesh = t->shape->mesh;
    double centre[3] = {0, 0, 0};
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 3; i++) centre[i] += lqi_mesh_corner(mesh, (uint32_t)triangle, k)[i] / 3;
    lqi_transform_point(t->transform, centre, note->point_mm);
    note->triangle = triangle;
    uint32_t shell = t->shape->topology.shell[triangle];
    note->shell = shell == LQI_NO_SHELL ? -1 : (int64_t)shell;
}

static void measure(lqi_note *note, const char *name, double value, const char *unit)
{
    note->measure_value = isnan(note->measure_value) ? value : note->measure_value + value;
    note->measure_name = name;
    note->measure_unit = unit;
}

/* Of one copy; all copies are added up. */
static void effect(const teller *t, lqi_note *note, double volume_delta, double area_delta, double confidence)
{
    double copies = (double)t->copies;
    note->volume_delta_mm3 = (isnan(note->volume_delta_mm3) ? 0 : note->volume_delta_mm3) + volume_delta * copies;
    note->area_delta_mm2 = (isnan(note->area_delta_mm2) ? 0 : note->area_delta_mm2) + area_delta * copies;
    note->confidence = isnan(note->confidence) ? confidence : fmin(note->confidence, confidence);
}

static lq_status add(const teller *t, const char *code, lq_severity severity, uint64_t count, int64_t triangle,
                     int repaired, lqi_note **out, const char *message)
{
    LQI_TRY(lqi_notes_add(t->notes, code, severity, count * t->copies, -1, out, "%s", message));
    (*out)->repairable = (*out)->repaired = repaired;
    locate_triangle(t, *out, triangle);
    return LQ_OK;
}

static lq_status tell_copies(const teller *t)
{
    const lqi_topology *topology = &t->shape->topology;
    lqi_note *note;
    if (topology->degenerate_triangles) {
        LQI_TRY(add(t, "degenerate_triangles", LQ_SEVERITY_INFO, topology->degenerate_triangles,
                    topology->degenerate_triangle, 1, &note,
                    "Facets without any area are left out; this changes nothing."));
        effect(t, note, 0, 0, 1);
    }
    if (t->shape->sliver_triangles) {
        LQI_TRY(add(t, "sliver_triangles", LQ_SEVERITY_INFO, t->shape->sliver_triangles, t->shape->sliver_triangle, 0,
                    &note, "Some facets are so thin that they have no area; this changes nothing."));
        effect(t, note, 0, 0, 1);
    }
    if (topology->duplicate_triangles) {
        LQI_TRY(add(t, "duplicate_triangles", LQ_SEVERITY_WARN, topology->duplicate_triangles,
                    topology->duplicate_triangle, 1, &note,
                    topology->duplicates_kept
                        ? "Some facets are there more than once, where bodies touch."
                        : "Some facets are there more than once; the extra copies are left out."));
    }
    if (topology->opposite_pairs)
        LQI_TRY(add(t, "opposite_triangle_pairs", LQ_SEVERITY_INFO, topology->opposite_pairs, -1, 0, &note,
                    "Some facets lie back to back and enclose nothing; they add area but no volume."));
    return LQ_OK;
}

static double uncertainty(const lqi_shape *shape) { return (shape->volume_high - shape->volume_low) / 2; }

static lq_status tell_openings(const teller *t)
{
    const lqi_shape *shape = t->shape;
    const lqi_topology *topology = &shape->topology;
    bool capped = !shape->sheet;
    double cap_area = 0, longest = 0;
    for (uint32_t i = 0; i < shape->body.boundary.loop_count; i++) {
        cap_area += shape->body.boundary.loop[i].cap_area;
        longest = fmax(longest, shape->body.boundary.loop[i].length);
    }
    double known = shape->made.volume > 0 ? fmax(0, 1 - uncertainty(shape) / shape->made.volume) : 0;
    lqi_note *note;
    if (topology->open_edges) {
        LQI_TRY(add(t, "open_edges", LQ_SEVERITY_WARN, topology->open_edges, topology->open_triangle, capped, &note,
                    "The surface has open edges: facets are missing or do not meet."));
        measure(note, "length_mm", topology->open_length * t->length_scale, "mm");
    }
    if (shape->body.boundary.open_loop_count) {
        LQI_TRY(add(t, "boundary_loops", LQ_SEVERITY_WARN, shape->body.boundary.open_loop_count,
                    topology->open_triangle, capped, &note,
                    capped ? "The openings of the surface are closed for the measures."
                           : "The surface has openings too large to be closed."));
        if (longest > 0) measure(note, "max_length_mm", longest * t->length_scale, "mm");
        if (capped && longest > 0)
            effect(t, note, (shape->made.volume - fabs(shape->stored.volume)) * t->volume_scale,
                   cap_area * t->length_scale * t->length_scale, known);
    }
    return LQ_OK;
}

/* What was closed without adding a facet. */
static lq_status tell_cracks(const teller *t)
{
    const lqi_shape *shape = t->shape;
    const lqi_body *body = &shape->body;
    if (shape->sheet) return LQ_OK;
    lqi_note *note;
    if (body->cracks.moved) {
        LQI_TRY(
            add(t, "cracks_within_tolerance", LQ_SEVERITY_INFO,
                body->cracks.unbalanced_before - body->cracks.unbalanced_after, shape->topology.open_triangle, 1, &note,
                "Facets that should meet are a hair apart; corners nearer to each other than the tolerance are taken "
                "as one."));
        double tolerance = body->cracks.tolerance * t->length_scale;
        note->measure_value = isnan(note->measure_value) ? tolerance : fmax(note->measure_value, tolerance);
        note->measure_name = "tolerance_mm";
        note->measure_unit = "mm";
        if (!body->boundary.loop_count)
            effect(t, note, (shape->made.volume - fabs(shape->stored.volume)) * t->volume_scale,
                   (shape->made.area - shape->stored.area) * t->length_scale * t->length_scale,
                   shape->made.volume > 0 ? fmax(0, 1 - body->doubt / shape->made.volume) : 0);
    }
    if (body->t_junctions) {
        LQI_TRY(add(t, "t_junctions", LQ_SEVERITY_INFO, body->t_junctions, shape->topology.open_triangle, 1, &note,
                    "Corners of some facets lie on the edges of others; the gaps have no width."));
        if (body->whole && !body->cracks.moved) effect(t, note, 0, 0, 1);
    }
    return LQ_OK;
}

static lq_status tell_edges(const teller *t)
{
    const lqi_shape *shape = t->shape;
    const lqi_topology *topology = &shape->topology;
    lqi_note *note;
    if (topology->non_manifold_edges) {
        LQI_TRY(add(t, "non_manifold_edges", LQ_SEVERITY_WARN, topology->non_manifold_edges,
                    topology->non_manifold_triangle, 1, &note,
                    "More than two facets meet in some edges; bodies that touch there are measured as they stand."));
        if (shape->closed_after_repair) effect(t, note, 0, 0, 1);
    }
    if (topology->misoriented_triangles)
        LQI_TRY(add(t, "misoriented_triangles", LQ_SEVERITY_WARN, topology->misoriented_triangles,
                    topology->misoriented_triangle, 1, &note, "Some facets face the wrong way; they are turned."));
    if (topology->non_orientable_patches)
        LQI_TRY(add(t, "non_orientable", LQ_SEVERITY_WARN, topology->non_orientable_patches, -1, 0, &note,
                    "Part of the surface has no inside and outside (like a Moebius strip)."));
    bool only_vertices =
        !topology->manifold && !topology->open_edges && !topology->non_manifold_edges && !topology->unbalanced_edges;
    if (only_vertices)
        LQI_TRY(add(t, "non_manifold_vertices", LQ_SEVERITY_INFO, 1, -1, 1, &note,
                    "Bodies touch in single points; this changes nothing."));
    return LQ_OK;
}

static lq_status tell_shells(const teller *t)
{
    const lqi_shape *shape = t->shape;
    lqi_note *note;
    if (shape->inside_out)
        LQI_TRY(add(t, "mesh_inside_out", LQ_SEVERITY_WARN, 1, -1, 1, &note,
                    "The whole surface faces inwards; it is turned inside out."));
    if (shape->shells_cavity)
        LQI_TRY(add(t, "cavity_shells", LQ_SEVERITY_INFO, shape->shells_cavity, -1, 0, &note,
                    "The part has enclosed hollow spaces; they are not counted as material."));
    if (shape->shells_inverted) {
        LQI_TRY(
            add(t, "shell_inverted", LQ_SEVERITY_WARN, shape->shells_inverted, -1, 0, &note,
                "Some bodies face inwards and lie in no other body; whether they are meant to be solid is not clear."));
        measure(note, "volume_if_solid_mm3", shape->volume_solid * t->volume_scale, "mm3");
    }
    if (shape->shells_nested) {
        LQI_TRY(add(t, "nested_solid_shell", LQ_SEVERITY_WARN, shape->shells_nested, -1, 0, &note,
                    "Some bodies lie inside another one and count as solid; hollow spaces may have been meant."));
        measure(note, "volume_if_cavity_mm3", shape->volume_cavity * t->volume_scale, "mm3");
    }
    if (shape->overlaps) {
        bool several = shape->shells.count > 1;
        LQI_TRY(add(t, several ? "overlapping_shells" : "self_intersections", LQ_SEVERITY_INFO, 1, -1, 1, &note,
                    several ? "Bodies overlap; what they share is counted once."
                            : "The surface cuts through itself; what lies inside twice is counted once."));
        measure(note, "overlap_volume_mm3", shape->columns.overlap * t->volume_scale, "mm3");
        double stored = shape->inside_out ? -shape->stored.volume : shape->stored.volume;
        effect(t, note, (shape->made.volume - stored) * t->volume_scale, 0,
               shape->made.volume > 0 ? fmax(0, 1 - uncertainty(shape) / shape->made.volume) : 0);
    }
    if (!shape->volume_examined)
        LQI_TRY(add(t, "work_budget_exceeded", LQ_SEVERITY_WARN, 1, -1, 0, &note,
                    "Where bodies overlap or lie inside each other could not be examined within the work limit."));
    return LQ_OK;
}

static lq_status tell_solidity(const teller *t)
{
    const lqi_shape *shape = t->shape;
    lqi_note *note;
    if (shape->sheet) {
        LQI_TRY(add(t, "surface_not_solid", LQ_SEVERITY_BLOCKER, 1, shape->topology.open_triangle, 0, &note,
                    "This is an open surface without thickness, not a solid body."));
        measure(note, "area_mm2", shape->stored.area * t->length_scale * t->length_scale, "mm2");
    } else if (shape->volume_is_zero) {
        LQI_TRY(add(t, "volume_zero", LQ_SEVERITY_BLOCKER, 1, -1, 0, &note, "The surface encloses no volume."));
    }
    return LQ_OK;
}

/* By the indices of the file facets do not meet that do by position. */
static lq_status tell_soup(const teller *t)
{
    if (!t->shape->mesh->seams_closed) return LQ_OK;
    return lqi_notes_add(t->notes, "mesh_soup", LQ_SEVERITY_WARN, 1, -1, NULL,
                         "Facets that touch do not share their corners in the file; equal positions are taken as one.");
}

lq_status lqi_findings_of_shape(lqi_notes *notes, const lqi_shape *shape, const double transform[12], uint64_t copies)
{
    double scale = fabs(lqi_transform_determinant(transform));
    teller t = {notes, shape, transform, scale, lqi_cube_root(scale), copies};
    LQI_TRY(tell_soup(&t));
    if (!shape->topology_examined) {
        lqi_note *note;
        if (!shape->closed_after_repair)
            LQI_TRY(add(&t, "open_edges", LQ_SEVERITY_WARN, 1, -1, 0, &note,
                        "The surface is not closed or not oriented; how much so was not examined."));
        return add(&t, "topology_not_examined", LQ_SEVERITY_INFO, 1, -1, 0, &note,
                   "Only the streaming proof was asked for; shells and defects were not counted.");
    }
    LQI_TRY(tell_copies(&t));
    LQI_TRY(tell_openings(&t));
    LQI_TRY(tell_cracks(&t));
    LQI_TRY(tell_edges(&t));
    LQI_TRY(tell_shells(&t));
    return tell_solidity(&t);
}

/* ---- the whole part ---- */

/* A size that no part has, whoever said so: 3mf.md, section 3. */
static lq_status tell_size(lqi_notes *notes, const lqi_whole *whole)
{
    double diagonal = sqrt(whole->box_size[0] * whole->box_size[0] + whole->box_size[1] * whole->box_size[1] +
                           whole->box_size[2] * whole->box_size[2]);
    bool tiny = diagonal > 0 && diagonal < 1;
    if (!tiny && !(diagonal > 5000)) return LQ_OK;
    *whole->unit_suspect = tiny ? "m" : "micron";
    lqi_note *note;
    LQI_TRY(lqi_notes_add(notes, "unit_suspect", LQ_SEVERITY_WARN, 1, -1, &note,
                          tiny ? "The part is smaller than a millimetre; its unit may be another."
                               : "The part is larger than five metres; its unit may be another."));
    measure(note, "factor", tiny ? 1000 : 0.001, "1");
    return LQ_OK;
}

static lq_status tell_units(lqi_notes *notes, const lqi_whole *whole)
{
    double longest = fmax(whole->box_size[0], fmax(whole->box_size[1], whole->box_size[2]));
    *whole->unit_suspect = NULL;
    if (!whole->unit_assumed) return tell_size(notes, whole);
    LQI_TRY(lqi_notes_add(notes, "units_missing_assumed_mm", LQ_SEVERITY_INFO, 1, -1, NULL,
                          "The format carries no unit; millimetres are assumed."));
    lqi_note *note;
    if (longest > 0 && longest < 1) {
        *whole->unit_suspect = "m";
        LQI_TRY(lqi_notes_add(notes, "units_suspect_metre", LQ_SEVERITY_WARN, 1, -1, &note,
                              "The part is smaller than a millimetre; it may have been drawn in metres or inches."));
        measure(note, "factor", 1000, "1");
    } else if (longest >= 1 && longest < 10) {
        *whole->unit_suspect = "inch";
        LQI_TRY(lqi_notes_add(notes, "units_suspect_inch", LQ_SEVERITY_INFO, 1, -1, &note,
                              "The part is smaller than a centimetre; it may have been drawn in inches."));
        measure(note, "factor", 25.4, "1");
    } else if (longest > 5000) {
        *whole->unit_suspect = "micron";
        LQI_TRY(lqi_notes_add(notes, "unit_suspect", LQ_SEVERITY_WARN, 1, -1, &note,
                              "The part is larger than five metres; it may have been drawn in another unit."));
        measure(note, "factor", 0.001, "1");
    }
    return LQ_OK;
}

lq_status lqi_findings_of_whole(lqi_notes *notes, const lqi_whole *whole)
{
    LQI_TRY(tell_units(notes, whole));
    lqi_note *note;
    if (whole->solid_count > 1)
        LQI_TRY(lqi_notes_add(notes, "multiple_parts", LQ_SEVERITY_INFO, whole->solid_count, -1, NULL,
                              "The part consists of several separate bodies."));
    double half_range = (whole->volume_high - whole->volume_low) / 2;
    if (half_range > UNCERTAIN_SHARE * whole->volume && whole->volume > 0) {
        LQI_TRY(lqi_notes_add(notes, "volume_uncertain", LQ_SEVERITY_WARN, 1, -1, &note,
                              "The volume is only known within a range: the surface is open or ambiguous, or parts "
                              "overlap or are cut away."));
        measure(note, "half_range_mm3", half_range, "mm3");
    }
    return LQ_OK;
}

/* Deviations of a file that have one sensible reading do not make the part worse. */
static bool is_about_reading(const lqi_note *note)
{
    static const char *const codes[] = {"stl_count",     "stl_trailing",      "stl_concatenated", "stl_big_endian",
                                        "stl_no_solid",  "stl_no_endsolid",   "stl_polygon",      "stl_utf16",
                                        "stl_separator", "stl_decimal_comma", "stl_junk",         "mesh_soup"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(codes[i], note->code) == 0) return true;
    return strncmp(note->code, "zip_", 4) == 0 || strncmp(note->code, "opc_", 4) == 0 ||
           strncmp(note->code, "3mf_", 4) == 0;
}

bool lqi_note_is_repair(const lqi_note *note) { return note->repaired && !is_about_reading(note); }

lq_verdict lqi_findings_verdict(const lqi_notes *notes)
{
    lq_verdict verdict = LQ_VERDICT_OK;
    for (size_t i = 0; i < notes->count; i++) {
        const lqi_note *note = &notes->items[i];
        if (note->severity == LQ_SEVERITY_BLOCKER) return LQ_VERDICT_REJECT;
        if (note->severity == LQ_SEVERITY_WARN && !note->repaired && !is_about_reading(note))
            verdict = LQ_VERDICT_REVIEW;
        else if (lqi_note_is_repair(note) && note->severity == LQ_SEVERITY_WARN && verdict == LQ_VERDICT_OK)
            verdict = LQ_VERDICT_OK_REPAIRED;
    }
    return verdict;
}
