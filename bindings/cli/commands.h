/* The commands. Each returns an exit code; failures were told. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "session.h"

int cli_command_quote(cli_session *session);
int cli_command_inspect(cli_session *session);
int cli_command_list(cli_session *session);
int cli_command_repair(cli_session *session);
int cli_command_materials(cli_session *session);
int cli_command_version(cli_session *session);

void cli_print_help(cli_command command);

#endif
