/*
 * libquote: instant, trustworthy quotes for 3D-printed parts.
 *
 * This header is the contract and the manual; what is not said here is not promised. It follows the flow of data:
 *
 *     context -> source -> model -> part -> report -> book -> quote -> JSON
 *
 * A part is read once and measured once. Its report holds facts about geometry (no money, no process) and then serves
 * any number of prices in microseconds.
 *
 * Rules that hold for every function
 *  - Functions that can fail return lq_status. Output comes by the last parameter and is NULL (or untouched for plain
 *    structs) on failure. Details of the last failure stand in the context: lq_context_error().
 *  - A context, and every object made with it, belongs to one thread at a time. Two contexts may run in two threads.
 *    Finished reports, books and quotes are immutable: many threads may read them, while their context lives.
 *  - Strings are UTF-8 and live as long as the object that returned them. Text from a file has its control characters
 *    removed; it is still untrusted.
 *  - Structs that the caller fills begin with struct_size: set it to sizeof the struct and zero the rest, the default.
 *  - Units stand last in a name. `index` counts from 0 within a list, `count` counts things, `size` is bytes in memory,
 *    `offset` is bytes from the start of a file.
 *  - Nothing here prints, exits, reads the clock for a result, or keeps state outside the objects it returns. The same
 *    bytes give the same report and the same cents for any thread count, instruction set, locale and hash key.
 */
#ifndef LIBQUOTE_H
#define LIBQUOTE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define LQ_API __attribute__((visibility("default")))
#else
#define LQ_API
#endif

#define LQ_VERSION_MAJOR 0
#define LQ_VERSION_MINOR 1
#define LQ_VERSION_PATCH 0
#define LQ_VERSION_STRING "0.1.0"

/* The version of the library that is linked, as "major.minor.patch"; compare it with LQ_VERSION_STRING. */
LQ_API const char *lq_version(void);

/* The libraries in use, for `quote version`: index 0, 1, ... until it returns NULL. *version may be NULL to skip it. */
LQ_API const char *lq_version_library(size_t index, const char **version);

/* ------------------------------------------------------------------------------------------------ status ---------- */

/* What kind of failure. Values are fixed for ever; new ones may come. The exact reason is lq_error.code. */
typedef enum lq_status {
    LQ_OK = 0,
    LQ_ERR_ARGUMENT = 10,    /* the caller asked for something that does not exist or is out of range */
    LQ_ERR_INPUT = 20,       /* the bytes are damaged, ambiguous, or hold no part */
    LQ_ERR_UNSUPPORTED = 30, /* the bytes are of a kind, or need a feature, that is not supported */
    LQ_ERR_SELECTION = 40,   /* several candidates and none chosen, or the chosen one is not there */
    LQ_ERR_LIMIT = 50,       /* a limit of lq_limits was reached */
    LQ_ERR_MEMORY = 60,      /* the allocator returned NULL */
    LQ_ERR_IO = 70,          /* the source could not be read, or the sink did not take what was written */
    LQ_ERR_CANCELLED = 80,   /* lq_context_cancel, or the progress callback returned non-zero */
    LQ_ERR_INTERNAL = 90     /* our mistake: please report it */
} lq_status;

/*
 * The last failure of a context. `code` is a stable snake_case word ("stl_truncated", "zip_bomb", "need_selection"),
 * `message` one sentence that a seller understands. Numbers that do not apply are -1, texts that do not apply are "".
 */
typedef struct lq_error {
    lq_status status;
    const char *code;
    char message[512];
    char part[256];    /* archive entry or model part the failure is in */
    char detected[32]; /* for "unsupported_format": what the file looks like ("ply", "step", "html") */
    int64_t offset;    /* byte offset within `part`, or within the file when `part` is "" */
    int64_t line;      /* 1-based line, for text formats */
    int64_t limit;     /* for a limit: the limit, and what was found */
    int64_t actual;
    size_t candidate_count; /* see lq_context_error_candidate */
} lq_error;

/* ------------------------------------------------------------------------------------------------ context --------- */

typedef struct lq_context lq_context;

/* All memory of a context comes from here, but for the bounded working memory of the libraries underneath (expat,
 * libdeflate, jansson), which use the C heap. size_old is what the block was asked for (0 for a NULL block). To free,
 * the library calls reallocate(user, block, size_old, 0). May be called from several worker threads at once. */
typedef struct lq_allocator {
    void *(*reallocate)(void *user, void *block, size_t size_old, size_t size_new);
    void *user;
} lq_allocator;

/* Limits on one input. 0 means the default (in brackets). Reaching one is LQ_ERR_LIMIT with the code "limit", or the
 * code of the attack it guards against (zip_bomb, xml_depth, 3mf_depth, 3mf_instances). Without an allocator of the
 * caller a context also keeps regions of freed blocks for the next ones: at most memory_bytes again while it works, 64
 * MiB when it holds nothing. */
typedef struct lq_limits {
    size_t struct_size;
    uint64_t input_bytes;     /* size of the file [2 GiB] */
    uint64_t memory_bytes;    /* held at once by the context [8 GiB] */
    uint64_t triangles;       /* as stored, per part, instances counted [200 000 000] */
    uint64_t vertices;        /* per part [400 000 000] */
    uint64_t inflated_bytes;  /* per archive entry; twice this for a whole archive [2 GiB] */
    uint64_t inflate_ratio;   /* for entries above 64 MiB [200] */
    uint64_t archive_entries; /* [65 535] */
    uint64_t xml_depth;       /* nesting of elements [64] */
    uint64_t component_depth; /* nesting of 3MF components [32] */
    uint64_t instances;       /* placed leaves after expansion [1 000 000] */
    uint64_t work_units;      /* operations of steps that are not linear in the input [200 000 000] */
} lq_limits;

/* Called a few times per megabyte from the thread that called the library. done/total: of the current stage, total 0
 * when unknown. Non-zero stops the work with LQ_ERR_CANCELLED. */
typedef int (*lq_progress)(void *user, const char *stage, uint64_t done, uint64_t total);

/* Instruction sets, as a mask of what may be used. A kernel without a variant in the mask runs the best one below. */
enum { LQ_ISA_SCALAR = 1u << 0, LQ_ISA_AVX2 = 1u << 1, LQ_ISA_AVX512 = 1u << 2, LQ_ISA_NEON = 1u << 3 };

typedef struct lq_context_options {
    size_t struct_size;
    const lq_allocator *allocator; /* NULL: the C heap. Copied. */
    const lq_limits *limits;       /* NULL: defaults. Copied. */
    lq_progress progress;          /* NULL: none */
    void *progress_user;
    uint32_t thread_count;   /* 0: one. Results never depend on it. */
    uint32_t isa_mask;       /* 0: everything this CPU has. LQ_ERR_ARGUMENT if it names a set the CPU lacks. */
    const uint8_t *hash_key; /* 16 bytes, NULL: random. Results never depend on it. */
} lq_context_options;

/* Makes a context. options may be NULL. LQ_ERR_MEMORY, LQ_ERR_ARGUMENT (there is no context to ask for details). */
LQ_API lq_status lq_context_create(const lq_context_options *options, lq_context **context);

/* Frees a context. Every object made with it must be destroyed first. NULL is allowed. */
LQ_API void lq_context_destroy(lq_context *context);

/* Asks the running call to stop soon with LQ_ERR_CANCELLED. The only function that another thread, or a signal handler,
 * may call on a context that is at work. It holds until lq_context_reset. */
LQ_API void lq_context_cancel(lq_context *context);

/* Forgets the last failure and a cancel. */
LQ_API void lq_context_reset(lq_context *context);

/* The last failure, never NULL; status LQ_OK when there was none. Valid until the next call on the context. */
LQ_API const lq_error *lq_context_error(const lq_context *context);

/* Names to choose from after a failed selection; NULL when index >= candidate_count. */
LQ_API const char *lq_context_error_candidate(const lq_context *context, size_t index);

/* The name of the best instruction set that a kernel of this context really uses: "scalar", "avx2", ... */
LQ_API const char *lq_context_isa(const lq_context *context);

/* What was held at most and what is held now, in bytes of this context's allocations. */
LQ_API uint64_t lq_context_memory_peak(const lq_context *context);
LQ_API uint64_t lq_context_memory_held(const lq_context *context);

/* ------------------------------------------------------------------------------------------------ source ---------- */

/*
 * Random access to the bytes of an upload, lent by the caller until the objects made from it are destroyed.
 * read_at copies up to `size` bytes from `offset` to `buffer` and returns how many (fewer only at the end or when it
 * suits), or -1 on an I/O error. It must return the same bytes for the same offset. May be called from worker threads.
 * data: when the bytes lie in memory anyway, point to them and the library reads them in place; otherwise NULL.
 */
typedef struct lq_source {
    size_t struct_size;
    void *user;
    int64_t (*read_at)(void *user, uint64_t offset, void *buffer, size_t size);
    const void *data;
    uint64_t size;
    const char *name; /* file name for reports and as a hint; may be NULL */
} lq_source;

/* A source over bytes in memory, which must outlive it. Cannot fail. */
LQ_API void lq_source_memory(const void *data, size_t size, const char *name, lq_source *source);

/* Opens a file and maps it where the system can. LQ_ERR_IO with the code "not_found", "permission" or "io".
 * A mapped file must not be truncated while in use. Close with lq_source_close. */
LQ_API lq_status lq_source_open_file(lq_context *context, const char *path, lq_source *source);
LQ_API void lq_source_close(lq_context *context, lq_source *source);

/* ------------------------------------------------------------------------------------------------ model ----------- */

/* An opened upload: what it is and what can be chosen in it. No geometry is read to open it. */
typedef struct lq_model lq_model;

typedef enum lq_format {
    LQ_FORMAT_UNKNOWN = 0,
    LQ_FORMAT_STL_BINARY = 1,
    LQ_FORMAT_STL_ASCII = 2,
    LQ_FORMAT_3MF = 3,
    LQ_FORMAT_ZIP = 4,
    LQ_FORMAT_OTHER = 5
} lq_format;

/* "stl_binary", "stl_ascii", "3mf", "zip", "other", "unknown". */
LQ_API const char *lq_format_name(lq_format format);

typedef struct lq_open_options {
    size_t struct_size;
    int lenient; /* accept truncated STL, decimal commas, unknown required extensions; each with a warning */
} lq_open_options;

/*
 * Opens an upload by content, never by its name: STL (binary, ASCII, gzip of either), 3MF, or a ZIP of those.
 * The source is borrowed until lq_model_close. LQ_ERR_INPUT, LQ_ERR_UNSUPPORTED, LQ_ERR_LIMIT, LQ_ERR_IO,
 * LQ_ERR_MEMORY.
 */
LQ_API lq_status lq_model_open(lq_context *context, const lq_source *source, const lq_open_options *options,
                               lq_model **model);
LQ_API void lq_model_close(lq_model *model);

/* What the whole upload is. LQ_FORMAT_ZIP for a plain archive, also when it holds a single model. */
LQ_API lq_format lq_model_format(const lq_model *model);

/* Files inside a plain archive, junk left out, in directory order. */
typedef struct lq_entry {
    const char *name;
    uint64_t size; /* uncompressed bytes */
    lq_format format;
    int quotable;
    const char *reason;   /* why it is not quotable: "unsupported_format", "unsupported_compression", "zip_encrypted",
                             "zip_method", "zip_nested", "zip_corrupt", ...; NULL when it is */
    const char *detected; /* what it looks like instead ("obj", "step", "png"); NULL when that is not known */
} lq_entry;
LQ_API size_t lq_model_entry_count(const lq_model *model);
LQ_API lq_status lq_model_entry(const lq_model *model, size_t index, lq_entry *entry);

/* "model", "negative", "modifier", "support", "other". */
typedef enum lq_role { LQ_ROLE_MODEL, LQ_ROLE_NEGATIVE, LQ_ROLE_MODIFIER, LQ_ROLE_SUPPORT, LQ_ROLE_OTHER } lq_role;
LQ_API const char *lq_role_name(lq_role role);

/* The contents of one model: objects, plates and their items. `entry` selects inside an archive; NULL when there is
 * nothing to choose. LQ_ERR_SELECTION with candidates when a choice is needed or the name is not there. Owned by the
 * model; valid until it is closed or another entry of the archive is chosen. */
typedef struct lq_contents lq_contents;

/* Could this model have more than one plate? Cheap: *may is 0 when no slicer's project files are there, and then the
 * contents need not be read to quote it whole. Fails as lq_model_contents does for the choice of an entry. */
LQ_API lq_status lq_model_may_have_plates(lq_model *model, const char *entry, int *may);
LQ_API lq_status lq_model_contents(lq_model *model, const char *entry, const lq_contents **contents);

/* A count that cannot be known without reading geometry that a list does not read: of an ASCII STL, of the big model
 * parts of a project. */
#define LQ_COUNT_UNKNOWN UINT64_MAX

/* Which slicer's project it is ("generic", "bambu", "prusa", "prusa3", "superslicer", "cura"), and the program that
 * wrote it in its own words, or NULL. */
LQ_API const char *lq_contents_family(const lq_contents *contents);
LQ_API const char *lq_contents_producer(const lq_contents *contents);

typedef struct lq_object {
    const char *id; /* "4", or "4@3D/Objects/a.model" for an object of another model part */
    const char *name;
    uint64_t triangle_count; /* as stored, of its own mesh or of all its components */
    lq_role role;
} lq_object;
LQ_API size_t lq_contents_object_count(const lq_contents *contents);
LQ_API lq_status lq_contents_object(const lq_contents *contents, size_t index, lq_object *object);

typedef enum lq_plate_source { LQ_PLATE_IMPLICIT = 0, LQ_PLATE_FILE = 1, LQ_PLATE_GEOMETRY = 2 } lq_plate_source;

/* What slicing a plate took of one filament, as the slicer claims. -1: not told. */
typedef struct lq_filament_use {
    uint32_t index; /* of the filament, from 1 */
    double used_m, used_g;
} lq_filament_use;

/* Arrays and strings live as long as the contents. `filaments` are the indices, rising, of the filaments that parts are
 * assigned to; none when the project does not say. `painted`: triangles carry filaments of their own, which are not
 * decoded: 1, 0, or -1 when that is not known. Supports and purge towers may need more still: only slicing tells. */
typedef struct lq_plate {
    uint32_t number; /* 1-based, as the file numbers it */
    const char *name;
    lq_plate_source source;
    size_t item_count;
    size_t printable_item_count;
    double sliced_time_s;                    /* what the slicer claims, or -1 */
    double sliced_mass_g;                    /* likewise */
    const lq_filament_use *sliced_filaments; /* likewise, in the order of the file */
    size_t sliced_filament_count;
    const char *const *sliced_objects; /* their names, one for each copy */
    size_t sliced_object_count;
    const char *const *skipped; /* of objects that were left out when the plate was sliced */
    size_t skipped_count;
    const uint32_t *filaments; /* of its printable items */
    size_t filament_count;
    int painted; /* likewise */
} lq_plate;
typedef struct lq_plate_item {
    const char *object_id;
    uint32_t instance;
    const char *name;
    int printable;
    const uint32_t *filaments;
    size_t filament_count;
    int painted;
} lq_plate_item;
LQ_API size_t lq_contents_plate_count(const lq_contents *contents);
LQ_API lq_status lq_contents_plate(const lq_contents *contents, size_t index, lq_plate *plate);
LQ_API lq_status lq_contents_plate_item(const lq_contents *contents, size_t plate_index, size_t item_index,
                                        lq_plate_item *item);

/* Items of the build that lie on no plate. They are not printed, whatever they say themselves. */
LQ_API size_t lq_contents_outside_count(const lq_contents *contents);
LQ_API lq_status lq_contents_outside(const lq_contents *contents, size_t index, lq_plate_item *item);

/* A filament of the slicer's project, in the order of its list. What the project was set up for, not what its parts
 * need: any number of them may be unused, and a model that comes from no slicer has none. */
typedef struct lq_filament {
    uint32_t index;       /* counts from 1, as parts refer to it */
    const char *type;     /* "PLA", "PETG-CF", ...: the slicer's word; NULL when the project does not say */
    const char *color;    /* "#00AE42" or with alpha "#00AE42FF", as written; NULL when the project does not say */
    double density_g_cm3; /* 0 when the project does not say */
} lq_filament;
LQ_API size_t lq_contents_filament_count(const lq_contents *contents);
LQ_API lq_status lq_contents_filament(const lq_contents *contents, size_t index, lq_filament *filament);

typedef enum lq_picture_format { LQ_PICTURE_UNKNOWN = 0, LQ_PICTURE_PNG = 1, LQ_PICTURE_JPEG = 2 } lq_picture_format;

/* "png", "jpeg"; NULL for LQ_PICTURE_UNKNOWN. */
LQ_API const char *lq_picture_format_name(lq_picture_format format);

/* A picture that the project's program saved. Told by its first bytes; pictures are never decoded here. */
typedef struct lq_thumbnail {
    const char *entry;        /* its name in the 3MF; NULL: there is no picture, and nothing else counts */
    uint64_t size;            /* bytes, as the archive declares */
    lq_picture_format format; /* LQ_PICTURE_UNKNOWN: it is no picture, or cannot be looked at */
    uint32_t width, height;   /* pixels; 0 when not known (JPEG) */
} lq_thumbnail;

/* In place of a plate's index: the picture of the whole file. */
#define LQ_WHOLE_FILE SIZE_MAX

/* The largest picture that is handed out, in bytes. */
#define LQ_THUMBNAIL_SIZE_MAX (8u << 20)

/* The picture of a plate by its index, or of the file. Succeeds where there is none. LQ_ERR_ARGUMENT. */
LQ_API lq_status lq_contents_thumbnail(const lq_contents *contents, size_t plate_index, lq_thumbnail *thumbnail);

/*
 * Its bytes, as they are in the archive: a new block that the caller frees with lq_bytes_free and that may outlive the
 * model. They begin as a PNG or JPEG does; what follows is untrusted. A failure concerns the picture alone:
 * LQ_ERR_ARGUMENT when there is none, LQ_ERR_LIMIT above LQ_THUMBNAIL_SIZE_MAX, LQ_ERR_UNSUPPORTED "unsupported_format"
 * when it is no picture (or "zip_encrypted", "zip_method"), LQ_ERR_INPUT "zip_crc" or "zip_corrupt", LQ_ERR_MEMORY.
 */
LQ_API lq_status lq_contents_thumbnail_read(const lq_contents *contents, size_t plate_index, void **bytes,
                                            size_t *size);
LQ_API void lq_bytes_free(lq_context *context, void *bytes);

/* ------------------------------------------------------------------------------------------------ part ------------ */

/* Triangles of one selection, in the file's own coordinates, with their placements in millimetres. */
typedef struct lq_part lq_part;

/* Default: what the file says, millimetres for STL. Foot: only as an answer, or to override. */
typedef enum lq_unit {
    LQ_UNIT_DEFAULT,
    LQ_UNIT_MM,
    LQ_UNIT_CM,
    LQ_UNIT_M,
    LQ_UNIT_INCH,
    LQ_UNIT_MICRON,
    LQ_UNIT_FOOT
} lq_unit;

/* How deep to look. full: shells and defects are counted exactly. certificate: the streaming proof alone. */
typedef enum lq_topology { LQ_TOPOLOGY_FULL = 0, LQ_TOPOLOGY_CERTIFICATE = 1 } lq_topology;

typedef struct lq_selection {
    size_t struct_size;
    const char *entry;    /* name inside a plain archive; NULL: the only quotable one */
    uint32_t plate;       /* 1-based plate number; 0: every printable item of the file */
    const char *object;   /* one object by id instead of the build items; NULL: the build */
    lq_unit unit;         /* overrides the file's unit */
    double scale;         /* further factor, 0 means 1; must be finite and positive */
    lq_topology topology; /* certificate: binary STL is measured while it is read, see lq_part_read */
} lq_selection;

/*
 * Reads a selection. selection may be NULL. The part does not need the model afterwards.
 * With the topology `certificate` a binary STL is measured in one pass over its bytes and nothing else is kept: no
 * vertices, no triangles, a fixed amount of memory. Such a part can be analysed with the same topology only and not be
 * written (LQ_ERR_ARGUMENT). Its volume has the same bits on every machine, within the rounding bound of the full
 * report but not in its last bits. Other formats are read as always. LQ_ERR_INPUT, LQ_ERR_UNSUPPORTED,
 * LQ_ERR_SELECTION, LQ_ERR_LIMIT, LQ_ERR_MEMORY, LQ_ERR_CANCELLED.
 */
LQ_API lq_status lq_part_read(lq_model *model, const lq_selection *selection, lq_part **part);
LQ_API void lq_part_destroy(lq_part *part);

/* The numbers of lq_format. */
typedef enum lq_write_format { LQ_WRITE_STL_BINARY = 1, LQ_WRITE_STL_ASCII = 2, LQ_WRITE_3MF = 3 } lq_write_format;

/* Where a file goes, lent by the caller for one call. write takes all `size` bytes (never none) and returns zero, or
 * anything else for an I/O error, which ends the call. Called front to back, from the calling thread only. */
typedef struct lq_sink {
    size_t struct_size;
    void *user;
    int (*write)(void *user, const void *bytes, size_t size);
} lq_sink;

/*
 * Writes a part for other programs, in millimetres, as it was read: not repaired, but without triangles that have two
 * equal corners, and without negative parts, which these formats cannot tell. STL holds every instance in its place,
 * with coordinates rounded to float; a mirrored one is turned so that its outside stays outside. 3MF holds every
 * distinct mesh once, its positions to the bit, and places it by items; names are kept. The same part gives the same
 * bytes. Memory beyond the part does not grow with its triangles.
 * LQ_ERR_IO when the sink refuses (offset: the bytes it took before), LQ_ERR_INPUT "mesh_empty" when no triangle is
 * left and "range" when a coordinate is too large for STL, LQ_ERR_ARGUMENT, LQ_ERR_LIMIT, LQ_ERR_MEMORY,
 * LQ_ERR_CANCELLED. After a failure what the sink took is not a file.
 */
LQ_API lq_status lq_part_write(lq_context *context, const lq_part *part, lq_write_format format, const lq_sink *sink);

/* Where a picture is taken from; the part stands on z, its front is towards -y. */
typedef enum lq_view {
    LQ_VIEW_THREE_QUARTER, /* from the front, the right and above */
    LQ_VIEW_FRONT,
    LQ_VIEW_BACK,
    LQ_VIEW_LEFT,
    LQ_VIEW_RIGHT,
    LQ_VIEW_TOP,
    LQ_VIEW_BOTTOM
} lq_view;

typedef enum lq_ground { LQ_GROUND_TRANSPARENT = 0, LQ_GROUND_WHITE = 1 } lq_ground;

#define LQ_RENDER_SIDE_MAX 4096
#define LQ_RENDER_COLOR 0x1000000u

typedef struct lq_render_options {
    size_t struct_size;
    uint32_t width, height; /* pixels, up to LQ_RENDER_SIDE_MAX; 0: 1024 */
    lq_view view;
    double from[3]; /* instead of the view, unless all are zero: from the part towards the eye, of any length */
    lq_ground ground;
    uint32_t color;   /* of the part: LQ_RENDER_COLOR | 0xRRGGBB; 0: a neutral one */
    int no_scale_bar; /* otherwise a bar of a round length stands in the lower left corner */
    int defects; /* paints open edges red, crowded ones purple, facets that face the wrong way orange, copies yellow */
    int walls;   /* paints walls under 3 mm by their thickness, red to blue; a legend stands at the scale bar */
    int overhangs; /* paints what faces down by more than 45 degrees and does not lie on the bed */
} lq_render_options;

/*
 * Draws all instances of a part as it was read, in parallel projection, as large as the picture allows. rgba receives
 * rows from the top, 4 bytes per pixel: red, green, blue (sRGB), alpha (not multiplied in). options: NULL for defaults.
 * The same bytes on every machine and for every thread count. Where very many large facets would pass the limit
 * work_units the picture is coarser.
 * LQ_ERR_ARGUMENT when rgba_size is less than 4 * width * height, LQ_ERR_MEMORY, LQ_ERR_CANCELLED.
 */
LQ_API lq_status lq_part_render(lq_context *context, const lq_part *part, const lq_render_options *options,
                                uint8_t *rgba, size_t rgba_size);

/* ------------------------------------------------------------------------------------------------ report ---------- */

/* Facts about the geometry of one part: immutable, owns all it refers to, outlives the part and the model. */
typedef struct lq_report lq_report;

typedef enum lq_fill { LQ_FILL_POSITIVE = 0, LQ_FILL_NONZERO = 1, LQ_FILL_EVEN_ODD = 2 } lq_fill;
typedef enum lq_verdict { LQ_VERDICT_OK, LQ_VERDICT_OK_REPAIRED, LQ_VERDICT_REVIEW, LQ_VERDICT_REJECT } lq_verdict;
typedef enum lq_severity { LQ_SEVERITY_INFO = 0, LQ_SEVERITY_WARN = 1, LQ_SEVERITY_BLOCKER = 2 } lq_severity;

/* "ok", "ok_repaired", "review", "reject". */
LQ_API const char *lq_verdict_name(lq_verdict verdict);

typedef struct lq_analyse_options {
    size_t struct_size;
    lq_fill fill;         /* how overlapping or inverted shells are read; positive is what 3MF core 4.1 says */
    lq_topology topology; /* certificate: stop at the streaming proof; counts are then -1 (not examined) */
    int no_printability;  /* walls, overhangs, hollows and supports are not examined, and prices hold no support */
    uint32_t columns;     /* across the longest side of an item, to examine those; 0: 256; 16 to 2048 */
    uint64_t printability_triangles; /* nor are they where distinct meshes have more facets than this; 0: always */
} lq_analyse_options;

/*
 * Measures a part. options may be NULL. A part of no usable facet is LQ_ERR_INPUT "mesh_empty"; anything else that is
 * wrong with a mesh is a diagnostic of the report. LQ_ERR_LIMIT, LQ_ERR_MEMORY, LQ_ERR_CANCELLED.
 */
LQ_API lq_status lq_part_analyse(lq_context *context, const lq_part *part, const lq_analyse_options *options,
                                 lq_report **report);
LQ_API void lq_report_destroy(lq_report *report);

/*
 * The numbers of a report. Counts describe the mesh as it stands in the file, -1: not examined. Booleans: 1, 0, -1 not
 * examined. Measures describe the part that would be made, after selection, transforms, units and the listed repairs;
 * NaN: not examined or unknown.
 */
typedef struct lq_facts {
    uint64_t triangle_count; /* as stored, degenerate and non-finite ones included */
    int64_t vertex_count;    /* distinct positions; -1: they were not welded */
    int closed;              /* no edge is used an odd number of times */
    int oriented;            /* every edge is walked equally often both ways */
    int manifold;            /* every edge: two facets, opposite directions; every vertex: one fan */
    int certificate_closed;  /* the same two from the streaming sums (keyed, Schwartz-Zippel bound 2^-59) */
    int certificate_oriented;
    int64_t open_edges, boundary_loops, non_manifold_edges;
    int64_t misoriented_triangles, degenerate_triangles, duplicate_triangles;
    int64_t shells, cavities;
    double volume_mm3;
    double volume_error_mm3;                /* a bound that holds; NaN when only a range is known */
    double volume_low_mm3, volume_high_mm3; /* the range when there is one, else NaN */
    double volume_signed_mm3;               /* of the file as it stands, by rule; NaN: not examined */
    double volume_positive_mm3, volume_nonzero_mm3, volume_even_odd_mm3;
    double area_mm2;
    double box_min_mm[3], box_max_mm[3], centroid_mm[3];
    double inertia_mm5[6];                          /* xx yy zz xy yz zx at unit density about the centroid */
    double support_volume_mm3, support_contact_mm2; /* NaN: not examined */
    lq_verdict verdict;
    lq_unit unit;
    uint64_t item_count;
} lq_facts;
LQ_API const lq_facts *lq_report_facts(const lq_report *report);

/* What decides whether the part can be made, of no process. NaN: not examined, or there is none. Several items: of all
 * of them. The JSON of the report has the places. */
typedef struct lq_printability {
    double wall_min_mm;   /* the thinnest that is no mere edge */
    double wall_p01_mm;   /* one hundredth of the walls' surface is thinner */
    double gap_min_mm;    /* the narrowest slit or clearance */
    double resolvable_mm; /* pins and struts below this may have been missed */
    double overhang_deg;  /* surfaces nearer to level than this need support, as the part lies */
    double overhang_area_mm2;
    double bed_contact_mm2;
    double tipping_deg;     /* it falls over when it is turned by this */
    int64_t void_count;     /* hollow spaces without a way out; -1: not examined */
    double void_volume_mm3; /* theirs */
    double escape_min_mm;   /* the narrowest way out of a hollow */
    double smallest_box_mm[3];
} lq_printability;

/* LQ_ERR_ARGUMENT where none of it was examined: the report was made without, or the part has no solid body. */
LQ_API lq_status lq_report_printability(const lq_report *report, lq_printability *printability);

/* A report as bytes, for another process of the same build: a service measures once and prices anywhere. Free them with
 * lq_bytes_free. LQ_ERR_MEMORY, LQ_ERR_LIMIT; loading: LQ_ERR_INPUT "saved_invalid" for bytes of another version or
 * damaged ones. Timings are not kept. */
LQ_API lq_status lq_report_save(lq_context *context, const lq_report *report, void **bytes, size_t *size);
LQ_API lq_status lq_report_load(lq_context *context, const void *bytes, size_t size, lq_report **report);

/* One finding. Numbers that do not apply are NaN, triangle and shell -1, texts NULL. */
typedef struct lq_diagnostic {
    const char *code; /* vocabulary: append-only snake_case words */
    lq_severity severity;
    uint64_t count;
    const char *message; /* one sentence a seller understands */
    const char *measure_name;
    double measure_value;
    const char *measure_unit;
    double volume_delta_mm3, area_delta_mm2; /* effect of the defect on the measures, */
    double confidence;                       /* and how sure that is (0..1) */
    int repairable, repaired;
    double point_mm[3];
    int64_t triangle, shell;
    const char *process; /* issues of options about what a process can make: the process profile, */
    double threshold;    /* what the measure should be, */
    const char *source;  /* and who says so */
} lq_diagnostic;
LQ_API size_t lq_report_diagnostic_count(const lq_report *report);
LQ_API lq_status lq_report_diagnostic(const lq_report *report, size_t index, lq_diagnostic *diagnostic);

/* What a shell is to the part, by the shells around it. */
typedef enum lq_shell_kind {
    LQ_SHELL_SOLID = 0,
    LQ_SHELL_CAVITY = 1,   /* bounds a hollow space */
    LQ_SHELL_NESTED = 2,   /* faces outwards, but lies in material: solid by the rules, often meant as a cavity */
    LQ_SHELL_INVERTED = 3, /* faces inwards without lying in material: what it bounds is not clear */
    LQ_SHELL_SHEET = 4     /* bounds nothing */
} lq_shell_kind;

typedef struct lq_shell {
    lq_shell_kind kind;
    uint64_t triangle_count; /* those that close its openings included */
    double volume_mm3;       /* of what it bounds, never negative */
    double point_mm[3];      /* on it */
} lq_shell;

/* The shells of all placed meshes, where there are several and topology was examined; at most LQ_REPORT_SHELLS_MAX,
 * the first placed first. */
#define LQ_REPORT_SHELLS_MAX 100
LQ_API size_t lq_report_shell_count(const lq_report *report);
LQ_API lq_status lq_report_shell(const lq_report *report, size_t index, lq_shell *shell);
LQ_API const char *lq_shell_kind_name(lq_shell_kind kind); /* "solid", "cavity", "nested", "inverted", "sheet" */

/* ------------------------------------------------------------------------------------------------ repair ---------- */

typedef struct lq_repair_options {
    size_t struct_size;
    lq_write_format format; /* what it will be written as; 0: LQ_WRITE_3MF */
    lq_fill fill;           /* the reading of shells that are inside out or nested */
} lq_repair_options;

/*
 * Makes a new part whose meshes are closed and oriented, as far as they bound a solid: degenerate triangles, copies and
 * pairs of opposite triangles are left out, cracks closed, edges divided where a vertex lies on them, triangles turned
 * that face against their neighbours, openings filled; a mesh that is inside out as a whole is turned. What is sound
 * keeps its bits. The volume is the one that the report of the given part promises, within its error or range.
 * Cavities stay cavities. Shells that face inwards, or lie in others, are turned only where `fill` says how they are
 * read: nonzero and even-odd turn them so that every reader sees the same solid, positive leaves them.
 * For 3MF, bodies that touch in edges or points get vertices of their own, so that each mesh is manifold by its
 * indices. For STL, which has only positions, all instances become one mesh in millimetres, rounded to float, before
 * the last look. A repaired part of which nothing is left open gives the same bytes when it is written, read and
 * repaired again. Single facets and scraps that hang on nothing are left out. A larger open surface that encloses
 * nothing stays as it is; where nothing else is there, LQ_ERR_INPUT "surface_not_solid". options may be NULL. The given
 * part is not needed afterwards. LQ_ERR_INPUT "mesh_empty" and "range" as for lq_part_write, LQ_ERR_ARGUMENT,
 * LQ_ERR_LIMIT, LQ_ERR_MEMORY, LQ_ERR_CANCELLED.
 */
LQ_API lq_status lq_part_repair(lq_context *context, const lq_part *part, const lq_repair_options *options,
                                lq_part **repaired);

/* What a repair did, or left. Texts live as long as the part. */
typedef struct lq_repair_action {
    const char *code; /* of the vocabulary of diagnostics */
    uint64_t count;
    const char *message;
    int done; /* 0: it is left as it was, and the message says why */
} lq_repair_action;
LQ_API size_t lq_part_action_count(const lq_part *part);
LQ_API lq_status lq_part_action(const lq_part *part, size_t index, lq_repair_action *action);

/* ------------------------------------------------------------------------------------------------ profile --------- */

/* A slicer's configuration under PrusaSlicer's names: the machine, its process and its filament. Not finished until no
 * more is read into it; then immutable. */
typedef struct lq_profile lq_profile;

/* A profile without settings: what is not set is as PrusaSlicer 2.5 has it without a profile. LQ_ERR_MEMORY. */
LQ_API lq_status lq_profile_create(lq_context *context, lq_profile **profile);
LQ_API void lq_profile_destroy(lq_profile *profile);

/* Lays the settings of a file over those that are there: an .ini as PrusaSlicer exports it, or G-code with its settings
 * at the end. name: for the estimate, may be NULL. LQ_ERR_INPUT "profile_invalid" with offset and line: the profile is
 * as it was. LQ_ERR_LIMIT, LQ_ERR_MEMORY. */
LQ_API lq_status lq_profile_read(lq_profile *profile, const void *ini, size_t size, const char *name);

/* Sets one. LQ_ERR_ARGUMENT "profile_key" when the key is no name of a setting. Values are looked at when they are
 * used. */
LQ_API lq_status lq_profile_set(lq_profile *profile, const char *key, const char *value);

/* Are all values that an estimate reads within bounds? LQ_ERR_INPUT "profile_invalid" with the key in `part`. */
LQ_API lq_status lq_profile_check(const lq_profile *profile);

/* Settings that may change filament or time and that the estimate does not know, in strcmp order. *at begins as 0 and
 * is moved on; NULL behind the last. */
LQ_API const char *lq_profile_next_ignored(const lq_profile *profile, size_t *at);

/* ------------------------------------------------------------------------------------------------ estimate -------- */

/* What a slicer would make of a part with a profile: filament and print time, as it would report them. */
typedef struct lq_estimate lq_estimate;

/* What a line is printed for; the last two take time alone. */
typedef enum lq_feature {
    LQ_FEATURE_EXTERNAL_PERIMETER,
    LQ_FEATURE_PERIMETER,
    LQ_FEATURE_OVERHANG_PERIMETER,
    LQ_FEATURE_INFILL,
    LQ_FEATURE_SOLID_INFILL,
    LQ_FEATURE_TOP_SOLID_INFILL,
    LQ_FEATURE_BRIDGE,
    LQ_FEATURE_GAP_FILL,
    LQ_FEATURE_SUPPORT,
    LQ_FEATURE_SUPPORT_INTERFACE,
    LQ_FEATURE_TRAVEL,
    LQ_FEATURE_RETRACT, /* with the lifts */
    LQ_FEATURE_COUNT
} lq_feature;

/* "external_perimeter", "infill", "support_interface", "travel", ... */
LQ_API const char *lq_feature_name(lq_feature feature);

/* NaN: the report rejects the part, and there is nothing to estimate. */
typedef struct lq_estimate_facts {
    uint64_t layer_count;
    double filament_mm3, filament_mm;
    double filament_g; /* NaN: the profile tells no density */
    double time_s;
    double filament_low_mm3, filament_high_mm3; /* the slicer's number lies within for nine parts in ten */
    double time_low_s, time_high_s;
    double feature_mm3[LQ_FEATURE_COUNT], feature_s[LQ_FEATURE_COUNT];
} lq_estimate_facts;

/* Estimates a part as it stands, all its items on one plate. report: of the part; damage that it tells of is flagged
 * and widens the ranges. LQ_ERR_INPUT "profile_invalid", LQ_ERR_ARGUMENT for a part that was measured while it was
 * read, LQ_ERR_LIMIT, LQ_ERR_MEMORY, LQ_ERR_CANCELLED. The estimate outlives all of them but the context. */
LQ_API lq_status lq_part_estimate(lq_context *context, const lq_part *part, const lq_report *report,
                                  const lq_profile *profile, lq_estimate **estimate);
LQ_API void lq_estimate_destroy(lq_estimate *estimate);
LQ_API const lq_estimate_facts *lq_estimate_facts_of(const lq_estimate *estimate);

/* What makes the estimate less sure, or what a slicer would refuse (severity blocker). */
LQ_API size_t lq_estimate_flag_count(const lq_estimate *estimate);
LQ_API lq_status lq_estimate_flag(const lq_estimate *estimate, size_t index, lq_diagnostic *flag);

/* ------------------------------------------------------------------------------------------------ price book ------ */

/* Materials, processes and rates of one seller: immutable, read from JSON (schema/price-book.schema.json). */
typedef struct lq_book lq_book;

/* Reads and validates a price book. LQ_ERR_INPUT "book_invalid": the message names the path
 * ("materials[3].density..."), `part` holds it alone. LQ_ERR_MEMORY. */
LQ_API lq_status lq_book_read(lq_context *context, const void *json, size_t size, lq_book **book);

/* The book `json` (NULL: the one that ships with the library) with the settings of a profile as the `machine` of its
 * extrusion process of that name (NULL: the only one), as JSON text; free it with lq_text_free. A profile that was read
 * from files takes the place of the machine; one that was only set is laid over it. What neither filament nor time
 * depend on is left out. LQ_ERR_INPUT "book_invalid" and "profile_invalid", LQ_ERR_ARGUMENT "process_unknown" with
 * candidates, LQ_ERR_MEMORY. */
LQ_API lq_status lq_book_import(lq_context *context, const void *json, size_t size, const char *process,
                                const lq_profile *profile, char **text, size_t *text_size);

/* The book that ships with the library: a plausible European print house, in EUR. */
LQ_API lq_status lq_book_default(lq_context *context, lq_book **book);
LQ_API void lq_book_destroy(lq_book *book);

LQ_API const char *lq_book_version(const lq_book *book);
LQ_API const char *lq_book_currency(const lq_book *book);

typedef struct lq_material {
    const char *id, *name, *family;
    const char *process; /* "fdm", "sla", "sls", "mjf", "dmls", ... as the book names it */
    const char *kind;    /* "extrusion", "vat", "powder" */
    const char *status;  /* "active", "paused", "discontinued"; only active ones are quotable */
    double density_g_cm3;
    double max_mm[3];
    size_t color_count;
    size_t finish_count;
} lq_material;
LQ_API size_t lq_book_material_count(const lq_book *book);
LQ_API lq_status lq_book_material(const lq_book *book, size_t index, lq_material *material);

/* ------------------------------------------------------------------------------------------------ price ----------- */

/* What the formula needs to know of a part. Lengths of the box in the orientation that is priced. */
typedef struct lq_measure {
    double volume_mm3, area_mm2, box_mm[3];
    double support_volume_mm3, support_contact_mm2;
} lq_measure;

/* One option to price. Zero-initialise; NULL ids take the material's first active colour and no finish. */
typedef struct lq_request {
    size_t struct_size;
    const char *material_id; /* required */
    const char *color_id;
    const char *finish_id;
    const char *currency;      /* NULL: the book's */
    const char *country;       /* ISO 3166-1 alpha-2 for restrictions; NULL: none */
    const char *account_id;    /* for per-account overrides; NULL: none */
    const char *discount_code; /* NULL: none */
    const char *date;          /* YYYY-MM-DD on which a discount code must be valid; NULL: not checked */
    uint32_t quantity;         /* 0 means 1 */
    uint32_t layer_um;         /* 0: the material's default */
    int32_t infill_percent;    /* 0: the material's default; -1: an explicit 0 */
    int priority;              /* non-zero: priority production */
    int64_t hardware_minor;    /* other cost per unit in the quote currency, neither discounted nor marked up */
    int64_t revenue_share_minor;
} lq_request;

/* A price in minor units of `currency`. Eleven parts of a breakdown and `adjustment` sum to line_minor exactly. */
typedef struct lq_price_result {
    char currency[4];
    int exponent; /* ISO 4217: 0, 2 or 3 */
    int64_t unit_minor, setup_minor, line_minor;
    int64_t materials_minor, machine_minor, labour_minor, finishing_minor, overhead_minor, markup_minor;
    int64_t priority_minor, discount_minor, hardware_minor, revenue_share_minor, adjustment_minor;
    int64_t mass_mg, material_mm3, time_ms; /* per unit; material: deposited plus support, waste not counted */
    int64_t unit_micro;                     /* unit price before conversion, 10^-6 of the book currency */
    int64_t component_micro[8];             /* materials machine labour finishing overhead markup priority discount */
    int32_t days_min, days_max;             /* business days until it ships */
    uint32_t layer_um;                      /* what was priced; 0 where the process has none */
    int32_t infill_percent;                 /* -1 where the process has none */
    const char *color_id;                   /* what was priced, owned by the book; NULL: none */
    const char *finish_id;
    uint32_t next_break_quantity; /* 0: above the last tier */
} lq_price_result;

/*
 * The formula (documented in libquote/price/README.md): pure integer arithmetic, same cents on every machine.
 * LQ_ERR_ARGUMENT with material_unknown, color_not_in_material, finish_not_in_material, layer_height_unsupported,
 * infill_unsupported, currency_unsupported, discount_invalid, quantity_unsupported, or "price_overflow" where the
 * result would not fit.
 */
LQ_API lq_status lq_price(lq_context *context, const lq_measure *measure, const lq_book *book,
                          const lq_request *request, lq_price_result *result);

/* A line of an order: an option that was priced, and the box of one of its parts. */
typedef struct lq_order_line {
    int64_t line_minor;
    int64_t mass_mg; /* of one */
    double box_mm[3];
    uint32_t quantity;
} lq_order_line;

typedef struct lq_order_request {
    size_t struct_size;
    const lq_order_line *lines; /* all in `currency` */
    size_t line_count;
    const char *currency;  /* NULL: the book's */
    const char *country;   /* ISO 3166-1, required */
    const char *postcode;  /* NULL: not known */
    const char *method_id; /* of shipping; NULL: the cheapest, or the fastest */
    int fastest;
    int sample; /* no fee for a small order */
    int tax_exempt;
} lq_order_request;

/* Texts are owned by the book. net = lines + small_order_fee + shipping; total = net + tax. */
typedef struct lq_order_result {
    char currency[4];
    int exponent;
    int64_t lines_minor, small_order_fee_minor, shipping_minor, net_minor, tax_minor, total_minor;
    int64_t weight_g, volumetric_g; /* with the box; the greater is paid for */
    const char *method_id, *method_name;
    int32_t transit_days_min, transit_days_max;
    const char *tax_name; /* NULL: none */
    int64_t tax_ppm;
} lq_order_result;

/* What an order costs with fee, shipping and tax: integers as lq_price. LQ_ERR_ARGUMENT with currency_unsupported,
 * invalid_country, destination_not_served, price_overflow, or "argument". */
LQ_API lq_status lq_order_price(lq_context *context, const lq_book *book, const lq_order_request *request,
                                lq_order_result *result);

/* Options of one part over materials and quantities. Immutable, owns what it refers to except report and book, which
 * must outlive it. */
typedef struct lq_quote lq_quote;

/* What the machines of a price book make of a part, each estimated once for every layer height and infill that a
 * request asks for. Immutable; serves any number of quotes. */
typedef struct lq_estimates lq_estimates;

typedef struct lq_quote_request {
    size_t struct_size;
    const char *const *material_ids; /* NULL: every active material of the book */
    size_t material_count;
    const uint32_t *quantities; /* NULL: {1} */
    size_t quantity_count;
    lq_request common; /* material_id and quantity are ignored; colour, finish and the rest apply to each option */
    const lq_estimates *estimates; /* of this part and book. Without: by the formula, also where there is a machine */
} lq_quote_request;

/* request: as for the quote, may be NULL. Materials that cannot make the part are left out. Fails as lq_part_estimate
 * and lq_quote_make do. */
LQ_API lq_status lq_estimates_make(lq_context *context, const lq_part *part, const lq_report *report,
                                   const lq_book *book, const lq_quote_request *request, lq_estimates **estimates);
LQ_API void lq_estimates_destroy(lq_estimates *estimates);

/* As lq_report_save. book: the one they were made for. */
LQ_API lq_status lq_estimates_save(lq_context *context, const lq_estimates *estimates, void **bytes, size_t *size);
LQ_API lq_status lq_estimates_load(lq_context *context, const void *bytes, size_t size, const lq_book *book,
                                   lq_estimates **estimates);

/* Prices a report. request may be NULL. A material that cannot make the part is an option with status not_printable,
 * not a failure. With every material asked for, a colour, finish, layer or infill that one lacks leaves that material
 * out; with named materials it is LQ_ERR_ARGUMENT as for lq_price. */
LQ_API lq_status lq_quote_make(lq_context *context, const lq_report *report, const lq_book *book,
                               const lq_quote_request *request, lq_quote **quote);
LQ_API void lq_quote_destroy(lq_quote *quote);

typedef enum lq_option_status { LQ_OPTION_PRINTABLE, LQ_OPTION_NEEDS_REVIEW, LQ_OPTION_NOT_PRINTABLE } lq_option_status;

typedef struct lq_option {
    const char *material_id, *material_name;
    lq_option_status status;
    uint32_t quantity;
    size_t issue_count;
    lq_price_result price;              /* zero when not printable */
    const lq_estimate_facts *estimated; /* owned by the estimates; NULL: the price is by the formula */
} lq_option;
LQ_API size_t lq_quote_option_count(const lq_quote *quote);
LQ_API lq_status lq_quote_option(const lq_quote *quote, size_t index, lq_option *option);
LQ_API lq_status lq_quote_option_issue(const lq_quote *quote, size_t index, size_t issue_index, lq_diagnostic *issue);

/* ------------------------------------------------------------------------------------------------ JSON ------------ */

/* The words of the interface, written once and used by every binding: libquote.report/1, libquote.quote/1,
 * libquote.estimate/1, libquote.contents/1, libquote.materials/1, libquote.repair/1, libquote.error/1. *text is
 * NUL-terminated, *size without the NUL (may be NULL); free it with lq_text_free. Numbers are the shortest form that
 * reads back to the same double. */
LQ_API lq_status lq_report_json(lq_context *context, const lq_report *report, char **text, size_t *size);
LQ_API lq_status lq_quote_json(lq_context *context, const lq_quote *quote, char **text, size_t *size);
LQ_API lq_status lq_estimate_json(lq_context *context, const lq_estimate *estimate, char **text, size_t *size);
LQ_API lq_status lq_contents_json(lq_model *model, const char *entry, char **text, size_t *size);
LQ_API lq_status lq_materials_json(lq_context *context, const lq_book *book, char **text, size_t *size);

/* What lq_part_repair did, with the reports of the part before (`input`) and of the file that was written (`output`, at
 * `path`). */
LQ_API lq_status lq_repair_json(lq_context *context, const lq_report *input, const lq_part *repaired, const char *path,
                                const lq_report *output, char **text, size_t *size);

/* The last failure of the context as JSON; `file` may be NULL. */
LQ_API lq_status lq_error_json(lq_context *context, const char *file, char **text, size_t *size);
LQ_API void lq_text_free(lq_context *context, char *text);

#ifdef __cplusplus
}
#endif
#endif
