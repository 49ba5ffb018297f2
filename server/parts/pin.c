/* What is in the file of a part, and which of it is meant: entries, plates, pin, split. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts/contents.h"
#include "parts/files.h"
#include "parts/parts.h"

#define SPLIT_MAX 100

/* From a prepare to its handler: the plates of a file. */
typedef struct found {
    char file_id[SV_ID_SIZE];
    json_t *plates; /* NULL: not asked for */
} found;

static void free_found(void *prepared)
{
    found *f = prepared;
    json_decref(f->plates);
    free(f);
}

static void keep(sv_call *call, const sv_object *part, json_t *plates)
{
    found *f = sv_alloc(1, sizeof *f);
    *f = (found){.plates = plates};
    snprintf(f->file_id, sizeof f->file_id, "%s", sv_json_text(part->body, "file.id"));
    call->prepared = f;
    call->free_prepared = free_found;
}

/* The part as it is now, with the file that was looked at. */
static bool get_again(sv_call *call, sv_object *part)
{
    const found *f = call->prepared;
    if (!sv_get(call, "part", call->argument[0], part)) return false;
    if (sv_if_match(call, part->version, false) && sv_part_has_file(call, part) && sv_part_at_rest(call, part) &&
        strcmp(f->file_id, sv_json_text(part->body, "file.id")) != 0)
        sv_refuse_store(call, SV_CONFLICT);
    if (!sv_refused(call)) return true;
    sv_object_free(part);
    return false;
}

/* ---- entries and plates ---- */

void sv_list_entries(sv_call *call)
{
    sv_object part;
    if (!sv_get(call, "part", call->argument[0], &part)) return;
    if (sv_part_has_file(call, &part)) {
        if (sv_part_is_archive(&part))
            sv_answer_list(call, json_incref(json_object_get(part.private, "entries")));
        else
            sv_refuse(call, SV_E_not_an_archive, NULL, "The file is no archive.");
    }
    sv_object_free(&part);
}

void sv_find_plates(sv_call *call)
{
    sv_object part;
    sv_choice choice;
    if (!sv_get(call, "part", call->argument[0], &part)) return;
    if (sv_part_has_file(call, &part) &&
        sv_choose_entry(call, &part, sv_parameter_get(&call->request, "entry_id"), &choice)) {
        json_t *plates = sv_part_plates(call, &part, &choice);
        if (plates) keep(call, &part, plates);
    }
    sv_object_free(&part);
}

/* A picture is there of the plates of the entry that is chosen anyway. */
void sv_list_plates(sv_call *call)
{
    found *f = call->prepared;
    sv_object part;
    json_t *plate;
    size_t index;
    char path[SV_ID_SIZE + 80];
    if (!sv_get(call, "part", call->argument[0], &part)) return;
    const bool chosen = !sv_parameter_get(&call->request, "entry_id");
    json_array_foreach(f->plates, index, plate)
    {
        snprintf(path, sizeof path, "/api/v1/parts/%s/thumbnail?plate_id=%s", part.id, sv_json_text(plate, "id"));
        json_object_set_new(plate, "thumbnail", chosen ? json_string(path) : json_null());
    }
    sv_answer_list(call, json_incref(f->plates));
    sv_object_free(&part);
}

/* ---- pin ---- */

static bool take_choice(sv_call *call, const char **entry_id, const char **plate_id)
{
    static const char *const names[] = {"entry_id", "plate_id", NULL};
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "entry_id", 1, 64, true, entry_id) ||
        !sv_take_text(call, call->body, "plate_id", 1, 64, true, plate_id))
        return false;
    if (*entry_id || *plate_id) return true;
    sv_refuse_field(call, SV_E_validation_failed, "plate_id", "required", "An entry or a plate is needed.");
    return false;
}

/* Is there what is pinned? A plate is looked for in the file. */
void sv_check_pin(sv_call *call)
{
    const char *entry_id = NULL, *plate_id = NULL;
    sv_object part;
    sv_choice choice;
    if (!take_choice(call, &entry_id, &plate_id) || !sv_get(call, "part", call->argument[0], &part)) return;
    if (sv_part_has_file(call, &part) && sv_part_at_rest(call, &part) &&
        sv_choose_entry(call, &part, entry_id, &choice)) {
        json_t *plates = plate_id ? sv_part_plates(call, &part, &choice) : NULL;
        if (plate_id && plates) sv_find_plate(call, plates, plate_id);
        keep(call, &part, plates);
    }
    sv_object_free(&part);
}

void sv_pin_part(sv_call *call)
{
    const char *entry_id = NULL, *plate_id = NULL;
    sv_object part;
    sv_choice choice;
    if (!take_choice(call, &entry_id, &plate_id) || !get_again(call, &part)) return;
    if (sv_choose_entry(call, &part, entry_id, &choice)) {
        json_t *before = json_copy(part.body);
        sv_part_pin(&part, choice.entry_id, plate_id);
        if (sv_part_update(call, &part, before, "part.pin", "part.updated")) sv_answer_object(call, 202, &part);
        json_decref(before);
    }
    sv_object_free(&part);
}

/* ---- split ---- */

void sv_check_split(sv_call *call)
{
    static const char *const names[] = {"plate_ids", NULL};
    json_t *ids = NULL, *id, *plates = NULL;
    size_t index;
    sv_object part;
    sv_choice choice;
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_texts(call, call->body, "plate_ids", SPLIT_MAX, 64, &ids))
        return;
    if (ids && !json_array_size(ids)) {
        sv_refuse_field(call, SV_E_validation_failed, "plate_ids", "required", "At least one plate is needed.");
        return;
    }
    if (!sv_get(call, "part", call->argument[0], &part)) return;
    if (sv_part_has_file(call, &part) && sv_part_at_rest(call, &part) && sv_choose_entry(call, &part, NULL, &choice))
        plates = sv_part_plates(call, &part, &choice);
    if (plates && json_array_size(plates) < 2)
        sv_refuse(call, SV_E_single_plate, NULL, "The file has one plate.");
    else if (plates && !ids && json_array_size(plates) > SPLIT_MAX)
        sv_refuse_field(call, SV_E_validation_failed, "plate_ids", "required", "Name at most 100 of the plates.");
    json_array_foreach(ids, index, id) if (plates && !sv_refused(call))
        sv_find_plate(call, plates, json_string_value(id));
    if (plates) keep(call, &part, plates);
    sv_object_free(&part);
}

/* Words and rights of the part that it comes from; not what was found of that, and not its ref. */
static json_t *body_of(const sv_object *part, const json_t *plate)
{
    static const char *const kept[] = {"description",     "tags",  "folder",   "rights_confirmed",
                                       "units",           "scale", "metadata", "default_material_id",
                                       "default_color_id"};
    const char *own = sv_json_text(plate, "name");
    sv_text name = {0};
    sv_text_format(&name, "%.150s - %.40s", sv_json_text(part->body, "name"), *own ? own : sv_json_text(plate, "id"));
    json_t *checked = json_string(sv_text_get(&name)); /* NULL where the cut went through a character */
    json_t *body = sv_part_body(checked ? sv_text_get(&name) : sv_json_text(plate, "id"));
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        json_t *value = json_object_get(part->body, kept[i]);
        if (value) json_object_set_new(body, kept[i], json_deep_copy(value));
    }
    json_decref(checked);
    sv_text_free(&name);
    return body;
}

static bool make_part(sv_call *call, const sv_object *from, const sv_choice *choice, const json_t *plate, json_t *made)
{
    sv_part_file file = {.size = (int64_t)sv_json_integer(from->body, "file.size")};
    sv_object part = sv_object_new("part", body_of(from, plate), NULL);
    snprintf(file.name, sizeof file.name, "%s", sv_json_text(from->body, "file.name"));
    snprintf(file.sha256, sizeof file.sha256, "%s", sv_json_text(from->body, "file.sha256"));
    snprintf(file.format, sizeof file.format, "%s", sv_json_text(from->body, "file.format"));
    bool good = sv_part_attach(call, &part, &file);
    json_t *entries = json_object_get(from->private, "entries");
    if (entries) json_object_set(part.private, "entries", entries);
    sv_part_pin(&part, choice->entry_id, sv_json_text(plate, "id"));
    good = good && sv_part_insert(call, &part);
    if (good) json_array_append_new(made, sv_object_view(&part, call->scope.livemode));
    sv_object_free(&part);
    return good;
}

void sv_split_part(sv_call *call)
{
    const found *f = call->prepared;
    const json_t *ids = json_object_get(call->body, "plate_ids");
    json_t *made = json_array(), *plate;
    sv_object part;
    sv_choice choice;
    const size_t count = ids ? json_array_size(ids) : json_array_size(f->plates);
    if (get_again(call, &part)) {
        bool good = sv_choose_entry(call, &part, NULL, &choice);
        for (size_t i = 0; good && i < count; i++) {
            plate = ids ? sv_find_plate(call, f->plates, json_string_value(json_array_get(ids, i)))
                        : json_array_get(f->plates, i);
            good = plate && make_part(call, &part, &choice, plate, made);
        }
        if (good) {
            sv_audit(call, "part.split", "part", part.id, NULL);
            sv_answer(call, 201,
                      json_pack("{s:s, s:O, s:b, s:n}", "object", "list", "data", made, "has_more", 0, "next_cursor"));
        }
        sv_object_free(&part);
    }
    json_decref(made);
}
