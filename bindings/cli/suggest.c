#include "suggest.h"

#include <string.h>

#define WORD_MAX 63

size_t cli_distance(const char *left, const char *right)
{
    size_t left_size = strlen(left), right_size = strlen(right), row[WORD_MAX + 1];
    if (left_size > WORD_MAX || right_size > WORD_MAX) return WORD_MAX;
    for (size_t k = 0; k <= right_size; k++) row[k] = k;
    for (size_t i = 1; i <= left_size; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t k = 1; k <= right_size; k++) {
            size_t change = corner + (left[i - 1] != right[k - 1]);
            corner = row[k];
            size_t step = (row[k] < row[k - 1] ? row[k] : row[k - 1]) + 1;
            row[k] = change < step ? change : step;
        }
    }
    return row[right_size];
}

void cli_suggest_begin(cli_suggestion *suggestion, const char *wanted)
{
    /* Up to a third of the letters may be wrong, and two always. */
    size_t size = strlen(wanted), allowed = size / 3 > 2 ? size / 3 : 2;
    *suggestion = (cli_suggestion){.wanted = wanted, .distance = allowed + 1};
}

void cli_suggest_try(cli_suggestion *suggestion, const char *word)
{
    size_t wanted_size = strlen(suggestion->wanted);
    size_t distance = cli_distance(suggestion->wanted, word);
    if (wanted_size >= 3 && strncmp(suggestion->wanted, word, wanted_size) == 0) distance = 1; /* only begun */
    if (distance >= suggestion->distance || distance >= strlen(word)) return;
    suggestion->best = word;
    suggestion->distance = distance;
}
