/* [Content_Types].xml: nothing depends on it, but a package whose list is missing or says nothing of the model was not
 * written by the standard (OPC 10.1.2, 3MF core 2.1). */
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/memory.h"
#include "format/threemf_inside.h"
#include "format/threemf_xml.h"

#define TYPES "[Content_Types].xml"
#define TYPES_SPACE "http://schemas.openxmlformats.org/package/2006/content-types\f"
#define MODEL_TYPE "application/vnd.ms-package.3dmanufacturing-3dmodel+xml"

typedef struct type_reader {
    const char *model;     /* name of the model part */
    const char *extension; /* its letters behind the dot */
    bool by_extension, overridden, by_name;
} type_reader;

static lq_status on_start(void *user, lqi_xml *xml, const char *name, const char *const *attributes)
{
    (void)xml;
    type_reader *r = user;
    size_t space = strlen(TYPES_SPACE);
    if (strncmp(name, TYPES_SPACE, space) != 0) return LQ_OK;
    const char *type = lqi_xml_attribute(attributes, "ContentType");
    bool is_model = type && strcasecmp(type, MODEL_TYPE) == 0;
    const char *extension = lqi_xml_attribute(attributes, "Extension"),
               *part = lqi_xml_attribute(attributes, "PartName");
    if (strcmp(name + space, "Default") == 0 && extension && strcasecmp(extension, r->extension) == 0)
        r->by_extension = is_model;
    if (strcmp(name + space, "Override") == 0 && part && strcasecmp(part + (part[0] == '/'), r->model) == 0) {
        r->overridden = true;
        r->by_name = is_model;
    }
    return LQ_OK;
}

static lq_status on_end(void *user, lqi_xml *xml)
{
    (void)user, (void)xml;
    return LQ_OK;
}

/* *told: the list names the model's type. A list that cannot be read names none. */
static lq_status read_types(lqi_threemf *threemf, size_t entry, bool *told)
{
    static const lqi_xml_handler handler = {.start = on_start, .end = on_end};
    const char *model = lqi_zip_entry_at(threemf->zip, threemf->start_entries[0])->name, *dot = strrchr(model, '.');
    type_reader r = {.model = model, .extension = dot ? dot + 1 : ""};
    uint8_t *data;
    size_t size;
    lq_status status = lqi_zip_read(threemf->zip, entry, &data, &size);
    if (status == LQ_OK) {
        status = lqi_xml_parse(threemf->context, TYPES, data, size, &handler, &r);
        lqi_free(threemf->context, data);
    }
    if (lqi_ends_all(status)) return status;
    if (status != LQ_OK) lqi_begin(threemf->context);
    *told = status == LQ_OK && (r.overridden ? r.by_name : r.by_extension);
    return LQ_OK;
}

lq_status lqi_package_check_types(lqi_threemf *threemf)
{
    size_t names, entry = lqi_zip_find_folded(threemf->zip, TYPES, &names);
    bool told = false;
    if (entry != SIZE_MAX) LQI_TRY(read_types(threemf, entry, &told));
    if (told) return LQ_OK;
    return lqi_threemf_note(&threemf->notes, NULL, "opc_content_types", LQ_SEVERITY_WARN, -1,
                            entry == SIZE_MAX ? "The package does not list the types of its files."
                                              : "The package's list of types does not name the model.");
}
