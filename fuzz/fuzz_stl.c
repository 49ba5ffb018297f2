/*
 * Any bytes as an upload, STL above all, from open to JSON through the public header. What must hold for all of them:
 *  - reading twice, with another thread count and another hash key, gives the same report and picture or the same
 *    failure;
 *  - the memory of the context is balanced when everything is destroyed;
 *  - a failure has a code and a sentence and is never our own mistake; a report has finite measures, and a volume has a
 *    finite bound or a range;
 *  - what is accepted strictly is accepted leniently, with the same numbers;
 *  - read for the certificate alone, the same bytes have the same outcome, box, and answer.
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libquote.h"

#define INPUT_SIZE_MAX (1u << 20)

/* A picture takes as long as all else: of so many files one has one. */
#define PICTURED 4
#define PICTURE_WIDTH 40
#define PICTURE_HEIGHT 23

typedef struct outcome {
    lq_status status;
    char code[64];
    int64_t offset, line;
    lq_facts facts;
    char *json;
    uint8_t picture[PICTURE_WIDTH * PICTURE_HEIGHT * 4];
} outcome;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "fuzz_stl: %s\n", what);
    abort();
}

static void check_facts(const lq_facts *facts)
{
    require(facts->triangle_count > 0, "a report without triangles");
    for (int k = 0; k < 3; k++)
        require(isfinite(facts->box_min_mm[k]) && facts->box_min_mm[k] <= facts->box_max_mm[k] &&
                    isfinite(facts->box_max_mm[k]),
                "the box is no box");
    require(isfinite(facts->area_mm2) && facts->area_mm2 >= 0, "the area is no area");
    int ranged = isfinite(facts->volume_low_mm3) && facts->volume_low_mm3 <= facts->volume_high_mm3;
    int bounded = isfinite(facts->volume_mm3) && isfinite(facts->volume_error_mm3) && facts->volume_error_mm3 >= 0;
    require(bounded || ranged || facts->verdict == LQ_VERDICT_REJECT, "a volume without bound or range");
    if (facts->closed == 1) require(facts->open_edges <= 0, "closed, with open edges");
    if (facts->manifold == 1) require(facts->closed == 1 && facts->oriented == 1, "manifold, but not closed");
    if (facts->certificate_closed >= 0 && facts->closed >= 0)
        require(facts->certificate_closed == facts->closed, "the certificate contradicts the edges");
    if (facts->certificate_oriented >= 0 && facts->oriented >= 0)
        require(facts->certificate_oriented == facts->oriented, "the certificate contradicts the orientation");
}

/* Times are the only thing that may differ from run to run. */
static void forget_times(char *json)
{
    static const char key[] = "\"timing_ms\":{";
    char *times = json == NULL ? NULL : strstr(json, key), *end = times == NULL ? NULL : strchr(times, '}');
    if (end != NULL) memmove(times + sizeof key - 1, end, strlen(end) + 1);
}

static void take_picture(lq_context *context, const lq_part *part, outcome *out)
{
    const lq_render_options options = {.struct_size = sizeof options,
                                       .width = PICTURE_WIDTH,
                                       .height = PICTURE_HEIGHT,
                                       .defects = 1,
                                       .overhangs = 1,
                                       .walls = out->facts.triangle_count % 2 == 0};
    lq_status status = lq_part_render(context, part, &options, out->picture, sizeof out->picture);
    require(status == LQ_OK || status == LQ_ERR_LIMIT, "a part without a picture");
}

static outcome run(const uint8_t *data, size_t size, uint32_t threads, uint8_t key, int lenient, lq_topology topology)
{
    outcome out;
    memset(&out, 0, sizeof out);
    uint8_t hash_key[16];
    memset(hash_key, key, sizeof hash_key);
    lq_limits limits;
    memset(&limits, 0, sizeof limits);
    limits.struct_size = sizeof limits;
    limits.memory_bytes = UINT64_C(512) << 20;
    limits.inflated_bytes = UINT64_C(16) << 20;
    limits.triangles = 1000000;
    lq_context_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.limits = &limits;
    options.thread_count = threads;
    options.hash_key = hash_key;

    lq_context *context = NULL;
    require(lq_context_create(&options, &context) == LQ_OK, "no context");
    uint64_t held = lq_context_memory_held(context);
    lq_source source;
    lq_source_memory(data, size, "fuzz.stl", &source);
    lq_open_options open_options = {sizeof open_options, lenient};
    lq_selection selection;
    memset(&selection, 0, sizeof selection);
    selection.struct_size = sizeof selection;
    selection.topology = topology;
    lq_analyse_options analyse_options = {.struct_size = sizeof analyse_options, .topology = topology, .columns = 32};
    lq_model *model = NULL;
    lq_part *part = NULL;
    lq_report *report = NULL;
    char *json = NULL;
    out.status = lq_model_open(context, &source, &open_options, &model);
    require((out.status == LQ_OK) == (model != NULL), "open: status and model disagree");
    if (out.status == LQ_OK) out.status = lq_part_read(model, &selection, &part);
    if (out.status == LQ_OK) out.status = lq_part_analyse(context, part, &analyse_options, &report);
    if (out.status == LQ_OK) {
        out.facts = *lq_report_facts(report);
        if (topology == LQ_TOPOLOGY_FULL) check_facts(&out.facts);
        out.status = lq_report_json(context, report, &json, NULL);
        require(out.status == LQ_OK, "a report that cannot be written");
        require(strstr(json, ":nan") == NULL && strstr(json, ":-nan") == NULL && strstr(json, ":inf") == NULL &&
                    strstr(json, ":-inf") == NULL,
                "a number in JSON that is none");
        if (topology == LQ_TOPOLOGY_FULL && size % PICTURED == 0) take_picture(context, part, &out);
        out.json = strdup(json);
        forget_times(out.json);
    } else {
        const lq_error *error = lq_context_error(context);
        require(error->status == out.status, "the context tells another status");
        require(out.status != LQ_ERR_INTERNAL, "an internal error");
        require(error->code != NULL && error->code[0] != '\0' && error->message[0] != '\0', "a failure without words");
        snprintf(out.code, sizeof out.code, "%s", error->code);
        out.offset = error->offset;
        out.line = error->line;
    }
    lq_text_free(context, json);
    lq_report_destroy(report);
    lq_part_destroy(part);
    lq_model_close(model);
    lq_context_reset(context);
    require(lq_context_memory_held(context) == held, "memory is not balanced");
    lq_context_destroy(context);
    return out;
}

static void require_same(const outcome *a, const outcome *b)
{
    require(a->status == b->status, "another status the second time");
    require(strcmp(a->code, b->code) == 0, "another code the second time");
    require(a->offset == b->offset && a->line == b->line, "another place the second time");
    require((a->json == NULL) == (b->json == NULL), "one report, one not");
    require(a->json == NULL || strcmp(a->json, b->json) == 0, "another report the second time");
    require(memcmp(a->picture, b->picture, sizeof a->picture) == 0, "another picture the second time");
}

/* The proof's box is that of the file. Facets without an area and copies that cancel are left out of the other, and so
 * are those whose corners fall together where corners a hair apart are joined; those that stay moved inwards then. */
static bool boxes_agree(const lq_facts *full, const lq_facts *proof)
{
    const bool smaller = full->closed != 1 || full->degenerate_triangles > 0 || full->duplicate_triangles > 0;
    for (int k = 0; k < 3; k++) {
        double low = full->box_min_mm[k] - proof->box_min_mm[k], high = proof->box_max_mm[k] - full->box_max_mm[k];
        if (smaller ? !(low >= 0 && high >= 0) : low != 0 || high != 0) return false;
    }
    return true;
}

/* What both depths know. A streamed file needs less memory, so that limits are no difference. */
static void require_agreement(const outcome *full, const outcome *proof)
{
    if (full->status == LQ_ERR_LIMIT) return;
    require(full->status == proof->status, "the certificate has another status");
    require(strcmp(full->code, proof->code) == 0, "the certificate has another code");
    if (full->status != LQ_OK) return;
    const lq_facts *a = &full->facts, *b = &proof->facts;
    require(a->triangle_count == b->triangle_count, "the certificate counts other triangles");
    require(a->closed == b->certificate_closed && a->oriented == b->certificate_oriented,
            "the certificate contradicts the edges");
    require(boxes_agree(a, b), "the certificate has another box");
    if (isfinite(a->volume_error_mm3) && a->closed == 1 && a->oriented == 1)
        require(fabs(a->volume_signed_mm3 - b->volume_signed_mm3) <= a->volume_error_mm3,
                "the certificate's volume is off");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_SIZE_MAX) return 0;
    outcome first = run(data, size, 1, 0x5a, 0, LQ_TOPOLOGY_FULL),
            second = run(data, size, 3, 0xc3, 0, LQ_TOPOLOGY_FULL);
    require_same(&first, &second);
    outcome lenient = run(data, size, 1, 0x5a, 1, LQ_TOPOLOGY_FULL);
    outcome proof = run(data, size, 2, 0xc3, 0, LQ_TOPOLOGY_CERTIFICATE);
    require_agreement(&first, &proof);
    if (first.status == LQ_OK) {
        require(lenient.status == LQ_OK, "lenient is stricter than strict");
        require(memcmp(&first.facts.volume_mm3, &lenient.facts.volume_mm3, sizeof(double)) == 0,
                "lenient changes the volume");
    }
    free(first.json);
    free(second.json);
    free(lenient.json);
    free(proof.json);
    return 0;
}
