#include "access/pipeline.h"

#include "parts/parts.h"
#include "parts/receive.h"

static int64_t count_parts(sv_call *call)
{
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words("part")};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_OBJECT_COUNT, values, 3);
    int64_t count = sv_step(rows) == SV_ROW ? sv_column_int(rows, 0) : 0;
    sv_close(rows);
    return count;
}

bool sv_part_has_room(sv_call *call, size_t more)
{
    json_t *most = sv_json_at(call->account, "entitlements.max_parts");
    if (!json_is_integer(most) || count_parts(call) + (int64_t)more <= json_integer_value(most)) return true;
    sv_refuse(call, SV_E_plan_limit, json_pack("{s:O}", "max_parts", most), "The plan allows no more parts.");
    return false;
}

void sv_make_part(sv_call *call)
{
    const sv_received *received = call->prepared;
    if (!sv_part_has_room(call, 1)) return;
    sv_object part = sv_object_new("part", json_incref(received->body), NULL);
    part.ref = received->ref ? sv_copy(received->ref) : NULL;
    bool good = (!received->has_file || sv_received_attach(call, &part, received)) && sv_part_insert(call, &part) &&
                sv_received_settle(call, &part, received);
    if (good) {
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
