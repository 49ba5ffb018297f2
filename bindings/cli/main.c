/* quote: the command line of libquote. It sees the public header and nothing else of the library. */

#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

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

static bool is_one_of(const char *path, const char *const *others, size_t count)
{
    struct stat written, read;
    if (!path || stat(path, &written) != 0 || !S_ISREG(written.st_mode)) return false;
    for (size_t i = 0; i < count; i++)
        if (stat(others[i], &read) == 0 && read.st_dev == written.st_dev && read.st_ino == written.st_ino) return true;
    return false;
}

/* "quote --html a.stl b.stl" has forgotten the page. */
static bool is_name_of_part(const char *path)
{
    static const char *const endings[] = {".stl", ".3mf", ".zip", ".gz"};
    const char *dot = path ? strrchr(path, '.') : NULL;
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0) return true;
    return false;
}

/* A repair may take the place of the part; nothing else may. */
static bool would_overwrite(const cli_options *options, const char *path)
{
    return is_one_of(path, options->files, options->file_count) ||
           is_one_of(path, options->profiles, options->profile_count);
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
    if (is_name_of_part(options->html))
        return cli_fail_usage(options, "--html would write a page over a part: quote FILE --html PAGE.html.");
    bool replaces = options->command != CLI_COMMAND_REPAIR && would_overwrite(options, options->output);
    if (replaces || would_overwrite(options, options->html))
        return cli_fail_usage(options,
                              "A file that is read would be overwritten: name another one for what is written.");
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
