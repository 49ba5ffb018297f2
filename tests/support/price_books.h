/* Price books for tests, as JSON text. */
#ifndef TEST_PRICE_BOOKS_H
#define TEST_PRICE_BOOKS_H

#include <stddef.h>

/* One book of each kind of process, whose prices were worked out by hand. Free with free(). */
char *price_book_text(void);

/* The same with the one occurrence of `from` replaced; both are written with ' for ". NULL when `from` does not occur
 * exactly once. */
char *price_book_changed(const char *from, const char *to);

#endif
