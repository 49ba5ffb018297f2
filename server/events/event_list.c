#include <stdlib.h>
#include <string.h>

#include "access/list.h"
#include "events/events.h"

#define WAIT_MAX 25

/* Events of the time that is kept; older ones wait for their removal. */
static int64_t oldest(const sv_call *call) { return call->now_ms - call->app->config->events_seconds * 1000; }

static bool take_number(sv_call *call, const char *name, int64_t most, int64_t *number)
{
    const char *given = sv_parameter_get(&call->request, name);
    if (!given) return true;
    char *end;
    *number = strtoll(given, &end, 10);
    if (*given >= '0' && *given <= '9' && !*end && *number <= most) return true;
    sv_refuse_field(call, SV_E_invalid_parameter, name, "range", "A whole number within the limits is expected.");
    return false;
}

bool sv_take_wait(sv_call *call, int64_t *seconds)
{
    *seconds = 0;
    return take_number(call, "wait", WAIT_MAX, seconds);
}

/* `after` is a filter by another name; `wait` is none, and was obeyed before. */
static bool take_parameters(sv_call *call)
{
    int64_t number = 0;
    sv_request *r = &call->request;
    size_t kept = 0;
    if (call->body) return true;
    if (!take_number(call, "after", INT64_MAX, &number) || !sv_take_wait(call, &number)) return false;
    for (size_t i = 0; i < r->parameter_count; i++) {
        sv_parameter p = r->parameter[i];
        if (strcmp(p.name, "wait") == 0) {
            free(p.name);
            free(p.value);
            continue;
        }
        if (strcmp(p.name, "after") == 0) {
            free(p.name);
            p.name = sv_copy("sequence.gt");
        }
        r->parameter[kept++] = p;
    }
    r->parameter_count = kept;
    return true;
}

static const sv_field fields[] = {{"type", SV_F_TEXT, false},
                                  {"data.object.id", SV_F_TEXT, false},
                                  {"sequence", SV_F_COLUMN_NUMBER, true},
                                  {NULL, SV_F_TEXT, false}};

void sv_list_events(sv_call *call)
{
    const sv_listing listing = {.type = "event",
                                .fields = fields,
                                .table = "event_documents",
                                .since_ms = oldest(call),
                                .sort = "sequence:asc"};
    if (take_parameters(call)) sv_list(call, &listing);
}

void sv_read_event(sv_call *call)
{
    const sv_value values[] = {sv_words(call->account_id), sv_int(call->scope.livemode), sv_words(call->argument[0]),
                               sv_int(oldest(call))};
    sv_rows *rows = sv_open(call->app->store, SV_SQL_EVENT_GET, values, 4);
    sv_result result = sv_step(rows);
    if (result == SV_ROW) {
        sv_object event;
        sv_object_read(rows, "event", &event);
        sv_answer_object(call, 200, &event);
        sv_object_free(&event);
    } else if (result == SV_DONE) {
        sv_refuse_not_found(call);
    } else {
        sv_refuse_store(call, result);
    }
    sv_close(rows);
}

void sv_stream_events(sv_call *call)
{
    sv_refuse(call, SV_E_unavailable, NULL, "Streams are answered by a process of their own, which does not run.");
    sv_set_header(call, "Retry-After", "5");
}
