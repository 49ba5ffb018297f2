#include "bench/mesh_3mf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

typedef struct text {
    char *data;
    size_t size, capacity;
} text;

static void add(text *t, const char *line, size_t size)
{
    if (t->size + size > t->capacity) {
        t->capacity = (t->size + size) * 2;
        t->data = realloc(t->data, t->capacity);
        if (!t->data) exit(1);
    }
    memcpy(t->data + t->size, line, size);
    t->size += size;
}

static void add_text(text *t, const char *line) { add(t, line, strlen(line)); }

/* Numbers the points in order of first use; writes vertices and triangles into two texts. */
static void weld(const solid_soup *soup, text *vertices, text *triangles)
{
    size_t slots = 16;
    while (slots < soup->count * 4) slots *= 2;
    uint32_t *slot = calloc(slots, sizeof *slot);
    float *point = malloc(soup->count * 9 * sizeof *point);
    if (!slot || !point) exit(1);
    uint32_t count = 0;
    char line[160];
    for (size_t t = 0; t < soup->count; t++) {
        uint32_t id[3];
        for (size_t k = 0; k < 3; k++) {
            const float *p = soup->corners + 9 * t + 3 * k;
            uint32_t bits[3];
            memcpy(bits, p, sizeof bits);
            size_t i = (bits[0] * 2654435761u ^ bits[1] * 2246822519u ^ bits[2] * 3266489917u) & (slots - 1);
            while (slot[i] && memcmp(point + 3 * (size_t)(slot[i] - 1), p, 12) != 0) i = (i + 1) & (slots - 1);
            if (!slot[i]) {
                memcpy(point + 3 * (size_t)count, p, 12);
                slot[i] = ++count;
                int size = snprintf(line, sizeof line, "     <vertex x=\"%.9g\" y=\"%.9g\" z=\"%.9g\"/>\n",
                                    (double)p[0], (double)p[1], (double)p[2]);
                add(vertices, line, (size_t)size);
            }
            id[k] = slot[i] - 1;
        }
        int size = snprintf(line, sizeof line, "     <triangle v1=\"%u\" v2=\"%u\" v3=\"%u\"/>\n", id[0], id[1], id[2]);
        add(triangles, line, (size_t)size);
    }
    free(slot);
    free(point);
}

static int add_entry(zip_t *zip, const char *name, const char *data, size_t size)
{
    zip_source_t *source = zip_source_buffer(zip, data, size, 0);
    return !source || zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) < 0;
}

int mesh_write_3mf(const solid_soup *soup, const char *path)
{
    static const char types[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/"
        "content-types\"><Default Extension=\"rels\" "
        "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
        "<Default Extension=\"model\" ContentType=\"application/vnd.ms-package.3dmanufacturing-3dmodel+xml\"/></Types>";
    static const char rels[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Relationships "
        "xmlns=\"http://schemas.openxmlformats.org/package/2006/"
        "relationships\"><Relationship Target=\"/3D/3dmodel.model\" Id=\"r1\" "
        "Type=\"http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel\"/></Relationships>";
    text model = {0}, triangles = {0};
    add_text(&model, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<model unit=\"millimeter\" xml:lang=\"en-US\" "
                     "xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\">\n <resources>\n"
                     "  <object id=\"1\" type=\"model\">\n   <mesh>\n    <vertices>\n");
    weld(soup, &model, &triangles);
    add_text(&model, "    </vertices>\n    <triangles>\n");
    add(&model, triangles.data, triangles.size);
    add_text(&model, "    </triangles>\n   </mesh>\n  </object>\n </resources>\n <build>\n  <item objectid=\"1\"/>\n "
                     "</build>\n</model>\n");
    remove(path);
    zip_t *zip = zip_open(path, ZIP_CREATE, NULL);
    int bad = !zip || add_entry(zip, "[Content_Types].xml", types, sizeof types - 1) ||
              add_entry(zip, "_rels/.rels", rels, sizeof rels - 1) ||
              add_entry(zip, "3D/3dmodel.model", model.data, model.size);
    if (zip) bad |= zip_close(zip) != 0;
    free(model.data);
    free(triangles.data);
    return bad;
}
