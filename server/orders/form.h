/* What a seller says when something is ordered, besides what: where to, how, for whom. */
#ifndef SV_FORM_H
#define SV_FORM_H

#include "access/call.h"

typedef struct sv_form {
    const char *kind;                  /* "standard" or "sample" */
    json_t *ship_to, *billing_address; /* owned */
    json_t *customer;                  /* owned: {name, email, ref} */
    json_t *metadata;                  /* owned: {"metadata": ...} */
    const char *shipping_option_id;    /* one of the two */
    const char *shipping_preference;
    const char *packing_note, *po_number, *ref;
    const json_t *expected_total; /* NULL: any */
    bool allow_reorder;
} sv_form;

/* Everything of POST /orders but the items; unknown fields are refused. false: refused. Free it either way. */
bool sv_form_take(sv_call *call, sv_form *form);
/* What it shares with a sample: where to and how; then for whom, ref and metadata. */
bool sv_form_take_delivery(sv_call *call, sv_form *form);
bool sv_form_take_rest(sv_call *call, sv_form *form);
void sv_form_free(sv_form *form);

/* An amount with its currency, of any sign it may have; false: refused. *money stays NULL where it is not there. */
bool sv_form_take_money(sv_call *call, const char *name, const json_t **money);

#endif
