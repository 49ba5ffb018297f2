#include "print_repair.h"

#include <math.h>

#include "number.h"
#include "print_part.h"
#include "print_table.h"
#include "text.h"

/* The sentences stand in a column behind the counts. */
static void print_done(const cli_terminal *out, const lq_repair_action *action, size_t width)
{
    cli_buffer count = {0}, lines = {0};
    cli_add_count(&count, action->count);
    cli_text_wrap(&lines, action->message, width + 4, width + 4, out->width);
    fprintf(out->file, "  %s%*s%s  %s\n", cli_style_on(out, CLI_GREEN), (int)width, cli_buffer_get(&count),
            cli_style_off(out, CLI_GREEN), cli_buffer_get(&lines));
    cli_buffer_free(&count);
    cli_buffer_free(&lines);
}

static size_t count_width(const lq_part *repaired)
{
    lq_repair_action action;
    size_t width = 0;
    for (size_t i = 0; lq_part_action(repaired, i, &action) == LQ_OK; i++) {
        cli_buffer count = {0};
        cli_add_count(&count, action.count);
        if (action.done && count.size > width) width = count.size;
        cli_buffer_free(&count);
    }
    return width;
}

/* What is left is a sentence to read, not a row to skim. */
static void print_left(const cli_terminal *out, const lq_repair_action *action)
{
    lq_diagnostic finding = {.severity = LQ_SEVERITY_WARN, .count = action->count, .message = action->message};
    cli_print_finding(out, &finding);
}

static void print_actions(const cli_terminal *out, const lq_part *repaired)
{
    lq_repair_action action;
    size_t width = count_width(repaired);
    fputs(width ? "\n" : "\n  There was nothing to repair.\n", out->file);
    for (size_t i = 0; lq_part_action(repaired, i, &action) == LQ_OK; i++)
        if (action.done) print_done(out, &action, width);
    for (size_t i = 0; lq_part_action(repaired, i, &action) == LQ_OK; i++)
        if (!action.done) print_left(out, &action);
}

/* ---- before and after ---- */

static void add_row(cli_table *table, const char *label, const char *before, const char *after)
{
    cli_table_row(table, CLI_ROW_CELLS);
    cli_table_cell(table, CLI_PLAIN, label);
    cli_table_cell(table, CLI_PLAIN, before);
    cli_table_cell(table, CLI_PLAIN, after);
}

static void add_counts(cli_table *table, const char *label, int64_t before, int64_t after)
{
    if (before <= 0 && after <= 0) return;
    cli_buffer texts[2] = {{0}, {0}};
    cli_add_count(&texts[0], before < 0 ? 0 : (uint64_t)before);
    cli_add_count(&texts[1], after < 0 ? 0 : (uint64_t)after);
    add_row(table, label, cli_buffer_get(&texts[0]), cli_buffer_get(&texts[1]));
    cli_buffer_free(&texts[0]);
    cli_buffer_free(&texts[1]);
}

static void add_truths(cli_table *table, const char *label, int before, int after)
{
    add_row(table, label, before == 1 ? "yes" : "no", after == 1 ? "yes" : "no");
}

static void add_numbers(cli_table *table, const char *label, double before, double after)
{
    cli_buffer texts[2] = {{0}, {0}};
    const double values[2] = {before, after};
    for (int i = 0; i < 2; i++) {
        if (isnan(values[i]))
            cli_buffer_text(&texts[i], "unknown");
        else
            cli_add_significant(&texts[i], values[i], 7);
    }
    add_row(table, label, cli_buffer_get(&texts[0]), cli_buffer_get(&texts[1]));
    cli_buffer_free(&texts[0]);
    cli_buffer_free(&texts[1]);
}

static void print_numbers(const cli_terminal *out, const lq_facts *before, const lq_facts *after)
{
    static const cli_column columns[] = {{"", false, 0, 0}, {"Before", true, 0, 0}, {"After", true, 0, 0}};
    cli_table table;
    cli_table_init(&table, out, columns, 3);
    add_counts(&table, "triangles", (int64_t)before->triangle_count, (int64_t)after->triangle_count);
    add_truths(&table, "closed", before->closed, after->closed);
    add_truths(&table, "oriented", before->oriented, after->oriented);
    add_truths(&table, "manifold", before->manifold, after->manifold);
    add_counts(&table, "open edges", before->open_edges, after->open_edges);
    add_counts(&table, "boundary loops", before->boundary_loops, after->boundary_loops);
    add_counts(&table, "non-manifold edges", before->non_manifold_edges, after->non_manifold_edges);
    add_counts(&table, "misoriented triangles", before->misoriented_triangles, after->misoriented_triangles);
    add_counts(&table, "degenerate triangles", before->degenerate_triangles, after->degenerate_triangles);
    add_counts(&table, "duplicate triangles", before->duplicate_triangles, after->duplicate_triangles);
    add_counts(&table, "shells", before->shells, after->shells);
    add_numbers(&table, cli_glyph(out, "volume as stored, mm³", "volume as stored, mm3"), before->volume_signed_mm3,
                after->volume_signed_mm3);
    add_numbers(&table, cli_glyph(out, "volume of the part, mm³", "volume of the part, mm3"), before->volume_mm3,
                after->volume_mm3);
    fputc('\n', out->file);
    cli_table_print(&table);
    cli_table_free(&table);
}

void cli_print_repair(cli_session *session, const cli_repair *repair)
{
    const cli_terminal *out = &session->out;
    cli_print_name(session, repair->path, repair->format);
    fprintf(out->file, "  %s  ", cli_glyph(out, "→", "->"));
    cli_print_clean(out, CLI_BOLD, repair->out_path);
    fputc('\n', out->file);
    print_actions(out, repair->repaired);
    print_numbers(out, lq_report_facts(repair->before), lq_report_facts(repair->after));
}
