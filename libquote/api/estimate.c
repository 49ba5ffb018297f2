/* From a part and a profile to an estimate. */
#include "api/estimate.h"

#include <math.h>
#include <string.h>

#include "api/profile.h"
#include "api/solids.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "estimate/profile_machine.h"

_Static_assert((int)LQ_FEATURE_SUPPORT_INTERFACE == (int)LQI_ROLE_SUPPORT_INTERFACE, "features begin with the roles");

/* Half of the range that damage adds at least, as a share; more where the volume itself is less sure. */
#define DAMAGE_SHARE 0.05

const char *lq_feature_name(lq_feature feature)
{
    static const char *const names[LQ_FEATURE_COUNT] = {
        "external_perimeter", "perimeter", "overhang_perimeter", "infill", "solid_infill", "top_solid_infill", "bridge",
        "gap_fill",           "support",   "support_interface",  "travel", "retract"};
    return (size_t)feature < LQ_FEATURE_COUNT ? names[feature] : NULL;
}

/* ---- facts and flags ---- */

static void take_facts(const lqi_estimate *made, const lqi_machine *machine, lq_estimate_facts *facts)
{
    *facts = (lq_estimate_facts){.layer_count = made->layers,
                                 .filament_mm3 = made->filament_mm3,
                                 .filament_mm = made->filament_mm,
                                 .filament_g = machine->filament_density_g_cm3 > 0 ? made->filament_g : NAN,
                                 .time_s = made->total_s,
                                 .filament_low_mm3 = made->filament_range_mm3.low,
                                 .filament_high_mm3 = made->filament_range_mm3.high,
                                 .time_low_s = made->time_range_s.low,
                                 .time_high_s = made->time_range_s.high};
    for (int i = 0; i < LQI_ROLE_COUNT; i++) {
        facts->feature_mm3[i] = made->volume_mm3[i];
        facts->feature_s[i] = made->time_s[i];
    }
    facts->feature_s[LQ_FEATURE_TRAVEL] = made->travel_s;
    facts->feature_s[LQ_FEATURE_RETRACT] = made->retract_s;
}

typedef struct remark {
    uint32_t flag;
    const char *code;
    lq_severity severity;
    const char *sentence;
} remark;

static const remark remarks[] = {
    {LQI_ESTIMATE_EMPTY, "nothing_to_print", LQ_SEVERITY_BLOCKER,
     "The part is flatter than half of the first layer: a slicer finds nothing to print."},
    {LQI_ESTIMATE_NOTHING_IN_FIRST_LAYER, "nothing_in_first_layer", LQ_SEVERITY_BLOCKER,
     "Nothing of the part lies in the first layer: a slicer refuses it as it stands."},
    {LQI_ESTIMATE_OPEN, "open_outlines", LQ_SEVERITY_WARN,
     "Outlines of layers do not close; slicers fill such gaps in ways of their own."},
    {LQI_ESTIMATE_INVERTED, "inverted_outlines", LQ_SEVERITY_WARN,
     "The part is inside out; slicers may print nothing of it, or its surroundings."},
    {LQI_ESTIMATE_OVERLAPS, "overlapping_outlines", LQ_SEVERITY_INFO,
     "Bodies of the part cut into each other; where they do, material is counted once."},
    {LQI_ESTIMATE_COARSE, "coarse_estimate", LQ_SEVERITY_WARN,
     "The part is too much work for layers; the estimate is from volume and area alone."},
};

static lq_status add_remarks(lqi_notes *flags, uint32_t set)
{
    for (size_t i = 0; i < sizeof remarks / sizeof remarks[0]; i++)
        if (set & remarks[i].flag)
            LQI_TRY(lqi_notes_add(flags, remarks[i].code, remarks[i].severity, 1, -1, NULL, "%s", remarks[i].sentence));
    return LQ_OK;
}

/* What the report says of the mesh is as true for the slicer, which may close and turn it in other ways. */
static lq_status add_damage(lqi_notes *flags, const lq_report *report)
{
    for (size_t i = 0; i < report->notes.count; i++) {
        const lqi_note *note = &report->notes.items[i];
        if (note->severity == LQ_SEVERITY_INFO) continue;
        LQI_TRY(lqi_notes_add(flags, note->code, note->severity, note->count, -1, NULL, "%s", note->message));
    }
    return LQ_OK;
}

static void widen(lq_estimate_facts *facts, double filament_share, double time_share)
{
    facts->filament_low_mm3 = fmax(0, facts->filament_low_mm3 - filament_share * facts->filament_mm3);
    facts->filament_high_mm3 += filament_share * facts->filament_mm3;
    facts->time_low_s = fmax(0, facts->time_low_s - time_share * facts->time_s);
    facts->time_high_s += time_share * facts->time_s;
}

static double damage_share(const lq_facts *facts)
{
    if (facts->verdict == LQ_VERDICT_OK) return 0;
    double spread = (facts->volume_high_mm3 - facts->volume_low_mm3) / 2 / facts->volume_mm3;
    return spread > DAMAGE_SHARE && isfinite(spread) ? fmin(spread, 1) : DAMAGE_SHARE;
}

/* What is no solid has no layers. */
static lq_estimate_facts unknown_facts(void)
{
    lq_estimate_facts facts = {.filament_mm3 = NAN,
                               .filament_mm = NAN,
                               .filament_g = NAN,
                               .time_s = NAN,
                               .filament_low_mm3 = NAN,
                               .filament_high_mm3 = NAN,
                               .time_low_s = NAN,
                               .time_high_s = NAN};
    for (int i = 0; i < LQ_FEATURE_COUNT; i++) facts.feature_mm3[i] = facts.feature_s[i] = NAN;
    return facts;
}

/* ---- one estimate ---- */

void lq_estimate_destroy(lq_estimate *estimate)
{
    if (!estimate) return;
    lq_context *context = estimate->flags.arena.context;
    lqi_notes_free(&estimate->flags);
    lqi_free(context, estimate);
}

lq_status lqi_estimate_record(lq_context *context, const lqi_estimate *made, const lq_report *report,
                              const lqi_profile *settings, const lqi_machine *machine, bool tells_damage,
                              lq_estimate **out)
{
    lq_status status;
    lqi_profile_doubt doubt;
    lq_estimate *estimate = lqi_alloc_zeroed(context, 1, sizeof *estimate);
    if (!estimate) return lqi_memory_status(context);
    lqi_notes_init(&estimate->flags, context);
    if (made)
        take_facts(made, machine, &estimate->facts);
    else
        estimate->facts = unknown_facts();
    if (made) LQI_TRY_GOTO(add_remarks(&estimate->flags, made->flags));
    LQI_TRY_GOTO(lqi_profile_flags(settings, &estimate->flags, &doubt));
    double damage = damage_share(&report->facts);
    widen(&estimate->facts, damage + doubt.filament, damage + doubt.time);
    if (tells_damage) LQI_TRY_GOTO(add_damage(&estimate->flags, report));
    lqi_notes_sort(&estimate->flags);
    *out = estimate;
    return LQ_OK;
done:
    lq_estimate_destroy(estimate);
    return status;
}

static const char *keep(lq_estimate *estimate, const char *text)
{
    return text ? lqi_arena_text(&estimate->flags.arena, text, strlen(text)) : NULL;
}

/* What the JSON tells beside the numbers: a copy, since report and profile may go before the estimate. */
static lq_status keep_names(lq_estimate *estimate, const lq_report *report, const lq_profile *profile)
{
    lq_context *context = estimate->flags.arena.context;
    size_t at = 0, ignored = 0;
    estimate->file = report->file;
    estimate->file.name = keep(estimate, report->file.name);
    estimate->file.producer = keep(estimate, report->file.producer);
    estimate->profiles =
        lqi_arena_alloc(&estimate->flags.arena, (profile->name_count + 1) * sizeof *estimate->profiles);
    while (lqi_profile_ignored(&profile->settings, &at)) ignored++;
    estimate->ignored = lqi_arena_alloc(&estimate->flags.arena, (ignored + 1) * sizeof *estimate->ignored);
    if (!estimate->profiles || !estimate->ignored) return lqi_memory_status(context);
    for (size_t i = 0; i < profile->name_count; i++) {
        const char *name = keep(estimate, profile->names[i]);
        if (!name) return lqi_memory_status(context);
        estimate->profiles[estimate->profile_count++] = name;
    }
    at = 0;
    for (const char *key; (key = lqi_profile_ignored(&profile->settings, &at)) != NULL;) {
        const char *name = keep(estimate, key);
        if (!name) return lqi_memory_status(context);
        estimate->ignored[estimate->ignored_count++] = name;
    }
    return LQ_OK;
}

static lq_status estimate_as_it_stands(lq_context *context, const lq_part *part, const lq_report *report,
                                       const lqi_machine *machine, lqi_estimate *made)
{
    static const int turn[3] = {0, 1, 2};
    lqi_solids solids;
    lq_status status = lqi_solids_make(context, part, report, turn, &solids);
    if (status == LQ_OK) status = lqi_estimate_make(context, solids.items, solids.count, machine, made);
    lqi_solids_free(context, &solids);
    return status;
}

lq_status lq_part_estimate(lq_context *context, const lq_part *part, const lq_report *report, const lq_profile *profile,
                           lq_estimate **out)
{
    lqi_machine machine;
    lqi_profile_mistake mistake;
    lqi_estimate made;
    lq_estimate *estimate = NULL;
    if (!context || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    if (!part || !report || !profile)
        return lqi_fail(context, LQI_ARGUMENT, -1, "An estimate needs a part, its report and a profile.");
    if (!lqi_profile_machine(&profile->settings, &lqi_no_wish, &machine, &mistake))
        return lqi_profile_fail(context, &profile->settings, &mistake);
    bool solid = report->facts.verdict != LQ_VERDICT_REJECT;
    lq_status status = solid ? estimate_as_it_stands(context, part, report, &machine, &made) : LQ_OK;
    if (status == LQ_OK)
        status =
            lqi_estimate_record(context, solid ? &made : NULL, report, &profile->settings, &machine, true, &estimate);
    if (status == LQ_OK) status = keep_names(estimate, report, profile);
    if (status == LQ_OK)
        *out = estimate;
    else
        lq_estimate_destroy(estimate);
    return status;
}

const lq_estimate_facts *lq_estimate_facts_of(const lq_estimate *estimate) { return &estimate->facts; }

size_t lq_estimate_flag_count(const lq_estimate *estimate) { return estimate->flags.count; }

lq_status lq_estimate_flag(const lq_estimate *estimate, size_t index, lq_diagnostic *flag)
{
    if (!estimate || !flag || index >= estimate->flags.count) return LQ_ERR_ARGUMENT;
    lqi_note_to_diagnostic(&estimate->flags.items[index], flag);
    return LQ_OK;
}
