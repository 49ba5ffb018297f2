/* What an open archive is made of; for the files of this folder. */
#ifndef LQI_ZIP_INSIDE_H
#define LQI_ZIP_INSIDE_H

#include "base/arena.h"
#include "base/context.h"
#include "container/zip.h"

/* 3mf.md's bounds on the directory itself, so that reading it stays cheap whatever the archive says. */
#define LQI_ZIP_DIRECTORY_SIZE_MAX ((uint64_t)64 << 20)
#define LQI_ZIP_NAME_SIZE_MAX 4096
#define LQI_ZIP_ENTRIES_MAX 65535

#define LQI_ZIP_LOCAL_SIZE 30
#define LQI_ZIP_CENTRAL_SIZE 46
#define LQI_ZIP_LOCAL_SIGNATURE 0x04034B50u
#define LQI_ZIP_CENTRAL_SIGNATURE 0x02014B50u

/* Where an entry lies, all offsets in the source. */
typedef struct lqi_zip_place {
    uint64_t header_offset; /* of the local header */
    uint64_t next_offset;   /* what begins behind it: another entry or the directory */
    bool overlaps;          /* shares bytes with another entry */
    bool ambiguous;         /* another entry has its name and other bytes */
} lqi_zip_place;

struct lqi_zip {
    lq_context *context;
    lq_source source;
    lqi_arena arena;
    lqi_notes notes;
    lqi_zip_entry *entries;
    lqi_zip_place *places;
    size_t count;
    uint32_t *by_name; /* indices, by folded name, then exact name, then index */
};

/* The end record, made consistent: offsets in the source. */
typedef struct lqi_zip_end {
    uint64_t directory_offset, directory_size;
    uint64_t entry_count;
    uint64_t shift; /* to add to the archive's own offsets: something was put in front of it */
} lqi_zip_end;

/* Finds the end record (also ZIP64) within the last 65 557 bytes. */
lq_status lqi_zip_find_end(lq_context *context, const lq_source *source, lqi_zip_end *end);

/* Reads the directory into zip->entries and zip->places. */
lq_status lqi_zip_read_directory(lqi_zip *zip, const lqi_zip_end *end);

/* The extra fields of a directory header: id, size, bytes of each. */
typedef struct lqi_zip_extra {
    const uint8_t *data;
    size_t size;
} lqi_zip_extra;

/* The bytes of the first field with this id. */
bool lqi_zip_find_extra(lqi_zip_extra extra, uint16_t id, lqi_zip_extra *field);

/* Sets entry->name from the raw bytes, at most LQI_ZIP_NAME_SIZE_MAX, and the extra fields; then as below. */
lq_status lqi_zip_decode_name(lqi_zip *zip, lqi_zip_entry *entry, const uint8_t *raw, size_t size, lqi_zip_extra extra);

/* Where the packed bytes of an entry are, after everything that can be known without reading them was checked. */
lq_status lqi_zip_find_packed(lqi_zip *zip, size_t index, uint64_t *offset);

#define LQI_ZIP_METHOD_STORED 0
#define LQI_ZIP_METHOD_DEFLATE 8

/* What is wrong with the bytes of an entry. */
lq_status lqi_zip_fail_corrupt(lq_context *context);
lq_status lqi_zip_fail_size(lq_context *context);
lq_status lqi_zip_fail_crc(lq_context *context);

bool lqi_zip_has_control(const char *name, size_t size);

/* Cleans entry->name from UTF-8; sets directory and ignored. */
lq_status lqi_zip_take_name(lqi_zip *zip, lqi_zip_entry *entry, const char *name, size_t size);

/* Builds zip->by_name and finds names that stand for two things. */
lq_status lqi_zip_index_names(lqi_zip *zip);

#endif
