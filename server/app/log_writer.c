#include "app/log_writer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "access/request_log.h"

#define BATCH_MS 50
#define BATCH_MAX 2000
#define SWEEP_MS 600000
#define DAY_MS 86400000LL
#define REQUEST_DAYS 7
#define AUDIT_DAYS 365

typedef struct writer {
    const sv_config *config;
    sv_store *store;
    int socket;
    char *buffer;
    size_t *begins; /* of the messages in `waiting`, and the end of the last one */
    size_t count;
    sv_text waiting;
    int64_t swept_ms;
    bool closed;
} writer;

/* Takes what there is; false: nothing came within the time. */
static bool receive(writer *w, int wait_ms)
{
    struct pollfd ready = {.fd = w->socket, .events = POLLIN};
    if (poll(&ready, 1, wait_ms) <= 0) return false;
    ssize_t size = recv(w->socket, w->buffer, SV_REQUEST_LOG_SIZE, MSG_DONTWAIT);
    if (size < 0) return errno == EINTR || errno == EAGAIN;
    if (size == 0) {
        w->closed = true;
        return false;
    }
    sv_text_add(&w->waiting, w->buffer, (size_t)size);
    w->begins[++w->count] = w->waiting.size;
    return true;
}

/* All of the first one's batch: what comes within BATCH_MS of it. */
static void gather(writer *w)
{
    if (!receive(w, 1000)) return;
    const int64_t end = sv_monotonic_us() + BATCH_MS * 1000;
    while (!w->closed && w->count < BATCH_MAX) {
        int64_t left = (end - sv_monotonic_us()) / 1000;
        if (left <= 0 || !receive(w, (int)left)) break;
    }
}

/* One line that cannot be written must not take the others with it: then each is tried for itself. */
static bool write_lines(writer *w, size_t from, size_t to)
{
    sv_result result = sv_begin(w->store, true);
    for (size_t i = from; i < to && result == SV_DONE; i++)
        result = sv_request_log_write(w->store, w->waiting.data + w->begins[i], w->begins[i + 1] - w->begins[i]);
    if (result == SV_DONE) result = sv_commit(w->store);
    if (result != SV_DONE) sv_rollback(w->store);
    return result == SV_DONE;
}

static void write_batch(writer *w)
{
    if (!write_lines(w, 0, w->count))
        for (size_t i = 0; i < w->count; i++)
            if (!write_lines(w, i, i + 1)) sv_log(SV_LOG_ERROR, "a line of the request log is lost", NULL);
    w->count = 0;
    w->waiting.size = 0;
}

static void sweep(writer *w)
{
    const int64_t now = sv_now_ms();
    if (now - w->swept_ms < SWEEP_MS) return;
    w->swept_ms = now;
    const sv_value requests[] = {sv_words("request_log"), sv_int(now - REQUEST_DAYS * DAY_MS)};
    const sv_value audits[] = {sv_words("audit_log"), sv_int(now - AUDIT_DAYS * DAY_MS)};
    const sv_value done = sv_int(now - w->config->retention_hours * 3600000);
    sv_run(w->store, SV_SQL_LOG_SWEEP, requests, 2, NULL);
    sv_run(w->store, SV_SQL_LOG_SWEEP, audits, 2, NULL);
    sv_run(w->store, SV_SQL_IDEM_SWEEP, &done, 1, NULL);
}

int sv_log_writer_run(const sv_config *config, int socket)
{
    char *why = NULL;
    writer w = {.config = config, .socket = socket};
    signal(SIGTERM, SIG_IGN); /* it ends after those who tell it something */
    signal(SIGINT, SIG_IGN);
    if (!sv_store_open(config, false, &w.store, &why)) {
        sv_log(SV_LOG_ERROR, "log writer", json_pack("{s:s}", "err", why));
        free(why);
        return 1;
    }
    w.buffer = sv_alloc(SV_REQUEST_LOG_SIZE, 1);
    w.begins = sv_alloc(BATCH_MAX + 1, sizeof *w.begins);
    w.begins[0] = 0;
    while (!w.closed) {
        gather(&w);
        if (w.count) write_batch(&w);
        sweep(&w);
    }
    free(w.buffer);
    free(w.begins);
    sv_text_free(&w.waiting);
    sv_store_close(w.store);
    return 0;
}
