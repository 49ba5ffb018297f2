#include <string.h>

#include "number.h"
#include "print_contents.h"
#include "print_part.h"
#include "print_table.h"

static void add_count_cell(cli_table *table, uint64_t count)
{
    cli_buffer text = {0};
    cli_add_count(&text, count);
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&text));
    cli_buffer_free(&text);
}

static const char *reason_words(const char *reason)
{
    static const char *const words[][2] = {{"unsupported_format", "not a part"},
                                           {"unsupported_compression", "packed, to be unpacked first"},
                                           {"zip_nested", "an archive, to be unpacked first"},
                                           {"zip_encrypted", "locked with a password"},
                                           {"zip_method", "packed in a way that cannot be read"},
                                           {"zip_duplicate", "there are two of this name"},
                                           {"zip_overlap", "shares its bytes with another"},
                                           {"zip_corrupt", "damaged"},
                                           {"zip_crc", "damaged"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(reason, words[i][0]) == 0) return words[i][1];
    return "cannot be read";
}

/* What it looks like, where only the list of other formats says so. */
static void add_format_cell(cli_table *table, const lq_entry *entry)
{
    bool known = entry->format == LQ_FORMAT_OTHER && entry->detected;
    cli_table_cell(table, CLI_PLAIN, known ? entry->detected : cli_format_words(entry->format));
}

typedef struct sums {
    uint64_t files, quotable, bytes;
} sums;

static void print_sums(const cli_terminal *out, const sums *sum)
{
    cli_buffer text = {0};
    cli_add_count(&text, sum->files);
    cli_buffer_text(&text, sum->files == 1 ? " file, " : " files, ");
    cli_add_count(&text, sum->bytes);
    cli_buffer_text(&text, " bytes, ");
    cli_add_count(&text, sum->quotable);
    cli_buffer_text(&text, sum->quotable == 1 ? " can be quoted" : " can be quoted");
    if (sum->quotable > 1) cli_buffer_text(&text, ": choose with --entry NAME");
    fputs("\n  ", out->file);
    cli_print_clean(out, CLI_DIM, cli_buffer_get(&text));
    fputc('\n', out->file);
    cli_buffer_free(&text);
}

void cli_print_entries(const cli_terminal *out, const lq_model *model)
{
    static const cli_column columns[] = {
        {"Entry", false, 24, 0}, {"Bytes", true, 0, 0}, {"Format", false, 0, 0}, {"", false, 0, 1}};
    cli_table table;
    lq_entry entry;
    sums sum = {0};
    cli_table_init(&table, out, columns, 4);
    for (size_t i = 0; i < lq_model_entry_count(model); i++) {
        if (lq_model_entry(model, i, &entry) != LQ_OK) continue;
        cli_table_row(&table, CLI_ROW_CELLS);
        cli_table_cell(&table, entry.quotable ? CLI_PLAIN : CLI_DIM, entry.name);
        add_count_cell(&table, entry.size);
        add_format_cell(&table, &entry);
        cli_table_cell(&table, CLI_DIM, entry.reason ? reason_words(entry.reason) : "");
        sum.files++;
        sum.quotable += entry.quotable != 0;
        sum.bytes = entry.size > UINT64_MAX - sum.bytes ? UINT64_MAX : sum.bytes + entry.size;
    }
    if (table.row_count) {
        fputc('\n', out->file);
        cli_table_print(&table);
        print_sums(out, &sum);
    }
    cli_table_free(&table);
}
