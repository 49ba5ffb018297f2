#include "print_report.h"

#include <math.h>

#include "number.h"
#include "print_part.h"
#include "text.h"

#define LABEL_WIDTH 27

static void print_section(const cli_terminal *out, const char *title)
{
    fprintf(out->file, "\n%s%s%s\n", cli_style_on(out, CLI_BOLD), title, cli_style_off(out, CLI_BOLD));
}

static void print_line(const cli_terminal *out, const char *label, const char *value, const char *unit)
{
    fprintf(out->file, "  %-*s %s%s%s\n", LABEL_WIDTH, label, value, *unit ? " " : "", unit);
}

static void print_number(const cli_terminal *out, const char *label, double value, const char *unit)
{
    cli_buffer text = {0};
    cli_add_significant(&text, value, 10);
    if (isnan(value))
        print_line(out, label, "not examined", "");
    else
        print_line(out, label, cli_buffer_get(&text), unit);
    cli_buffer_free(&text);
}

static void print_count(const cli_terminal *out, const char *label, int64_t count)
{
    cli_buffer text = {0};
    if (count >= 0) cli_add_count(&text, (uint64_t)count);
    print_line(out, label, count < 0 ? "not examined" : cli_buffer_get(&text), "");
    cli_buffer_free(&text);
}

static void print_truth(const cli_terminal *out, const char *label, int truth)
{
    print_line(out, label, truth < 0 ? "not examined" : truth ? "yes" : "no", "");
}

static void print_vector(const cli_terminal *out, const char *label, const double values[3], const char *unit)
{
    cli_buffer text = {0};
    for (int axis = 0; axis < 3; axis++) {
        if (axis) cli_buffer_text(&text, "  ");
        cli_add_significant(&text, values[axis], 9);
    }
    print_line(out, label, isnan(values[0]) ? "not examined" : cli_buffer_get(&text), isnan(values[0]) ? "" : unit);
    cli_buffer_free(&text);
}

static const char *unit_word(lq_unit unit)
{
    switch (unit) {
    case LQ_UNIT_MM: return "millimetre";
    case LQ_UNIT_CM: return "centimetre";
    case LQ_UNIT_M: return "metre";
    case LQ_UNIT_INCH: return "inch";
    case LQ_UNIT_MICRON: return "micrometre";
    case LQ_UNIT_FOOT: return "foot";
    case LQ_UNIT_DEFAULT: break;
    }
    return "unknown";
}

static void print_mesh(const cli_terminal *out, const lq_facts *facts)
{
    print_section(out, "Mesh as it stands in the file");
    print_count(out, "triangles", (int64_t)facts->triangle_count);
    print_count(out, "vertices", facts->vertex_count);
    print_count(out, "items", (int64_t)facts->item_count);
    print_line(out, "unit", unit_word(facts->unit), "");
    print_truth(out, "closed", facts->closed);
    print_truth(out, "oriented", facts->oriented);
    print_truth(out, "manifold", facts->manifold);
    print_truth(out, "certificate: closed", facts->certificate_closed);
    print_truth(out, "certificate: oriented", facts->certificate_oriented);
    print_count(out, "open edges", facts->open_edges);
    print_count(out, "boundary loops", facts->boundary_loops);
    print_count(out, "non-manifold edges", facts->non_manifold_edges);
    print_count(out, "misoriented triangles", facts->misoriented_triangles);
    print_count(out, "degenerate triangles", facts->degenerate_triangles);
    print_count(out, "duplicate triangles", facts->duplicate_triangles);
    print_count(out, "shells", facts->shells);
    print_count(out, "cavities", facts->cavities);
}

static void print_volume(const cli_terminal *out, const lq_facts *facts, const char *mm3)
{
    print_section(out, "Volume");
    print_number(out, "volume", facts->volume_mm3, mm3);
    if (!isnan(facts->volume_error_mm3)) print_number(out, "volume error at most", facts->volume_error_mm3, mm3);
    if (!isnan(facts->volume_low_mm3)) print_number(out, "volume at least", facts->volume_low_mm3, mm3);
    if (!isnan(facts->volume_high_mm3)) print_number(out, "volume at most", facts->volume_high_mm3, mm3);
    print_number(out, "file, signed", facts->volume_signed_mm3, mm3);
    print_number(out, "file, positive winding", facts->volume_positive_mm3, mm3);
    print_number(out, "file, non-zero winding", facts->volume_nonzero_mm3, mm3);
    print_number(out, "file, even-odd", facts->volume_even_odd_mm3, mm3);
}

static void print_shape(const cli_terminal *out, const lq_facts *facts)
{
    static const char *const axes[] = {"inertia xx", "inertia yy", "inertia zz",
                                       "inertia xy", "inertia yz", "inertia zx"};
    const double size[3] = {facts->box_max_mm[0] - facts->box_min_mm[0], facts->box_max_mm[1] - facts->box_min_mm[1],
                            facts->box_max_mm[2] - facts->box_min_mm[2]};
    print_section(out, "Shape");
    print_number(out, "area", facts->area_mm2, cli_glyph(out, "mm²", "mm2"));
    print_vector(out, "size", size, "mm");
    print_vector(out, "box from", facts->box_min_mm, "mm");
    print_vector(out, "box to", facts->box_max_mm, "mm");
    print_vector(out, "centroid", facts->centroid_mm, "mm");
    for (int i = 0; i < 6; i++) print_number(out, axes[i], facts->inertia_mm5[i], cli_glyph(out, "mm⁵", "mm5"));
}

/* A length that may not exist: then there is nothing of the kind. */
static void print_least(const cli_terminal *out, const char *label, double value)
{
    if (isnan(value))
        print_line(out, label, "none", "");
    else
        print_number(out, label, value, "mm");
}

static void print_printability(const cli_terminal *out, const lq_report *report, const char *mm2, const char *mm3)
{
    const lq_facts *facts = lq_report_facts(report);
    lq_printability seen;
    print_section(out, "Walls, supports and hollows");
    if (lq_report_printability(report, &seen) != LQ_OK) {
        print_line(out, "printability", "not examined", "");
        return;
    }
    print_least(out, "thinnest wall", seen.wall_min_mm);
    print_least(out, "a hundredth is thinner than", seen.wall_p01_mm);
    print_least(out, "narrowest gap", seen.gap_min_mm);
    print_number(out, "overhang", seen.overhang_area_mm2, mm2);
    print_number(out, "support volume", facts->support_volume_mm3, mm3);
    print_number(out, "support contact", facts->support_contact_mm2, mm2);
    print_number(out, "contact with the plate", seen.bed_contact_mm2, mm2);
    print_number(out, "tips over at", seen.tipping_deg, "degrees");
    print_count(out, "hollows without a way out", seen.void_count);
    print_number(out, "their volume", seen.void_volume_mm3, mm3);
    print_least(out, "narrowest way out", seen.escape_min_mm);
    print_vector(out, "smallest box", seen.smallest_box_mm, "mm");
}

static void print_finding_details(const cli_terminal *out, const lq_diagnostic *finding)
{
    cli_buffer text = {0};
    cli_buffer_text(&text, finding->code);
    cli_buffer_text(&text, ", count ");
    cli_add_count(&text, finding->count);
    if (finding->measure_name && !isnan(finding->measure_value)) {
        cli_buffer_format(&text, ", %s ", finding->measure_name);
        cli_add_significant(&text, finding->measure_value, 6);
        if (finding->measure_unit) cli_buffer_format(&text, " %s", finding->measure_unit);
    }
    if (finding->triangle >= 0) cli_buffer_format(&text, ", triangle %lld", (long long)finding->triangle);
    if (!isnan(finding->point_mm[0])) {
        cli_buffer_text(&text, ", at");
        for (int axis = 0; axis < 3; axis++)
            cli_buffer_text(&text, " "), cli_add_significant(&text, finding->point_mm[axis], 6);
        cli_buffer_text(&text, " mm");
    }
    cli_buffer clean = {0}, lines = {0};
    cli_text_clean(&clean, cli_buffer_get(&text), out->utf8);
    cli_text_wrap(&lines, cli_buffer_get(&clean), 4, 4, out->width);
    fprintf(out->file, "    %s%s%s\n", cli_style_on(out, CLI_DIM), cli_buffer_get(&lines), cli_style_off(out, CLI_DIM));
    cli_buffer_free(&lines);
    cli_buffer_free(&clean);
    cli_buffer_free(&text);
}

static void print_findings(const cli_session *session, const lq_report *report)
{
    lq_diagnostic finding;
    size_t count = lq_report_diagnostic_count(report);
    if (!count) return;
    print_section(&session->out, "Findings");
    for (size_t i = 0; i < count; i++) {
        if (lq_report_diagnostic(report, i, &finding) != LQ_OK) continue;
        if (session->options->quiet && finding.severity == LQ_SEVERITY_INFO) continue;
        cli_print_finding(&session->out, &finding);
        print_finding_details(&session->out, &finding);
    }
}

void cli_print_report(cli_session *session, const cli_part *part)
{
    const cli_terminal *out = &session->out;
    const lq_facts *facts = lq_report_facts(part->report);
    const char *mm3 = cli_glyph(out, "mm³", "mm3");
    cli_print_title(session, part);
    print_mesh(out, facts);
    print_volume(out, facts, mm3);
    print_shape(out, facts);
    print_printability(out, part->report, cli_glyph(out, "mm²", "mm2"), mm3);
    print_findings(session, part->report);
}
