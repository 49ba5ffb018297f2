/* What to do next after a failure. */
#ifndef CLI_HINT_H
#define CLI_HINT_H

/* A line for a person, "" when there is nothing to advise. `file` may be NULL. The text is static or lives until the
 * next call. */
const char *cli_hint(const char *code, int exit_code, const char *file);

#endif
