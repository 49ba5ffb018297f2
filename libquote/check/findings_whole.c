/* Findings about the part as a whole, and the verdict. */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "check/findings.h"
#include "check/teller.h"

/* Caps whose volume is known better than this share of the part's are as good as the mesh. */
#define UNCERTAIN_SHARE 0.01

/* A size that no part has, whoever said so: 3mf.md, section 3. */
static lq_status tell_size(lqi_notes *notes, const lqi_whole *whole)
{
    double diagonal = sqrt(whole->box_size[0] * whole->box_size[0] + whole->box_size[1] * whole->box_size[1] +
                           whole->box_size[2] * whole->box_size[2]);
    bool tiny = diagonal > 0 && diagonal < 1;
    if (!tiny && !(diagonal > 5000)) return LQ_OK;
    *whole->unit_suspect = tiny ? "m" : "micron";
    lqi_note *note;
    LQI_TRY(lqi_notes_add(notes, "unit_suspect", LQ_SEVERITY_WARN, 1, -1, &note,
                          tiny ? "The part is smaller than a millimetre; its unit may be another."
                               : "The part is larger than five metres; its unit may be another."));
    lqi_tell_measure(note, "factor", tiny ? 1000 : 0.001, "1");
    return LQ_OK;
}

static lq_status tell_units(lqi_notes *notes, const lqi_whole *whole)
{
    double longest = fmax(whole->box_size[0], fmax(whole->box_size[1], whole->box_size[2]));
    *whole->unit_suspect = NULL;
    if (!whole->unit_assumed) return tell_size(notes, whole);
    LQI_TRY(lqi_notes_add(notes, "units_missing_assumed_mm", LQ_SEVERITY_INFO, 1, -1, NULL,
                          "The format carries no unit; millimetres are assumed."));
    lqi_note *note;
    if (longest > 0 && longest < 1) {
        *whole->unit_suspect = "m";
        LQI_TRY(lqi_notes_add(notes, "units_suspect_metre", LQ_SEVERITY_WARN, 1, -1, &note,
                              "The part is smaller than a millimetre; it may have been drawn in metres or inches."));
        lqi_tell_measure(note, "factor", 1000, "1");
    } else if (longest >= 1 && longest < 10) {
        *whole->unit_suspect = "inch";
        LQI_TRY(lqi_notes_add(notes, "units_suspect_inch", LQ_SEVERITY_INFO, 1, -1, &note,
                              "The part is smaller than a centimetre; it may have been drawn in inches."));
        lqi_tell_measure(note, "factor", 25.4, "1");
    } else if (longest > 5000) {
        *whole->unit_suspect = "micron";
        LQI_TRY(lqi_notes_add(notes, "unit_suspect", LQ_SEVERITY_WARN, 1, -1, &note,
                              "The part is larger than five metres; it may have been drawn in another unit."));
        lqi_tell_measure(note, "factor", 0.001, "1");
    }
    return LQ_OK;
}

lq_status lqi_findings_of_whole(lqi_notes *notes, const lqi_whole *whole)
{
    LQI_TRY(tell_units(notes, whole));
    lqi_note *note;
    if (whole->solid_count > 1)
        LQI_TRY(lqi_notes_add(notes, "multiple_parts", LQ_SEVERITY_INFO, whole->solid_count, -1, NULL,
                              "The part consists of several separate bodies."));
    double half_range = (whole->volume_high - whole->volume_low) / 2;
    if (half_range > UNCERTAIN_SHARE * whole->volume && whole->volume > 0) {
        LQI_TRY(lqi_notes_add(notes, "volume_uncertain", LQ_SEVERITY_WARN, 1, -1, &note,
                              "The volume is only known within a range: the surface is open or ambiguous, or parts "
                              "overlap or are cut away."));
        lqi_tell_measure(note, "half_range_mm3", half_range, "mm3");
    }
    return LQ_OK;
}

/* Deviations of a file that have one sensible reading do not make the part worse. */
static bool is_about_reading(const lqi_note *note)
{
    static const char *const codes[] = {"stl_count",     "stl_trailing",      "stl_concatenated", "stl_big_endian",
                                        "stl_no_solid",  "stl_no_endsolid",   "stl_polygon",      "stl_utf16",
                                        "stl_separator", "stl_decimal_comma", "stl_junk",         "mesh_soup"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(codes[i], note->code) == 0) return true;
    return strncmp(note->code, "zip_", 4) == 0 || strncmp(note->code, "opc_", 4) == 0 ||
           strncmp(note->code, "3mf_", 4) == 0;
}

bool lqi_note_is_repair(const lqi_note *note) { return note->repaired && !is_about_reading(note); }

lq_verdict lqi_findings_verdict(const lqi_notes *notes)
{
    lq_verdict verdict = LQ_VERDICT_OK;
    for (size_t i = 0; i < notes->count; i++) {
        const lqi_note *note = &notes->items[i];
        if (note->severity == LQ_SEVERITY_BLOCKER) return LQ_VERDICT_REJECT;
        if (note->severity == LQ_SEVERITY_WARN && !note->repaired && !is_about_reading(note))
            verdict = LQ_VERDICT_REVIEW;
        else if (lqi_note_is_repair(note) && note->severity == LQ_SEVERITY_WARN && verdict == LQ_VERDICT_OK)
            verdict = LQ_VERDICT_OK_REPAIRED;
    }
    return verdict;
}
