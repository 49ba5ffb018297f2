#include "progress.h"

#include <string.h>
#include <time.h>

#include "number.h"
#include "print_part.h"

#define WAIT_S 0.3          /* shorter work shows nothing */
#define BAR_INTERVAL_S 0.1  /* a terminal is redrawn this often */
#define LINE_INTERVAL_S 1.0 /* a log file gets a line this often */
#define BAR_WIDTH 24
#define TOTALS_WIDTH 18 /* of what stands around bar and totals, the last column left free */

static double now_s(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void cli_progress_init(cli_progress *progress, const cli_terminal *terminal, bool wanted)
{
    *progress = (cli_progress){.terminal = terminal, .wanted = wanted};
}

void cli_progress_begin(cli_progress *progress, const char *path)
{
    progress->started_s = now_s();
    progress->shown_s = 0;
    progress->path = path;
}

void cli_progress_end(cli_progress *progress)
{
    if (!progress->visible) return;
    fputs("\r\033[K", progress->terminal->file);
    fflush(progress->terminal->file);
    progress->visible = false;
}

static void draw_bar(cli_progress *progress, const char *stage, int percent, int width)
{
    const cli_terminal *terminal = progress->terminal;
    fprintf(terminal->file, "\r\033[K%s ", stage);
    if (percent >= 0) {
        for (int i = 0; i < width; i++)
            fputs(i * 100 < percent * width ? cli_glyph(terminal, "━", "#") : cli_glyph(terminal, "─", "-"),
                  terminal->file);
        fprintf(terminal->file, " %3d %%", percent);
    }
    progress->visible = true;
}

static void print_line(const cli_progress *progress, const char *stage, int percent)
{
    fputs("quote: ", progress->terminal->file);
    cli_print_clean(progress->terminal, CLI_PLAIN, progress->path ? progress->path : "");
    if (percent >= 0)
        fprintf(progress->terminal->file, ": %s %d %%\n", stage, percent);
    else
        fprintf(progress->terminal->file, ": %s\n", stage);
}

/* Nothing for a moment, then every so often. Tells the time since the beginning. */
static bool is_time(cli_progress *progress, double *elapsed_s)
{
    double now = now_s(), interval = progress->terminal->rewrites ? BAR_INTERVAL_S : LINE_INTERVAL_S;
    *elapsed_s = now - progress->started_s;
    if (!progress->wanted || *elapsed_s < WAIT_S || now - progress->shown_s < interval) return false;
    progress->shown_s = now;
    return true;
}

static void add_totals(cli_buffer *text, const cli_totals *totals, double elapsed_s)
{
    cli_add_count(text, totals->files_done);
    cli_buffer_text(text, "/");
    cli_add_count(text, totals->files);
    cli_buffer_text(text, " files");
    if (totals->files_failed) {
        cli_buffer_text(text, ", ");
        cli_add_count(text, totals->files_failed);
        cli_buffer_text(text, " failed");
    }
    if (!totals->size_done) return;
    cli_buffer_text(text, ", ");
    cli_add_time(text, elapsed_s * ((double)totals->size / (double)totals->size_done - 1));
    cli_buffer_text(text, " left");
}

void cli_progress_totals(cli_progress *progress, const cli_totals *totals)
{
    double elapsed_s;
    if (!is_time(progress, &elapsed_s)) return;
    cli_buffer text = {0};
    add_totals(&text, totals, elapsed_s);
    int percent = totals->size ? (int)((double)totals->size_done / (double)totals->size * 100) : -1;
    if (progress->terminal->rewrites) {
        /* What does not fit must not begin a second line, which nothing would take away: the bar goes first. */
        int room = (int)progress->terminal->width - TOTALS_WIDTH, width = room - (int)text.size;
        draw_bar(progress, "quoting", percent, width < 0 ? 0 : width > BAR_WIDTH ? BAR_WIDTH : width);
        fprintf(progress->terminal->file, "  %.*s", room, cli_buffer_get(&text));
    } else {
        fprintf(progress->terminal->file, "quote: %s\n", cli_buffer_get(&text));
    }
    fflush(progress->terminal->file);
    cli_buffer_free(&text);
}

int cli_progress_report(void *user, const char *stage, uint64_t done, uint64_t total)
{
    cli_progress *progress = user;
    double elapsed_s;
    if (!is_time(progress, &elapsed_s)) return 0;
    int percent = total ? (int)(done >= total ? 100 : (double)done / (double)total * 100) : -1;
    progress->terminal->rewrites ? draw_bar(progress, stage, percent, BAR_WIDTH) : print_line(progress, stage, percent);
    fflush(progress->terminal->file);
    return 0;
}
