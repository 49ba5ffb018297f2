/* What the machines of a price book make of a part: one estimate for each machine, layer height, infill and way up. */
#include <string.h>

#include "api/estimate.h"
#include "api/quote.h"
#include "api/solids.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "estimate/profile_machine.h"
#include "price/fit.h"
#include "price/money.h"

typedef struct work {
    lq_context *context;
    const lq_part *part;
    const lq_report *report;
    lq_estimates *made;
    lqi_choice choice;
    int64_t box_um[3];
    lqi_solids solids; /* as they stand with `up` */
    int up;            /* -1: none were made */
    lqi_layers layers; /* of these solids, for `machine` of `process` */
    lqi_machine machine;
    const lqi_process *process; /* NULL: there are none */
} work;

const lqi_book_estimate *lqi_estimates_find(const lq_estimates *estimates, const lqi_choice *choice, int up)
{
    for (size_t i = 0; i < estimates->count; i++) {
        const lqi_book_estimate *item = &estimates->items[i];
        if (item->process == choice->material->process && item->layer_um == choice->layer_um &&
            item->infill_percent == choice->infill_percent && item->up == up)
            return item;
    }
    return NULL;
}

static void drop_layers(work *w)
{
    if (w->process) lqi_layers_free(w->context, &w->layers);
    w->process = NULL;
}

static lq_status stand(work *w, const int turn[3])
{
    if (w->up == turn[2]) return LQ_OK;
    drop_layers(w);
    lqi_solids_free(w->context, &w->solids);
    w->up = -1;
    LQI_TRY(lqi_solids_make(w->context, w->part, w->report, turn, &w->solids));
    w->up = turn[2];
    return LQ_OK;
}

/* The last layers again where only the infill is another: materials of one process follow each other in most books. */
static lq_status cut(work *w, const lqi_process *process, const lqi_machine *machine)
{
    if (w->process == process && w->machine.layer_height_mm == machine->layer_height_mm &&
        lqi_estimate_same_layers(&w->machine, machine))
        return LQ_OK;
    drop_layers(w);
    LQI_TRY(lqi_layers_make(w->context, w->solids.items, w->solids.count, machine, &w->layers));
    w->machine = *machine;
    w->process = process;
    return LQ_OK;
}

static lq_status round_estimate(lq_context *context, const lq_estimate_facts *facts, lqi_extruded *out)
{
    double deposited = 0;
    for (int i = 0; i < LQ_FEATURE_SUPPORT; i++) deposited += facts->feature_mm3[i];
    double support = facts->feature_mm3[LQ_FEATURE_SUPPORT] + facts->feature_mm3[LQ_FEATURE_SUPPORT_INTERFACE];
    if (lqi_round_measure(deposited, LQI_EXTRUDED_MAX, &out->deposited_mm3) &&
        lqi_round_measure(support, LQI_EXTRUDED_MAX, &out->support_mm3) &&
        lqi_round_measure(facts->time_s * 1000, LQI_EXTRUDED_MAX, &out->time_ms))
        return LQ_OK;
    return lqi_fail(context, LQI_PRICE_OVERFLOW, -1, "The price of this part is too large for a number.");
}

/* The profile's own values were checked with the book; a layer height of a material may still be too much for it. */
static lq_status estimate(work *w, const int turn[3])
{
    const lqi_choice *choice = &w->choice;
    const lqi_process *process = choice->material->process;
    const lqi_wish wish = {(double)choice->layer_um / 1000, (double)choice->infill_percent / 100};
    lqi_machine machine;
    lqi_profile_mistake mistake;
    if (!lqi_profile_machine(&process->machine, &wish, &machine, &mistake))
        return lqi_profile_fail(w->context, &process->machine, &mistake);
    LQI_TRY(stand(w, turn));
    LQI_TRY(cut(w, process, &machine));
    LQI_TRY(
        lqi_grow(w->context, (void **)&w->made->items, &w->made->capacity, w->made->count + 1, sizeof *w->made->items));
    lqi_book_estimate *item = &w->made->items[w->made->count];
    lqi_estimate made;
    *item = (lqi_book_estimate){process, choice->layer_um, choice->infill_percent, turn[2], {0, 0, 0}, NULL};
    lqi_estimate_of_layers(&w->layers, w->solids.items, w->solids.count, &machine, &made);
    LQI_TRY(lqi_estimate_record(w->context, &made, w->report, &process->machine, &machine, false, &item->estimate));
    w->made->count++;
    return round_estimate(w->context, &item->estimate->facts, &item->extruded);
}

static lq_status estimate_material(work *w, const lqi_material *material, const lq_request *request, bool named)
{
    lqi_refusal refusal;
    int turn[3];
    if (!material->process->has_machine) return LQ_OK;
    if (!lqi_choose_material(material, request, &w->choice, &refusal))
        return !named && lqi_lacks(&refusal) ? LQ_OK : lqi_refuse(w->context, &refusal);
    lqi_fit fit = lqi_fit_box(&material->limits, w->box_um, turn);
    bool fits = fit == LQI_FITS || fit == LQI_FITS_TURNED;
    return !fits || lqi_estimates_find(w->made, &w->choice, turn[2]) ? LQ_OK : estimate(w, turn);
}

static lq_status estimate_all(work *w, const lq_quote_request *request)
{
    const lq_book *book = w->made->book;
    lq_request common = request->common;
    lqi_refusal refusal;
    bool named = request->material_ids != NULL;
    size_t count = named ? request->material_count : book->material_count;
    common.quantity = 1;
    if (!lqi_choose_terms(book, &common, &w->choice, &refusal)) return lqi_refuse(w->context, &refusal);
    if (w->report->facts.verdict == LQ_VERDICT_REJECT || lqi_part_is_soup(w->part)) return LQ_OK;
    if (!lqi_box_in_um(&w->report->facts, w->box_um)) return LQ_OK;
    for (size_t i = 0; i < count; i++) {
        const lqi_material *material = &book->materials[i];
        if (named) {
            material = lqi_find_material(book, request->material_ids[i], &refusal);
            if (!material) return lqi_refuse(w->context, &refusal);
        }
        if (material->offer == LQI_OFFER_ACTIVE) LQI_TRY(estimate_material(w, material, &common, named));
    }
    return LQ_OK;
}

lq_status lq_estimates_make(lq_context *context, const lq_part *part, const lq_report *report, const lq_book *book,
                            const lq_quote_request *request, lq_estimates **out)
{
    lq_quote_request given = {0};
    if (!context || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    if (!part || !report || !book)
        return lqi_fail(context, LQI_ARGUMENT, -1, "Estimates need a part, its report and a price book.");
    if (request)
        memcpy(&given, request,
               request->struct_size && request->struct_size < sizeof given ? request->struct_size : sizeof given);
    lq_estimates *made = lqi_alloc_zeroed(context, 1, sizeof *made);
    if (!made) return lqi_memory_status(context);
    made->context = context;
    made->book = book;
    work w = {.context = context, .part = part, .report = report, .made = made, .up = -1};
    lq_status status = estimate_all(&w, &given);
    drop_layers(&w);
    lqi_solids_free(context, &w.solids);
    if (status == LQ_OK)
        *out = made;
    else
        lq_estimates_destroy(made);
    return status;
}

void lq_estimates_destroy(lq_estimates *estimates)
{
    if (!estimates) return;
    for (size_t i = 0; i < estimates->count; i++) lq_estimate_destroy(estimates->items[i].estimate);
    lqi_free(estimates->context, estimates->items);
    lqi_free(estimates->context, estimates);
}
