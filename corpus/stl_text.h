/*
 * STL written to memory, as the format says and in every way it is found to deviate. Zero-initialised options write a
 * plain good file; each field is one deviation. What no field covers is an edit of the bytes: stl_replace,
 * stl_truncate.
 */
#ifndef CORPUS_STL_TEXT_H
#define CORPUS_STL_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "corpus/solids.h"

typedef struct stl_bytes {
    uint8_t *data;
    size_t size;
    size_t capacity;
} stl_bytes;

void stl_bytes_free(stl_bytes *bytes);
void stl_bytes_add(stl_bytes *bytes, const void *data, size_t size);
void stl_bytes_add_text(stl_bytes *bytes, const char *text);
void stl_bytes_add_fill(stl_bytes *bytes, uint8_t value, size_t count);
stl_bytes stl_bytes_copy(const stl_bytes *bytes);
void stl_truncate(stl_bytes *bytes, size_t size);

/* Replaces occurrence number `nth` (from 0) of a text by another. Returns its offset, or SIZE_MAX if it is not there.
 */
size_t stl_replace(stl_bytes *bytes, size_t nth, const char *old, const char *new_text);
/* 1-based line of an offset, line ends being LF. */
size_t stl_line_of(const stl_bytes *bytes, size_t offset);

typedef enum stl_normals {
    STL_NORMALS_TRUE = 0,
    STL_NORMALS_ZERO,
    STL_NORMALS_NAN,
    STL_NORMALS_REVERSED,
    STL_NORMALS_ABSENT /* ASCII: `facet` alone */
} stl_normals;

typedef struct stl_binary {
    const void *header; /* up to 80 bytes, the rest is 0 */
    size_t header_size;
    int count_given; /* write `count` instead of the number of triangles */
    uint32_t count;
    uint16_t attribute;
    int big_endian;
    stl_normals normals;
} stl_binary;
stl_bytes stl_write_binary(const solid_soup *soup, const stl_binary *options);

/* Overwrites one coordinate of a little-endian binary file: corner 0..2, axis 0..2. */
void stl_binary_poke(stl_bytes *bytes, size_t triangle, size_t corner, size_t axis, float value);

typedef enum stl_newline { STL_LF = 0, STL_CRLF, STL_CR, STL_MIXED, STL_ONE_LINE } stl_newline;
typedef enum stl_case { STL_LOWER = 0, STL_UPPER, STL_TITLE } stl_case;
typedef enum stl_utf16 { STL_UTF8 = 0, STL_UTF16LE, STL_UTF16BE } stl_utf16;

typedef struct stl_ascii {
    const char *name;       /* after `solid`; NULL: none */
    const char *first_line; /* instead of "solid NAME"; "" for no such line */
    const char *last_line;  /* instead of "endsolid NAME"; "" for none */
    stl_newline newline;
    stl_case letters;
    const char *blank;     /* between tokens; NULL: one space */
    const char *indent;    /* per level; NULL: two spaces */
    const char *separator; /* between the numbers of a vertex; NULL: blank */
    stl_normals normals;
    const char *normal_text; /* instead of the three numbers of every normal */
    int decimals;            /* 0: shortest text of the float; n: that many after the point */
    char exponent;           /* 0: none unless shorter; 'e', 'E', 'd' or 'D': always */
    int decimal_comma;
    int split_end; /* `end loop`, `end facet` */
    int no_loops;  /* neither `outer loop` nor `endloop` */
    int no_endfacet;
    int quads;            /* triangles 2i and 2i+1, which share their first and third/second corner, as one loop of 4 */
    int blank_lines;      /* an empty line, a form feed and trailing blanks here and there */
    const char *comment;  /* a line of its own before every facet number divisible by comment_every */
    size_t comment_every; /* 0: 1 */
    int byte_order_mark;
    stl_utf16 utf16;
    const char *tail; /* added at the end as it is */
    size_t tail_size;
} stl_ascii;
stl_bytes stl_write_ascii(const solid_soup *soup, const stl_ascii *options);

/* The shortest of %.6g to %.9g that reads back to the same float, in any locale. Returns the length. */
size_t stl_float_text(float value, char text[32]);

#endif
