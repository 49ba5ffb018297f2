#include "api/estimate.h"
#include "api/objects.h"
#include "api/quote.h"
#include "base/context.h"
#include "base/memory.h"
#include "base/text.h"
#include "price/formula.h"
#include "price/money.h"

/* ---- libquote.quote/1 ---- */

static void add_money(lqi_text *text, const char *key, int64_t minor, const char *currency)
{
    lqi_json_open(text, key, '{');
    lqi_json_integer(text, "amount", minor);
    lqi_json_string(text, "currency", currency);
    lqi_json_close(text, '}');
}

static void add_breakdown(lqi_text *text, const lq_price_result *price)
{
    lqi_json_open(text, "breakdown", '{');
    lqi_json_integer(text, "materials", price->materials_minor);
    lqi_json_integer(text, "machine", price->machine_minor);
    lqi_json_integer(text, "labour", price->labour_minor);
    lqi_json_integer(text, "finishing", price->finishing_minor);
    lqi_json_integer(text, "overhead", price->overhead_minor);
    lqi_json_integer(text, "markup", price->markup_minor);
    lqi_json_integer(text, "priority", price->priority_minor);
    lqi_json_integer(text, "discount", price->discount_minor);
    lqi_json_integer(text, "setup", price->setup_minor);
    lqi_json_integer(text, "hardware", price->hardware_minor);
    lqi_json_integer(text, "revenue_share", price->revenue_share_minor);
    lqi_json_integer(text, "adjustment", price->adjustment_minor);
    lqi_json_close(text, '}');
}

static void add_price(lqi_text *text, const lq_price_result *price)
{
    add_money(text, "unit_price", price->unit_minor, price->currency);
    add_money(text, "setup", price->setup_minor, price->currency);
    add_money(text, "line_total", price->line_minor, price->currency);
    add_breakdown(text, price);
    lqi_json_number(text, "mass_g", (double)price->mass_mg / 1000);
    lqi_json_integer(text, "material_volume_mm3", price->material_mm3);
    lqi_json_number(text, "time_s", (double)((price->time_ms + 50) / 100) / 10); /* to a tenth of a second */
    lqi_json_open(text, "lead_time", '{');
    lqi_json_integer(text, "business_days_min", price->days_min);
    lqi_json_integer(text, "business_days_max", price->days_max);
    lqi_json_close(text, '}');
}

static void add_no_price(lqi_text *text)
{
    static const char *const keys[] = {"unit_price",          "setup",  "line_total", "breakdown", "mass_g",
                                       "material_volume_mm3", "time_s", "lead_time"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) lqi_json_null(text, keys[i]);
}

static void add_option(lqi_text *text, const lqi_option *option)
{
    static const char *const statuses[] = {"printable", "needs_review", "not_printable"};
    const lq_option *seen = &option->seen;
    lqi_json_open(text, NULL, '{');
    lqi_json_string(text, "material_id", seen->material_id);
    lqi_json_string(text, "color_id", option->color_id);
    lqi_json_string(text, "finish_id", option->finish_id);
    if (option->layer_um)
        lqi_json_number(text, "layer_height_mm", (double)option->layer_um / 1000);
    else
        lqi_json_null(text, "layer_height_mm");
    lqi_json_count(text, "infill_percent", option->infill_percent);
    lqi_json_integer(text, "quantity", seen->quantity);
    lqi_json_string(text, "status", statuses[seen->status]);
    lqi_json_open(text, "issues", '[');
    for (size_t i = 0; i < seen->issue_count; i++) lqi_json_diagnostic(text, NULL, lqi_option_issue(option, i));
    lqi_json_close(text, ']');
    if (seen->status == LQ_OPTION_NOT_PRINTABLE)
        add_no_price(text);
    else
        add_price(text, &seen->price);
    if (seen->estimated) {
        lqi_json_open(text, "estimate", '{');
        lqi_json_integer(text, "layers", (int64_t)seen->estimated->layer_count);
        lqi_json_estimate_ranges(text, seen->estimated);
        lqi_json_close(text, '}');
    } else {
        lqi_json_null(text, "estimate");
    }
    lqi_json_close(text, '}');
}

static void add_book(lqi_text *text, const lq_book *book)
{
    lqi_json_open(text, "book", '{');
    lqi_json_string(text, "version", book->version);
    lqi_json_string(text, "currency", book->base->code);
    lqi_json_close(text, '}');
}

lq_status lq_quote_json(lq_context *context, const lq_quote *quote, char **out, size_t *size)
{
    char *report = NULL;
    size_t report_size = 0;
    if (!context || !quote || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    LQI_TRY(lq_report_json(context, quote->report, &report, &report_size));
    lqi_text text;
    lqi_text_init(&text, context);
    lqi_json_open(&text, NULL, '{');
    lqi_json_string(&text, "schema", "libquote.quote/1");
    lqi_json_string(&text, "engine_version", LQ_VERSION_STRING);
    lqi_json_raw(&text, "report", report, report_size);
    lqi_free(context, report);
    add_book(&text, quote->book);
    lqi_json_open(&text, "options", '[');
    for (size_t i = 0; i < quote->option_count; i++) add_option(&text, &quote->options[i]);
    lqi_json_close(&text, ']');
    lqi_json_close(&text, '}');
    return lqi_text_take(&text, out, size);
}

/* ---- libquote.materials/1 ---- */

static void add_length(lqi_text *text, const char *key, int64_t um)
{
    if (um == LQI_LENGTH_UNKNOWN)
        lqi_json_null(text, key);
    else
        lqi_json_number(text, key, (double)um / 1000);
}

static void add_box(lqi_text *text, const char *key, const int64_t um[3])
{
    lqi_json_open(text, key, '{');
    add_length(text, "x", um[0]);
    add_length(text, "y", um[1]);
    add_length(text, "z", um[2]);
    lqi_json_close(text, '}');
}

static void add_words(lqi_text *text, const char *key, const lqi_words *words)
{
    lqi_json_open(text, key, '[');
    for (size_t i = 0; i < words->count; i++) lqi_json_string(text, NULL, words->items[i]);
    lqi_json_close(text, ']');
}

static void add_optional(lqi_text *text, const char *key, const char *value)
{
    if (value) lqi_json_string(text, key, value);
}

/* Rates are at most 10^18 micro units: in the book's own currency they always fit. */
static void add_rate(lqi_text *text, const char *key, int64_t micro, const lq_book *book)
{
    bool overflow = false;
    add_money(text, key, lqi_minor_of_micro(micro, book->base, &overflow), book->base->code);
}

static void add_limits(lqi_text *text, const lqi_limits *limits)
{
    lqi_json_open(text, "limits", '{');
    add_box(text, "max_mm", limits->max_um);
    add_box(text, "min_mm", limits->min_um);
    add_length(text, "min_wall_mm", limits->wall_um);
    add_length(text, "min_wire_mm", limits->wire_um);
    add_length(text, "min_clearance_mm", limits->clearance_um);
    add_length(text, "min_escape_hole_mm", limits->escape_hole_um);
    lqi_json_count(text, "max_triangles", limits->triangles_max ? limits->triangles_max : -1);
    lqi_json_close(text, '}');
}

static void add_colors(lqi_text *text, const lqi_material *material, const lq_book *book)
{
    lqi_json_open(text, "colors", '[');
    for (size_t i = 0; i < material->color_count; i++) {
        const lqi_color *color = &material->colors[i];
        lqi_json_open(text, NULL, '{');
        lqi_json_string(text, "id", color->id);
        lqi_json_string(text, "name", color->name);
        lqi_json_string(text, "hex", color->hex);
        lqi_json_string(text, "status", lqi_offer_name(color->offer));
        add_rate(text, "surcharge_per_part", color->surcharge_micro, book);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
}

/* A price per cm2 is often less than a minor unit: it stays a decimal of the book's currency. */
static void add_finishes(lqi_text *text, const lqi_material *material, const lq_book *book)
{
    char decimal[24];
    lqi_json_open(text, "finishes", '[');
    for (size_t i = 0; i < material->finish_count; i++) {
        const lqi_finish *finish = &material->finishes[i];
        lqi_json_open(text, NULL, '{');
        lqi_json_string(text, "id", finish->id);
        lqi_json_string(text, "name", finish->name);
        lqi_json_integer(text, "extra_days", finish->extra_days);
        add_rate(text, "per_part", finish->per_part_micro, book);
        lqi_micro_write(finish->per_cm2_micro, decimal);
        lqi_json_string(text, "per_cm2", decimal);
        if (!finish->any_color) add_words(text, "colors_allowed", &finish->colors_allowed);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
}

static void add_process(lqi_text *text, const lqi_material *material)
{
    lqi_json_open(text, "layer_heights_mm", '[');
    for (size_t i = 0; i < material->layer_count; i++)
        lqi_json_number(text, NULL, (double)material->layers_um[i] / 1000);
    lqi_json_close(text, ']');
    if (material->has_infill) {
        lqi_json_open(text, "infill_percent", '{');
        lqi_json_integer(text, "min", material->infill_min);
        lqi_json_integer(text, "max", material->infill_max);
        lqi_json_integer(text, "default", material->infill_default);
        lqi_json_close(text, '}');
    }
}

static void add_restrictions(lqi_text *text, const lqi_material *material)
{
    lqi_json_open(text, "restrictions", '[');
    for (size_t i = 0; i < material->restriction_count; i++) {
        const lqi_restriction *restriction = &material->restrictions[i];
        lqi_json_open(text, NULL, '{');
        lqi_json_string(text, "code", lqi_rule_name(restriction->rule));
        lqi_json_string(text, "name", restriction->name);
        add_words(text, "entities", &restriction->entities);
        lqi_json_close(text, '}');
    }
    lqi_json_close(text, ']');
}

static void add_material(lqi_text *text, const lqi_material *material, const lq_book *book)
{
    lqi_json_open(text, NULL, '{');
    lqi_json_string(text, "id", material->id);
    lqi_json_string(text, "name", material->name);
    add_optional(text, "brand", material->brand);
    lqi_json_string(text, "family", material->family);
    add_optional(text, "group", material->group);
    lqi_json_string(text, "process", material->process->name);
    lqi_json_string(text, "kind", lqi_process_kind_name(material->process->kind));
    add_words(text, "tags", &material->tags);
    add_optional(text, "description", material->description);
    add_optional(text, "swatch_url", material->swatch_url);
    lqi_json_string(text, "status", lqi_offer_name(material->offer));
    lqi_json_number(text, "density_g_cm3", (double)material->density_mg_cm3 / 1000);
    lqi_json_bool(text, "supports_color_files", material->color_files);
    add_limits(text, &material->limits);
    add_process(text, material);
    add_colors(text, material, book);
    add_finishes(text, material, book);
    lqi_json_open(text, "pricing", '{');
    add_rate(text, "setup", material->setup_micro, book);
    add_rate(text, "min_unit_price", material->unit_min_micro, book);
    add_rate(text, "min_line_price", material->line_min_micro, book);
    lqi_json_close(text, '}');
    lqi_json_open(text, "lead_time", '{');
    lqi_json_integer(text, "base_days", material->terms.base_days);
    lqi_json_integer(text, "buffer_days", material->terms.buffer_days);
    lqi_json_close(text, '}');
    add_restrictions(text, material);
    add_words(text, "sites", &material->sites);
    lqi_json_close(text, '}');
}

lq_status lq_materials_json(lq_context *context, const lq_book *book, char **out, size_t *size)
{
    lqi_text text;
    if (!context || !book || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    lqi_text_init(&text, context);
    lqi_json_open(&text, NULL, '{');
    lqi_json_string(&text, "schema", "libquote.materials/1");
    add_book(&text, book);
    lqi_json_open(&text, "materials", '[');
    for (size_t i = 0; i < book->material_count; i++) add_material(&text, &book->materials[i], book);
    lqi_json_close(&text, ']');
    lqi_json_close(&text, '}');
    return lqi_text_take(&text, out, size);
}
