#include "check/teller.h"

#include <math.h>

#include "base/fail.h"

static void locate(const lqi_teller *t, lqi_note *note, int64_t triangle)
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

void lqi_tell_place(const lqi_teller *t, lqi_note *note, const double place[3])
{
    if (isnan(note->point_mm[0])) lqi_transform_point(t->transform, place, note->point_mm);
}

void lqi_tell_effect_of_repair(const lqi_teller *t, lqi_note *note, double confidence)
{
    const lqi_shape *shape = t->shape;
    lqi_tell_effect(t, note, (shape->made.volume - fabs(shape->stored.volume)) * t->volume_scale,
                    (shape->made.area - shape->stored.area) * t->length_scale * t->length_scale, confidence);
}

void lqi_tell_measure(lqi_note *note, const char *name, double value, const char *unit)
{
    note->measure_value = isnan(note->measure_value) ? value : note->measure_value + value;
    note->measure_name = name;
    note->measure_unit = unit;
}

void lqi_tell_effect(const lqi_teller *t, lqi_note *note, double volume_delta, double area_delta, double confidence)
{
    double copies = (double)t->copies;
    note->volume_delta_mm3 = (isnan(note->volume_delta_mm3) ? 0 : note->volume_delta_mm3) + volume_delta * copies;
    note->area_delta_mm2 = (isnan(note->area_delta_mm2) ? 0 : note->area_delta_mm2) + area_delta * copies;
    note->confidence = isnan(note->confidence) ? confidence : fmin(note->confidence, confidence);
}

lq_status lqi_tell(const lqi_teller *t, const char *code, lq_severity severity, uint64_t count, int64_t triangle,
                   int repaired, lqi_note **out, const char *message)
{
    LQI_TRY(lqi_notes_add(t->notes, code, severity, count * t->copies, -1, out, "%s", message));
    (*out)->repairable = (*out)->repaired = repaired;
    locate(t, *out, triangle);
    return LQ_OK;
}

double lqi_uncertainty(const lqi_shape *shape) { return (shape->volume_high - shape->volume_low) / 2; }
