#include "commands.h"

#include "each_part.h"
#include "exit_code.h"
#include "failure.h"
#include "print_estimate.h"
#include "profile.h"

static int estimate_part(cli_session *session, const cli_part *part, cli_buffer *json)
{
    lq_estimate *estimate = NULL;
    char *text = NULL;
    lq_status status = lq_part_estimate(session->context, part->read, part->report, session->profile, &estimate);
    if (status == LQ_OK && session->options->json) status = lq_estimate_json(session->context, estimate, &text, NULL);
    int exit_code = status == LQ_OK ? CLI_EXIT_DONE : cli_fail_library(session, part->path);
    if (text) cli_buffer_text(json, text);
    if (status == LQ_OK && !session->options->json) {
        cli_progress_end(&session->progress);
        cli_print_estimate(session, part, estimate);
    }
    lq_text_free(session->context, text);
    lq_estimate_destroy(estimate);
    return exit_code;
}

int cli_command_estimate(cli_session *session)
{
    const cli_options *options = session->options;
    if (!options->profile_count && !options->setting_count)
        return cli_fail_usage(options, "Say how it is printed: --profile FILE.ini, or --set KEY=VALUE.");
    int exit_code = cli_profile_load(session, options->profiles, options->profile_count, &session->profile);
    return exit_code == CLI_EXIT_DONE ? cli_each_part(session, estimate_part) : exit_code;
}
