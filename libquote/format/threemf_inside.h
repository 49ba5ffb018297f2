/* What an open 3MF package is made of; for the threemf files of this folder. Objects are known by (part, index): parts
 * and objects live in growing arrays, so pointers to them do not survive a parse. */
#ifndef LQI_THREEMF_INSIDE_H
#define LQI_THREEMF_INSIDE_H

#include "base/arena.h"
#include "base/context.h"
#include "format/threemf.h"
#include "format/threemf_mesh.h"
#include "format/threemf_settings.h"
#include "format/threemf_value.h"
#include "format/threemf_words.h"

#define LQI_NO_PART UINT32_MAX
#define LQI_NO_MESH UINT32_MAX
#define LQI_NO_OBJECT UINT32_MAX
#define LQI_FILE_PICTURES 3

/* One use of an object by another or by the build. */
typedef struct lqi_model_use {
    uint32_t object_id;
    uint32_t part;           /* where the object stands; LQI_NO_PART: `path` leads nowhere */
    uint32_t object;         /* its index, once found */
    const char *path;        /* as written, NULL for the own part; in the arena of the part that holds this */
    lqi_transform transform; /* lengths in the unit of the part that holds this */
    bool singular;
    int64_t offset;
} lqi_model_use;

typedef enum lqi_visit { LQI_VISIT_NEW, LQI_VISIT_OPEN, LQI_VISIT_DONE } lqi_visit;

typedef struct lqi_model_object {
    uint32_t id;
    lqi_object_type type;
    const char *name;
    int64_t offset;
    bool has_mesh, has_components;
    lqi_reason problem;  /* why its shape cannot be known; LQI_VALUE_GOOD: it can. Only counts when it is used. */
    lq_role vendor_role; /* of the whole object, from a vendor's metadata */
    bool has_vendor_role;
    lq_role listed_role;
    uint64_t triangle_count;                 /* of its own mesh */
    lqi_sink_mesh mesh;                      /* has_mesh: its arrays, or none when they were given back */
    bool painted;                            /* triangles of its mesh carry filaments of their own */
    lqi_extent mesh_extent;                  /* in the unit of the part */
    size_t component_first, component_count; /* in the part's uses */
    uint32_t item_count;                     /* build items that refer to it */
    /* found by walking: */
    lqi_visit visit;
    uint32_t height;     /* levels of components below */
    uint64_t leaf_count; /* placed meshes below, saturating */
    uint64_t placed_triangles;
    lqi_extent extent; /* of the parts below, in mm */
    uint32_t mesh_id;  /* in the sink of the current read */
    bool wanted;       /* by the current read */
    uint32_t looked;   /* the last look ahead that passed here */
} lqi_model_object;

typedef struct lqi_model_item {
    lqi_model_use use;
    uint32_t instance; /* among the items of the same object */
    bool printable;
    uint32_t plate;
} lqi_model_item;

/* One model part. What its text says is kept here alone, so that several can be parsed at once. */
typedef struct lqi_model_part {
    const char *name; /* of the entry */
    size_t entry;
    lqi_arena arena; /* of names and paths */
    lqi_notes notes; /* told with every read that uses the part */
    bool loaded;
    bool used;       /* by the current read */
    bool is_cura;    /* declares Cura's namespace */
    uint32_t looked; /* the last look ahead that passed here */
    bool encrypted;  /* by the relationships */
    bool listed;     /* in the relationships of the root model */
    lq_unit unit;
    double unit_mm;
    lqi_model_object *objects;
    size_t object_count, object_capacity;
    lqi_model_use *uses;
    size_t use_count, use_capacity;
    uint64_t *ids; /* of resources: id << 32 | order, sorted after the parse */
    size_t id_count, id_capacity;
    int64_t *id_places; /* by order: offset << 1 | is an object */
    size_t id_place_capacity;
    uint64_t *by_id;       /* object id << 32 | index, sorted */
    const char *producer;  /* the root's Application metadata, or NULL */
    lqi_model_item *items; /* of the root's build */
    size_t item_count, item_capacity;
} lqi_model_part;

struct lqi_threemf {
    lq_context *context;
    lqi_zip *zip;
    int lenient;
    lqi_arena arena;
    lqi_notes notes; /* of package and vendors' files, told with every read */
    const char *family;
    const char *producer;
    size_t start_entries[8]; /* candidates, in order */
    size_t start_count;
    const char *picture_targets[LQI_FILE_PICTURES]; /* of the root relationships, each may be NULL */
    lqi_model_part *parts;
    uint32_t root; /* part of the root model, once loaded */
    size_t part_count, part_capacity;
    uint32_t *part_of_entry; /* + 1; 0: none yet */
    uint32_t *order;         /* the parts as they stand in the archive, the root first: when they were made depends on
                                the number of threads */
    bool root_loaded;
    bool has_relationships; /* of the root model */
    lqi_model_item *items;  /* the root's */
    size_t item_count;
    uint32_t looks;            /* ahead, so far */
    uint64_t placed_triangles; /* of the last read */
    lqi_threemf_contents contents;
    bool has_contents;
    lqi_model_use *listed; /* a use of each object of the contents, as it stands by itself */
    lqi_threemf_object *listed_objects;
    struct lqi_vendor *vendor; /* read together with the plates */
    lqi_settings settings;     /* likewise */
    lqi_threemf_plate *plates;
    size_t plate_count; /* 0: not looked for yet */
};

/* ---- threemf_package.c ---- */

lq_status lqi_package_open(lqi_threemf *threemf);

/* The entry that a part name or relationship target leads to, SIZE_MAX if none. `folder` (of the source part, "" for
 * the root) resolves relative targets. */
lq_status lqi_package_find(lqi_threemf *threemf, const char *folder, const char *target, lqi_notes *notes,
                           size_t *entry);

/* The same without failing or noting anything, for what does not matter much: SIZE_MAX also where it is not clear. */
size_t lqi_package_look(const lqi_threemf *threemf, const char *target);

/* Reads the relationships of the root model: which parts are encrypted, which are listed. */
lq_status lqi_package_read_model_relationships(lqi_threemf *threemf, size_t root_entry);

/* ---- threemf_types.c ---- */

/* A note when the package does not say of what type its model is. */
lq_status lqi_package_check_types(lqi_threemf *threemf);

/* ---- threemf_part.c ---- */

/* Parses the text of a part into `part`; reads nothing else of the package but what opening it has settled, so that
 * several parts can be parsed at once, each with a context of its own. On failure the part may be half filled. */
lq_status lqi_model_part_parse(const lqi_threemf *threemf, lq_context *context, uint32_t index, bool is_root,
                               lqi_model_part *part);

/* ---- threemf_load.c ---- */

/* The part for an entry, made when there is none. Pointers to parts do not survive it. */
lq_status lqi_model_part_of_entry(lqi_threemf *threemf, size_t entry, uint32_t *part);

/* Parses a part on first use, and finds where its paths lead to. */
lq_status lqi_model_part_load(lqi_threemf *threemf, uint32_t part);

/* Parses the parts that these uses lead to and that are not loaded, several at once. Changes nothing but speed: a part
 * that fails stays unloaded and tells so when it is loaded in its turn. */
lq_status lqi_model_look_ahead(lqi_threemf *threemf, lqi_model_use *const *uses, size_t count);

/* Fills threemf->order. */
lq_status lqi_model_order_parts(lqi_threemf *threemf);

/* Parses a part again for meshes whose arrays were given back. */
lq_status lqi_model_part_reload(lqi_threemf *threemf, uint32_t part);

void lqi_model_part_free(lqi_threemf *threemf, lqi_model_part *part);
uint32_t lqi_model_object_of_id(const lqi_model_part *part, uint32_t id);

/* Adds a note about a part. */
lq_status lqi_threemf_note(lqi_notes *notes, const char *part, const char *code, lq_severity severity, int64_t offset,
                           const char *format, ...) __attribute__((format(printf, 6, 7)));

/* ---- threemf_tree.c ---- */

/* Finds and loads all that a use leads to; refuses cycles and depth, counts leaves. `from` is the part that holds the
 * use, for failures. */
lq_status lqi_model_resolve(lqi_threemf *threemf, uint32_t from, lqi_model_use *use);

/* Loads the root model. */
lq_status lqi_model_load_root(lqi_threemf *threemf);

/* ---- threemf_plates.c ---- */

/* The vendor's files: roles, plates, which item lies on which (or one plate for all); after the root model is loaded.
 */
lq_status lqi_threemf_find_plates(lqi_threemf *threemf);

/* A note for every item that is to be printed but lies on no plate. */
lq_status lqi_note_outside(lqi_threemf *threemf);

/* ---- threemf_roles.c ---- */

/* The model's name of an object, else the vendor's. */
const char *lqi_object_name(const lqi_threemf *threemf, uint32_t part, const lqi_model_object *object);

/* Sets listed_role of all objects. */
void lqi_list_roles(lqi_threemf *threemf);

/* ---- threemf_place.c ---- */

/* By vendor's mark or type, when nothing is told about the object as part of another. */
lq_role lqi_model_role(const lqi_model_object *object);

#endif
