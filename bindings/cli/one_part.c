#include "one_part.h"

#include "exit_code.h"
#include "failure.h"
#include "input.h"
#include "targets.h"

static int read_and_go(cli_session *session, lq_model *model, const char *path, cli_one_part_step step, void *user)
{
    cli_targets targets;
    lq_part *part = NULL;
    int exit_code = cli_targets_find(session, model, path, &targets);
    if (exit_code == CLI_EXIT_DONE) {
        lq_selection selection = targets.items[0].selection;
        selection.topology = LQ_TOPOLOGY_FULL; /* the certificate alone keeps no triangles */
        if (targets.is_array) selection.plate = 0;
        exit_code = lq_part_read(model, &selection, &part) == LQ_OK ? step(session, model, part, user)
                                                                    : cli_fail_library(session, path);
        lq_part_destroy(part);
    }
    cli_targets_free(&targets);
    return exit_code;
}

int cli_one_part(cli_session *session, cli_one_part_step step, void *user)
{
    const char *path = session->options->files[0];
    const lq_open_options how = {.struct_size = sizeof how, .lenient = session->options->lenient};
    cli_input input;
    lq_model *model = NULL;
    int exit_code = cli_input_open(session, path, &input);
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    cli_progress_begin(&session->progress, path);
    exit_code = lq_model_open(session->context, &input.source, &how, &model) == LQ_OK
                    ? read_and_go(session, model, path, step, user)
                    : cli_fail_library(session, path);
    cli_progress_end(&session->progress);
    lq_model_close(model);
    cli_input_close(session, &input);
    return exit_code;
}
