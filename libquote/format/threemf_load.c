/* Model parts as a whole: made on first mention, parsed on first use, several at once where that is possible. */
#include <pthread.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/threads.h"
#include "format/threemf_inside.h"

/* Parts that are named only in parts that are named only in parts ... are loaded as they come. */
#define LOOKS_MAX 3

lq_status lqi_model_part_of_entry(lqi_threemf *threemf, size_t entry, uint32_t *part)
{
    if (threemf->part_of_entry[entry]) {
        *part = threemf->part_of_entry[entry] - 1;
        return LQ_OK;
    }
    LQI_TRY(lqi_grow(threemf->context, (void **)&threemf->parts, &threemf->part_capacity, threemf->part_count + 1,
                     sizeof *threemf->parts));
    *part = (uint32_t)threemf->part_count;
    lqi_model_part *made = &threemf->parts[threemf->part_count++];
    *made = (lqi_model_part){
        .name = lqi_zip_entry_at(threemf->zip, entry)->name, .entry = entry, .unit = LQ_UNIT_MM, .unit_mm = 1};
    lqi_arena_init(&made->arena, threemf->context);
    lqi_notes_init(&made->notes, threemf->context);
    threemf->part_of_entry[entry] = *part + 1;
    return LQ_OK;
}

lq_status lqi_model_order_parts(lqi_threemf *threemf)
{
    lqi_free(threemf->context, threemf->order);
    threemf->order = lqi_alloc_array(threemf->context, threemf->part_count, sizeof *threemf->order);
    if (!threemf->order) return lqi_memory_status(threemf->context);
    size_t count = 0;
    threemf->order[count++] = threemf->root;
    for (size_t i = 0; i < lqi_zip_entry_count(threemf->zip); i++)
        if (threemf->part_of_entry[i] && threemf->part_of_entry[i] - 1 != threemf->root)
            threemf->order[count++] = threemf->part_of_entry[i] - 1;
    return LQ_OK;
}

static void free_meshes(lq_context *context, lqi_model_part *part)
{
    for (size_t i = 0; i < part->object_count; i++) lqi_threemf_mesh_free(context, &part->objects[i].mesh);
}

void lqi_model_part_free(lqi_threemf *threemf, lqi_model_part *part)
{
    lq_context *context = threemf->context;
    free_meshes(context, part);
    lqi_free(context, part->objects);
    lqi_free(context, part->uses);
    lqi_free(context, part->ids);
    lqi_free(context, part->id_places);
    lqi_free(context, part->by_id);
    lqi_free(context, part->items);
    lqi_notes_free(&part->notes);
    lqi_arena_free(&part->arena);
    *part = (lqi_model_part){.name = part->name,
                             .entry = part->entry,
                             .encrypted = part->encrypted,
                             .listed = part->listed,
                             .unit = LQ_UNIT_MM,
                             .unit_mm = 1};
    lqi_arena_init(&part->arena, context);
    lqi_notes_init(&part->notes, context);
}

uint32_t lqi_model_object_of_id(const lqi_model_part *part, uint32_t id)
{
    size_t at = lqi_find_id(part->by_id, part->object_count, id);
    return at < part->object_count ? (uint32_t)part->by_id[at] : LQI_NO_OBJECT;
}

/* ---- after the text ---- */

/* Objects and materials share their ids. 3D Builder repeats ids among materials, which changes no shape. */
static lq_status check_ids(lqi_threemf *threemf, lqi_model_part *part)
{
    lqi_sort_u64(part->ids, part->id_count);
    uint32_t second = UINT32_MAX, material = UINT32_MAX;
    for (size_t begin = 0, end; begin < part->id_count; begin = end) {
        int64_t any_object = 0;
        for (end = begin; end < part->id_count && part->ids[end] >> 32 == part->ids[begin] >> 32; end++)
            any_object |= part->id_places[(uint32_t)part->ids[end]] & 1;
        if (end - begin < 2) continue;
        uint32_t order = (uint32_t)part->ids[begin + 1], *first = any_object ? &second : &material;
        if (order < *first) *first = order;
    }
    if (second != UINT32_MAX) {
        lq_status status = lqi_fail(threemf->context, LQI_THREEMF_DUP_ID, part->id_places[second] >> 1,
                                    "The model uses one id for two things.");
        lqi_fail_part(threemf->context, part->name);
        return status;
    }
    if (material == UINT32_MAX) return LQ_OK;
    return lqi_threemf_note(&part->notes, part->name, "3mf_dup_id", LQ_SEVERITY_WARN, part->id_places[material] >> 1,
                            "The model uses one id for two materials.");
}

static lq_status index_objects(lqi_threemf *threemf, lqi_model_part *part)
{
    part->by_id = lqi_alloc_array(threemf->context, part->object_count, sizeof *part->by_id);
    if (!part->by_id) return lqi_memory_status(threemf->context);
    for (size_t i = 0; i < part->object_count; i++) part->by_id[i] = (uint64_t)part->objects[i].id << 32 | i;
    lqi_sort_u64(part->by_id, part->object_count);
    return LQ_OK;
}

/* Making the part that a path leads to may move all parts: they are known by index here. */
static lq_status follow_path(lqi_threemf *threemf, uint32_t from, const lqi_model_use *use, uint32_t *to)
{
    size_t entry;
    *to = LQI_NO_PART;
    char absolute[1 + 2 * 4096];
    size_t size = strlen(use->path);
    if (size > sizeof absolute - 2) return LQ_OK; /* no part has such a name */
    absolute[0] = '/';
    memcpy(absolute + 1, use->path, size + 1);
    LQI_TRY(lqi_package_find(threemf, "", absolute, &threemf->parts[from].notes, &entry));
    return entry == SIZE_MAX ? LQ_OK : lqi_model_part_of_entry(threemf, entry, to);
}

/* Where the use before led to: neighbours with one path share its text. */
typedef struct last_path {
    const char *path;
    uint32_t part;
} last_path;

static lq_status follow_use(lqi_threemf *threemf, uint32_t from, bool nested, lqi_model_use *use, last_path *last)
{
    if (!use->path) return LQ_OK;
    if (nested)
        LQI_TRY(lqi_threemf_note(&threemf->parts[from].notes, threemf->parts[from].name, "3mf_nested_path",
                                 LQ_SEVERITY_WARN, use->offset,
                                 "A part of the model that is itself referred to refers to another one."));
    if (use->path != last->path) {
        LQI_TRY(follow_path(threemf, from, use, &last->part));
        last->path = use->path;
    }
    use->part = last->part;
    if (use->part == LQI_NO_PART || use->part == from || threemf->parts[use->part].listed) return LQ_OK;
    return lqi_threemf_note(&threemf->parts[from].notes, threemf->parts[from].name, "opc_unlisted_part",
                            LQ_SEVERITY_WARN, use->offset,
                            "A part of the model is not listed in the package's relationships.");
}

static lq_status finish(lqi_threemf *threemf, uint32_t index, bool is_root)
{
    lqi_model_part *part = &threemf->parts[index];
    LQI_TRY(check_ids(threemf, part));
    LQI_TRY(index_objects(threemf, part));
    lqi_model_use *uses = part->uses;
    lqi_model_item *items = part->items;
    size_t use_count = part->use_count, item_count = part->item_count;
    last_path last = {0};
    for (size_t i = 0; i < use_count; i++) LQI_TRY(follow_use(threemf, index, !is_root, &uses[i], &last));
    for (size_t i = 0; i < item_count; i++) LQI_TRY(follow_use(threemf, index, false, &items[i].use, &last));
    part = &threemf->parts[index];
    if (part->is_cura && strcmp(threemf->family, "generic") == 0) threemf->family = "cura";
    if (is_root) {
        threemf->items = items;
        threemf->item_count = item_count;
        threemf->producer = part->producer;
    }
    part->loaded = true;
    return LQ_OK;
}

lq_status lqi_model_part_load(lqi_threemf *threemf, uint32_t index)
{
    lqi_model_part *part = &threemf->parts[index];
    if (part->loaded) return LQ_OK;
    if (part->encrypted) {
        lq_status status =
            lqi_fail(threemf->context, LQI_THREEMF_ENCRYPTED, -1, "The model is encrypted; its shape cannot be read.");
        lqi_fail_part(threemf->context, part->name);
        return status;
    }
    bool is_root = !threemf->root_loaded && index == threemf->root;
    lq_status status;
    LQI_TRY_GOTO(lqi_model_part_parse(threemf, threemf->context, index, is_root, part));
    LQI_TRY_GOTO(finish(threemf, index, is_root));
done:
    if (status != LQ_OK) lqi_model_part_free(threemf, &threemf->parts[index]);
    return status;
}

lq_status lqi_model_part_reload(lqi_threemf *threemf, uint32_t index)
{
    lqi_model_part *part = &threemf->parts[index];
    lqi_model_part again = {.name = part->name, .entry = part->entry, .unit = LQ_UNIT_MM, .unit_mm = 1};
    lqi_arena_init(&again.arena, threemf->context);
    lqi_notes_init(&again.notes, threemf->context);
    lq_status status = lqi_model_part_parse(threemf, threemf->context, index, index == threemf->root, &again);
    if (status == LQ_OK && again.object_count != part->object_count)
        status = lqi_fail(threemf->context, LQI_INTERNAL, -1, "A part of the model has changed while it was read.");
    for (size_t i = 0; i < part->object_count && status == LQ_OK; i++) {
        lqi_threemf_mesh_free(threemf->context, &part->objects[i].mesh);
        part->objects[i].mesh = again.objects[i].mesh;
        again.objects[i].mesh = (lqi_sink_mesh){0};
    }
    lqi_model_part_free(threemf, &again);
    return status;
}

/* ---- several at once ---- */

typedef struct part_list {
    uint32_t *parts;
    size_t count, capacity;
} part_list;

typedef struct wave {
    lqi_threemf *threemf;
    const part_list *list;
    bool *parsed;
    pthread_t caller;
} wave;

static lq_status parse_one(void *user, size_t i)
{
    wave *w = user;
    lqi_threemf *threemf = w->threemf;
    lqi_model_part *part = &threemf->parts[w->list->parts[i]];
    lq_context worker;
    lqi_context_fork(threemf->context, &worker);
    if (pthread_equal(pthread_self(), w->caller)) { /* progress is told by the thread that called the library */
        worker.progress = threemf->context->progress;
        worker.progress_user = threemf->context->progress_user;
    }
    part->arena.context = part->notes.arena.context = &worker;
    w->parsed[i] = lqi_model_part_parse(threemf, &worker, w->list->parts[i], false, part) == LQ_OK;
    part->arena.context = part->notes.arena.context = threemf->context;
    if (!w->parsed[i]) lqi_model_part_free(threemf, part);
    lqi_context_join(&worker);
    return LQ_OK;
}

/* Failures are forgotten here: the parts will be loaded again in their turn, and then fail as they should. One thread
 * does the same as many, so that what is known of a file after a failure does not depend on their number. */
static lq_status parse_all(lqi_threemf *threemf, const part_list *list)
{
    wave w = {.threemf = threemf, .list = list, .caller = pthread_self()};
    w.parsed = lqi_alloc_zeroed(threemf->context, list->count, sizeof *w.parsed);
    if (!w.parsed) return lqi_memory_status(threemf->context);
    lq_status status = lqi_parallel(threemf->context, list->count, parse_one, &w);
    for (size_t i = 0; i < list->count && status == LQ_OK; i++) {
        if (!w.parsed[i] || finish(threemf, list->parts[i], false) == LQ_OK) continue;
        lqi_model_part_free(threemf, &threemf->parts[list->parts[i]]);
        lqi_begin(threemf->context);
    }
    lqi_free(threemf->context, w.parsed);
    return status == LQ_OK ? lqi_progress(threemf->context, "parse", 0, 0) : status;
}

typedef struct look {
    lqi_threemf *threemf;
    struct place {
        uint32_t part, object;
    } * stack;
    size_t count, capacity;
    part_list found;
} look;

static lq_status look_at(look *l, const lqi_model_use *use)
{
    lqi_threemf *threemf = l->threemf;
    if (use->part == LQI_NO_PART) return LQ_OK;
    lqi_model_part *part = &threemf->parts[use->part];
    if (!part->loaded) {
        if (part->looked == threemf->looks || part->encrypted) return LQ_OK;
        part->looked = threemf->looks;
        LQI_TRY(lqi_grow(threemf->context, (void **)&l->found.parts, &l->found.capacity, l->found.count + 1,
                         sizeof *l->found.parts));
        l->found.parts[l->found.count++] = use->part;
        return LQ_OK;
    }
    uint32_t object = lqi_model_object_of_id(part, use->object_id);
    if (object == LQI_NO_OBJECT || part->objects[object].looked == threemf->looks) return LQ_OK;
    part->objects[object].looked = threemf->looks;
    LQI_TRY(lqi_grow(threemf->context, (void **)&l->stack, &l->capacity, l->count + 1, sizeof *l->stack));
    l->stack[l->count++] = (struct place){use->part, object};
    return LQ_OK;
}

/* The parts not loaded yet that the uses lead to through parts that are. */
static lq_status find_unloaded(look *l, lqi_model_use *const *uses, size_t count)
{
    l->threemf->looks++;
    l->found.count = l->count = 0;
    for (size_t i = 0; i < count; i++) {
        LQI_TRY(look_at(l, uses[i]));
        while (l->count) {
            struct place at = l->stack[--l->count];
            const lqi_model_part *part = &l->threemf->parts[at.part];
            const lqi_model_object *object = &part->objects[at.object];
            for (size_t k = 0; k < object->component_count; k++)
                LQI_TRY(look_at(l, &part->uses[object->component_first + k]));
        }
    }
    return LQ_OK;
}

lq_status lqi_model_look_ahead(lqi_threemf *threemf, lqi_model_use *const *uses, size_t count)
{
    look l = {.threemf = threemf};
    lq_status status = LQ_OK;
    for (int i = 0; i < LOOKS_MAX; i++) {
        LQI_TRY_GOTO(find_unloaded(&l, uses, count));
        if (l.found.count < 2) break;
        LQI_TRY_GOTO(parse_all(threemf, &l.found));
    }
done:
    lqi_free(threemf->context, l.stack);
    lqi_free(threemf->context, l.found.parts);
    return status;
}
