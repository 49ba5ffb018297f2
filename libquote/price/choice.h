/* From what was asked to what the book has: ids become pointers, defaults are filled in, rules are applied. */
#ifndef LQI_CHOICE_H
#define LQI_CHOICE_H

#include "base/fail.h"
#include "price/book.h"

typedef struct lqi_choice {
    const lq_book *book;
    const lqi_material *material;
    const lqi_color *color;   /* NULL: the material has none */
    const lqi_finish *finish; /* NULL: none */
    const lqi_currency *currency;
    const lqi_account *account;   /* NULL: no overrides */
    const lqi_discount *discount; /* NULL: none */
    char country[3];              /* alpha-2, or "" */
    int64_t markup_ppm;           /* of account, material, process or book */
    lqi_tiers tiers;              /* likewise */
    int64_t quantity_max;         /* of the book, the material, and its restrictions */
    uint32_t quantity;
    uint32_t layer_um;
    int32_t infill_percent; /* -1: the process has none */
    bool priority;
    int64_t hardware_minor, revenue_share_minor;
} lqi_choice;

/* Why not, and the word of the request or the book it is about ("" for none). */
typedef struct lqi_refusal {
    lqi_reason reason;
    const char *subject;
} lqi_refusal;

/* What does not depend on a material. */
bool lqi_choose_terms(const lq_book *book, const lq_request *request, lqi_choice *choice, lqi_refusal *refusal);

/* A material with colour, finish, layer and infill of the request; after lqi_choose_terms. */
bool lqi_choose_material(const lqi_material *material, const lq_request *request, lqi_choice *choice,
                         lqi_refusal *refusal);

/* The two rules that a seller may see as "not possible here" instead of a mistake of the caller. */
bool lqi_allow_country(const lqi_choice *choice, lqi_refusal *refusal);
bool lqi_allow_quantity(const lqi_choice *choice, lqi_refusal *refusal);

/* The material of that id that can be ordered, or NULL. */
const lqi_material *lqi_find_material(const lq_book *book, const char *id, lqi_refusal *refusal);

/* Everything above for one request. */
bool lqi_choose(const lq_book *book, const lq_request *request, lqi_choice *choice, lqi_refusal *refusal);

/* Does a review_required restriction hold? Its name, or NULL. */
const char *lqi_review_rule(const lqi_choice *choice);

/* Records a refusal as the failure of the call. */
lq_status lqi_refuse(lq_context *context, const lqi_refusal *refusal);

#endif
