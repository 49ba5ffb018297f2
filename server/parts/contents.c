#include "parts/contents.h"

#include <stdlib.h>
#include <string.h>

#include "parts/analyse.h"
#include "parts/derive.h"
#include "parts/part.h"

bool sv_part_is_archive(const sv_object *part) { return strcmp(sv_json_text(part->body, "file.format"), "zip") == 0; }

bool sv_part_has_file(sv_call *call, const sv_object *part)
{
    const char *status = sv_part_status(part);
    const bool known = !sv_part_is_archive(part) || json_object_get(part->private, "entries");
    if (known && json_is_object(json_object_get(part->body, "file"))) return true;
    sv_refuse(call, SV_E_part_not_ready, json_pack("{s:s}", "status", status), "The part has no file yet.");
    return false;
}

/* ---- entries ---- */

static const json_t *only_printable(const json_t *entries)
{
    const json_t *entry, *only = NULL;
    size_t index, count = 0;
    json_array_foreach(entries, index, entry) if (sv_json_true(entry, "printable")) only = entry, count++;
    return count == 1 ? only : NULL;
}

static const json_t *entry_of_id(const json_t *entries, const char *id)
{
    const json_t *entry;
    size_t index;
    json_array_foreach(entries, index, entry) if (strcmp(sv_json_text(entry, "id"), id) == 0) return entry;
    return NULL;
}

bool sv_choose_entry(sv_call *call, const sv_object *part, const char *entry_id, sv_choice *choice)
{
    const json_t *entries = json_object_get(part->private, "entries"), *entry;
    const char *pinned = json_string_value(sv_json_at(part->body, "pinned.entry_id"));
    *choice = (sv_choice){.format = sv_json_text(part->body, "file.format")};
    if (!sv_part_is_archive(part)) {
        if (entry_id) sv_refuse(call, SV_E_no_such_entry, NULL, "The file is no archive.");
        return !entry_id;
    }
    entry = entry_id ? entry_of_id(entries, entry_id) : pinned ? entry_of_id(entries, pinned) : only_printable(entries);
    if (!entry && entry_id)
        sv_refuse(call, SV_E_no_such_entry, NULL, "The archive has no such entry.");
    else if (!entry)
        sv_refuse(call, SV_E_part_not_ready, json_pack("{s:s}", "status", sv_part_status(part)),
                  "The archive has several models: choose one of its entries.");
    else if (!sv_json_true(entry, "printable"))
        sv_refuse(call, SV_E_entry_not_printable,
                  json_pack("{s:s?}", "reason", json_string_value(json_object_get(entry, "reason"))),
                  "This entry of the archive is no model that can be printed.");
    if (sv_refused(call)) return false;
    choice->entry_id = sv_json_text(entry, "id");
    choice->entry = sv_json_text(entry, "path");
    choice->format = sv_json_text(entry, "format");
    return true;
}

lq_selection sv_selection_of(const sv_object *part, const sv_choice *choice, uint32_t plate)
{
    const char *units = json_string_value(json_object_get(part->body, "units"));
    const bool own_units = strncmp(choice->format, "stl", 3) != 0; /* 3MF carries them */
    return (lq_selection){.struct_size = sizeof(lq_selection),
                          .entry = choice->entry,
                          .plate = plate,
                          .unit = own_units ? LQ_UNIT_DEFAULT : sv_engine_unit(units),
                          .scale = json_number_value(json_object_get(part->body, "scale"))};
}

/* ---- plates ---- */

json_t *sv_part_plates(sv_call *call, const sv_object *part, const sv_choice *choice)
{
    sv_derived made;
    const sv_derivation asked = {.kind = SV_PLATES,
                                 .sha256 = sv_json_text(part->body, "file.sha256"),
                                 .selection = sv_selection_of(part, choice, 0)};
    return sv_derive(call, &asked, &made) ? sv_derived_json(call, &made) : NULL;
}

json_t *sv_find_plate(sv_call *call, const json_t *plates, const char *plate_id)
{
    json_t *plate;
    size_t index;
    json_array_foreach(plates, index, plate) if (strcmp(sv_json_text(plate, "id"), plate_id) == 0) return plate;
    sv_refuse(call, SV_E_no_such_plate, NULL, "The file has no such plate.");
    return NULL;
}

uint32_t sv_plate_number(const char *plate_id) { return (uint32_t)strtoul(plate_id + strlen("plate_"), NULL, 10); }

void sv_answer_list(sv_call *call, json_t *data)
{
    sv_answer(call, 200,
              json_pack("{s:s, s:o, s:b, s:n}", "object", "list", "data", data, "has_more", 0, "next_cursor"));
}
