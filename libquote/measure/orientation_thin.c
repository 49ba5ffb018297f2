#include "measure/orientation_thin.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

/* The one of so many columns in the middle, or behind it. */
static uint32_t kept_column(const lqi_dexel_axis *from, uint32_t stride, uint32_t u, uint32_t v)
{
    return (v * stride + stride / 2) * from->across[0] + u * stride + stride / 2;
}

static uint32_t kept_across(uint32_t across, uint32_t stride) { return (across + (stride - 1) / 2) / stride; }

static lq_status thin_axis(lq_context *context, const lqi_dexel_axis *from, uint32_t stride, lqi_dexel_axis *to)
{
    *to = *from;
    to->first = NULL;
    to->run = NULL;
    to->cell = from->cell * stride;
    for (int way = 0; way < 2; way++) {
        to->across[way] = kept_across(from->across[way], stride);
        to->origin[way] = lqi_dexel_centre(from, way, stride / 2) - to->cell / 2;
    }
    to->first = lqi_alloc_array(context, (size_t)to->across[0] * to->across[1] + 1, sizeof *to->first);
    if (!to->first) return lqi_memory_status(context);
    uint32_t runs = 0, column = 0;
    for (uint32_t v = 0; v < to->across[1]; v++)
        for (uint32_t u = 0; u < to->across[0]; u++) {
            uint32_t kept = kept_column(from, stride, u, v);
            to->first[column++] = runs;
            runs += from->first[kept + 1] - from->first[kept];
        }
    to->first[column] = runs;
    to->run = lqi_alloc_array(context, runs, sizeof *to->run);
    if (!to->run) return lqi_memory_status(context);
    column = 0;
    for (uint32_t v = 0; v < to->across[1]; v++)
        for (uint32_t u = 0; u < to->across[0]; u++, column++)
            memcpy(to->run + to->first[column], from->run + from->first[kept_column(from, stride, u, v)],
                   (to->first[column + 1] - to->first[column]) * sizeof *to->run);
    return LQ_OK;
}

lq_status lqi_dexels_thin(lq_context *context, const lqi_dexels *dexels, uint32_t stride, lqi_dexels *thin)
{
    *thin = *dexels;
    thin->context = context;
    thin->cell = dexels->cell * stride;
    for (int i = 0; i < 3; i++) thin->axis[i].first = NULL, thin->axis[i].run = NULL;
    for (int i = 0; i < 3; i++) {
        lq_status status = thin_axis(context, &dexels->axis[i], stride, &thin->axis[i]);
        if (status == LQ_OK) continue;
        lqi_dexels_thin_free(thin);
        return status;
    }
    return LQ_OK;
}

void lqi_dexels_thin_free(lqi_dexels *thin)
{
    for (int i = 0; i < 3; i++) {
        lqi_free(thin->context, thin->axis[i].first);
        lqi_free(thin->context, thin->axis[i].run);
    }
    *thin = (lqi_dexels){0};
}
