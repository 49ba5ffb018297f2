/*
 * The steps of a quote in one process, on bytes that are in memory: measure_stages FILE [RUNS]
 * Sees the public header alone. The last line is the memory that the library held at most, in bytes per triangle.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/rows.h"
#include "libquote.h"

#define PICTURE_SIDE 1024

typedef struct stages {
    bench_file file;
    lq_context *context;
    lq_book *book;
    lq_model *model;
    lq_part *part;
    lq_report *report;
    lq_quote *quote;
    char *text;
    uint8_t *pixels;
} stages;

static void check(const stages *s, lq_status status)
{
    if (status == LQ_OK) return;
    fprintf(stderr, "%s: %s\n", s->file.path, lq_context_error(s->context)->message);
    exit(1);
}

static void open_and_read(void *user)
{
    stages *s = user;
    lq_source source;
    lq_source_memory(s->file.data, s->file.size, s->file.path, &source);
    check(s, lq_model_open(s->context, &source, NULL, &s->model));
    check(s, lq_part_read(s->model, NULL, &s->part));
}

static void analyse(void *user)
{
    stages *s = user;
    check(s, lq_part_analyse(s->context, s->part, NULL, &s->report));
}

static void price(void *user)
{
    stages *s = user;
    check(s, lq_quote_make(s->context, s->report, s->book, NULL, &s->quote));
}

static void write_json(void *user)
{
    stages *s = user;
    check(s, lq_quote_json(s->context, s->quote, &s->text, NULL));
}

static void release(void *user)
{
    stages *s = user;
    lq_text_free(s->context, s->text);
    lq_quote_destroy(s->quote);
    lq_report_destroy(s->report);
    lq_part_destroy(s->part);
    lq_model_close(s->model);
}

static void analyse_without_printability(void *user)
{
    stages *s = user;
    const lq_analyse_options how = {.struct_size = sizeof how, .no_printability = 1};
    lq_report *report = NULL;
    check(s, lq_part_analyse(s->context, s->part, &how, &report));
    lq_report_destroy(report);
}

static void draw(void *user)
{
    stages *s = user;
    const lq_render_options how = {.struct_size = sizeof how, .width = PICTURE_SIDE, .height = PICTURE_SIDE};
    check(s, lq_part_render(s->context, s->part, &how, s->pixels, (size_t)4 * PICTURE_SIDE * PICTURE_SIDE));
}

static void read_certificate(void *user)
{
    stages *s = user;
    const lq_selection selection = {.struct_size = sizeof selection, .topology = LQ_TOPOLOGY_CERTIFICATE};
    const lq_analyse_options how = {.struct_size = sizeof how, .topology = LQ_TOPOLOGY_CERTIFICATE};
    lq_source source;
    lq_source_memory(s->file.data, s->file.size, s->file.path, &source);
    check(s, lq_model_open(s->context, &source, NULL, &s->model));
    check(s, lq_part_read(s->model, &selection, &s->part));
    check(s, lq_part_analyse(s->context, s->part, &how, &s->report));
    lq_report_destroy(s->report);
    lq_part_destroy(s->part);
    lq_model_close(s->model);
}

int main(int argument_count, char **arguments)
{
    static const bench_row rows[] = {{"open and read", open_and_read},
                                     {"analyse", analyse},
                                     {"price all materials", price},
                                     {"quote as JSON", write_json},
                                     {"analyse without printability", analyse_without_printability},
                                     {"picture, 1024 x 1024", draw},
                                     {"release", release},
                                     {"certificate depth, all steps", read_certificate}};
    stages s = {.pixels = malloc((size_t)4 * PICTURE_SIDE * PICTURE_SIDE)};
    if (!s.pixels) return 1;
    if (argument_count < 2 || !bench_file_read(arguments[1], &s.file)) return 2;
    if (lq_context_create(NULL, &s.context) != LQ_OK) return 1;
    check(&s, lq_book_default(s.context, &s.book));
    open_and_read(&s);
    analyse(&s);
    price(&s);
    write_json(&s);
    bool streams = lq_model_format(s.model) == LQ_FORMAT_STL_BINARY; /* the last row is another way for these alone */
    uint64_t peak = lq_context_memory_peak(s.context), count = lq_report_facts(s.report)->triangle_count;
    release(&s);
    bench_rows_run("stage", &s.file, (size_t)count, rows, sizeof rows / sizeof rows[0] - !streams, &s,
                   argument_count > 2 ? atoi(arguments[2]) : 25);
    printf("# memory held at most: %.1f bytes per triangle\n", (double)peak / (double)count);
    lq_book_destroy(s.book);
    lq_context_destroy(s.context);
    free(s.pixels);
    bench_file_free(&s.file);
    return 0;
}
