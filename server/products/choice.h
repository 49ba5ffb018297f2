/* What a part is printed in: a material of the active price book, with one of its colours and finishes. */
#ifndef SV_CHOICE_H
#define SV_CHOICE_H

#include "access/call.h"

/* The material as the catalogue shows it, borrowed; NULL: the book has none of that name. */
json_t *sv_choice_material(const sv_app *app, const char *id);

/* material_id, color_id, finish_id, layer_height_mm and infill_percent of the document, each may be null: can the book
 * make it? Refuses with the code of what it cannot. */
bool sv_choice_check(sv_call *call, const json_t *choice);

/* Are material and colour active? false, too, where none is named. */
bool sv_choice_is_active(const sv_app *app, const json_t *choice);

#endif
