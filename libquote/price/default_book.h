/* libquote/price/default_book.json as the build embeds it. */
#ifndef LQI_DEFAULT_BOOK_H
#define LQI_DEFAULT_BOOK_H

#include <stddef.h>

extern const char lqi_default_book_json[];
extern const size_t lqi_default_book_json_size;

#endif
