/* The opaque objects of the public header, as the API floor sees them. */
#ifndef LQI_API_OBJECTS_H
#define LQI_API_OBJECTS_H

#include "api/slice_claim.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/notes.h"
#include "base/source.h"
#include "base/text.h"
#include "container/zip.h"
#include "format/sniff.h"
#include "format/threemf.h"
#include "measure/box.h"
#include "measure/pass.h"
#include "mesh/mesh.h"

/* An upload or an archive entry whose bytes are at hand and whose kind is known. */
typedef struct lqi_opened {
    lqi_kind kind; /* STL_BINARY, STL_ASCII or ZIP */
    bool gzipped;
    lqi_view bytes;   /* after gunzip */
    void *unzipped;   /* owns the bytes when they came out of gzip or an archive */
    lq_source source; /* over the bytes, for the archive */
    lqi_zip *zip;
    lqi_threemf *threemf; /* the archive is a 3MF */
} lqi_opened;

typedef struct lqi_entry_info {
    lq_entry entry;
    size_t zip_index;
} lqi_entry_info;

struct lq_contents {
    lqi_arena arena;
    lq_context *context;
    lqi_threemf *threemf;          /* of the model, for pictures; NULL: an STL */
    const char *family, *producer; /* producer: NULL when the file does not say */
    lqi_picture picture;
    const lqi_picture *plate_pictures; /* per plate, or NULL */
    lq_object *objects;
    size_t object_count;
    lq_plate *plates;
    lq_plate_item **plate_items; /* per plate */
    size_t plate_count;
    lq_plate_item *outside; /* on no plate */
    size_t outside_count;
    lq_filament *filaments;
    size_t filament_count;
};

struct lq_model {
    lq_context *context;
    lqi_arena arena;
    int lenient;
    const char *name; /* of the file */
    uint64_t size;
    lqi_opened top;
    lqi_digest digest;       /* of the file */
    lqi_entry_info *entries; /* of a plain archive */
    size_t entry_count;
    lqi_opened inner;   /* the entry opened last */
    size_t inner_entry; /* its index, SIZE_MAX: none */
    lq_contents *contents;
    size_t contents_entry;
    double open_ms;
};

/* The model's bytes to read from: the top, or the chosen entry of a plain archive. *name: of the entry, or NULL. */
lq_status lqi_model_choose(lq_model *model, const char *entry, lqi_opened **opened, const char **name);

/* ---- part ---- */

/* A distinct mesh in the file's coordinates. */
typedef struct lqi_part_mesh {
    lqi_mesh mesh;
    lqi_pass_measures *soup; /* measured while it was read: the mesh has counts but no triangles. NULL: a mesh */
    uint32_t source_mesh;    /* number in the order of the format, and the range of its triangles */
    uint32_t first, count;
    bool used;
} lqi_part_mesh;

typedef struct lqi_part_instance {
    uint32_t mesh;
    uint32_t item;
    lq_role role;         /* model or negative */
    double transform[12]; /* to millimetres */
} lqi_part_instance;

typedef struct lqi_file_facts {
    const char *name;
    uint64_t bytes;
    char hash[LQI_DIGEST_TEXT_SIZE];
    lq_format format;
    const char *container; /* NULL, "zip", "gzip" */
    const char *family, *producer;
    const char *entry;
    uint32_t plate; /* 0: none */
    const char *plate_name;
    const char *object;
    lq_unit unit;
    const char *unit_source; /* "file", "assumed", "option" */
    lqi_claim claim;         /* of a slicer about just this part */
    double open_ms, read_ms;
} lqi_file_facts;

struct lq_part {
    lq_context *context;
    lqi_arena arena;
    lqi_notes notes;
    lqi_notes actions; /* of the repair that made it; `repaired`: done, else left */
    lqi_file_facts file;
    lqi_part_mesh *meshes;
    size_t mesh_count, mesh_capacity;
    lqi_part_instance *instances;
    size_t instance_count, instance_capacity;
    const char **item_names; /* per item */
    size_t item_count, item_capacity;
    uint64_t
        placed_triangles; /* facets of all placed leaves as stored, whatever their role; 0: as the meshes have them */
};

/* Was it measured while it was read? Then it has no triangles. */
static inline bool lqi_part_is_soup(const lq_part *part) { return part->mesh_count && part->meshes[0].soup; }

/* ---- report ---- */

typedef struct lqi_item_facts {
    const char *name;
    uint64_t triangle_count;
    double volume_mm3, area_mm2;
    lqi_box box;
} lqi_item_facts;

struct lq_report {
    lq_context *context;
    lqi_arena arena;
    lqi_notes notes;
    lq_facts facts;
    lqi_file_facts file;
    const char *unit_suspect;
    lqi_item_facts *items;
    size_t item_count;
    lq_shell *shells;
    size_t shell_count;
    double measure_ms;
};

const char *lqi_unit_name(lq_unit unit);
double lqi_unit_mm(lq_unit unit);

/* A monotonic clock, for timing_ms only; never for a result. */
double lqi_clock_ms(void);

/* A note as the public record; its strings live as long as the notes. */
void lqi_note_to_diagnostic(const lqi_note *note, lq_diagnostic *diagnostic);

/* "file": what was read. */
void lqi_json_file(lqi_text *text, const lqi_file_facts *file);

/* {"code":...} as one JSON value. */
void lqi_json_diagnostic(lqi_text *text, const char *key, const lq_diagnostic *diagnostic);

#endif
