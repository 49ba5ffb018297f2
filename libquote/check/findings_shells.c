#include "check/teller.h"

#include <math.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/mix.h"

/* Readings that differ by less are the same to a buyer. */
#define AMBIGUOUS_SHARE 1e-3

/* A body this small beside the largest, in volume and in length, is an accident of modelling, not a part. */
#define NOISE_VOLUME_SHARE 1e-5
#define NOISE_LENGTH_SHARE 1e-2

/* The first triangle of the first shell of a kind, or -1. */
static int64_t where(const lqi_shape *shape, lqi_shell_kind kind)
{
    for (uint32_t s = 0; s < shape->shells.count; s++) {
        const lqi_shell *shell = &shape->shells.shell[s];
        if (shell->kind == kind && shell->first_triangle < shape->mesh->triangle_count) return shell->first_triangle;
    }
    return -1;
}

static double volume_of_kind(const lqi_shape *shape, lqi_shell_kind kind)
{
    double sum = 0;
    for (uint32_t s = 0; s < shape->shells.count; s++)
        if (shape->shells.shell[s].kind == kind) sum += fabs(shape->shells.shell[s].volume);
    return sum;
}

/* Another reading of the shells of a kind: what it changes, and how much of the volume both have. */
static void tell_reading(const lqi_teller *t, lqi_note *note, lqi_shell_kind kind, double volume)
{
    const lqi_shape *shape = t->shape;
    double delta = volume - shape->made.volume, most = fmax(volume, shape->made.volume), area = 0;
    for (uint32_t i = 0; i < shape->mesh->triangle_count && delta != 0; i++) {
        uint32_t shell = shape->topology.shell[i];
        if (shell < shape->shells.count && shape->shells.shell[shell].kind == kind)
            area += lqi_triangle_area(shape->mesh, i);
    }
    lqi_tell_effect(t, note, delta * t->volume_scale, area * t->length_scale * t->length_scale,
                    most > 0 ? fmax(0, 1 - fabs(delta) / most) : 0);
}

static double diagonal(const lqi_box *box)
{
    double sum = 0;
    for (int i = 0; i < 3; i++) sum += (box->max[i] - box->min[i]) * (box->max[i] - box->min[i]);
    return sqrt(sum);
}

/* Specks that float beside or within the part. */
static lq_status tell_noise(const lqi_teller *t)
{
    const lqi_shape *shape = t->shape;
    double largest = 0, volume = 0, whole = diagonal(&shape->box);
    uint64_t count = 0;
    int64_t first = -1;
    for (uint32_t s = 0; s < shape->shells.count; s++) largest = fmax(largest, fabs(shape->shells.shell[s].volume));
    for (uint32_t s = 0; s < shape->shells.count; s++) {
        const lqi_shell *shell = &shape->shells.shell[s];
        if (shell->kind != LQI_SHELL_SOLID || fabs(shell->volume) >= NOISE_VOLUME_SHARE * largest) continue;
        if (diagonal(&shell->box) >= NOISE_LENGTH_SHARE * whole) continue;
        if (!count++ && shell->first_triangle < shape->mesh->triangle_count) first = shell->first_triangle;
        volume += fabs(shell->volume);
    }
    if (!count) return LQ_OK;
    lqi_note *note;
    LQI_TRY(
        lqi_tell(t, "floating_noise_shells", LQ_SEVERITY_INFO, count, first, 0, &note,
                 "Tiny separate bodies float beside the part; they are counted, and may be left over from drawing."));
    note->repairable = 1;
    lqi_tell_measure(note, "volume_mm3", volume * t->volume_scale, "mm3");
    return LQ_OK;
}

/* Copies of whole shells: every facet that is kept has equally many extra copies. A sum over all facets tells; that two
 * other sets have the same sum is as likely as a collision of 64 bits. */
typedef struct copied {
    uint64_t kept, extra;         /* facets */
    uint64_t kept_sum, extra_sum; /* of what stands for their corners */
} copied;

static lq_status count_copied_shells(const lqi_teller *t, uint64_t *count)
{
    lq_context *context = t->notes->arena.context;
    const lqi_topology *topology = &t->shape->topology;
    const lqi_mesh *mesh = t->shape->mesh;
    copied *shells = lqi_alloc_zeroed(context, topology->shell_count, sizeof *shells);
    if (!shells) return lqi_memory_status(context);
    for (uint32_t i = 0; i < mesh->triangle_count; i++) {
        if (topology->shell[i] == LQI_NO_SHELL) continue;
        copied *shell = &shells[topology->shell[i]];
        const uint32_t *c = mesh->corner + (size_t)3 * i;
        uint64_t sum = lqi_mix64(c[0]) + lqi_mix64(c[1]) + lqi_mix64(c[2]);
        bool extra = topology->flag[i] & LQI_TRIANGLE_DUPLICATE;
        *(extra ? &shell->extra : &shell->kept) += 1;
        *(extra ? &shell->extra_sum : &shell->kept_sum) += lqi_mix64(sum);
    }
    for (uint32_t s = 0; s < topology->shell_count; s++) {
        const copied *shell = &shells[s];
        uint64_t times = shell->kept ? shell->extra / shell->kept : 0;
        if (times && shell->extra == times * shell->kept && shell->extra_sum == times * shell->kept_sum)
            *count += times;
    }
    lqi_free(context, shells);
    return LQ_OK;
}

static lq_status tell_copied_shells(const lqi_teller *t)
{
    uint64_t count = 0;
    if (!t->shape->topology.duplicate_triangles) return LQ_OK;
    LQI_TRY(count_copied_shells(t, &count));
    if (!count) return LQ_OK;
    lqi_note *note;
    LQI_TRY(lqi_tell(t, "duplicate_shell", LQ_SEVERITY_WARN, count, t->shape->topology.duplicate_triangle, 1, &note,
                     "Whole bodies are there more than once, in the same place; the extra copies are left out."));
    lqi_tell_effect(t, note, 0, 0, 1);
    return LQ_OK;
}

/* Where bodies only overlap, every program but one that counts even and odd makes their union. */
static lq_status tell_rules(const lqi_teller *t)
{
    const lqi_shape *shape = t->shape;
    const lqi_volume_by_rule *v = &shape->by_rule;
    bool union_is_meant = !shape->shells_inverted && !shape->shells_nested;
    if (shape->inside_out || !shape->volume_examined) return LQ_OK;
    double low = fmin(v->positive, fmin(v->nonzero, v->even_odd)),
           high = fmax(v->positive, fmax(v->nonzero, v->even_odd));
    if (!(high - low > AMBIGUOUS_SHARE * high)) return LQ_OK;
    lqi_note *note;
    LQI_TRY(lqi_tell(t, "fill_rule_ambiguous", union_is_meant ? LQ_SEVERITY_INFO : LQ_SEVERITY_WARN, 1, -1, 0, &note,
                     "Programs fill this part differently, and its volume depends on it; --fill chooses."));
    lqi_tell_measure(note, "difference_mm3", (high - low) * t->volume_scale, "mm3");
    return LQ_OK;
}

lq_status lqi_tell_shells(const lqi_teller *t)
{
    const lqi_shape *shape = t->shape;
    lqi_note *note;
    if (shape->inside_out) {
        LQI_TRY(lqi_tell(t, "mesh_inside_out", LQ_SEVERITY_WARN, 1, where(shape, LQI_SHELL_SOLID), 1, &note,
                         "The whole surface faces inwards; it is turned inside out."));
        lqi_tell_measure(note, "volume_mm3", shape->made.volume * t->volume_scale, "mm3");
    }
    if (shape->shells_cavity) {
        LQI_TRY(lqi_tell(t, "cavity_shells", LQ_SEVERITY_INFO, shape->shells_cavity, where(shape, LQI_SHELL_CAVITY), 0,
                         &note, "The part has enclosed hollow spaces; they are not counted as material."));
        lqi_tell_measure(note, "volume_mm3", volume_of_kind(shape, LQI_SHELL_CAVITY) * t->volume_scale, "mm3");
        lqi_tell_effect(t, note, 0, 0, 1); /* as the file says */
    }
    if (shape->shells_inverted) {
        LQI_TRY(lqi_tell(
            t, "shell_inverted", LQ_SEVERITY_WARN, shape->shells_inverted, where(shape, LQI_SHELL_INVERTED), 0, &note,
            "Some bodies face inwards and lie in no other body; whether they are meant to be solid is not clear."));
        lqi_tell_measure(note, "volume_if_solid_mm3", shape->volume_solid * t->volume_scale, "mm3");
        tell_reading(t, note, LQI_SHELL_INVERTED, shape->volume_solid);
    }
    if (shape->shells_nested) {
        LQI_TRY(lqi_tell(t, "nested_solid_shell", LQ_SEVERITY_WARN, shape->shells_nested,
                         where(shape, LQI_SHELL_NESTED), 0, &note,
                         "Some bodies lie inside another one and count as solid; hollow spaces may have been meant."));
        lqi_tell_measure(note, "volume_if_cavity_mm3", shape->volume_cavity * t->volume_scale, "mm3");
        tell_reading(t, note, LQI_SHELL_NESTED, shape->volume_cavity);
    }
    LQI_TRY(tell_rules(t));
    LQI_TRY(tell_noise(t));
    LQI_TRY(tell_copied_shells(t));
    if (shape->overlaps) {
        bool several = shape->shells.count > 1;
        LQI_TRY(lqi_tell(t, several ? "overlapping_shells" : "self_intersections", LQ_SEVERITY_INFO, 1, -1, 1, &note,
                         several ? "Bodies overlap; what they share is counted once."
                                 : "The surface cuts through itself; what lies inside twice is counted once."));
        lqi_tell_place(t, note, shape->columns.place);
        lqi_tell_measure(note, "overlap_volume_mm3", shape->columns.overlap * t->volume_scale, "mm3");
        double stored = shape->inside_out ? -shape->stored.volume : shape->stored.volume;
        lqi_tell_effect(t, note, (shape->made.volume - stored) * t->volume_scale, 0,
                        shape->made.volume > 0 ? fmax(0, 1 - lqi_uncertainty(shape) / shape->made.volume) : 0);
    }
    if (!shape->volume_examined)
        LQI_TRY(lqi_tell(t, "work_budget_exceeded", LQ_SEVERITY_WARN, 1, -1, 0, &note,
                         "Where bodies overlap or lie inside each other could not be examined within the work limit."));
    return LQ_OK;
}
