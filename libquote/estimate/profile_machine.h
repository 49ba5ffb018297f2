/* From a profile's texts to the machine of an estimate: percentages, automatic and inherited values are resolved as
 * PrusaSlicer 2.5 does, and what the estimate cannot tell is said. */
#ifndef LQI_PROFILE_MACHINE_H
#define LQI_PROFILE_MACHINE_H

#include "base/notes.h"
#include "estimate/machine.h"
#include "estimate/profile_values.h"

/* What an order asks for instead of what the profile says. */
typedef struct lqi_wish {
    double layer_height_mm; /* 0: the profile's */
    double fill_density;    /* 0..1; negative: the profile's */
} lqi_wish;

extern const lqi_wish lqi_no_wish;

/* False with the first mistake. A machine that comes out is within bounds: every number finite, every line with a
 * spacing above zero, every speed above zero. */
bool lqi_profile_machine(const lqi_profile *profile, const lqi_wish *wish, lqi_machine *machine,
                         lqi_profile_mistake *mistake);

/* Records the mistake: LQ_ERR_INPUT profile_invalid with the key in `part`. */
lq_status lqi_profile_fail(lq_context *context, const lqi_profile *profile, const lqi_profile_mistake *mistake);

/* Keys of the profile that may change the result and are not in the machine, in strcmp order: those with a value other
 * than the neutral one, and those nobody here knows. *index moves on; NULL behind the last. */
const char *lqi_profile_ignored(const lqi_profile *profile, size_t *index);

/* Adds a note for each way of printing that the estimate does not cover, with the code of that way. */
lq_status lqi_profile_flags(const lqi_profile *profile, lqi_notes *flags);

#endif
