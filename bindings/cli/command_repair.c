#include <string.h>
#include <strings.h>

#include "commands.h"
#include "exit_code.h"
#include "failure.h"
#include "one_part.h"
#include "output.h"
#include "print_repair.h"

/* By its name: what it will hold. */
static bool find_write_format(const char *path, lq_write_format *format)
{
    const char *dot = strrchr(path, '.');
    if (!dot || (strcasecmp(dot, ".stl") != 0 && strcasecmp(dot, ".3mf") != 0)) return false;
    *format = strcasecmp(dot, ".stl") == 0 ? LQ_WRITE_STL_BINARY : LQ_WRITE_3MF;
    return true;
}

static lq_status analyse(cli_session *session, const lq_part *part, lq_report **report)
{
    const lq_analyse_options how = {.struct_size = sizeof how, .fill = session->options->fill, .no_printability = 1};
    return lq_part_analyse(session->context, part, &how, report);
}

/* What others will read, not what was meant to be written. */
static int read_back(cli_session *session, const char *path, lq_report **report)
{
    lq_source source;
    lq_model *model = NULL;
    lq_part *part = NULL;
    if (lq_source_open_file(session->context, path, &source) != LQ_OK) return cli_fail_library(session, path);
    lq_status status = lq_model_open(session->context, &source, NULL, &model);
    if (status == LQ_OK) status = lq_part_read(model, NULL, &part);
    if (status == LQ_OK) status = analyse(session, part, report);
    int exit_code = status == LQ_OK ? CLI_EXIT_DONE : cli_fail_library(session, path);
    lq_part_destroy(part);
    lq_model_close(model);
    lq_source_close(session->context, &source);
    return exit_code;
}

static int write_bytes(void *file, const void *bytes, size_t size) { return fwrite(bytes, 1, size, file) != size; }

static int write_out(cli_session *session, const lq_part *part, lq_write_format format)
{
    cli_output output;
    int exit_code = cli_output_open(session, session->options->output, &output);
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    const lq_sink sink = {.struct_size = sizeof sink, .user = output.file, .write = write_bytes};
    bool written = lq_part_write(session->context, part, format, &sink) == LQ_OK;
    bool lost = ferror(output.file) != 0; /* the closing finds out why */
    if (!written && !lost) exit_code = cli_fail_library(session, session->options->output);
    return cli_output_close(session, &output, written || lost, exit_code);
}

static int tell(cli_session *session, const cli_repair *repair)
{
    char *json = NULL;
    if (!session->options->json) {
        cli_progress_end(&session->progress);
        cli_print_repair(session, repair);
        return CLI_EXIT_DONE;
    }
    if (lq_repair_json(session->context, repair->before, repair->repaired, repair->out_path, repair->after, &json,
                       NULL) != LQ_OK)
        return cli_fail_library(session, repair->path);
    printf("%s\n", json);
    lq_text_free(session->context, json);
    return CLI_EXIT_DONE;
}

static int repair_part(cli_session *session, const lq_model *model, const lq_part *part, void *user)
{
    cli_repair *repair = user;
    repair->format = lq_model_format(model);
    lq_part *repaired = NULL;
    lq_report *before = NULL, *after = NULL;
    lq_repair_options how = {.struct_size = sizeof how, .fill = session->options->fill};
    find_write_format(repair->out_path, &how.format);
    lq_status status = analyse(session, part, &before);
    if (status == LQ_OK) status = lq_part_repair(session->context, part, &how, &repaired);
    int exit_code = status == LQ_OK ? CLI_EXIT_DONE : cli_fail_library(session, repair->path);
    if (exit_code == CLI_EXIT_DONE) exit_code = write_out(session, repaired, how.format);
    if (exit_code == CLI_EXIT_DONE) exit_code = read_back(session, repair->out_path, &after);
    repair->before = before, repair->after = after, repair->repaired = repaired;
    if (exit_code == CLI_EXIT_DONE) exit_code = tell(session, repair);
    lq_report_destroy(after);
    lq_report_destroy(before);
    lq_part_destroy(repaired);
    return exit_code;
}

static int check(const cli_options *options)
{
    lq_write_format format;
    if (options->file_count != 1) return cli_fail_usage(options, "One file is repaired at a time.");
    if (!options->output) return cli_fail_usage(options, "Say where the repaired part goes: -o OUT.stl or -o OUT.3mf.");
    if (!find_write_format(options->output, &format))
        return cli_fail_usage(options, "The name of the repaired part must end in .stl or .3mf.");
    return CLI_EXIT_DONE;
}

int cli_command_repair(cli_session *session)
{
    int exit_code = check(session->options);
    cli_repair repair = {.path = session->options->files[0], .out_path = session->options->output};
    return exit_code == CLI_EXIT_DONE ? cli_one_part(session, repair_part, &repair) : exit_code;
}
