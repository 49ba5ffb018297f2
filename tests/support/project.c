#include "tests/support/project.h"

#include <stdlib.h>

#include "tests/support/check.h"

#define MODEL_SIZE ((size_t)1 << 16)

static const char vertices[] = "<vertex x='0' y='0' z='0'/><vertex x='20' y='0' z='0'/><vertex x='20' y='20' z='0'/>"
                               "<vertex x='0' y='20' z='0'/><vertex x='0' y='0' z='20'/><vertex x='20' y='0' z='20'/>"
                               "<vertex x='20' y='20' z='20'/><vertex x='0' y='20' z='20'/>";
static const unsigned char faces[12][3] = {{0, 2, 1}, {0, 3, 2}, {4, 5, 6}, {4, 6, 7}, {0, 1, 5}, {0, 5, 4},
                                           {1, 2, 6}, {1, 6, 5}, {2, 3, 7}, {2, 7, 6}, {3, 0, 4}, {3, 4, 7}};

static size_t add_cube(char *text, size_t at, const project_cube *cube)
{
    at += (size_t)snprintf(text + at, MODEL_SIZE - at,
                           "<object id='%u' name='cube %u' type='%s'><mesh><vertices>%s</vertices><triangles>",
                           (unsigned)cube->id, (unsigned)cube->id, cube->type ? cube->type : "model", vertices);
    for (int i = 0; i < 12; i++)
        at += (size_t)snprintf(text + at, MODEL_SIZE - at, "<triangle v1='%d' v2='%d' v3='%d' %s/>", faces[i][0],
                               faces[i][1], faces[i][2], cube->attributes ? cube->attributes : "");
    return at + (size_t)snprintf(text + at, MODEL_SIZE - at, "</triangles></mesh></object>");
}

char *project_model(const project_cube *cubes, size_t count, const char *more, const char *items)
{
    char *text = malloc(MODEL_SIZE);
    assert_non_null(text);
    size_t at = (size_t)snprintf(text, MODEL_SIZE,
                                 "<?xml version='1.0' encoding='UTF-8'?><model unit='millimeter' "
                                 "xmlns='http://schemas.microsoft.com/3dmanufacturing/core/2015/02'><resources>");
    for (size_t i = 0; i < count; i++) at = add_cube(text, at, &cubes[i]);
    at += (size_t)snprintf(text + at, MODEL_SIZE - at, "%s</resources><build>%s</build></model>", more, items);
    assert_true(at < MODEL_SIZE);
    return text;
}

project project_open_bytes(uint8_t *bytes, size_t size, const lq_allocator *allocator)
{
    project p = {.bytes = bytes};
    lq_context_options options = {.struct_size = sizeof options, .allocator = allocator};
    lq_source source;
    lq_source_memory(bytes, size, "project.3mf", &source);
    if (lq_context_create(&options, &p.context) != LQ_OK) return p;
    if (lq_model_open(p.context, &source, NULL, &p.model) != LQ_OK) return p;
    if (lq_model_format(p.model) != LQ_FORMAT_ZIP) (void)lq_model_contents(p.model, NULL, &p.contents);
    return p;
}

project project_open(char *model_xml, const pack_entry *more, size_t count)
{
    size_t size;
    uint8_t *bytes = pack_3mf(model_xml, more, count, &size);
    free(model_xml);
    return project_open_bytes(bytes, size, NULL);
}

void project_close(project *p)
{
    lq_model_close(p->model);
    if (p->context) {
        lq_context_reset(p->context);
        assert_int_equal(lq_context_memory_held(p->context), 0);
    }
    lq_context_destroy(p->context);
    free(p->bytes);
    *p = (project){0};
}

pack_entry project_entry(const char *name, const char *text)
{
    return (pack_entry){.name = name, .data = text, .size = strlen(text)};
}

uint8_t *project_png(uint32_t width, uint32_t height, size_t size)
{
    uint8_t head[24] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    uint8_t *png = calloc(size ? size : 1, 1);
    assert_non_null(png);
    for (int i = 0; i < 4; i++) {
        head[16 + i] = (uint8_t)(width >> (24 - 8 * i));
        head[20 + i] = (uint8_t)(height >> (24 - 8 * i));
    }
    memcpy(png, head, size < sizeof head ? size : sizeof head);
    return png;
}
