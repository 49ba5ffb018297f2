#include "app/sweep.h"

#include "base/log.h"
#include "base/moment.h"
#include "store/blob_sweep.h"
#include "store/jobs.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define EVERY_MS (6 * HOUR_MS)
#define BLOB_AGE_MS DAY_MS
#define DERIVED_MS (30 * DAY_MS) /* pictures and the like are made again when somebody asks */
#define DELETED_MS (30 * DAY_MS)

sv_result sv_sweep(sv_store *store, const sv_config *config, int64_t *removed)
{
    const int64_t now = sv_now_ms();
    const sv_value values[] = {sv_int(now - DAY_MS), sv_int(now)};
    const sv_value derived = sv_int(now - DERIVED_MS);
    sv_result result = sv_run(store, SV_SQL_UPLOAD_SWEEP, values, 2, NULL);
    if (result == SV_DONE) result = sv_run(store, SV_SQL_DERIVED_SWEEP, &derived, 1, NULL);
    *removed = 0;
    return result == SV_DONE ? sv_blob_sweep(store, config, BLOB_AGE_MS, DELETED_MS, removed) : result;
}

void sv_sweep_when_due(sv_store *store, const sv_config *config)
{
    int64_t removed;
    if (!sv_duty_take(store, "sweep", sv_now_ms(), EVERY_MS)) return;
    if (sv_sweep(store, config, &removed) == SV_DONE && removed)
        sv_log(SV_LOG_INFO, "blobs swept", json_pack("{s:I}", "removed", (json_int_t)removed));
}
