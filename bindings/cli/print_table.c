#include "print_table.h"

#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "text.h"

#define COLUMNS_MAX 16
#define INDENT 2
#define GAP 2
#define SWATCH 2

typedef struct layout {
    size_t widths[COLUMNS_MAX];
    bool dropped[COLUMNS_MAX];
    size_t width;
} layout;

void cli_table_init(cli_table *table, const cli_terminal *terminal, const cli_column *columns, size_t column_count)
{
    *table = (cli_table){.terminal = terminal, .columns = columns, .column_count = column_count};
    if (table->column_count > COLUMNS_MAX) table->column_count = COLUMNS_MAX;
}

void cli_table_free(cli_table *table)
{
    for (size_t i = 0; i < table->row_count; i++) {
        for (size_t k = 0; k < table->rows[i].count; k++) free(table->rows[i].cells[k].text);
        free(table->rows[i].cells);
    }
    free(table->rows);
    table->rows = NULL;
    table->row_count = 0;
}

void cli_table_row(cli_table *table, cli_row_kind kind)
{
    size_t count = table->row_count;
    if ((count & (count - 1)) == 0) table->rows = cli_grow(table->rows, count ? count * 2 : 1, sizeof *table->rows);
    cli_cell *cells = cli_grow(NULL, COLUMNS_MAX, sizeof *cells);
    table->rows[table->row_count++] = (cli_row){.kind = kind, .cells = cells};
}

void cli_table_cell(cli_table *table, cli_style style, const char *text)
{
    cli_row *row = &table->rows[table->row_count - 1];
    if (row->count == COLUMNS_MAX) return;
    cli_buffer clean = {0};
    cli_text_clean(&clean, text, table->terminal->utf8);
    row->cells[row->count++] = (cli_cell){.text = clean.data ? clean.data : cli_copy(""), .style = style};
}

void cli_table_swatch(cli_table *table, uint32_t color, const char *text)
{
    cli_buffer padded = {0};
    if (table->terminal->color) cli_buffer_text(&padded, "   ");
    cli_buffer_text(&padded, text);
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&padded));
    cli_row *row = &table->rows[table->row_count - 1];
    row->cells[row->count - 1].has_swatch = table->terminal->color;
    row->cells[row->count - 1].swatch = color;
    cli_buffer_free(&padded);
}

static void widen(size_t *width, const char *text)
{
    size_t needed = cli_text_width(text);
    if (needed > *width) *width = needed;
}

static void sum_width(const cli_table *table, layout *out)
{
    out->width = INDENT;
    for (size_t i = 0; i < table->column_count; i++)
        if (!out->dropped[i]) out->width += out->widths[i] + (i ? GAP : 0);
}

/* A column without any text is left out, title and all. */
static void measure(const cli_table *table, layout *out)
{
    *out = (layout){0};
    for (size_t r = 0; r < table->row_count; r++) {
        const cli_row *row = &table->rows[r];
        size_t count = row->kind == CLI_ROW_CELLS ? row->count : row->kind == CLI_ROW_SPAN && row->count ? 1 : 0;
        for (size_t i = 0; i < count && i < table->column_count; i++) widen(&out->widths[i], row->cells[i].text);
    }
    for (size_t i = 0; i < table->column_count; i++) {
        out->dropped[i] = out->widths[i] == 0;
        widen(&out->widths[i], table->columns[i].title);
    }
    sum_width(table, out);
}

static void cut(const cli_table *table, layout *out)
{
    for (size_t i = 0; i < table->column_count && out->width > table->terminal->width; i++) {
        size_t excess = out->width - table->terminal->width, min = table->columns[i].width_min;
        if (out->dropped[i] || min == 0 || out->widths[i] <= min) continue;
        size_t spare = out->widths[i] - min;
        out->widths[i] -= excess < spare ? excess : spare;
        sum_width(table, out);
    }
}

static void drop(const cli_table *table, layout *out, int order)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].drop_order == order) out->dropped[i] = true;
    sum_width(table, out);
}

/* First texts are cut, then columns are left out, in the order the caller gave. */
static void fit(const cli_table *table, layout *out)
{
    measure(table, out);
    for (int order = 1; order <= COLUMNS_MAX; order++) {
        layout trial = *out;
        cut(table, &trial);
        if (trial.width <= table->terminal->width || order == COLUMNS_MAX) {
            *out = trial;
            return;
        }
        drop(table, out, order);
    }
}

size_t cli_table_width(const cli_table *table)
{
    layout natural;
    measure(table, &natural);
    size_t width = natural.width;
    for (size_t r = 0; r < table->row_count; r++) {
        const cli_row *row = &table->rows[r];
        if (row->kind != CLI_ROW_SPAN || row->count < 2) continue;
        size_t needed = INDENT + natural.widths[0] + GAP + cli_text_width(row->cells[1].text);
        if (needed > width) width = needed;
    }
    return width;
}

static void print_cell(const cli_table *table, const char *text, cli_style style, size_t width, bool right, bool pad)
{
    const cli_terminal *terminal = table->terminal;
    size_t needed = cli_text_width(text), size = strlen(text);
    const char *more = "";
    if (needed > width) {
        more = cli_glyph(terminal, "…", "~");
        size = cli_text_fit(text, width ? width - 1 : 0);
        needed = width;
    }
    int blanks = (int)(width - needed);
    fprintf(terminal->file, "%*s%s%.*s%s%s", right ? blanks : 0, "", cli_style_on(terminal, style), (int)size, text,
            more, cli_style_off(terminal, style));
    if (!right && pad) fprintf(terminal->file, "%*s", blanks, "");
}

/* Blanks at the end of a line are never printed: lines get copied into mails. */
static size_t last_filled(const cli_table *table, const cli_row *row, const layout *shape)
{
    size_t last = 0;
    for (size_t i = 0; i < table->column_count && i < row->count; i++)
        if (!shape->dropped[i] && *row->cells[i].text) last = i;
    return last;
}

static void print_cells(const cli_table *table, const cli_row *row, const layout *shape)
{
    size_t last = last_filled(table, row, shape);
    fprintf(table->terminal->file, "%*s", INDENT, "");
    for (size_t i = 0; i <= last && i < row->count; i++) {
        if (shape->dropped[i]) continue;
        if (i) fprintf(table->terminal->file, "%*s", GAP, "");
        const cli_cell *cell = &row->cells[i];
        const char *text = cell->text;
        size_t width = shape->widths[i];
        if (cell->has_swatch && width >= SWATCH) {
            cli_print_swatch(table->terminal, cell->swatch, SWATCH);
            text += SWATCH;
            width -= SWATCH;
        }
        print_cell(table, text, cell->style, width, table->columns[i].right, i < last);
    }
    fputc('\n', table->terminal->file);
}

static void print_span(const cli_table *table, const cli_row *row, const layout *shape)
{
    if (row->count < 2) {
        print_cells(table, row, shape);
        return;
    }
    size_t start = INDENT + shape->widths[0] + GAP, room = table->terminal->width;
    size_t width = room > start + 10 ? room - start : 10;
    fprintf(table->terminal->file, "%*s", INDENT, "");
    print_cell(table, row->cells[0].text, row->cells[0].style, shape->widths[0], false, true);
    fprintf(table->terminal->file, "%*s", GAP, "");
    print_cell(table, row->cells[1].text, row->cells[1].style, width, false, false);
    fputc('\n', table->terminal->file);
}

static void print_titles(const cli_table *table, const layout *shape)
{
    cli_cell cells[COLUMNS_MAX];
    for (size_t i = 0; i < table->column_count; i++)
        cells[i] = (cli_cell){.text = cli_copy(table->columns[i].title), .style = CLI_DIM};
    cli_row row = {.kind = CLI_ROW_CELLS, .cells = cells, .count = table->column_count};
    print_cells(table, &row, shape);
    for (size_t i = 0; i < table->column_count; i++) free(cells[i].text);
}

void cli_table_print(const cli_table *table)
{
    layout shape;
    fit(table, &shape);
    if (shape.width > INDENT) { /* there is some column */
        print_titles(table, &shape);
        cli_print_rule(table->terminal, INDENT, shape.width - INDENT);
    }
    for (size_t r = 0; r < table->row_count; r++) {
        const cli_row *row = &table->rows[r];
        if (row->kind == CLI_ROW_SPAN) {
            print_span(table, row, &shape);
        } else if (row->kind == CLI_ROW_CELLS) {
            print_cells(table, row, &shape);
        } else if (row->count) {
            if (r && row->kind == CLI_ROW_GROUP) fputc('\n', table->terminal->file);
            fprintf(table->terminal->file, "%*s", INDENT, "");
            print_cell(table, row->cells[0].text, row->cells[0].style, table->terminal->width - INDENT, false, false);
            fputc('\n', table->terminal->file);
        }
    }
}
