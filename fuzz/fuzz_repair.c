/*
 * Meshes as hostile as they come, repaired. The bytes are a small mesh on a grid, so that coincidences are common. What
 * must hold for all of them:
 *  - a repaired part that is written, read and repaired again gives the same bytes, with another thread count and key,
 *    unless a surface was left open: how far that is one depends on the numbers of its corners;
 *  - what is read back has no degenerate or misoriented triangle, and is closed and oriented unless the repair says
 * that a surface, or a shell without orientation, was left;
 *  - sound solids keep every facet;
 *  - the memory of the context is balanced, a failure has a code, and is never our own mistake.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/solids.h"
#include "corpus/stl_text.h"
#include "libquote.h"

#define TRIANGLES_MAX 400

typedef struct written {
    lq_status status;
    stl_bytes bytes;
    int left; /* something was left that explains why it is not closed */
    int actions;
} written;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "fuzz_repair: %s\n", what);
    abort();
}

static lq_context *open_context(uint32_t threads, uint8_t key)
{
    static uint8_t hash_key[16];
    memset(hash_key, key, sizeof hash_key);
    lq_limits limits = {.struct_size = sizeof limits, .memory_bytes = UINT64_C(512) << 20, .work_units = 1000000};
    lq_context_options options = {
        .struct_size = sizeof options, .limits = &limits, .thread_count = threads, .hash_key = hash_key};
    lq_context *context = NULL;
    require(lq_context_create(&options, &context) == LQ_OK, "no context");
    return context;
}

static int take(void *user, const void *bytes, size_t size)
{
    stl_bytes_add(user, bytes, size);
    return 0;
}

static lq_part *read_part(lq_context *context, const stl_bytes *bytes)
{
    lq_source source;
    lq_model *model = NULL;
    lq_part *part = NULL;
    lq_source_memory(bytes->data, bytes->size, "fuzz", &source);
    if (lq_model_open(context, &source, NULL, &model) == LQ_OK) (void)lq_part_read(model, NULL, &part);
    lq_model_close(model);
    return part;
}

static void note_actions(const lq_part *repaired, written *out)
{
    lq_repair_action action;
    for (size_t i = 0; lq_part_action(repaired, i, &action) == LQ_OK; i++) {
        require(action.count > 0 && action.code[0] && action.message[0], "an action without words");
        out->left |= strcmp(action.code, "surface_not_solid") == 0 || strcmp(action.code, "non_orientable") == 0;
        out->actions += action.done;
    }
}

static void look_at_report(lq_context *context, const written *out, lq_fill fill)
{
    lq_part *part = read_part(context, &out->bytes);
    lq_analyse_options how = {.struct_size = sizeof how, .fill = fill, .no_printability = 1};
    lq_report *report = NULL;
    require(part != NULL, "the written file cannot be read");
    require(lq_part_analyse(context, part, &how, &report) == LQ_OK, "the written file cannot be measured");
    const lq_facts *facts = lq_report_facts(report);
    require(facts->degenerate_triangles == 0, "degenerate triangles are left");
    if (!out->left) {
        require(facts->closed == 1 && facts->oriented == 1, "it is not closed");
        require(facts->open_edges == 0 && facts->boundary_loops == 0, "it is open");
        require(facts->misoriented_triangles == 0, "triangles face the wrong way");
        require(facts->volume_signed_mm3 >= -fabs(facts->volume_error_mm3) || facts->volume_low_mm3 >= 0 ||
                    isnan(facts->volume_error_mm3),
                "it is inside out");
    }
    lq_report_destroy(report);
    lq_part_destroy(part);
}

static written repair(const stl_bytes *bytes, lq_write_format format, lq_fill fill, uint32_t threads, uint8_t key)
{
    written out = {0};
    lq_context *context = open_context(threads, key);
    uint64_t held = lq_context_memory_held(context);
    lq_repair_options how = {.struct_size = sizeof how, .format = format, .fill = fill};
    const lq_sink sink = {.struct_size = sizeof sink, .user = &out.bytes, .write = take};
    lq_part *part = read_part(context, bytes), *repaired = NULL;
    if (part) out.status = lq_part_repair(context, part, &how, &repaired);
    if (!part || out.status != LQ_OK) {
        const lq_error *error = lq_context_error(context);
        out.status = error->status;
        require(out.status != LQ_OK && out.status != LQ_ERR_INTERNAL, "an internal error");
        require(error->code && error->code[0] && error->message[0], "a failure without words");
    } else {
        note_actions(repaired, &out);
        require(lq_part_write(context, repaired, format, &sink) == LQ_OK, "a repaired part that cannot be written");
        if (threads == 1) look_at_report(context, &out, fill); /* the second time it is the same */
    }
    lq_part_destroy(part);
    lq_part_destroy(repaired);
    lq_context_reset(context);
    require(lq_context_memory_held(context) == held, "memory is not balanced");
    lq_context_destroy(context);
    return out;
}

/* The first byte chooses format and rule, the second the grid, the third how many points there are; then points of
 * three bytes, and triangles of three bytes that index them. */
static solid_soup make_soup(const uint8_t *data, size_t size)
{
    solid_soup soup = {0};
    size_t points = data[2] % 64 + 1, at = 3 + 3 * points;
    double step = data[1] & 1 ? 1.0 / 3 : 1, wobble = data[1] & 2 ? 1e-5 : 0;
    for (; at + 3 <= size && soup.count < TRIANGLES_MAX; at += 3) {
        double corner[3][3];
        for (size_t c = 0; c < 3; c++) {
            size_t point = 3 + 3 * (data[at + c] % points);
            for (size_t k = 0; k < 3; k++)
                corner[c][k] = (data[point + k] % 16) * step + (data[point + k] / 16) * wobble;
        }
        solid_add(&soup, corner[0], corner[1], corner[2]);
    }
    return soup;
}

static int is_sound(const stl_bytes *bytes)
{
    lq_context *context = open_context(1, 1);
    lq_part *part = read_part(context, bytes);
    lq_report *report = NULL;
    int sound = 0;
    const lq_analyse_options how = {.struct_size = sizeof how, .no_printability = 1};
    if (part && lq_part_analyse(context, part, &how, &report) == LQ_OK) {
        const lq_facts *facts = lq_report_facts(report);
        lq_diagnostic finding;
        int pairs = 0;
        for (size_t i = 0; lq_report_diagnostic(report, i, &finding) == LQ_OK; i++)
            pairs |= strcmp(finding.code, "opposite_triangle_pairs") == 0;
        sound = !pairs && facts->manifold == 1 && facts->degenerate_triangles == 0 && facts->volume_signed_mm3 > 0 &&
                facts->verdict != LQ_VERDICT_REJECT && facts->verdict != LQ_VERDICT_OK_REPAIRED;
    }
    lq_report_destroy(report);
    lq_part_destroy(part);
    lq_context_destroy(context);
    return sound;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 16 || size > 4096) return 0;
    lq_write_format format = data[0] & 1 ? LQ_WRITE_STL_BINARY : LQ_WRITE_3MF;
    lq_fill fill = (lq_fill)(data[0] >> 1 & 3) % 3;
    solid_soup soup = make_soup(data, size);
    if (soup.count) {
        stl_bytes bytes = stl_write_binary(&soup, NULL);
        written first = repair(&bytes, format, fill, 1, 0x5a);
        if (first.status == LQ_OK) {
            written second = repair(&first.bytes, format, fill, 3, 0xc3);
            require(first.left || second.status == LQ_OK, "what was repaired cannot be repaired");
            require(first.left || (second.bytes.size == first.bytes.size &&
                                   memcmp(second.bytes.data, first.bytes.data, first.bytes.size) == 0),
                    "repairing again changes the file");
            if (format == LQ_WRITE_STL_BINARY && fill == LQ_FILL_POSITIVE && is_sound(&bytes))
                require(first.bytes.size == bytes.size, "a sound solid lost a facet");
            stl_bytes_free(&second.bytes);
        }
        stl_bytes_free(&first.bytes);
        stl_bytes_free(&bytes);
    }
    solid_free(&soup);
    return 0;
}
