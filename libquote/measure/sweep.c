#include "measure/sweep.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "kernel/kernel_list.h"
#include "mesh/edges.h"

/* Chunks in flight, per thread: what they leave for the part that goes in order stays in the cache. More where threads
 * wait for each other at the end of a window. No result depends on it. */
#define CHUNKS_ALONE 16
#define CHUNKS_TOGETHER 32
#define CHUNKS_MAX 512
#define BLOCKS_PER_CHUNK (LQI_MOMENT_CHUNK / LQI_BLOCK)

/* What one chunk leaves behind, to be taken in order. */
typedef struct chunk_result {
    lqi_certificate_sums certificate;
    lqi_slivers slivers;
    lqi_spans spans;
    lqi_shell_block block[BLOCKS_PER_CHUNK];
    size_t block_count;
    double volume[LQI_MOMENT_CHUNK];
} chunk_result;

typedef struct sweep_task {
    lq_context *context;
    const lqi_sweep *sweep;
    const lqi_certificate_key *key;
    size_t first_chunk;    /* of the window */
    chunk_result *results; /* of the window */
    double (*stored)[LQI_MOMENT_COUNT];
    double (*made)[LQI_MOMENT_COUNT]; /* per chunk of the mesh */
} sweep_task;

/* One block at work. */
typedef struct block_work {
    size_t first, count;
    lqi_rows rows; /* padded to whole lanes with triangles of one point */
} block_work;

static size_t padded(size_t count) { return (count + LQI_LANES - 1) / LQI_LANES * LQI_LANES; }

static double weight_of(uint8_t flag)
{
    if (flag & (LQI_TRIANGLE_DEGENERATE | LQI_TRIANGLE_DUPLICATE)) return 0;
    return flag & LQI_TRIANGLE_FLIPPED ? -1 : 1;
}

void lqi_rows_transform(lqi_rows *rows, size_t count, const double transform[12])
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < LQI_ROW_COUNT; k += 3) {
            const double p[3] = {rows->row[k][i], rows->row[k + 1][i], rows->row[k + 2][i]};
            double moved[3];
            lqi_transform_point(transform, p, moved);
            for (size_t axis = 0; axis < 3; axis++) rows->row[k + axis][i] = moved[axis];
        }
}

static void load_block(const sweep_task *task, block_work *work)
{
    const lqi_sweep *sweep = task->sweep;
    const lqi_mesh *mesh = sweep->mesh;
    size_t count = work->count, following = mesh->triangle_count - work->first - count;
    task->context->kernels->corner_rows(mesh->position, mesh->corner + 3 * work->first, count, following, &work->rows);
    if (sweep->transform) lqi_rows_transform(&work->rows, count, sweep->transform);
    for (size_t i = count; i % LQI_LANES; i++)
        for (size_t row = 0; row < LQI_ROW_COUNT; row++) work->rows.row[row][i] = sweep->reference[row % 3];
}

static void add_stored(const sweep_task *task, const block_work *work, double lanes[LQI_MOMENT_COUNT][LQI_LANES])
{
    task->context->kernels->moments(&work->rows, task->sweep->reference, NULL, padded(work->count), lanes);
}

static void add_made(const sweep_task *task, const block_work *work, double lanes[LQI_MOMENT_COUNT][LQI_LANES])
{
    double weight[LQI_BLOCK];
    size_t count = padded(work->count);
    const uint8_t *flag = task->sweep->flag ? task->sweep->flag + work->first : NULL;
    for (size_t i = 0; i < count; i++) weight[i] = flag && i < work->count ? weight_of(flag[i]) : 1;
    task->context->kernels->moments(&work->rows, task->sweep->reference, weight, count, lanes);
}

static void add_slivers(const sweep_task *task, const block_work *work, lqi_slivers *slivers)
{
    uint64_t mask[LQI_BLOCK_WORDS];
    task->context->kernels->slivers(&work->rows, work->count, mask);
    for (size_t word = 0; word < LQI_BLOCK_WORDS; word++)
        for (uint64_t bits = mask[word]; bits; bits &= bits - 1) {
            size_t t = work->first + word * 64 + (size_t)__builtin_ctzll(bits);
            if (lqi_is_degenerate(task->sweep->mesh->corner + 3 * t)) continue;
            if (!slivers->count++) slivers->first = (int64_t)t;
        }
}

/* Each equal to the next: memcmp is as fast as the cache. */
static bool is_alike(const lqi_sweep *sweep, const block_work *work)
{
    const uint32_t *shell = sweep->shell + work->first;
    const uint8_t *flag = sweep->flag + work->first;
    return !flag[0] && memcmp(flag, flag + 1, work->count - 1) == 0 &&
           memcmp(shell, shell + 1, (work->count - 1) * sizeof *shell) == 0;
}

static void prepare_shells(const sweep_task *task, const block_work *work, chunk_result *result)
{
    const lqi_sweep *sweep = task->sweep;
    lqi_shell_block *block = &result->block[result->block_count];
    double *volume = result->volume + result->block_count++ * LQI_BLOCK;
    lqi_box none = lqi_box_empty();
    double box[6];
    memcpy(box, none.min, sizeof none.min);
    memcpy(box + 3, none.max, sizeof none.max);
    task->context->kernels->tetrahedra(&work->rows, work->count, sweep->mesh->position, volume, box);
    *block =
        (lqi_shell_block){.first = work->first, .count = work->count, .volume = volume, .alike = is_alike(sweep, work)};
    memcpy(block->box.min, box, sizeof block->box.min);
    memcpy(block->box.max, box + 3, sizeof block->box.max);
}

static lq_status sweep_chunk(void *user, size_t index)
{
    const sweep_task *task = user;
    const lqi_sweep *sweep = task->sweep;
    const lqi_kernels *kernels = task->context->kernels;
    if (lqi_stopped(task->context)) return LQ_ERR_CANCELLED;
    chunk_result *result = &task->results[index];
    double stored[LQI_MOMENT_COUNT][LQI_LANES] = {{0}}, made[LQI_MOMENT_COUNT][LQI_LANES] = {{0}};
    result->certificate = (lqi_certificate_sums){0};
    result->slivers = (lqi_slivers){0, -1};
    result->block_count = 0;
    size_t chunk = task->first_chunk + index, t = chunk * LQI_MOMENT_CHUNK, last = t + LQI_MOMENT_CHUNK;
    if (last > sweep->mesh->triangle_count) last = sweep->mesh->triangle_count;
    for (; t < last; t += LQI_BLOCK) {
        block_work work;
        work.first = t;
        work.count = last - t < LQI_BLOCK ? last - t : LQI_BLOCK;
        load_block(task, &work);
        if (sweep->certificate)
            kernels->certificate(sweep->mesh->position, sweep->mesh->corner + 3 * t, work.count, task->key,
                                 &result->certificate);
        if (sweep->stored) add_stored(task, &work, stored);
        if (sweep->made) add_made(task, &work, made);
        if (sweep->slivers) add_slivers(task, &work, &result->slivers);
        if (sweep->shells) prepare_shells(task, &work, result);
        if (sweep->raster)
            LQI_TRY(lqi_raster_find(sweep->raster, &work.rows, work.count, sweep->flag + t, sweep->shell + t,
                                    &result->spans));
    }
    if (sweep->stored) lqi_moments_sum_lanes(stored, task->stored[chunk]);
    if (sweep->made) lqi_moments_sum_lanes(made, task->made[chunk]);
    return LQ_OK;
}

/* In order of triangles, on one thread. */
static lq_status take_window(const sweep_task *task, size_t chunk_count, lqi_certificate_sums *sums)
{
    const lqi_sweep *sweep = task->sweep;
    const lqi_shelled shelled = {sweep->mesh, sweep->flag, sweep->shell};
    for (size_t i = 0; i < chunk_count; i++) {
        chunk_result *result = &task->results[i];
        sums->oriented += result->certificate.oriented;
        sums->parity[0] ^= result->certificate.parity[0];
        sums->parity[1] ^= result->certificate.parity[1];
        if (sweep->slivers) {
            if (!sweep->slivers->count) sweep->slivers->first = result->slivers.first;
            sweep->slivers->count += result->slivers.count;
        }
        for (size_t block = 0; block < result->block_count; block++)
            lqi_shells_add(sweep->shells, &shelled, &result->block[block]);
        if (sweep->raster) LQI_TRY(lqi_raster_take(sweep->raster, &result->spans));
    }
    if (sweep->raster) atomic_store_explicit(&sweep->raster->under_way, 0, memory_order_relaxed);
    return LQ_OK;
}

static size_t chunks_per_window(const lq_context *context, size_t chunk_count)
{
    size_t threads = context->thread_count, window = threads > 1 ? threads * CHUNKS_TOGETHER : CHUNKS_ALONE;
    if (window > CHUNKS_MAX) window = CHUNKS_MAX;
    return window < chunk_count ? window : chunk_count;
}

static lq_status run_windows(sweep_task *task, size_t chunk_count, size_t window, lqi_certificate_sums *sums)
{
    lq_context *context = task->context;
    for (; task->first_chunk < chunk_count; task->first_chunk += window) {
        size_t count = chunk_count - task->first_chunk < window ? chunk_count - task->first_chunk : window;
        LQI_TRY(lqi_progress(context, "measure", task->first_chunk, chunk_count));
        lq_status status = lqi_parallel(context, count, sweep_chunk, task);
        if (status == LQ_ERR_CANCELLED) return lqi_fail(context, LQI_CANCELLED, -1, "The work was cancelled.");
        if (status != LQ_OK) return status;
        LQI_TRY(take_window(task, count, sums));
    }
    return LQ_OK;
}

lq_status lqi_sweep_run(lq_context *context, const lqi_sweep *sweep)
{
    size_t chunk_count = (sweep->mesh->triangle_count + LQI_MOMENT_CHUNK - 1) / LQI_MOMENT_CHUNK;
    size_t window = chunks_per_window(context, chunk_count);
    lqi_certificate_key key = lqi_certificate_keys(context);
    lqi_certificate_sums sums = {0};
    sweep_task task = {.context = context, .sweep = sweep, .key = &key};
    double(*chunk_sums)[LQI_MOMENT_COUNT] = lqi_alloc_zeroed(context, 2 * chunk_count, sizeof *chunk_sums);
    task.results = chunk_sums ? lqi_alloc_array(context, window, sizeof *task.results) : NULL;
    lq_status status;
    if (!task.results) {
        status = lqi_memory_status(context);
        goto done;
    }
    for (size_t i = 0; i < window; i++) task.results[i].spans = (lqi_spans){0};
    task.stored = chunk_sums;
    task.made = chunk_sums + chunk_count;
    if (sweep->slivers) *sweep->slivers = (lqi_slivers){0, -1};
    LQI_TRY_GOTO(run_windows(&task, chunk_count, window, &sums));
    if (sweep->stored) lqi_moments_sum_chunks(task.stored, chunk_count, sweep->stored);
    if (sweep->made) lqi_moments_sum_chunks(task.made, chunk_count, sweep->made);
    if (sweep->certificate) *sweep->certificate = lqi_certificate_of_sums(&sums);
done:
    for (size_t i = 0; task.results && i < window; i++) lqi_free(context, task.results[i].spans.span);
    lqi_free(context, task.results);
    lqi_free(context, chunk_sums);
    return status;
}
