/* Which filaments the parts of a project are assigned to: numbers of extruders in the slicers' own files. */
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "format/threemf_details.h"
#include "format/threemf_plates.h"
#include "format/threemf_vendor.h"

#define WORDS (LQI_FILAMENTS_MAX / 64)

/* Bit i: the filament i + 1. */
typedef struct filament_set {
    uint64_t words[WORDS];
} filament_set;

typedef struct filaments {
    filament_set set;
    lqi_filament_list list; /* count 0: not found yet */
} filaments;

typedef struct finder {
    lqi_threemf *threemf;
    lqi_arena *arena;
    filament_set *of_told; /* per object of the vendor's files */
    filaments *of_object;  /* per object of the root model, found on first use */
    filaments first;       /* of what nothing is told about */
} finder;

static void add(filament_set *set, uint32_t index) { set->words[(index - 1) / 64] |= UINT64_C(1) << (index - 1) % 64; }

static void unite(filament_set *set, const filament_set *other)
{
    for (size_t i = 0; i < WORDS; i++) set->words[i] |= other->words[i];
}

static lq_status list_of(lqi_arena *arena, const filament_set *set, lqi_filament_list *list)
{
    size_t count = 0;
    for (size_t i = 0; i < WORDS; i++) count += (size_t)__builtin_popcountll(set->words[i]);
    uint32_t *items = lqi_arena_alloc(arena, count * sizeof *items);
    if (!items) return lqi_memory_status(arena->context);
    list->items = items;
    list->count = count;
    for (uint32_t i = 0; i < LQI_FILAMENTS_MAX; i++)
        if (set->words[i / 64] >> i % 64 & 1) *items++ = i + 1;
    return LQ_OK;
}

static uint32_t in_range(const lqi_threemf *threemf, uint32_t extruder)
{
    return extruder == 0 || extruder > threemf->settings.extruder_count ? 1 : extruder;
}

/* Bambu Studio forgets what the only part of an object says; a number that is not told is the object's, for a part of
 * material. A modifier changes the filament only where it names one; what is cut away or only guides supports has none.
 */
static void collect_told(const lqi_threemf *threemf, const lqi_vendor_object *object, filament_set *set)
{
    const lqi_vendor_part *parts = threemf->vendor->parts + object->part_first;
    bool alone = object->part_count == 1 && strcmp(object->file, LQI_BAMBU_SETTINGS) == 0;
    bool found = false;
    for (size_t i = 0; i < object->part_count && !alone; i++) {
        bool material = parts[i].role == LQ_ROLE_MODEL;
        if (!material && (parts[i].role != LQ_ROLE_MODIFIER || parts[i].extruder == 0)) continue;
        found |= material;
        add(set, in_range(threemf, parts[i].extruder ? parts[i].extruder : object->extruder));
    }
    if (!found) add(set, in_range(threemf, object->extruder));
}

/* Further instances of PrusaSlicer are objects that refer to the one that is told about. */
static bool collect_components(const finder *f, const lqi_model_object *object, filament_set *set)
{
    const lqi_model_part *root = &f->threemf->parts[f->threemf->root];
    bool found = false;
    for (size_t i = 0; i < object->component_count; i++) {
        const lqi_model_use *use = &root->uses[object->component_first + i];
        const lqi_vendor_object *told = use->path ? NULL : lqi_vendor_object_of(f->threemf, use->object_id);
        if (!told) continue;
        unite(set, &f->of_told[told - f->threemf->vendor->objects]);
        found = true;
    }
    return found;
}

/* ---- paint ---- */

/* Of two together: one that is painted, else one that is not known. */
static int more_painted(int a, int b) { return a > 0 || b > 0 ? 1 : a < b ? a : b; }

/* Slicers nest no deeper than one level of components; what lies deeper is not looked for. */
static int painted_mesh(const lqi_threemf *threemf, const lqi_model_use *use)
{
    if (use->part >= threemf->part_count || !threemf->parts[use->part].loaded) return -1;
    const lqi_model_part *part = &threemf->parts[use->part];
    if (use->object >= part->object_count || part->objects[use->object].has_components) return -1;
    return part->objects[use->object].painted;
}

static int painted_object(const lqi_threemf *threemf, const lqi_model_object *object)
{
    const lqi_model_part *root = &threemf->parts[threemf->root];
    if (!object->has_components) return object->painted;
    int painted = 0;
    for (size_t i = 0; i < object->component_count; i++)
        painted = more_painted(painted, painted_mesh(threemf, &root->uses[object->component_first + i]));
    return painted;
}

/* ---- items and plates ---- */

static lq_status find_object(finder *f, uint32_t index)
{
    filaments *found = &f->of_object[index];
    if (found->list.count) return LQ_OK;
    const lqi_model_object *object = &f->threemf->parts[f->threemf->root].objects[index];
    const lqi_vendor_object *told = lqi_vendor_object_of(f->threemf, object->id);
    if (told)
        found->set = f->of_told[told - f->threemf->vendor->objects];
    else if (!collect_components(f, object, &found->set))
        found->set = f->first.set;
    found->list.painted = painted_object(f->threemf, object);
    return list_of(f->arena, &found->set, &found->list);
}

/* A printable item counts for its plate. */
static lq_status find_items(finder *f, lqi_filament_list *of_items, filaments *of_plates)
{
    const lqi_threemf *threemf = f->threemf;
    const lqi_model_part *root = &threemf->parts[threemf->root];
    for (size_t i = 0; i < threemf->item_count; i++) {
        const lqi_model_item *item = &threemf->items[i];
        const filaments *found = &f->first;
        if (item->use.part == threemf->root && item->use.object < root->object_count) {
            LQI_TRY(find_object(f, item->use.object));
            found = &f->of_object[item->use.object];
        }
        of_items[i] = found->list;
        const lqi_threemf_plate *plate = lqi_plate_of_number(threemf, item->plate);
        if (!plate || !item->printable) continue;
        filaments *on_plate = &of_plates[plate - threemf->plates];
        unite(&on_plate->set, &found->set);
        on_plate->list.painted = more_painted(on_plate->list.painted, found->list.painted);
    }
    return LQ_OK;
}

static lq_status find_all(finder *f, lqi_filament_list *of_items, lqi_filament_list *of_plates, filaments *plates)
{
    const lqi_vendor *v = f->threemf->vendor;
    add(&f->first.set, 1);
    f->first.list.painted = -1;
    LQI_TRY(list_of(f->arena, &f->first.set, &f->first.list));
    for (size_t i = 0; i < v->object_count; i++) collect_told(f->threemf, &v->objects[i], &f->of_told[i]);
    LQI_TRY(find_items(f, of_items, plates));
    for (size_t i = 0; i < f->threemf->plate_count; i++) {
        LQI_TRY(list_of(f->arena, &plates[i].set, &plates[i].list));
        of_plates[i] = plates[i].list;
    }
    return LQ_OK;
}

lq_status lqi_filaments_find(lqi_threemf *threemf, lqi_arena *arena, lqi_filament_list *of_items,
                             lqi_filament_list *of_plates)
{
    memset(of_items, 0, threemf->item_count * sizeof *of_items);
    memset(of_plates, 0, threemf->plate_count * sizeof *of_plates);
    /* Where PrusaSlicer 3 keeps the numbers of extruders is not known. */
    if (threemf->settings.extruder_count == 0 || strcmp(threemf->family, "prusa3") == 0) return LQ_OK;
    lq_context *context = threemf->context;
    finder f = {.threemf = threemf, .arena = arena};
    f.of_told = lqi_alloc_zeroed(context, threemf->vendor->object_count, sizeof *f.of_told);
    f.of_object = lqi_alloc_zeroed(context, threemf->parts[threemf->root].object_count, sizeof *f.of_object);
    filaments *plates = lqi_alloc_zeroed(context, threemf->plate_count, sizeof *plates);
    bool good = f.of_told && f.of_object && plates;
    lq_status status = good ? find_all(&f, of_items, of_plates, plates) : lqi_memory_status(context);
    lqi_free(context, plates);
    lqi_free(context, f.of_object);
    lqi_free(context, f.of_told);
    return status;
}
