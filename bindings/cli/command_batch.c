/* Many files at once: every thread has a context of its own and takes the next file; lines come out in the order of the
 * files. What waits for its turn is bounded, so memory does not grow with the number of files. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "batch_summary.h"
#include "commands.h"
#include "exit_code.h"
#include "failure.h"
#include "file_list.h"
#include "output.h"

#define HELD_SIZE_MAX ((size_t)64 << 20) /* lines of files that are ready before an earlier one */
#define TICK_NS 100000000                /* how often the bar moves and Ctrl-C is looked for */

/* What came of one file. */
typedef struct result {
    bool is_ready;
    int exit_code;
    cli_batch_outcome outcome;
    uint64_t triangles;
    char *line; /* with its end; freed when written */
    size_t line_size;
    char *message; /* of a failure */
    char code[sizeof((cli_session *)NULL)->failure_code];
} result;

typedef struct batch {
    cli_session *session;
    cli_options options; /* of the threads: JSON alone */
    cli_file_list files;
    result *results; /* one per file */
    FILE *out;

    pthread_mutex_t lock; /* guards everything below */
    pthread_cond_t changed;
    size_t next;    /* the first file that nobody took */
    size_t written; /* the first file that was not told */
    size_t held;    /* bytes of lines that wait */
    size_t running; /* threads */
    bool is_writing;
    bool is_over; /* nothing more is told */
    bool is_lost; /* what was told did not arrive */
    int exit_code;
    cli_totals totals;
    cli_batch_tally tally;
} batch;

typedef struct worker {
    cli_session session; /* first: the step that gets it finds the worker */
    batch *batch;
    pthread_t thread;
    bool has_thread;
    lq_verdict verdict; /* of the file at work, the worst of its plates */
    uint64_t triangles;
} worker;

static double now_s(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int take_part(cli_session *session, const cli_part *part, cli_buffer *json)
{
    worker *self = (worker *)session;
    const lq_facts *facts = lq_report_facts(part->report);
    if (facts->verdict > self->verdict) self->verdict = facts->verdict;
    self->triangles += facts->triangle_count;
    return cli_quote_part(session, part, json);
}

static bool ends_in(const char *path, const char *suffix)
{
    size_t size = strlen(path), wanted = strlen(suffix);
    return size >= wanted && strcasecmp(path + size - wanted, suffix) == 0;
}

/* Folders hold pictures and notes too. What nobody named and does not call itself a model is no failure. */
static bool is_left_out(const cli_file *file, const char *code)
{
    static const char *const codes[] = {"unsupported_format", "archive_no_model", "empty_file", "not_found"};
    if (file->is_named || ends_in(file->path, ".stl") || ends_in(file->path, ".3mf")) return false;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(code, codes[i]) == 0) return true;
    return false;
}

static result quote_file(worker *self, const cli_file *file)
{
    result made = {.is_ready = true, .exit_code = CLI_EXIT_SYSTEM, .outcome = CLI_BATCH_FAILED};
    cli_session *session = &self->session;
    session->failure_code[0] = 0;
    session->failure_message[0] = 0;
    self->verdict = LQ_VERDICT_OK;
    self->triangles = 0;
    session->out.file = open_memstream(&made.line, &made.line_size);
    if (!session->out.file) {
        made.message = cli_copy("There is not enough memory.");
        return made;
    }
    made.exit_code = cli_one_file(session, file->path, take_part);
    fclose(session->out.file);
    made.triangles = self->triangles;
    if (made.exit_code == CLI_EXIT_DONE)
        made.outcome = (cli_batch_outcome)self->verdict;
    else if (is_left_out(file, session->failure_code))
        made.outcome = CLI_BATCH_LEFT_OUT, made.exit_code = CLI_EXIT_DONE;
    else
        made.message = cli_copy(session->failure_message);
    memcpy(made.code, session->failure_code, sizeof made.code);
    return made;
}

/* ---- lines in order; called with the lock held ---- */

/* A single file that the user named fails as it would alone; one of many makes the run incomplete. */
static int exit_code_of_run(const batch *b, int one)
{
    return b->files.count == 1 && b->files.items[0].is_named ? one : CLI_EXIT_FILE;
}

static void count_result(batch *b, const cli_file *file, const result *made)
{
    cli_batch_tally_add(&b->tally, made->outcome, file->size, made->triangles);
    if (made->outcome != CLI_BATCH_FAILED) return;
    cli_batch_tally_failure(&b->tally, file->path, made->message);
    b->exit_code = exit_code_of_run(b, made->exit_code);
}

/* A wrong option is wrong for every file: the first one tells, and nothing comes after it. */
static void end_for_usage(batch *b, const cli_file *file, const result *made)
{
    cli_failure failure = {CLI_EXIT_USAGE, made->code, made->message, file->path, NULL, 0};
    b->exit_code = CLI_EXIT_USAGE;
    b->is_over = true;
    if (!b->session->options->output || b->session->options->json) fwrite(made->line, 1, made->line_size, stdout);
    if (!b->session->options->json || !b->session->options->quiet) cli_tell(b->session, &failure);
}

static void write_one(batch *b, const result *made)
{
    if (made->outcome == CLI_BATCH_LEFT_OUT) return;
    pthread_mutex_unlock(&b->lock); /* a slow reader holds up the lines, not the bar */
    fwrite(made->line, 1, made->line_size, b->out);
    fflush(b->out);
    bool is_lost = ferror(b->out) != 0;
    pthread_mutex_lock(&b->lock);
    if (is_lost) b->is_lost = b->is_over = true;
}

/* Tells every file that is ready and whose turn it is. One thread does so at a time. */
static void write_ready(batch *b)
{
    if (b->is_writing) return;
    b->is_writing = true;
    while (!b->is_over && b->written < b->files.count && b->results[b->written].is_ready) {
        const cli_file *file = &b->files.items[b->written];
        result *made = &b->results[b->written++];
        if (made->exit_code == CLI_EXIT_INTERRUPTED) {
            b->is_over = true;
        } else if (made->exit_code == CLI_EXIT_USAGE) {
            end_for_usage(b, file, made);
        } else {
            count_result(b, file, made);
            write_one(b, made);
        }
        b->held -= made->line_size;
        free(made->line);
        free(made->message);
        made->line = made->message = NULL;
    }
    b->is_writing = false;
}

/* ---- threads ---- */

static void *work(void *argument)
{
    worker *self = argument;
    batch *b = self->batch;
    pthread_mutex_lock(&b->lock);
    while (!b->is_over && b->next < b->files.count && !cli_session_interrupted()) {
        if (b->held > HELD_SIZE_MAX) { /* the file all wait for is at work in another thread */
            pthread_cond_wait(&b->changed, &b->lock);
            continue;
        }
        size_t index = b->next++;
        pthread_mutex_unlock(&b->lock);
        result made = quote_file(self, &b->files.items[index]);
        pthread_mutex_lock(&b->lock);
        b->results[index] = made;
        b->held += made.line_size;
        b->totals.files_done++;
        b->totals.files_failed += made.outcome == CLI_BATCH_FAILED;
        b->totals.size_done += b->files.items[index].size;
        write_ready(b);
        pthread_cond_broadcast(&b->changed);
    }
    b->running--;
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

static int open_worker(worker *self, batch *b, uint32_t thread_count)
{
    const cli_options *options = &b->options;
    const lq_context_options given = {.struct_size = sizeof given,
                                      .limits = &options->limits,
                                      .thread_count = thread_count,
                                      .isa_mask = options->isa_mask};
    *self = (worker){.session = *b->session, .batch = b};
    self->session.options = options;
    self->session.names_path = true;
    self->session.progress.wanted = self->session.progress.visible = false;
    self->session.context = NULL;
    if (lq_context_create(&given, &self->session.context) == LQ_OK) return CLI_EXIT_DONE;
    cli_failure failure = {CLI_EXIT_SYSTEM, "out_of_memory", "There is not enough memory.", NULL, NULL, 0};
    return cli_fail(b->session, &failure);
}

/* The main thread's part: moves the bar, and passes Ctrl-C on to every context. */
static void watch(batch *b, const worker *workers, size_t count)
{
    pthread_mutex_lock(&b->lock);
    while (b->running) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += TICK_NS;
        if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
        pthread_cond_timedwait(&b->changed, &b->lock, &until);
        cli_totals totals = b->totals;
        pthread_mutex_unlock(&b->lock);
        if (cli_session_interrupted())
            for (size_t i = 0; i < count; i++) lq_context_cancel(workers[i].session.context);
        cli_progress_totals(&b->session->progress, &totals);
        pthread_mutex_lock(&b->lock);
    }
    pthread_mutex_unlock(&b->lock);
}

static int start(batch *b, worker *workers, size_t count)
{
    size_t started = 0;
    pthread_mutex_lock(&b->lock);
    for (size_t i = 0; i < count; i++) {
        workers[i].has_thread = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
        started += workers[i].has_thread;
    }
    b->running = started;
    pthread_mutex_unlock(&b->lock);
    if (started) return CLI_EXIT_DONE;
    cli_failure failure = {CLI_EXIT_SYSTEM, "out_of_memory", "The system gives no thread.", NULL, NULL, 0};
    return cli_fail(b->session, &failure);
}

static int run_threads(batch *b, size_t count, uint32_t thread_count_each)
{
    worker *workers = cli_grow(NULL, count, sizeof *workers);
    pthread_condattr_t clock;
    int exit_code = CLI_EXIT_DONE;
    size_t opened = 0;
    pthread_mutex_init(&b->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&b->changed, &clock);
    pthread_condattr_destroy(&clock);
    while (opened < count && exit_code == CLI_EXIT_DONE) {
        exit_code = open_worker(&workers[opened], b, thread_count_each);
        opened += exit_code == CLI_EXIT_DONE;
    }
    if (exit_code == CLI_EXIT_DONE) exit_code = start(b, workers, count);
    if (exit_code == CLI_EXIT_DONE) watch(b, workers, count);
    for (size_t i = 0; i < opened; i++) {
        if (workers[i].has_thread) pthread_join(workers[i].thread, NULL);
        lq_context_destroy(workers[i].session.context);
    }
    pthread_cond_destroy(&b->changed);
    pthread_mutex_destroy(&b->lock);
    free(workers);
    return exit_code;
}

/* ---- the command ---- */

static int quote_all(batch *b, uint32_t threads)
{
    size_t count = b->files.count < threads ? b->files.count : threads;
    cli_progress_begin(&b->session->progress, NULL);
    int exit_code = count ? run_threads(b, count, threads / (uint32_t)count) : CLI_EXIT_DONE;
    cli_progress_end(&b->session->progress);
    if (cli_session_interrupted()) return CLI_EXIT_INTERRUPTED;
    return exit_code == CLI_EXIT_DONE ? b->exit_code : exit_code;
}

/* Quotes all into the output that was asked for, then tells people what came of it. */
static int run(batch *b)
{
    cli_session *session = b->session;
    const cli_options *options = session->options;
    uint32_t threads = cli_session_thread_count(options);
    cli_output output = {0};
    double started = now_s();
    int exit_code = options->output ? cli_output_open(session, options->output, &output) : CLI_EXIT_DONE;
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    b->out = options->output ? output.file : stdout;
    exit_code = quote_all(b, threads);
    bool is_whole = b->written == b->files.count && exit_code != CLI_EXIT_USAGE && exit_code != CLI_EXIT_INTERRUPTED;
    if (options->output) /* what was lost is kept for the closing to find out why */
        exit_code = cli_output_close(session, &output, is_whole || b->is_lost, exit_code);
    if (is_whole && !options->quiet) cli_batch_print_summary(session, &b->tally, now_s() - started, threads);
    return exit_code;
}

static void free_batch(batch *b)
{
    for (size_t i = 0; i < b->files.count; i++) {
        free(b->results[i].line);
        free(b->results[i].message);
    }
    free(b->results);
    cli_batch_tally_free(&b->tally);
    cli_file_list_free(&b->files);
}

int cli_command_batch(cli_session *session)
{
    const cli_options *options = session->options;
    int exit_code = cli_session_load_book(session);
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    batch b = {.session = session, .options = *options};
    b.options.json = b.options.quiet = true;
    cli_file_list_find(&b.files, options->files, options->file_count);
    b.results = cli_grow(NULL, b.files.count, sizeof *b.results);
    for (size_t i = 0; i < b.files.count; i++) b.results[i] = (result){0};
    b.totals.files = b.files.count;
    b.totals.size = b.files.size;
    /* Lines on the terminal are progress enough, and a bar would stand between them. */
    if (!options->output && session->out.rewrites) session->progress.wanted = options->progress;
    exit_code = run(&b);
    free_batch(&b);
    return exit_code;
}
