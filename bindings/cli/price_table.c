#include "price_table.h"

#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "price_words.h"
#include "print_part.h"
#include "print_process.h"
#include "print_table.h"
#include "text.h"

enum { COLUMN_COLOR = 2, COLUMN_COUNT = 10 };

/* Reasons and warnings: in the row where there is room, else as numbered notes under the table, each said once. */
typedef struct price_table {
    const cli_session *session;
    const lq_quote *quote;
    cli_table table;
    cli_column columns[COLUMN_COUNT];
    cli_processes processes;
    size_t *materials; /* of each option: its index in the book */
    size_t option_count;
    bool notes_in_rows;
    bool shows_quantity;
    char **notes;
    size_t note_count;
} price_table;

static const cli_column all_columns[COLUMN_COUNT] = {
    {"Material", false, 14, 0}, {"Qty", true, 0, 0},   {"Colours", true, 0, 1}, {"Unit", true, 0, 0},
    {"Setup", true, 0, 2},      {"Total", true, 0, 0}, {"Mass", true, 0, 0},    {"Time", true, 0, 3},
    {"Days", true, 0, 0},       {"", false, 0, 0}};

/* ---- notes ---- */

static size_t number_of_note(price_table *prices, const char *text)
{
    for (size_t i = 0; i < prices->note_count; i++)
        if (strcmp(prices->notes[i], text) == 0) return i + 1;
    prices->notes = cli_grow(prices->notes, prices->note_count + 1, sizeof *prices->notes);
    prices->notes[prices->note_count++] = cli_copy(text);
    return prices->note_count;
}

static void add_numbered(price_table *prices, const char *before, const char *note, cli_style style)
{
    cli_buffer text = {0};
    if (*note) cli_buffer_format(&text, "%s[%zu]", before, number_of_note(prices, note));
    cli_table_cell(&prices->table, style, cli_buffer_get(&text));
    cli_buffer_free(&text);
}

static void add_blocked_note(price_table *prices, const char *note)
{
    if (!prices->notes_in_rows) {
        add_numbered(prices, "not printable ", note, CLI_DIM);
        return;
    }
    cli_buffer text = {0};
    cli_buffer_format(&text, "not printable: %s", note);
    cli_table_cell(&prices->table, CLI_DIM, cli_buffer_get(&text));
    cli_buffer_free(&text);
}

static void print_notes(const price_table *prices)
{
    const cli_terminal *out = &prices->session->out;
    if (prices->note_count) fputc('\n', out->file);
    for (size_t i = 0; i < prices->note_count; i++) {
        cli_buffer clean = {0}, lines = {0};
        cli_text_clean(&clean, prices->notes[i], out->utf8);
        cli_text_wrap(&lines, cli_buffer_get(&clean), 7, 7, out->width);
        fprintf(out->file, "  [%zu]%s %s\n", i + 1, i < 9 ? " " : "", cli_buffer_get(&lines));
        cli_buffer_free(&lines);
        cli_buffer_free(&clean);
    }
}

/* ---- cells ---- */

static void add_money_cell(price_table *prices, const lq_price_result *price, int64_t minor, bool is_total)
{
    cli_buffer text = {0};
    if (is_total)
        cli_price_money(&text, price, minor, prices->session->out.utf8);
    else
        cli_add_money(&text, minor, price->exponent);
    cli_table_cell(&prices->table, is_total ? CLI_BOLD : CLI_PLAIN, cli_buffer_get(&text));
    cli_buffer_free(&text);
}

static void add_color_cell(price_table *prices, const lq_price_result *price, size_t color_count)
{
    cli_buffer text = {0};
    if (prices->session->options->color)
        cli_buffer_text(&text, price->color_id ? price->color_id : "-");
    else if (color_count)
        cli_add_count(&text, color_count);
    else
        cli_buffer_text(&text, "-");
    cli_table_cell(&prices->table, CLI_PLAIN, cli_buffer_get(&text));
    cli_buffer_free(&text);
}

static void add_facts_cells(price_table *prices, const lq_price_result *price)
{
    cli_buffer mass = {0}, hours = {0}, days = {0};
    cli_add_mass(&mass, (double)price->mass_mg / 1000);
    if (price->time_ms)
        cli_add_time(&hours, (double)price->time_ms / 1000);
    else
        cli_buffer_text(&hours, "-"); /* powder: the time is in the price of the space */
    cli_price_days(&days, price, cli_glyph(&prices->session->out, "–", "-"));
    cli_table_cell(&prices->table, CLI_PLAIN, cli_buffer_get(&mass));
    cli_table_cell(&prices->table, CLI_PLAIN, cli_buffer_get(&hours));
    cli_table_cell(&prices->table, CLI_PLAIN, cli_buffer_get(&days));
    cli_buffer_free(&mass);
    cli_buffer_free(&hours);
    cli_buffer_free(&days);
}

static void add_quantity_cell(price_table *prices, uint32_t quantity)
{
    cli_buffer text = {0};
    if (prices->shows_quantity) cli_add_count(&text, quantity);
    cli_table_cell(&prices->table, CLI_PLAIN, cli_buffer_get(&text));
    cli_buffer_free(&text);
}

static void add_option(price_table *prices, size_t index, const lq_option *option, const lq_material *material,
                       bool repeated)
{
    cli_buffer note = {0};
    cli_price_note(&note, prices->quote, index, option);
    if (option->status == LQ_OPTION_NOT_PRINTABLE) {
        /* It cannot be made in any number: said once. */
        if (!repeated) {
            cli_table_row(&prices->table, CLI_ROW_SPAN);
            cli_table_cell(&prices->table, CLI_DIM, option->material_name);
            add_blocked_note(prices, cli_buffer_get(&note));
        }
    } else {
        bool review = option->status == LQ_OPTION_NEEDS_REVIEW;
        cli_table_row(&prices->table, CLI_ROW_CELLS);
        cli_table_cell(&prices->table, CLI_PLAIN, repeated ? "" : option->material_name);
        add_quantity_cell(prices, option->quantity);
        add_color_cell(prices, &option->price, material->color_count);
        add_money_cell(prices, &option->price, option->price.unit_minor, false);
        add_money_cell(prices, &option->price, option->price.setup_minor, false);
        add_money_cell(prices, &option->price, option->price.line_minor, true);
        add_facts_cells(prices, &option->price);
        cli_style style = review ? CLI_YELLOW : CLI_DIM;
        if (prices->notes_in_rows)
            cli_table_cell(&prices->table, style, cli_buffer_get(&note));
        else
            add_numbered(prices, "", cli_buffer_get(&note), style);
    }
    cli_buffer_free(&note);
}

/* ---- rows ---- */

/* Options come in the order of the book, so looking on from the last one found is one step in most cases. */
static void find_materials(price_table *prices)
{
    const lq_book *book = prices->session->book;
    size_t count = lq_book_material_count(book), at = 0;
    lq_option option;
    lq_material material;
    prices->option_count = lq_quote_option_count(prices->quote);
    prices->materials = cli_grow(NULL, prices->option_count, sizeof *prices->materials);
    for (size_t i = 0; i < prices->option_count; i++) {
        prices->materials[i] = count;
        if (lq_quote_option(prices->quote, i, &option) != LQ_OK) continue;
        for (size_t tried = 0; tried < count; tried++, at = (at + 1) % count)
            if (lq_book_material(book, at, &material) == LQ_OK && strcmp(material.id, option.material_id) == 0) break;
        prices->materials[i] = at;
    }
}

static void add_process(price_table *prices, size_t process)
{
    bool titled = false;
    size_t previous = SIZE_MAX;
    lq_option option;
    lq_material material;
    for (size_t i = 0; i < prices->option_count; i++) {
        size_t index = prices->materials[i];
        if (lq_book_material(prices->session->book, index, &material) != LQ_OK) continue;
        if (strcmp(material.process, prices->processes.names[process]) != 0) continue;
        if (lq_quote_option(prices->quote, i, &option) != LQ_OK) continue;
        if (!titled) cli_processes_title(&prices->processes, process, &prices->table);
        titled = true;
        add_option(prices, i, &option, &material, previous == index);
        previous = index;
    }
}

static void build(price_table *prices, bool notes_in_rows)
{
    prices->notes_in_rows = notes_in_rows;
    cli_table_init(&prices->table, &prices->session->out, prices->columns, COLUMN_COUNT);
    for (size_t p = 0; p < prices->processes.count; p++) add_process(prices, p);
}

static void print_footer(const price_table *prices)
{
    const cli_session *session = prices->session;
    const char *currency = session->options->currency ? session->options->currency : lq_book_currency(session->book);
    if (session->options->quiet) return;
    fprintf(session->out.file, "\n%s", cli_style_on(&session->out, CLI_DIM));
    cli_buffer text = {0};
    cli_buffer_format(&text, "Prices in %s without tax and shipping; days are working days until it ships. Book %s.",
                      currency, lq_book_version(session->book));
    cli_buffer clean = {0}, lines = {0};
    cli_text_clean(&clean, cli_buffer_get(&text), session->out.utf8);
    cli_text_wrap(&lines, cli_buffer_get(&clean), 2, 2, session->out.width);
    fprintf(session->out.file, "  %s%s\n", cli_buffer_get(&lines), cli_style_off(&session->out, CLI_DIM));
    cli_buffer_free(&text);
    cli_buffer_free(&clean);
    cli_buffer_free(&lines);
}

void cli_print_prices(const cli_session *session, const lq_quote *quote)
{
    price_table prices = {.session = session, .quote = quote};
    memcpy(prices.columns, all_columns, sizeof all_columns);
    for (size_t i = 0; i < session->options->quantity_count; i++)
        if (session->options->quantities[i] != 1) prices.shows_quantity = true;
    if (session->options->color) prices.columns[COLUMN_COLOR].title = "Colour";
    cli_processes_find(&prices.processes, session->book);
    find_materials(&prices);
    build(&prices, true);
    if (cli_table_width(&prices.table) > session->out.width) {
        cli_table_free(&prices.table);
        build(&prices, false);
    }
    if (prices.table.row_count) {
        cli_table_print(&prices.table);
        print_notes(&prices);
        print_footer(&prices);
    } else {
        fputs("  No material of the price book fits what was asked for.\n", session->out.file);
    }
    for (size_t i = 0; i < prices.note_count; i++) free(prices.notes[i]);
    free(prices.notes);
    free(prices.materials);
    cli_table_free(&prices.table);
    cli_processes_free(&prices.processes);
}
