#include "check/findings.h"

#include <float.h>
#include <math.h>

#include "base/cube_root.h"
#include "base/fail.h"
#include "check/teller.h"

static double flagged_area(const lqi_teller *t, uint8_t flag)
{
    const lqi_mesh *mesh = t->shape->mesh;
    double area = 0;
    for (uint32_t i = 0; i < mesh->triangle_count; i++)
        if (t->shape->topology.flag[i] & flag) area += lqi_triangle_area(mesh, i);
    return area * t->length_scale * t->length_scale;
}

static lq_status tell_copies(const lqi_teller *t)
{
    const lqi_topology *topology = &t->shape->topology;
    lqi_note *note;
    if (topology->degenerate_triangles) {
        LQI_TRY(lqi_tell(t, "degenerate_triangles", LQ_SEVERITY_INFO, topology->degenerate_triangles,
                         topology->degenerate_triangle, 1, &note,
                         "Facets without any area are left out; this changes nothing."));
        lqi_tell_effect(t, note, 0, 0, 1);
    }
    if (t->shape->sliver_triangles) {
        LQI_TRY(lqi_tell(t, "sliver_triangles", LQ_SEVERITY_INFO, t->shape->sliver_triangles, t->shape->sliver_triangle,
                         0, &note, "Some facets are so thin that they have no area; this changes nothing."));
        lqi_tell_effect(t, note, 0, 0, 1);
    }
    if (topology->duplicate_triangles) {
        LQI_TRY(lqi_tell(t, "duplicate_triangles", LQ_SEVERITY_WARN, topology->duplicate_triangles,
                         topology->duplicate_triangle, 1, &note,
                         topology->duplicates_kept
                             ? "Some facets are there more than once, where bodies touch."
                             : "Some facets are there more than once; the extra copies are left out."));
        double area = flagged_area(t, LQI_TRIANGLE_DUPLICATE);
        lqi_tell_measure(note, "area_mm2", area, "mm2");
        lqi_tell_effect(t, note, 0, -area, topology->duplicates_kept ? 0 : 1);
    }
    if (topology->opposite_pairs) {
        LQI_TRY(lqi_tell(t, "opposite_triangle_pairs", LQ_SEVERITY_INFO, topology->opposite_pairs,
                         topology->opposite_triangle, 1, &note,
                         "Some facets lie back to back and enclose nothing; they are left out."));
        double area = flagged_area(t, LQI_TRIANGLE_OPPOSED);
        lqi_tell_measure(note, "area_mm2", area, "mm2");
        lqi_tell_effect(t, note, 0, -area, 1);
    }
    return LQ_OK;
}

static lq_status tell_openings(const lqi_teller *t)
{
    const lqi_shape *shape = t->shape;
    const lqi_topology *topology = &shape->topology;
    bool capped = !shape->sheet;
    double cap_area = 0, longest = 0;
    for (uint32_t i = 0; i < shape->body.boundary.loop_count; i++) {
        cap_area += shape->body.boundary.loop[i].cap_area;
        longest = fmax(longest, shape->body.boundary.loop[i].length);
    }
    double known = shape->made.volume > 0 ? fmax(0, 1 - lqi_uncertainty(shape) / shape->made.volume) : 0;
    lqi_note *note;
    if (topology->open_edges) {
        LQI_TRY(lqi_tell(t, "open_edges", LQ_SEVERITY_WARN, topology->open_edges, topology->open_triangle, capped,
                         &note, "The surface has open edges: facets are missing or do not meet."));
        lqi_tell_measure(note, "length_mm", topology->open_length * t->length_scale, "mm");
        if (capped) lqi_tell_effect_of_repair(t, note, known);
    }
    if (shape->body.boundary.open_loop_count) {
        LQI_TRY(lqi_tell(t, "boundary_loops", LQ_SEVERITY_WARN, shape->body.boundary.open_loop_count,
                         topology->open_triangle, capped, &note,
                         capped ? "The openings of the surface are closed for the measures."
                                : "The surface has openings too large to be closed."));
        if (longest > 0) lqi_tell_measure(note, "max_length_mm", longest * t->length_scale, "mm");
        if (capped && longest > 0)
            lqi_tell_effect(t, note, (shape->made.volume - fabs(shape->stored.volume)) * t->volume_scale,
                            cap_area * t->length_scale * t->length_scale, known);
    }
    return LQ_OK;
}

/* What was closed without adding a facet. */
static lq_status tell_cracks(const lqi_teller *t)
{
    const lqi_shape *shape = t->shape;
    const lqi_body *body = &shape->body;
    if (shape->sheet) return LQ_OK;
    lqi_note *note;
    if (body->cracks.moved) {
        LQI_TRY(lqi_tell(
            t, "cracks_within_tolerance", LQ_SEVERITY_INFO,
            body->cracks.unbalanced_before - body->cracks.unbalanced_after, shape->topology.open_triangle, 1, &note,
            "Facets that should meet are a hair apart; corners nearer to each other than the tolerance are taken "
            "as one."));
        double tolerance = body->cracks.tolerance * t->length_scale;
        note->measure_value = isnan(note->measure_value) ? tolerance : fmax(note->measure_value, tolerance);
        note->measure_name = "tolerance_mm";
        note->measure_unit = "mm";
        if (!body->boundary.loop_count)
            lqi_tell_effect_of_repair(t, note,
                                      shape->made.volume > 0 ? fmax(0, 1 - body->doubt / shape->made.volume) : 0);
    }
    if (body->t_junctions) {
        LQI_TRY(lqi_tell(t, "t_junctions", LQ_SEVERITY_INFO, body->t_junctions, shape->topology.open_triangle, 1, &note,
                         "Corners of some facets lie on the edges of others; the gaps have no width."));
        if (body->whole && !body->cracks.moved) lqi_tell_effect(t, note, 0, 0, 1);
    }
    return LQ_OK;
}

static lq_status tell_edges(const lqi_teller *t)
{
    const lqi_shape *shape = t->shape;
    const lqi_topology *topology = &shape->topology;
    lqi_note *note;
    if (topology->non_manifold_edges) {
        LQI_TRY(lqi_tell(
            t, "non_manifold_edges", LQ_SEVERITY_WARN, topology->non_manifold_edges, topology->non_manifold_triangle, 1,
            &note, "More than two facets meet in some edges; bodies that touch there are measured as they stand."));
        if (shape->closed_after_repair) lqi_tell_effect(t, note, 0, 0, 1);
    }
    /* In a crack it may only be seen when it is closed. */
    uint64_t turned = topology->misoriented_triangles, turned_when_closed = shape->body.topology->misoriented_triangles;
    if (turned || turned_when_closed)
        LQI_TRY(lqi_tell(t, "misoriented_triangles", LQ_SEVERITY_WARN, turned ? turned : turned_when_closed,
                         topology->misoriented_triangle, 1, &note, "Some facets face the wrong way; they are turned."));
    if (turned) lqi_tell_measure(note, "area_mm2", flagged_area(t, LQI_TRIANGLE_FLIPPED), "mm2");
    if (turned && shape->closed_after_repair && !shape->overlaps) /* nothing else changes the volume */
        lqi_tell_effect(t, note, (shape->made.volume - fabs(shape->stored.volume)) * t->volume_scale, 0, 1);
    if (topology->non_orientable_patches) {
        LQI_TRY(lqi_tell(t, "non_orientable", LQ_SEVERITY_WARN, topology->non_orientable_patches,
                         topology->non_orientable_triangle, 0, &note,
                         "Part of the surface has no inside and outside (like a Moebius strip)."));
        lqi_tell_effect(t, note, 0, 0, 0); /* what it encloses nobody can say */
    }
    if (topology->pinched_vertices) {
        LQI_TRY(lqi_tell(t, "non_manifold_vertices", LQ_SEVERITY_INFO, topology->pinched_vertices,
                         topology->pinched_triangle, 1, &note, "Bodies touch in single points; this changes nothing."));
        lqi_tell_effect(t, note, 0, 0, 1);
    }
    return LQ_OK;
}

static lq_status tell_solidity(const lqi_teller *t)
{
    const lqi_shape *shape = t->shape;
    lqi_note *note;
    if (shape->sheet) {
        LQI_TRY(lqi_tell(t, "surface_not_solid", LQ_SEVERITY_BLOCKER, 1, shape->topology.open_triangle, 0, &note,
                         "This is an open surface without thickness, not a solid body."));
        lqi_tell_measure(note, "area_mm2", shape->stored.area * t->length_scale * t->length_scale, "mm2");
        lqi_tell_effect(t, note, 0, 0, 0); /* its volume is what thickness it will be given */
    } else if (shape->volume_is_zero) {
        LQI_TRY(lqi_tell(t, "volume_zero", LQ_SEVERITY_BLOCKER, 1, -1, 0, &note, "The surface encloses no volume."));
    }
    return LQ_OK;
}

/* STL keeps floats: far from the origin their steps are coarse. Beyond ten thousand steps across nobody sees them. */
static lq_status tell_precision(const lqi_teller *t)
{
    const lqi_box *box = &t->shape->box;
    double farthest = 0, longest = 0;
    if (t->shape->mesh->indexed || lqi_box_is_empty(box)) return LQ_OK;
    for (int i = 0; i < 3; i++) {
        farthest = fmax(farthest, fmax(fabs(box->min[i]), fabs(box->max[i])));
        longest = fmax(longest, box->max[i] - box->min[i]);
    }
    double step = (double)(nextafterf((float)farthest, FLT_MAX) - (float)farthest);
    if (!(step > longest * 1e-4) || !(longest > 0)) return LQ_OK;
    lqi_note *note;
    LQI_TRY(lqi_tell(t, "precision_low_for_offset", LQ_SEVERITY_WARN, 1, -1, 0, &note,
                     "The part lies so far from the origin that the file could not keep its shape exactly."));
    lqi_tell_measure(note, "ulp_mm", step * t->length_scale, "mm");
    return LQ_OK;
}

/* Writing the part makes them anew, and nothing else reads them. */
static lq_status tell_normals(const lqi_teller *t)
{
    const lqi_mesh *mesh = t->shape->mesh;
    if (!mesh->normals_against) return LQ_OK;
    lqi_note *note;
    LQI_TRY(lqi_tell(t, "stored_normals_disagree", LQ_SEVERITY_INFO, mesh->normals_against, mesh->normals_first, 1,
                     &note, "Normals in the file face against the corners of their facets; the corners decide."));
    note->measure_name = "fraction";
    note->measure_value = fmax(isnan(note->measure_value) ? 0 : note->measure_value,
                               (double)mesh->normals_against / mesh->triangle_count);
    note->measure_unit = "1";
    lqi_tell_effect(t, note, 0, 0, 1);
    return LQ_OK;
}

/* By the indices of the file facets do not meet that do by position. */
static lq_status tell_soup(const lqi_teller *t)
{
    if (!t->shape->mesh->seams_closed) return LQ_OK;
    return lqi_notes_add(t->notes, "mesh_soup", LQ_SEVERITY_WARN, 1, -1, NULL,
                         "Facets that touch do not share their corners in the file; equal positions are taken as one.");
}

/* What was found out, and closed, without a mesh. */
static lq_status tell_patch(const lqi_teller *t, const lqi_patch *patch)
{
    const lqi_shape *shape = t->shape;
    lqi_note *note;
    LQI_TRY(lqi_tell(t, "open_edges", LQ_SEVERITY_WARN, patch->edge_count, -1, 1, &note,
                     "Facets are missing, do not meet or face the wrong way along some edges."));
    lqi_tell_place(t, note, patch->point);
    lqi_tell_measure(note, "length_mm", patch->edge_length * t->length_scale, "mm");
    LQI_TRY(lqi_tell(t, "boundary_loops", LQ_SEVERITY_WARN, patch->loop_count, -1, 1, &note,
                     "The openings of the surface are closed for the measures."));
    lqi_tell_place(t, note, patch->point);
    lqi_tell_measure(note, "max_length_mm", patch->longest_loop * t->length_scale, "mm");
    double volume = shape->made.volume;
    lqi_tell_effect(t, note, (volume - fabs(shape->stored.volume)) * t->volume_scale,
                    patch->cap_area * t->length_scale * t->length_scale,
                    volume > 0 ? fmax(0, 1 - patch->doubt / volume) : 0);
    return LQ_OK;
}

lq_status lqi_findings_of_shape(lqi_notes *notes, const lqi_shape *shape, const double transform[12], uint64_t copies)
{
    double scale = fabs(lqi_transform_determinant(transform));
    lqi_teller t = {notes, shape, transform, scale, lqi_cube_root(scale), copies};
    LQI_TRY(tell_soup(&t));
    LQI_TRY(tell_precision(&t));
    if (!shape->topology_examined) {
        lqi_note *note;
        if (shape->patch)
            LQI_TRY(tell_patch(&t, shape->patch));
        else if (!shape->closed_after_repair)
            LQI_TRY(lqi_tell(&t, "open_edges", LQ_SEVERITY_WARN, 1, -1, 0, &note,
                             "The surface is not closed or not oriented; how much so was not examined."));
        else
            LQI_TRY(lqi_tell(&t, "closed_certified", LQ_SEVERITY_INFO, 1, -1, 0, &note,
                             "The surface is proved to be closed and oriented."));
        return lqi_tell(&t, "topology_not_examined", LQ_SEVERITY_INFO, 1, -1, 0, &note,
                        "Only the streaming proof was asked for; shells and defects were not counted.");
    }
    LQI_TRY(tell_normals(&t));
    LQI_TRY(tell_copies(&t));
    LQI_TRY(tell_openings(&t));
    LQI_TRY(tell_cracks(&t));
    LQI_TRY(tell_edges(&t));
    LQI_TRY(lqi_tell_shells(&t));
    return tell_solidity(&t);
}
