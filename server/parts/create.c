#include "access/pipeline.h"

#include "parts/parts.h"
#include "parts/receive.h"

bool sv_received_make(sv_call *call, const sv_received *received, sv_object *part)
{
    *part = sv_object_new("part", json_incref(received->body), NULL);
    part->ref = received->ref ? sv_copy(received->ref) : NULL;
    return (!received->has_file || sv_received_attach(call, part, received)) && sv_part_insert(call, part) &&
           sv_received_settle(call, part, received);
}

void sv_make_part(sv_call *call)
{
    sv_object part;
    if (sv_received_make(call, call->prepared, &part)) {
        sv_text location = {0};
        sv_text_format(&location, SV_BASE_PATH "/parts/%s", part.id);
        sv_set_header(call, "Location", sv_text_get(&location));
        sv_text_free(&location);
        sv_answer_object(call, 201, &part);
    }
    sv_object_free(&part);
}

void sv_put_part_file(sv_call *call)
{
    const sv_received *received = call->prepared;
    sv_object part;
    if (!sv_get(call, "part", call->argument[0], &part)) return;
    json_t *before = json_copy(part.body);
    if (sv_if_match(call, part.version, false) && sv_part_at_rest(call, &part) &&
        sv_received_attach(call, &part, received) && sv_part_update(call, &part, before, "part.file", "part.updated") &&
        sv_received_settle(call, &part, received))
        sv_answer_object(call, 202, &part);
    json_decref(before);
    sv_object_free(&part);
}
