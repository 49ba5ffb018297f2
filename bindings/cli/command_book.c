#include "commands.h"

#include <string.h>

#include "exit_code.h"
#include "failure.h"
#include "input.h"
#include "output.h"
#include "profile.h"

static int write_book(cli_session *session, const char *text, size_t size)
{
    const char *path = session->options->output;
    cli_output output = {0};
    if (!path) {
        fwrite(text, 1, size, session->out.file);
        return CLI_EXIT_DONE;
    }
    int exit_code = cli_output_open(session, path, &output);
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    fwrite(text, 1, size, output.file);
    return cli_output_close(session, &output, true, CLI_EXIT_DONE);
}

/* quote book import FILE.ini... -o book.json */
static int import(cli_session *session)
{
    const cli_options *options = session->options;
    cli_input input = {0};
    lq_profile *profile = NULL;
    char *text = NULL;
    size_t size = 0;
    int exit_code = cli_profile_load(session, options->files + 1, options->file_count - 1, &profile);
    if (exit_code == CLI_EXIT_DONE && options->book) exit_code = cli_input_open(session, options->book, &input);
    if (exit_code == CLI_EXIT_DONE) {
        lq_status status = lq_book_import(session->context, input.source.data, (size_t)input.source.size,
                                          options->process, profile, &text, &size);
        exit_code = status == LQ_OK ? write_book(session, text, size) : cli_fail_library(session, options->book);
        lq_text_free(session->context, text);
    }
    if (options->book) cli_input_close(session, &input);
    lq_profile_destroy(profile);
    return exit_code;
}

int cli_command_book(cli_session *session)
{
    const cli_options *options = session->options;
    if (strcmp(options->files[0], "import") != 0)
        return cli_fail_usage(options, "quote book import FILE.ini... is what there is.");
    if (options->file_count < 2 && !options->setting_count)
        return cli_fail_usage(options, "There is no profile to import.");
    return import(session);
}
