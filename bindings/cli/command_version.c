#include "commands.h"

#include <string.h>

#include "exit_code.h"
#include "json_text.h"

static int print_json(const cli_session *session)
{
    cli_buffer json = {0};
    const char *version = NULL, *name;
    cli_buffer_text(&json, "{\"schema\":\"libquote.version/1\",\"version\":");
    cli_json_string(&json, lq_version());
    cli_buffer_text(&json, ",\"isa\":");
    cli_json_string(&json, lq_context_isa(session->context));
    cli_buffer_text(&json, ",\"libraries\":{");
    for (size_t i = 0; (name = lq_version_library(i, &version)) != NULL; i++) {
        if (i) cli_buffer_text(&json, ",");
        cli_json_string(&json, name);
        cli_buffer_text(&json, ":");
        cli_json_string(&json, version);
    }
    cli_buffer_text(&json, "}}");
    printf("%s\n", cli_buffer_get(&json));
    cli_buffer_free(&json);
    return CLI_EXIT_DONE;
}

int cli_command_version(cli_session *session)
{
    const char *version = NULL, *name;
    if (session->options->json) return print_json(session);
    printf("quote %s\n", lq_version());
    if (strcmp(lq_version(), LQ_VERSION_STRING) != 0) printf("  %-16s %s\n", "built for", LQ_VERSION_STRING);
    printf("  %-16s %s\n", "instruction set", lq_context_isa(session->context));
    for (size_t i = 0; (name = lq_version_library(i, &version)) != NULL; i++)
        printf("  %-16s %s\n", name, version ? version : "");
    return CLI_EXIT_DONE;
}
