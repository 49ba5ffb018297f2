#include "option_values.h"

#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "suggest.h"

#define QUANTITY_MAX 1000000000u
#define THREADS_MAX 256
#define LIST_MAX 1000

typedef struct choice {
    const char *word;
    int value;
} choice;

static bool fail(cli_options *options, const char *name, const char *value, const char *expected)
{
    cli_buffer_format(&options->error, "--%s %s: %s.", name, *value ? value : "(nothing)", expected);
    return false;
}

static bool choose(cli_options *options, const char *name, const char *value, const choice *choices, size_t count,
                   int *chosen)
{
    cli_buffer expected = {0};
    for (size_t i = 0; i < count; i++) {
        if (strcmp(value, choices[i].word) == 0) {
            *chosen = choices[i].value;
            cli_buffer_free(&expected);
            return true;
        }
        cli_buffer_format(&expected, "%s%s", i == 0 ? "expected " : i + 1 < count ? ", " : " or ", choices[i].word);
    }
    fail(options, name, value, cli_buffer_get(&expected));
    cli_buffer_free(&expected);
    return false;
}
#define CHOOSE(options, name, value, choices, chosen) \
    choose(options, name, value, choices, sizeof(choices) / sizeof(choices)[0], chosen)

/* Splits a copy at commas. Each piece, never empty, goes to `add`. */
static bool each_item(cli_options *options, const char *value, bool (*add)(cli_options *, const char *))
{
    char *copy = cli_copy(value);
    options->owned = cli_grow(options->owned, options->owned_count + 1, sizeof *options->owned);
    options->owned[options->owned_count++] = copy;
    for (char *item = copy; item;) {
        char *comma = strchr(item, ',');
        if (comma) *comma = 0;
        if (!add(options, item)) return false;
        item = comma ? comma + 1 : NULL;
    }
    return true;
}

static bool add_material(cli_options *options, const char *id)
{
    if (!*id) return fail(options, "material", id, "expected the id of a material, or several with commas between");
    if (options->material_count == LIST_MAX) return fail(options, "material", id, "these are too many materials");
    options->materials = cli_grow(options->materials, options->material_count + 1, sizeof *options->materials);
    options->materials[options->material_count++] = id;
    return true;
}

static bool add_quantity(cli_options *options, const char *text)
{
    uint64_t quantity;
    if (!cli_parse_integer(text, 1, QUANTITY_MAX, &quantity))
        return fail(options, "quantity", text, "expected a whole number from 1, or several with commas between");
    if (options->quantity_count == LIST_MAX) return fail(options, "quantity", text, "these are too many quantities");
    options->quantities = cli_grow(options->quantities, options->quantity_count + 1, sizeof *options->quantities);
    options->quantities[options->quantity_count++] = (uint32_t)quantity;
    return true;
}

bool cli_take_materials(cli_options *options, const char *value) { return each_item(options, value, add_material); }
bool cli_take_quantities(cli_options *options, const char *value) { return each_item(options, value, add_quantity); }

bool cli_take_profile(cli_options *options, const char *value)
{
    if (!*value) return fail(options, "profile", value, "expected the file of a slicer's profile");
    if (options->profile_count == LIST_MAX) return fail(options, "profile", value, "these are too many profiles");
    options->profiles = cli_grow(options->profiles, options->profile_count + 1, sizeof *options->profiles);
    options->profiles[options->profile_count++] = value;
    return true;
}

bool cli_take_setting(cli_options *options, const char *value)
{
    const char *equals = strchr(value, '=');
    if (!equals || equals == value) return fail(options, "set", value, "expected KEY=VALUE, such as layer_height=0.2");
    if (options->setting_count == LIST_MAX) return fail(options, "set", value, "these are too many settings");
    options->settings = cli_grow(options->settings, options->setting_count + 1, sizeof *options->settings);
    options->settings[options->setting_count++] = value;
    return true;
}

bool cli_take_infill(cli_options *options, const char *value)
{
    uint64_t percent;
    if (!cli_parse_integer(value, 0, 100, &percent))
        return fail(options, "infill", value, "expected a whole number of percent from 0 to 100");
    options->infill_percent = percent ? (int32_t)percent : -1;
    return true;
}

bool cli_take_layer(cli_options *options, const char *value)
{
    if (cli_parse_micrometres(value, &options->layer_um)) return true;
    return fail(options, "layer", value, "expected a layer height in millimetres, such as 0.2");
}

bool cli_take_unit(cli_options *options, const char *value)
{
    static const choice choices[] = {
        {"mm", LQ_UNIT_MM}, {"cm", LQ_UNIT_CM}, {"m", LQ_UNIT_M}, {"inch", LQ_UNIT_INCH}, {"micron", LQ_UNIT_MICRON}};
    int unit = 0;
    if (!CHOOSE(options, "unit", value, choices, &unit)) return false;
    options->unit = (lq_unit)unit;
    return true;
}

bool cli_take_scale(cli_options *options, const char *value)
{
    if (cli_parse_decimal(value, &options->scale) && options->scale > 0) return true;
    return fail(options, "scale", value, "expected a factor above 0, such as 25.4");
}

bool cli_take_fill(cli_options *options, const char *value)
{
    static const choice choices[] = {
        {"positive", LQ_FILL_POSITIVE}, {"nonzero", LQ_FILL_NONZERO}, {"even-odd", LQ_FILL_EVEN_ODD}};
    int fill = 0;
    if (!CHOOSE(options, "fill", value, choices, &fill)) return false;
    options->fill = (lq_fill)fill;
    return true;
}

bool cli_take_topology(cli_options *options, const char *value)
{
    static const choice choices[] = {{"full", LQ_TOPOLOGY_FULL}, {"certificate", LQ_TOPOLOGY_CERTIFICATE}};
    int topology = 0;
    if (!CHOOSE(options, "topology", value, choices, &topology)) return false;
    options->topology = (lq_topology)topology;
    return true;
}

bool cli_take_view(cli_options *options, const char *value)
{
    static const choice choices[] = {{"three-quarter", LQ_VIEW_THREE_QUARTER},
                                     {"front", LQ_VIEW_FRONT},
                                     {"back", LQ_VIEW_BACK},
                                     {"left", LQ_VIEW_LEFT},
                                     {"right", LQ_VIEW_RIGHT},
                                     {"top", LQ_VIEW_TOP},
                                     {"bottom", LQ_VIEW_BOTTOM}};
    int view = 0;
    if (!CHOOSE(options, "view", value, choices, &view)) return false;
    options->render.view = (lq_view)view;
    return true;
}

/* 800 or 800x600 */
bool cli_take_size(cli_options *options, const char *value)
{
    char *width = cli_copy(value), *height = strchr(width, 'x');
    if (height) *height++ = 0;
    uint64_t across = 0, down = 0;
    bool good = cli_parse_integer(width, 1, LQ_RENDER_SIDE_MAX, &across);
    good = good && cli_parse_integer(height ? height : width, 1, LQ_RENDER_SIDE_MAX, &down);
    free(width);
    options->render.width = (uint32_t)across;
    options->render.height = (uint32_t)down;
    return good || fail(options, "size", value, "expected pixels up to 4096, such as 800 or 800x600");
}

bool cli_take_ground(cli_options *options, const char *value)
{
    static const choice choices[] = {{"transparent", LQ_GROUND_TRANSPARENT}, {"white", LQ_GROUND_WHITE}};
    int ground = 0;
    if (!CHOOSE(options, "ground", value, choices, &ground)) return false;
    options->render.ground = (lq_ground)ground;
    return true;
}

bool cli_take_threads(cli_options *options, const char *value)
{
    uint64_t count;
    if (!cli_parse_integer(value, 1, THREADS_MAX, &count))
        return fail(options, "threads", value, "expected a whole number from 1 to 256");
    options->thread_count = (uint32_t)count;
    return true;
}

/* A set brings the ones below it: kernels without a variant for it need them. */
bool cli_take_isa(cli_options *options, const char *value)
{
    static const choice choices[] = {{"scalar", LQ_ISA_SCALAR},
                                     {"avx2", LQ_ISA_SCALAR | LQ_ISA_AVX2},
                                     {"avx512", LQ_ISA_SCALAR | LQ_ISA_AVX2 | LQ_ISA_AVX512},
                                     {"neon", LQ_ISA_SCALAR | LQ_ISA_NEON}};
    int mask = 0;
    if (!CHOOSE(options, "isa", value, choices, &mask)) return false;
    options->isa_mask = (uint32_t)mask;
    options->isa = value;
    return true;
}

typedef struct limit_name {
    const char *name;
    size_t offset;
} limit_name;

#define LIMIT(field)                       \
    {                                      \
#field, offsetof(lq_limits, field) \
    }
static const limit_name limit_names[] = {LIMIT(input_bytes),     LIMIT(memory_bytes),   LIMIT(triangles),
                                         LIMIT(vertices),        LIMIT(inflated_bytes), LIMIT(inflate_ratio),
                                         LIMIT(archive_entries), LIMIT(xml_depth),      LIMIT(component_depth),
                                         LIMIT(instances),       LIMIT(work_units)};
#define LIMIT_COUNT (sizeof limit_names / sizeof limit_names[0])

static bool fail_limit_name(cli_options *options, const char *name)
{
    cli_suggestion suggestion;
    cli_suggest_begin(&suggestion, name);
    for (size_t i = 0; i < LIMIT_COUNT; i++) cli_suggest_try(&suggestion, limit_names[i].name);
    cli_buffer_format(&options->error, "--limit: there is no limit \"%s\".", name);
    if (suggestion.best) {
        cli_buffer_format(&options->error, " Did you mean %s?", suggestion.best);
        return false;
    }
    cli_buffer_text(&options->error, " The limits are");
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        cli_buffer_format(&options->error, "%s%s", i ? ", " : " ", limit_names[i].name);
    cli_buffer_text(&options->error, ".");
    return false;
}

bool cli_take_limit(cli_options *options, const char *value)
{
    const char *equals = strchr(value, '=');
    if (!equals) return fail(options, "limit", value, "expected NAME=VALUE, such as triangles=1000000");
    char *name = cli_copy(value);
    name[equals - value] = 0;
    size_t index = 0;
    while (index < LIMIT_COUNT && strcmp(limit_names[index].name, name) != 0) index++;
    bool good = index < LIMIT_COUNT || fail_limit_name(options, name);
    uint64_t number = 0;
    if (good && !cli_parse_integer(equals + 1, 1, UINT64_MAX, &number))
        good = fail(options, "limit", value, "expected a whole number from 1 after the equals sign");
    if (good) memcpy((char *)&options->limits + limit_names[index].offset, &number, sizeof number);
    free(name);
    return good;
}
