/* The way of commands that make one thing of one file: open, choose, read. */
#ifndef CLI_ONE_PART_H
#define CLI_ONE_PART_H

#include "session.h"

/* `user` is the command's own. Returns an exit code; failures were told. */
typedef int (*cli_one_part_step)(cli_session *session, const lq_model *model, const lq_part *part, void *user);

/* The first file. Of several plates all that is printable is one part, unless a plate was chosen. */
int cli_one_part(cli_session *session, cli_one_part_step step, void *user);

#endif
