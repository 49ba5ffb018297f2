#include "price/choice.h"

#include <string.h>

#include "price/country.h"
#include "price/money.h"

static bool no(lqi_refusal *refusal, lqi_reason reason, const char *subject)
{
    *refusal = (lqi_refusal){reason, subject ? subject : ""};
    return false;
}

static bool listed(const lqi_words *words, const char *text)
{
    for (size_t i = 0; text && i < words->count; i++)
        if (strcmp(words->items[i], text) == 0) return true;
    return false;
}

static bool is_date(const char *text)
{
    static const char pattern[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof pattern; i++)
        if (pattern[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != pattern[i]) return false;
    return true;
}

static bool choose_discount(const lq_book *book, const lq_request *request, lqi_choice *choice, lqi_refusal *refusal)
{
    if (!request->discount_code) return true;
    int64_t index = lqi_names_find(&book->discount_names, request->discount_code);
    if (index < 0) return no(refusal, LQI_DISCOUNT_INVALID, request->discount_code);
    const lqi_discount *discount = &book->discounts[index];
    if (request->date) {
        if (!is_date(request->date)) return no(refusal, LQI_ARGUMENT, "date");
        bool early = discount->from && strcmp(request->date, discount->from) < 0;
        bool late = discount->to && strcmp(request->date, discount->to) > 0;
        if (early || late) return no(refusal, LQI_DISCOUNT_INVALID, request->discount_code);
    }
    if (!discount->any_account && !listed(&discount->accounts, request->account_id))
        return no(refusal, LQI_DISCOUNT_INVALID, request->discount_code);
    choice->discount = discount;
    return true;
}

bool lqi_choose_terms(const lq_book *book, const lq_request *request, lqi_choice *choice, lqi_refusal *refusal)
{
    *choice = (lqi_choice){.book = book,
                           .currency = book->base,
                           .quantity = request->quantity ? request->quantity : 1,
                           .priority = request->priority != 0,
                           .hardware_minor = request->hardware_minor,
                           .revenue_share_minor = request->revenue_share_minor};
    if (request->hardware_minor < 0) return no(refusal, LQI_ARGUMENT, "hardware_minor");
    if (request->revenue_share_minor < 0) return no(refusal, LQI_ARGUMENT, "revenue_share_minor");
    if (request->currency) {
        int64_t index = lqi_names_find(&book->currency_names, request->currency);
        if (index < 0) return no(refusal, LQI_CURRENCY_UNSUPPORTED, request->currency);
        choice->currency = &book->currencies[index];
    }
    if (request->country && !lqi_country(request->country, choice->country))
        return no(refusal, LQI_INVALID_COUNTRY, request->country);
    if (request->account_id) {
        int64_t index = lqi_names_find(&book->account_names, request->account_id);
        if (index >= 0) choice->account = &book->accounts[index];
    }
    return choose_discount(book, request, choice, refusal);
}

static bool choose_color(const lqi_material *material, const char *id, lqi_choice *choice)
{
    choice->color = NULL;
    for (size_t i = 0; i < material->color_count && !choice->color; i++) {
        const lqi_color *color = &material->colors[i];
        if (color->offer == LQI_OFFER_ACTIVE && (!id || strcmp(color->id, id) == 0)) choice->color = color;
    }
    return choice->color || !id;
}

static bool choose_finish(const lqi_material *material, const char *id, lqi_choice *choice)
{
    choice->finish = NULL;
    if (!id) return true;
    for (size_t i = 0; i < material->finish_count && !choice->finish; i++)
        if (strcmp(material->finishes[i].id, id) == 0) choice->finish = &material->finishes[i];
    if (!choice->finish) return false;
    const char *color = choice->color ? choice->color->id : NULL;
    if (!choice->finish->any_color && !listed(&choice->finish->colors_allowed, color)) return false;
    for (size_t i = 0; i < material->restriction_count; i++) {
        const lqi_restriction *rule = &material->restrictions[i];
        if (rule->rule == LQI_RULE_COLOR_FINISH_EXCLUDED && listed(&rule->entities, id) &&
            listed(&rule->entities, color))
            return false;
    }
    return true;
}

static bool choose_layer(const lqi_material *material, uint32_t layer_um, lqi_choice *choice)
{
    choice->layer_um = layer_um ? layer_um : material->layer_default_um;
    if (!layer_um) return true;
    for (size_t i = 0; i < material->layer_count; i++)
        if (material->layers_um[i] == layer_um) return true;
    return false;
}

/* A material of an extrusion process without a choice of infill is printed solid. */
static bool choose_infill(const lqi_material *material, int32_t percent, lqi_choice *choice)
{
    bool extrusion = material->process->kind == LQI_PROCESS_EXTRUSION;
    choice->infill_percent = material->has_infill ? material->infill_default : extrusion ? 100 : -1;
    if (percent == 0) return true;
    int32_t wanted = percent == -1 ? 0 : percent;
    if (!material->has_infill || wanted < material->infill_min || wanted > material->infill_max) return false;
    choice->infill_percent = wanted;
    return true;
}

bool lqi_choose_material(const lqi_material *material, const lq_request *request, lqi_choice *choice,
                         lqi_refusal *refusal)
{
    const lqi_account *account = choice->account;
    choice->material = material;
    choice->markup_ppm = account && account->markup_ppm >= 0 ? account->markup_ppm : material->terms.markup_ppm;
    choice->tiers = account && account->tiers.count ? account->tiers : material->terms.tiers;
    choice->quantity_max = material->terms.quantity_max;
    for (size_t i = 0; i < material->restriction_count; i++) {
        const lqi_restriction *rule = &material->restrictions[i];
        if (rule->rule == LQI_RULE_QUANTITY_CAP && rule->quantity_max < choice->quantity_max)
            choice->quantity_max = rule->quantity_max;
    }
    if (!choose_color(material, request->color_id, choice))
        return no(refusal, LQI_COLOR_NOT_IN_MATERIAL, request->color_id);
    if (!choose_finish(material, request->finish_id, choice))
        return no(refusal, LQI_FINISH_NOT_IN_MATERIAL, request->finish_id);
    if (!choose_layer(material, request->layer_um, choice))
        return no(refusal, LQI_LAYER_HEIGHT_UNSUPPORTED, material->id);
    if (!choose_infill(material, request->infill_percent, choice))
        return no(refusal, LQI_INFILL_UNSUPPORTED, material->id);
    return true;
}

bool lqi_allow_country(const lqi_choice *choice, lqi_refusal *refusal)
{
    for (size_t i = 0; choice->country[0] && i < choice->material->restriction_count; i++) {
        const lqi_restriction *rule = &choice->material->restrictions[i];
        if (rule->rule == LQI_RULE_COUNTRY_NOT_SERVED && listed(&rule->entities, choice->country))
            return no(refusal, LQI_COUNTRY_NOT_SERVED, choice->material->id);
    }
    return true;
}

bool lqi_allow_quantity(const lqi_choice *choice, lqi_refusal *refusal)
{
    return choice->quantity <= choice->quantity_max || no(refusal, LQI_QUANTITY_UNSUPPORTED, choice->material->id);
}

const lqi_material *lqi_find_material(const lq_book *book, const char *id, lqi_refusal *refusal)
{
    int64_t index = id ? lqi_names_find(&book->material_names, id) : -1;
    if (index >= 0 && book->materials[index].offer == LQI_OFFER_ACTIVE) return &book->materials[index];
    no(refusal, LQI_MATERIAL_UNKNOWN, id);
    return NULL;
}

bool lqi_choose(const lq_book *book, const lq_request *request, lqi_choice *choice, lqi_refusal *refusal)
{
    const lqi_material *material = lqi_find_material(book, request->material_id, refusal);
    return material && lqi_choose_terms(book, request, choice, refusal) &&
           lqi_choose_material(material, request, choice, refusal) && lqi_allow_country(choice, refusal) &&
           lqi_allow_quantity(choice, refusal);
}

const char *lqi_review_rule(const lqi_choice *choice)
{
    for (size_t i = 0; i < choice->material->restriction_count; i++) {
        const lqi_restriction *rule = &choice->material->restrictions[i];
        if (rule->rule != LQI_RULE_REVIEW_REQUIRED) continue;
        if (rule->entities.count == 0 || listed(&rule->entities, choice->country) ||
            listed(&rule->entities, choice->color ? choice->color->id : NULL) ||
            listed(&rule->entities, choice->finish ? choice->finish->id : NULL))
            return rule->name;
    }
    return NULL;
}

lq_status lqi_refuse(lq_context *context, const lqi_refusal *refusal)
{
    const char *what = refusal->subject;
    switch (refusal->reason) {
    case LQI_MATERIAL_UNKNOWN:
        return lqi_fail(context, refusal->reason, -1, "There is no material \"%s\" to order.", what);
    case LQI_COLOR_NOT_IN_MATERIAL:
        return lqi_fail(context, refusal->reason, -1, "The material does not come in the colour \"%s\".", what);
    case LQI_FINISH_NOT_IN_MATERIAL:
        return lqi_fail(context, refusal->reason, -1, "The material and colour do not come with the finish \"%s\".",
                        what);
    case LQI_LAYER_HEIGHT_UNSUPPORTED:
        return lqi_fail(context, refusal->reason, -1, "The material %s is not printed with this layer height.", what);
    case LQI_INFILL_UNSUPPORTED:
        return lqi_fail(context, refusal->reason, -1, "The material %s is not printed with this infill.", what);
    case LQI_CURRENCY_UNSUPPORTED:
        return lqi_fail(context, refusal->reason, -1, "The price book has no rate for the currency \"%s\".", what);
    case LQI_INVALID_COUNTRY:
        return lqi_fail(context, refusal->reason, -1, "\"%s\" is no country code (ISO 3166-1, like DE or DEU).", what);
    case LQI_COUNTRY_NOT_SERVED:
        return lqi_fail(context, refusal->reason, -1, "The material %s is not sent to this country.", what);
    case LQI_DISCOUNT_INVALID:
        return lqi_fail(context, refusal->reason, -1, "The discount code \"%s\" does not hold here.", what);
    case LQI_QUANTITY_UNSUPPORTED:
        return lqi_fail(context, refusal->reason, -1, "This many parts of the material %s cannot be ordered at once.",
                        what);
    default: return lqi_fail(context, LQI_ARGUMENT, -1, "The value of %s is not allowed.", what);
    }
}
