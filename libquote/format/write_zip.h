/*
 * A ZIP archive written front to back (PKWARE APPNOTE 6.3): deflated entries with their sizes behind them, so that
 * memory does not grow with the file. Every entry bears the first day of 1980: the same part gives the same bytes.
 */
#ifndef LQI_WRITE_ZIP_H
#define LQI_WRITE_ZIP_H

#include <stdbool.h>

#include "format/write_out.h"

#define LQI_ZIP_WRITER_ENTRIES_MAX 8

typedef struct lqi_zip_writer lqi_zip_writer;

lq_status lqi_zip_writer_open(lq_context *context, const lqi_out *out, lqi_zip_writer **writer);
void lqi_zip_writer_close(lqi_zip_writer *writer); /* frees; a file without _finish is not an archive */

/* name: ASCII, borrowed until _close. is_big: may come to 4 GiB or more; not all readers know how to read that. */
lq_status lqi_zip_writer_begin(lqi_zip_writer *writer, const char *name, bool is_big);
lq_status lqi_zip_writer_end(lqi_zip_writer *writer);

/* Where the content of the current entry goes; user is the writer. */
lq_status lqi_zip_writer_write(void *user, const void *bytes, size_t size);

/* Writes the directory: the archive is whole. */
lq_status lqi_zip_writer_finish(lqi_zip_writer *writer);

#endif
