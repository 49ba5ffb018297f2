/* Projects of slicers written from scratch, opened through the public header alone. */
#ifndef TESTS_PROJECT_H
#define TESTS_PROJECT_H

#include <stddef.h>
#include <stdint.h>

#include "corpus/pack.h"
#include "libquote.h"

#define PROJECT_SETTINGS "Metadata/model_settings.config"
#define PROJECT_FILAMENTS "Metadata/project_settings.config"
#define PROJECT_SLICES "Metadata/slice_info.config"

typedef struct project_cube {
    uint32_t id;
    const char *type;       /* NULL: model */
    const char *attributes; /* of each triangle, or NULL */
} project_cube;

/* A model of cubes of 20 mm, each at the origin of its own coordinates; `more` stands behind them in the resources,
 * `items` in the build. To be freed. */
char *project_model(const project_cube *cubes, size_t count, const char *more, const char *items);

typedef struct project {
    uint8_t *bytes;
    lq_context *context;
    lq_model *model;             /* NULL: it could not be opened */
    const lq_contents *contents; /* NULL: there are none, or they could not be read; the context tells why */
} project;

/* A package of a model, which is freed, and `count` further entries. */
project project_open(char *model_xml, const pack_entry *more, size_t count);

/* Any archive, which is freed when the project closes; allocator may be NULL. */
project project_open_bytes(uint8_t *bytes, size_t size, const lq_allocator *allocator);

/* Fails the test when the context still holds memory. */
void project_close(project *p);

/* An entry out of text. */
pack_entry project_entry(const char *name, const char *text);

/* The first bytes of a PNG of this many pixels, `size` in all: enough for whoever does not decode. To be freed. */
uint8_t *project_png(uint32_t width, uint32_t height, size_t size);

#endif
