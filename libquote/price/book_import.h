/* A slicer's profile becomes the machine of a price book's process. */
#ifndef LQI_BOOK_IMPORT_H
#define LQI_BOOK_IMPORT_H

#include "base/text.h"
#include "estimate/profile.h"

/* Adds the book `json` to *text, with the settings in its extrusion process of that name (NULL: the only one; text from
 * outside), in place of the machine that is there or laid `over` it. The result is a book that lqi_book_read takes.
 * LQ_ERR_INPUT book_invalid and profile_invalid, LQ_ERR_ARGUMENT process_unknown with candidates, LQ_ERR_MEMORY. */
lq_status lqi_book_import(lq_context *context, const void *json, size_t size, const char *process,
                          const lqi_profile *profile, bool over, lqi_text *text);

#endif
