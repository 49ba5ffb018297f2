#include "commands.h"

#include <string.h>

#include "exit_code.h"
#include "failure.h"
#include "json_text.h"
#include "number.h"
#include "print_part.h"
#include "print_process.h"
#include "print_table.h"

static const cli_column columns[] = {{"Material", false, 12, 0}, {"Id", false, 10, 0},    {"g/cm3", true, 0, 2},
                                     {"Largest mm", true, 0, 0}, {"Colours", true, 0, 0}, {"Finishes", true, 0, 1},
                                     {"", false, 0, 3}};

static void add_number(cli_table *table, double value)
{
    cli_buffer text = {0};
    cli_add_fixed(&text, value, 2, false);
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&text));
    cli_buffer_free(&text);
}

static void add_count(cli_table *table, size_t count)
{
    cli_buffer text = {0};
    cli_add_count(&text, count);
    cli_table_cell(table, CLI_PLAIN, count ? cli_buffer_get(&text) : "-");
    cli_buffer_free(&text);
}

static void add_material(cli_table *table, const lq_material *material)
{
    bool active = strcmp(material->status, "active") == 0;
    cli_buffer size = {0};
    cli_add_size(&size, table->terminal, material->max_mm);
    cli_table_row(table, CLI_ROW_CELLS);
    cli_table_cell(table, active ? CLI_PLAIN : CLI_DIM, material->name);
    cli_table_cell(table, CLI_CYAN, material->id);
    add_number(table, material->density_g_cm3);
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&size));
    add_count(table, material->color_count);
    add_count(table, material->finish_count);
    cli_table_cell(table, CLI_YELLOW, active ? "" : material->status);
    cli_buffer_free(&size);
}

static void print_for_people(cli_session *session)
{
    const cli_terminal *out = &session->out;
    cli_table table;
    cli_processes processes;
    lq_material material;
    cli_table_init(&table, out, columns, sizeof columns / sizeof columns[0]);
    cli_processes_find(&processes, session->book);
    for (size_t p = 0; p < processes.count; p++) {
        cli_processes_title(&processes, p, &table);
        for (size_t i = 0; lq_book_material(session->book, i, &material) == LQ_OK; i++)
            if (strcmp(material.process, processes.names[p]) == 0) add_material(&table, &material);
    }
    fputs("Price book ", out->file);
    cli_print_clean(out, CLI_BOLD, lq_book_version(session->book));
    fputs(", ", out->file);
    cli_print_clean(out, CLI_PLAIN, lq_book_currency(session->book));
    fputs("\n\n", out->file);
    cli_table_print(&table);
    cli_table_free(&table);
    cli_processes_free(&processes);
}

int cli_command_materials(cli_session *session)
{
    int exit_code = cli_session_load_book(session);
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    if (!session->options->json) {
        print_for_people(session);
        return CLI_EXIT_DONE;
    }
    char *text = NULL;
    if (lq_materials_json(session->context, session->book, &text, NULL) != LQ_OK)
        return cli_fail_library(session, NULL);
    cli_buffer json = {0};
    cli_json_document(&json, text, NULL);
    printf("%s\n", cli_buffer_get(&json));
    cli_buffer_free(&json);
    lq_text_free(session->context, text);
    return CLI_EXIT_DONE;
}
