#include "each_part.h"

#include <string.h>

#include "exit_code.h"
#include "failure.h"
#include "input.h"
#include "json_text.h"
#include "targets.h"

const char *cli_path_in_json(const cli_session *session, const char *path) { return session->names_path ? path : NULL; }

/* An archive's own format says little: the format of what was taken out of it is meant. */
static lq_format find_format(const lq_model *model, const char *entry, const char **name)
{
    lq_format format = lq_model_format(model);
    *name = NULL;
    lq_entry found;
    for (size_t i = 0; format == LQ_FORMAT_ZIP && i < lq_model_entry_count(model); i++) {
        if (lq_model_entry(model, i, &found) != LQ_OK || !found.quotable) continue;
        if (entry && strcmp(entry, found.name) != 0) continue;
        *name = found.name;
        return found.format;
    }
    return format;
}

static int measure_target(cli_session *session, lq_model *model, const cli_target *target, cli_part *part,
                          cli_part_step step, cli_buffer *json)
{
    const lq_analyse_options how = {
        .struct_size = sizeof how, .fill = session->options->fill, .topology = session->options->topology};
    lq_part *read = NULL;
    lq_report *report = NULL;
    lq_status status = lq_part_read(model, &target->selection, &read);
    if (status == LQ_OK) status = lq_part_analyse(session->context, read, &how, &report);
    int exit_code = status == LQ_OK ? CLI_EXIT_DONE : cli_fail_library(session, part->path);
    part->plate = target->selection.plate;
    part->plate_name = target->plate_name;
    part->read = read;
    part->report = report;
    if (exit_code == CLI_EXIT_DONE) exit_code = step(session, part, json);
    lq_report_destroy(report);
    lq_part_destroy(read);
    return exit_code;
}

static void print_json(const cli_session *session, const cli_targets *targets, const cli_buffer *documents)
{
    fprintf(session->out.file, targets->is_array ? "[%s]\n" : "%s\n", cli_buffer_get(documents));
}

static int go_over_targets(cli_session *session, lq_model *model, const char *path, cli_part_step step)
{
    cli_targets targets;
    cli_buffer documents = {0};
    cli_part part = {.path = path};
    part.format = find_format(model, session->options->entry, &part.entry);
    int exit_code = cli_targets_find(session, model, path, &targets);
    for (size_t i = 0; i < targets.count && exit_code == CLI_EXIT_DONE; i++) {
        cli_buffer document = {0};
        exit_code = measure_target(session, model, &targets.items[i], &part, step, &document);
        if (i) cli_buffer_text(&documents, ",");
        cli_json_document(&documents, cli_buffer_get(&document), cli_path_in_json(session, path));
        cli_buffer_free(&document);
    }
    /* A file is quoted as a whole or not at all: half an array would look like a small file. */
    if (session->options->json && exit_code == CLI_EXIT_DONE) print_json(session, &targets, &documents);
    cli_buffer_free(&documents);
    cli_targets_free(&targets);
    return exit_code;
}

int cli_one_file(cli_session *session, const char *path, cli_part_step step)
{
    const lq_open_options how = {.struct_size = sizeof how, .lenient = session->options->lenient};
    cli_input input;
    lq_model *model = NULL;
    int exit_code = cli_input_open(session, path, &input);
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    if (lq_model_open(session->context, &input.source, &how, &model) == LQ_OK)
        exit_code = go_over_targets(session, model, path, step);
    else
        exit_code = cli_fail_library(session, path);
    lq_model_close(model);
    cli_input_close(session, &input);
    return exit_code;
}

static int go_over_file(cli_session *session, const char *path, const void *user)
{
    const cli_part_step *step = user;
    return cli_one_file(session, path, *step);
}

int cli_each_part(cli_session *session, cli_part_step step) { return cli_each_file(session, go_over_file, &step); }

/* A wrong option is wrong for every file, and nobody waits after Ctrl-C. */
static bool is_final(int exit_code) { return exit_code == CLI_EXIT_USAGE || exit_code == CLI_EXIT_INTERRUPTED; }

int cli_each_file(cli_session *session, cli_file_step step, const void *user)
{
    const cli_options *options = session->options;
    int exit_code = CLI_EXIT_DONE;
    for (size_t i = 0; i < options->file_count; i++) {
        cli_progress_begin(&session->progress, options->files[i]);
        int one = step(session, options->files[i], user);
        cli_progress_end(&session->progress);
        fflush(session->out.file);
        if (one != CLI_EXIT_DONE) exit_code = options->file_count == 1 || is_final(one) ? one : CLI_EXIT_FILE;
        if (is_final(one) || cli_session_unread(session)) break;
        if (cli_session_interrupted()) return CLI_EXIT_INTERRUPTED;
    }
    return exit_code;
}
