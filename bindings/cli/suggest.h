/* The nearest known word for a mistyped one. */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>

/* How many letters must change, go or come. Words over 63 letters are never near. */
size_t cli_distance(const char *left, const char *right);

typedef struct cli_suggestion {
    const char *wanted;
    const char *best; /* NULL: nothing is near enough */
    size_t distance;
} cli_suggestion;

void cli_suggest_begin(cli_suggestion *suggestion, const char *wanted);
void cli_suggest_try(cli_suggestion *suggestion, const char *word);

#endif
