/* A price book in memory: integers and texts, checked when it was read, then only looked at. */
#ifndef LQI_BOOK_H
#define LQI_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "estimate/profile.h"
#include "libquote.h"

typedef enum lqi_process_kind { LQI_PROCESS_EXTRUSION, LQI_PROCESS_VAT, LQI_PROCESS_POWDER } lqi_process_kind;
typedef enum lqi_offer { LQI_OFFER_ACTIVE, LQI_OFFER_PAUSED, LQI_OFFER_DISCONTINUED } lqi_offer;

const char *lqi_process_kind_name(lqi_process_kind kind);
const char *lqi_offer_name(lqi_offer offer);

typedef struct lqi_words {
    const char **items;
    size_t count;
} lqi_words;

/* Texts in strcmp order, each with its place in the list it names. */
typedef struct lqi_name {
    const char *text;
    size_t index;
} lqi_name;
typedef struct lqi_names {
    lqi_name *items;
    size_t count;
} lqi_names;

/* The place in the list, or -1. */
int64_t lqi_names_find(const lqi_names *names, const char *text);

typedef struct lqi_tier {
    uint32_t quantity_min;
    int32_t discount_ppm;
} lqi_tier;
typedef struct lqi_tiers {
    lqi_tier *items; /* the first begins at quantity 1 */
    size_t count;
} lqi_tiers;

typedef struct lqi_flow {
    uint32_t layer_um;
    int64_t mm3_per_ks;
} lqi_flow;

/* What the book sets as a whole, a process adds, and a material may override. Money is micro units per what the name
 * says. */
typedef struct lqi_terms {
    int64_t labour_per_hour, overhead_ppm, markup_ppm, priority_ppm;
    int64_t priority_days, quantity_max;
    lqi_tiers tiers;
    int64_t machine_per_hour, layer_ms, support_density_pct, support_removal_per_cm2;
    int64_t base_days, buffer_days, capacity_h_per_day;
    int64_t shell_um; /* extrusion */
    lqi_flow *flows;
    size_t flow_count;
    int64_t bed_um[2], gap_um, plate_ms;    /* vat */
    int64_t envelope_per_cm3, clearance_um; /* powder */
} lqi_terms;

/* Cubic millimetres in 1000 s at this layer height; 0 when the terms have none. */
int64_t lqi_terms_flow(const lqi_terms *terms, int64_t layer_um);

typedef struct lqi_process {
    const char *name;
    lqi_process_kind kind;
    lqi_terms terms;
    bool has_machine;    /* then material and time come from an estimate */
    lqi_profile machine; /* settings under a slicer's names; every value that is read is right */
} lqi_process;

typedef struct lqi_color {
    const char *id, *name, *hex; /* hex may be NULL */
    lqi_offer offer;
    int64_t surcharge_micro;
} lqi_color;

typedef struct lqi_finish {
    const char *id, *name;
    int64_t extra_days, per_part_micro, per_cm2_micro;
    bool any_color;
    lqi_words colors_allowed; /* when not any_color */
} lqi_finish;

typedef enum lqi_rule {
    LQI_RULE_COUNTRY_NOT_SERVED,
    LQI_RULE_COLOR_FINISH_EXCLUDED, /* a colour and a finish that are both named do not go together */
    LQI_RULE_QUANTITY_CAP,
    LQI_RULE_REVIEW_REQUIRED /* for the countries, colours and finishes named; nothing named: always */
} lqi_rule;

const char *lqi_rule_name(lqi_rule rule);

typedef struct lqi_restriction {
    lqi_rule rule;
    const char *name;
    lqi_words entities;
    int64_t quantity_max; /* LQI_RULE_QUANTITY_CAP */
} lqi_restriction;

enum { LQI_LENGTH_UNKNOWN = -1 };

typedef struct lqi_limits {
    int64_t max_um[3];
    int64_t min_um[3];                                      /* zeros: none */
    int64_t wall_um, wire_um, clearance_um, escape_hole_um; /* LQI_LENGTH_UNKNOWN: not stated */
    int64_t triangles_max;                                  /* 0: none */
} lqi_limits;

typedef struct lqi_material {
    const char *id, *name, *family;
    const char *brand, *group, *description, *swatch_url; /* may be NULL */
    lqi_offer offer;
    bool color_files;
    lqi_words tags, sites;
    const lqi_process *process;
    int64_t density_mg_cm3, price_per_kg, waste_ppm, handling_ms;
    int64_t setup_micro, unit_min_micro, line_min_micro;
    uint32_t *layers_um;
    size_t layer_count; /* 0: the process has no layers to choose */
    uint32_t layer_default_um;
    bool has_infill;
    int32_t infill_min, infill_max, infill_default;
    lqi_limits limits;
    lqi_color *colors;
    size_t color_count;
    lqi_finish *finishes;
    size_t finish_count;
    lqi_restriction *restrictions;
    size_t restriction_count;
    lqi_terms terms;
} lqi_material;

typedef struct lqi_currency {
    const char *code;
    int exponent;
    int64_t rate_micro; /* units of this currency for a unit of the book's, times 10^6 */
    int64_t increment_minor;
} lqi_currency;

typedef struct lqi_discount {
    const char *code;
    int64_t ppm;
    const char *from, *to; /* YYYY-MM-DD, NULL: open */
    bool any_account;
    lqi_words accounts;
} lqi_discount;

typedef struct lqi_account {
    const char *id;
    int64_t markup_ppm; /* -1: the material's */
    lqi_tiers tiers;    /* none: the material's */
} lqi_account;

/* Where a way of shipping goes, and for how much. */
typedef struct lqi_zone {
    lqi_words countries;
    bool everywhere;     /* in these countries, where no other zone names the postcode */
    lqi_words postcodes; /* beginnings of them */
    int64_t base_micro, included_g, step_g, per_step_micro;
    int32_t days_min, days_max;
} lqi_zone;

typedef struct lqi_method {
    const char *id, *name, *carrier;
    bool tracked;
    int64_t weight_max_mg;
    lqi_zone *zones;
    size_t zone_count;
} lqi_method;

typedef struct lqi_tax {
    const char *country, *name;
    int64_t rate_ppm;
} lqi_tax;

struct lq_book {
    lqi_arena arena;
    const char *version;
    int64_t order_min_micro;
    int64_t tare_g, volumetric_divisor; /* mm3 / divisor = g */
    lqi_method *methods;
    lqi_tax *taxes;
    size_t method_count, tax_count;
    lqi_terms terms;
    lqi_currency *currencies;
    size_t currency_count;
    const lqi_currency *base;
    int64_t review_over_micro; /* -1: never */
    lqi_words review_on;       /* codes of warnings */
    lqi_discount *discounts;
    lqi_account *accounts;
    lqi_process *processes;
    lqi_material *materials;
    size_t discount_count, account_count, process_count, material_count;
    lqi_names material_names, currency_names, discount_names, account_names, process_names;
};

enum { LQI_BOOK_SIZE_MAX = 4 << 20, LQI_BOOK_DEPTH_MAX = 16, LQI_BOOK_VALUES_MAX = 1 << 18 };

/* Reads and checks a whole book. LQ_ERR_INPUT book_invalid with the path in `part`, or the offset where it is no JSON.
 */
lq_status lqi_book_read(lq_context *context, const void *json, size_t size, lq_book **book);
void lqi_book_free(lq_book *book);

#endif
