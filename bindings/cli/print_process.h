/* The processes of a price book, in the order of its materials: tables are grouped by them. */
#ifndef CLI_PRINT_PROCESS_H
#define CLI_PRINT_PROCESS_H

#include "buffer.h"
#include "libquote.h"
#include "print_table.h"

typedef struct cli_processes {
    const char **names; /* owned by the book */
    const char **kinds;
    size_t count;
} cli_processes;

void cli_processes_find(cli_processes *processes, const lq_book *book);
void cli_processes_free(cli_processes *processes);

/* Adds "FDM, filament"; a process's name is letters, digits, '-' and '_'. */
void cli_processes_words(const cli_processes *processes, size_t index, cli_buffer *words);

/* Adds them as a title row. */
void cli_processes_title(const cli_processes *processes, size_t index, cli_table *table);

#endif
