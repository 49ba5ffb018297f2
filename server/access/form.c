#include "access/form.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define METADATA_MAX 65536

static bool refuse(sv_call *call, const char *why)
{
    sv_refuse(call, SV_E_bad_multipart, NULL, "%s", why);
    return false;
}

bool sv_form_open(sv_call *call, sv_form *form)
{
    char boundary[71];
    *form = (sv_form){.size = (size_t)call->upload_size};
    form->parts = sv_alloc(SV_MULTIPART_PARTS_MAX, sizeof *form->parts);
    if (!form->size) return refuse(call, "The body is empty.");
    if (!sv_multipart_boundary(sv_header(&call->request, "content-type"), boundary))
        return refuse(call, "The content type has no boundary.");
    const int file = open(call->upload_path, O_RDONLY | O_CLOEXEC);
    void *bytes = file >= 0 ? mmap(NULL, form->size, PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED;
    if (file >= 0) close(file);
    if (bytes == MAP_FAILED) {
        sv_refuse_store(call, SV_FULL);
        return false;
    }
    form->bytes = bytes;
    const char *why = sv_multipart_read(form->bytes, form->size, boundary, form->parts, &form->count);
    return !why || refuse(call, why);
}

void sv_form_close(sv_form *form)
{
    if (form->bytes) munmap(form->bytes, form->size);
    free(form->parts);
    *form = (sv_form){.count = 0};
}

bool sv_form_part(sv_call *call, const sv_form *form, const char *name, const sv_multipart_part **part)
{
    *part = NULL;
    for (size_t i = 0; i < form->count; i++) {
        if (strcmp(form->parts[i].name, name) != 0) continue;
        if (*part) return refuse(call, "A field of the form is there twice.");
        *part = &form->parts[i];
    }
    return true;
}

json_t *sv_form_object(sv_call *call, const sv_multipart_part *part)
{
    char why[256];
    if (part->size > METADATA_MAX) {
        sv_refuse(call, SV_E_payload_too_large, json_pack("{s:i}", "limit", METADATA_MAX),
                  "The metadata is too large.");
        return NULL;
    }
    json_t *object = sv_json_read(part->bytes, part->size, why, sizeof why);
    if (!object) {
        sv_refuse(call, SV_E_invalid_json, NULL, "The metadata is no JSON. %s", why);
    } else if (!json_is_object(object)) {
        sv_refuse(call, SV_E_invalid_request, NULL, "The metadata must be a JSON object.");
        json_decref(object);
        object = NULL;
    }
    return object;
}
