/* The parse of one model part: shared by the files that read its elements. */
#ifndef LQI_THREEMF_READER_H
#define LQI_THREEMF_READER_H

#include "format/threemf_inside.h"
#include "format/threemf_mesh.h"

typedef enum lqi_place {
    LQI_AT_DOCUMENT,
    LQI_AT_MODEL,
    LQI_AT_RESOURCES,
    LQI_AT_OBJECT,
    LQI_AT_MESH,
    LQI_AT_VERTICES,
    LQI_AT_TRIANGLES,
    LQI_AT_COMPONENTS,
    LQI_AT_ALTERNATIVES,
    LQI_AT_BUILD,
    LQI_AT_GROUP, /* of metadata, in an object */
    LQI_AT_TEXT,  /* an element whose text is wanted */
    LQI_AT_LEAF   /* an element that needs no more looking into */
} lqi_place;

/* What the text of the current element means. */
typedef enum lqi_text_use { LQI_TEXT_PRODUCER, LQI_TEXT_NO_VOLUME, LQI_TEXT_SUPPORT } lqi_text_use;

#define LQI_PLACES_MAX 16
#define LQI_PREFIXES_MAX 256
#define LQI_PREFIX_NAMES_SIZE 256
#define LQI_TEXT_MAX 256 /* of the producer; the rest of longer texts is left out */

typedef struct lqi_model_reader {
    const lqi_threemf *threemf; /* as opening has left it */
    lq_context *context;        /* of the thread that parses */
    uint32_t index;             /* of the part in the package */
    lqi_model_part *part;
    bool is_root;
    lqi_place places[LQI_PLACES_MAX];
    size_t depth;
    size_t skipped; /* depth inside a subtree that is passed over */
    char core[80];  /* namespace of the model element with its separator, "" for none */
    size_t core_size;
    struct {
        const char *prefix, *uri;
    } prefixes[LQI_PREFIXES_MAX];
    size_t prefix_count;
    const char *path_last;                    /* of the uses */
    char prefix_names[LQI_PREFIX_NAMES_SIZE]; /* of the prefixes, for runs: "p:m:", as many as there is room for */
    bool has_resources, has_build;
    bool object_fullres;
    bool has_alternative;
    lqi_model_use alternative;
    lqi_mesh_reader mesh;
    lqi_text_use text_use;
    char text[LQI_TEXT_MAX];
    size_t text_size;
} lqi_model_reader;

/* The object that is open. */
lqi_model_object *lqi_reader_object(const lqi_model_reader *reader);

/* A note about the current tag. */
lq_status lqi_reader_note(lqi_model_reader *reader, lqi_xml *xml, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- threemf_element.c: one element's attributes each ---- */
const char *lqi_attribute_in(const char *const *attributes, lqi_space space, const char *local);
lq_status lqi_read_model(lqi_model_reader *reader, lqi_xml *xml, const char *const *attributes);
lq_status lqi_read_object(lqi_model_reader *reader, lqi_xml *xml, const char *const *attributes);
lq_status lqi_read_component(lqi_model_reader *reader, lqi_xml *xml, const char *const *attributes);
lq_status lqi_read_alternative(lqi_model_reader *reader, lqi_xml *xml, const char *const *attributes);
lq_status lqi_read_item(lqi_model_reader *reader, lqi_xml *xml, const char *const *attributes);
lq_status lqi_read_resource_id(lqi_model_reader *reader, lqi_xml *xml, const char *const *attributes);
lq_status lqi_end_object(lqi_model_reader *reader);

#endif
