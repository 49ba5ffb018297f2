#include "batch_summary.h"

#include <stdlib.h>

#include "number.h"
#include "print_part.h"
#include "print_table.h"

void cli_batch_tally_add(cli_batch_tally *tally, cli_batch_outcome outcome, uint64_t size, uint64_t triangles)
{
    tally->files[outcome]++;
    tally->sizes[outcome] += size;
    tally->triangles[outcome] += triangles;
}

void cli_batch_tally_failure(cli_batch_tally *tally, const char *path, const char *message)
{
    uint64_t index = tally->files[CLI_BATCH_FAILED] - 1;
    if (index >= CLI_BATCH_FAILURES_SHOWN) return;
    tally->failures[index].path = path;
    tally->failures[index].message = cli_copy(message);
}

void cli_batch_tally_free(cli_batch_tally *tally)
{
    for (size_t i = 0; i < CLI_BATCH_FAILURES_SHOWN; i++) free(tally->failures[i].message);
    *tally = (cli_batch_tally){0};
}

static void add_row(cli_table *table, cli_style style, const char *name, const uint64_t numbers[3])
{
    cli_buffer text = {0};
    cli_table_row(table, CLI_ROW_CELLS);
    cli_table_cell(table, style, name);
    cli_add_count(&text, numbers[0]);
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&text));
    cli_buffer_free(&text);
    cli_add_fixed(&text, (double)numbers[1] / 1e6, 1, false);
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&text));
    cli_buffer_free(&text);
    if (numbers[2]) cli_add_count(&text, numbers[2]);
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&text));
    cli_buffer_free(&text);
}

static void print_counts(const cli_terminal *err, const cli_batch_tally *tally)
{
    static const cli_column columns[] = {
        {"Files", false, 0, 0}, {"", true, 0, 0}, {"MB", true, 0, 0}, {"Triangles", true, 0, 0}};
    static const char *const names[] = {"ok", "ok, repaired", "need review", "rejected", "failed", "no model"};
    static const cli_style styles[] = {CLI_GREEN, CLI_GREEN, CLI_YELLOW, CLI_RED, CLI_RED, CLI_DIM};
    uint64_t all[3] = {0};
    cli_table table;
    cli_table_init(&table, err, columns, sizeof columns / sizeof columns[0]);
    for (int i = 0; i < CLI_BATCH_OUTCOME_COUNT; i++) {
        const uint64_t numbers[3] = {tally->files[i], tally->sizes[i], tally->triangles[i]};
        for (int k = 0; k < 3; k++) all[k] += numbers[k];
        if (numbers[0]) add_row(&table, styles[i], names[i], numbers);
    }
    add_row(&table, CLI_BOLD, "all", all);
    cli_table_print(&table);
    cli_table_free(&table);
}

static void print_failures(const cli_terminal *err, const cli_batch_tally *tally)
{
    static const cli_column columns[] = {{"Not quoted", false, 20, 0}, {"", false, 20, 0}};
    uint64_t count = tally->files[CLI_BATCH_FAILED];
    cli_table table;
    if (!count) return;
    cli_table_init(&table, err, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < count && i < CLI_BATCH_FAILURES_SHOWN; i++) {
        cli_table_row(&table, CLI_ROW_CELLS);
        cli_table_cell(&table, CLI_PLAIN, tally->failures[i].path);
        cli_table_cell(&table, CLI_PLAIN, tally->failures[i].message);
    }
    fputc('\n', err->file);
    cli_table_print(&table);
    if (count > CLI_BATCH_FAILURES_SHOWN)
        fprintf(err->file, "  and %llu more: their lines hold \"libquote.error/1\"\n",
                (unsigned long long)(count - CLI_BATCH_FAILURES_SHOWN));
    cli_table_free(&table);
}

void cli_batch_print_summary(const cli_session *session, const cli_batch_tally *tally, double seconds,
                             uint32_t thread_count)
{
    const cli_terminal *err = &session->err;
    cli_buffer text = {0};
    print_counts(err, tally);
    print_failures(err, tally);
    if (seconds < 10)
        cli_buffer_format(&text, "%.2f s", seconds);
    else
        cli_add_time(&text, seconds);
    fprintf(err->file, "\n%s, %u thread%s", cli_buffer_get(&text), thread_count, thread_count == 1 ? "" : "s");
    if (session->options->output) {
        fputs(": ", err->file);
        cli_print_clean(err, CLI_BOLD, session->options->output);
    }
    fputc('\n', err->file);
    cli_buffer_free(&text);
}
