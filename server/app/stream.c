#include "app/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "access/pipeline.h"
#include "api/routes.h"
#include "events/events.h"

#define WAITERS_MAX 500 /* libfcgi closes with select(), which knows descriptors below 1024 alone */
#define STREAMS_PER_KEY 2
#define LOOK_MS 50 /* how often the database is asked whether anything changed */
#define COMMENT_MS 15000
#define STREAM_MS 900000
#define BATCH_EVENTS 100
#define BATCH_BYTES 16384 /* of one turn, and the event that goes beyond: less than what the socket takes at once */
#define SOCKET_BYTES 400000

typedef struct waiter {
    FCGX_Request fcgi;
    sv_call call;
    bool is_stream, has_more, lost;
    int64_t sequence; /* what it has seen */
    int64_t end_ms, comment_ms;
} waiter;

typedef struct streams {
    sv_app app;
    int socket;
    waiter *waiters[WAITERS_MAX];
    size_t count;
    int64_t changes;
} streams;

static volatile int stopping, letting_go; /* letting_go: who waits now is answered, for the front end wants to end */

static void on_stop(int number)
{
    (void)number;
    stopping = 1;
}

static void on_let_go(int number)
{
    (void)number;
    letting_go = 1;
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_stop}, let_go = {.sa_handler = on_let_go};
    sigemptyset(&action.sa_mask);
    sigemptyset(&let_go.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGUSR1, &let_go, NULL);
    signal(SIGINT, SIG_IGN); /* the master tells */
    signal(SIGPIPE, SIG_IGN);
}

/* The number of the newest event of the account. */
static int64_t newest(waiter *w)
{
    const sv_value values[] = {sv_words(w->call.account_id), sv_int(w->call.scope.livemode)};
    sv_rows *rows = sv_open(w->call.app->store, SV_SQL_EVENT_LAST, values, 2);
    int64_t number = sv_step(rows) == SV_ROW ? sv_column_int(rows, 0) : 0;
    sv_close(rows);
    return number;
}

static void end(waiter *w)
{
    sv_serve_end(&w->call);
    free(w);
}

/* ---- long polls ---- */

/* The list as it is now; false: it is empty and there is time to wait. */
static bool answer_list(waiter *w, bool is_last)
{
    sv_call *call = &w->call;
    const size_t headers = call->headers.size;
    w->sequence = newest(w); /* before the list is read: what comes between makes it be read again */
    sv_serve_run(call);
    const bool empty = call->status == 200 && !json_array_size(json_object_get(call->answer, "data"));
    if (!empty || is_last) return true;
    json_decref(call->answer);
    call->answer = NULL;
    call->status = 0;
    call->headers.size = headers;
    if (call->headers.data) call->headers.data[headers] = 0;
    return false;
}

static bool serve_poll(waiter *w, bool changed, bool over, int64_t now)
{
    const bool is_last = over || now >= w->end_ms;
    if (!is_last && !(changed && newest(w) > w->sequence)) return false;
    return answer_list(w, is_last);
}

/* ---- streams ---- */

static void put_event(sv_text *text, int64_t sequence, const char *body)
{
    json_t *event = json_loads(body, 0, NULL);
    sv_text_format(text, "id: %lld\nevent: %s\ndata: ", (long long)sequence, sv_json_text(event, "type"));
    sv_text_put(text, body);
    sv_text_put(text, "\n\n");
    json_decref(event);
}

static void send_text(waiter *w, const sv_text *text, int64_t now)
{
    if (!text->size) return;
    w->lost = FCGX_PutStr(text->data, (int)text->size, w->fcgi.out) < 0 || FCGX_FFlush(w->fcgi.out) < 0;
    w->comment_ms = now + COMMENT_MS;
}

static void send_events(waiter *w, int64_t now)
{
    sv_text text = {0};
    const sv_value values[] = {sv_words(w->call.account_id), sv_int(w->call.scope.livemode), sv_int(w->sequence),
                               sv_int(BATCH_EVENTS)};
    sv_rows *rows = sv_open(w->call.app->store, SV_SQL_EVENTS_AFTER, values, 4);
    size_t count = 0;
    while (text.size < BATCH_BYTES && sv_step(rows) == SV_ROW) {
        w->sequence = sv_column_int(rows, 0);
        put_event(&text, w->sequence, sv_column_text(rows, 1));
        count++;
    }
    sv_close(rows);
    w->has_more = count == BATCH_EVENTS || text.size >= BATCH_BYTES;
    send_text(w, &text, now);
    sv_text_free(&text);
}

/* A key that was deleted or has expired hears nothing more. */
static bool key_holds(const waiter *w, int64_t now)
{
    sv_object key;
    int64_t expires;
    bool good = sv_object_get(w->call.app->store, w->call.scope, "api_key", w->call.key.id, &key) == SV_ROW;
    const char *at = good ? sv_json_text(key.body, "expires_at") : "";
    good = good && !(*at && sv_moment_read(at, &expires) && expires <= now);
    sv_object_free(&key);
    return good;
}

static bool serve_stream(waiter *w, bool changed, bool over, bool writable, int64_t now)
{
    if (over || now >= w->end_ms) return true;
    if (writable && (changed || w->has_more)) send_events(w, now);
    if (!writable && changed) w->has_more = true;
    if (now >= w->comment_ms) {
        const sv_text comment = {.data = (char[]){": \n\n"}, .size = 4};
        if (!writable || !key_holds(w, now)) return true;
        send_text(w, &comment, now);
    }
    return w->lost;
}

static bool take_last_event(waiter *w)
{
    const char *given = sv_header(&w->call.request, "last-event-id");
    char *rest;
    w->sequence = newest(w);
    if (!given) return true;
    errno = 0;
    w->sequence = strtoll(given, &rest, 10);
    if (*given >= '0' && *given <= '9' && !*rest && !errno) return true;
    sv_refuse(&w->call, SV_E_invalid_parameter, NULL, "Last-Event-ID is the sequence of an event.");
    return false;
}

static bool open_stream(streams *s, waiter *w, int64_t now)
{
    size_t others = 0;
    const int size = SOCKET_BYTES;
    for (size_t i = 0; i < s->count; i++)
        others += s->waiters[i]->is_stream && strcmp(s->waiters[i]->call.key.id, w->call.key.id) == 0;
    if (others >= STREAMS_PER_KEY) {
        sv_refuse(&w->call, SV_E_too_many_streams, NULL, "This key has %d streams already.", STREAMS_PER_KEY);
        return false;
    }
    if (!take_last_event(w)) return false;
    w->is_stream = w->has_more = true;
    w->end_ms = now + STREAM_MS;
    w->comment_ms = now;
    /* A client that does not read is let go: it comes again and says what it has seen. */
    setsockopt(w->fcgi.ipcFd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    fcntl(w->fcgi.ipcFd, F_SETFL, fcntl(w->fcgi.ipcFd, F_GETFL) | O_NONBLOCK);
    sv_set_header(&w->call, "X-Accel-Buffering", "no");
    sv_serve_open(&w->call, "text/event-stream");
    return true;
}

/* ---- requests ---- */

/* true: it stays and waits; false: it was answered. */
static bool begin(streams *s, waiter *w, int64_t now)
{
    sv_call *call = &w->call;
    int64_t seconds = 0;
    sv_serve_begin(call, &s->app, &w->fcgi);
    if (!sv_serve_check(call, sv_all_routes)) return false;
    if (s->count == WAITERS_MAX) {
        sv_refuse(call, SV_E_unavailable, NULL, "Too many clients wait for events.");
        sv_set_header(call, "Retry-After", "5");
        return false;
    }
    if (call->route->handler == sv_stream_events) return open_stream(s, w, now);
    if (call->route->handler == sv_list_events && !call->body && sv_take_wait(call, &seconds) && seconds) {
        w->end_ms = now + seconds * 1000;
        return !answer_list(w, false);
    }
    if (!call->status) sv_serve_run(call);
    return false;
}

static void take_request(streams *s)
{
    waiter *w = sv_alloc(1, sizeof *w);
    *w = (waiter){.is_stream = false};
    if (FCGX_InitRequest(&w->fcgi, s->socket, FCGI_FAIL_ACCEPT_ON_INTR) != 0 || FCGX_Accept_r(&w->fcgi) < 0) {
        free(w);
        return;
    }
    while (FCGX_GetChar(w->fcgi.in) != EOF) continue; /* a body means nothing here, and must not lie in the socket */
    if (begin(s, w, sv_now_ms()))
        s->waiters[s->count++] = w;
    else
        end(w);
}

/* ---- the loop ---- */

static void serve_all(streams *s, const struct pollfd *ready, size_t polled, bool changed, bool over)
{
    const int64_t now = sv_now_ms();
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        waiter *w = s->waiters[i];
        const short seen = i < polled ? ready[i].revents : 0;
        const bool writable = seen & POLLOUT;
        bool done = (seen & (POLLHUP | POLLERR)) != 0; /* nobody listens any more */
        if (!done)
            done = w->is_stream ? serve_stream(w, changed, over, writable, now) : serve_poll(w, changed, over, now);
        if (!done) {
            s->waiters[kept++] = w;
            continue;
        }
        if (!w->call.status) w->call.status = 499; /* the client left: nothing is sent, and it is logged as that */
        end(w);
    }
    s->count = kept;
}

static void loop(streams *s)
{
    struct pollfd *ready = sv_alloc(WAITERS_MAX + 1, sizeof *ready);
    while (!stopping || s->count) {
        const size_t polled = s->count;
        int wait_ms = polled ? LOOK_MS : 1000;
        ready[0] = (struct pollfd){.fd = stopping ? -1 : s->socket, .events = POLLIN};
        for (size_t i = 0; i < polled; i++)
            ready[i + 1] =
                (struct pollfd){.fd = s->waiters[i]->fcgi.ipcFd, .events = s->waiters[i]->is_stream ? POLLOUT : 0};
        /* A stream can be written to most of the time: asking for that must not make the loop spin. */
        if (poll(ready, 1, wait_ms) < 0 && errno != EINTR) break;
        if (poll(ready + 1, polled, 0) < 0) continue;
        const int64_t changes = sv_store_changes(s->app.store);
        const bool over = letting_go || stopping;
        letting_go = 0;
        serve_all(s, ready + 1, polled, changes != s->changes, over);
        s->changes = changes;
        if (ready[0].revents & POLLIN) take_request(s);
    }
    free(ready);
}

static bool open_app(streams *s)
{
    char *why = NULL, host[32] = "";
    gethostname(host, sizeof host - 1);
    snprintf(s->app.owner, sizeof s->app.owner, "%s:%d", host, (int)getpid());
    bool good = sv_store_open(s->app.config, false, &s->app.store, &why);
    if (!good) sv_log(SV_LOG_ERROR, "stream", json_pack("{s:s}", "err", why));
    free(why);
    return good && FCGX_Init() == 0;
}

int sv_stream_run(const sv_config *config, sv_shared *shared, int socket, int log_socket)
{
    streams *s = sv_alloc(1, sizeof *s);
    *s = (streams){.app = {.config = config, .shared = shared, .log_socket = log_socket, .stopping = &stopping},
                   .socket = socket};
    watch_signals();
    const bool good = open_app(s);
    if (good) loop(s);
    sv_store_close(s->app.store);
    free(s);
    return good ? 0 : 1;
}
