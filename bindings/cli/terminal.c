#include "terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "number.h"
#include "text.h"

#define WIDTH_MIN 40
#define WIDTH_MAX 400
#define WIDTH_DEFAULT 80

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* What the locale's name does not tell. Asks without setlocale: the program's own locale stays "C", so no number ever
 * changes its point. */
static bool has_utf8(const char *name)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, name, (locale_t)0);
    if (!locale) return false;
    bool utf8 = strcasecmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return utf8;
}

/* Most names tell: loading a locale takes longer than reading a small file. One that is not installed still tells. */
static bool shows_utf8(void)
{
    const char *name = environment("LC_ALL");
    if (!name) name = environment("LC_CTYPE");
    if (!name) name = environment("LANG");
    if (!name || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0) return false;
    return strcasestr(name, "utf-8") || strcasestr(name, "utf8") || has_utf8(name);
}

static size_t find_width(FILE *file)
{
    struct winsize size = {0};
    uint64_t width = 0;
    const char *columns = environment("COLUMNS");
    if (columns && cli_parse_integer(columns, 1, 10000, &width))
        ; /* the user's word comes first */
    else if (ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col)
        width = size.ws_col;
    else
        width = WIDTH_DEFAULT;
    return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : (size_t)width;
}

void cli_terminal_init(cli_terminal *terminal, FILE *file, bool color_allowed)
{
    const char *kind = environment("TERM");
    terminal->file = file;
    terminal->rewrites = isatty(fileno(file)) && kind && strcmp(kind, "dumb") != 0;
    terminal->color = color_allowed && terminal->rewrites && !environment("NO_COLOR");
    const char *depth = environment("COLORTERM");
    terminal->true_color = depth && (strcmp(depth, "truecolor") == 0 || strcmp(depth, "24bit") == 0);
    terminal->utf8 = shows_utf8();
    terminal->width = find_width(file);
}

const char *cli_style_on(const cli_terminal *terminal, cli_style style)
{
    static const char *const codes[] = {"", "\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[33m", "\033[36m"};
    return terminal->color ? codes[style] : "";
}

const char *cli_style_off(const cli_terminal *terminal, cli_style style)
{
    return terminal->color && style != CLI_PLAIN ? "\033[0m" : "";
}

const char *cli_glyph(const cli_terminal *terminal, const char *utf8, const char *ascii)
{
    return terminal->utf8 ? utf8 : ascii;
}

void cli_print_clean(const cli_terminal *terminal, cli_style style, const char *text)
{
    cli_buffer clean = {0};
    cli_text_clean(&clean, text, terminal->utf8);
    fprintf(terminal->file, "%s%s%s", cli_style_on(terminal, style), cli_buffer_get(&clean),
            cli_style_off(terminal, style));
    cli_buffer_free(&clean);
}

/* The palette of 256 holds a cube of six levels per channel: 0, 95, 135, 175, 215, 255. */
static unsigned palette_level(unsigned channel) { return channel < 48 ? 0 : channel < 115 ? 1 : (channel - 35) / 40; }

void cli_print_swatch(const cli_terminal *terminal, uint32_t color, size_t width)
{
    unsigned red = color >> 16 & 0xFF, green = color >> 8 & 0xFF, blue = color & 0xFF;
    if (terminal->true_color)
        fprintf(terminal->file, "\033[48;2;%u;%u;%um", red, green, blue);
    else
        fprintf(terminal->file, "\033[48;5;%um",
                16 + 36 * palette_level(red) + 6 * palette_level(green) + palette_level(blue));
    fprintf(terminal->file, "%*s\033[0m", (int)width, "");
}

void cli_print_rule(const cli_terminal *terminal, size_t indent, size_t width)
{
    fprintf(terminal->file, "%*s%s", (int)indent, "", cli_style_on(terminal, CLI_DIM));
    for (size_t i = 0; i < width; i++) fputs(cli_glyph(terminal, "─", "-"), terminal->file);
    fprintf(terminal->file, "%s\n", cli_style_off(terminal, CLI_DIM));
}
