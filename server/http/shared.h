/* What all processes of one host share: rate counters and metrics, in memory that the master maps before it forks. */
#ifndef SV_SHARED_H
#define SV_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "http/labelled.h"

#define SV_WINDOWS 16384
#define SV_BUCKETS 14

/* Two neighbouring windows of one counter. */
typedef struct sv_window {
    _Atomic uint64_t name;  /* 0: free */
    _Atomic uint64_t state; /* number of the window << 32 | count before << 16 .. see shared.c */
} sv_window;

typedef struct sv_shared sv_shared;

sv_shared *sv_shared_make(void); /* NULL: no memory */

/* A sliding window of two weighted buckets. Counts one if the limit allows it and then answers true; *left and *reset_s
 * for the headers, *retry_s: the first second at which one would pass. limit 0: no limit. */
bool sv_rate_take(sv_shared *shared, const char *name, int64_t limit, int64_t seconds, int64_t now_ms, bool count,
                  int64_t *left, int64_t *reset_s, int64_t *retry_s);

/* Metrics in Prometheus' text format 0.0.4. */
void sv_metric_request(sv_shared *shared, int status, int64_t microseconds);
typedef enum sv_counter {
    SV_COUNT_RATE_REJECTED,
    SV_COUNT_RATE_ERRORS,
    SV_COUNT_AUTH_FAILURES,
    SV_COUNT_IDEM_NEW,
    SV_COUNT_IDEM_REPLAYED,
    SV_COUNT_IDEM_REFUSED,
    SV_COUNT_DB_BUSY,
    SV_COUNT_HOOK_SUCCEEDED,
    SV_COUNT_HOOK_FAILED,
    SV_COUNTER_COUNT
} sv_counter;
void sv_metric_count(sv_shared *shared, sv_counter counter);
typedef enum sv_gauge { SV_GAUGE_HOOK_LAG_MS, SV_GAUGE_HOOK_DISABLED, SV_GAUGE_COUNT } sv_gauge;
void sv_metric_set(sv_shared *shared, sv_gauge gauge, int64_t value);
void sv_metric_label(sv_shared *shared, sv_family family, const char *value, int64_t microseconds);
void sv_metric_in_flight(sv_shared *shared, int change);  /* of this process */
void sv_metric_ended(sv_shared *shared, int64_t process); /* whatever it worked on is in flight no more */
void sv_metrics_print(sv_shared *shared, sv_text *text);

#endif
