#include "print_process.h"

#include <stdlib.h>
#include <string.h>

static size_t find(const cli_processes *processes, const char *name)
{
    size_t i = 0;
    while (i < processes->count && strcmp(processes->names[i], name) != 0) i++;
    return i;
}

void cli_processes_find(cli_processes *processes, const lq_book *book)
{
    *processes = (cli_processes){0};
    lq_material material;
    for (size_t i = 0; lq_book_material(book, i, &material) == LQ_OK; i++) {
        if (find(processes, material.process) < processes->count) continue;
        size_t count = processes->count + 1;
        processes->names = cli_grow(processes->names, count, sizeof *processes->names);
        processes->kinds = cli_grow(processes->kinds, count, sizeof *processes->kinds);
        processes->names[processes->count] = material.process;
        processes->kinds[processes->count] = material.kind;
        processes->count = count;
    }
}

void cli_processes_free(cli_processes *processes)
{
    free(processes->names);
    free(processes->kinds);
    *processes = (cli_processes){0};
}

static const char *kind_word(const char *kind)
{
    if (strcmp(kind, "extrusion") == 0) return "filament";
    if (strcmp(kind, "vat") == 0) return "resin";
    return kind;
}

void cli_processes_words(const cli_processes *processes, size_t index, cli_buffer *words)
{
    for (const char *at = processes->names[index]; *at; at++) {
        char letter = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
        cli_buffer_add(words, &letter, 1);
    }
    cli_buffer_format(words, ", %s", kind_word(processes->kinds[index]));
}

void cli_processes_title(const cli_processes *processes, size_t index, cli_table *table)
{
    cli_buffer title = {0};
    cli_processes_words(processes, index, &title);
    cli_table_row(table, CLI_ROW_GROUP);
    cli_table_cell(table, CLI_BOLD, cli_buffer_get(&title));
    cli_buffer_free(&title);
}
