/* gzip (RFC 1952): one stream, inflated whole under the context's limits. */
#ifndef LQI_GZIP_H
#define LQI_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

bool lqi_is_gzip(const uint8_t *data, size_t size);

/* Inflates all members into a block of the context (lqi_free). gzip_corrupt, gzip_bomb, or the limit. */
lq_status lqi_gunzip(lq_context *context, const uint8_t *data, size_t size, uint8_t **out, size_t *out_size);

#endif
