#include "http/shared.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

/* A slot of the table: the newest window seen, and the counts of it and the one before, in one word so that they change
 * together: 32 bits of window, 16 of each count. Counts above 65535 stay there; limits are below. */
#define PROCESSES_MAX 1024

/* What one process works on: should it be killed, the master forgets it. */
typedef struct busy {
    _Atomic int64_t process, requests; /* process 0: free */
} busy;

struct sv_shared {
    sv_window window[SV_WINDOWS];
    _Atomic uint64_t requests[6]; /* by the first digit of the status */
    _Atomic uint64_t bucket[SV_BUCKETS + 1], micros;
    _Atomic uint64_t counters[SV_COUNTER_COUNT];
    _Atomic int64_t gauges[SV_GAUGE_COUNT];
    busy busy[PROCESSES_MAX];
    sv_labels labels;
};

#define TRIES 16
#define COUNT_MAX 0xFFFFu

sv_shared *sv_shared_make(void)
{
    void *memory = mmap(NULL, sizeof(sv_shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* A table that is full lets the newest name take the first slot of its chain: the limit is then softer, never harder.
 */
static sv_window *find_window(sv_shared *shared, uint64_t name)
{
    size_t first = name % SV_WINDOWS;
    for (size_t i = 0; i < TRIES; i++) {
        sv_window *window = &shared->window[(first + i) % SV_WINDOWS];
        uint64_t there = atomic_load(&window->name);
        if (there == name) return window;
        if (there == 0 && (atomic_compare_exchange_strong(&window->name, &there, name) || there == name)) return window;
    }
    sv_window *window = &shared->window[first];
    atomic_store(&window->name, name);
    atomic_store(&window->state, 0);
    return window;
}

typedef struct counts {
    uint64_t window, before, now;
} counts;

static counts unpack(uint64_t state, uint64_t window)
{
    counts c = {window, 0, 0};
    uint64_t seen = state >> 32;
    if (seen == (uint32_t)window)
        c.before = state >> 16 & COUNT_MAX, c.now = state & COUNT_MAX;
    else if ((uint32_t)(seen + 1) == (uint32_t)window)
        c.before = state & COUNT_MAX;
    return c;
}

static uint64_t pack(const counts *c) { return (uint64_t)(uint32_t)c->window << 32 | c->before << 16 | c->now; }

/* Of the window before, the share that the sliding window still covers. In thousandths. */
static int64_t used_milli(const counts *c, int64_t into_ms, int64_t length_ms)
{
    return (int64_t)c->now * 1000 + (int64_t)c->before * 1000 * (length_ms - into_ms) / length_ms;
}

bool sv_rate_take(sv_shared *shared, const char *name, int64_t limit, int64_t seconds, int64_t now_ms, bool count,
                  int64_t *left, int64_t *reset_s, int64_t *retry_s)
{
    const int64_t length = seconds * 1000, into = now_ms % length;
    *left = limit, *reset_s = 0, *retry_s = 0;
    if (limit <= 0) return true;
    sv_window *window = find_window(shared, XXH3_64bits(name, strlen(name)) | 1);
    for (;;) {
        uint64_t state = atomic_load(&window->state);
        counts c = unpack(state, (uint64_t)(now_ms / length));
        int64_t used = used_milli(&c, into, length);
        *reset_s = (length - into + 999) / 1000;
        bool fits = used + 1000 <= limit * 1000;
        if (fits && count) {
            if (c.now < COUNT_MAX) c.now++;
            if (!atomic_compare_exchange_weak(&window->state, &state, pack(&c))) continue;
            used += 1000;
        }
        *left = limit - (used + 999) / 1000;
        if (*left < 0) *left = 0;
        if (fits) return true;
        /* The first second at which the share of the window before has shrunk enough, or the next window's. */
        for (int64_t s = 1; s <= 2 * seconds; s++) {
            int64_t at = now_ms + s * 1000;
            counts later = unpack(pack(&c), (uint64_t)(at / length));
            *retry_s = s;
            if (used_milli(&later, at % length, length) + 1000 <= limit * 1000) break;
        }
        return false;
    }
}

/* ---- metrics ---- */

static const double bounds_ms[SV_BUCKETS] = {0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000};

void sv_metric_request(sv_shared *shared, int status, int64_t microseconds)
{
    int bucket = 0;
    while (bucket < SV_BUCKETS && (double)microseconds > bounds_ms[bucket] * 1000) bucket++;
    atomic_fetch_add(&shared->requests[status / 100 % 6], 1);
    atomic_fetch_add(&shared->bucket[bucket], 1);
    atomic_fetch_add(&shared->micros, (uint64_t)microseconds);
}

void sv_metric_count(sv_shared *shared, sv_counter counter) { atomic_fetch_add(&shared->counters[counter], 1); }
void sv_metric_set(sv_shared *shared, sv_gauge gauge, int64_t value) { atomic_store(&shared->gauges[gauge], value); }
void sv_metric_label(sv_shared *shared, sv_family family, const char *value, int64_t microseconds)
{
    sv_labels_count(&shared->labels, family, value, microseconds);
}

/* Only a process itself takes a place for itself. NULL: all are taken. */
static busy *place_of(sv_shared *shared, int64_t process)
{
    for (size_t i = 0; i < PROCESSES_MAX; i++)
        if (atomic_load(&shared->busy[i].process) == process) return &shared->busy[i];
    for (size_t i = 0; i < PROCESSES_MAX; i++) {
        int64_t nobody = 0;
        if (atomic_compare_exchange_strong(&shared->busy[i].process, &nobody, process)) return &shared->busy[i];
    }
    return NULL;
}

void sv_metric_in_flight(sv_shared *shared, int change)
{
    busy *place = place_of(shared, getpid());
    if (place) atomic_fetch_add(&place->requests, change);
}

void sv_metric_ended(sv_shared *shared, int64_t process)
{
    for (size_t i = 0; i < PROCESSES_MAX; i++) {
        if (atomic_load(&shared->busy[i].process) != process) continue;
        atomic_store(&shared->busy[i].requests, 0);
        atomic_store(&shared->busy[i].process, 0);
    }
}

static int64_t count_in_flight(sv_shared *shared)
{
    int64_t count = 0;
    for (size_t i = 0; i < PROCESSES_MAX; i++) count += atomic_load(&shared->busy[i].requests);
    return count;
}

void sv_metrics_print(sv_shared *shared, sv_text *text)
{
    static const char *const names[SV_COUNTER_COUNT] = {"quote_ratelimit_rejected_total",
                                                        "quote_ratelimit_errors_total",
                                                        "quote_auth_failures_total",
                                                        "quote_idempotency_total{result=\"new\"}",
                                                        "quote_idempotency_total{result=\"replayed\"}",
                                                        "quote_idempotency_total{result=\"refused\"}",
                                                        "quote_db_busy_total",
                                                        "quote_webhook_attempts_total{result=\"succeeded\"}",
                                                        "quote_webhook_attempts_total{result=\"failed\"}"};
    uint64_t sum = 0;
    sv_text_put(text, "# TYPE quote_http_requests_total counter\n");
    for (int i = 1; i < 6; i++)
        sv_text_format(text, "quote_http_requests_total{status=\"%dxx\"} %llu\n", i,
                       (unsigned long long)atomic_load(&shared->requests[i]));
    sv_text_put(text, "# TYPE quote_http_request_seconds histogram\n");
    for (int i = 0; i <= SV_BUCKETS; i++) {
        sum += atomic_load(&shared->bucket[i]);
        sv_text_put(text, "quote_http_request_seconds_bucket{le=\"");
        if (i < SV_BUCKETS)
            sv_text_format(text, "%g", bounds_ms[i] / 1000);
        else
            sv_text_put(text, "+Inf");
        sv_text_format(text, "\"} %llu\n", (unsigned long long)sum);
    }
    sv_text_format(text, "quote_http_request_seconds_sum %.6f\nquote_http_request_seconds_count %llu\n",
                   (double)atomic_load(&shared->micros) / 1e6, (unsigned long long)sum);
    sv_text_format(text, "# TYPE quote_http_in_flight gauge\nquote_http_in_flight %lld\n",
                   (long long)count_in_flight(shared));
    for (int i = 0; i < SV_COUNTER_COUNT; i++)
        sv_text_format(text, "%s %llu\n", names[i], (unsigned long long)atomic_load(&shared->counters[i]));
    sv_text_format(text, "quote_webhook_lag_seconds %.3f\nquote_webhook_disabled %lld\n",
                   (double)atomic_load(&shared->gauges[SV_GAUGE_HOOK_LAG_MS]) / 1e3,
                   (long long)atomic_load(&shared->gauges[SV_GAUGE_HOOK_DISABLED]));
    sv_labels_print(&shared->labels, text);
}
