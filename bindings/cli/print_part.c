#include "print_part.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "text.h"

const char *cli_format_words(lq_format format)
{
    switch (format) {
    case LQ_FORMAT_STL_BINARY: return "binary STL";
    case LQ_FORMAT_STL_ASCII: return "ASCII STL";
    case LQ_FORMAT_3MF: return "3MF";
    case LQ_FORMAT_ZIP: return "ZIP archive";
    case LQ_FORMAT_OTHER: return "other";
    case LQ_FORMAT_UNKNOWN: break;
    }
    return "unknown";
}

const char *cli_file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(path, "-") == 0 ? "standard input" : slash && slash[1] ? slash + 1 : path;
}

void cli_print_name(cli_session *session, const char *path, lq_format format)
{
    const cli_terminal *out = &session->out;
    if (session->something_printed) fputc('\n', out->file);
    session->something_printed = true;
    cli_print_clean(out, CLI_BOLD, cli_file_name(path));
    fprintf(out->file, "  %s", cli_format_words(format));
}

static void print_verdict(const cli_terminal *out, lq_verdict verdict)
{
    static const cli_style styles[] = {CLI_GREEN, CLI_GREEN, CLI_YELLOW, CLI_RED};
    static const char *const words[] = {"ok", "ok, repaired", "needs review", "rejected"};
    size_t index = (size_t)verdict <= LQ_VERDICT_REJECT ? (size_t)verdict : LQ_VERDICT_REVIEW;
    cli_print_clean(out, styles[index], words[index]);
}

void cli_print_title(cli_session *session, const cli_part *part)
{
    const cli_terminal *out = &session->out;
    cli_print_name(session, part->path, part->format);
    if (part->entry) fputs("  ", out->file), cli_print_clean(out, CLI_PLAIN, part->entry);
    if (part->plate) fprintf(out->file, "  plate %u", part->plate);
    if (part->plate && part->plate_name && *part->plate_name)
        fputc(' ', out->file), cli_print_clean(out, CLI_PLAIN, part->plate_name);
    fputs("  ", out->file);
    print_verdict(out, lq_report_facts(part->report)->verdict);
    fputc('\n', out->file);
}

/* "(12, repaired)"; the count only where the sentence has no number of its own. */
static void add_remarks(cli_buffer *text, const lq_diagnostic *finding)
{
    bool counted = finding->count > 1 && strpbrk(cli_buffer_get(text), "0123456789") == NULL;
    if (!counted && !finding->repaired) return;
    cli_buffer_text(text, " (");
    if (counted) cli_add_count(text, finding->count);
    if (finding->repaired) cli_buffer_text(text, counted ? ", repaired" : "repaired");
    cli_buffer_text(text, ")");
}

void cli_print_finding(const cli_terminal *out, const lq_diagnostic *finding)
{
    static const cli_style styles[] = {CLI_CYAN, CLI_YELLOW, CLI_RED};
    static const char *const signs[] = {"·", "!", "✗"}, *const plain_signs[] = {"-", "!", "X"};
    size_t index = (size_t)finding->severity <= LQ_SEVERITY_BLOCKER ? (size_t)finding->severity : LQ_SEVERITY_WARN;
    cli_buffer clean = {0}, lines = {0};
    cli_text_clean(&clean, finding->message ? finding->message : finding->code, out->utf8);
    add_remarks(&clean, finding);
    cli_text_wrap(&lines, cli_buffer_get(&clean), 4, 4, out->width);
    fputs("  ", out->file);
    cli_print_clean(out, styles[index], cli_glyph(out, signs[index], plain_signs[index]));
    fprintf(out->file, " %s\n", cli_buffer_get(&lines));
    cli_buffer_free(&lines);
    cli_buffer_free(&clean);
}

void cli_print_findings(const cli_session *session, const lq_report *report)
{
    lq_diagnostic finding;
    for (size_t i = 0; lq_report_diagnostic(report, i, &finding) == LQ_OK; i++)
        if (!session->options->quiet || finding.severity != LQ_SEVERITY_INFO)
            cli_print_finding(&session->out, &finding);
}

void cli_add_size(cli_buffer *buffer, const cli_terminal *terminal, const double size_mm[3])
{
    for (int axis = 0; axis < 3; axis++) {
        if (axis) cli_buffer_text(buffer, cli_glyph(terminal, " × ", " x "));
        double size = size_mm[axis];
        cli_add_fixed(buffer, size, size < 0.1 ? 4 : 2, true);
    }
}

void cli_add_time(cli_buffer *buffer, double time_s)
{
    if (!(time_s >= 0 && time_s < 1e9)) {
        cli_buffer_text(buffer, "-");
    } else if (time_s < 59.5) {
        cli_buffer_format(buffer, "%lld s", llround(time_s));
    } else {
        long long minutes = llround(time_s / 60);
        if (minutes < 60)
            cli_buffer_format(buffer, "%lld min", minutes);
        else
            cli_buffer_format(buffer, "%lld h %02lld", minutes / 60, minutes % 60);
    }
}

void cli_add_mass(cli_buffer *buffer, double mass_g)
{
    bool heavy = mass_g >= 9999.5;
    double mass = heavy ? mass_g / 1000 : mass_g;
    cli_add_fixed(buffer, mass, mass < 9.995 ? 2 : mass < 99.95 ? 1 : 0, false);
    cli_buffer_text(buffer, heavy ? " kg" : " g");
}

void cli_add_volume(cli_buffer *buffer, const cli_terminal *terminal, double volume_mm3)
{
    bool small = fabs(volume_mm3) < 1000;
    double volume = small ? volume_mm3 : volume_mm3 / 1000;
    cli_add_fixed(buffer, volume, volume < 100 ? 2 : 1, true);
    cli_buffer_format(buffer, " %s", small ? cli_glyph(terminal, "mm³", "mm3") : cli_glyph(terminal, "cm³", "cm3"));
}

void cli_add_area(cli_buffer *buffer, const cli_terminal *terminal, double area_mm2)
{
    bool small = area_mm2 < 1000;
    double area = small ? area_mm2 : area_mm2 / 100;
    cli_add_fixed(buffer, area, area < 100 ? 2 : 1, true);
    cli_buffer_format(buffer, " %s", small ? cli_glyph(terminal, "mm²", "mm2") : cli_glyph(terminal, "cm²", "cm2"));
}
