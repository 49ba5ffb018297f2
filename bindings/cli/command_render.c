#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "commands.h"
#include "exit_code.h"
#include "failure.h"
#include "json_text.h"
#include "one_part.h"
#include "output.h"
#include "png.h"

#define SIDE_DEFAULT 1024

static int fail_memory(cli_session *session)
{
    const cli_failure memory = {CLI_EXIT_SYSTEM, "out_of_memory", "There is no memory for the picture.", NULL, NULL, 0};
    return cli_fail(session, &memory);
}

static int write_png(cli_session *session, const uint8_t *rgba, uint32_t width, uint32_t height)
{
    cli_output output;
    int exit_code = cli_output_open(session, session->options->output, &output);
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    bool written = cli_png_write(output.file, rgba, width, height);
    bool lost = ferror(output.file) != 0; /* the closing finds out why */
    if (!written && !lost) exit_code = fail_memory(session);
    return cli_output_close(session, &output, written || lost, exit_code);
}

static void tell(cli_session *session, uint32_t width, uint32_t height)
{
    const cli_options *options = session->options;
    if (!options->json) {
        cli_progress_end(&session->progress);
        if (!options->quiet) printf("%s: %u x %u pixels\n", options->output, width, height);
        return;
    }
    cli_buffer json = {0};
    cli_buffer_text(&json, "{\"schema\":\"libquote.render/1\",\"output\":");
    cli_json_string(&json, options->output);
    cli_buffer_format(&json, ",\"width\":%u,\"height\":%u}", width, height);
    printf("%s\n", cli_buffer_get(&json));
    cli_buffer_free(&json);
}

static int render(cli_session *session, const lq_model *model, const lq_part *part, void *user)
{
    (void)model;
    (void)user;
    const cli_options *options = session->options;
    lq_render_options how = options->render;
    how.struct_size = sizeof how;
    if (!how.width) how.width = how.height = SIDE_DEFAULT;
    how.defects = options->defects;
    how.walls = options->walls;
    how.overhangs = options->overhangs;
    how.no_scale_bar = options->no_scale;
    size_t size = (size_t)how.width * how.height * 4;
    uint8_t *rgba = malloc(size);
    if (!rgba) return fail_memory(session);
    int exit_code = lq_part_render(session->context, part, &how, rgba, size) == LQ_OK
                        ? write_png(session, rgba, how.width, how.height)
                        : cli_fail_library(session, options->files[0]);
    if (exit_code == CLI_EXIT_DONE) tell(session, how.width, how.height);
    free(rgba);
    return exit_code;
}

int cli_command_render(cli_session *session)
{
    const cli_options *options = session->options;
    if (options->file_count != 1) return cli_fail_usage(options, "One picture is made at a time: name one file.");
    const char *dot = options->output ? strrchr(options->output, '.') : NULL;
    if (!dot || strcasecmp(dot, ".png") != 0) return cli_fail_usage(options, "Say where the picture goes: -o OUT.png.");
    return cli_one_part(session, render, NULL);
}
