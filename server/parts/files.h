/* The handlers of what parts hand in and out: uploads, signed URLs, files, what is in them, pictures, reviews, batches.
 * Each is named in the table of file_routes.c. */
#ifndef SV_PART_FILES_H
#define SV_PART_FILES_H

#include "access/pipeline.h"

extern const sv_routes sv_part_file_routes;

/* uploads.c */
void sv_make_upload(sv_call *call);
void sv_keep_upload(sv_call *call); /* before sv_take_upload */
void sv_take_upload(sv_call *call);

/* signed_files.c */
void sv_sign_files(sv_call *call);
void sv_read_signed_file(sv_call *call);

/* pin.c; the first of each pair is the prepare of the second */
void sv_list_entries(sv_call *call);
void sv_find_plates(sv_call *call);
void sv_list_plates(sv_call *call);
void sv_check_pin(sv_call *call);
void sv_pin_part(sv_call *call);
void sv_check_split(sv_call *call);
void sv_split_part(sv_call *call);

/* downloads.c; likewise */
void sv_make_repaired(sv_call *call);
void sv_read_file(sv_call *call);
void sv_make_picture(sv_call *call);
void sv_read_picture(sv_call *call);
void sv_list_versions(sv_call *call);

/* batch.c */
void sv_update_parts(sv_call *call);
void sv_delete_parts(sv_call *call);

/* review.c */
void sv_submit_part(sv_call *call);
void sv_decide_part(sv_call *call);

#endif
