/* What a file is, from its bytes alone. */
#ifndef LQI_SNIFF_H
#define LQI_SNIFF_H

#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

typedef enum lqi_kind {
    LQI_KIND_UNKNOWN,
    LQI_KIND_EMPTY,
    LQI_KIND_STL_BINARY,
    LQI_KIND_STL_ASCII,
    LQI_KIND_GZIP,
    LQI_KIND_ZIP,
    LQI_KIND_COMPRESSED, /* other compression: name says which */
    LQI_KIND_FOREIGN     /* a known format that is not supported: name says which */
} lqi_kind;

typedef struct lqi_sniffed {
    lqi_kind kind;
    const char *name; /* "ply", "step", "7z", ...; NULL where the kind says all */
} lqi_sniffed;

/* head: the first bytes, at least 64 KiB or the whole file. size: of the whole file. */
lqi_sniffed lqi_sniff(const uint8_t *head, size_t head_size, uint64_t size);

/* Records the failure for a kind that cannot be read. */
lq_status lqi_sniff_fail(lq_context *context, lqi_sniffed sniffed);

#endif
