/* model_settings.config of Bambu Studio and its kin, *_model.config of the Slic3r family. Both are one form: objects
 * with parts, and for Bambu plates with instances. */
#include "format/threemf_vendor.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "format/threemf_xml.h"

typedef enum place { AT_TOP, AT_CONFIG, AT_OBJECT, AT_PART, AT_PLATE, AT_INSTANCE, AT_DEAD } place;

#define PLACES_MAX 6

typedef struct reader {
    lqi_threemf *threemf;
    lqi_vendor *vendor;
    const char *file;
    place places[PLACES_MAX];
    size_t depth, skipped;
    bool has_plates; /* this file may tell of plates */
    lqi_vendor_row row;
    bool row_object, row_instance;
} reader;

/* ---- any vendor file ---- */

static bool lies_in_the_file(lq_context *context, lq_status status)
{
    return status == LQ_ERR_INPUT || status == LQ_ERR_UNSUPPORTED ||
           (status == LQ_ERR_LIMIT && strcmp(lq_context_error(context)->code, "limit") != 0);
}

lq_status lqi_vendor_ignore(lqi_threemf *threemf, const char *name, int64_t offset)
{
    size_t names, entry = lqi_zip_find_folded(threemf->zip, name, &names);
    return lqi_threemf_note(&threemf->notes, lqi_zip_entry_at(threemf->zip, entry)->name, "metadata_ignored",
                            LQ_SEVERITY_WARN, offset, "The file %s of the slicer is damaged and was left out.", name);
}

static lq_status forgive(lqi_threemf *threemf, const char *name, lq_status status)
{
    if (!lies_in_the_file(threemf->context, status)) return status;
    int64_t offset = lq_context_error(threemf->context)->offset;
    lqi_begin(threemf->context); /* the geometry is still fine */
    return lqi_vendor_ignore(threemf, name, offset);
}

lq_status lqi_vendor_load(lqi_threemf *threemf, const char *name, size_t size_max, uint8_t **data, size_t *size)
{
    size_t names, entry = lqi_zip_find_folded(threemf->zip, name, &names);
    *data = NULL;
    if (entry == SIZE_MAX) return LQ_OK;
    if (lqi_zip_entry_at(threemf->zip, entry)->size == 0) return lqi_vendor_ignore(threemf, name, 0);
    if (lqi_zip_entry_at(threemf->zip, entry)->size > size_max)
        return lqi_vendor_ignore(threemf, name, (int64_t)size_max);
    lq_status status = lqi_zip_read(threemf->zip, entry, data, size);
    if (status == LQ_OK) return LQ_OK;
    *data = NULL;
    return forgive(threemf, name, status);
}

lq_status lqi_vendor_parse(lqi_threemf *threemf, const char *name, const lqi_xml_handler *handler, void *user,
                           bool *read)
{
    uint8_t *data;
    size_t size;
    *read = false;
    LQI_TRY(lqi_vendor_load(threemf, name, SIZE_MAX, &data, &size));
    if (!data) return LQ_OK;
    lq_status status = lqi_xml_parse(threemf->context, name, data, size, handler, user);
    lqi_free(threemf->context, data);
    *read = status == LQ_OK;
    return forgive(threemf, name, status);
}

/* ---- roles ---- */

bool lqi_vendor_role_of(const char *word, lq_role *role)
{
    static const struct {
        const char *word;
        lq_role role;
    } roles[] = {{"normal_part", LQ_ROLE_MODEL},
                 {"negative_part", LQ_ROLE_NEGATIVE},
                 {"modifier_part", LQ_ROLE_MODIFIER},
                 {"support_blocker", LQ_ROLE_SUPPORT},
                 {"support_enforcer", LQ_ROLE_SUPPORT},
                 {"ModelPart", LQ_ROLE_MODEL},
                 {"NegativeVolume", LQ_ROLE_NEGATIVE},
                 {"ParameterModifier", LQ_ROLE_MODIFIER},
                 {"SupportBlocker", LQ_ROLE_SUPPORT},
                 {"SupportEnforcer", LQ_ROLE_SUPPORT},
                 {"0", LQ_ROLE_MODEL},
                 {"1", LQ_ROLE_MODIFIER}};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(word, roles[i].word) == 0) {
            *role = roles[i].role;
            return true;
        }
    return false;
}

static lq_status role_of(reader *r, lqi_xml *xml, const char *word, lq_role *role)
{
    if (lqi_vendor_role_of(word, role)) return LQ_OK;
    *role = LQ_ROLE_MODEL;
    return lqi_threemf_note(&r->threemf->notes, r->file, "3mf_unknown_subtype", LQ_SEVERITY_WARN, lqi_xml_offset(xml),
                            "A part is of the unknown kind \"%.40s\"; it was read as a normal part.", word);
}

/* ---- what is told ---- */

lq_status lqi_vendor_add_object(lqi_threemf *threemf, const char *file, uint32_t id)
{
    lqi_vendor *v = threemf->vendor;
    LQI_TRY(
        lqi_grow(threemf->context, (void **)&v->objects, &v->object_capacity, v->object_count + 1, sizeof *v->objects));
    v->objects[v->object_count++] = (lqi_vendor_object){.id = id, .file = file, .part_first = v->part_count};
    return LQ_OK;
}

lq_status lqi_vendor_add_part(lqi_threemf *threemf, const lqi_vendor_part *part)
{
    lqi_vendor *v = threemf->vendor;
    LQI_TRY(lqi_grow(threemf->context, (void **)&v->parts, &v->part_capacity, v->part_count + 1, sizeof *part));
    v->parts[v->part_count++] = *part;
    v->objects[v->object_count - 1].part_count++;
    return LQ_OK;
}

/* ---- elements ---- */

static lq_status enter(reader *r, place where)
{
    r->places[r->depth++] = where;
    return LQ_OK;
}

static bool index_in(const char *const *attributes, const char *name, uint32_t *value)
{
    const char *text = lqi_xml_attribute(attributes, name);
    return text && lqi_index_of(text, value) == LQI_VALUE_GOOD;
}

static lq_status start_object(reader *r, const char *const *attributes)
{
    uint32_t id;
    if (!index_in(attributes, "id", &id)) return enter(r, AT_DEAD);
    LQI_TRY(lqi_vendor_add_object(r->threemf, r->file, id));
    return enter(r, AT_OBJECT);
}

static lq_status start_part(reader *r, lqi_xml *xml, const char *const *attributes)
{
    lqi_vendor *v = r->vendor;
    lqi_vendor_object *object = &v->objects[v->object_count - 1];
    lqi_vendor_part part = {.first = LQI_NO_RANGE, .last = LQI_NO_RANGE, .offset = lqi_xml_offset(xml)};
    bool range = lqi_xml_attribute(attributes, "firstid") != NULL;
    if (range) { /* numbers that are none leave an impossible range, which is refused when it is used */
        (void)index_in(attributes, "firstid", &part.first);
        if (!index_in(attributes, "lastid", &part.last)) part.last = LQI_NO_RANGE - 1;
        object->has_ranges = true;
    } else {
        (void)index_in(attributes, "id", &part.id);
        const char *subtype = lqi_xml_attribute(attributes, "subtype");
        if (subtype) LQI_TRY(role_of(r, xml, subtype, &part.role));
    }
    LQI_TRY(lqi_vendor_add_part(r->threemf, &part));
    return enter(r, AT_PART);
}

static lq_status start_plate(reader *r)
{
    lqi_vendor *v = r->vendor;
    LQI_TRY(
        lqi_grow(r->threemf->context, (void **)&v->plates, &v->plate_capacity, v->plate_count + 1, sizeof *v->plates));
    v->plates[v->plate_count++] = (lqi_vendor_plate){.name = ""};
    return enter(r, AT_PLATE);
}

static lq_status take_text(reader *r, const char *value, const char **text)
{
    *text = lqi_arena_text(&r->threemf->arena, value, strnlen(value, 4096));
    return *text ? LQ_OK : lqi_memory_status(r->threemf->context);
}

/* Anything that is no number is the same as nothing. */
static void take_extruder(const char *value, uint32_t *extruder)
{
    if (lqi_index_of(value, extruder) != LQI_VALUE_GOOD) *extruder = 0;
}

static lq_status take_object_value(reader *r, const char *key, const char *value)
{
    lqi_vendor_object *object = &r->vendor->objects[r->vendor->object_count - 1];
    if (strcmp(key, "name") == 0) return take_text(r, value, &object->name);
    if (strcmp(key, "extruder") == 0) take_extruder(value, &object->extruder);
    return LQ_OK;
}

static lq_status take_plate_value(reader *r, const char *key, const char *value)
{
    static const char *const pictures[LQI_PLATE_PICTURES] = {"thumbnail_file", "thumbnail_no_light_file", "top_file",
                                                             "pick_file"};
    lqi_vendor_plate *plate = &r->vendor->plates[r->vendor->plate_count - 1];
    if (strcmp(key, "plater_name") == 0) return take_text(r, value, &plate->name);
    if (strcmp(key, "plater_id") == 0 && lqi_index_of(value, &plate->number) != LQI_VALUE_GOOD) plate->number = 0;
    for (size_t i = 0; i < LQI_PLATE_PICTURES; i++)
        if (strcmp(key, pictures[i]) == 0) return take_text(r, value, &plate->pictures[i]);
    return LQ_OK;
}

static lq_status take_part_value(reader *r, lqi_xml *xml, const char *key, const char *value)
{
    lqi_vendor_part *part = &r->vendor->parts[r->vendor->part_count - 1];
    if (strcmp(key, "name") == 0) return take_text(r, value, &part->name);
    if (strcmp(key, "volume_type") == 0 || strcmp(key, "part_type") == 0) return role_of(r, xml, value, &part->role);
    if (strcmp(key, "extruder") == 0) take_extruder(value, &part->extruder);
    if (strcmp(key, "modifier") == 0 && strcmp(value, "1") == 0) part->role = LQ_ROLE_MODIFIER;
    return LQ_OK;
}

static lq_status take_metadata(reader *r, lqi_xml *xml, const char *const *attributes)
{
    const char *key = lqi_xml_attribute(attributes, "key"), *value = lqi_xml_attribute(attributes, "value");
    if (!key || !value) return LQ_OK;
    switch (r->places[r->depth - 1]) {
    case AT_OBJECT: return take_object_value(r, key, value);
    case AT_PART: return take_part_value(r, xml, key, value);
    case AT_PLATE: return take_plate_value(r, key, value);
    case AT_INSTANCE:
        if (strcmp(key, "object_id") == 0) r->row_object = lqi_index_of(value, &r->row.object_id) == LQI_VALUE_GOOD;
        if (strcmp(key, "instance_id") == 0) r->row_instance = lqi_index_of(value, &r->row.instance) == LQI_VALUE_GOOD;
        return LQ_OK;
    default: return LQ_OK;
    }
}

static lq_status on_start(void *user, lqi_xml *xml, const char *name, const char *const *attributes)
{
    reader *r = user;
    if (r->skipped) {
        r->skipped++;
        return LQ_OK;
    }
    place where = r->places[r->depth - 1];
    if (where == AT_TOP) return enter(r, strcmp(name, "config") == 0 ? AT_CONFIG : AT_DEAD);
    if (where == AT_CONFIG && strcmp(name, "object") == 0) return start_object(r, attributes);
    if (where == AT_CONFIG && strcmp(name, "plate") == 0 && r->has_plates) return start_plate(r);
    if (where == AT_OBJECT && (strcmp(name, "part") == 0 || strcmp(name, "volume") == 0))
        return start_part(r, xml, attributes);
    if (where == AT_PLATE && strcmp(name, "model_instance") == 0) {
        r->row = (lqi_vendor_row){.plate = (uint32_t)r->vendor->plate_count - 1, .offset = lqi_xml_offset(xml)};
        r->row_object = r->row_instance = false;
        return enter(r, AT_INSTANCE);
    }
    r->skipped = 1;
    return strcmp(name, "metadata") == 0 ? take_metadata(r, xml, attributes) : LQ_OK;
}

static lq_status on_end(void *user, lqi_xml *xml)
{
    (void)xml;
    reader *r = user;
    if (r->skipped) {
        r->skipped--;
        return LQ_OK;
    }
    if (r->places[--r->depth] != AT_INSTANCE || !r->row_object || !r->row_instance) return LQ_OK;
    lqi_vendor *v = r->vendor;
    LQI_TRY(lqi_grow(r->threemf->context, (void **)&v->rows, &v->row_capacity, v->row_count + 1, sizeof *v->rows));
    v->rows[v->row_count++] = r->row;
    return LQ_OK;
}

/* ---- lookup ---- */

/* Two files that tell about the parts of one object: the same roles in the same order? */
static bool agree(const lqi_vendor *v, const lqi_vendor_object *a, const lqi_vendor_object *b)
{
    if (a->part_count != b->part_count) return false;
    for (size_t i = 0; i < a->part_count; i++) {
        const lqi_vendor_part *x = &v->parts[a->part_first + i], *y = &v->parts[b->part_first + i];
        if (x->role != y->role) return false;
        if (a->has_ranges && b->has_ranges && (x->first != y->first || x->last != y->last)) return false;
    }
    return true;
}

/* Keys come sorted by id, then in the order of the files. */
static lq_status choose_among(lqi_threemf *threemf)
{
    lqi_vendor *v = threemf->vendor;
    size_t count = 0;
    for (size_t begin = 0, end; begin < v->object_count; begin = end) {
        const lqi_vendor_object *chosen = &v->objects[(uint32_t)v->by_id[begin]];
        uint64_t key = v->by_id[begin];
        for (end = begin + 1; end < v->object_count && v->by_id[end] >> 32 == key >> 32; end++) {
            const lqi_vendor_object *other = &v->objects[(uint32_t)v->by_id[end]];
            if (other->part_count == 0) continue;
            if (chosen->part_count == 0) {
                chosen = other;
                key = v->by_id[end];
            } else if (other->file != chosen->file && !agree(v, chosen, other)) {
                LQI_TRY(lqi_threemf_note(&threemf->notes, other->file, "mixed_metadata", LQ_SEVERITY_WARN, -1,
                                         "The files of two slicers tell different things about an object; %s was "
                                         "believed.",
                                         chosen->file));
            }
        }
        v->by_id[count++] = key;
    }
    v->by_id_count = count;
    return LQ_OK;
}

static lq_status index_vendor(lqi_threemf *threemf)
{
    lqi_vendor *v = threemf->vendor;
    v->by_id = lqi_alloc_array(threemf->context, v->object_count, sizeof *v->by_id);
    v->by_part_id = v->by_id ? lqi_alloc_array(threemf->context, v->part_count, sizeof *v->by_part_id) : NULL;
    if (!v->by_part_id) return lqi_memory_status(threemf->context);
    for (size_t i = 0; i < v->object_count; i++) v->by_id[i] = (uint64_t)v->objects[i].id << 32 | i;
    for (size_t i = 0; i < v->part_count; i++) v->by_part_id[i] = (uint64_t)v->parts[i].id << 32 | i;
    lqi_sort_u64(v->by_id, v->object_count);
    for (size_t i = 0; i < v->object_count; i++)
        lqi_sort_u64(v->by_part_id + v->objects[i].part_first, v->objects[i].part_count);
    return choose_among(threemf);
}

const lqi_vendor_object *lqi_vendor_object_of(const lqi_threemf *threemf, uint32_t id)
{
    const lqi_vendor *v = threemf->vendor;
    if (!v || !v->by_id) return NULL;
    size_t at = lqi_find_id(v->by_id, v->by_id_count, id);
    return at < v->by_id_count ? &v->objects[(uint32_t)v->by_id[at]] : NULL;
}

const lqi_vendor_part *lqi_vendor_part_of(const lqi_threemf *threemf, const lqi_vendor_object *object, size_t component,
                                          uint32_t id)
{
    const lqi_vendor *v = threemf->vendor;
    if (component < object->part_count && v->parts[object->part_first + component].id == id)
        return &v->parts[object->part_first + component];
    const uint64_t *keys = v->by_part_id + object->part_first;
    size_t at = lqi_find_id(keys, object->part_count, id);
    return at < object->part_count ? &v->parts[(uint32_t)keys[at]] : NULL;
}

/* ---- whole files ---- */

static void empty(lqi_threemf *threemf)
{
    lqi_vendor *v = threemf->vendor;
    lqi_free(threemf->context, v->objects);
    lqi_free(threemf->context, v->by_id);
    lqi_free(threemf->context, v->parts);
    lqi_free(threemf->context, v->by_part_id);
    lqi_free(threemf->context, v->plates);
    lqi_free(threemf->context, v->rows);
    *v = (lqi_vendor){0};
}

void lqi_vendor_free(lqi_threemf *threemf)
{
    if (threemf->vendor) empty(threemf);
    lqi_free(threemf->context, threemf->vendor);
    threemf->vendor = NULL;
}

/* For each object the first of these that tells about it counts; PrusaSlicer 3 comes before them all. */
static const char *const files[] = {LQI_BAMBU_SETTINGS, "Metadata/Slic3r_PE_model.config",
                                    "Metadata/SuperSlicer_model.config", "Metadata/Slic3r_model.config"};

lq_status lqi_vendor_read(lqi_threemf *threemf)
{
    static const lqi_xml_handler handler = {.start = on_start, .end = on_end, .raw_names = true};
    if (!threemf->vendor) threemf->vendor = lqi_alloc_zeroed(threemf->context, 1, sizeof *threemf->vendor);
    lqi_vendor *v = threemf->vendor;
    if (!v) return lqi_memory_status(threemf->context);
    empty(threemf);
    LQI_TRY(lqi_prusa3_read(threemf));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        size_t objects = v->object_count, parts = v->part_count;
        reader r = {
            .threemf = threemf, .vendor = v, .file = files[i], .places = {AT_TOP}, .depth = 1, .has_plates = i == 0};
        bool read;
        LQI_TRY(lqi_vendor_parse(threemf, files[i], &handler, &r, &read));
        if (read) continue;
        v->object_count = objects; /* half a file tells nothing */
        v->part_count = parts;
        if (i == 0) v->plate_count = v->row_count = 0;
    }
    return index_vendor(threemf);
}
