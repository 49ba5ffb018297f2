#include "profile.h"

#include <stdlib.h>
#include <string.h>

#include "exit_code.h"
#include "failure.h"
#include "input.h"
#include "text.h"

static int read_file(cli_session *session, lq_profile *profile, const char *path)
{
    cli_input input;
    int exit_code = cli_input_open(session, path, &input);
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    lq_status status = lq_profile_read(profile, input.source.data, (size_t)input.source.size, input.source.name);
    if (status != LQ_OK) exit_code = cli_fail_library(session, path);
    cli_input_close(session, &input);
    return exit_code;
}

static int set_one(cli_session *session, lq_profile *profile, const char *setting)
{
    char *key = cli_copy(setting), *value = strchr(key, '=');
    *value++ = 0;
    lq_status status = lq_profile_set(profile, key, value);
    free(key);
    return status == LQ_OK ? CLI_EXIT_DONE : cli_fail_library(session, NULL);
}

static void tell_ignored(const cli_session *session, const lq_profile *profile)
{
    enum { SHOWN_MAX = 12 };
    const cli_terminal *out = &session->err;
    cli_buffer text = {0}, lines = {0};
    size_t at = 0, count = 0;
    for (const char *key; (key = lq_profile_next_ignored(profile, &at)) != NULL; count++)
        if (count < SHOWN_MAX) cli_buffer_format(&text, "%s%s", count ? ", " : "Not taken into account: ", key);
    if (count > SHOWN_MAX) cli_buffer_format(&text, " and %zu more", count - SHOWN_MAX);
    if (count) {
        cli_text_wrap(&lines, cli_buffer_get(&text), 7, 7, out->width);
        fprintf(out->file, "quote: %s.\n", cli_buffer_get(&lines));
    }
    cli_buffer_free(&text);
    cli_buffer_free(&lines);
}

int cli_profile_load(cli_session *session, const char *const *paths, size_t count, lq_profile **out)
{
    const cli_options *options = session->options;
    lq_profile *profile = NULL;
    *out = NULL;
    if (lq_profile_create(session->context, &profile) != LQ_OK) return cli_fail_library(session, NULL);
    int exit_code = CLI_EXIT_DONE;
    for (size_t i = 0; i < count && exit_code == CLI_EXIT_DONE; i++) exit_code = read_file(session, profile, paths[i]);
    for (size_t i = 0; i < options->setting_count && exit_code == CLI_EXIT_DONE; i++)
        exit_code = set_one(session, profile, options->settings[i]);
    if (exit_code == CLI_EXIT_DONE && lq_profile_check(profile) != LQ_OK)
        exit_code = cli_fail_library(session, count == 1 ? paths[0] : NULL);
    if (exit_code == CLI_EXIT_DONE && !options->json && !options->quiet) tell_ignored(session, profile);
    if (exit_code == CLI_EXIT_DONE)
        *out = profile;
    else
        lq_profile_destroy(profile);
    return exit_code;
}
