#include "page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exit_code.h"
#include "failure.h"
#include "number.h"
#include "output.h"
#include "page_prices.h"
#include "page_style.h"
#include "page_text.h"
#include "png.h"
#include "print_part.h"

#define PICTURE_WIDTH 1200
#define PICTURE_HEIGHT 900

struct cli_page {
    cli_session *session;
    cli_output output;
    cli_terminal letters; /* a browser shows every letter there is */
    size_t part_count;
};

static void put(cli_page *page, cli_buffer *text)
{
    fwrite(cli_buffer_get(text), 1, text->size, page->output.file);
    cli_buffer_free(text);
}

int cli_page_open(cli_session *session, cli_page **page)
{
    *page = NULL;
    if (!session->options->html) return CLI_EXIT_DONE;
    cli_page *made = cli_grow(NULL, 1, sizeof *made);
    *made = (cli_page){.session = session, .letters = {.utf8 = true}};
    int exit_code = cli_output_open(session, session->options->html, &made->output);
    if (exit_code == CLI_EXIT_DONE)
        *page = made;
    else
        free(made);
    return exit_code;
}

/* ---- pictures ---- */

/* false: there is none; a page without it is better than no page. */
static bool add_picture(cli_page *page, cli_buffer *text, const lq_part *read, lq_render_options how,
                        const char *caption)
{
    how.struct_size = sizeof how;
    how.width = PICTURE_WIDTH;
    how.height = PICTURE_HEIGHT;
    const size_t size = (size_t)PICTURE_WIDTH * PICTURE_HEIGHT * 4;
    uint8_t *rgba = malloc(size);
    char *png = NULL;
    size_t png_size = 0;
    FILE *file = rgba ? open_memstream(&png, &png_size) : NULL;
    bool good = file && lq_part_render(page->session->context, read, &how, rgba, size) == LQ_OK &&
                cli_png_write(file, rgba, PICTURE_WIDTH, PICTURE_HEIGHT);
    if (file) good = fclose(file) == 0 && good;
    if (good) {
        cli_buffer_format(text, "<figure><img width=\"%d\" height=\"%d\" alt=\"", PICTURE_WIDTH, PICTURE_HEIGHT);
        cli_page_text(text, caption);
        cli_buffer_text(text, "\" src=\"data:image/png;base64,");
        cli_page_bytes(text, (const uint8_t *)png, png_size);
        cli_buffer_text(text, "\"><figcaption>");
        cli_page_text(text, caption);
        cli_buffer_text(text, "</figcaption></figure>");
    }
    free(png);
    free(rgba);
    return good;
}

static bool has_defects(const lq_facts *facts)
{
    return facts->open_edges > 0 || facts->non_manifold_edges > 0 || facts->misoriented_triangles > 0 ||
           facts->duplicate_triangles > 0;
}

static void add_pictures(cli_page *page, cli_buffer *text, const cli_part *part)
{
    const lq_facts *facts = lq_report_facts(part->report);
    if (!part->read) return;
    cli_buffer_text(text, "<div class=\"pictures\">");
    add_picture(page, text, part->read, (lq_render_options){0}, "The part, from the front, the right and above");
    if (has_defects(facts))
        add_picture(page, text, part->read, (lq_render_options){.defects = 1},
                    "What is broken: open edges red, crowded edges purple, turned facets orange, copies yellow");
    if (facts->verdict != LQ_VERDICT_REJECT)
        add_picture(page, text, part->read, (lq_render_options){.walls = 1}, "Walls under 3 mm, by their thickness");
    cli_buffer_text(text, "</div>");
}

/* ---- facts ---- */

static void add_fact(cli_buffer *text, const char *name, cli_buffer *value)
{
    cli_buffer_format(text, "<dt>%s</dt><dd>%s</dd>", name, cli_buffer_get(value));
    cli_buffer_free(value);
}

static void add_facts(const cli_page *page, cli_buffer *text, const lq_facts *facts)
{
    const cli_terminal *letters = &page->letters;
    cli_buffer value = {0};
    double size[3];
    for (int i = 0; i < 3; i++) size[i] = facts->box_max_mm[i] - facts->box_min_mm[i];
    cli_buffer_text(text, "<dl>");
    cli_add_size(&value, letters, size);
    cli_buffer_text(&value, " mm");
    add_fact(text, "Size", &value);
    if (!isnan(facts->volume_mm3)) {
        cli_add_volume(&value, letters, facts->volume_mm3);
        add_fact(text, "Volume", &value);
    }
    cli_add_area(&value, letters, facts->area_mm2);
    add_fact(text, "Surface", &value);
    if (facts->item_count > 1) cli_add_count(&value, facts->item_count), add_fact(text, "Items", &value);
    if (facts->shells > 0) cli_add_count(&value, (uint64_t)facts->shells), add_fact(text, "Shells", &value);
    if (facts->cavities > 0) cli_add_count(&value, (uint64_t)facts->cavities), add_fact(text, "Cavities", &value);
    cli_add_count(&value, facts->triangle_count);
    add_fact(text, "Triangles", &value);
    if (facts->closed >= 0) {
        cli_buffer_text(&value, facts->closed ? "closed" : "open");
        add_fact(text, "Mesh", &value);
    }
    cli_buffer_text(text, "</dl>");
}

/* ---- findings ---- */

static void add_place(cli_buffer *text, const lq_diagnostic *finding)
{
    if (isnan(finding->point_mm[0])) return;
    cli_buffer_text(text, "at ");
    for (int i = 0; i < 3; i++) {
        if (i) cli_buffer_text(text, ", ");
        cli_add_fixed(text, finding->point_mm[i], 2, true);
    }
    cli_buffer_text(text, " mm");
}

static void add_finding(cli_buffer *text, const lq_diagnostic *finding)
{
    static const char *const kinds[] = {"info", "warn", "blocker"}, *const words[] = {"Note", "Warning", "Blocker"};
    size_t index = (size_t)finding->severity <= LQ_SEVERITY_BLOCKER ? (size_t)finding->severity : LQ_SEVERITY_WARN;
    cli_buffer place = {0};
    add_place(&place, finding);
    if (finding->repaired) cli_buffer_text(&place, place.size ? " · repaired" : "repaired");
    cli_buffer_format(text, "<li class=\"%s\"><b>%s</b><p>", kinds[index], words[index]);
    cli_page_text(text, finding->message ? finding->message : finding->code);
    if (place.size) cli_buffer_format(text, "<small>%s</small>", cli_buffer_get(&place));
    cli_buffer_text(text, "</p></li>");
    cli_buffer_free(&place);
}

static void add_findings(cli_buffer *text, const lq_report *report)
{
    lq_diagnostic finding;
    size_t count = lq_report_diagnostic_count(report);
    if (!count) return;
    cli_buffer_text(text, "<h2>What was found</h2><ul>");
    for (size_t i = 0; i < count; i++)
        if (lq_report_diagnostic(report, i, &finding) == LQ_OK) add_finding(text, &finding);
    cli_buffer_text(text, "</ul>");
}

/* ---- parts ---- */

static void add_header(cli_buffer *text, const cli_part *part)
{
    static const char *const kinds[] = {"ok", "ok", "review", "reject"};
    static const char *const words[] = {"ok", "ok, repaired", "needs review", "rejected"};
    lq_verdict verdict = lq_report_facts(part->report)->verdict;
    size_t index = (size_t)verdict <= LQ_VERDICT_REJECT ? (size_t)verdict : LQ_VERDICT_REVIEW;
    cli_buffer_text(text, "<header><h1>");
    cli_page_text(text, cli_file_name(part->path));
    cli_buffer_format(text, "</h1><span class=\"kind\">%s", cli_format_words(part->format));
    if (part->entry) cli_buffer_text(text, " · "), cli_page_text(text, part->entry);
    if (part->plate) cli_buffer_format(text, " · plate %u ", part->plate);
    if (part->plate && part->plate_name) cli_page_text(text, part->plate_name);
    cli_buffer_format(text, "</span><span class=\"verdict %s\">%s</span></header>", kinds[index], words[index]);
}

static void add_beginning(cli_page *page, const cli_part *part)
{
    cli_buffer text = {0};
    cli_buffer_text(&text, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                           "content=\"width=device-width,initial-scale=1\"><title>");
    cli_page_text(&text, cli_file_name(part->path));
    cli_buffer_format(&text, ": quote</title><style>%s</style></head>\n<body><main>\n", cli_page_style);
    put(page, &text);
}

int cli_page_add(cli_page *page, const cli_part *part, const lq_quote *quote)
{
    if (!page) return CLI_EXIT_DONE;
    if (page->part_count++ == 0) add_beginning(page, part);
    cli_buffer text = {0};
    cli_buffer_text(&text, "<article>");
    add_header(&text, part);
    cli_buffer_text(&text, "<div class=\"look\">");
    add_pictures(page, &text, part);
    add_facts(page, &text, lq_report_facts(part->report));
    cli_buffer_text(&text, "</div>");
    add_findings(&text, part->report);
    cli_page_prices(&text, page->session, quote);
    cli_buffer_text(&text, "</article>\n");
    put(page, &text);
    return CLI_EXIT_DONE;
}

int cli_page_close(cli_page *page, int exit_code)
{
    if (!page) return exit_code;
    const lq_book *book = page->session->book;
    cli_buffer text = {0};
    cli_buffer_text(&text, "<footer>Without tax and shipping. Days are working days until it ships. Price book ");
    cli_page_text(&text, lq_book_version(book));
    cli_buffer_format(&text, ", libquote %s.</footer>\n</main></body></html>\n", lq_version());
    put(page, &text);
    exit_code = cli_output_close(page->session, &page->output, page->part_count > 0, exit_code);
    free(page);
    return exit_code;
}
