/* What a child of the service may not do, and what its parent learns of its end. Nothing here measures a time: limits
 * are reached by asking for them. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/moment.h"
#include "parts/child.h"

#define LONG_US INT64_C(60000000)

typedef struct files {
    int kept, other;
} files;

static json_t *outcome(bool done) { return done ? json_true() : json_integer(errno); }

/* ---- works ---- */

static void tell_two(void *what, int answers)
{
    sv_child_say(answers, json_pack("{s:s}", "first", (const char *)what));
    sv_child_say(answers, json_pack("{s:i}", "second", 2));
}

static void try_all(void *what, int answers)
{
    const files *f = what;
    char byte;
    json_t *line = json_object();
    json_object_set_new(line, "read", outcome(pread(f->kept, &byte, 1, 0) == 1));
    json_object_set_new(line, "other", outcome(pread(f->other, &byte, 1, 0) == 1));
    json_object_set_new(line, "open", outcome(open("/proc/self/status", O_RDONLY) >= 0));
    json_object_set_new(line, "socket", outcome(socket(AF_INET, SOCK_STREAM, 0) >= 0));
    json_object_set_new(line, "execute", outcome(execl("/bin/true", "true", (char *)NULL) == 0));
    json_object_set_new(line, "kill", outcome(kill(getppid(), 0) == 0));
    sv_child_say(answers, line);
}

#ifndef SV_CHILD_SHADOWED
static void take_memory(void *what, int answers)
{
    (void)what;
    void *most = malloc((size_t)SV_CHILD_MEMORY), *some = malloc((size_t)1 << 28);
    sv_child_say(answers, json_pack("{s:b, s:b}", "most", most != NULL, "some", some != NULL));
}
#endif

static void wait_for_ever(void *what, int answers)
{
    (void)what, (void)answers;
    for (;;) pause();
}

static void end_by_the_clock(void *what, int answers)
{
    (void)what, (void)answers;
    alarm(1); /* instead of the 180 s that it was given */
    for (;;) pause();
}

static void end_by_the_processor(void *what, int answers)
{
    (void)what, (void)answers;
    const struct rlimit second = {1, 1};
    setrlimit(RLIMIT_CPU, &second);
    for (volatile unsigned i = 0;; i++) continue;
}

static void end_badly(void *what, int answers)
{
    (void)what, (void)answers;
    signal(SIGSEGV, SIG_DFL); /* a sanitizer would exit instead */
    *(volatile int *)what = 1;
}

static void say_nonsense(void *what, int answers)
{
    (void)what;
    if (write(answers, "no JSON\n", 8) != 8) _exit(2);
}

static void say_too_much(void *what, int answers)
{
    static const char bytes[65536] = {'x'};
    (void)what;
    while (write(answers, bytes, sizeof bytes) > 0) continue;
}

/* ---- tests ---- */

static sv_child start(sv_child_work work, void *what)
{
    sv_child child;
    assert_true(sv_child_start(&child, work, what, NULL, 0));
    return child;
}

static sv_child_end end_of(sv_child_work work, void *what)
{
    json_t *line;
    sv_child child = start(work, what);
    sv_child_end end = sv_child_read(&child, sv_monotonic_us() + LONG_US, &line);
    assert_null(line);
    sv_child_stop(&child);
    return end;
}

static void lines_come_one_by_one(void **state)
{
    (void)state;
    char word[] = "one";
    json_t *line;
    sv_child child = start(tell_two, word);
    assert_int_equal(sv_child_read(&child, sv_monotonic_us() + LONG_US, &line), SV_CHILD_LINE);
    assert_string_equal(sv_json_text(line, "first"), "one");
    json_decref(line);
    assert_int_equal(sv_child_read(&child, sv_monotonic_us() + LONG_US, &line), SV_CHILD_LINE);
    assert_int_equal(sv_json_integer(line, "second"), 2);
    json_decref(line);
    assert_int_equal(sv_child_read(&child, sv_monotonic_us() + LONG_US, &line), SV_CHILD_BROKEN);
    assert_null(line);
    sv_child_stop(&child);
}

static void it_has_its_files_and_nothing_else(void **state)
{
    (void)state;
    char name[] = "/tmp/quote-child-XXXXXX";
    json_t *line;
    sv_child child;
    files f = {.kept = mkstemp(name)};
    assert_true(f.kept >= 0 && write(f.kept, "x", 1) == 1);
    f.other = open(name, O_RDONLY);
    assert_true(f.other >= 0);
    assert_true(sv_child_start(&child, try_all, &f, &f.kept, 1));
    assert_int_equal(sv_child_read(&child, sv_monotonic_us() + LONG_US, &line), SV_CHILD_LINE);
    assert_true(sv_json_true(line, "read"));
    assert_int_equal(sv_json_integer(line, "other"), EBADF);
    static const char *const denied[] = {"open", "socket", "execute", "kill"};
    for (size_t i = 0; i < sizeof denied / sizeof denied[0]; i++)
        assert_int_equal(sv_json_integer(line, denied[i]), EPERM);
    json_decref(line);
    sv_child_stop(&child);
    close(f.kept);
    close(f.other);
    unlink(name);
}

static void memory_has_an_end(void **state)
{
    (void)state;
#ifdef SV_CHILD_SHADOWED
    skip();
#else
    json_t *line;
    sv_child child = start(take_memory, NULL);
    assert_int_equal(sv_child_read(&child, sv_monotonic_us() + LONG_US, &line), SV_CHILD_LINE);
    assert_false(sv_json_true(line, "most"));
    assert_true(sv_json_true(line, "some"));
    json_decref(line);
    sv_child_stop(&child);
#endif
}

static void time_has_an_end(void **state)
{
    (void)state;
    assert_int_equal(end_of(end_by_the_clock, NULL), SV_CHILD_LIMIT);
    assert_int_equal(end_of(end_by_the_processor, NULL), SV_CHILD_LIMIT);
}

static void bad_ends_are_told(void **state)
{
    (void)state;
    assert_int_equal(end_of(end_badly, NULL), SV_CHILD_BROKEN);
    assert_int_equal(end_of(say_nonsense, NULL), SV_CHILD_BROKEN);
    assert_int_equal(end_of(say_too_much, NULL), SV_CHILD_BROKEN);
}

static void nobody_has_to_wait(void **state)
{
    (void)state;
    json_t *line;
    sv_child child = start(wait_for_ever, NULL);
    const pid_t pid = child.pid;
    assert_int_equal(sv_child_read(&child, sv_monotonic_us() + 1000, &line), SV_CHILD_LATER);
    sv_child_stop(&child);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_one_by_one), cmocka_unit_test(it_has_its_files_and_nothing_else),
        cmocka_unit_test(memory_has_an_end),     cmocka_unit_test(time_has_an_end),
        cmocka_unit_test(bad_ends_are_told),     cmocka_unit_test(nobody_has_to_wait)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
