/* One option: the prices of its pieces added up, and its document. */
#ifndef SV_SUM_H
#define SV_SUM_H

#include "quotes/pricing.h"
#include "quotes/totals.h"

/* materials machine labour finishing overhead markup priority discount */
#define SV_COMPONENTS 8

/* Integers in minor units. */
typedef struct sv_sum {
    char currency[4];
    lq_option_status status;
    int64_t quantity;
    int64_t unit, setup, line, hardware, share; /* hardware and share: per unit, within `unit` */
    int64_t component[SV_COMPONENTS], adjustment;
    int64_t mass_mg; /* of one unit */
    int32_t days_min, days_max;
    int64_t next_break; /* 0: none */
} sv_sum;

/* Adds pieces[i] priced as priced[i] for `quantity` units. hardware and share: per unit. false: too large for numbers.
 */
bool sv_sum_make(const sv_piece *pieces, const lq_option *priced, size_t count, int64_t quantity, int64_t hardware,
                 int64_t share, sv_sum *sum);

/* {"materials": ..., "adjustment": ...}, or grouped, or null, as the configuration says. The caller owns it. */
json_t *sv_sum_breakdown(const sv_sum *sum, const char *expose);

#endif
