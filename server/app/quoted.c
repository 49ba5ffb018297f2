/* quoted: the service. The master opens the socket, forks workers, replaces those that end, and passes signals on. */
#include <errno.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/log_writer.h"
#include "app/worker.h"
#include "base/fault.h"
#include "base/log.h"

#define BACKLOG 512
#define STOP_SECONDS 30

typedef struct master {
    const sv_config *config;
    sv_shared *shared;
    int socket;
    int log_in, log_out; /* workers send, the log writer receives */
    pid_t *workers, log_writer;
    size_t count;
    char host[32];
} master;

static volatile sig_atomic_t stop_signals;

static void on_stop(int number)
{
    (void)number;
    stop_signals++;
}

static void on_alarm(int number) { (void)number; }

static void watch_signals(void)
{
    struct sigaction stop = {.sa_handler = on_stop}, wake = {.sa_handler = on_alarm};
    sigemptyset(&stop.sa_mask);
    sigemptyset(&wake.sa_mask);
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGALRM, &wake, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static pid_t start_worker(const master *m)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(m->log_out);
        _exit(sv_worker_run(m->config, m->shared, m->socket, m->log_in));
    }
    return child;
}

/* The master keeps both ends: what a writer that died has not taken waits for the next. */
static pid_t start_log_writer(const master *m)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(m->log_in); /* its own sending end would keep it from seeing that all others are closed */
        _exit(sv_log_writer_run(m->config, m->log_out));
    }
    return child;
}

/* Whoever died without a word held nothing that another may not take at once. */
static void release_leases(const master *m, const char *owners)
{
    sv_store *store = NULL;
    char *why = NULL;
    if (sv_store_open(m->config, false, &store, &why)) {
        const sv_value value = sv_words(owners);
        sv_run(store, SV_SQL_IDEM_RELEASE_HOST, &value, 1, NULL);
        sv_store_close(store);
    }
    free(why);
}

static void replace(master *m, pid_t ended, int status)
{
    char owner[64];
    if (ended == m->log_writer) {
        sv_log(SV_LOG_WARN, "the log writer ended", NULL);
        usleep(200000);
        m->log_writer = start_log_writer(m);
    }
    for (size_t i = 0; i < m->count; i++) {
        if (m->workers[i] != ended) continue;
        if (!WIFEXITED(status) || WEXITSTATUS(status)) {
            sv_log(SV_LOG_WARN, "a worker ended",
                   json_pack("{s:i, s:i}", "worker", (int)ended, "signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0));
            snprintf(owner, sizeof owner, "%s:%d", m->host, (int)ended);
            release_leases(m, owner);
            if (WIFEXITED(status)) usleep(200000); /* one that cannot even start is not tried at full speed */
        }
        m->workers[i] = stop_signals ? 0 : start_worker(m);
    }
}

static void signal_all(const master *m, int number)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->workers[i] > 0) kill(m->workers[i], number);
}

static bool any_alive(const master *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->workers[i] > 0) return true;
    return false;
}

static void stop_all(master *m)
{
    signal_all(m, SIGTERM);
    alarm(STOP_SECONDS);
    while (any_alive(m)) {
        int status, seen = stop_signals;
        pid_t ended = waitpid(-1, &status, 0);
        if (ended < 0 && errno == EINTR) { /* the time is over, or somebody is impatient */
            signal_all(m, stop_signals > seen ? SIGKILL : SIGTERM);
            if (stop_signals <= seen) signal_all(m, SIGKILL);
        }
        if (ended < 0 && errno == ECHILD) break;
        if (ended == m->log_writer) m->log_writer = start_log_writer(m);
        for (size_t i = 0; i < m->count && ended > 0; i++)
            if (m->workers[i] == ended) m->workers[i] = 0;
    }
}

/* The last sender goes: the writer writes what it has and ends. */
static void stop_log_writer(master *m)
{
    close(m->log_in);
    while (m->log_writer > 0 && waitpid(m->log_writer, NULL, 0) < 0 && errno == EINTR) continue;
}

static char *path_of(const sv_config *config, const char *name)
{
    sv_text path = {0};
    if (*name != '/') sv_text_format(&path, "%s/", config->folder);
    sv_text_put(&path, name);
    return path.data;
}

static bool open_socket(master *m)
{
    char *path = path_of(m->config, m->config->socket), *temporary = path_of(m->config, m->config->temporary);
    mkdir(temporary, 0700);
    free(temporary);
    unlink(path);
    mode_t before = umask(0117); /* 0660: the protocol knows no passwords */
    m->socket = FCGX_Init() == 0 ? FCGX_OpenSocket(path, BACKLOG) : -1;
    umask(before);
    free(path);
    return m->socket >= 0;
}

static int run(master *m)
{
    char all[40];
    m->count = (size_t)m->config->workers;
    m->workers = sv_alloc(m->count, sizeof *m->workers);
    gethostname(m->host, sizeof m->host - 1);
    snprintf(all, sizeof all, "%s:*", m->host);
    release_leases(m, all);
    m->log_writer = start_log_writer(m);
    for (size_t i = 0; i < m->count; i++) m->workers[i] = start_worker(m);
    sv_log(SV_LOG_INFO, "ready", json_pack("{s:i}", "workers", (int)m->count));
    while (!stop_signals) {
        int status;
        pid_t ended = waitpid(-1, &status, 0);
        if (ended > 0) replace(m, ended, status);
    }
    stop_all(m);
    stop_log_writer(m);
    free(m->workers);
    sv_log(SV_LOG_INFO, "stopped", NULL);
    return 0;
}

static int fail(char *why)
{
    fprintf(stderr, "quoted: %s\n", why ? why : "it could not start.");
    free(why);
    return 1;
}

static int serve(const sv_config *config)
{
    master m = {.config = config, .shared = sv_shared_make()};
    sv_store *store = NULL;
    char *why = NULL;
    int pair[2];
    sv_fault_arm();
    if (!m.shared) return fail(NULL);
    if (!sv_store_open(config, false, &store, &why)) return fail(why);
    sv_store_close(store); /* no connection may cross a fork */
    if (!open_socket(&m)) return fail(sv_copy("the socket cannot be opened."));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0) return fail(sv_copy("there is no socket for the log."));
    m.log_in = pair[0];
    m.log_out = pair[1];
    watch_signals();
    return run(&m);
}

int main(int argument_count, char **arguments)
{
    sv_config config;
    char *why = NULL;
    if (argument_count != 3 || strcmp(arguments[1], "--config") != 0) {
        fputs("quoted --config FILE: the service; quotectl init makes the file\n", stderr);
        return 2;
    }
    int code = sv_config_read(arguments[2], &config, &why) ? serve(&config) : fail(why);
    sv_config_free(&config);
    return code;
}
