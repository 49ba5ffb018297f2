/* Asks a server on this machine at a fixed rate and says how long the answers took:
 *   load_http PORT PATH KEY REQUESTS_PER_SECOND SECONDS CONNECTIONS [BODY_FILE CONTENT_TYPE]
 * With a body it posts, each time under another Idempotency-Key.
 * A request's time begins when it was due, not when a connection was free for it: a server that stalls does not hide
 * the requests that had to wait. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BUFFER_SIZE 65536

typedef struct load {
    int port, connections;
    double rate, seconds;
    const char *path, *key, *type;
    char *body; /* NULL: GET */
    size_t body_size;
    long long begin_ns;
} load;

typedef struct lane {
    const load *load;
    pthread_t thread;
    int number;
    double *times_ms;
    size_t count, wrong;
} lane;

static long long now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void wait_until(long long at)
{
    const struct timespec t = {at / 1000000000LL, at % 1000000000LL};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0) continue;
}

static int open_connection(int port)
{
    int one = 1, socket_ = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (socket_ < 0 || connect(socket_, (struct sockaddr *)&to, sizeof to) != 0) {
        perror("load_http: connect");
        exit(1);
    }
    return socket_;
}

static bool send_all(int socket_, const char *bytes, size_t size)
{
    while (size) {
        ssize_t sent = send(socket_, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool send_request(const load *l, int socket_, long long number, char *buffer)
{
    int size = snprintf(buffer, BUFFER_SIZE, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n",
                        l->body ? "POST" : "GET", l->path, l->key);
    if (l->body)
        size += snprintf(buffer + size, BUFFER_SIZE - (size_t)size,
                         "Content-Type: %s\r\nContent-Length: %zu\r\nIdempotency-Key: load-%lld-%lld\r\n", l->type,
                         l->body_size, l->begin_ns, number);
    size += snprintf(buffer + size, BUFFER_SIZE - (size_t)size, "\r\n");
    return send_all(socket_, buffer, (size_t)size) && (!l->body || send_all(socket_, l->body, l->body_size));
}

/* One request and its whole answer, of which the head must fit in the buffer; 0: the connection broke, else the status.
 */
static int ask(const load *l, int socket_, long long number, char *buffer)
{
    size_t size = 0, needed = 0;
    int status = 0;
    if (!send_request(l, socket_, number, buffer)) return 0;
    while (!needed || size < needed) {
        size_t at = needed ? 0 : size; /* behind the head nothing is looked at */
        ssize_t got = at < BUFFER_SIZE - 1 ? recv(socket_, buffer + at, BUFFER_SIZE - 1 - at, 0) : 0;
        if (got <= 0) return 0;
        size += (size_t)got;
        if (needed) continue;
        buffer[size] = 0;
        const char *end = strstr(buffer, "\r\n\r\n"), *length = strstr(buffer, "Content-Length: ");
        if (!end) continue;
        needed = (size_t)(end - buffer) + 4 + (length && length < end ? strtoul(length + 16, NULL, 10) : 0);
        status = strncmp(buffer, "HTTP/1.1 ", 9) == 0 ? atoi(buffer + 9) : 0;
    }
    return status;
}

static void *run_lane(void *argument)
{
    lane *n = argument;
    const load *l = n->load;
    char *buffer = malloc(BUFFER_SIZE);
    const double step_ns = 1e9 * l->connections / l->rate, first_ns = step_ns * n->number / l->connections;
    int socket_ = open_connection(l->port);
    const size_t most = (size_t)(l->rate * l->seconds / l->connections);
    n->times_ms = malloc((most + 1) * sizeof *n->times_ms);
    for (; buffer && n->times_ms && n->count < most; n->count++) {
        long long due = l->begin_ns + (long long)(first_ns + step_ns * (double)n->count);
        if (due > now_ns()) wait_until(due);
        int status = ask(l, socket_, (long long)n->count * l->connections + n->number, buffer);
        n->times_ms[n->count] = (double)(now_ns() - due) / 1e6;
        n->wrong += status / 100 != 2;
        if (status == 0) {
            close(socket_);
            socket_ = open_connection(l->port);
        }
    }
    close(socket_);
    free(buffer);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const lane *lanes, const load *l, double took_s)
{
    size_t count = 0, wrong = 0;
    for (int i = 0; i < l->connections; i++) count += lanes[i].count, wrong += lanes[i].wrong;
    double *all = malloc((count + 1) * sizeof *all);
    if (!all || !count) exit(1);
    size_t at = 0;
    for (int i = 0; i < l->connections; i++) {
        memcpy(all + at, lanes[i].times_ms, lanes[i].count * sizeof *all);
        at += lanes[i].count;
    }
    qsort(all, count, sizeof *all, compare);
    printf("%zu requests at %.0f/s (%.0f/s done), %zu wrong: p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, max %.2f ms\n",
           count, l->rate, (double)count / took_s, wrong, all[count / 2], all[count * 9 / 10], all[count * 99 / 100],
           all[count - 1]);
    free(all);
}

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) return NULL;
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    if (bytes && fread(bytes, 1, *size, file) != *size) free(bytes), bytes = NULL;
    fclose(file);
    return bytes;
}

int main(int argument_count, char **arguments)
{
    if (argument_count != 7 && argument_count != 9) {
        fputs("load_http PORT PATH KEY REQUESTS_PER_SECOND SECONDS CONNECTIONS [BODY_FILE CONTENT_TYPE]\n", stderr);
        return 2;
    }
    load l = {.port = atoi(arguments[1]),
              .rate = atof(arguments[4]),
              .seconds = atof(arguments[5]),
              .connections = atoi(arguments[6]),
              .path = arguments[2],
              .key = arguments[3]};
    if (argument_count == 9) {
        l.type = arguments[8];
        if (!(l.body = read_file(arguments[7], &l.body_size))) return 2;
    }
    if (l.rate <= 0 || l.connections <= 0 || strlen(l.path) + strlen(l.key) > 4096) return 2;
    lane *lanes = calloc((size_t)l.connections, sizeof *lanes);
    if (!lanes) return 1;
    l.begin_ns = now_ns() + 50000000;
    for (int i = 0; i < l.connections; i++) {
        lanes[i] = (lane){.load = &l, .number = i};
        if (pthread_create(&lanes[i].thread, NULL, run_lane, &lanes[i]) != 0) return 1;
    }
    for (int i = 0; i < l.connections; i++) pthread_join(lanes[i].thread, NULL);
    report(lanes, &l, (double)(now_ns() - l.begin_ns) / 1e9);
    for (int i = 0; i < l.connections; i++) free(lanes[i].times_ms);
    free(lanes);
    free(l.body);
    return 0;
}
