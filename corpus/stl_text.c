#include "corpus/stl_text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- bytes ---- */

static void reserve(stl_bytes *bytes, size_t more)
{
    if (bytes->size + more <= bytes->capacity) return;
    size_t capacity = bytes->capacity * 2 + more + 256;
    uint8_t *data = realloc(bytes->data, capacity);
    if (data == NULL) {
        fputs("corpus: out of memory\n", stderr);
        exit(4);
    }
    bytes->data = data;
    bytes->capacity = capacity;
}

void stl_bytes_free(stl_bytes *bytes)
{
    free(bytes->data);
    memset(bytes, 0, sizeof *bytes);
}

void stl_bytes_add(stl_bytes *bytes, const void *data, size_t size)
{
    reserve(bytes, size);
    if (size > 0) memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

void stl_bytes_add_text(stl_bytes *bytes, const char *text) { stl_bytes_add(bytes, text, strlen(text)); }

void stl_bytes_add_fill(stl_bytes *bytes, uint8_t value, size_t count)
{
    reserve(bytes, count);
    memset(bytes->data + bytes->size, value, count);
    bytes->size += count;
}

stl_bytes stl_bytes_copy(const stl_bytes *bytes)
{
    stl_bytes copy = {0};
    stl_bytes_add(&copy, bytes->data, bytes->size);
    return copy;
}

void stl_truncate(stl_bytes *bytes, size_t size)
{
    if (size < bytes->size) bytes->size = size;
}

size_t stl_replace(stl_bytes *bytes, size_t nth, const char *old, const char *new_text)
{
    size_t old_size = strlen(old), new_size = strlen(new_text);
    for (size_t i = 0; i + old_size <= bytes->size; i++) {
        if (memcmp(bytes->data + i, old, old_size) != 0 || nth-- > 0) continue;
        reserve(bytes, new_size);
        memmove(bytes->data + i + new_size, bytes->data + i + old_size, bytes->size - i - old_size);
        memcpy(bytes->data + i, new_text, new_size);
        bytes->size += new_size - old_size;
        return i;
    }
    return SIZE_MAX;
}

size_t stl_line_of(const stl_bytes *bytes, size_t offset)
{
    size_t line = 1;
    for (size_t i = 0; i < offset && i < bytes->size; i++) line += bytes->data[i] == '\n';
    return line;
}

/* ---- binary ---- */

static void find_normal(const float *corners, stl_normals kind, float normal[3])
{
    double e[3], f[3], n[3], length = 0;
    for (int k = 0; k < 3; k++) {
        e[k] = (double)corners[3 + k] - corners[k];
        f[k] = (double)corners[6 + k] - corners[k];
    }
    for (int k = 0; k < 3; k++) {
        n[k] = e[(k + 1) % 3] * f[(k + 2) % 3] - e[(k + 2) % 3] * f[(k + 1) % 3];
        length += n[k] * n[k];
    }
    length = sqrt(length);
    for (int k = 0; k < 3; k++) {
        double unit = length > 0 ? n[k] / length : 0;
        normal[k] = kind == STL_NORMALS_TRUE       ? (float)unit + 0.0f
                    : kind == STL_NORMALS_REVERSED ? (float)-unit + 0.0f
                    : kind == STL_NORMALS_NAN      ? NAN
                                                   : 0.0f;
    }
}

static void add_u32(stl_bytes *bytes, uint32_t value, int big_endian)
{
    uint8_t out[4];
    for (int i = 0; i < 4; i++) out[big_endian ? 3 - i : i] = (uint8_t)(value >> 8 * i);
    stl_bytes_add(bytes, out, 4);
}

static void add_float(stl_bytes *bytes, float value, int big_endian)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    add_u32(bytes, bits, big_endian);
}

stl_bytes stl_write_binary(const solid_soup *soup, const stl_binary *options)
{
    static const stl_binary plain;
    if (options == NULL) options = &plain;
    stl_bytes bytes = {0};
    reserve(&bytes, 84 + 50 * soup->count);
    size_t header_size = options->header_size > 80 ? 80 : options->header_size;
    stl_bytes_add(&bytes, options->header, header_size);
    stl_bytes_add_fill(&bytes, 0, 80 - header_size);
    add_u32(&bytes, options->count_given ? options->count : (uint32_t)soup->count, options->big_endian);
    for (size_t t = 0; t < soup->count; t++) {
        float normal[3];
        find_normal(soup->corners + 9 * t, options->normals, normal);
        for (size_t k = 0; k < 3; k++) add_float(&bytes, normal[k], options->big_endian);
        for (size_t k = 0; k < 9; k++) add_float(&bytes, soup->corners[9 * t + k], options->big_endian);
        uint8_t attribute[2] = {(uint8_t)options->attribute, (uint8_t)(options->attribute >> 8)};
        stl_bytes_add(&bytes, attribute, 2);
    }
    return bytes;
}

void stl_binary_poke(stl_bytes *bytes, size_t triangle, size_t corner, size_t axis, float value)
{
    size_t offset = 84 + 50 * triangle + 12 + 12 * corner + 4 * axis;
    if (offset + 4 <= bytes->size) memcpy(bytes->data + offset, &value, 4);
}

/* ---- numbers ---- */

static void fix_point(char *text)
{
    for (; *text != '\0'; text++)
        if (strchr("0123456789+-eE.nainfNAINF", *text) == NULL) *text = '.';
}

size_t stl_float_text(float value, char text[32])
{
    for (int precision = 6; precision <= 9; precision++) {
        snprintf(text, 32, "%.*g", precision, (double)value);
        if (strtof(text, NULL) == value) break;
    }
    fix_point(text);
    return strlen(text);
}

static void number_text(float value, const stl_ascii *options, char text[64])
{
    if (options->exponent != 0) {
        snprintf(text, 64, "%.*e", options->decimals > 0 ? options->decimals : 8, (double)value);
        fix_point(text);
        char *e = strchr(text, 'e');
        if (e != NULL) *e = options->exponent;
    } else if (options->decimals > 0) {
        snprintf(text, 64, "%.*f", options->decimals, (double)value);
        fix_point(text);
    } else {
        stl_float_text(value, text);
    }
    char *point = strchr(text, '.');
    if (options->decimal_comma && point != NULL) *point = ',';
}

/* ---- ASCII ---- */

typedef struct writer {
    stl_bytes bytes;
    const stl_ascii *options;
    const char *blank, *indent, *separator;
    size_t line;
} writer;

static void put_word(writer *w, const char *word)
{
    for (size_t i = 0; word[i] != '\0'; i++) {
        int upper = w->options->letters == STL_UPPER || (w->options->letters == STL_TITLE && i == 0);
        char c = upper ? (char)toupper((unsigned char)word[i]) : word[i];
        stl_bytes_add(&w->bytes, &c, 1);
    }
}

static void put_indent(writer *w, int level)
{
    for (int i = 0; i < level; i++) stl_bytes_add_text(&w->bytes, w->indent);
}

static void put_newline(writer *w)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    stl_newline newline = w->options->newline;
    size_t line = w->line++;
    if (w->options->blank_lines && line % 5 == 3) stl_bytes_add_text(&w->bytes, " \t ");
    if (newline == STL_ONE_LINE)
        stl_bytes_add_text(&w->bytes, " ");
    else
        stl_bytes_add_text(&w->bytes, newline == STL_MIXED ? ends[line % 3] : ends[newline]);
    if (w->options->blank_lines && line % 7 == 2) stl_bytes_add_text(&w->bytes, "\n\f\n");
}

static void put_end(writer *w, int level, const char *what)
{
    put_indent(w, level);
    put_word(w, "end");
    if (w->options->split_end) stl_bytes_add_text(&w->bytes, w->blank);
    if (w->options->letters == STL_TITLE && !w->options->split_end)
        stl_bytes_add_text(&w->bytes, what);
    else
        put_word(w, what);
    put_newline(w);
}

static void put_number(writer *w, float value)
{
    char text[64];
    number_text(value, w->options, text);
    stl_bytes_add_text(&w->bytes, text);
}

static void put_vertex(writer *w, const float *corner)
{
    put_indent(w, w->options->no_loops ? 2 : 3);
    put_word(w, "vertex");
    for (int k = 0; k < 3; k++) {
        stl_bytes_add_text(&w->bytes, k == 0 ? w->blank : w->separator);
        put_number(w, corner[k]);
    }
    put_newline(w);
}

static void put_facet_line(writer *w, const float *corners)
{
    const stl_ascii *options = w->options;
    put_indent(w, 1);
    put_word(w, "facet");
    if (options->normals != STL_NORMALS_ABSENT) {
        stl_bytes_add_text(&w->bytes, w->blank);
        put_word(w, "normal");
        if (options->normal_text != NULL) {
            stl_bytes_add_text(&w->bytes, w->blank);
            stl_bytes_add_text(&w->bytes, options->normal_text);
        } else {
            float normal[3];
            find_normal(corners, options->normals, normal);
            for (int k = 0; k < 3; k++) {
                stl_bytes_add_text(&w->bytes, k == 0 ? w->blank : w->separator);
                if (options->normals == STL_NORMALS_NAN)
                    stl_bytes_add_text(&w->bytes, "nan");
                else
                    put_number(w, normal[k]);
            }
        }
    }
    put_newline(w);
}

static void put_facet(writer *w, const float *corners, const float *fourth)
{
    const stl_ascii *options = w->options;
    put_facet_line(w, corners);
    if (!options->no_loops) {
        put_indent(w, 2);
        put_word(w, "outer");
        stl_bytes_add_text(&w->bytes, w->blank);
        put_word(w, "loop");
        put_newline(w);
    }
    for (int c = 0; c < 3; c++) put_vertex(w, corners + 3 * c);
    if (fourth != NULL) put_vertex(w, fourth);
    if (!options->no_loops) put_end(w, 2, "loop");
    if (!options->no_endfacet) put_end(w, 1, "facet");
}

static void put_edge_line(writer *w, const char *instead, const char *word)
{
    if (instead != NULL) {
        stl_bytes_add_text(&w->bytes, instead);
        if (instead[0] == '\0') return;
    } else {
        put_word(w, word);
        if (w->options->name != NULL) {
            stl_bytes_add_text(&w->bytes, w->blank);
            stl_bytes_add_text(&w->bytes, w->options->name);
        }
    }
    put_newline(w);
}

/* Bytes become UTF-16 code units one by one, which is right for ASCII text. */
static void widen(stl_bytes *bytes, stl_utf16 kind, int byte_order_mark)
{
    stl_bytes wide = {0};
    reserve(&wide, 2 * bytes->size + 2);
    const uint8_t mark[2] = {kind == STL_UTF16LE ? 0xff : 0xfe, kind == STL_UTF16LE ? 0xfe : 0xff};
    if (byte_order_mark) stl_bytes_add(&wide, mark, 2);
    for (size_t i = 0; i < bytes->size; i++) {
        const uint8_t unit[2] = {kind == STL_UTF16LE ? bytes->data[i] : 0, kind == STL_UTF16LE ? 0 : bytes->data[i]};
        stl_bytes_add(&wide, unit, 2);
    }
    stl_bytes_free(bytes);
    *bytes = wide;
}

stl_bytes stl_write_ascii(const solid_soup *soup, const stl_ascii *options)
{
    static const stl_ascii plain;
    if (options == NULL) options = &plain;
    writer w = {.options = options};
    w.blank = options->blank != NULL ? options->blank : " ";
    w.indent = options->indent != NULL ? options->indent : "  ";
    w.separator = options->separator != NULL ? options->separator : w.blank;
    if (options->byte_order_mark && options->utf16 == STL_UTF8) stl_bytes_add_text(&w.bytes, "\xef\xbb\xbf");
    put_edge_line(&w, options->first_line, "solid");
    size_t every = options->comment_every == 0 ? 1 : options->comment_every;
    for (size_t t = 0; t < soup->count; t++) {
        const float *corners = soup->corners + 9 * t, *fourth = NULL;
        if (options->comment != NULL && t % every == 0) {
            stl_bytes_add_text(&w.bytes, options->comment);
            put_newline(&w);
        }
        if (options->quads && t + 1 < soup->count) fourth = soup->corners + 9 * ++t + 6;
        put_facet(&w, corners, fourth);
    }
    put_edge_line(&w, options->last_line, "endsolid");
    stl_bytes_add(&w.bytes, options->tail, options->tail_size);
    if (options->utf16 != STL_UTF8) widen(&w.bytes, options->utf16, options->byte_order_mark);
    return w.bytes;
}
