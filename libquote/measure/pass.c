#include "measure/pass.h"

#include <float.h>
#include <string.h>

#include "base/bytes.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "kernel/kernel_list.h"

/* Records and their rows share the first-level cache. */
#define RECORDS_PER_BLOCK ((size_t)128)

#define CHUNKS_PER_WINDOW 64

typedef struct chunk_result {
    lqi_certificate_sums certificate;
    float box[6];
    lqi_dropped_facets dropped;
} chunk_result;

typedef struct pass_task {
    const lqi_pass *pass;
    const uint8_t *records;
    uint64_t count;
    bool swapped;
    size_t first_chunk;               /* of the window */
    double (*sums)[LQI_MOMENT_COUNT]; /* per chunk of the run */
    chunk_result results[CHUNKS_PER_WINDOW];
} pass_task;

/* One record as the kernels want it: in this machine's order, without denormal numbers. */
static lqi_record_state load_record(const uint8_t *record, bool swapped, uint8_t *out)
{
    uint32_t bits[9];
    lqi_record_state state = lqi_record_load(record, swapped, bits);
    memset(out, 0, LQI_RECORD_SIZE);
    for (size_t i = 0; i < 9; i++) lqi_store_u32(out + LQI_RECORD_CORNERS + 4 * i, bits[i]);
    return state;
}

static void drop(lqi_dropped_facets *dropped, lqi_record_state state, uint64_t facet)
{
    if (state == LQI_RECORD_NONFINITE && !dropped->nonfinite++) dropped->first_nonfinite = (int64_t)facet;
    if (state == LQI_RECORD_OUT_OF_RANGE && !dropped->out_of_range++) dropped->first_out_of_range = (int64_t)facet;
}

/* Copies a block that cannot be measured where it lies. What is dropped, or missing at the end of whole lanes, becomes
 * a facet of one point. */
static void copy_block(const pass_task *task, uint64_t first, size_t count, uint8_t *out, lqi_dropped_facets *dropped)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t *record = out + i * LQI_RECORD_SIZE;
        lqi_record_state state = load_record(task->records + (first + i) * LQI_RECORD_SIZE, task->swapped, record);
        if (state == LQI_RECORD_USABLE) continue;
        memset(record, 0, LQI_RECORD_SIZE);
        drop(dropped, state, first + i);
    }
    for (size_t i = count; i % LQI_LANES; i++) memset(out + i * LQI_RECORD_SIZE, 0, LQI_RECORD_SIZE);
}

static void measure_block(const pass_task *task, uint64_t first, size_t count, chunk_result *result,
                          double lanes[LQI_MOMENT_COUNT][LQI_LANES])
{
    const lqi_pass *pass = task->pass;
    const lqi_kernels *kernels = pass->context->kernels;
    const uint8_t *records = task->records + first * LQI_RECORD_SIZE;
    lqi_rows rows;
    float box[6];
    uint8_t copy[RECORDS_PER_BLOCK * LQI_RECORD_SIZE];
    memcpy(box, result->box, sizeof box);
    if (task->swapped || count % LQI_LANES || !kernels->record_rows(records, count, &rows, result->box)) {
        memcpy(result->box, box, sizeof box);
        copy_block(task, first, count, copy, &result->dropped);
        records = copy;
        count = (count + LQI_LANES - 1) / LQI_LANES * LQI_LANES;
        kernels->record_rows(records, count, &rows, result->box);
    }
    kernels->record_certificate(records, count, &pass->key, &result->certificate);
    kernels->moments(&rows, pass->reference, NULL, count, lanes);
}

static lq_status measure_chunk(void *user, size_t index)
{
    pass_task *task = user;
    if (lqi_stopped(task->pass->context)) return LQ_ERR_CANCELLED;
    chunk_result *result = &task->results[index];
    *result =
        (chunk_result){.box = {FLT_MAX, FLT_MAX, FLT_MAX, -FLT_MAX, -FLT_MAX, -FLT_MAX}, .dropped = LQI_NONE_DROPPED};
    double lanes[LQI_MOMENT_COUNT][LQI_LANES] = {{0}};
    size_t chunk = task->first_chunk + index;
    uint64_t first = chunk * LQI_MOMENT_CHUNK, last = first + LQI_MOMENT_CHUNK;
    if (last > task->count) last = task->count;
    for (; first < last; first += RECORDS_PER_BLOCK)
        measure_block(task, first, last - first < RECORDS_PER_BLOCK ? (size_t)(last - first) : RECORDS_PER_BLOCK,
                      result, lanes);
    lqi_moments_sum_lanes(lanes, task->sums[chunk]);
    return LQ_OK;
}

static void take_chunk(lqi_pass *pass, const chunk_result *result, lqi_dropped_facets *dropped)
{
    pass->certificate.oriented += result->certificate.oriented;
    pass->certificate.parity[0] ^= result->certificate.parity[0];
    pass->certificate.parity[1] ^= result->certificate.parity[1];
    const float *b = result->box;
    const lqi_box box = {{(double)b[0], (double)b[1], (double)b[2]}, {(double)b[3], (double)b[4], (double)b[5]}};
    lqi_box_add(&pass->box, &box);
    if (!dropped->nonfinite) dropped->first_nonfinite = result->dropped.first_nonfinite;
    if (!dropped->out_of_range) dropped->first_out_of_range = result->dropped.first_out_of_range;
    dropped->nonfinite += result->dropped.nonfinite;
    dropped->out_of_range += result->dropped.out_of_range;
}

/* The first corner that can be used: near the part, wherever it lies. */
static void find_reference(lqi_pass *pass, const uint8_t *records, uint64_t count, bool swapped)
{
    uint8_t record[LQI_RECORD_SIZE];
    for (uint64_t i = 0; i < count && !pass->has_reference; i++) {
        if (load_record(records + i * LQI_RECORD_SIZE, swapped, record) != LQI_RECORD_USABLE) continue;
        for (size_t axis = 0; axis < 3; axis++)
            pass->reference[axis] = (double)lqi_float_of_bits(lqi_load_u32(record + LQI_RECORD_CORNERS + 4 * axis));
        pass->has_reference = true;
    }
}

lq_status lqi_pass_add(lqi_pass *pass, const uint8_t *records, uint64_t count, bool swapped,
                       lqi_dropped_facets *dropped)
{
    lq_context *context = pass->context;
    size_t chunk_count = (size_t)((count + LQI_MOMENT_CHUNK - 1) / LQI_MOMENT_CHUNK);
    LQI_TRY(lqi_grow(context, (void **)&pass->sums, &pass->chunk_capacity, pass->chunk_count + chunk_count,
                     sizeof *pass->sums));
    *dropped = LQI_NONE_DROPPED;
    if (!pass->has_reference) find_reference(pass, records, count, swapped);
    pass_task task = {.pass = pass, .records = records, .count = count, .swapped = swapped};
    task.sums = pass->sums + pass->chunk_count;
    for (; task.first_chunk < chunk_count; task.first_chunk += CHUNKS_PER_WINDOW) {
        size_t left = chunk_count - task.first_chunk, window = left < CHUNKS_PER_WINDOW ? left : CHUNKS_PER_WINDOW;
        LQI_TRY(lqi_progress(context, "read", task.first_chunk, chunk_count));
        lq_status status = lqi_parallel(context, window, measure_chunk, &task);
        if (status == LQ_ERR_CANCELLED) return lqi_fail(context, LQI_CANCELLED, -1, "The work was cancelled.");
        if (status != LQ_OK) return status;
        for (size_t i = 0; i < window; i++) take_chunk(pass, &task.results[i], dropped);
    }
    pass->chunk_count += chunk_count;
    pass->facet_count += count;
    pass->dropped_count += dropped->nonfinite + dropped->out_of_range;
    return LQ_OK;
}

/* What an open surface seems to hold depends on where it is seen from: as everywhere else, the middle of its box. */
static void see_from(lqi_moments *moments, const lqi_box *box)
{
    double centre[3];
    lqi_box_centre(box, centre);
    for (int i = 0; i < 3; i++) moments->volume -= moments->vector_area[i] * (centre[i] - moments->reference[i]) / 3;
}

void lqi_pass_finish(lqi_pass *pass, lqi_pass_measures *measures)
{
    double total[LQI_MOMENT_COUNT];
    *measures = (lqi_pass_measures){.box = pass->box, .certificate = lqi_certificate_of_sums(&pass->certificate)};
    lqi_moments_sum_chunks(pass->sums, pass->chunk_count, total);
    lqi_moments_of_sums(total, (size_t)pass->facet_count, pass->reference, &measures->stored);
    pass->surface = measures->stored;
    if (!measures->certificate.closed || !measures->certificate.oriented) see_from(&measures->stored, &pass->box);
    pass->chunk_count = 0; /* they are used up */
}

void lqi_pass_look_again(const lqi_pass *pass, const uint8_t *records, uint64_t count, bool swapped, lqi_sketch *sketch)
{
    uint32_t bits[9];
    for (uint64_t i = 0; i < count && !lqi_stopped(pass->context); i++)
        if (lqi_record_load(records + i * LQI_RECORD_SIZE, swapped, bits) == LQI_RECORD_USABLE)
            lqi_sketch_add(sketch, (const uint32_t(*)[3])bits);
}

lq_status lqi_pass_close(const lqi_pass *pass, lqi_sketch *sketch, lqi_pass_measures *measures)
{
    return lqi_patch_make(pass->context, sketch, &pass->surface, &pass->certificate, &pass->key, &measures->patch);
}

void lqi_pass_init(lqi_pass *pass, lq_context *context)
{
    *pass = (lqi_pass){.context = context, .key = lqi_certificate_keys(context), .box = lqi_box_empty()};
}

void lqi_pass_free(lqi_pass *pass)
{
    if (!pass->context) return;
    lqi_free(pass->context, pass->sums);
    *pass = (lqi_pass){0};
}
