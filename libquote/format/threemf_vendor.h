/* What the slicers' own files add to a 3MF: the roles of parts, plates, names, what slicing found. Geometry never
 * depends on more than the roles; a file that cannot be read is left out with a note. */
#ifndef LQI_THREEMF_VENDOR_H
#define LQI_THREEMF_VENDOR_H

#include "format/threemf_inside.h"
#include "format/threemf_xml.h"

#define LQI_NO_RANGE UINT32_MAX

/* A part of an object: a component of it (Bambu), or a range of its triangles (Prusa). */
typedef struct lqi_vendor_part {
    uint32_t id;          /* of the component's object; 0 when it is a range */
    uint32_t first, last; /* both included; LQI_NO_RANGE when it is a component */
    lq_role role;
    const char *name;
    uint32_t extruder; /* from 1; 0: not told */
    int64_t offset;
} lqi_vendor_part;

typedef struct lqi_vendor_object {
    uint32_t id;      /* in the root model */
    const char *file; /* that tells it */
    const char *name;
    size_t part_first, part_count;
    bool has_ranges;
    uint32_t extruder; /* as above */
} lqi_vendor_object;

/* One line of a plate: an instance of an object lies on it. */
typedef struct lqi_vendor_row {
    uint32_t plate; /* index */
    uint32_t object_id, instance;
    int64_t offset;
} lqi_vendor_row;

typedef struct lqi_vendor_plate {
    uint32_t number;
    const char *name;
    const char *pictures[LQI_PLATE_PICTURES]; /* from the one to show first to the one to show at need */
} lqi_vendor_plate;

typedef struct lqi_vendor {
    lqi_vendor_object *objects;
    size_t object_count, object_capacity;
    uint64_t *by_id; /* object id << 32 | index, sorted; each id once, from the first file that tells its parts */
    size_t by_id_count;
    lqi_vendor_part *parts;
    size_t part_count, part_capacity;
    uint64_t *by_part_id; /* per object: part id << 32 | index, sorted */
    lqi_vendor_plate *plates;
    size_t plate_count, plate_capacity;
    lqi_vendor_row *rows;
    size_t row_count, row_capacity;
} lqi_vendor;

/* Reads the files of the package's family. */
lq_status lqi_vendor_read(lqi_threemf *threemf);
void lqi_vendor_free(lqi_threemf *threemf);

/* What is told about an object of the root model, or NULL. */
const lqi_vendor_object *lqi_vendor_object_of(const lqi_threemf *threemf, uint32_t id);

/* What is told about a component of it, or NULL: by its place, else by the id of what it refers to. */
const lqi_vendor_part *lqi_vendor_part_of(const lqi_threemf *threemf, const lqi_vendor_object *object, size_t component,
                                          uint32_t id);

/* ---- whole files ---- */

#define LQI_BAMBU_SETTINGS "Metadata/model_settings.config"

/* The bytes of an entry, found by name in any case; NULL when it is not there, empty, larger than size_max or cannot be
 * read. Like all that lies in a vendor's file, this becomes the note metadata_ignored. */
lq_status lqi_vendor_load(lqi_threemf *threemf, const char *name, size_t size_max, uint8_t **data, size_t *size);
lq_status lqi_vendor_ignore(lqi_threemf *threemf, const char *name, int64_t offset);

/* Finds an entry by name in any case and parses it without namespaces; a failure that lies in the file becomes the note
 * metadata_ignored, and *read is false. */
lq_status lqi_vendor_parse(lqi_threemf *threemf, const char *name, const lqi_xml_handler *handler, void *user,
                           bool *read);

/* Adds an object, or a part to the one added last, told by `file`. */
lq_status lqi_vendor_add_object(lqi_threemf *threemf, const char *file, uint32_t id);
lq_status lqi_vendor_add_part(lqi_threemf *threemf, const lqi_vendor_part *part);

/* The role that a slicer's word means; false: none of them. */
bool lqi_vendor_role_of(const char *word, lq_role *role);

/* ---- threemf_prusa3.c ---- */

/* Roles and printable of PrusaSlicer 3; nothing when its file is not there. */
lq_status lqi_prusa3_read(lqi_threemf *threemf);

#endif
