#include "commands.h"
#include "each_part.h"
#include "exit_code.h"
#include "failure.h"
#include "print_report.h"

static int inspect_part(cli_session *session, const cli_part *part, cli_buffer *json)
{
    if (!session->options->json) {
        cli_progress_end(&session->progress);
        cli_print_report(session, part);
        return CLI_EXIT_DONE;
    }
    char *text = NULL;
    if (lq_report_json(session->context, part->report, &text, NULL) != LQ_OK)
        return cli_fail_library(session, part->path);
    cli_buffer_text(json, text);
    lq_text_free(session->context, text);
    return CLI_EXIT_DONE;
}

int cli_command_inspect(cli_session *session) { return cli_each_part(session, inspect_part); }
