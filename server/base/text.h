/* A growing text. Memory that ends ends the process: a worker is replaced, its transaction is rolled back. */
#ifndef SV_TEXT_H
#define SV_TEXT_H

#include <stdarg.h>
#include <stddef.h>

typedef struct sv_text {
    char *data; /* NUL-terminated once anything was added, else NULL */
    size_t size, capacity;
} sv_text;

void sv_text_free(sv_text *text);
void sv_text_add(sv_text *text, const char *bytes, size_t size);
void sv_text_put(sv_text *text, const char *words);
void sv_text_format(sv_text *text, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull));
void sv_text_format_list(sv_text *text, const char *format, va_list arguments) __attribute__((nonnull(1, 2)));
const char *sv_text_get(const sv_text *text); /* never NULL */

/* Every byte that is part of no UTF-8 sequence becomes a question mark: a text that was cut at some size, or that quotes
 * what a client sent, can stand in an answer. */
void sv_make_utf8(char *text);

/* Never NULL. */
void *sv_alloc(size_t count, size_t size);
void *sv_grow(void *block, size_t count, size_t size);
char *sv_copy(const char *words);
char *sv_copy_bytes(const char *bytes, size_t size); /* NUL is added */

#endif
