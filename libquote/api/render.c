/* Parts as pictures. */
#include "api/objects.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "measure/shape.h"
#include "picture/defects.h"
#include "picture/picture.h"

#define SIDE_DEFAULT 1024

static const double views[][3] = {[LQ_VIEW_THREE_QUARTER] = {0.62, -1.0, 0.66},
                                  [LQ_VIEW_FRONT] = {0, -1, 0},
                                  [LQ_VIEW_BACK] = {0, 1, 0},
                                  [LQ_VIEW_LEFT] = {-1, 0, 0},
                                  [LQ_VIEW_RIGHT] = {1, 0, 0},
                                  [LQ_VIEW_TOP] = {0, 0, 1},
                                  [LQ_VIEW_BOTTOM] = {0, 0, -1}};

/* The part's own colour is set from the options. */
static const uint8_t paints[][3] = {
    [LQI_PAINT_PART] = {0x8C, 0xA3, 0xB8},         [LQI_PAINT_OPEN] = {0xE0, 0x2B, 0x20},
    [LQI_PAINT_NON_MANIFOLD] = {0xA0, 0x30, 0xC8}, [LQI_PAINT_TURNED] = {0xF0, 0x8A, 0x1C},
    [LQI_PAINT_COPY] = {0xE8, 0xC8, 0x20},         [LQI_PAINT_OVERHANG] = {0xE0, 0x7A, 0x5F}};

static lq_status make_order(lq_context *context, const lq_render_options *given, lqi_picture_order *order)
{
    order->width = given->width ? given->width : SIDE_DEFAULT;
    order->height = given->height ? given->height : SIDE_DEFAULT;
    if (order->width > LQ_RENDER_SIDE_MAX || order->height > LQ_RENDER_SIDE_MAX)
        return lqi_fail(context, LQI_ARGUMENT, -1, "A picture is at most %d pixels wide and high.", LQ_RENDER_SIDE_MAX);
    if ((unsigned)given->view >= sizeof views / sizeof views[0])
        return lqi_fail(context, LQI_ARGUMENT, -1, "There is no such view.");
    bool own = given->from[0] != 0 || given->from[1] != 0 || given->from[2] != 0;
    for (int i = 0; i < 3; i++) order->from[i] = own ? given->from[i] : views[given->view][i];
    for (size_t i = 0; i < sizeof paints / sizeof paints[0]; i++)
        for (int k = 0; k < 3; k++) order->paint[i][k] = paints[i][k];
    for (int i = 0; i < LQI_WALL_STEPS; i++)
        for (int k = 0; k < 3; k++) order->paint[LQI_PAINT_WALL + i][k] = lqi_wall_color[i][k];
    if (given->color & LQ_RENDER_COLOR)
        for (int k = 0; k < 3; k++) order->paint[LQI_PAINT_PART][k] = (uint8_t)(given->color >> (16 - 8 * k));
    for (int k = 0; k < 4; k++) order->ground[k] = given->ground == LQ_GROUND_WHITE ? 255 : 0;
    order->scale_bar = !given->no_scale_bar;
    order->overhangs = given->overhangs != 0;
    return LQ_OK;
}

static lq_status take_meshes(lq_context *context, const lq_part *part, bool defects, lqi_canvas_mesh *meshes,
                             uint8_t **paint)
{
    size_t total = 0;
    for (size_t i = 0; i < part->mesh_count; i++) total += part->meshes[i].mesh.triangle_count;
    if (defects && !(*paint = lqi_alloc(context, total))) return lqi_memory_status(context);
    uint8_t *next = *paint;
    for (size_t i = 0; i < part->mesh_count; i++) {
        const lqi_mesh *mesh = &part->meshes[i].mesh;
        meshes[i] = (lqi_canvas_mesh){mesh->position, mesh->corner, next, mesh->vertex_count, mesh->triangle_count};
        if (!defects) continue;
        LQI_TRY(lqi_paint_defects(context, mesh, next));
        next += mesh->triangle_count;
    }
    return LQ_OK;
}

/* ---- walls ---- */

typedef struct bodies {
    lqi_shape *shapes; /* per mesh */
    lqi_placed_solid *solids;
    size_t count;
    lqi_dexels dexels;
    bool made;
} bodies;

static void free_bodies(lq_context *context, const lq_part *part, bodies *b)
{
    for (size_t i = 0; b->shapes && i < part->mesh_count; i++) lqi_shape_free(context, &b->shapes[i]);
    if (b->made) lqi_dexels_free(&b->dexels);
    lqi_free(context, b->solids);
    lqi_free(context, b->shapes);
}

/* Walls are those of the part that would be made: closed, turned, without copies. */
static lq_status make_bodies(lq_context *context, const lq_part *part, bodies *b)
{
    b->shapes = lqi_alloc_zeroed(context, part->mesh_count, sizeof *b->shapes);
    b->solids = b->shapes ? lqi_alloc_array(context, part->instance_count, sizeof *b->solids) : NULL;
    if (!b->solids) return lqi_memory_status(context);
    for (size_t i = 0; i < part->mesh_count; i++)
        if (part->meshes[i].used)
            LQI_TRY(
                lqi_shape_measure(context, &part->meshes[i].mesh, LQ_TOPOLOGY_FULL, LQ_FILL_POSITIVE, &b->shapes[i]));
    for (size_t i = 0; i < part->instance_count; i++) {
        const lqi_part_instance *instance = &part->instances[i];
        const lqi_shape *shape = &b->shapes[instance->mesh];
        if (instance->role != LQ_ROLE_MODEL || !shape->solid_flag) continue;
        b->solids[b->count++] =
            (lqi_placed_solid){&shape->solid, shape->solid_flag, instance->transform, shape->inside_out};
    }
    LQI_TRY(lqi_dexels_make(context, b->solids, b->count, 0, &b->dexels));
    b->made = true;
    return LQ_OK;
}

lq_status lq_part_render(lq_context *context, const lq_part *part, const lq_render_options *options, uint8_t *rgba,
                         size_t rgba_size)
{
    if (!context) return LQ_ERR_ARGUMENT;
    lqi_begin(context);
    lq_render_options given;
    lqi_copy_options(&given, sizeof given, options);
    lqi_picture_order order = {0};
    if (!part || !rgba) return lqi_fail(context, LQI_ARGUMENT, -1, "A picture needs a part and room for its pixels.");
    if (lqi_part_is_soup(part))
        return lqi_fail(context, LQI_ARGUMENT, -1, "The part was read for the certificate alone: it has no triangles.");
    LQI_TRY(make_order(context, &given, &order));
    if (rgba_size < (size_t)order.width * order.height * 4)
        return lqi_fail(context, LQI_ARGUMENT, -1, "A picture needs 4 bytes for each of its pixels.");
    uint8_t *paint = NULL;
    uint32_t coarse = 1;
    bodies solid = {0};
    lq_status status = LQ_OK;
    lqi_canvas_mesh *meshes = lqi_alloc_array(context, part->mesh_count, sizeof *meshes);
    lqi_picture_instance *instances = meshes ? lqi_alloc_array(context, part->instance_count, sizeof *instances) : NULL;
    if (!instances) status = lqi_memory_status(context);
    if (status == LQ_OK) status = take_meshes(context, part, given.defects, meshes, &paint);
    for (size_t i = 0; i < part->instance_count && status == LQ_OK; i++) {
        const lqi_part_instance *instance = &part->instances[i];
        if (instance->role == LQ_ROLE_MODEL)
            instances[order.instance_count++] = (lqi_picture_instance){&meshes[instance->mesh], instance->transform};
    }
    order.instance = instances;
    if (status == LQ_OK && given.walls) status = make_bodies(context, part, &solid);
    if (given.walls) order.walls = &solid.dexels;
    if (status == LQ_OK) status = lqi_picture_render(context, &order, rgba, &coarse);
    free_bodies(context, part, &solid);
    lqi_free(context, instances);
    lqi_free(context, meshes);
    lqi_free(context, paint);
    return status;
}
