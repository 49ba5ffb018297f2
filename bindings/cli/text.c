#include "text.h"

#include <stdlib.h>
#include <string.h>

typedef struct range {
    long first, last;
} range;

/* Combining marks and other characters that take no column. */
static const range no_width[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},
                                 {0x064B, 0x065F}, {0x06D6, 0x06DC}, {0x0900, 0x0902}, {0x093C, 0x093C},
                                 {0x0941, 0x0948}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},
                                 {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D}, {0x20D0, 0x20FF},
                                 {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF}};

/* East Asian wide and full-width characters, and pictographs. */
static const range two_wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},
                                 {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
                                 {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
                                 {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

/* Marks that change the direction of what follows, and separators that some terminals take for a new line. */
static const range tricks[] = {{0x061C, 0x061C}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069}};

static bool is_within(const range *ranges, size_t count, long character)
{
    for (size_t i = 0; i < count; i++)
        if (character >= ranges[i].first && character <= ranges[i].last) return true;
    return false;
}
#define IS_WITHIN(ranges, character) is_within(ranges, sizeof(ranges) / sizeof(ranges)[0], character)

long cli_text_next(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    if (!at[0]) return 0;
    if (at[0] < 0x80) {
        *text += 1;
        return at[0];
    }
    int more = at[0] >= 0xF0 ? 3 : at[0] >= 0xE0 ? 2 : 1;
    static const long smallest[] = {0, 0x80, 0x800, 0x10000};
    long character = at[0] & (0x3F >> more);
    bool good = at[0] >= 0xC2 && at[0] <= 0xF4;
    for (int i = 1; good && i <= more; i++) {
        good = (at[i] & 0xC0) == 0x80;
        character = character << 6 | (at[i] & 0x3F);
    }
    good = good && character >= smallest[more] && character <= 0x10FFFF && (character < 0xD800 || character > 0xDFFF);
    *text += good ? more + 1 : 1;
    return good ? character : -1;
}

void cli_text_clean(cli_buffer *buffer, const char *text, bool utf8)
{
    for (;;) {
        const char *start = text;
        long character = cli_text_next(&text);
        if (character == 0) return;
        if (character > 0 && (character < 0x20 || (character >= 0x7F && character < 0xA0)))
            cli_buffer_format(buffer, "\\x%02lx", (unsigned long)character);
        else if (IS_WITHIN(tricks, character))
            cli_buffer_format(buffer, "\\u%04lx", (unsigned long)character);
        else if (character < 0 || (character > 0x7F && !utf8))
            cli_buffer_text(buffer, "?");
        else
            cli_buffer_add(buffer, start, (size_t)(text - start));
    }
}

static size_t character_width(long character)
{
    if (character < 0x300) return 1;
    if (IS_WITHIN(no_width, character)) return 0;
    return IS_WITHIN(two_wide, character) ? 2 : 1;
}

size_t cli_text_width(const char *text)
{
    size_t width = 0;
    for (long character = cli_text_next(&text); character; character = cli_text_next(&text))
        width += character_width(character);
    return width;
}

size_t cli_text_fit(const char *text, size_t width)
{
    const char *at = text;
    size_t used = 0;
    for (;;) {
        const char *before = at;
        long character = cli_text_next(&at);
        used += character ? character_width(character) : 0;
        if (!character || used > width) return (size_t)(before - text);
    }
}

void cli_text_wrap(cli_buffer *buffer, const char *text, size_t column, size_t indent, size_t width)
{
    bool first = true;
    while (*text) {
        size_t size = strcspn(text, " ");
        char *word = cli_copy(text);
        word[size] = 0;
        size_t wide = cli_text_width(word);
        if (!first && column + 1 + wide > width) {
            cli_buffer_format(buffer, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            cli_buffer_text(buffer, " ");
            column++;
        }
        cli_buffer_text(buffer, word);
        column += wide;
        first = false;
        free(word);
        text += size;
        text += strspn(text, " ");
    }
}
