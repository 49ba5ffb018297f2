/* The handlers of parts. Each is named in the table of routes.c and nowhere else. */
#ifndef SV_PARTS_H
#define SV_PARTS_H

#include "parts/part.h"

/* create.c */
void sv_make_part(sv_call *call);
void sv_put_part_file(sv_call *call);

/* read.c */
void sv_list_parts(sv_call *call);
void sv_read_part(sv_call *call);
void sv_read_analysis(sv_call *call);

/* change.c */
void sv_change_part(sv_call *call);
void sv_delete_part(sv_call *call);
void sv_analyse_part(sv_call *call);

/* What PATCH and DELETE do to one part, for batches as well; within a writing transaction. update: its members are
 * known ones. false: refused. */
bool sv_part_check_fields(sv_call *call, json_t *given); /* without a part: what is wrong with any */
bool sv_part_change(sv_call *call, sv_object *part, json_t *update);
bool sv_part_delete(sv_call *call, const sv_object *part);

#endif
