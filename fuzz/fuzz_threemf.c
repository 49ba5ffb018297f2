/*
 * Any bytes as a 3MF. Bytes that begin with PK are the package; others are its texts, put into a package here: the root
 * model, and behind lines of %%% another model part and the vendors' files. What must hold for all of them:
 *  - reading gives the same a second time, with another hash key and after the contents were listed;
 *  - indices are below the vertex count, numbers finite, instances consecutive and of meshes that were delivered;
 *  - kernels that take runs of vertices and triangles change nothing: the XML parser alone gives the same;
 *  - a failure has a code and a sentence and is never our own mistake; memory is balanced.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/memory.h"
#include "corpus/pack.h"
#include "format/threemf.h"
#include "tests/support/parser_only.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "fuzz_threemf: %s\n", what);
    abort();
}

/* ---- sink ---- */

#define MESHES_MAX 256

typedef struct received {
    uint64_t mesh_hash[MESHES_MAX]; /* by mesh */
    uint32_t mesh_count;
    int open;
    uint32_t item_next;
    uint64_t hash; /* of instances, with the hash of their mesh instead of its number */
} received;

static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const uint8_t *p = data;
    for (size_t i = 0; i < size; i++) hash = (hash ^ p[i]) * 0x100000001B3u;
    return hash;
}

static uint64_t *hash_of(received *r, uint32_t mesh) { return &r->mesh_hash[mesh % MESHES_MAX]; }

static lq_status mesh_begin(void *user)
{
    received *r = user;
    require(!r->open, "a mesh inside a mesh");
    *hash_of(r, r->mesh_count++) = 1;
    r->open = 1;
    return LQ_OK;
}

static lq_status indexed(void *user, lqi_sink_mesh *mesh)
{
    received *r = user;
    require(r->open, "a mesh outside its begin and end");
    for (size_t i = 0; i < 3 * (size_t)mesh->vertex_count; i++)
        require(isfinite(mesh->xyz[i]), "a coordinate that is not finite");
    for (size_t i = 0; i < 3 * (size_t)mesh->triangle_count; i++)
        require(mesh->corner[i] < mesh->vertex_count, "an index beyond the vertices");
    uint64_t *hash = hash_of(r, r->mesh_count - 1);
    *hash = mix(*hash, mesh->xyz, mesh->vertex_count * 3 * sizeof *mesh->xyz);
    *hash = mix(*hash, mesh->corner, mesh->triangle_count * 3 * sizeof *mesh->corner);
    return LQ_OK;
}

static lq_status mesh_end(void *user)
{
    received *r = user;
    require(r->open, "an end without a beginning");
    r->open = 0;
    return LQ_OK;
}

static lq_status instance(void *user, const lqi_instance *placed)
{
    received *r = user;
    require(!r->open && placed->mesh_id < r->mesh_count, "an instance of no mesh");
    require(placed->item_index == r->item_next || placed->item_index + 1 == r->item_next, "items out of order");
    require(placed->role == LQ_ROLE_MODEL || placed->role == LQ_ROLE_NEGATIVE, "an instance of another role");
    r->item_next = placed->item_index + 1;
    for (int i = 0; i < 12; i++) require(isfinite(placed->transform[i]), "a placement that is not finite");
    r->hash = mix(r->hash, hash_of(r, placed->mesh_id), sizeof(uint64_t));
    r->hash = mix(r->hash, placed->transform, sizeof placed->transform);
    r->hash = mix(r->hash, &placed->triangle_first, sizeof placed->triangle_first);
    r->hash = mix(r->hash, &placed->triangle_count, sizeof placed->triangle_count);
    r->hash = mix(r->hash, &placed->role, sizeof placed->role);
    r->hash = mix(r->hash, placed->object_name, strlen(placed->object_name));
    return LQ_OK;
}

/* ---- one run ---- */

typedef struct outcome {
    lq_status status;
    char code[64], part[256];
    int64_t offset;
    uint64_t hash;
} outcome;

static void check_contents(const lqi_threemf_contents *contents)
{
    require(contents->plate_count > 0, "no plate");
    require(contents->family[0], "no family");
    for (size_t i = 0; i < contents->object_count; i++)
        require(contents->objects[i].id[0] && contents->objects[i].name, "an object without names");
    for (size_t i = 0; i < contents->item_count; i++)
        require(contents->items[i].object_id[0] && contents->items[i].name, "an item without names");
}

static outcome run(const uint8_t *data, size_t size, uint8_t key, int contents_first, int lenient,
                   const lqi_kernels *kernels)
{
    uint8_t hash_key[16];
    memset(hash_key, key, sizeof hash_key);
    lq_limits limits = {
        .struct_size = sizeof limits, .memory_bytes = 256 << 20, .inflated_bytes = 16 << 20, .instances = 10000};
    lq_context_options options = {.struct_size = sizeof options, .limits = &limits, .hash_key = hash_key};
    lq_context *context = NULL;
    require(lqi_context_create(&options, &context) == LQ_OK, "no context");
    context->kernels = kernels;
    lq_source source;
    lq_source_memory(data, size, "fuzz.3mf", &source);
    received r = {0};
    const lqi_sink sink = {
        .user = &r, .mesh_begin = mesh_begin, .indexed = indexed, .mesh_end = mesh_end, .instance = instance};
    const lqi_threemf_selection selection = {.scale = 1};
    lqi_zip *zip = NULL;
    lqi_threemf *threemf = NULL;
    const lqi_threemf_contents *contents = NULL;
    lqi_notes notes;
    lqi_notes_init(&notes, context);
    outcome out = {.status = lqi_zip_open(context, &source, &zip)};
    if (out.status == LQ_OK) out.status = lqi_threemf_open(context, zip, lenient, &threemf);
    if (out.status == LQ_OK && contents_first) out.status = lqi_threemf_contents_read(threemf, &contents);
    if (out.status == LQ_OK) out.status = lqi_threemf_read(threemf, &selection, &sink, &notes);
    if (out.status == LQ_OK) {
        out.hash = r.hash;
        if (lqi_threemf_contents_read(threemf, &contents) == LQ_OK)
            check_contents(contents);
        else
            require(contents == NULL, "contents in spite of a failure");
    } else {
        const lq_error *error = lq_context_error(context);
        require(error->status == out.status, "the context tells another status");
        require(out.status != LQ_ERR_INTERNAL, "an internal error");
        require(error->code[0] && error->message[0], "a failure without words");
        snprintf(out.code, sizeof out.code, "%s", error->code);
        snprintf(out.part, sizeof out.part, "%s", error->part);
        out.offset = error->offset;
    }
    lqi_notes_free(&notes);
    lqi_threemf_close(threemf);
    lqi_zip_close(zip);
    lqi_begin(context);
    require(lq_context_memory_held(context) == 0, "memory is not balanced");
    lq_context_destroy(context);
    return out;
}

static void require_same(const outcome *a, const outcome *b)
{
    require(a->status == b->status && a->offset == b->offset && a->hash == b->hash, "another result the second time");
    require(strcmp(a->code, b->code) == 0 && strcmp(a->part, b->part) == 0, "another failure the second time");
}

static void check_all(const uint8_t *data, size_t size)
{
    const lqi_kernels *best = lqi_kernels_for(lqi_cpu_isa()), *scalar = lqi_kernels_for(LQ_ISA_SCALAR);
    const lqi_kernels parser_only = parser_only_kernels(best);
    outcome first = run(data, size, 1, 0, 0, best), listed = run(data, size, 1, 1, 0, scalar);
    outcome again = run(data, size, 2, 0, 0, &parser_only);
    require_same(&first, &again);
    if (first.status == LQ_OK && listed.status == LQ_OK)
        require(first.hash == listed.hash, "another result after listing");
    if (listed.status == LQ_OK) require(first.status == LQ_OK, "readable only after listing");
    outcome lenient = run(data, size, 1, 0, 1, scalar);
    outcome lenient_again = run(data, size, 1, 0, 1, &parser_only);
    require_same(&lenient, &lenient_again);
    if (first.status == LQ_OK)
        require(lenient.status == LQ_OK && lenient.hash == first.hash, "accepted strictly, not leniently");
}

/* ---- texts into a package ---- */

static const char *const names[] = {"3D/3dmodel.model",
                                    "3D/b.model",
                                    "Metadata/model_settings.config",
                                    "Metadata/Slic3r_PE_model.config",
                                    "Metadata/slice_info.config",
                                    "Metadata/project_settings.config",
                                    "_rels/.rels"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 18) return 0;
    if (size >= 2 && memcmp(data, "PK", 2) == 0) {
        check_all(data, size);
        return 0;
    }
    pack_entry entries[sizeof names / sizeof *names];
    size_t count = 0;
    for (const uint8_t *p = data, *end = data + size; count < sizeof names / sizeof *names; count++) {
        const uint8_t *mark = (size_t)(end - p) >= 4 ? memmem(p, (size_t)(end - p), "%%%\n", 4) : NULL;
        entries[count] =
            (pack_entry){.name = names[count], .data = p, .size = (size_t)((mark ? mark : end) - p), .stored = 1};
        if (!mark) {
            count++;
            break;
        }
        p = mark + 4;
    }
    size_t packed_size;
    uint8_t *packed = pack_zip(entries, count, NULL, &packed_size);
    check_all(packed, packed_size);
    free(packed);
    return 0;
}
