#include "progress.h"

#include <string.h>
#include <time.h>

#define WAIT_S 0.3          /* shorter work shows nothing */
#define BAR_INTERVAL_S 0.1  /* a terminal is redrawn this often */
#define LINE_INTERVAL_S 1.0 /* a log file gets a line this often */
#define BAR_WIDTH 24

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

static void draw_bar(cli_progress *progress, const char *stage, int percent)
{
    const cli_terminal *terminal = progress->terminal;
    fprintf(terminal->file, "\r\033[K%s ", stage);
    if (percent >= 0) {
        for (int i = 0; i < BAR_WIDTH; i++)
            fputs(i * 100 < percent * BAR_WIDTH ? cli_glyph(terminal, "━", "#") : cli_glyph(terminal, "─", "-"),
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

int cli_progress_report(void *user, const char *stage, uint64_t done, uint64_t total)
{
    cli_progress *progress = user;
    if (!progress->wanted) return 0;
    bool bar = progress->terminal->rewrites;
    double now = now_s();
    if (now - progress->started_s < WAIT_S) return 0;
    if (now - progress->shown_s < (bar ? BAR_INTERVAL_S : LINE_INTERVAL_S)) return 0;
    progress->shown_s = now;
    int percent = total ? (int)(done >= total ? 100 : (double)done / (double)total * 100) : -1;
    bar ? draw_bar(progress, stage, percent) : print_line(progress, stage, percent);
    fflush(progress->terminal->file);
    return 0;
}
