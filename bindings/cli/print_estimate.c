#include "print_estimate.h"

#include <math.h>

#include "number.h"
#include "print_part.h"
#include "print_table.h"

enum { BAR_WIDTH = 20 };

static const char *feature_words(lq_feature feature)
{
    static const char *const words[LQ_FEATURE_COUNT] = {
        "Outer walls", "Inner walls", "Overhanging walls", "Infill", "Solid infill", "Top surfaces", "Bridges",
        "Gap fill",    "Support",     "Support interface", "Travel", "Retraction"};
    return words[feature];
}

static void add_filament(cli_buffer *text, const cli_terminal *out, const lq_estimate_facts *facts)
{
    if (!isnan(facts->filament_g)) {
        cli_add_mass(text, facts->filament_g);
        cli_buffer_text(text, " of filament, ");
    } else {
        cli_buffer_text(text, "filament ");
    }
    cli_add_fixed(text, facts->filament_mm / 1000, 2, false);
    cli_buffer_text(text, " m, ");
    cli_add_fixed(text, facts->filament_mm3 / 1000, 2, false);
    cli_buffer_text(text, cli_glyph(out, " cm³", " cm3"));
}

static void print_sums(const cli_terminal *out, const lq_estimate_facts *facts)
{
    cli_buffer text = {0};
    cli_add_time(&text, facts->time_s);
    cli_buffer_text(&text, "   ");
    add_filament(&text, out, facts);
    cli_buffer_text(&text, "   ");
    cli_add_count(&text, facts->layer_count);
    cli_buffer_text(&text, facts->layer_count == 1 ? " layer" : " layers");
    fprintf(out->file, "  %s\n", cli_buffer_get(&text));
    cli_buffer_free(&text);
}

/* Where the slicer's own numbers lie for nine parts in ten. */
static void print_ranges(const cli_terminal *out, const lq_estimate_facts *facts)
{
    cli_buffer text = {0};
    const char *to = cli_glyph(out, " – ", " to ");
    cli_buffer_text(&text, "9 in 10: ");
    cli_add_time(&text, facts->time_low_s);
    cli_buffer_text(&text, to);
    cli_add_time(&text, facts->time_high_s);
    cli_buffer_text(&text, ", ");
    cli_add_fixed(&text, facts->filament_low_mm3 / 1000, 2, false);
    cli_buffer_text(&text, to);
    cli_add_fixed(&text, facts->filament_high_mm3 / 1000, 2, false);
    cli_buffer_text(&text, cli_glyph(out, " cm³", " cm3"));
    fprintf(out->file, "  %s%s%s\n", cli_style_on(out, CLI_DIM), cli_buffer_get(&text), cli_style_off(out, CLI_DIM));
    cli_buffer_free(&text);
}

static void add_share(cli_table *table, double part, double whole)
{
    cli_buffer text = {0};
    if (part > 0 && whole > 0) cli_buffer_format(&text, "%d %%", (int)lround(100 * part / whole));
    cli_table_cell(table, CLI_DIM, cli_buffer_get(&text));
    cli_buffer_free(&text);
}

static void add_bar(cli_table *table, const cli_terminal *out, double part, double whole)
{
    cli_buffer text = {0};
    long length = whole > 0 ? lround(BAR_WIDTH * part / whole) : 0;
    for (long i = 0; i < length && i < BAR_WIDTH; i++) cli_buffer_text(&text, cli_glyph(out, "▪", "#"));
    cli_table_cell(table, CLI_CYAN, cli_buffer_get(&text));
    cli_buffer_free(&text);
}

static void add_feature(cli_table *table, const cli_terminal *out, const lq_estimate_facts *facts, lq_feature feature)
{
    cli_buffer volume = {0}, time = {0};
    double volume_mm3 = facts->feature_mm3[feature], time_s = facts->feature_s[feature];
    if (!(volume_mm3 > 0) && !(time_s > 0)) return;
    cli_table_row(table, CLI_ROW_CELLS);
    cli_table_cell(table, CLI_PLAIN, feature_words(feature));
    if (volume_mm3 > 0) cli_add_fixed(&volume, volume_mm3 / 1000, 2, false);
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&volume));
    add_share(table, volume_mm3, facts->filament_mm3);
    cli_add_time(&time, time_s);
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&time));
    add_share(table, time_s, facts->time_s);
    add_bar(table, out, time_s, facts->time_s);
    cli_buffer_free(&volume);
    cli_buffer_free(&time);
}

static void print_features(const cli_terminal *out, const lq_estimate_facts *facts)
{
    const cli_column columns[] = {{"Feature", false, 12, 0}, {cli_glyph(out, "cm³", "cm3"), true, 0, 0},
                                  {"", true, 0, 2},          {"Time", true, 0, 0},
                                  {"", true, 0, 3},          {"", false, 0, 1}};
    cli_table table;
    cli_table_init(&table, out, columns, sizeof columns / sizeof columns[0]);
    for (int i = 0; i < LQ_FEATURE_COUNT; i++) add_feature(&table, out, facts, (lq_feature)i);
    if (table.row_count) {
        fputc('\n', out->file);
        cli_table_print(&table);
    }
    cli_table_free(&table);
}

void cli_print_estimate(cli_session *session, const cli_part *part, const lq_estimate *estimate)
{
    const cli_terminal *out = &session->out;
    const lq_estimate_facts *facts = lq_estimate_facts_of(estimate);
    lq_diagnostic flag;
    cli_print_title(session, part);
    print_sums(out, facts);
    print_ranges(out, facts);
    for (size_t i = 0; lq_estimate_flag(estimate, i, &flag) == LQ_OK; i++) cli_print_finding(out, &flag);
    if (!session->options->quiet) print_features(out, facts);
}
