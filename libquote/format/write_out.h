/* Where a writer puts its bytes, and a buffer in front of it that turns small pieces into big ones. */
#ifndef LQI_WRITE_OUT_H
#define LQI_WRITE_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

/* Called front to back; takes all bytes (never none) or ends the writing with its status. */
typedef struct lqi_out {
    lq_status (*write)(void *user, const void *bytes, size_t size);
    void *user;
} lqi_out;

/* The first failure sticks and silences what follows: look at it once per loop, and at the end. */
typedef struct lqi_out_buffer {
    lq_context *context;
    lqi_out out;
    char *data;
    size_t size;
    lq_status status;
} lqi_out_buffer;

lq_status lqi_out_buffer_init(lqi_out_buffer *buffer, lq_context *context, const lqi_out *out);
void lqi_out_buffer_free(lqi_out_buffer *buffer);

void lqi_out_bytes(lqi_out_buffer *buffer, const void *bytes, size_t size);
void lqi_out_text(lqi_out_buffer *buffer, const char *text);
void lqi_out_double(lqi_out_buffer *buffer, double value); /* shortest text that reads back to the same double */
void lqi_out_float(lqi_out_buffer *buffer, float value);   /* likewise, to the same float */
void lqi_out_count(lqi_out_buffer *buffer, uint64_t value);
void lqi_out_u16(lqi_out_buffer *buffer, uint16_t value); /* binary, little-endian; so are those below */
void lqi_out_u32(lqi_out_buffer *buffer, uint32_t value);
void lqi_out_u64(lqi_out_buffer *buffer, uint64_t value);

/* Hands on what is held. The status is that of everything before. */
lq_status lqi_out_flush(lqi_out_buffer *buffer);

#endif
