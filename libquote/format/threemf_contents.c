/* What a package offers to choose from: objects, items, plates. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "format/threemf_inside.h"

static const char *id_text(lqi_threemf *threemf, uint32_t part, uint32_t id)
{
    const char *name = part == threemf->root ? NULL : threemf->parts[part].name;
    size_t size = (name ? strlen(name) : 0) + 16;
    char *text = lqi_arena_alloc(&threemf->arena, size);
    if (text) snprintf(text, size, name ? "%u@%s" : "%u", (unsigned)id, name);
    return text;
}

static size_t count_objects(const lqi_threemf *threemf)
{
    size_t count = 0;
    for (size_t i = 0; i < threemf->part_count; i++)
        count += threemf->parts[i].loaded ? threemf->parts[i].object_count : 0;
    return count;
}

static lq_status list_objects(lqi_threemf *threemf, lqi_threemf_object *objects)
{
    size_t count = 0;
    for (uint32_t part = 0; part < threemf->part_count; part++)
        for (size_t i = 0; threemf->parts[part].loaded && i < threemf->parts[part].object_count; i++) {
            const lqi_model_object *object = &threemf->parts[part].objects[i];
            const char *id = id_text(threemf, part, object->id);
            if (!id) return lqi_memory_status(threemf->context);
            objects[count++] = (lqi_threemf_object){id, lqi_object_name(threemf, part, object), object->triangle_count,
                                                    object->listed_role};
        }
    return LQ_OK;
}

static lq_status list_items(lqi_threemf *threemf, lqi_threemf_item *items)
{
    for (size_t i = 0; i < threemf->item_count; i++) {
        lqi_model_item *item = &threemf->items[i];
        lqi_model_object *object = &threemf->parts[item->use.part].objects[item->use.object];
        item->instance = object->item_count++;
        const char *id = id_text(threemf, item->use.part, object->id);
        if (!id) return lqi_memory_status(threemf->context);
        items[i] = (lqi_threemf_item){id, item->instance, lqi_object_name(threemf, item->use.part, object),
                                      item->printable, item->plate};
    }
    return LQ_OK;
}

static lq_status fill(lqi_threemf *threemf)
{
    for (size_t i = 0; i < threemf->part_count; i++)
        for (size_t k = 0; k < threemf->parts[i].object_count; k++) threemf->parts[i].objects[k].item_count = 0;
    lqi_list_roles(threemf);
    size_t object_count = count_objects(threemf);
    lqi_threemf_object *objects = lqi_arena_alloc(&threemf->arena, object_count * sizeof *objects);
    lqi_threemf_item *items = lqi_arena_alloc(&threemf->arena, threemf->item_count * sizeof *items);
    if (!objects || !items) return lqi_memory_status(threemf->context);
    LQI_TRY(list_objects(threemf, objects));
    LQI_TRY(list_items(threemf, items));
    threemf->contents = (lqi_threemf_contents){.objects = objects,
                                               .object_count = object_count,
                                               .items = items,
                                               .item_count = threemf->item_count,
                                               .plates = threemf->plates,
                                               .plate_count = threemf->plate_count,
                                               .filaments = threemf->settings.filaments,
                                               .filament_count = threemf->settings.filament_count,
                                               .family = threemf->family,
                                               .producer = threemf->producer,
                                               .unit = threemf->parts[threemf->root].unit};
    return LQ_OK;
}

lq_status lqi_threemf_contents_read(lqi_threemf *threemf, const lqi_threemf_contents **contents)
{
    *contents = NULL;
    if (!threemf->has_contents) {
        const lqi_sink *sink = threemf->sink;
        lq_status status;
        threemf->sink = NULL;
        LQI_TRY_GOTO(lqi_model_load_root(threemf));
        LQI_TRY_GOTO(lqi_threemf_find_plates(threemf));
        for (size_t i = 0; i < threemf->item_count; i++)
            LQI_TRY_GOTO(lqi_model_resolve(threemf, threemf->root, &threemf->items[i].use));
        LQI_TRY_GOTO(fill(threemf));
        threemf->has_contents = true;
    done:
        threemf->sink = sink;
        if (status != LQ_OK) return status;
    }
    *contents = &threemf->contents;
    return LQ_OK;
}
