/* Values of options: each function takes the text as given and says what is wrong with it in options->error. */
#ifndef CLI_OPTION_VALUES_H
#define CLI_OPTION_VALUES_H

#include "options.h"

bool cli_take_materials(cli_options *options, const char *value);
bool cli_take_quantities(cli_options *options, const char *value);
bool cli_take_profile(cli_options *options, const char *value);
bool cli_take_setting(cli_options *options, const char *value);
bool cli_take_infill(cli_options *options, const char *value);
bool cli_take_layer(cli_options *options, const char *value);
bool cli_take_unit(cli_options *options, const char *value);
bool cli_take_scale(cli_options *options, const char *value);
bool cli_take_fill(cli_options *options, const char *value);
bool cli_take_topology(cli_options *options, const char *value);
bool cli_take_view(cli_options *options, const char *value);
bool cli_take_size(cli_options *options, const char *value);
bool cli_take_ground(cli_options *options, const char *value);
bool cli_take_threads(cli_options *options, const char *value);
bool cli_take_isa(cli_options *options, const char *value);
bool cli_take_limit(cli_options *options, const char *value);

#endif
