/* From bytes to something that can be read: unwraps gzip, opens archives, refuses the rest by name. */
#ifndef LQI_API_OPENED_H
#define LQI_API_OPENED_H

#include "api/objects.h"

/* source: the bytes of an upload. depth 0: an upload; 1: an entry of an archive, where a plain archive is zip_nested.
 * On failure everything is freed. */
lq_status lqi_opened_open(lq_context *context, const lq_source *source, int depth, int lenient, lqi_opened *opened);
void lqi_opened_close(lq_context *context, lqi_opened *opened);

static inline bool lqi_opened_is_plain_archive(const lqi_opened *opened) { return opened->zip && !opened->threemf; }

lq_format lqi_opened_format(const lqi_opened *opened);

#endif
