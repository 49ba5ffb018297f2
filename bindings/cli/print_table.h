/* A table that fits the terminal: columns as wide as their cells, text columns cut where there is no room. */
#ifndef CLI_PRINT_TABLE_H
#define CLI_PRINT_TABLE_H

#include <stdint.h>

#include "terminal.h"

typedef struct cli_column {
    const char *title;
    bool right;       /* numbers stand at the right */
    size_t width_min; /* may be cut down to this many columns; 0: never cut */
    int drop_order;   /* where cutting is not enough, 1 goes first, then 2; 0: stays */
} cli_column;

typedef struct cli_cell {
    char *text;
    cli_style style;
    bool has_swatch; /* the first two columns of the text, which are blank, show this colour */
    uint32_t swatch;
} cli_cell;

typedef enum cli_row_kind { CLI_ROW_CELLS, CLI_ROW_SPAN, CLI_ROW_GROUP, CLI_ROW_LINE } cli_row_kind;

typedef struct cli_row {
    cli_row_kind kind;
    cli_cell *cells; /* cells: one per column; span: the first column, then a text over all others; group: a title;
                        line: a text over the whole width */
    size_t count;
} cli_row;

typedef struct cli_table {
    const cli_terminal *terminal;
    const cli_column *columns;
    size_t column_count;
    cli_row *rows;
    size_t row_count;
} cli_table;

void cli_table_init(cli_table *table, const cli_terminal *terminal, const cli_column *columns, size_t column_count);
void cli_table_free(cli_table *table);

/* Begins a row; its cells follow from left to right. Missing ones are empty. Texts are copied and cleaned. */
void cli_table_row(cli_table *table, cli_row_kind kind);
void cli_table_cell(cli_table *table, cli_style style, const char *text);

/* A cell with a block of a colour (0xRRGGBB) before its text, where colours are shown. */
void cli_table_swatch(cli_table *table, uint32_t color, const char *text);

/* The width without any cutting. */
size_t cli_table_width(const cli_table *table);
void cli_table_print(const cli_table *table);

#endif
