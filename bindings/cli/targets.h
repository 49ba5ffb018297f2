/* Which parts of one upload are meant: the plates of a 3MF, an entry of an archive, an object. */
#ifndef CLI_TARGETS_H
#define CLI_TARGETS_H

#include "session.h"

typedef struct cli_target {
    lq_selection selection;
    const char *plate_name; /* owned by the model */
} cli_target;

typedef struct cli_targets {
    cli_target *items;
    size_t count;
    bool is_array; /* plates were asked for, or there are several: JSON is an array */
} cli_targets;

/* Returns an exit code; failures were told. Free with cli_targets_free in either case. */
int cli_targets_find(cli_session *session, lq_model *model, const char *path, cli_targets *targets);
void cli_targets_free(cli_targets *targets);

#endif
