#include "price_words.h"

#include <string.h>

#include "number.h"

void cli_price_note(cli_buffer *note, const lq_quote *quote, size_t index, const lq_option *option)
{
    bool blocked = option->status == LQ_OPTION_NOT_PRINTABLE, review = option->status == LQ_OPTION_NEEDS_REVIEW;
    lq_diagnostic issue;
    if (review) cli_buffer_text(note, "Review:");
    for (size_t i = 0; i < option->issue_count; i++) {
        if (lq_quote_option_issue(quote, index, i, &issue) != LQ_OK) continue;
        bool matters = blocked ? issue.severity == LQ_SEVERITY_BLOCKER : issue.severity == LQ_SEVERITY_WARN;
        if (!matters && strcmp(issue.code, "fits_rotated") != 0) continue;
        if (note->size) cli_buffer_text(note, " ");
        cli_buffer_text(note, issue.message ? issue.message : issue.code);
    }
    if (review && note->data[note->size - 1] == ':') cli_buffer_text(note, " a person looks at it first.");
    if (!note->size && blocked) cli_buffer_text(note, "This part cannot be made in this material.");
}

static const char *currency_sign(const char *currency, bool utf8)
{
    if (strcmp(currency, "USD") == 0) return "$";
    if (!utf8) return NULL;
    if (strcmp(currency, "EUR") == 0) return "€";
    if (strcmp(currency, "GBP") == 0) return "£";
    return NULL;
}

void cli_price_money(cli_buffer *text, const lq_price_result *price, int64_t minor, bool utf8)
{
    const char *sign = currency_sign(price->currency, utf8);
    if (sign)
        cli_buffer_text(text, sign);
    else
        cli_buffer_format(text, "%s ", price->currency);
    cli_add_money(text, minor, price->exponent);
}

void cli_price_days(cli_buffer *text, const lq_price_result *price, const char *dash)
{
    cli_buffer_format(text, "%d", price->days_min);
    if (price->days_max != price->days_min) cli_buffer_format(text, "%s%d", dash, price->days_max);
}
