/* The wrappers an upload may come in, stored without compression: enough to test unwrapping, and nothing to link. */
#ifndef CORPUS_WRAP_H
#define CORPUS_WRAP_H

#include "corpus/stl_text.h"

uint32_t wrap_crc32(const void *data, size_t size);

/* gzip, one member. */
stl_bytes wrap_gzip(const stl_bytes *content);

/* A gzip file of `size` times one byte, in few bytes: a bomb. Needs size < 4 GiB. */
stl_bytes wrap_gzip_bomb(uint8_t value, uint64_t size);

typedef struct wrap_entry {
    const char *name;
    const void *data;
    size_t size;
} wrap_entry;
stl_bytes wrap_zip(const wrap_entry *entries, size_t count);

#endif
