#include "page_prices.h"

#include <string.h>

#include "number.h"
#include "page_text.h"
#include "price_words.h"
#include "print_part.h"
#include "print_process.h"

typedef struct row {
    cli_buffer *page;
    const lq_quote *quote;
    bool shows_quantity;
} row;

static void add_cell(const row *r, const char *name, cli_buffer *value, bool total)
{
    cli_buffer_format(r->page, "<td data-name=\"%s\"%s>%s</td>", name, total ? " class=\"total\"" : "",
                      cli_buffer_get(value));
    cli_buffer_free(value);
}

static void add_money(const row *r, const char *name, const lq_price_result *price, int64_t minor, bool total)
{
    cli_buffer value = {0}, money = {0};
    cli_price_money(&money, price, minor, true);
    cli_page_text(&value, cli_buffer_get(&money));
    cli_buffer_free(&money);
    add_cell(r, name, &value, total);
}

static void add_note(const row *r, size_t index, const lq_option *option, int columns)
{
    cli_buffer note = {0};
    cli_price_note(&note, r->quote, index, option);
    if (note.size) {
        cli_buffer_format(r->page, "<td class=\"note\" colspan=\"%d\">", columns);
        if (option->status == LQ_OPTION_NOT_PRINTABLE) cli_buffer_text(r->page, "Not printable: ");
        cli_page_text(r->page, cli_buffer_get(&note));
        cli_buffer_text(r->page, "</td>");
    }
    cli_buffer_free(&note);
}

/* On a wide screen a name stands once, on a narrow one each block needs it. */
static void add_name(const row *r, const lq_option *option, bool repeated)
{
    cli_buffer_text(r->page, repeated ? "<td class=\"again\">" : "<td>");
    cli_page_text(r->page, option->material_name);
    cli_buffer_text(r->page, "</td>");
}

static void add_prices(const row *r, const lq_option *option)
{
    const lq_price_result *price = &option->price;
    cli_buffer value = {0};
    if (r->shows_quantity) cli_add_count(&value, option->quantity), add_cell(r, "Quantity", &value, false);
    add_money(r, "Unit", price, price->unit_minor, false);
    add_money(r, "Setup", price, price->setup_minor, false);
    add_money(r, "Total", price, price->line_minor, true);
    cli_add_mass(&value, (double)price->mass_mg / 1000);
    add_cell(r, "Mass", &value, false);
    if (price->time_ms)
        cli_add_time(&value, (double)price->time_ms / 1000);
    else
        cli_buffer_text(&value, "–"); /* powder: the time is in the price of the space */
    add_cell(r, "Time", &value, false);
    cli_price_days(&value, price, "–");
    add_cell(r, "Days", &value, false);
}

static void add_option(const row *r, size_t index, const lq_option *option, bool repeated)
{
    const int columns = 6 + r->shows_quantity;
    bool not_printable = option->status == LQ_OPTION_NOT_PRINTABLE;
    if (not_printable && repeated) return; /* it cannot be made in any number: said once */
    cli_buffer_text(r->page, not_printable ? "<tr class=\"not\">" : "<tr>");
    add_name(r, option, repeated);
    if (not_printable) {
        add_note(r, index, option, columns);
    } else {
        add_prices(r, option);
        cli_buffer note = {0};
        cli_price_note(&note, r->quote, index, option);
        if (note.size) { /* under its prices, over the whole width */
            cli_buffer_text(r->page, "</tr><tr class=\"not\">");
            add_note(r, index, option, columns + 1);
        }
        cli_buffer_free(&note);
    }
    cli_buffer_text(r->page, "</tr>");
}

static bool find_material(const lq_book *book, const char *id, lq_material *material)
{
    for (size_t i = 0; lq_book_material(book, i, material) == LQ_OK; i++)
        if (strcmp(material->id, id) == 0) return true;
    return false;
}

static void add_process(const row *r, const lq_book *book, const cli_processes *processes, size_t process)
{
    bool titled = false;
    char previous[128] = "";
    lq_option option;
    lq_material material;
    for (size_t i = 0; i < lq_quote_option_count(r->quote); i++) {
        if (lq_quote_option(r->quote, i, &option) != LQ_OK) continue;
        if (!find_material(book, option.material_id, &material)) continue;
        if (strcmp(material.process, processes->names[process]) != 0) continue;
        if (!titled) {
            cli_buffer_format(r->page, "<tr class=\"process\"><th colspan=\"%d\">", 7 + r->shows_quantity);
            cli_processes_words(processes, process, r->page);
            cli_buffer_text(r->page, "</th></tr>");
        }
        titled = true;
        add_option(r, i, &option, strcmp(previous, option.material_id) == 0);
        snprintf(previous, sizeof previous, "%s", option.material_id);
    }
}

void cli_page_prices(cli_buffer *page, const cli_session *session, const lq_quote *quote)
{
    row r = {.page = page, .quote = quote};
    cli_processes processes;
    for (size_t i = 0; i < session->options->quantity_count; i++)
        if (session->options->quantities[i] != 1) r.shows_quantity = true;
    cli_processes_find(&processes, session->book);
    cli_buffer_text(page, "<h2>What it costs</h2><table><thead><tr><th>Material</th>");
    if (r.shows_quantity) cli_buffer_text(page, "<th>Quantity</th>");
    cli_buffer_text(page,
                    "<th>Unit</th><th>Setup</th><th>Total</th><th>Mass</th><th>Time</th><th>Days</th></tr></thead>"
                    "<tbody>");
    for (size_t p = 0; p < processes.count; p++) add_process(&r, session->book, &processes, p);
    cli_buffer_text(page, "</tbody></table>");
    cli_processes_free(&processes);
}
