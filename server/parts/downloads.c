/* Bytes of a part: its file as it came or repaired, its picture; and what its file was before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/send_file.h"
#include "parts/analyse.h"
#include "parts/contents.h"
#include "parts/derive.h"
#include "parts/files.h"
#include "parts/part.h"
#include "store/blobs.h"

static bool refuse_parameter(sv_call *call, const char *name, const char *message)
{
    sv_refuse(call, SV_E_invalid_parameter, json_pack("{s:s}", "parameter", name), "%s: %s", name, message);
    return false;
}

/* Which of the words a parameter is; the first where it is not given. -1: refused. */
static int take_word(sv_call *call, const char *name, const char *const words[])
{
    const char *given = sv_parameter_get(&call->request, name);
    if (!given) return 0;
    for (int i = 0; words[i]; i++)
        if (strcmp(given, words[i]) == 0) return i;
    refuse_parameter(call, name, "this is not one of the values that are known.");
    return -1;
}

/* From a prepare to its handler: what was made. */
typedef struct prepared {
    sv_derived made;
    bool stl;
} prepared;

static void keep(sv_call *call, const sv_derived *made, bool stl)
{
    prepared *kept = sv_alloc(1, sizeof *kept);
    *kept = (prepared){*made, stl};
    call->prepared = kept;
    call->free_prepared = free;
}

static void answer_blob(sv_call *call, const char *sha256, const char *type, const char *name)
{
    sv_sent_file file = {.sha256 = sha256, .type = type, .name = name};
    file.file = sv_blob_open(call->app->config, sha256, &file.size);
    if (file.file >= 0)
        sv_answer_file(call, &file);
    else
        sv_refuse_store(call, SV_BROKEN);
}

/* ---- the file ---- */

typedef enum file_format { FORMAT_ITS_OWN, FORMAT_STL, FORMAT_3MF } file_format;

static bool take_wanted(sv_call *call, bool *repaired, file_format *format)
{
    static const char *const variants[] = {"original", "repaired", NULL}, *const formats[] = {"stl", "3mf", NULL};
    const bool given = sv_parameter_get(&call->request, "format") != NULL;
    const int variant = take_word(call, "variant", variants);
    const int word = variant < 0 ? -1 : take_word(call, "format", formats);
    *repaired = variant == 1;
    *format = !given ? FORMAT_ITS_OWN : word == 0 ? FORMAT_STL : FORMAT_3MF;
    if (word >= 0 && given && !*repaired) return refuse_parameter(call, "format", "only a repaired file has a choice.");
    return word >= 0;
}

void sv_make_repaired(sv_call *call)
{
    bool repaired;
    file_format format;
    sv_object part;
    sv_choice choice;
    sv_derived made;
    if (!take_wanted(call, &repaired, &format) || !repaired || !sv_get(call, "part", call->argument[0], &part)) return;
    if (sv_part_is_ready(call, &part) && sv_choose_entry(call, &part, NULL, &choice)) {
        const bool stl = format == FORMAT_STL || (format == FORMAT_ITS_OWN && strncmp(choice.format, "stl", 3) == 0);
        const sv_derivation asked = {.kind = stl ? SV_REPAIRED_STL : SV_REPAIRED_3MF,
                                     .sha256 = sv_json_text(part.body, "file.sha256"),
                                     .selection = sv_engine_selection(&part)};
        if (sv_derive(call, &asked, &made)) keep(call, &made, stl);
    }
    sv_object_free(&part);
}

static void answer_repaired(sv_call *call, const sv_object *part)
{
    const prepared *kept = call->prepared;
    const char *name = sv_json_text(part->body, "file.name"), *dot = strrchr(name, '.');
    sv_text text = {0};
    sv_text_add(&text, name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
    sv_text_put(&text, kept->stl ? "-repaired.stl" : "-repaired.3mf");
    answer_blob(call, kept->made.sha256, sv_type_of_format(kept->stl ? "stl" : "3mf"), sv_text_get(&text));
    sv_text_free(&text);
}

void sv_read_file(sv_call *call)
{
    bool repaired;
    file_format format;
    sv_object part;
    if (!take_wanted(call, &repaired, &format) || !sv_get(call, "part", call->argument[0], &part)) return;
    const char *sha256 = sv_json_text(part.body, "file.sha256");
    if (repaired)
        answer_repaired(call, &part);
    else if (*sha256)
        answer_blob(call, sha256, sv_type_of_format(sv_json_text(part.body, "file.format")),
                    sv_json_text(part.body, "file.name"));
    else
        sv_refuse(call, SV_E_part_not_ready, json_pack("{s:s}", "status", sv_part_status(&part)),
                  "The part has no file yet.");
    sv_object_free(&part);
}

/* ---- the picture ---- */

/* Of the plate that is asked for, or of what the part is. */
static bool choose_picture(sv_call *call, const sv_object *part, sv_derivation *asked)
{
    const char *plate_id = sv_parameter_get(&call->request, "plate_id");
    sv_choice choice;
    if (!plate_id) {
        asked->selection = sv_engine_selection(part);
        return sv_part_is_ready(call, part);
    }
    if (!sv_part_has_file(call, part) || !sv_choose_entry(call, part, NULL, &choice)) return false;
    json_t *plates = sv_part_plates(call, part, &choice);
    const bool good = plates && sv_find_plate(call, plates, plate_id);
    const uint32_t number = good && json_array_size(plates) > 1 ? sv_plate_number(plate_id) : 0;
    asked->selection = sv_selection_of(part, &choice, number);
    json_decref(plates);
    return good;
}

void sv_make_picture(sv_call *call)
{
    static const char *const sizes[] = {"256", "512", "1024", NULL};
    static const uint32_t sides[] = {256, 512, 1024};
    sv_object part;
    sv_derived made;
    const int size = take_word(call, "size", sizes);
    if (size < 0 || !sv_get(call, "part", call->argument[0], &part)) return;
    sv_derivation asked = {.kind = SV_PICTURE, .sha256 = sv_json_text(part.body, "file.sha256"), .side = sides[size]};
    if (choose_picture(call, &part, &asked) && sv_derive(call, &asked, &made)) keep(call, &made, false);
    sv_object_free(&part);
}

void sv_read_picture(sv_call *call)
{
    const prepared *kept = call->prepared;
    answer_blob(call, kept->made.sha256, "image/png", NULL);
}

/* ---- what the file was ---- */

void sv_list_versions(sv_call *call)
{
    sv_object part;
    if (!sv_get(call, "part", call->argument[0], &part)) return;
    const json_t *versions = json_object_get(part.private, "versions");
    json_t *data = json_array();
    for (size_t i = json_array_size(versions); i-- > 0;) json_array_append(data, json_array_get(versions, i));
    sv_answer_list(call, data);
    sv_object_free(&part);
}
