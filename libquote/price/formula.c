#include "price/formula.h"

#include <math.h>

#include "price/money.h"

/* A cubic kilometre, a square kilometre, a kilometre: above, a file is no part, and below, nothing here leaves 128
 * bits. */
#define VOLUME_MM3_MAX ((int64_t)1000000000000000)
#define AREA_MM2_MAX ((int64_t)1000000000000)
#define LENGTH_UM_MAX ((int64_t)1000000000)

typedef struct measures {
    int64_t volume_mm3, area_mm2, support_mm3, contact_mm2;
    int64_t box_um[3];
} measures;

typedef struct making {
    int64_t deposited_mm3, support_mm3, mass_mg, time_ms, envelope_mm3;
} making;

enum { MATERIALS, MACHINE, LABOUR, FINISHING, OVERHEAD, MARKUP, PRIORITY, DISCOUNT, COMPONENT_COUNT };

static bool round_measures(const lq_measure *in, measures *out)
{
    bool fits = lqi_round_measure(in->volume_mm3, VOLUME_MM3_MAX, &out->volume_mm3) &&
                lqi_round_measure(in->area_mm2, AREA_MM2_MAX, &out->area_mm2) &&
                lqi_round_measure(in->support_volume_mm3, VOLUME_MM3_MAX, &out->support_mm3) &&
                lqi_round_measure(in->support_contact_mm2, AREA_MM2_MAX, &out->contact_mm2);
    for (int i = 0; i < 3; i++) fits = fits && lqi_round_measure(in->box_mm[i] * 1000, LENGTH_UM_MAX, &out->box_um[i]);
    return fits;
}

static bool negative_or_unknown(const lq_measure *in)
{
    const double values[] = {in->volume_mm3, in->area_mm2,  in->support_volume_mm3, in->support_contact_mm2,
                             in->box_mm[0],  in->box_mm[1], in->box_mm[2]};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (!(values[i] >= 0)) return true;
    return false;
}

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/* How many parts stand on the plate beside each other. */
static int64_t plate_count(const measures *part, const lqi_terms *terms)
{
    int64_t along_x = (terms->bed_um[0] + terms->gap_um) / larger(1, part->box_um[0] + terms->gap_um);
    int64_t along_y = (terms->bed_um[1] + terms->gap_um) / larger(1, part->box_um[1] + terms->gap_um);
    return larger(1, along_x * along_y);
}

static int64_t layers_ms(const measures *part, const lqi_choice *choice, bool *overflow)
{
    int64_t layers = lqi_ceil_quotient(part->box_um[2], choice->layer_um, overflow);
    return lqi_narrow((lqi_wide)layers * choice->material->terms.layer_ms, overflow);
}

static void make_extruded(const measures *part, const lqi_choice *choice, making *made, bool *overflow)
{
    const lqi_terms *terms = &choice->material->terms;
    int64_t shell =
        smaller(part->volume_mm3, lqi_round_quotient((lqi_wide)part->area_mm2 * terms->shell_um, 1000, overflow));
    int64_t inside = lqi_round_quotient((lqi_wide)(part->volume_mm3 - shell) * choice->infill_percent, 100, overflow);
    made->deposited_mm3 = shell + inside;
    lqi_wide extruded = (lqi_wide)made->deposited_mm3 + made->support_mm3;
    int64_t flowing = lqi_ceil_quotient(extruded * LQI_MILLION, lqi_terms_flow(terms, choice->layer_um), overflow);
    made->time_ms = lqi_narrow((lqi_wide)flowing + layers_ms(part, choice, overflow), overflow);
}

static void make_cured(const measures *part, const lqi_choice *choice, making *made, bool *overflow)
{
    const lqi_terms *terms = &choice->material->terms;
    made->deposited_mm3 = part->volume_mm3;
    lqi_wide plate_ms = (lqi_wide)terms->plate_ms + layers_ms(part, choice, overflow);
    made->time_ms = lqi_ceil_quotient(plate_ms, smaller(choice->quantity, plate_count(part, terms)), overflow);
}

static void make_sintered(const measures *part, const lqi_choice *choice, making *made, bool *overflow)
{
    int64_t around = 2 * choice->material->terms.clearance_um;
    made->deposited_mm3 = part->volume_mm3;
    lqi_wide envelope = 1;
    for (int i = 0; i < 3; i++) envelope *= part->box_um[i] + around;
    made->envelope_mm3 = lqi_round_quotient(envelope, 1000000000, overflow);
}

static making make_by_formula(const measures *part, const lqi_choice *choice, bool *overflow)
{
    making made = {0};
    lqi_wide support = (lqi_wide)part->support_mm3 * choice->material->terms.support_density_pct;
    if (choice->material->process->kind != LQI_PROCESS_POWDER)
        made.support_mm3 = lqi_round_quotient(support, 100, overflow);
    switch (choice->material->process->kind) {
    case LQI_PROCESS_EXTRUSION: make_extruded(part, choice, &made, overflow); break;
    case LQI_PROCESS_VAT: make_cured(part, choice, &made, overflow); break;
    case LQI_PROCESS_POWDER: make_sintered(part, choice, &made, overflow); break;
    }
    return made;
}

static making make(const measures *part, const lqi_choice *choice, const lqi_extruded *extruded, bool *overflow)
{
    const lqi_material *material = choice->material;
    making made = extruded ? (making){.deposited_mm3 = extruded->deposited_mm3,
                                      .support_mm3 = extruded->support_mm3,
                                      .time_ms = extruded->time_ms}
                           : make_by_formula(part, choice, overflow);
    lqi_wide used =
        (lqi_wide)made.deposited_mm3 * (LQI_MILLION + material->waste_ppm) + (lqi_wide)made.support_mm3 * LQI_MILLION;
    made.mass_mg = lqi_round_quotient(used * material->density_mg_cm3, (int64_t)1000 * LQI_MILLION, overflow);
    return made;
}

static int64_t per_million(lqi_wide value, int64_t ppm, bool *overflow)
{
    return lqi_round_quotient((lqi_wide)lqi_narrow(value, overflow) * ppm, LQI_MILLION, overflow);
}

static int32_t tier_ppm(const lqi_choice *choice)
{
    int32_t ppm = 0;
    for (size_t i = 0; i < choice->tiers.count && choice->tiers.items[i].quantity_min <= choice->quantity; i++)
        ppm = choice->tiers.items[i].discount_ppm;
    return ppm;
}

static uint32_t next_break(const lqi_choice *choice)
{
    for (size_t i = 0; i < choice->tiers.count; i++)
        if (choice->tiers.items[i].quantity_min > choice->quantity) return choice->tiers.items[i].quantity_min;
    return 0;
}

/* Steps 1 to 8: what one part costs, in micro units of the book's currency. */
static void components(const measures *part, const making *made, const lqi_choice *choice,
                       int64_t micro[COMPONENT_COUNT], bool *overflow)
{
    const int64_t hour_ms = 3600000;
    const lqi_material *material = choice->material;
    const lqi_terms *terms = &material->terms;
    const lqi_finish *finish = choice->finish;
    lqi_wide sum;

    micro[MATERIALS] = lqi_round_quotient((lqi_wide)made->mass_mg * material->price_per_kg, LQI_MILLION, overflow);
    sum = lqi_round_quotient((lqi_wide)made->time_ms * terms->machine_per_hour, hour_ms, overflow);
    sum += lqi_round_quotient((lqi_wide)made->envelope_mm3 * terms->envelope_per_cm3, 1000, overflow);
    micro[MACHINE] = lqi_narrow(sum, overflow);
    sum = lqi_round_quotient((lqi_wide)material->handling_ms * terms->labour_per_hour, hour_ms, overflow);
    if (made->support_mm3 > 0)
        sum += lqi_round_quotient((lqi_wide)part->contact_mm2 * terms->support_removal_per_cm2, 100, overflow);
    micro[LABOUR] = lqi_narrow(sum, overflow);
    sum = choice->color ? choice->color->surcharge_micro : 0;
    if (finish) {
        sum += finish->per_part_micro;
        sum += lqi_round_quotient((lqi_wide)part->area_mm2 * finish->per_cm2_micro, 100, overflow);
    }
    micro[FINISHING] = lqi_narrow(sum, overflow);

    sum = (lqi_wide)micro[MATERIALS] + micro[MACHINE] + micro[LABOUR] + micro[FINISHING];
    micro[OVERHEAD] = per_million(sum, terms->overhead_ppm, overflow);
    sum += micro[OVERHEAD];
    micro[MARKUP] = per_million(sum, choice->markup_ppm, overflow);
    sum += micro[MARKUP];
    micro[PRIORITY] = choice->priority ? per_million(sum, terms->priority_ppm, overflow) : 0;
    sum += micro[PRIORITY];
    int64_t by_tier = per_million(sum, tier_ppm(choice), overflow);
    int64_t by_code = choice->discount ? per_million(sum - by_tier, choice->discount->ppm, overflow) : 0;
    micro[DISCOUNT] = lqi_narrow(-(lqi_wide)by_tier - by_code, overflow);
}

int64_t lqi_minor_of_micro(int64_t micro, const lqi_currency *currency, bool *overflow)
{
    int64_t converted = lqi_round_quotient((lqi_wide)micro * currency->rate_micro, LQI_MILLION, overflow);
    int64_t minor = lqi_round_quotient(converted, lqi_micro_per_minor(currency->exponent), overflow);
    lqi_wide steps = lqi_ceil_quotient(minor, currency->increment_minor, overflow);
    return lqi_narrow(steps * currency->increment_minor, overflow);
}

/* A component of the breakdown is cut, not rounded: what is lost shows in the adjustment. */
static int64_t component_minor(int64_t micro, const lqi_choice *choice, bool *overflow)
{
    const lqi_currency *currency = choice->currency;
    int64_t converted = lqi_round_quotient((lqi_wide)micro * currency->rate_micro, LQI_MILLION, overflow);
    return lqi_narrow((lqi_wide)converted * choice->quantity / lqi_micro_per_minor(currency->exponent), overflow);
}

/* Steps 9 to 13. */
static void totals(const lqi_choice *choice, lq_price_result *out, bool *overflow)
{
    const lqi_material *material = choice->material;
    const lqi_currency *currency = choice->currency;
    lqi_wide sum = 0;
    for (int i = 0; i < COMPONENT_COUNT; i++) sum += out->component_micro[i];
    out->unit_micro = lqi_narrow(sum, overflow);
    int64_t unit = larger(lqi_minor_of_micro(out->unit_micro, currency, overflow),
                          lqi_minor_of_micro(material->unit_min_micro, currency, overflow));
    out->unit_minor = lqi_narrow((lqi_wide)unit + choice->hardware_minor + choice->revenue_share_minor, overflow);
    out->setup_minor = lqi_minor_of_micro(material->setup_micro, currency, overflow);
    out->line_minor = larger(lqi_narrow((lqi_wide)out->unit_minor * choice->quantity + out->setup_minor, overflow),
                             lqi_minor_of_micro(material->line_min_micro, currency, overflow));

    int64_t *const parts[COMPONENT_COUNT] = {&out->materials_minor, &out->machine_minor,  &out->labour_minor,
                                             &out->finishing_minor, &out->overhead_minor, &out->markup_minor,
                                             &out->priority_minor,  &out->discount_minor};
    lqi_wide shown = out->setup_minor;
    for (int i = 0; i < COMPONENT_COUNT; i++)
        shown += *parts[i] = component_minor(out->component_micro[i], choice, overflow);
    out->hardware_minor = lqi_narrow((lqi_wide)choice->hardware_minor * choice->quantity, overflow);
    out->revenue_share_minor = lqi_narrow((lqi_wide)choice->revenue_share_minor * choice->quantity, overflow);
    shown += (lqi_wide)out->hardware_minor + out->revenue_share_minor;
    out->adjustment_minor = lqi_narrow(out->line_minor - shown, overflow);
}

static void lead_time(const lqi_choice *choice, lq_price_result *out, bool *overflow)
{
    const lqi_terms *terms = &choice->material->terms;
    lqi_wide days = terms->base_days + (choice->finish ? choice->finish->extra_days : 0);
    if (terms->capacity_h_per_day > 0)
        days +=
            lqi_ceil_quotient((lqi_wide)out->time_ms * choice->quantity, terms->capacity_h_per_day * 3600000, overflow);
    if (choice->priority && days > 1) days = days - terms->priority_days > 1 ? days - terms->priority_days : 1;
    if (days + terms->buffer_days > INT32_MAX) {
        *overflow = true;
        return;
    }
    out->days_min = (int32_t)days;
    out->days_max = (int32_t)(days + terms->buffer_days);
}

lq_status lqi_price(lq_context *context, const lq_measure *measure, const lqi_choice *choice,
                    const lqi_extruded *extruded, lq_price_result *result)
{
    measures part;
    bool overflow = false;
    if (negative_or_unknown(measure))
        return lqi_fail(context, LQI_ARGUMENT, -1, "A measure of the part is negative or not a number.");
    lq_price_result out = {.exponent = choice->currency->exponent,
                           .layer_um = choice->layer_um,
                           .infill_percent = choice->infill_percent,
                           .color_id = choice->color ? choice->color->id : NULL,
                           .finish_id = choice->finish ? choice->finish->id : NULL,
                           .next_break_quantity = next_break(choice)};
    for (int i = 0; i < 3; i++) out.currency[i] = choice->currency->code[i];
    overflow = !round_measures(measure, &part);
    if (!overflow) {
        making made = make(&part, choice, extruded, &overflow);
        out.mass_mg = made.mass_mg;
        out.time_ms = made.time_ms;
        out.material_mm3 = lqi_narrow((lqi_wide)made.deposited_mm3 + made.support_mm3, &overflow);
        components(&part, &made, choice, out.component_micro, &overflow);
        totals(choice, &out, &overflow);
        lead_time(choice, &out, &overflow);
    }
    if (overflow) return lqi_fail(context, LQI_PRICE_OVERFLOW, -1, "The price of this part is too large for a number.");
    *result = out;
    return LQ_OK;
}

bool lqi_price_needs_review(const lqi_choice *choice, const lq_price_result *result)
{
    bool overflow = false;
    int64_t over = choice->book->review_over_micro;
    return over >= 0 && result->line_minor > lqi_minor_of_micro(over, choice->currency, &overflow) && !overflow;
}
