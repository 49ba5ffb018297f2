#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/moment.h"

static const char *program_name = "quoted";

void sv_log_name(const char *program) { program_name = program; }

void sv_log(sv_level level, const char *message, json_t *fields)
{
    static const char *const names[] = {"info", "warn", "error"};
    char at[SV_MOMENT_SIZE];
    sv_moment_print(sv_now_ms(), at);
    json_t *line = json_pack("{s:s, s:s, s:s, s:i, s:s}", "ts", at, "level", names[level], "msg", message, "pid",
                             (int)getpid(), "program", program_name);
    if (line && fields) json_object_update(line, fields);
    json_decref(fields);
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    json_decref(line);
    if (!text) return;
    char *whole = NULL;
    int size = asprintf(&whole, "%s\n", text);
    if (size > 0 && write(STDERR_FILENO, whole, (size_t)size) < 0) size = 0; /* nobody reads: nothing to be done */
    free(whole);
    free(text);
}
