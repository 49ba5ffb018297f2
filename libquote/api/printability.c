#include "api/printability.h"

#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "measure/printability_body.h"

/* Items that are looked at one by one; with more, each gets fewer columns, so that a full plate takes as long as a few
 * large parts. */
#define DIFFERENT_MAX 1024
#define DIFFERENT_AT_FULL_COLUMNS 4
#define COLUMNS_LEAST 48

/* An item is compared with so many different ones before it. */
#define COMPARED 64

typedef struct item {
    size_t first, count; /* instances */
    uint64_t copies;
} item;

typedef struct gathering {
    lq_context *context;
    const lq_part *part;
    const lqi_shape *shapes;
    item *items; /* the different ones */
    size_t item_count;
    lqi_placed_solid *solids; /* of one item */
    lqi_solid_shells *shells;
} gathering;

static bool is_solid(const lqi_shape *shape)
{
    return shape->solid_flag && shape->topology_examined && !shape->sheet && !shape->volume_is_zero;
}

/* The same solids, moved alike. */
static bool is_same(const lq_part *part, const item *a, const item *b)
{
    if (a->count != b->count) return false;
    const lqi_part_instance *p = &part->instances[a->first], *q = &part->instances[b->first];
    double moved[3];
    for (int k = 0; k < 3; k++) moved[k] = q[0].transform[9 + k] - p[0].transform[9 + k];
    for (size_t i = 0; i < a->count; i++) {
        if (p[i].mesh != q[i].mesh || p[i].role != q[i].role) return false;
        if (memcmp(p[i].transform, q[i].transform, 9 * sizeof(double)) != 0) return false;
        for (int k = 0; k < 3; k++) {
            double here = p[i].transform[9 + k] + moved[k], there = q[i].transform[9 + k];
            if (fabs(here - there) > 1e-9 * (1 + fabs(there))) return false;
        }
    }
    return true;
}

/* false: some body is no solid, or there are too many different items. */
static lq_status find_items(gathering *g, bool *all_solid)
{
    const lq_part *part = g->part;
    *all_solid = true;
    g->items = lqi_alloc_array(g->context, DIFFERENT_MAX, sizeof *g->items);
    if (!g->items) return lqi_memory_status(g->context);
    for (size_t i = 0, end; i < part->instance_count; i = end) {
        item one = {.first = i, .copies = 1};
        bool material = false;
        for (end = i; end < part->instance_count && part->instances[end].item == part->instances[i].item; end++) {
            if (part->instances[end].role != LQ_ROLE_MODEL) continue;
            material = true;
            *all_solid = *all_solid && is_solid(&g->shapes[part->instances[end].mesh]);
        }
        if (!material) continue;
        one.count = end - i;
        size_t back = 0, from = g->item_count;
        bool known = false;
        for (; back < COMPARED && from > 0 && !known; back++) known = is_same(part, &g->items[--from], &one);
        if (known) {
            g->items[from].copies++;
        } else if (g->item_count == DIFFERENT_MAX) {
            g->item_count++;
            return LQ_OK;
        } else {
            g->items[g->item_count++] = one;
        }
    }
    return LQ_OK;
}

static lq_status gather_body(gathering *g, const item *from, lqi_standing_body *body)
{
    const lqi_part_instance *instances = &g->part->instances[from->first];
    *body = (lqi_standing_body){0};
    g->solids = lqi_alloc_array(g->context, from->count, sizeof *g->solids);
    g->shells = lqi_alloc_array(g->context, from->count, sizeof *g->shells);
    if (!g->solids || !g->shells) return lqi_memory_status(g->context);
    for (size_t i = 0; i < from->count; i++) {
        if (instances[i].role != LQ_ROLE_MODEL) continue;
        const lqi_shape *shape = &g->shapes[instances[i].mesh];
        const uint32_t *shell = shape->shells.count > 1 ? shape->solid_shell : NULL;
        g->shells[body->count] = (lqi_solid_shells){shell, shell ? shape->shells.count : 1};
        const double *transform = lqi_transform_is_identity(instances[i].transform) ? NULL : instances[i].transform;
        g->solids[body->count++] = (lqi_placed_solid){&shape->solid, shape->solid_flag, transform, shape->inside_out};
    }
    body->solids = g->solids;
    body->shells = g->shells;
    return LQ_OK;
}

static void free_body(gathering *g)
{
    lqi_free(g->context, g->solids);
    lqi_free(g->context, g->shells);
    g->solids = NULL;
    g->shells = NULL;
}

/* Facets of an item become triangles of the file where it is one mesh whose triangles are those of the file. */
static void number_facets(const gathering *g, const item *from, lqi_printability *measured)
{
    const lqi_shape *shape = &g->shapes[g->part->instances[from->first].mesh];
    int64_t end = from->count == 1 && shape->body.mesh == shape->mesh ? shape->mesh->triangle_count : 0;
    for (size_t i = 0; i < measured->spot_count; i++)
        if (measured->spot[i].facet >= end) measured->spot[i].facet = -1;
    for (size_t level = 0; level < LQI_WALL_LEVELS; level++)
        for (size_t i = 0; i < measured->thin[level].kept; i++)
            if (measured->thin[level].patch[i].facet >= end) measured->thin[level].patch[i].facet = -1;
}

/* Columns of each item; a whole square root is not needed. */
static int columns_for(size_t different, uint32_t asked)
{
    double columns = asked ? asked : LQI_DEXELS_ACROSS;
    if (different > DIFFERENT_AT_FULL_COLUMNS) columns *= sqrt((double)DIFFERENT_AT_FULL_COLUMNS / (double)different);
    return (int)fmax(columns, fmin(asked ? asked : COLUMNS_LEAST, COLUMNS_LEAST));
}

static lq_status measure_items(gathering *g, uint32_t columns, lqi_printability *one, lqi_printability *sum)
{
    lq_status status = LQ_OK;
    for (size_t i = 0; i < g->item_count && status == LQ_OK; i++) {
        lqi_standing_body body;
        LQI_TRY(lqi_progress(g->context, "printability", i, g->item_count));
        status = gather_body(g, &g->items[i], &body);
        if (status == LQ_OK)
            status = lqi_printability_of_body(g->context, &body, columns_for(g->item_count, columns), one);
        free_body(g);
        if (status != LQ_OK) break;
        number_facets(g, &g->items[i], one);
        lqi_printability_merge(sum, one, g->items[i].copies, i == 0);
    }
    if (g->item_count > DIFFERENT_AT_FULL_COLUMNS) sum->coarser = true;
    return status;
}

static lq_status tell_resolution(lq_report *report, const lqi_printability *sum)
{
    lqi_note *note;
    if (!sum->coarser) return LQ_OK;
    LQI_TRY(
        lqi_notes_add(&report->notes, "resolution_limited", LQ_SEVERITY_INFO, 1, -1, &note,
                      "Walls, gaps and hollows were looked at more coarsely than usual; small ones may be missed."));
    note->measure_name = "cell_mm";
    note->measure_value = sum->cell_mm;
    note->measure_unit = "mm";
    return LQ_OK;
}

lq_status lqi_measure_printability(lq_report *report, const lq_part *part, const lqi_shape *shapes, uint32_t columns,
                                   const lqi_printability **measured)
{
    gathering g = {.context = report->context, .part = part, .shapes = shapes};
    lqi_printability *one = NULL, *sum = NULL;
    lq_status status;
    bool all_solid;
    *measured = NULL;
    LQI_TRY_GOTO(find_items(&g, &all_solid));
    if (!all_solid || !g.item_count) goto done;
    if (g.item_count > DIFFERENT_MAX) {
        status = lqi_notes_add(&report->notes, "work_budget_exceeded", LQ_SEVERITY_WARN, 1, -1, NULL,
                               "There are too many different items to look at walls, supports and hollows of each.");
        goto done;
    }
    one = lqi_alloc_array(g.context, 1, sizeof *one);
    sum = lqi_arena_alloc(&report->arena, sizeof *sum);
    if (!one || !sum) {
        status = lqi_memory_status(g.context);
        goto done;
    }
    LQI_TRY_GOTO(measure_items(&g, columns, one, sum));
    LQI_TRY_GOTO(tell_resolution(report, sum));
    *measured = sum;
done:
    lqi_free(g.context, one);
    lqi_free(g.context, g.items);
    return status;
}
