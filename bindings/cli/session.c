#include "session.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "exit_code.h"
#include "failure.h"
#include "input.h"
#include "profile.h"

/* A signal handler has no argument to carry these. */
static lq_context *volatile context_at_work;
static volatile sig_atomic_t interrupted;

/* The handler is gone after the first Ctrl-C: the second one ends the program at once. */
static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
    if (context_at_work) lq_context_cancel(context_at_work);
}

bool cli_session_interrupted(void) { return interrupted != 0; }

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

uint32_t cli_session_thread_count(const cli_options *options)
{
    if (options->thread_count) return options->thread_count;
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > 64 ? 64 : (uint32_t)count;
}

static int fail_context(cli_session *session, lq_status status)
{
    cli_failure memory = {CLI_EXIT_SYSTEM, "out_of_memory", "There is not enough memory.", NULL, NULL, 0};
    cli_failure isa = {CLI_EXIT_USAGE, "isa_unavailable", "", NULL, NULL, 0};
    if (status == LQ_ERR_MEMORY || !session->options->isa) return cli_fail(session, &memory);
    cli_buffer message = {0};
    cli_buffer_format(&message, "This processor does not have the instruction set %s.", session->options->isa);
    isa.message = cli_buffer_get(&message);
    int exit_code = cli_fail(session, &isa);
    cli_buffer_free(&message);
    return exit_code;
}

int cli_session_open(cli_session *session, const cli_options *options)
{
    *session = (cli_session){.options = options, .names_path = options->file_count > 1};
    cli_terminal_init(&session->out, stdout, !options->no_color);
    cli_terminal_init(&session->err, stderr, !options->no_color);
    bool shows_bar = session->err.rewrites && !options->quiet;
    cli_progress_init(&session->progress, &session->err, options->progress || shows_bar);
    lq_context_options given = {.struct_size = sizeof given,
                                .limits = &options->limits,
                                .progress = cli_progress_report,
                                .progress_user = &session->progress,
                                .thread_count = cli_session_thread_count(options),
                                .isa_mask = options->isa_mask};
    lq_status status = lq_context_create(&given, &session->context);
    if (status != LQ_OK) return fail_context(session, status);
    context_at_work = session->context;
    watch_signals();
    return CLI_EXIT_DONE;
}

static int read_book(cli_session *session, const void *json, size_t size)
{
    const cli_options *options = session->options;
    lq_profile *profile = NULL;
    char *text = NULL;
    if (!options->profile_count && !options->setting_count) {
        lq_status status = json ? lq_book_read(session->context, json, size, &session->book)
                                : lq_book_default(session->context, &session->book);
        return status == LQ_OK ? CLI_EXIT_DONE : cli_fail_library(session, options->book);
    }
    int exit_code = cli_profile_load(session, options->profiles, options->profile_count, &profile);
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    lq_status status = lq_book_import(session->context, json, size, options->process, profile, &text, &size);
    if (status == LQ_OK) status = lq_book_read(session->context, text, size, &session->book);
    if (status != LQ_OK) exit_code = cli_fail_library(session, options->book);
    lq_text_free(session->context, text);
    lq_profile_destroy(profile);
    return exit_code;
}

int cli_session_load_book(cli_session *session)
{
    const char *path = session->options->book;
    cli_input input;
    if (!path) return read_book(session, NULL, 0);
    int exit_code = cli_input_open(session, path, &input);
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    exit_code = read_book(session, input.source.data ? input.source.data : "", (size_t)input.source.size);
    cli_input_close(session, &input);
    return exit_code;
}

bool cli_session_unread(const cli_session *session) { return ferror(session->out.file) != 0; }

/* Asked of the system: errno may be long gone when the end of the output is reached. */
static bool reader_is_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

int cli_flush(int exit_code)
{
    bool failed = ferror(stdout) != 0;
    if (fflush(stdout) != 0) failed = true;
    if (!failed || reader_is_gone()) return exit_code;
    fputs("quote: the output could not be written. Is the disk full?\n", stderr);
    return CLI_EXIT_SYSTEM;
}

void cli_session_close(cli_session *session)
{
    cli_progress_end(&session->progress);
    lq_book_destroy(session->book);
    lq_profile_destroy(session->profile);
    context_at_work = NULL;
    lq_context_destroy(session->context);
}
