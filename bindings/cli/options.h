/* What was asked on the command line. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "libquote.h"

typedef enum cli_command {
    CLI_COMMAND_QUOTE,
    CLI_COMMAND_INSPECT,
    CLI_COMMAND_LIST,
    CLI_COMMAND_MATERIALS,
    CLI_COMMAND_VERSION,
    CLI_COMMAND_BATCH,
    CLI_COMMAND_HELP,
    CLI_COMMAND_REPAIR,
    CLI_COMMAND_RENDER,
    CLI_COMMAND_BOOK,
    CLI_COMMAND_ESTIMATE,
    CLI_COMMAND_COUNT
} cli_command;

const char *cli_command_name(cli_command command);
bool cli_command_find(const char *name, cli_command *command);

typedef struct cli_options {
    cli_command command;
    bool help;
    const char **files;
    size_t file_count;

    bool json, quiet, no_color, progress;

    const char *output; /* -o; NULL: not said */
    const char *html;   /* a page is written there too; NULL: none */

    const char *entry, *plate, *object;
    bool lenient;
    lq_unit unit;
    double scale;

    const char **materials; /* NULL: all */
    size_t material_count;
    uint32_t *quantities;
    size_t quantity_count;
    const char *color, *finish, *country, *currency, *discount, *book;
    int32_t infill_percent; /* as in lq_request */
    uint32_t layer_um;
    bool priority;

    const char **profiles, **settings; /* of a slicer: files, and KEY=VALUE that win over them */
    size_t profile_count, setting_count;
    const char *process; /* of the price book, for the profiles; NULL: the only one */

    lq_render_options render;
    bool defects, walls, overhangs, no_scale;

    lq_fill fill;
    lq_topology topology;

    uint32_t thread_count;
    uint32_t isa_mask;
    const char *isa;
    lq_limits limits;

    char **owned; /* copies that the lists above point into */
    size_t owned_count;
    cli_buffer error; /* why parsing stopped, for a person */
} cli_options;

/* False with options->error set when something is wrong; json is right even then. */
bool cli_options_parse(cli_options *options, int argument_count, char **arguments);
void cli_options_free(cli_options *options);

#endif
