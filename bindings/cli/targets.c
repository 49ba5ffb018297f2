#include "targets.h"

#include <stdlib.h>
#include <string.h>

#include "exit_code.h"
#include "failure.h"
#include "number.h"

static void add(const cli_session *session, cli_targets *targets, const lq_plate *plate)
{
    const cli_options *options = session->options;
    cli_target target = {.selection = {.struct_size = sizeof target.selection,
                                       .entry = options->entry,
                                       .plate = plate ? plate->number : 0,
                                       .object = options->object,
                                       .unit = options->unit,
                                       .scale = options->scale,
                                       .topology = options->topology},
                         .plate_name = plate ? plate->name : NULL};
    targets->items = cli_grow(targets->items, targets->count + 1, sizeof *targets->items);
    targets->items[targets->count++] = target;
}

/* Every plate that has something to print. Where none has, the first one, for the library to say what is wrong. */
static void add_all(const cli_session *session, const lq_contents *contents, cli_targets *targets)
{
    lq_plate plate;
    for (size_t i = 0; i < lq_contents_plate_count(contents); i++)
        if (lq_contents_plate(contents, i, &plate) == LQ_OK && plate.printable_item_count)
            add(session, targets, &plate);
    if (targets->count) return;
    bool any = lq_contents_plate(contents, 0, &plate) == LQ_OK;
    add(session, targets, any ? &plate : NULL);
}

static bool is_named(const lq_plate *plate, const char *wanted, bool by_number)
{
    uint64_t number;
    if (!by_number) return plate->name && strcmp(plate->name, wanted) == 0;
    return cli_parse_integer(wanted, 1, UINT32_MAX, &number) && number == plate->number;
}

/* A number comes before a name that looks like one. */
static bool find_plate(const lq_contents *contents, const char *wanted, lq_plate *plate)
{
    for (int by_number = 1; by_number >= 0; by_number--)
        for (size_t i = 0; i < lq_contents_plate_count(contents); i++)
            if (lq_contents_plate(contents, i, plate) == LQ_OK && is_named(plate, wanted, by_number)) return true;
    return false;
}

static int fail_plate(cli_session *session, const lq_contents *contents, const char *path)
{
    cli_buffer message = {0};
    cli_buffer_format(&message, "There is no plate \"%s\" in this file.", session->options->plate);
    cli_failure failure = {CLI_EXIT_FILE, "plate_not_found", cli_buffer_get(&message), path, NULL, 0};
    size_t count = lq_contents_plate_count(contents);
    failure.candidates = cli_grow(NULL, count, sizeof *failure.candidates);
    lq_plate plate;
    for (size_t i = 0; i < count; i++) {
        if (lq_contents_plate(contents, i, &plate) != LQ_OK) continue;
        cli_buffer name = {0};
        if (plate.name && *plate.name)
            cli_buffer_text(&name, plate.name);
        else
            cli_buffer_format(&name, "%u", plate.number);
        failure.candidates[failure.candidate_count++] = name.data;
    }
    int exit_code = cli_fail(session, &failure);
    for (size_t i = 0; i < failure.candidate_count; i++) free(failure.candidates[i]);
    free(failure.candidates);
    cli_buffer_free(&message);
    return exit_code;
}

int cli_targets_find(cli_session *session, lq_model *model, const char *path, cli_targets *targets)
{
    const cli_options *options = session->options;
    const lq_contents *contents = NULL;
    lq_plate plate;
    int may_have_plates = 1;
    *targets = (cli_targets){0};
    if (!options->plate && lq_model_may_have_plates(model, options->entry, &may_have_plates) != LQ_OK)
        return cli_fail_library(session, path);
    if (!may_have_plates) { /* nothing to choose: the model is read once, not looked through first */
        add(session, targets, NULL);
        return CLI_EXIT_DONE;
    }
    if (lq_model_contents(model, options->entry, &contents) != LQ_OK) return cli_fail_library(session, path);
    bool all = options->plate && strcmp(options->plate, "all") == 0;
    if (options->plate && !all) {
        if (!find_plate(contents, options->plate, &plate)) return fail_plate(session, contents, path);
        add(session, targets, &plate);
        return CLI_EXIT_DONE;
    }
    if (!all && (options->object || lq_contents_plate_count(contents) <= 1)) {
        add(session, targets, NULL);
        return CLI_EXIT_DONE;
    }
    targets->is_array = true;
    if (options->object)
        add(session, targets, NULL);
    else
        add_all(session, contents, targets);
    return CLI_EXIT_DONE;
}

void cli_targets_free(cli_targets *targets)
{
    free(targets->items);
    *targets = (cli_targets){0};
}
