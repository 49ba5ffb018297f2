#include "parts/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/moment.h"

#define FILES_MAX 4
#define LINES_MAX ((size_t)4 << 20)

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#endif

/* ---- within the child ---- */

#ifdef MACHINE

#define DENY(name)                                          \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA))

/* The engine computes: it opens nothing, talks to nobody and starts nothing. */
static bool lock_up(void)
{
    struct sock_filter rules[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
                                  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0),
                                  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
                                  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                                  DENY(socket),
                                  DENY(socketpair),
                                  DENY(connect),
                                  DENY(bind),
                                  DENY(sendto),
                                  DENY(sendmsg),
                                  DENY(openat),
                                  DENY(openat2),
                                  DENY(execve),
                                  DENY(execveat),
                                  DENY(ptrace),
                                  DENY(kill),
                                  DENY(tgkill),
                                  DENY(io_uring_setup),
#ifdef __x86_64__
                                  DENY(open),
                                  DENY(creat),
                                  DENY(fork),
                                  DENY(vfork),
#endif
                                  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const struct sock_fprog program = {sizeof rules / sizeof rules[0], rules};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    /* EINVAL: this kernel has no filters; the limits hold nevertheless. */
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 || errno == EINVAL;
}

#else

static bool lock_up(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; }

#endif

static bool limit(__rlimit_resource_t what, rlim_t most)
{
    const struct rlimit value = {most, most};
    return setrlimit(what, &value) == 0;
}

static bool limit_all(void)
{
    bool good = limit(RLIMIT_CPU, SV_CHILD_CPU_SECONDS) && limit(RLIMIT_CORE, 0);
#ifndef SV_CHILD_SHADOWED
    good = good && limit(RLIMIT_AS, (rlim_t)SV_CHILD_MEMORY);
#endif
    return good;
}

/* The work may use its descriptors under the numbers it knows; everything else of the parent is closed. */
static bool keep_only(const int *files, size_t count)
{
    int first = 3;
    for (;;) { /* closes the gaps between the kept ones, in rising order */
        int next = INT32_MAX;
        for (size_t i = 0; i < count; i++)
            if (files[i] >= first && files[i] < next) next = files[i];
        if (next == INT32_MAX) return syscall(SYS_close_range, first, ~0U, 0) == 0;
        if (next > first && syscall(SYS_close_range, first, next - 1, 0) != 0) return false;
        first = next + 1;
    }
}

static void be_child(sv_child_work work, void *what, int answers, const int *files, size_t count)
{
    int kept[FILES_MAX + 1] = {answers};
    for (size_t i = 0; i < count; i++) kept[i + 1] = files[i];
    signal(SIGTERM, SIG_DFL);
    signal(SIGALRM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL); /* nobody reads any more: there is nothing left to do */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(SV_CHILD_WALL_SECONDS);
    if (keep_only(kept, count + 1) && limit_all() && lock_up()) {
        work(what, answers);
        _exit(0);
    }
    _exit(1);
}

void sv_child_say(int answers, json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT);
    size_t size = text ? strlen(text) : 0;
    if (text) text[size++] = '\n'; /* in place of the NUL */
    for (size_t done = 0; done < size;) {
        ssize_t put = write(answers, text + done, size - done);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) _exit(1);
        done += (size_t)put;
    }
    free(text);
    json_decref(line);
}

/* ---- from outside ---- */

bool sv_child_start(sv_child *child, sv_child_work work, void *what, const int *files, size_t count)
{
    int pair[2];
    *child = (sv_child){.pid = -1, .answers = -1};
    if (count > FILES_MAX || pipe2(pair, O_CLOEXEC) != 0) return false;
    child->pid = fork();
    if (child->pid == 0) be_child(work, what, pair[1], files, count);
    close(pair[1]);
    child->answers = pair[0];
    if (child->pid < 0) sv_log(SV_LOG_ERROR, "no child", json_pack("{s:s}", "err", strerror(errno)));
    if (child->pid < 0) sv_child_stop(child);
    return child->pid > 0;
}

static sv_child_end take_line(sv_child *child, size_t size, json_t **line)
{
    *line = json_loadb(child->text.data + child->taken, size, 0, NULL);
    child->taken += size + 1;
    return *line ? SV_CHILD_LINE : SV_CHILD_BROKEN;
}

/* Its end: by a limit, or not as it should. */
static sv_child_end reap(sv_child *child)
{
    int status = 0;
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) continue;
    child->pid = -1;
    int by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return by == SIGALRM || by == SIGXCPU || by == SIGKILL ? SV_CHILD_LIMIT : SV_CHILD_BROKEN;
}

sv_child_end sv_child_read(sv_child *child, int64_t until_us, json_t **line)
{
    char piece[16384];
    *line = NULL;
    while (child->pid > 0) {
        const char *rest = sv_text_get(&child->text) + child->taken, *end = strchr(rest, '\n');
        if (end) return take_line(child, (size_t)(end - rest), line);
        int64_t left = (until_us - sv_monotonic_us()) / 1000;
        struct pollfd ready = {child->answers, POLLIN, 0};
        int count = poll(&ready, 1, left < 0 ? 0 : left > 600000 ? 600000 : (int)left);
        if (count < 0 && errno == EINTR) continue;
        if (count == 0 && sv_monotonic_us() >= until_us) return SV_CHILD_LATER;
        if (count == 0) continue;
        ssize_t got = read(child->answers, piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return reap(child);
        sv_text_add(&child->text, piece, (size_t)got);
        if (child->text.size > LINES_MAX) break;
    }
    return SV_CHILD_BROKEN;
}

void sv_child_stop(sv_child *child)
{
    if (child->pid > 0) {
        kill(child->pid, SIGKILL);
        reap(child);
    }
    if (child->answers >= 0) close(child->answers);
    child->answers = -1;
    sv_text_free(&child->text);
}
