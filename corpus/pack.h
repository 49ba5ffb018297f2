/*
 * ZIP archives built in memory, honest or lying, for tests and fuzz seeds. Running out of memory ends the program:
 * nothing here is shipped. Everything returned is to be freed with free().
 */
#ifndef CORPUS_PACK_H
#define CORPUS_PACK_H

#include <stddef.h>
#include <stdint.h>

typedef struct pack_entry {
    const char *name;
    const void *data;
    size_t size;
    int stored;               /* method 0 instead of deflate */
    int descriptor;           /* sizes and CRC behind the data, zeros in the local header */
    int zip64;                /* 64-bit sizes in an extra field */
    int utf8;                 /* general purpose bit 11 */
    const char *unicode_path; /* extra field 0x7075 with this name */
    /* lies */
    int encrypted;            /* general purpose bit 0 */
    uint16_t method;          /* when not 0: what the headers say */
    uint32_t crc_xor;         /* into the CRC of both headers */
    int64_t size_more;        /* added to the uncompressed size of the directory */
    int64_t packed_more;      /* added to the compressed size of the directory */
    int64_t offset_more;      /* added to the offset of the directory */
    int shares_previous;      /* writes no data: its directory entry names the place of the one before */
    const char *central_name; /* another name in the directory */
} pack_entry;

typedef struct pack_options {
    const void *prefix; /* bytes in front that offsets do not count, as a self-extractor has */
    size_t prefix_size;
    const char *comment;
    const void *suffix; /* junk behind */
    size_t suffix_size;
    int zip64;               /* the end record of 64-bit numbers */
    uint64_t count_more;     /* added to the count of the end record */
    uint64_t directory_more; /* added to the size of the directory in the end record */
} pack_options;

/* options may be NULL. */
uint8_t *pack_zip(const pack_entry *entries, size_t count, const pack_options *options, size_t *size);

/* A 3MF package: content types, relationships and one model part at 3D/3dmodel.model, and `more` entries. */
uint8_t *pack_3mf(const char *model_xml, const pack_entry *more, size_t more_count, size_t *size);

/* A gzip stream of one member. */
uint8_t *pack_gzip(const void *data, size_t data_size, size_t *size);

extern const char pack_content_types[];
extern const char pack_root_relationships[];

#endif
