#include "mesh/certificate.h"

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "kernel/kernel_list.h"

#define TRIANGLES_PER_TASK ((size_t)65536)

typedef struct certify_task {
    lq_context *context;
    const lqi_mesh *mesh;
    const uint64_t *pair;
    lqi_certificate_sums *sums; /* per task */
} certify_task;

static lq_status certify(void *user, size_t index)
{
    const certify_task *task = user;
    if (lqi_stopped(task->context)) return LQ_ERR_CANCELLED;
    size_t first = index * TRIANGLES_PER_TASK, rest = task->mesh->triangle_count - first;
    task->context->kernels->certificate(task->pair, task->mesh->corner + 3 * first,
                                        rest < TRIANGLES_PER_TASK ? rest : TRIANGLES_PER_TASK, &task->sums[index]);
    return LQ_OK;
}

lq_status lqi_mesh_certify(lq_context *context, const lqi_mesh *mesh, lqi_mesh_certificate *certificate)
{
    size_t task_count = (mesh->triangle_count + TRIANGLES_PER_TASK - 1) / TRIANGLES_PER_TASK;
    uint64_t *pair = lqi_alloc_array(context, (size_t)mesh->vertex_count * 2, sizeof *pair);
    lqi_certificate_sums *sums = pair ? lqi_alloc_zeroed(context, task_count, sizeof *sums) : NULL;
    lq_status status;
    if (!sums) {
        status = lqi_memory_status(context);
        goto done;
    }
    const uint64_t key[2] = {lqi_hash_seed(context, 'p'), lqi_hash_seed(context, 'q')};
    context->kernels->vertex_keys(mesh->position, mesh->vertex_count, key, pair);
    certify_task task = {context, mesh, pair, sums};
    status = lqi_parallel(context, task_count, certify, &task);
    if (status == LQ_ERR_CANCELLED) status = lqi_fail(context, LQI_CANCELLED, -1, "The work was cancelled.");
    if (status != LQ_OK) goto done;
    lqi_certificate_sums total = {0};
    for (size_t i = 0; i < task_count; i++) {
        total.oriented += sums[i].oriented;
        total.parity[0] ^= sums[i].parity[0];
        total.parity[1] ^= sums[i].parity[1];
    }
    certificate->oriented = total.oriented == 0;
    certificate->closed = (total.parity[0] | total.parity[1]) == 0;
done:
    lqi_free(context, pair);
    lqi_free(context, sums);
    return status;
}
