/* What can be shown: width, colour, character set. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct cli_terminal {
    FILE *file;
    bool rewrites; /* a line can be drawn again: a terminal that is not dumb */
    bool color;
    bool true_color; /* any colour, not only those of the palette */
    bool utf8;
    size_t width; /* columns; COLUMNS or 80 where there is no terminal */
} cli_terminal;

typedef enum cli_style { CLI_PLAIN, CLI_BOLD, CLI_DIM, CLI_RED, CLI_GREEN, CLI_YELLOW, CLI_CYAN } cli_style;

void cli_terminal_init(cli_terminal *terminal, FILE *file, bool color_allowed);

/* The escape sequences of a style, "" without colour. */
const char *cli_style_on(const cli_terminal *terminal, cli_style style);
const char *cli_style_off(const cli_terminal *terminal, cli_style style);

/* The first where the terminal shows UTF-8, else the second. */
const char *cli_glyph(const cli_terminal *terminal, const char *utf8, const char *ascii);

/* Prints text without its control characters. */
void cli_print_clean(const cli_terminal *terminal, cli_style style, const char *text);

/* Blanks on a background of a colour (0xRRGGBB), or the nearest of the palette. Only where there is colour. */
void cli_print_swatch(const cli_terminal *terminal, uint32_t color, size_t width);

/* A light horizontal rule over `width` columns. */
void cli_print_rule(const cli_terminal *terminal, size_t indent, size_t width);

#endif
