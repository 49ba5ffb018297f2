/* A form that came as multipart/form-data: its bytes lie in the file that the request was received into. */
#ifndef SV_FORM_H
#define SV_FORM_H

#include "access/call.h"
#include "http/multipart.h"

typedef struct sv_form {
    sv_multipart_part *parts; /* they point into bytes */
    size_t count, size;
    char *bytes;
} sv_form;

/* Close it, also when it was refused: 400 bad_multipart. */
bool sv_form_open(sv_call *call, sv_form *form);
void sv_form_close(sv_form *form);

/* The only part of that name, *part NULL where there is none; two are refused. */
bool sv_form_part(sv_call *call, const sv_form *form, const char *name, const sv_multipart_part **part);

/* The JSON object that a part holds; NULL: refused. The caller owns it. */
json_t *sv_form_object(sv_call *call, const sv_multipart_part *part);

#endif
