#include "api/slice_claim.h"

#include <math.h>

const lqi_claim lqi_claim_none = {.time_s = -1, .mass_g = -1};

/* False: not known for one of them. */
static bool add_density(const lqi_threemf_about *about, size_t index, lqi_claim *claim)
{
    double density = index < about->filament_count ? about->filaments[index].density_g_cm3 : 0;
    if (!(density > 0)) return false;
    claim->density_low = claim->density_low > 0 ? fmin(claim->density_low, density) : density;
    claim->density_high = fmax(claim->density_high, density);
    return true;
}

lqi_claim lqi_claim_of_plate(const lqi_threemf_about *about)
{
    const lqi_threemf_plate *plate = about->plate;
    lqi_claim claim = {.time_s = plate->sliced_time_s,
                       .mass_g = plate->sliced_mass_g,
                       .less = plate->skipped_count != 0,
                       .more = plate->sliced_with_support || plate->sliced_filament_count > 1};
    bool known = true;
    for (size_t i = 0; i < plate->sliced_filament_count; i++)
        known &= add_density(about, plate->sliced_filaments[i].index - 1, &claim);
    if (plate->sliced_filament_count == 0) /* any of them, then */
        for (size_t i = 0; i < about->filament_count; i++) known &= add_density(about, i, &claim);
    if (!known) claim.density_low = claim.density_high = 0;
    return claim;
}
