#include "commands.h"
#include "each_part.h"
#include "exit_code.h"
#include "failure.h"
#include "input.h"
#include "json_text.h"
#include "print_contents.h"
#include "print_part.h"

static size_t count_quotable(const lq_model *model)
{
    size_t count = 0;
    lq_entry entry;
    for (size_t i = 0; i < lq_model_entry_count(model); i++)
        count += lq_model_entry(model, i, &entry) == LQ_OK && entry.quotable;
    return count;
}

/* An archive of several models has entries to list, but no contents until one is chosen. */
static int list_for_people(cli_session *session, lq_model *model, const char *path)
{
    const lq_contents *contents = NULL;
    const char *entry = session->options->entry;
    bool chosen = entry || lq_model_format(model) != LQ_FORMAT_ZIP || count_quotable(model) == 1;
    if (chosen && lq_model_contents(model, entry, &contents) != LQ_OK) return cli_fail_library(session, path);
    cli_print_name(session, path, lq_model_format(model));
    fputc('\n', session->out.file);
    cli_print_entries(&session->out, model);
    if (contents) cli_print_contents(&session->out, contents);
    return CLI_EXIT_DONE;
}

static int list_as_json(cli_session *session, lq_model *model, const char *path)
{
    char *text = NULL;
    if (lq_contents_json(model, session->options->entry, &text, NULL) != LQ_OK) return cli_fail_library(session, path);
    cli_buffer json = {0};
    cli_json_document(&json, text, cli_path_in_json(session, path));
    printf("%s\n", cli_buffer_get(&json));
    cli_buffer_free(&json);
    lq_text_free(session->context, text);
    return CLI_EXIT_DONE;
}

static int list_file(cli_session *session, const char *path, const void *user)
{
    (void)user;
    const lq_open_options how = {.struct_size = sizeof how, .lenient = session->options->lenient};
    cli_input input;
    lq_model *model = NULL;
    int exit_code = cli_input_open(session, path, &input);
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    if (lq_model_open(session->context, &input.source, &how, &model) != LQ_OK)
        exit_code = cli_fail_library(session, path);
    else if (session->options->json)
        exit_code = list_as_json(session, model, path);
    else
        exit_code = list_for_people(session, model, path);
    lq_model_close(model);
    cli_input_close(session, &input);
    return exit_code;
}

int cli_command_list(cli_session *session) { return cli_each_file(session, list_file, NULL); }
