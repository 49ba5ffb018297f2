/* ZIP archives: the directory first, limits before inflating, raw data inflated by libdeflate, CRC checked.
 *
 * Failures of the archive as a whole have an offset in the file and no part. Failures of an entry name it as the part;
 * their offset counts the entry's own bytes, or is -1. */
#ifndef LQI_ZIP_H
#define LQI_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/notes.h"
#include "libquote.h"

typedef struct lqi_zip lqi_zip;

typedef struct lqi_zip_entry {
    const char *name; /* UTF-8, '/' separators, no leading '/' unless ignored */
    uint64_t size;    /* as declared */
    uint64_t size_compressed;
    uint32_t crc;
    uint16_t method;
    bool encrypted;
    bool directory; /* name ends with '/' */
    bool ignored;   /* traversal, control characters, drive letter: never a key */
} lqi_zip_entry;

/* Opens an archive and reads its directory; the source is borrowed. Findings (zip_bad_name, zip_duplicate) are notes of
 * the archive. */
lq_status lqi_zip_open(lq_context *context, const lq_source *source, lqi_zip **zip);
void lqi_zip_close(lqi_zip *zip);

/* Do the last bytes of a file hold what may be an archive's end record? For archives that begin with something else, a
 * program that unpacks them. */
bool lqi_zip_has_end(const uint8_t *bytes, size_t size);

lq_context *lqi_zip_context(const lqi_zip *zip);
size_t lqi_zip_entry_count(const lqi_zip *zip);
const lqi_zip_entry *lqi_zip_entry_at(const lqi_zip *zip, size_t index);
const lqi_notes *lqi_zip_notes(const lqi_zip *zip);

/* Index of an entry by exact name, SIZE_MAX if there is none. Names that differ in content twice are zip_duplicate
 * when read. */
size_t lqi_zip_find(const lqi_zip *zip, const char *name);

/* The same with ASCII letters of any case, as part names of a package compare. *names counts the different spellings.
 */
size_t lqi_zip_find_folded(const lqi_zip *zip, const char *name, size_t *names);

/* Inflates one entry whole into a block of the context (lqi_free). Checks method, encryption, limits, overlap with
 * any other entry, size and CRC. The failure names the entry. */
lq_status lqi_zip_read(lqi_zip *zip, size_t index, uint8_t **data, size_t *size);

/* The same from a worker thread: block and failure belong to `context`, a fork of the archive's. */
lq_status lqi_zip_read_for(const lqi_zip *zip, lq_context *context, size_t index, uint8_t **data, size_t *size);

/* An entry as it is unpacked: what is at hand of it, and where that stands. An entry that is not large, and text that
 * lies in memory (`data`, `size` and `whole` set, the rest 0), is at hand as a whole. Where the context may use a
 * second thread, that one unpacks ahead. */
typedef struct lqi_zip_pieces {
    const uint8_t *data;
    size_t size;
    uint64_t begin; /* offset of data[0] */
    uint64_t whole; /* size of all */
    struct lqi_zip_unpacking *unpacking;
    uint8_t *owned; /* when all is at hand */
} lqi_zip_pieces;

/* As lqi_zip_read_for, but that what is wrong behind the first piece is told by _more. Closing is for the caller, also
 * after a failure of _more. */
lq_status lqi_zip_pieces_open(const lqi_zip *zip, lq_context *context, size_t index, lqi_zip_pieces *pieces);

/* While not all is known: forgets what is at hand but for the last `keep` bytes, or all, and unpacks more behind them.
 * The end comes only after size and checksum were found right. */
lq_status lqi_zip_pieces_more(lqi_zip_pieces *pieces, size_t keep);
void lqi_zip_pieces_close(lq_context *context, lqi_zip_pieces *pieces);

static inline uint64_t lqi_zip_pieces_end(const lqi_zip_pieces *pieces) { return pieces->begin + pieces->size; }

/* The first bytes of an entry, for sniffing: up to `size`, *got says how many. No CRC. */
lq_status lqi_zip_peek(lqi_zip *zip, size_t index, uint8_t *buffer, size_t size, size_t *got);

/* Junk that archivers add (__MACOSX/, ._*, .DS_Store, Thumbs.db), directories, empty and ignored entries. */
bool lqi_zip_is_junk(const lqi_zip_entry *entry);

#endif
