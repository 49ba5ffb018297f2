/* quoted: the service. The master opens the socket, forks workers, replaces those that end, and passes signals on. */
#include <errno.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/hooks.h"
#include "app/jobs.h"
#include "app/log_writer.h"
#include "app/stream.h"
#include "app/worker.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/moment.h"
#include "store/blobs.h"

#define BACKLOG 512
#define STOP_SECONDS 30

/* What a process of the service does; --role chooses among them, each by its name. */
typedef struct role {
    const char *name;
    int (*run)(const sv_config *config, sv_shared *shared, int socket, int log_socket);
    bool many;    /* as many as the configuration's workers, not one */
    bool streams; /* answers on the socket of streams */
} role;

static const role roles[] = {{.name = "web", .run = sv_worker_run, .many = true},
                             {.name = "jobs", .run = sv_jobs_run, .many = true},
                             {.name = "hooks", .run = sv_hooks_run},
                             {.name = "stream", .run = sv_stream_run, .streams = true}};

#define ROLE_COUNT (sizeof roles / sizeof roles[0])

typedef struct process {
    pid_t pid; /* 0: ended, and not to be replaced */
    const role *role;
} process;

typedef struct master {
    const sv_config *config;
    sv_shared *shared;
    int socket, stream_socket;
    int log_in, log_out; /* workers send, the log writer receives */
    process *processes;
    pid_t log_writer;
    size_t count;
    char host[32];
    bool chosen[ROLE_COUNT];
} master;

static volatile sig_atomic_t stop_signals, let_go_signals;

static void on_stop(int number)
{
    (void)number;
    stop_signals++;
}

static void on_let_go(int number)
{
    (void)number;
    let_go_signals = 1;
}

static void on_alarm(int number) { (void)number; }

static void watch_signals(void)
{
    struct sigaction stop = {.sa_handler = on_stop}, wake = {.sa_handler = on_alarm},
                     let_go = {.sa_handler = on_let_go};
    sigemptyset(&stop.sa_mask);
    sigemptyset(&let_go.sa_mask);
    sigaction(SIGUSR1, &let_go, NULL);
    sigemptyset(&wake.sa_mask);
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGALRM, &wake, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* A master that is killed can tell nobody: its processes would work on beside those of the next one. The log writer
 * follows when the last of them has ended. */
static bool end_with(pid_t parent) { return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent; }

static pid_t start(const master *m, const role *r)
{
    const pid_t self = getpid();
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (!end_with(self)) _exit(1);
        close(m->log_out);
        _exit(r->run(m->config, m->shared, r->streams ? m->stream_socket : m->socket, m->log_in));
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
        const sv_value values[] = {sv_words(owners), sv_int(sv_now_ms())};
        sv_run(store, SV_SQL_IDEM_RELEASE_HOST, values, 1, NULL);
        sv_run(store, SV_SQL_JOB_RELEASE_HOST, values, 1, NULL);
        sv_run(store, SV_SQL_DELIVERY_FREE_OWNER, values, 2, NULL);
        sv_store_close(store);
    }
    free(why);
}

static void replace(master *m, pid_t ended, int status)
{
    char owner[64];
    sv_metric_ended(m->shared, ended);
    if (ended == m->log_writer) {
        sv_log(SV_LOG_WARN, "the log writer ended", NULL);
        usleep(200000);
        m->log_writer = start_log_writer(m);
    }
    for (size_t i = 0; i < m->count; i++) {
        process *p = &m->processes[i];
        if (p->pid != ended) continue;
        if (!WIFEXITED(status) || WEXITSTATUS(status)) {
            sv_log(SV_LOG_WARN, "a process ended",
                   json_pack("{s:s, s:i, s:i}", "role", p->role->name, "process", (int)ended, "signal",
                             WIFSIGNALED(status) ? WTERMSIG(status) : 0));
            snprintf(owner, sizeof owner, "%s:%d", m->host, (int)ended);
            release_leases(m, owner);
            if (WIFEXITED(status)) usleep(200000); /* one that cannot even start is not tried at full speed */
        }
        p->pid = stop_signals ? 0 : start(m, p->role);
    }
}

static void signal_all(const master *m, int number)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->processes[i].pid > 0) kill(m->processes[i].pid, number);
}

/* Clients that wait for events would keep the front end from ending. */
static void let_go(const master *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->processes[i].pid > 0 && m->processes[i].role->streams) kill(m->processes[i].pid, SIGUSR1);
    let_go_signals = 0;
}

static bool any_alive(const master *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->processes[i].pid > 0) return true;
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
            if (m->processes[i].pid == ended) m->processes[i].pid = 0;
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

static int open_socket(const sv_config *config, const char *name)
{
    char *path = path_of(config, name);
    unlink(path);
    mode_t before = umask(0117); /* 0660: the protocol knows no passwords */
    int made = FCGX_OpenSocket(path, BACKLOG);
    umask(before);
    free(path);
    return made;
}

/* The socket of the requests comes last: whoever starts the service waits for it. */
static bool open_sockets(master *m)
{
    char *temporary = path_of(m->config, m->config->temporary);
    mkdir(temporary, 0700);
    free(temporary);
    if (FCGX_Init() != 0) return false;
    m->stream_socket = open_socket(m->config, m->config->stream_socket);
    m->socket = open_socket(m->config, m->config->socket);
    return m->socket >= 0 && m->stream_socket >= 0;
}

static int run(master *m)
{
    char all[40];
    m->processes = sv_alloc(ROLE_COUNT * (size_t)m->config->workers + ROLE_COUNT, sizeof *m->processes);
    gethostname(m->host, sizeof m->host - 1);
    snprintf(all, sizeof all, "%s:*", m->host);
    release_leases(m, all);
    m->log_writer = start_log_writer(m);
    for (size_t r = 0; r < ROLE_COUNT; r++)
        for (int64_t i = m->chosen[r] ? (roles[r].many ? m->config->workers : 1) : 0; i > 0; i--)
            m->processes[m->count++] = (process){start(m, &roles[r]), &roles[r]};
    sv_log(SV_LOG_INFO, "ready", json_pack("{s:i}", "processes", (int)m->count));
    while (!stop_signals) {
        int status;
        pid_t ended = waitpid(-1, &status, 0);
        if (ended > 0) replace(m, ended, status);
        if (let_go_signals) let_go(m);
    }
    stop_all(m);
    stop_log_writer(m);
    free(m->processes);
    sv_log(SV_LOG_INFO, "stopped", NULL);
    return 0;
}

static int fail(char *why)
{
    fprintf(stderr, "quoted: %s\n", why ? why : "it could not start.");
    free(why);
    return 1;
}

/* "web,jobs": all of them where nothing is said. false: one is unknown. */
static bool choose(master *m, const char *names)
{
    for (size_t r = 0; r < ROLE_COUNT; r++) m->chosen[r] = names == NULL;
    for (const char *at = names; at && *at; at += *at == ',') {
        size_t size = strcspn(at, ","), r = 0;
        while (r < ROLE_COUNT && (strlen(roles[r].name) != size || strncmp(roles[r].name, at, size) != 0)) r++;
        if (r == ROLE_COUNT) return false;
        m->chosen[r] = true;
        at += size;
    }
    return true;
}

static int serve(const sv_config *config, const char *names)
{
    master m = {.config = config, .shared = sv_shared_make()};
    sv_store *store = NULL;
    char *why = NULL;
    int pair[2];
    if (!choose(&m, names)) return fail(sv_copy("there is no such role."));
    sv_fault_arm();
    if (!m.shared) return fail(NULL);
    if (!sv_store_open(config, false, &store, &why)) return fail(why);
    sv_store_close(store); /* no connection may cross a fork */
    if (!sv_blob_check(config, &why)) return fail(why);
    if (!open_sockets(&m)) return fail(sv_copy("the socket cannot be opened."));
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
    bool one_role = argument_count == 5 && strcmp(arguments[3], "--role") == 0;
    if ((argument_count != 3 && !one_role) || strcmp(arguments[1], "--config") != 0) {
        fputs("quoted --config FILE [--role web,...]: the service; quotectl init makes the file\n", stderr);
        return 2;
    }
    int code = sv_config_read(arguments[2], &config, &why) ? serve(&config, one_role ? arguments[4] : NULL) : fail(why);
    sv_config_free(&config);
    return code;
}
