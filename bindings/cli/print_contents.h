/* What an upload holds, for people: entries of an archive, plates, filaments, objects. */
#ifndef CLI_PRINT_CONTENTS_H
#define CLI_PRINT_CONTENTS_H

#include "libquote.h"
#include "terminal.h"

/* The entries of an archive and their sums; nothing when there are none. */
void cli_print_entries(const cli_terminal *out, const lq_model *model);

/* Who made it and how much there is, then plates, filaments and objects. */
void cli_print_contents(const cli_terminal *out, const lq_contents *contents);

#endif
