#include "orders/payment.h"

#include <string.h>

#include "orders/progress.h"

/* Where the buyer pays: the operator's page, which is told the order. */
json_t *sv_payment_new(const sv_config *config, const char *mode, const char *order_id)
{
    const bool checkout = strcmp(mode, "checkout") == 0;
    const char *page = sv_json_text(config->json, "checkout_url");
    sv_text url = {0};
    sv_text_put(&url, *page ? page : config->public_url);
    sv_text_format(&url, "%s%s", *page ? "/" : "/checkout/", order_id);
    json_t *payment = json_pack("{s:s, s:s, s:o}", "mode", mode, "status", checkout ? "pending" : "not_required", "url",
                                sv_json_text_or_null(checkout ? sv_text_get(&url) : NULL));
    sv_text_free(&url);
    return payment;
}

void sv_payment_set(sv_order *order, const char *status)
{
    json_t *payment = json_object_get(order->object.body, "payment");
    json_object_set_new(payment, "status", json_string(status));
    if (strcmp(status, "pending") != 0 && strcmp(status, "failed") != 0)
        json_object_set_new(payment, "url", json_null()); /* there is nothing left to pay */
}

void sv_payment_void(sv_order *order)
{
    const char *status = sv_json_text(order->object.body, "payment.status");
    if (strcmp(status, "paid") == 0)
        sv_payment_set(order, "refund_due");
    else if (strcmp(status, "pending") == 0 || strcmp(status, "failed") == 0)
        sv_payment_set(order, "not_required");
}

/* ---- notices ---- */

/* Was it told before? false: it is refused, or the database failed. */
static bool keep_notice(sv_call *call, const sv_order *order, const char *status, const char *external_ref, bool *again)
{
    sv_store *store = call->app->store;
    const sv_value key[] = {sv_int(order->livemode), sv_words(external_ref)};
    sv_rows *rows = sv_open(store, SV_SQL_PAYMENT_GET, key, 2);
    sv_result result = sv_step(rows);
    *again = result == SV_ROW;
    bool same = *again && strcmp(sv_column_text(rows, 0), order->object.id) == 0 &&
                strcmp(sv_column_text(rows, 1), status) == 0;
    sv_close(rows);
    if (*again && !same) sv_refuse(call, SV_E_conflict, NULL, "This external_ref stands for another payment notice.");
    if (*again) return same;
    const sv_value values[] = {key[0], key[1], sv_words(order->object.id), sv_words(status), sv_int(call->now_ms)};
    if (result == SV_DONE) result = sv_run(store, SV_SQL_PAYMENT_INSERT, values, 5, NULL);
    if (result != SV_DONE) sv_refuse_store(call, result);
    return result == SV_DONE;
}

static void refuse(sv_call *call, const char *why) { sv_refuse(call, SV_E_conflict, NULL, "%s", why); }

static void pay(sv_call *call, sv_order *order, const char *was)
{
    const char *state = sv_order_status(order);
    const bool over = strcmp(state, "cancelled") == 0 || strcmp(state, "rejected") == 0;
    if (strcmp(was, "paid") == 0 || strcmp(was, "refund_due") == 0 || strcmp(was, "refunded") == 0) {
        refuse(call, "The order is paid already.");
    } else if (over) { /* the money came too late */
        sv_payment_set(order, "refund_due");
        sv_order_tell(order, "order.paid", "operator", NULL, call->now_ms);
    } else {
        sv_payment_set(order, "paid");
        if (strcmp(state, "awaiting_payment") == 0) {
            json_object_set_new(order->object.body, "status", json_string("placed"));
            for (size_t i = 0; i < order->item_count; i++) {
                json_object_set_new(order->items[i].object.body, "status", json_string("placed"));
                order->items[i].changed = true;
            }
        }
        sv_order_tell(order, "order.paid", "operator", NULL, call->now_ms);
    }
}

bool sv_payment_notice(sv_call *call, sv_order *order, const char *status, const char *external_ref, bool *changed)
{
    bool again = false;
    const char *was = sv_json_text(order->object.body, "payment.status");
    if (!keep_notice(call, order, status, external_ref, &again)) return false;
    *changed = !again;
    if (again) return true;
    if (strcmp(status, "paid") == 0) {
        pay(call, order, was);
    } else if (strcmp(status, "failed") == 0) {
        if (strcmp(was, "pending") != 0 && strcmp(was, "failed") != 0) {
            refuse(call, "No payment of this order is awaited.");
        } else {
            sv_payment_set(order, "failed");
            sv_order_tell(order, "order.payment_failed", "operator", NULL, call->now_ms);
        }
    } else if (strcmp(was, "paid") != 0 && strcmp(was, "refund_due") != 0) {
        refuse(call, "Nothing of this order was paid.");
    } else {
        sv_payment_set(order, "refunded");
        sv_order_announce(order, "order.updated");
    }
    return !sv_refused(call);
}
