#include "print_quote.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "price_table.h"
#include "print_part.h"

/* A range that reads the same at both ends is no news. */
static void add_volume_range(cli_buffer *text, const cli_terminal *out, const lq_facts *facts)
{
    cli_buffer low = {0}, high = {0};
    if (isnan(facts->volume_low_mm3) || isnan(facts->volume_high_mm3)) return;
    cli_add_volume(&low, out, facts->volume_low_mm3);
    cli_add_volume(&high, out, facts->volume_high_mm3);
    if (strcmp(low.data, high.data) != 0) cli_buffer_format(text, " (%s to %s)", low.data, high.data);
    cli_buffer_free(&low);
    cli_buffer_free(&high);
}

static void print_geometry(const cli_terminal *out, const lq_facts *facts)
{
    const double size[3] = {facts->box_max_mm[0] - facts->box_min_mm[0], facts->box_max_mm[1] - facts->box_min_mm[1],
                            facts->box_max_mm[2] - facts->box_min_mm[2]};
    cli_buffer text = {0};
    cli_add_size(&text, out, size);
    cli_buffer_text(&text, " mm   volume ");
    if (isnan(facts->volume_mm3))
        cli_buffer_text(&text, "unknown");
    else
        cli_add_volume(&text, out, facts->volume_mm3);
    add_volume_range(&text, out, facts);
    cli_buffer_text(&text, "   area ");
    cli_add_area(&text, out, facts->area_mm2);
    fprintf(out->file, "  %s\n", cli_buffer_get(&text));
    cli_buffer_free(&text);
}

static void add_counted(cli_buffer *text, uint64_t count, const char *one, const char *many)
{
    cli_add_count(text, count);
    cli_buffer_format(text, " %s", count == 1 ? one : many);
}

static void print_mesh(const cli_terminal *out, const lq_facts *facts)
{
    cli_buffer text = {0};
    add_counted(&text, facts->triangle_count, "triangle", "triangles");
    if (facts->shells >= 0)
        cli_buffer_text(&text, "   "), add_counted(&text, (uint64_t)facts->shells, "shell", "shells");
    if (facts->cavities > 0)
        cli_buffer_text(&text, ", "), add_counted(&text, (uint64_t)facts->cavities, "cavity", "cavities");
    if (facts->item_count > 1) cli_buffer_text(&text, "   "), add_counted(&text, facts->item_count, "item", "items");
    if (facts->closed >= 0) cli_buffer_format(&text, "   %s", facts->closed ? "closed" : "open");
    fprintf(out->file, "  %s\n", cli_buffer_get(&text));
    cli_buffer_free(&text);
}

void cli_print_quote(cli_session *session, const cli_part *part, const lq_quote *quote)
{
    const lq_facts *facts = lq_report_facts(part->report);
    cli_print_title(session, part);
    print_geometry(&session->out, facts);
    print_mesh(&session->out, facts);
    cli_print_findings(session, part->report);
    fputc('\n', session->out.file);
    cli_print_prices(session, quote);
}
