#include "commands.h"

#include <time.h>

#include "each_part.h"
#include "exit_code.h"
#include "failure.h"
#include "page.h"
#include "print_quote.h"

/* Discount codes have dates; the library reads no clock. */
static const char *today(char text[11])
{
    time_t now = time(NULL);
    struct tm date;
    if (!localtime_r(&now, &date) || strftime(text, 11, "%Y-%m-%d", &date) != 10) return NULL;
    return text;
}

int cli_quote_part(cli_session *session, const cli_part *part, cli_buffer *json)
{
    const cli_options *options = session->options;
    char date[11];
    lq_quote_request request = {.struct_size = sizeof request,
                                .material_ids = options->materials,
                                .material_count = options->material_count,
                                .quantities = options->quantities,
                                .quantity_count = options->quantity_count,
                                .common = {.struct_size = sizeof request.common,
                                           .color_id = options->color,
                                           .finish_id = options->finish,
                                           .currency = options->currency,
                                           .country = options->country,
                                           .discount_code = options->discount,
                                           .date = options->discount ? today(date) : NULL,
                                           .layer_um = options->layer_um,
                                           .infill_percent = options->infill_percent,
                                           .priority = options->priority}};
    lq_estimates *estimates = NULL;
    lq_quote *quote = NULL;
    char *text = NULL;
    lq_status status =
        lq_estimates_make(session->context, part->read, part->report, session->book, &request, &estimates);
    request.estimates = estimates;
    if (status == LQ_OK) status = lq_quote_make(session->context, part->report, session->book, &request, &quote);
    if (status == LQ_OK && options->json) status = lq_quote_json(session->context, quote, &text, NULL);
    int exit_code = status == LQ_OK ? CLI_EXIT_DONE : cli_fail_library(session, part->path);
    if (text) cli_buffer_text(json, text);
    if (status == LQ_OK && !options->json) {
        cli_progress_end(&session->progress);
        cli_print_quote(session, part, quote);
    }
    if (status == LQ_OK) exit_code = cli_page_add(session->page, part, quote);
    lq_text_free(session->context, text);
    lq_quote_destroy(quote);
    lq_estimates_destroy(estimates);
    return exit_code;
}

int cli_command_quote(cli_session *session)
{
    int exit_code = cli_session_load_book(session);
    if (exit_code == CLI_EXIT_DONE) exit_code = cli_page_open(session, &session->page);
    if (exit_code == CLI_EXIT_DONE) exit_code = cli_each_part(session, cli_quote_part);
    return cli_page_close(session->page, exit_code);
}
