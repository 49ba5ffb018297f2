#include "orders/customers.h"

#include <ctype.h>
#include <stdlib.h>

#include "access/list.h"
#include "orders/orders.h"

static const sv_field fields[] = {{"email", SV_F_TEXT, false}, {"name", SV_F_TEXT, true}, {NULL, SV_F_TEXT, false}};

void sv_list_customers(sv_call *call)
{
    const sv_listing listing = {.type = "customer", .fields = fields};
    sv_list(call, &listing);
}

void sv_read_customer(sv_call *call)
{
    sv_object object;
    if (!sv_get(call, "customer", call->argument[0], &object)) return;
    sv_answer_object(call, 200, &object);
    sv_object_free(&object);
}

/* "A@b.de" and "a@B.de" are one. */
static char *key_of(const char *email)
{
    sv_text key = {0};
    sv_text_format(&key, "email:%s", email);
    for (char *c = key.data; *c; c++) *c = (char)tolower((unsigned char)*c);
    return key.data;
}

bool sv_customer_note(sv_call *call, const json_t *customer)
{
    char now[SV_MOMENT_SIZE], *key = key_of(sv_json_text(customer, "email"));
    sv_object object;
    sv_moment_print(call->now_ms, now);
    sv_result result = sv_object_by_key(call->app->store, call->scope, "customer", key, &object);
    const bool known = result == SV_ROW;
    if (!known && result != SV_DONE) {
        sv_refuse_store(call, result);
    } else {
        if (!known) {
            object = sv_object_new("customer", json_pack("{s:s, s:i}", "first_order_at", now, "order_count", 0), NULL);
            object.unique_key = sv_copy(key);
        }
        json_object_set(object.body, "name", json_object_get(customer, "name"));
        json_object_set(object.body, "email", json_object_get(customer, "email"));
        /* A ref of the seller's is kept until another is said. */
        json_t *ref = json_object_get(customer, "ref");
        if (json_is_string(ref) || !known) json_object_set(object.body, "customer_ref", ref);
        json_object_set_new(object.body, "last_order_at", json_string(now));
        json_object_set_new(object.body, "order_count", json_integer(sv_json_integer(object.body, "order_count") + 1));
        if (known)
            sv_update(call, &object);
        else
            sv_insert(call, &object);
        sv_object_free(&object);
    }
    free(key);
    return !sv_refused(call);
}
