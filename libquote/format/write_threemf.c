#include "format/write_threemf.h"

#include <stdbool.h>
#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "format/write_xml.h"
#include "format/write_zip.h"

#define PROGRESS_ELEMENTS 4096  /* vertices or triangles; some hundred kilobytes */
#define OBJECT_ID_MAX INT32_MAX /* 3MF core 4.1, ST_ResourceID */
#define NO_ITEM UINT32_MAX

#define XML_DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static const char content_types[] =
    XML_DECLARATION "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\n"
                    "<Default Extension=\"rels\" "
                    "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\n"
                    "<Default Extension=\"model\" "
                    "ContentType=\"application/vnd.ms-package.3dmanufacturing-3dmodel+xml\"/>\n"
                    "</Types>\n";

static const char relationships[] =
    XML_DECLARATION "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\n"
                    "<Relationship Target=\"/3D/3dmodel.model\" Id=\"rel0\" "
                    "Type=\"http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel\"/>\n"
                    "</Relationships>\n";

static const char model_begin[] =
    XML_DECLARATION "<model unit=\"millimeter\" xml:lang=\"en-US\" "
                    "xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\">\n"
                    "<metadata name=\"Application\">libquote " LQ_VERSION_STRING "</metadata>\n<resources>\n";

typedef struct writing {
    lq_context *context;
    const lqi_write_scene *scene;
    lqi_out_buffer xml;
    uint32_t *mesh_object; /* per mesh: the id of its object, 0 for none */
    uint32_t *mesh_item;   /* per mesh: the item whose name its object bears, or NO_ITEM */
    uint32_t group_first;  /* the first id behind those of the meshes */
    uint64_t done, total;  /* vertices and triangles, for progress */
} writing;

/* ---- what becomes an object ---- */

/* The instances of one item that have something to show. */
typedef struct run {
    size_t first, end;
    size_t count;
    const lqi_write_instance *only; /* when count is 1 */
} run;

static run run_at(const writing *w, size_t first)
{
    const lqi_write_scene *scene = w->scene;
    run r = {.first = first, .end = first};
    for (; r.end < scene->instance_count && scene->instances[r.end].item == scene->instances[first].item; r.end++)
        if (w->mesh_object[scene->instances[r.end].mesh]) {
            r.only = &scene->instances[r.end];
            r.count++;
        }
    return r;
}

static const char *item_name(const writing *w, uint32_t item)
{
    return item < w->scene->item_count ? w->scene->item_names[item] : "";
}

/* An item of several meshes, or one that shares its mesh with an item of another name, is an object of components. */
static bool needs_group(const writing *w, const run *r)
{
    if (r->count != 1) return r->count > 1;
    return strcmp(item_name(w, r->only->item), item_name(w, w->mesh_item[r->only->mesh])) != 0;
}

static bool is_degenerate(const uint32_t *corner)
{
    return corner[0] == corner[1] || corner[1] == corner[2] || corner[2] == corner[0];
}

static bool has_facet(const lqi_write_mesh *mesh)
{
    for (uint32_t t = 0; t < mesh->triangle_count; t++)
        if (!is_degenerate(mesh->corner + (size_t)3 * t)) return true;
    return false;
}

static lq_status number_objects(writing *w)
{
    const lqi_write_scene *scene = w->scene;
    for (size_t i = 0; i < scene->instance_count; i++) w->mesh_object[scene->instances[i].mesh] = 1;
    w->group_first = 1;
    for (size_t m = 0; m < scene->mesh_count; m++) {
        w->mesh_item[m] = NO_ITEM;
        if (!w->mesh_object[m]) continue;
        w->mesh_object[m] = has_facet(&scene->meshes[m]) ? w->group_first++ : 0;
        if (w->mesh_object[m]) w->total += (uint64_t)scene->meshes[m].vertex_count + scene->meshes[m].triangle_count;
    }
    if (w->group_first == 1) return lqi_fail(w->context, LQI_MESH_EMPTY, -1, "The part holds no facet.");
    for (size_t i = 0; i < scene->instance_count;) {
        run r = run_at(w, i);
        if (r.count == 1 && w->mesh_item[r.only->mesh] == NO_ITEM) w->mesh_item[r.only->mesh] = r.only->item;
        i = r.end;
    }
    return LQ_OK;
}

/* ---- elements ---- */

static void write_transform(lqi_out_buffer *xml, const double *transform)
{
    static const double identity[12] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
    bool is_identity = true;
    for (int i = 0; i < 12; i++) is_identity &= transform[i] == identity[i];
    if (is_identity) return;
    for (int i = 0; i < 12; i++) {
        lqi_out_text(xml, i ? " " : " transform=\"");
        lqi_out_double(xml, transform[i]);
    }
    lqi_out_text(xml, "\"");
}

static void begin_object(writing *w, uint32_t id, const char *name)
{
    lqi_out_text(&w->xml, "<object id=\"");
    lqi_out_count(&w->xml, id);
    lqi_out_text(&w->xml, "\" type=\"model\"");
    if (*name) {
        lqi_out_text(&w->xml, " name=\"");
        lqi_out_xml_value(&w->xml, name);
        lqi_out_text(&w->xml, "\"");
    }
    lqi_out_text(&w->xml, ">\n");
}

/* A component or an item. */
static void write_use(writing *w, const char *element, uint32_t id, const double *transform)
{
    lqi_out_text(&w->xml, element);
    lqi_out_text(&w->xml, " objectid=\"");
    lqi_out_count(&w->xml, id);
    lqi_out_text(&w->xml, "\"");
    if (transform) write_transform(&w->xml, transform);
    lqi_out_text(&w->xml, "/>\n");
}

static lq_status step(writing *w)
{
    LQI_TRY(w->xml.status);
    return w->done++ % PROGRESS_ELEMENTS ? LQ_OK : lqi_progress(w->context, "write", w->done - 1, w->total);
}

static lq_status write_mesh(writing *w, const lqi_write_mesh *mesh)
{
    lqi_out_buffer *xml = &w->xml;
    lqi_out_text(xml, "<mesh>\n<vertices>\n");
    for (uint32_t v = 0; v < mesh->vertex_count; v++) {
        static const char *const before[3] = {"<vertex x=\"", "\" y=\"", "\" z=\""};
        for (int k = 0; k < 3; k++) {
            lqi_out_text(xml, before[k]);
            lqi_out_double(xml, mesh->position[(size_t)3 * v + (size_t)k]);
        }
        lqi_out_text(xml, "\"/>\n");
        LQI_TRY(step(w));
    }
    lqi_out_text(xml, "</vertices>\n<triangles>\n");
    for (uint32_t t = 0; t < mesh->triangle_count; t++) {
        static const char *const before[3] = {"<triangle v1=\"", "\" v2=\"", "\" v3=\""};
        const uint32_t *corner = mesh->corner + (size_t)3 * t;
        LQI_TRY(step(w));
        if (is_degenerate(corner)) continue;
        for (int k = 0; k < 3; k++) {
            lqi_out_text(xml, before[k]);
            lqi_out_count(xml, corner[k]);
        }
        lqi_out_text(xml, "\"/>\n");
    }
    lqi_out_text(xml, "</triangles>\n</mesh>\n</object>\n");
    return xml->status;
}

static lq_status write_meshes(writing *w)
{
    for (size_t m = 0; m < w->scene->mesh_count; m++) {
        if (!w->mesh_object[m]) continue;
        begin_object(w, w->mesh_object[m], item_name(w, w->mesh_item[m]));
        LQI_TRY(write_mesh(w, &w->scene->meshes[m]));
    }
    return LQ_OK;
}

static void write_group(writing *w, uint32_t id, const run *r)
{
    begin_object(w, id, item_name(w, w->scene->instances[r->first].item));
    lqi_out_text(&w->xml, "<components>\n");
    for (size_t i = r->first; i < r->end; i++) {
        const lqi_write_instance *instance = &w->scene->instances[i];
        uint32_t object = w->mesh_object[instance->mesh];
        if (object) write_use(w, "<component", object, instance->transform);
    }
    lqi_out_text(&w->xml, "</components>\n</object>\n");
}

static lq_status write_items(writing *w, bool groups)
{
    uint32_t id = w->group_first;
    for (size_t i = 0; i < w->scene->instance_count;) {
        run r = run_at(w, i);
        bool is_group = needs_group(w, &r);
        if (is_group && groups)
            write_group(w, id, &r);
        else if (is_group)
            write_use(w, "<item", id, NULL);
        else if (r.count && !groups)
            write_use(w, "<item", w->mesh_object[r.only->mesh], r.only->transform);
        id += is_group;
        i = r.end;
        LQI_TRY(w->xml.status);
    }
    return LQ_OK;
}

static lq_status write_model(writing *w)
{
    lqi_out_text(&w->xml, model_begin);
    LQI_TRY(write_meshes(w));
    LQI_TRY(write_items(w, true));
    lqi_out_text(&w->xml, "</resources>\n<build>\n");
    LQI_TRY(write_items(w, false));
    lqi_out_text(&w->xml, "</build>\n</model>\n");
    return lqi_out_flush(&w->xml);
}

/* ---- package ---- */

/* More than the model can come to. The longest number has 24 bytes, an escaped character six for one. */
static uint64_t xml_size_max(const lqi_write_scene *scene)
{
    uint64_t size = 4096;
    for (size_t m = 0; m < scene->mesh_count; m++)
        size += (uint64_t)256 + (uint64_t)100 * scene->meshes[m].vertex_count +
                (uint64_t)72 * scene->meshes[m].triangle_count;
    size += (uint64_t)1024 * scene->instance_count;
    for (size_t i = 0; i < scene->item_count; i++) size += (uint64_t)12 * strlen(scene->item_names[i]);
    return size;
}

static lq_status write_text_entry(lqi_zip_writer *zip, const char *name, const char *text)
{
    LQI_TRY(lqi_zip_writer_begin(zip, name, false));
    LQI_TRY(lqi_zip_writer_write(zip, text, strlen(text)));
    return lqi_zip_writer_end(zip);
}

static lq_status write_package(writing *w, lqi_zip_writer *zip)
{
    LQI_TRY(write_text_entry(zip, "[Content_Types].xml", content_types));
    LQI_TRY(write_text_entry(zip, "_rels/.rels", relationships));
    LQI_TRY(lqi_zip_writer_begin(zip, "3D/3dmodel.model", xml_size_max(w->scene) >= UINT32_MAX));
    LQI_TRY(write_model(w));
    LQI_TRY(lqi_zip_writer_end(zip));
    return lqi_zip_writer_finish(zip);
}

lq_status lqi_write_threemf(lq_context *context, const lqi_write_scene *scene, const lqi_out *out)
{
    if (scene->mesh_count > OBJECT_ID_MAX || scene->instance_count > OBJECT_ID_MAX - scene->mesh_count)
        return lqi_fail_over_limit(context, "instances", OBJECT_ID_MAX, scene->instance_count);
    writing w = {.context = context, .scene = scene};
    lqi_zip_writer *zip = NULL;
    lq_status status = LQ_OK;
    w.mesh_object = lqi_alloc_zeroed(context, scene->mesh_count, sizeof *w.mesh_object);
    if (w.mesh_object) w.mesh_item = lqi_alloc_array(context, scene->mesh_count, sizeof *w.mesh_item);
    if (!w.mesh_item) {
        status = lqi_memory_status(context);
        goto done;
    }
    LQI_TRY_GOTO(number_objects(&w));
    LQI_TRY_GOTO(lqi_zip_writer_open(context, out, &zip));
    const lqi_out content = {lqi_zip_writer_write, zip};
    LQI_TRY_GOTO(lqi_out_buffer_init(&w.xml, context, &content));
    status = write_package(&w, zip);
done:
    lqi_out_buffer_free(&w.xml);
    lqi_zip_writer_close(zip);
    lqi_free(context, w.mesh_item);
    lqi_free(context, w.mesh_object);
    return status;
}
