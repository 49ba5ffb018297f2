#include "orders/form.h"

#include <string.h>

#include "orders/address.h"

void sv_form_free(sv_form *form)
{
    json_decref(form->ship_to);
    json_decref(form->billing_address);
    json_decref(form->customer);
    json_decref(form->metadata);
    *form = (sv_form){.kind = NULL};
}

bool sv_form_take_money(sv_call *call, const char *name, const json_t **money)
{
    static const char *const names[] = {"amount", "currency", NULL};
    json_t *given = json_object_get(call->body, name);
    int64_t amount = -1;
    const char *currency = NULL;
    if (!given || json_is_null(given)) return true;
    if (!json_is_object(given)) {
        sv_refuse_field(call, SV_E_invalid_request, name, "wrong_type", "An amount with its currency is expected.");
        return false;
    }
    if (!sv_known_fields(call, given, name, names)) return false;
    call->within = name;
    if (sv_take_integer(call, given, "amount", 0, INT64_MAX, &amount) &&
        sv_take_text(call, given, "currency", 3, 3, false, &currency) && (amount < 0 || !currency))
        sv_refuse_field(call, SV_E_validation_failed, currency ? "amount" : "currency", "required",
                        "This field is needed.");
    call->within = NULL;
    *money = given;
    return !sv_refused(call);
}

/* Who buys is who receives, where nothing else is said. */
static bool take_customer(sv_call *call, sv_form *form)
{
    static const char *const names[] = {"name", "email", "ref", NULL};
    const char *name = NULL, *email = sv_json_text(form->ship_to, "email"), *ref = NULL;
    json_t *given = json_object_get(call->body, "customer");
    if (given && !json_is_null(given)) {
        if (!json_is_object(given)) {
            sv_refuse_field(call, SV_E_invalid_request, "customer", "wrong_type", "An object is expected.");
            return false;
        }
        if (!sv_known_fields(call, given, "customer", names)) return false;
        call->within = "customer";
        const bool good = sv_take_text(call, given, "name", 1, 200, true, &name) &&
                          sv_take_text(call, given, "email", 3, 254, true, &email) &&
                          sv_take_text(call, given, "ref", 1, 255, true, &ref);
        call->within = NULL;
        if (!good) return false;
        if (!email) email = sv_json_text(form->ship_to, "email");
    }
    sv_text whole = {0};
    sv_text_format(&whole, "%s %s", sv_json_text(form->ship_to, "first_name"),
                   sv_json_text(form->ship_to, "last_name"));
    form->customer =
        json_pack("{s:s, s:s, s:s?}", "name", name ? name : sv_text_get(&whole), "email", email, "ref", ref);
    sv_text_free(&whole);
    return true;
}

bool sv_form_take_delivery(sv_call *call, sv_form *form)
{
    if (!sv_take_text(call, call->body, "shipping_option_id", 1, 60, true, &form->shipping_option_id) ||
        !sv_take_text(call, call->body, "shipping_preference", 1, 20, true, &form->shipping_preference))
        return false;
    const char *preference = form->shipping_preference;
    if ((form->shipping_option_id != NULL) == (preference != NULL)) {
        sv_refuse_field(call, SV_E_validation_failed, "shipping_preference", preference ? "ambiguous" : "required",
                        "Either shipping_option_id or shipping_preference is expected.");
    } else if (preference && strcmp(preference, "cheapest") != 0 && strcmp(preference, "fastest") != 0) {
        sv_refuse_field(call, SV_E_validation_failed, "shipping_preference", "unknown",
                        "cheapest or fastest is expected.");
    } else {
        form->ship_to = sv_address_take(call, "ship_to", true);
    }
    return form->ship_to != NULL;
}

bool sv_form_take_rest(sv_call *call, sv_form *form)
{
    if (!form->metadata) form->metadata = json_object();
    if (!form->billing_address) form->billing_address = json_incref(form->ship_to);
    return take_customer(call, form) && sv_take_text(call, call->body, "ref", 1, 255, true, &form->ref) &&
           sv_take_metadata(call, call->body, form->metadata);
}

bool sv_form_take(sv_call *call, sv_form *form)
{
    static const char *const names[] = {"items",
                                        "shipping_option_id",
                                        "shipping_preference",
                                        "ship_to",
                                        "billing_address",
                                        "customer",
                                        "packing_note",
                                        "po_number",
                                        "ref",
                                        "metadata",
                                        "expected_total",
                                        "allow_reorder",
                                        NULL};
    if (!sv_known_fields(call, call->body, "", names) || !sv_form_take_delivery(call, form)) return false;
    form->billing_address = sv_address_take(call, "billing_address", false);
    return !sv_refused(call) && sv_form_take_rest(call, form) &&
           sv_take_text(call, call->body, "packing_note", 0, 500, true, &form->packing_note) &&
           sv_take_text(call, call->body, "po_number", 1, 100, true, &form->po_number) &&
           sv_form_take_money(call, "expected_total", &form->expected_total) &&
           sv_take_bool(call, call->body, "allow_reorder", &form->allow_reorder);
}
