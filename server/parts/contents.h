/* What can be chosen in the file of a part: entries of an archive, plates of a model. */
#ifndef SV_CONTENTS_H
#define SV_CONTENTS_H

#include "access/call.h"

/* A choice within the file of a part. Texts are borrowed from the part; NULL: there is nothing to choose. */
typedef struct sv_choice {
    const char *entry_id, *entry; /* of an archive; its path */
    const char *format;           /* of what is chosen */
} sv_choice;

/* false: refused with 409 part_not_ready: there is none, or it is not known yet what it is. */
bool sv_part_has_file(sv_call *call, const sv_object *part);

bool sv_part_is_archive(const sv_object *part);

/* The entry with this id; NULL: the one that is pinned, or the only one that can be printed. false: refused with 422
 * no_such_entry or entry_not_printable, or with 409 part_not_ready where one must be chosen first. */
bool sv_choose_entry(sv_call *call, const sv_object *part, const char *entry_id, sv_choice *choice);

/* What the engine reads then. plate: 0: all of it. */
lq_selection sv_selection_of(const sv_object *part, const sv_choice *choice, uint32_t plate);

/* Slow: for a route's prepare. [{id, name, objects, bbox_mm}] of the choice. NULL: refused. The caller owns it. */
json_t *sv_part_plates(sv_call *call, const sv_object *part, const sv_choice *choice);

/* The plate with this id among them; NULL: refused with 422 no_such_plate. Borrowed. */
json_t *sv_find_plate(sv_call *call, const json_t *plates, const char *plate_id);
uint32_t sv_plate_number(const char *plate_id);

/* 200 with a list object that has all of them. data: taken over. */
void sv_answer_list(sv_call *call, json_t *data);

#endif
