#include "access/list.h"
#include "api/handlers.h"

static const sv_field audit_fields[] = {{"actor.id", SV_F_TEXT, false},
                                        {"action", SV_F_TEXT, false},
                                        {"target.id", SV_F_TEXT, false},
                                        {"at", SV_F_MOMENT, true},
                                        {NULL, SV_F_TEXT, false}};
static const sv_field request_fields[] = {{"method", SV_F_TEXT, false},     {"path", SV_F_TEXT, false},
                                          {"status", SV_F_NUMBER, false},   {"error_code", SV_F_TEXT, false},
                                          {"api_key_id", SV_F_TEXT, false}, {"at", SV_F_MOMENT, true},
                                          {NULL, SV_F_TEXT, false}};

static void list(sv_call *call, const char *type, const sv_field *fields)
{
    const sv_listing listing = {.type = type, .fields = fields};
    sv_list(call, &listing);
}

static void read_one(sv_call *call, const char *type)
{
    sv_object object;
    if (!sv_get(call, type, call->argument[0], &object)) return;
    sv_answer_object(call, 200, &object);
    sv_object_free(&object);
}

void sv_list_audit_logs(sv_call *call) { list(call, "audit_log", audit_fields); }
void sv_read_audit_log(sv_call *call) { read_one(call, "audit_log"); }
void sv_list_request_logs(sv_call *call) { list(call, "request_log", request_fields); }
void sv_read_request_log(sv_call *call) { read_one(call, "request_log"); }
