/* multipart/form-data (RFC 7578, RFC 2046) in bytes that lie together. It stands alone: a fuzzer reads it, too. */
#ifndef SV_MULTIPART_H
#define SV_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#define SV_MULTIPART_PARTS_MAX 8
#define SV_MULTIPART_NAME_MAX 255

typedef struct sv_multipart_part {
    char name[SV_MULTIPART_NAME_MAX + 1]; /* of the field */
    char filename[SV_MULTIPART_NAME_MAX + 1];
    bool has_filename;
    const char *bytes; /* within what was given */
    size_t size;
} sv_multipart_part;

/* The boundary of a Content-Type; false: it is no multipart/form-data with one of 1 to 70 characters. */
bool sv_multipart_boundary(const char *content_type, char boundary[71]);

/* All parts in their order; *count of them, at most SV_MULTIPART_PARTS_MAX. What stands before the first boundary and
 * behind the last is left out (RFC 2046, 5.1.1). NULL: well-formed; otherwise a sentence that says why not. */
const char *sv_multipart_read(const char *bytes, size_t size, const char *boundary, sv_multipart_part *parts,
                              size_t *count);

#endif
