/* The commands. Each returns an exit code; failures were told. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "each_part.h"

int cli_command_quote(cli_session *session);
int cli_command_inspect(cli_session *session);
int cli_command_list(cli_session *session);
int cli_command_repair(cli_session *session);
int cli_command_render(cli_session *session);
int cli_command_materials(cli_session *session);
int cli_command_version(cli_session *session);
int cli_command_batch(cli_session *session);
int cli_command_book(cli_session *session);
int cli_command_estimate(cli_session *session);

/* Prices one measured part: what quote does with each, and batch in each thread. */
int cli_quote_part(cli_session *session, const cli_part *part, cli_buffer *json);

void cli_print_help(cli_command command);

#endif
