/* Estimates as their makers and readers see them. */
#ifndef LQI_API_ESTIMATE_H
#define LQI_API_ESTIMATE_H

#include "api/objects.h"
#include "estimate/estimate.h"
#include "price/choice.h"
#include "price/formula.h"

struct lq_estimate {
    lqi_notes flags; /* its arena holds the texts below too */
    lq_estimate_facts facts;
    lqi_file_facts file;
    const char **profiles; /* names of the files */
    size_t profile_count;
    const char **ignored; /* keys of the profile */
    size_t ignored_count;
};

/* What one machine with one layer height and infill makes of the part, standing one way. */
typedef struct lqi_book_estimate {
    const lqi_process *process;
    uint32_t layer_um;
    int32_t infill_percent;
    int up;                /* the axis of the part that stands upright */
    lqi_extruded extruded; /* the estimate for the price: rounded before any money is computed */
    lq_estimate *estimate;
} lqi_book_estimate;

struct lq_estimates {
    lq_context *context;
    const lq_book *book;
    lqi_book_estimate *items;
    size_t count, capacity;
};

/* A record of what was made, without names of files. tells_damage: what the report says of the mesh is among the
 * flags. */
lq_status lqi_estimate_record(lq_context *context, const lqi_estimate *made, const lq_report *report,
                              const lqi_profile *settings, const lqi_machine *machine, bool tells_damage,
                              lq_estimate **estimate);

/* "range90" */
void lqi_json_estimate_ranges(lqi_text *text, const lq_estimate_facts *facts);

/* The estimate for a chosen material, or NULL. */
const lqi_book_estimate *lqi_estimates_find(const lq_estimates *estimates, const lqi_choice *choice, int up);

#endif
