#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "option_values.h"
#include "suggest.h"

static const char *const command_names[CLI_COMMAND_COUNT] = {
    "quote", "inspect", "list", "materials", "version", "batch", "help", "repair", "render", "book", "estimate"};

const char *cli_command_name(cli_command command) { return command_names[command]; }

bool cli_command_find(const char *name, cli_command *command)
{
    for (int i = CLI_COMMAND_INSPECT; i < CLI_COMMAND_COUNT; i++) {
        if (strcmp(command_names[i], name) != 0) continue;
        *command = (cli_command)i;
        return true;
    }
    return false;
}

/* An option sets a flag, keeps its text, or has a function for its value. */
typedef enum option_kind { FLAG, TEXT, VALUE } option_kind;

typedef struct option {
    const char *name;
    option_kind kind;
    size_t offset; /* of the bool or the text in cli_options */
    bool (*take)(cli_options *options, const char *value);
} option;

#define FLAG_AT(name, field)                           \
    {                                                  \
        name, FLAG, offsetof(cli_options, field), NULL \
    }
#define TEXT_AT(name, field)                           \
    {                                                  \
        name, TEXT, offsetof(cli_options, field), NULL \
    }
#define VALUE_BY(name, take) \
    {                        \
        name, VALUE, 0, take \
    }

static const option options_known[] = {FLAG_AT("help", help),
                                       FLAG_AT("json", json),
                                       FLAG_AT("quiet", quiet),
                                       FLAG_AT("no-color", no_color),
                                       FLAG_AT("progress", progress),
                                       FLAG_AT("lenient", lenient),
                                       FLAG_AT("priority", priority),
                                       FLAG_AT("defects", defects),
                                       FLAG_AT("walls", walls),
                                       FLAG_AT("overhangs", overhangs),
                                       FLAG_AT("no-scale", no_scale),
                                       VALUE_BY("view", cli_take_view),
                                       VALUE_BY("size", cli_take_size),
                                       VALUE_BY("ground", cli_take_ground),
                                       TEXT_AT("entry", entry),
                                       TEXT_AT("plate", plate),
                                       TEXT_AT("object", object),
                                       TEXT_AT("color", color),
                                       TEXT_AT("finish", finish),
                                       TEXT_AT("country", country),
                                       TEXT_AT("currency", currency),
                                       TEXT_AT("discount", discount),
                                       TEXT_AT("book", book),
                                       TEXT_AT("html", html),
                                       VALUE_BY("material", cli_take_materials),
                                       VALUE_BY("quantity", cli_take_quantities),
                                       VALUE_BY("infill", cli_take_infill),
                                       VALUE_BY("layer", cli_take_layer),
                                       VALUE_BY("unit", cli_take_unit),
                                       VALUE_BY("scale", cli_take_scale),
                                       VALUE_BY("fill", cli_take_fill),
                                       VALUE_BY("topology", cli_take_topology),
                                       VALUE_BY("threads", cli_take_threads),
                                       VALUE_BY("isa", cli_take_isa),
                                       VALUE_BY("limit", cli_take_limit),
                                       TEXT_AT("process", process),
                                       VALUE_BY("profile", cli_take_profile),
                                       VALUE_BY("set", cli_take_setting)};
#define OPTION_COUNT (sizeof options_known / sizeof options_known[0])

static const option *find_option(const char *name, size_t size)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strlen(options_known[i].name) == size && memcmp(options_known[i].name, name, size) == 0)
            return &options_known[i];
    return NULL;
}

static bool fail_unknown(cli_options *options, const char *argument)
{
    size_t dashes = strspn(argument, "-"), size = strcspn(argument, "=");
    char *name = cli_copy(argument + (dashes < size ? dashes : size));
    name[strcspn(name, "=")] = 0;
    cli_suggestion suggestion;
    cli_suggest_begin(&suggestion, name);
    for (size_t i = 0; i < OPTION_COUNT; i++) cli_suggest_try(&suggestion, options_known[i].name);
    cli_buffer_format(&options->error, "There is no option %.*s.", (int)size, argument);
    if (suggestion.best) cli_buffer_format(&options->error, " Did you mean --%s?", suggestion.best);
    free(name);
    return false;
}

static bool apply(cli_options *options, const option *known, const char *value)
{
    if (known->kind == FLAG) {
        *(bool *)((char *)options + known->offset) = true;
        return true;
    }
    if (known->kind == VALUE) return known->take(options, value);
    if (!*value) {
        cli_buffer_format(&options->error, "--%s needs a value.", known->name);
        return false;
    }
    *(const char **)((char *)options + known->offset) = value;
    return true;
}

/* One long option; *index moves over a value that stands in the next argument. */
static bool take_long(cli_options *options, int argument_count, char **arguments, int *index)
{
    const char *argument = arguments[*index], *equals = strchr(argument, '=');
    size_t size = equals ? (size_t)(equals - argument) - 2 : strlen(argument) - 2;
    const option *known = find_option(argument + 2, size);
    if (!known) return fail_unknown(options, argument);
    if (known->kind == FLAG && equals) {
        cli_buffer_format(&options->error, "--%s takes no value.", known->name);
        return false;
    }
    if (known->kind == FLAG) return apply(options, known, NULL);
    if (equals) return apply(options, known, equals + 1);
    if (*index + 1 >= argument_count) {
        cli_buffer_format(&options->error, "--%s needs a value.", known->name);
        return false;
    }
    return apply(options, known, arguments[++*index]);
}

/* -o F and -oF: where to write. */
static bool take_output(cli_options *options, int argument_count, char **arguments, int *index)
{
    options->output = arguments[*index] + 2;
    if (!*options->output) options->output = *index + 1 < argument_count ? arguments[++*index] : "";
    if (*options->output) return true;
    cli_buffer_text(&options->error, "-o needs the name of a file.");
    return false;
}

static void add_file(cli_options *options, const char *path)
{
    options->files = cli_grow(options->files, options->file_count + 1, sizeof *options->files);
    options->files[options->file_count++] = path;
}

/* A failure must come out as JSON even when --json stands behind the mistake. */
static void look_ahead(cli_options *options, int argument_count, char **arguments)
{
    for (int i = 1; i < argument_count && strcmp(arguments[i], "--") != 0; i++) {
        if (strcmp(arguments[i], "--json") == 0) options->json = true;
        if (strcmp(arguments[i], "--quiet") == 0) options->quiet = true;
        if (strcmp(arguments[i], "--no-color") == 0) options->no_color = true;
        if (strcmp(arguments[i], "--help") == 0 || strcmp(arguments[i], "-h") == 0) options->help = true;
    }
}

static bool take_word(cli_options *options, const char *word, bool *command_seen)
{
    if (*command_seen || !cli_command_find(word, &options->command)) add_file(options, word);
    *command_seen = true;
    return true;
}

static bool check_stdin(cli_options *options)
{
    size_t count = 0;
    for (size_t i = 0; i < options->file_count; i++) count += strcmp(options->files[i], "-") == 0;
    for (size_t i = 0; i < options->profile_count; i++) count += strcmp(options->profiles[i], "-") == 0;
    count += options->book && strcmp(options->book, "-") == 0;
    if (count <= 1) return true;
    cli_buffer_text(&options->error, "Standard input (-) can be read only once.");
    return false;
}

bool cli_options_parse(cli_options *options, int argument_count, char **arguments)
{
    *options = (cli_options){.limits.struct_size = sizeof(lq_limits)};
    bool command_seen = false, words_only = false;
    look_ahead(options, argument_count, arguments);
    for (int i = 1; i < argument_count; i++) {
        const char *argument = arguments[i];
        bool good = true;
        if (words_only || argument[0] != '-' || !argument[1])
            good = words_only ? (add_file(options, argument), true) : take_word(options, argument, &command_seen);
        else if (strcmp(argument, "--") == 0)
            words_only = true;
        else if (strcmp(argument, "--version") == 0)
            options->command = CLI_COMMAND_VERSION, command_seen = true;
        else if (strcmp(argument, "-h") == 0)
            options->help = true;
        else if (argument[1] == 'o')
            good = take_output(options, argument_count, arguments, &i);
        else if (argument[1] == '-')
            good = take_long(options, argument_count, arguments, &i);
        else
            good = fail_unknown(options, argument);
        if (!good) return false;
    }
    return check_stdin(options);
}

void cli_options_free(cli_options *options)
{
    for (size_t i = 0; i < options->owned_count; i++) free(options->owned[i]);
    free(options->owned);
    free(options->files);
    free(options->materials);
    free(options->quantities);
    free(options->profiles);
    free(options->settings);
    cli_buffer_free(&options->error);
}
