#include "app/hooks.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/key_watch.h"
#include "app/outcome.h"
#include "app/sending.h"
#include "base/fault.h"
#include "base/json.h"
#include "base/log.h"
#include "base/moment.h"
#include "base/text.h"
#include "events/outbox.h"
#include "events/schedule.h"

#define IN_FLIGHT_MAX 64
#define PER_ENDPOINT 4
#define LOOK_MS 50     /* how often the database is asked whether anything changed */
#define LOOK_AHEAD 256 /* deliveries of one endpoint that may wait for their turn before one that need not */
#define LEASE_MS 60000 /* beyond the longest transfer */
#define STOP_MS 20000
#define SWEEP_MS 600000
#define DAY_MS INT64_C(86400000)
#define HELD_MAX 100000

/* A delivery that waits for an earlier one of its object, and when to look again. */
typedef struct parked {
    char id[SV_ID_SIZE];
    int64_t until_ms;
} parked;

typedef struct hooks {
    const sv_config *config;
    sv_shared *shared;
    sv_store *store;
    CURLM *multi;
    char owner[64];
    sv_sending *running[IN_FLIGHT_MAX], *finished[IN_FLIGHT_MAX], *wanted[IN_FLIGHT_MAX];
    size_t running_count, finished_count, wanted_count;
    parked parked[LOOK_AHEAD];
    size_t parked_count;
    char cursor[SV_ID_SIZE]; /* the endpoint that was served last: the next one is first */
    int64_t changes, next_due_ms, swept_ms, oldest_due_ms;
} hooks;

static volatile sig_atomic_t stopping;

static void on_stop(int number)
{
    (void)number;
    stopping = 1;
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_stop};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGINT, SIG_IGN); /* the master tells */
    signal(SIGPIPE, SIG_IGN);
}

/* ---- what is due ---- */

static size_t in_flight(const hooks *h, const char *endpoint_id)
{
    size_t count = 0;
    for (size_t i = 0; i < h->running_count; i++) count += strcmp(h->running[i]->endpoint_id, endpoint_id) == 0;
    for (size_t i = 0; i < h->wanted_count; i++) count += strcmp(h->wanted[i]->endpoint_id, endpoint_id) == 0;
    return count;
}

static bool has_room(const hooks *h) { return h->running_count + h->wanted_count + h->finished_count < IN_FLIGHT_MAX; }

static void copy_id(char id[SV_ID_SIZE], const char *text) { snprintf(id, SV_ID_SIZE, "%s", text); }

static sv_sending *read_sending(const hooks *h, sv_rows *rows, const char *endpoint_id)
{
    sv_sending *s = sv_alloc(1, sizeof *s);
    *s = (sv_sending){.config = h->config,
                      .livemode = sv_column_int(rows, 2) != 0,
                      .sequence = sv_column_int(rows, 5),
                      .tries = sv_column_int(rows, 8),
                      .base_ms = sv_column_int(rows, 9),
                      .in_turn = sv_column_int(rows, 10) != 0};
    copy_id(s->id, sv_column_text(rows, 0));
    copy_id(s->account_id, sv_column_text(rows, 1));
    copy_id(s->event_id, sv_column_text(rows, 3));
    snprintf(s->type, sizeof s->type, "%s", sv_column_text(rows, 4));
    copy_id(s->object_id, sv_column_text(rows, 6));
    copy_id(s->endpoint_id, endpoint_id);
    s->attempts = json_loads(sv_column_text(rows, 7), 0, NULL);
    return s;
}

/* 0: nothing is before it. Else when to ask again: an earlier delivery of the same object has no end yet. */
static int64_t waits_until(hooks *h, const sv_sending *s, int64_t now)
{
    const sv_value values[] = {sv_words(s->endpoint_id), sv_words(s->object_id), sv_int(s->sequence)};
    if (!s->per_object || !*s->object_id) return 0;
    sv_rows *rows = sv_open(h->store, SV_SQL_DELIVERY_EARLIER, values, 3);
    int64_t until = 0;
    if (sv_step(rows) == SV_ROW) {
        until = sv_column_int(rows, 0) + 1;
        if (until <= now) until = now + 1000;
    }
    sv_close(rows);
    return until;
}

/* One that fails gets one connection, so that many that hang cannot fill all places. */
static size_t places_of(const sv_object *endpoint)
{
    return sv_json_integer(endpoint->body, "failure_streak.attempts") ? 1 : PER_ENDPOINT;
}

static bool wants(hooks *h, sv_sending *s, size_t room, bool *ends)
{
    const size_t others = in_flight(h, s->endpoint_id);
    *ends = others >= room || (s->in_turn && others);
    return !*ends;
}

/* Those of one endpoint, as many as it has places for. */
static void gather_of(hooks *h, const sv_object *endpoint, int64_t now)
{
    const size_t room = places_of(endpoint);
    const bool per_object = strcmp(sv_json_text(endpoint->body, "ordering"), "per_object") == 0;
    const sv_value values[] = {sv_words(endpoint->id), sv_int(now), sv_int(per_object ? LOOK_AHEAD : PER_ENDPOINT)};
    bool ends = false;
    sv_rows *rows = sv_open(h->store, SV_SQL_DELIVERY_DUE, values, 3);
    while (!ends && has_room(h) && h->parked_count < LOOK_AHEAD && sv_step(rows) == SV_ROW) {
        sv_sending *s = read_sending(h, rows, endpoint->id);
        s->per_object = per_object;
        const int64_t until = waits_until(h, s, now);
        if (until) {
            copy_id(h->parked[h->parked_count].id, s->id);
            h->parked[h->parked_count++].until_ms = until;
        } else if (wants(h, s, room, &ends)) {
            h->wanted[h->wanted_count++] = s;
            ends = s->in_turn;
            continue;
        }
        sv_sending_free(s);
    }
    sv_close(rows);
}

/* What waits for an endpoint that is gone or disabled does not wait as due. */
static void put_aside(hooks *h, const char *endpoint_id, bool there)
{
    if (there)
        sv_outbox_hold(h->store, endpoint_id);
    else
        sv_outbox_cancel(h->store, endpoint_id);
}

static void visit(hooks *h, const char *endpoint_id, int64_t now)
{
    const sv_value value = sv_words(endpoint_id);
    sv_object endpoint = {.body = NULL};
    sv_rows *rows = sv_open(h->store, SV_SQL_ENDPOINT_ANY, &value, 1);
    const bool there = sv_step(rows) == SV_ROW;
    if (there) sv_object_read(rows, "webhook_endpoint", &endpoint);
    sv_close(rows);
    if (there && strcmp(sv_json_text(endpoint.body, "status"), "enabled") == 0)
        gather_of(h, &endpoint, now);
    else
        put_aside(h, endpoint_id, there);
    sv_object_free(&endpoint);
}

/* The endpoint after this one that anything waits for, and when the first of it is due; false: there is none. */
static bool next_endpoint(hooks *h, const char *after, char id[SV_ID_SIZE], int64_t *due_ms)
{
    const sv_value value = sv_words(after);
    sv_rows *rows = sv_open(h->store, SV_SQL_DELIVERY_NEXT_ENDPOINT, &value, 1);
    const bool found = sv_step(rows) == SV_ROW;
    if (found) copy_id(id, sv_column_text(rows, 0));
    if (found) *due_ms = sv_column_int(rows, 1);
    sv_close(rows);
    return found;
}

/* Round by endpoint, from the one after the last that was served: none can starve another, however much waits for it.
 */
static void gather(hooks *h, int64_t now)
{
    char at[SV_ID_SIZE], begin[SV_ID_SIZE];
    bool wrapped = false;
    int64_t due_ms;
    copy_id(begin, h->cursor);
    copy_id(at, begin);
    h->next_due_ms = INT64_MAX;
    h->oldest_due_ms = now;
    while (has_room(h)) {
        if (!next_endpoint(h, at, at, &due_ms)) {
            if (wrapped || !*begin) break;
            wrapped = true;
            at[0] = 0;
            continue;
        }
        if (wrapped && strcmp(at, begin) > 0) break;
        if (due_ms > now) {
            if (due_ms < h->next_due_ms) h->next_due_ms = due_ms;
            continue;
        }
        if (due_ms < h->oldest_due_ms) h->oldest_due_ms = due_ms;
        const size_t before = h->wanted_count;
        visit(h, at, now);
        if (h->wanted_count > before) copy_id(h->cursor, at);
    }
}

/* ---- one transaction: what came of the last ones, and the next ones taken ---- */

static bool take(hooks *h, const sv_sending *s)
{
    const int64_t now = sv_now_ms();
    const sv_value values[] = {sv_words(s->id), sv_words(h->owner),
                               sv_int(now + h->config->webhook_timeout_seconds * 1000 + LEASE_MS), sv_int(now)};
    int64_t changed;
    return sv_run(h->store, SV_SQL_DELIVERY_TAKE, values, 4, &changed) == SV_DONE && changed == 1;
}

static sv_result park(hooks *h)
{
    sv_result result = SV_DONE;
    for (size_t i = 0; i < h->parked_count && result == SV_DONE; i++) {
        const sv_value values[] = {sv_words(h->parked[i].id), sv_int(h->parked[i].until_ms)};
        result = sv_run(h->store, SV_SQL_DELIVERY_PARK, values, 2, NULL);
    }
    return result;
}

static sv_result write_all(hooks *h)
{
    sv_result result = sv_begin(h->store, true);
    if (result == SV_DONE) result = park(h);
    for (size_t i = 0; i < h->finished_count && result == SV_DONE; i++)
        result = sv_outcome_write(h->store, h->config, h->owner, h->finished[i]);
    for (size_t i = 0; i < h->wanted_count && result == SV_DONE; i++)
        if (!take(h, h->wanted[i])) sv_sending_free(h->wanted[i]), h->wanted[i] = NULL;
    if (result == SV_DONE) result = sv_commit(h->store);
    if (result != SV_DONE && sv_in_transaction(h->store)) sv_rollback(h->store);
    return result;
}

static void tell(hooks *h, const sv_sending *s)
{
    const bool good = sv_sending_succeeded(s);
    sv_metric_count(h->shared, good ? SV_COUNT_HOOK_SUCCEEDED : SV_COUNT_HOOK_FAILED);
    sv_log(SV_LOG_INFO, "delivery",
           json_pack("{s:s, s:s, s:i, s:s?, s:I}", "delivery_id", s->id, "endpoint_id", s->endpoint_id, "status",
                     (int)s->status, "err", s->error, "duration_ms", (json_int_t)s->took_ms));
}

static void drop(sv_sending **list, size_t *count)
{
    for (size_t i = 0; i < *count; i++) sv_sending_free(list[i]);
    *count = 0;
}

static char *bytes_of_event(hooks *h, const char *event_id)
{
    const sv_value value = sv_words(event_id);
    sv_rows *rows = sv_open(h->store, SV_SQL_EVENT_BYTES, &value, 1);
    char *bytes = sv_step(rows) == SV_ROW ? sv_copy(sv_column_text(rows, 0)) : NULL;
    sv_close(rows);
    return bytes;
}

static void start(hooks *h, sv_sending *s)
{
    sv_object endpoint;
    char *body = bytes_of_event(h, s->event_id);
    const bool there = sv_object_get(h->store, (sv_scope){s->account_id, s->livemode}, "webhook_endpoint",
                                     s->endpoint_id, &endpoint) == SV_ROW;
    if (there && body && sv_sending_start(s, &endpoint, body, h->multi)) {
        h->running[h->running_count++] = s;
    } else { /* it was taken: its end must be written */
        if (!there || !body) s->error = "not_sent", free(body);
        s->began_ms = sv_now_ms();
        h->finished[h->finished_count++] = s;
    }
    sv_object_free(&endpoint);
}

static void work(hooks *h)
{
    h->changes = sv_store_changes(h->store);
    h->next_due_ms = INT64_MAX;
    h->parked_count = 0;
    if (!stopping) gather(h, sv_now_ms());
    sv_metric_set(h->shared, SV_GAUGE_HOOK_LAG_MS, sv_now_ms() - h->oldest_due_ms);
    if (!h->finished_count && !h->wanted_count && !h->parked_count) return;
    if (h->finished_count) sv_fault("delivery.after_send");
    if (write_all(h) != SV_DONE) {
        drop(h->wanted, &h->wanted_count);
        h->next_due_ms = sv_now_ms() + 200;
        return;
    }
    for (size_t i = 0; i < h->finished_count; i++) tell(h, h->finished[i]);
    drop(h->finished, &h->finished_count);
    const size_t count = h->wanted_count;
    h->wanted_count = 0;
    for (size_t i = 0; i < count; i++)
        if (h->wanted[i]) start(h, h->wanted[i]);
    h->next_due_ms = sv_now_ms(); /* these outcomes may have made others due */
}

/* ---- the loop ---- */

static void collect(hooks *h)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(h->multi, &left))) {
        sv_sending *s = NULL;
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&s);
        sv_sending_end(s, code, h->multi);
        for (size_t i = 0; i < h->running_count; i++)
            if (h->running[i] == s) h->running[i] = h->running[--h->running_count];
        h->finished[h->finished_count++] = s;
    }
}

static void sweep(hooks *h)
{
    const int64_t now = sv_now_ms(), kept = h->config->events_seconds * 1000 + DAY_MS;
    const double scale = h->config->schedule_scale;
    int64_t between = (int64_t)(SWEEP_MS * scale);
    if (between < 1000) between = 1000;
    if (now - h->swept_ms < (between < SWEEP_MS ? between : SWEEP_MS)) return;
    h->swept_ms = now;
    const sv_value old = sv_int(now - kept), late = sv_int(now);
    const sv_value held[] = {sv_int(now - sv_schedule_held_ms(scale)), sv_int(now)};
    const sv_value many[] = {sv_int(HELD_MAX), sv_int(now)};
    sv_run(h->store, SV_SQL_DELIVERY_FREE_LATE, &late, 1, NULL);
    sv_run(h->store, SV_SQL_DELIVERY_HELD_LONG, held, 2, NULL);
    sv_run(h->store, SV_SQL_DELIVERY_HELD_MANY, many, 2, NULL);
    sv_run(h->store, SV_SQL_DELIVERY_SWEEP, &old, 1, NULL);
    sv_run(h->store, SV_SQL_EVENT_SWEEP, &old, 1, NULL);
    sv_keys_tell_expiring(h->store, now);
    sv_rows *rows = sv_open(h->store, SV_SQL_ENDPOINTS_AUTO_DISABLED, NULL, 0);
    if (sv_step(rows) == SV_ROW) sv_metric_set(h->shared, SV_GAUGE_HOOK_DISABLED, sv_column_int(rows, 0));
    sv_close(rows);
}

static bool has_work(hooks *h)
{
    return h->finished_count || sv_now_ms() >= h->next_due_ms || sv_store_changes(h->store) != h->changes;
}

static void wait(hooks *h)
{
    int64_t left = h->next_due_ms - sv_now_ms();
    if (left > LOOK_MS) left = LOOK_MS;
    if (h->finished_count && left > 1) left = 1; /* what could not be written is tried again soon */
    curl_multi_poll(h->multi, NULL, 0, left > 0 ? (int)left : 0, NULL);
}

static void loop(hooks *h)
{
    int running;
    int64_t stop_ms = 0;
    while (!stopping || h->running_count || h->finished_count) {
        if (stopping && !stop_ms) stop_ms = sv_now_ms() + STOP_MS;
        if (stopping && sv_now_ms() > stop_ms) break;
        curl_multi_perform(h->multi, &running);
        collect(h);
        if (has_work(h)) work(h);
        if (!stopping) sweep(h);
        wait(h);
    }
}

/* What is cut off was not told to its end: it is due again. */
static void release(hooks *h)
{
    const sv_value values[] = {sv_words(h->owner), sv_int(sv_now_ms())};
    sv_run(h->store, SV_SQL_DELIVERY_FREE_OWNER, values, 2, NULL);
    for (size_t i = 0; i < h->running_count; i++) curl_multi_remove_handle(h->multi, h->running[i]->easy);
    drop(h->running, &h->running_count);
    drop(h->finished, &h->finished_count);
}

int sv_hooks_run(const sv_config *config, sv_shared *shared, int socket, int log_socket)
{
    char *why = NULL, host[32] = "";
    hooks *h = sv_alloc(1, sizeof *h);
    *h = (hooks){.config = config, .shared = shared, .changes = -1};
    (void)socket;
    (void)log_socket;
    watch_signals();
    gethostname(host, sizeof host - 1);
    snprintf(h->owner, sizeof h->owner, "%s:%d", host, (int)getpid());
    bool good = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && (h->multi = curl_multi_init());
    if (good && !sv_store_open(config, false, &h->store, &why)) {
        sv_log(SV_LOG_ERROR, "hooks", json_pack("{s:s}", "err", why));
        good = false;
    }
    free(why);
    if (good) loop(h);
    if (good) release(h);
    sv_store_close(h->store);
    curl_multi_cleanup(h->multi);
    curl_global_cleanup();
    free(h);
    return good ? 0 : 1;
}
