#include "check/claim.h"

#include <math.h>

#include "base/fail.h"
#include "base/print_words.h"

#define SKIN_MM 0.4
#define ROOM 0.5 /* share of the bound on either side */

/* Where the project does not tell: from foamed to metal-filled filament. */
#define DENSITY_LEAST 0.4
#define DENSITY_MOST 5.0

static lq_status tell_present(lqi_notes *notes, const lqi_claim *claim)
{
    char time[32], mass[32];
    lqi_note *note;
    lqi_time_words(claim->time_s, time);
    lqi_mass_words(claim->mass_g, mass);
    LQI_TRY(lqi_notes_add(notes, "slice_info_present", LQ_SEVERITY_INFO, 1, -1, &note,
                          "The project holds the results of a slicer (%s%s%s); the price comes from the model alone.",
                          time, *time && *mass ? ", " : "", mass));
    note->measure_name = claim->mass_g >= 0 ? "mass_g" : "time_s";
    note->measure_value = claim->mass_g >= 0 ? claim->mass_g : claim->time_s;
    note->measure_unit = claim->mass_g >= 0 ? "g" : "s";
    return LQ_OK;
}

lq_status lqi_findings_of_claim(lqi_notes *notes, const lqi_claim *claim, const lqi_claimed_part *part)
{
    if (!(claim->time_s >= 0) && !(claim->mass_g >= 0)) return LQ_OK;
    LQI_TRY(tell_present(notes, claim));
    if (!(claim->mass_g >= 0) || !(part->volume_low_mm3 > 0)) return LQ_OK;
    bool told = claim->density_low > 0;
    double heaviest = part->volume_high_mm3 * (told ? claim->density_high : DENSITY_MOST) / 1000;
    double lightest =
        fmin(part->volume_low_mm3, part->area_mm2 * SKIN_MM) * (told ? claim->density_low : DENSITY_LEAST) / 1000;
    bool heavier = !claim->more && claim->mass_g > heaviest * (1 + ROOM);
    bool lighter = !claim->less && claim->mass_g < lightest * (1 - ROOM);
    if (!heavier && !lighter) return LQ_OK;
    char claimed[32], bound[32];
    lqi_note *note;
    lqi_mass_words(claim->mass_g, claimed);
    lqi_mass_words(heavier ? heaviest : lightest, bound);
    LQI_TRY(lqi_notes_add(notes, "slice_info_mismatch", LQ_SEVERITY_WARN, 1, -1, &note,
                          heavier
                              ? "The slicer's %s do not fit the model, which weighs %s when it is solid; the model "
                                "may have been changed after slicing."
                              : "The slicer's %s do not fit the model, whose thinnest skin weighs %s; the model may "
                                "have been changed after slicing.",
                          claimed, bound));
    note->measure_name = heavier ? "mass_max_g" : "mass_min_g";
    note->measure_value = heavier ? heaviest : lightest;
    note->measure_unit = "g";
    return LQ_OK;
}
