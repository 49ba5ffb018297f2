/* What a package offers to choose from: objects, items, plates. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "format/threemf_inside.h"
#include "format/threemf_vendor.h"

/* Model text beyond the root that is read for a list, so that small files are listed to the last triangle and a list
 * of big ones does not wait for their geometry. */
#define LIST_TEXT_MAX ((uint64_t)4 << 20)

/* ---- how much there is to read ---- */

static uint64_t add_text_of(lqi_threemf *threemf, const lqi_model_use *use)
{
    if (use->part == LQI_NO_PART) return 0;
    lqi_model_part *part = &threemf->parts[use->part];
    if (part->loaded || part->looked == threemf->looks) return 0;
    part->looked = threemf->looks;
    return lqi_zip_entry_at(threemf->zip, part->entry)->size;
}

static bool is_little_text(lqi_threemf *threemf)
{
    uint64_t size = 0;
    threemf->looks++;
    for (size_t i = 0; i < threemf->item_count; i++) size += add_text_of(threemf, &threemf->items[i].use);
    const lqi_model_part *root = &threemf->parts[threemf->root];
    for (size_t i = 0; i < root->use_count && size <= LIST_TEXT_MAX; i++) size += add_text_of(threemf, &root->uses[i]);
    return size <= LIST_TEXT_MAX;
}

/* An item that cannot be read is listed all the same: quoting it will tell what is wrong. */
static lq_status resolve_items(lqi_threemf *threemf)
{
    for (size_t i = 0; i < threemf->item_count; i++) {
        lq_status status = lqi_model_resolve(threemf, threemf->root, &threemf->items[i].use);
        if (lqi_ends_all(status)) return status;
        if (status != LQ_OK) lqi_begin(threemf->context);
    }
    return LQ_OK;
}

static lq_status look_ahead(lqi_threemf *threemf)
{
    lqi_model_use **uses = lqi_alloc_array(threemf->context, threemf->item_count, sizeof *uses);
    if (!uses) return lqi_memory_status(threemf->context);
    for (size_t i = 0; i < threemf->item_count; i++) uses[i] = &threemf->items[i].use;
    lq_status status = lqi_model_look_ahead(threemf, uses, threemf->item_count);
    lqi_free(threemf->context, uses);
    return status;
}

/* ---- objects ---- */

static const char *id_text(lqi_threemf *threemf, uint32_t part, uint32_t id)
{
    const char *name = part == threemf->root || part == LQI_NO_PART ? NULL : threemf->parts[part].name;
    size_t size = (name ? strlen(name) : 0) + 16;
    char *text = lqi_arena_alloc(&threemf->arena, size);
    if (text) snprintf(text, size, name ? "%u@%s" : "%u", (unsigned)id, name);
    return text;
}

typedef struct listing {
    lqi_threemf *threemf;
    lqi_threemf_object *objects;
    lqi_model_use *uses;
    size_t count, object_capacity, use_capacity;
} listing;

static lq_status add(listing *l, uint32_t part, uint32_t id, int64_t offset, const lqi_threemf_object *object)
{
    lq_context *context = l->threemf->context;
    LQI_TRY(lqi_grow(context, (void **)&l->objects, &l->object_capacity, l->count + 1, sizeof *l->objects));
    LQI_TRY(lqi_grow(context, (void **)&l->uses, &l->use_capacity, l->count + 1, sizeof *l->uses));
    l->uses[l->count] = (lqi_model_use){
        .object_id = id, .part = part, .object = LQI_NO_OBJECT, .transform = lqi_transform_identity, .offset = offset};
    l->objects[l->count] = *object;
    l->objects[l->count].id = id_text(l->threemf, part, id);
    return l->objects[l->count++].id ? LQ_OK : lqi_memory_status(context);
}

/* Of its own mesh, or of all that it is made of. */
static uint64_t triangles_of(const lqi_model_object *object)
{
    if (!object->has_components) return object->triangle_count;
    return object->visit == LQI_VISIT_DONE ? object->placed_triangles : LQ_COUNT_UNKNOWN;
}

static lq_status list_part(listing *l, uint32_t part)
{
    const lqi_threemf *threemf = l->threemf;
    for (size_t i = 0; i < threemf->parts[part].object_count; i++) {
        const lqi_model_object *object = &threemf->parts[part].objects[i];
        const lqi_threemf_object listed = {.name = lqi_object_name(threemf, part, object),
                                           .triangle_count = triangles_of(object),
                                           .role = object->listed_role};
        LQI_TRY(add(l, part, object->id, object->offset, &listed));
    }
    return LQ_OK;
}

static bool is_unread(const lqi_threemf *threemf, const lqi_model_use *use)
{
    return use->part != LQI_NO_PART && !threemf->parts[use->part].loaded;
}

static uint64_t key_of(const lqi_model_use *use) { return (uint64_t)use->part << 32 | use->object_id; }

static lq_status list_use(listing *l, const lqi_model_object *object, size_t component, const lqi_model_use *use)
{
    const lqi_vendor_object *told = lqi_vendor_object_of(l->threemf, object->id);
    const lqi_vendor_part *part =
        told && !told->has_ranges ? lqi_vendor_part_of(l->threemf, told, component, use->object_id) : NULL;
    const lqi_threemf_object listed = {.name = part && part->name ? part->name : "",
                                       .triangle_count = LQ_COUNT_UNKNOWN,
                                       .role = part ? part->role : LQ_ROLE_MODEL};
    return add(l, use->part, use->object_id, use->offset, &listed);
}

/* An object of a part that was not read is known by what the root says of it when it uses it first. */
static lq_status list_unread(listing *l)
{
    lqi_threemf *threemf = l->threemf;
    const lqi_model_part *root = &threemf->parts[threemf->root];
    uint64_t *keys = lqi_alloc_array(threemf->context, root->use_count, sizeof *keys);
    bool *listed = keys ? lqi_alloc_zeroed(threemf->context, root->use_count, sizeof *listed) : NULL;
    size_t count = 0, unique = 0;
    lq_status status = listed ? LQ_OK : lqi_memory_status(threemf->context);
    if (status != LQ_OK) goto done;
    for (size_t i = 0; i < root->use_count; i++)
        if (is_unread(threemf, &root->uses[i])) keys[count++] = key_of(&root->uses[i]);
    lqi_sort_u64(keys, count);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || keys[i] != keys[i - 1]) keys[unique++] = keys[i];
    for (size_t i = 0; i < root->object_count && unique; i++)
        for (size_t k = 0; k < root->objects[i].component_count && status == LQ_OK; k++) {
            const lqi_model_use *use = &root->uses[root->objects[i].component_first + k];
            if (!is_unread(threemf, use)) continue;
            bool *is_listed = &listed[lqi_first_at_least(keys, unique, key_of(use))];
            if (!*is_listed) status = list_use(l, &root->objects[i], k, use);
            *is_listed = true;
        }
done:
    lqi_free(threemf->context, listed);
    lqi_free(threemf->context, keys);
    return status;
}

static lq_status list_objects(listing *l)
{
    lqi_threemf *threemf = l->threemf;
    lqi_list_roles(threemf);
    LQI_TRY(lqi_model_order_parts(threemf));
    for (size_t i = 0; i < threemf->part_count; i++)
        if (threemf->parts[threemf->order[i]].loaded) LQI_TRY(list_part(l, threemf->order[i]));
    return list_unread(l);
}

/* ---- items ---- */

static lq_status list_items(lqi_threemf *threemf, lqi_threemf_item *items)
{
    for (size_t i = 0; i < threemf->part_count; i++)
        for (size_t k = 0; k < threemf->parts[i].object_count; k++) threemf->parts[i].objects[k].item_count = 0;
    for (size_t i = 0; i < threemf->item_count; i++) {
        lqi_model_item *item = &threemf->items[i];
        const lqi_model_use *use = &item->use;
        const char *id = id_text(threemf, use->part, use->object_id), *name = "";
        if (!id) return lqi_memory_status(threemf->context);
        if (use->part != LQI_NO_PART && threemf->parts[use->part].loaded) {
            uint32_t index = lqi_model_object_of_id(&threemf->parts[use->part], use->object_id);
            if (index != LQI_NO_OBJECT) {
                lqi_model_object *object = &threemf->parts[use->part].objects[index];
                item->instance = object->item_count++;
                name = lqi_object_name(threemf, use->part, object);
            }
        }
        items[i] = (lqi_threemf_item){id, item->instance, name, item->printable, item->plate};
    }
    return LQ_OK;
}

/* ---- all ---- */

static lq_status fill(lqi_threemf *threemf, listing *l)
{
    LQI_TRY(list_objects(l));
    lqi_threemf_item *items = lqi_arena_alloc(&threemf->arena, threemf->item_count * sizeof *items);
    if (!items) return lqi_memory_status(threemf->context);
    LQI_TRY(list_items(threemf, items));
    threemf->contents = (lqi_threemf_contents){.objects = l->objects,
                                               .object_count = l->count,
                                               .items = items,
                                               .item_count = threemf->item_count,
                                               .plates = threemf->plates,
                                               .plate_count = threemf->plate_count,
                                               .filaments = threemf->settings.filaments,
                                               .filament_count = threemf->settings.filament_count,
                                               .family = threemf->family,
                                               .producer = threemf->producer,
                                               .unit = threemf->parts[threemf->root].unit};
    threemf->listed = l->uses;
    threemf->listed_objects = l->objects;
    return LQ_OK;
}

lq_status lqi_threemf_contents_read(lqi_threemf *threemf, const lqi_threemf_contents **contents)
{
    *contents = NULL;
    if (!threemf->has_contents) {
        listing l = {.threemf = threemf};
        lq_status status;
        LQI_TRY_GOTO(lqi_model_load_root(threemf));
        LQI_TRY_GOTO(lqi_threemf_find_plates(threemf));
        if (is_little_text(threemf)) {
            LQI_TRY_GOTO(look_ahead(threemf));
            LQI_TRY_GOTO(resolve_items(threemf));
        }
        LQI_TRY_GOTO(fill(threemf, &l));
        threemf->has_contents = true;
    done:
        if (status != LQ_OK) {
            lqi_free(threemf->context, l.objects);
            lqi_free(threemf->context, l.uses);
            return status;
        }
    }
    *contents = &threemf->contents;
    return LQ_OK;
}
