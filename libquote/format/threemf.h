/* 3MF: package, model parts, build. Reads the core and the production extension; refuses by name what would change the
 * shape and is not supported (beam lattice, booleans, displacement, volumetric, encrypted parts). */
#ifndef LQI_THREEMF_H
#define LQI_THREEMF_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/notes.h"
#include "container/zip.h"
#include "format/sink.h"

typedef struct lqi_threemf lqi_threemf;

typedef struct lqi_threemf_object {
    const char *id;          /* "4", or "4@3D/Objects/a.model" when it stands in another part than the root model */
    const char *name;        /* never NULL */
    uint64_t triangle_count; /* as stored, components counted; LQ_COUNT_UNKNOWN: not everything was read for the list */
    lq_role role;
} lqi_threemf_object;

typedef struct lqi_threemf_item {
    const char *object_id; /* as above */
    uint32_t instance;     /* counts the items of one object, from 0, in document order */
    const char *name;
    int printable;
    uint32_t plate; /* 1-based plate number; 0: outside every plate */
} lqi_threemf_item;

typedef struct lqi_threemf_plate {
    uint32_t number;
    const char *name;
    lq_plate_source source;
    double sliced_time_s, sliced_mass_g; /* -1: none */
    const lq_filament_use *sliced_filaments;
    size_t sliced_filament_count;
    const char *const *sliced_objects, *const *skipped; /* names of objects that were sliced, or not */
    size_t sliced_object_count, skipped_count;
    bool sliced_with_support;
    const char *const *pictures; /* LQI_PLATE_PICTURES names that the project tells, each may be NULL; or NULL */
} lqi_threemf_plate;

#define LQI_PLATE_PICTURES 4

typedef struct lqi_threemf_filament {
    uint32_t index;       /* from 1 */
    const char *type;     /* "PLA"; NULL: not told */
    const char *color;    /* "#RRGGBB" or "#RRGGBBAA" as the slicer writes it; NULL: not told */
    double density_g_cm3; /* 0: not told */
} lqi_threemf_filament;

typedef struct lqi_threemf_contents {
    const lqi_threemf_object *objects;
    size_t object_count;
    const lqi_threemf_item *items;
    size_t item_count;
    const lqi_threemf_plate *plates; /* at least one */
    size_t plate_count;
    const lqi_threemf_filament *filaments; /* of the project's settings */
    size_t filament_count;
    const char *family;   /* "generic", "bambu", "prusa", "prusa3", "superslicer", "cura" */
    const char *producer; /* Application metadata, or NULL */
    lq_unit unit;         /* of the root model */
} lqi_threemf_contents;

typedef struct lqi_threemf_selection {
    uint32_t plate;     /* 0: every item */
    const char *object; /* one object by id, placed as it stands in its own coordinates; NULL: the build */
    lq_unit unit;       /* LQ_UNIT_DEFAULT: the file's; otherwise replaces the unit of every model part */
    double scale;       /* > 0 */
} lqi_threemf_selection;

/* Is this archive a 3MF, that is, has it a start part (by relationship or by name)? */
int lqi_threemf_detect(lqi_zip *zip);

/* Opens the package: relationships, start part, producer. The archive is borrowed. No geometry is read. */
lq_status lqi_threemf_open(lq_context *context, lqi_zip *zip, int lenient, lqi_threemf **threemf);
void lqi_threemf_close(lqi_threemf *threemf);

/* Could this file name more than one plate? Known from its parts alone: no when no slicer's project files are there. */
int lqi_threemf_may_have_plates(const lqi_threemf *threemf);

/* Objects, items and plates, read on first use; owned by the threemf. */
lq_status lqi_threemf_contents_read(lqi_threemf *threemf, const lqi_threemf_contents **contents);

/* An entry that a program saved as a picture of the file or of a plate. */
typedef struct lqi_picture {
    size_t entry;      /* when told.entry is not NULL */
    lq_thumbnail told; /* the name lives as long as the archive */
} lqi_picture;

typedef struct lqi_filament_list {
    const uint32_t *items; /* indices from 1, rising */
    size_t count;          /* 0: not told, and then nothing else counts */
    int painted;           /* triangles carry filaments of their own: 1, 0, or -1 where a mesh was not read */
} lqi_filament_list;

/* What only a listing needs, beside the contents. */
typedef struct lqi_threemf_details {
    lqi_picture picture;
    const lqi_picture *plate_pictures; /* per plate of the contents, like the rest */
    const lqi_filament_list *plate_filaments;
    const lqi_filament_list *item_filaments; /* per item */
} lqi_threemf_details;

/* Reads the contents as well. The details live in the arena, the lists too. */
lq_status lqi_threemf_details_read(lqi_threemf *threemf, lqi_arena *arena, lqi_threemf_details *details);

/* The whole picture into a block of the context. Fails as lq_contents_thumbnail_read tells. */
lq_status lqi_threemf_picture_read(lqi_threemf *threemf, const lqi_picture *picture, uint8_t **data, size_t *size);

/* Reads a selection: every distinct mesh once, then its instances in item order. Warnings go to notes. Items with
 * printable="0" and items outside all plates are left out. item_index counts the items that deliver something. Only
 * leaves that count for the shape become instances: LQ_ROLE_MODEL, and LQ_ROLE_NEGATIVE to be subtracted. */
lq_status lqi_threemf_read(lqi_threemf *threemf, const lqi_threemf_selection *selection, const lqi_sink *sink,
                           lqi_notes *notes);

/* What the last successful read has found out about the file as a whole; lives as long as the threemf. */
typedef struct lqi_threemf_about {
    const char *family, *producer;
    lq_unit unit;                          /* of the root model */
    const lqi_threemf_plate *plate;        /* the one that was selected, or the only one */
    const lqi_threemf_filament *filaments; /* of the project's settings */
    size_t filament_count;
} lqi_threemf_about;

void lqi_threemf_about_read(const lqi_threemf *threemf, const lqi_threemf_selection *selection,
                            lqi_threemf_about *about);

/* Facets as stored under the items of the last successful read, parts of every role (modifiers, supports) and repeats
 * counted. */
uint64_t lqi_threemf_placed_triangles(const lqi_threemf *threemf);

#endif
