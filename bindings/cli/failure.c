#include "failure.h"

#include <stdlib.h>
#include <string.h>

#include "exit_code.h"
#include "hint.h"
#include "json_text.h"

#define CANDIDATES_SHOWN 40

static void add_candidates_json(cli_buffer *json, const cli_failure *failure)
{
    if (failure->candidate_count == 0) return;
    cli_buffer_text(json, ",\"candidates\":[");
    for (size_t i = 0; i < failure->candidate_count; i++) {
        if (i) cli_buffer_text(json, ",");
        cli_json_string(json, failure->candidates[i]);
    }
    cli_buffer_text(json, "]");
}

static void print_json(FILE *out, const cli_failure *failure, const char *path)
{
    cli_buffer json = {0};
    cli_buffer_text(&json, "{");
    if (path) {
        cli_buffer_text(&json, "\"path\":");
        cli_json_string(&json, path);
        cli_buffer_text(&json, ",");
    }
    cli_buffer_text(&json, "\"schema\":\"libquote.error/1\",\"error\":{\"code\":");
    cli_json_string(&json, failure->code);
    cli_buffer_text(&json, ",\"message\":");
    cli_json_string(&json, failure->message);
    cli_buffer_text(&json, ",\"file\":");
    cli_json_string(&json, failure->file);
    add_candidates_json(&json, failure);
    cli_buffer_text(&json, "}}");
    fprintf(out, "%s\n", cli_buffer_get(&json));
    cli_buffer_free(&json);
}

/* The path that goes into a document when there are several. */
static const char *path_of_many(const cli_session *session, const char *file)
{
    return session->names_path ? file : NULL;
}

static void print_sentence(const cli_terminal *err, const char *file, const char *message, const char *place)
{
    fprintf(err->file, "%squote:%s ", cli_style_on(err, CLI_RED), cli_style_off(err, CLI_RED));
    if (file) {
        cli_print_clean(err, CLI_BOLD, strcmp(file, "-") == 0 ? "standard input" : file);
        fputs(": ", err->file);
    }
    cli_print_clean(err, CLI_PLAIN, message);
    cli_print_clean(err, CLI_DIM, place);
    fputc('\n', err->file);
}

static void print_hint(const cli_terminal *err, const cli_failure *failure)
{
    const char *hint = cli_hint(failure->code, failure->exit_code, failure->file);
    bool lists_nothing = *hint && hint[strlen(hint) - 1] == ':' && !failure->candidate_count;
    if (*hint && !lists_nothing) {
        cli_print_clean(err, CLI_PLAIN, hint);
        fputc('\n', err->file);
    }
    for (size_t i = 0; i < failure->candidate_count && i < CANDIDATES_SHOWN; i++) {
        fputs("  ", err->file);
        cli_print_clean(err, CLI_PLAIN, failure->candidates[i]);
        fputc('\n', err->file);
    }
    if (failure->candidate_count > CANDIDATES_SHOWN)
        fprintf(err->file, "  and %zu more: quote list tells all\n", failure->candidate_count - CANDIDATES_SHOWN);
}

static void print_person(const cli_terminal *err, const cli_failure *failure, const char *place)
{
    fflush(stdout);
    print_sentence(err, failure->file, failure->message, place);
    print_hint(err, failure);
}

/* Written in, cut where it must be: for a summary at the end. */
static void note(cli_session *session, const cli_failure *failure)
{
    snprintf(session->failure_code, sizeof session->failure_code, "%s", failure->code);
    snprintf(session->failure_message, sizeof session->failure_message, "%s", failure->message);
}

void cli_tell(const cli_session *session, const cli_failure *failure) { print_person(&session->err, failure, ""); }

int cli_fail(cli_session *session, const cli_failure *failure)
{
    note(session, failure);
    if (session->options->json) print_json(session->out.file, failure, path_of_many(session, failure->file));
    if (!session->options->json || !session->options->quiet) print_person(&session->err, failure, "");
    return failure->exit_code;
}

static int exit_code_of(const lq_error *error)
{
    switch (error->status) {
    case LQ_ERR_ARGUMENT: /* a price can only overflow because of this part */
        return strcmp(error->code, "price_overflow") == 0 ? CLI_EXIT_FILE : CLI_EXIT_USAGE;
    case LQ_ERR_INPUT: /* the book is the value of an option, not the file to quote */
        return strcmp(error->code, "book_invalid") == 0 ? CLI_EXIT_USAGE : CLI_EXIT_FILE;
    case LQ_ERR_SELECTION: return strcmp(error->code, "need_selection") == 0 ? CLI_EXIT_SELECTION : CLI_EXIT_FILE;
    case LQ_ERR_UNSUPPORTED:
    case LQ_ERR_LIMIT: return CLI_EXIT_FILE;
    case LQ_ERR_MEMORY:
    case LQ_ERR_IO: return CLI_EXIT_SYSTEM;
    case LQ_ERR_CANCELLED: return CLI_EXIT_INTERRUPTED;
    case LQ_OK:
    case LQ_ERR_INTERNAL: break;
    }
    return CLI_EXIT_INTERNAL;
}

static void add_place(cli_buffer *place, const lq_error *error)
{
    if (*error->part) cli_buffer_format(place, ", in %s", error->part);
    if (error->line >= 0) cli_buffer_format(place, ", line %lld", (long long)error->line);
    if (error->offset >= 0) cli_buffer_format(place, ", byte %lld", (long long)error->offset);
    if (!place->size) return;
    cli_buffer text = {0};
    cli_buffer_format(&text, " (%s)", place->data + 2);
    cli_buffer_free(place);
    *place = text;
}

static void print_library_json(cli_session *session, const cli_failure *failure)
{
    char *text = NULL;
    const char *path = path_of_many(session, failure->file);
    if (lq_error_json(session->context, failure->file, &text, NULL) != LQ_OK) {
        print_json(session->out.file, failure, path);
        return;
    }
    cli_buffer json = {0};
    cli_json_document(&json, text, path);
    fprintf(session->out.file, "%s\n", cli_buffer_get(&json));
    cli_buffer_free(&json);
    lq_text_free(session->context, text);
}

int cli_fail_library(cli_session *session, const char *path)
{
    cli_progress_end(&session->progress);
    lq_error error = *lq_context_error(session->context);
    if (error.status == LQ_OK || !error.code || !*error.code) error.code = "internal";
    if (!*error.message) snprintf(error.message, sizeof error.message, "Something went wrong inside quote.");
    cli_failure failure = {exit_code_of(&error), error.code, error.message, path, NULL, 0};
    failure.candidates = cli_grow(NULL, error.candidate_count, sizeof *failure.candidates);
    for (; failure.candidate_count < error.candidate_count; failure.candidate_count++)
        failure.candidates[failure.candidate_count] =
            cli_copy(lq_context_error_candidate(session->context, failure.candidate_count));
    note(session, &failure);
    cli_buffer place = {0};
    add_place(&place, &error);
    if (session->options->json) print_library_json(session, &failure);
    if (!session->options->json || !session->options->quiet)
        print_person(&session->err, &failure, cli_buffer_get(&place));
    cli_buffer_free(&place);
    for (size_t i = 0; i < failure.candidate_count; i++) free(failure.candidates[i]);
    free(failure.candidates);
    return failure.exit_code;
}

int cli_fail_usage(const cli_options *options, const char *message)
{
    cli_terminal err;
    cli_terminal_init(&err, stderr, !options->no_color);
    cli_failure failure = {CLI_EXIT_USAGE, "argument", message, NULL, NULL, 0};
    if (options->json) print_json(stdout, &failure, NULL);
    if (options->json && options->quiet) return failure.exit_code;
    print_sentence(&err, NULL, message, "");
    if (options->command == CLI_COMMAND_QUOTE)
        fputs("quote --help tells what is possible.\n", stderr);
    else
        fprintf(stderr, "quote %s --help tells what is possible.\n", cli_command_name(options->command));
    return failure.exit_code;
}
