/* quote: the command line of libquote. It sees the public header and nothing else of the library. */

#include <signal.h>

#include "commands.h"
#include "exit_code.h"
#include "failure.h"

static bool needs_file(cli_command command)
{
    return command == CLI_COMMAND_QUOTE || command == CLI_COMMAND_INSPECT || command == CLI_COMMAND_LIST ||
           command == CLI_COMMAND_REPAIR || command == CLI_COMMAND_RENDER || command == CLI_COMMAND_BATCH ||
           command == CLI_COMMAND_BOOK || command == CLI_COMMAND_ESTIMATE;
}

static bool writes_file(cli_command command)
{
    return command == CLI_COMMAND_REPAIR || command == CLI_COMMAND_RENDER || command == CLI_COMMAND_BATCH ||
           command == CLI_COMMAND_BOOK;
}

static bool takes_profile(cli_command command)
{
    return command == CLI_COMMAND_QUOTE || command == CLI_COMMAND_BATCH || command == CLI_COMMAND_ESTIMATE;
}

/* What can be wrong although each option is right. */
static int check(const cli_options *options)
{
    if (needs_file(options->command) && options->file_count == 0)
        return cli_fail_usage(options, "There is no file to work on.");
    if (!needs_file(options->command) && options->file_count)
        return cli_fail_usage(options, "This command takes no file.");
    bool imports = options->command == CLI_COMMAND_BOOK && !options->profile_count;
    if ((options->profile_count || options->setting_count) && !takes_profile(options->command) && !imports)
        return cli_fail_usage(options, "This command takes no profile.");
    if (options->output && !writes_file(options->command))
        return cli_fail_usage(options, "This command writes no file: there is nothing for -o.");
    if (options->html && options->command != CLI_COMMAND_QUOTE)
        return cli_fail_usage(options, "--html makes a page of quotes: quote FILE --html PAGE.html.");
    return CLI_EXIT_DONE;
}

static int run(cli_session *session)
{
    switch (session->options->command) {
    case CLI_COMMAND_QUOTE: return cli_command_quote(session);
    case CLI_COMMAND_INSPECT: return cli_command_inspect(session);
    case CLI_COMMAND_LIST: return cli_command_list(session);
    case CLI_COMMAND_REPAIR: return cli_command_repair(session);
    case CLI_COMMAND_RENDER: return cli_command_render(session);
    case CLI_COMMAND_MATERIALS: return cli_command_materials(session);
    case CLI_COMMAND_VERSION: return cli_command_version(session);
    case CLI_COMMAND_BATCH: return cli_command_batch(session);
    case CLI_COMMAND_ESTIMATE: return cli_command_estimate(session);
    case CLI_COMMAND_BOOK: return cli_command_book(session);
    default: return CLI_EXIT_INTERNAL;
    }
}

/* "quote help inspect" is "quote inspect --help". */
static int print_help(const cli_options *options)
{
    cli_command command = options->command;
    if (command == CLI_COMMAND_HELP && options->file_count) cli_command_find(options->files[0], &command);
    cli_print_help(command);
    return CLI_EXIT_DONE;
}

static int parse_and_run(cli_options *options, int argument_count, char **arguments)
{
    bool good = cli_options_parse(options, argument_count, arguments);
    if (argument_count <= 1) {
        cli_print_help(CLI_COMMAND_QUOTE);
        return CLI_EXIT_USAGE;
    }
    if (options->help || (good && options->command == CLI_COMMAND_HELP)) return print_help(options);
    if (!good) return cli_fail_usage(options, cli_buffer_get(&options->error));
    int exit_code = check(options);
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    cli_session session;
    exit_code = cli_session_open(&session, options);
    if (exit_code == CLI_EXIT_DONE) exit_code = run(&session);
    cli_session_close(&session);
    return exit_code;
}

int main(int argument_count, char **arguments)
{
    cli_options options;
    signal(SIGPIPE, SIG_IGN);
    int exit_code = cli_flush(parse_and_run(&options, argument_count, arguments));
    cli_options_free(&options);
    return exit_code;
}
