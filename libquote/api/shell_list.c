#include "api/shell_list.h"

#include <math.h>

#include "base/fail.h"
#include "base/memory.h"

_Static_assert((int)LQI_SHELL_SOLID == LQ_SHELL_SOLID && (int)LQI_SHELL_CAVITY == LQ_SHELL_CAVITY &&
                   (int)LQI_SHELL_NESTED == LQ_SHELL_NESTED && (int)LQI_SHELL_INVERTED == LQ_SHELL_INVERTED &&
                   (int)LQI_SHELL_SHEET == LQ_SHELL_SHEET,
               "kinds are numbered alike");

static bool is_listed(const lqi_part_instance *instance) { return instance->role == LQ_ROLE_MODEL; }

static uint64_t count_shells(const lq_part *part, const lqi_shape *shapes)
{
    uint64_t count = 0;
    for (size_t i = 0; i < part->instance_count && count < LQ_REPORT_SHELLS_MAX; i++)
        if (is_listed(&part->instances[i])) count += shapes[part->instances[i].mesh].shells.count;
    return count < LQ_REPORT_SHELLS_MAX ? count : LQ_REPORT_SHELLS_MAX;
}

static lq_shell describe(const lqi_shape *shape, const lqi_shell *from, const double transform[12])
{
    lq_shell shell = {.kind = (lq_shell_kind)from->kind,
                      .triangle_count = from->triangle_count,
                      .volume_mm3 = fabs(from->volume * lqi_transform_determinant(transform))};
    double centre[3] = {0, 0, 0};
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 3; i++) centre[i] += lqi_mesh_corner(&shape->solid, from->first_triangle, k)[i] / 3;
    lqi_transform_point(transform, centre, shell.point_mm);
    return shell;
}

lq_status lqi_list_shells(lq_report *report, const lq_part *part, const lqi_shape *shapes)
{
    uint64_t count = count_shells(part, shapes);
    if (count < 2) return LQ_OK;
    report->shells = lqi_arena_alloc(&report->arena, (size_t)count * sizeof *report->shells);
    if (!report->shells) return lqi_memory_status(report->context);
    for (size_t i = 0; i < part->instance_count && report->shell_count < count; i++) {
        if (!is_listed(&part->instances[i])) continue;
        const lqi_shape *shape = &shapes[part->instances[i].mesh];
        for (uint32_t s = 0; s < shape->shells.count && report->shell_count < count; s++)
            report->shells[report->shell_count++] =
                describe(shape, &shape->shells.shell[s], part->instances[i].transform);
    }
    return LQ_OK;
}

size_t lq_report_shell_count(const lq_report *report) { return report ? report->shell_count : 0; }

lq_status lq_report_shell(const lq_report *report, size_t index, lq_shell *shell)
{
    if (!report || !shell || index >= report->shell_count) return LQ_ERR_ARGUMENT;
    *shell = report->shells[index];
    return LQ_OK;
}

const char *lq_shell_kind_name(lq_shell_kind kind)
{
    static const char *const names[] = {"solid", "cavity", "nested", "inverted", "sheet"};
    return (unsigned)kind < sizeof names / sizeof names[0] ? names[kind] : "unknown";
}
