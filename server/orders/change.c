#include <stdlib.h>
#include <string.h>

#include "orders/machine.h"
#include "orders/orders.h"
#include "orders/progress.h"
#include "orders/show.h"

#define BATCH_MAX 100

/* ---- what the seller may write on it ---- */

void sv_change_order(sv_call *call)
{
    static const char *const names[] = {"ref", "metadata", "archived", "po_number", NULL};
    const char *ref = NULL, *po_number = NULL;
    bool archived = false;
    sv_order order;
    if (!sv_known_fields(call, call->body, "", names) || !sv_take_text(call, call->body, "ref", 1, 255, true, &ref) ||
        !sv_take_text(call, call->body, "po_number", 1, 100, true, &po_number) ||
        !sv_take_bool(call, call->body, "archived", &archived) || !sv_order_take(call, call->argument[0], &order))
        return;
    sv_object *object = &order.object;
    json_t *before = json_deep_copy(object->body);
    if (sv_if_match(call, object->version, false) && sv_take_metadata(call, call->body, object->body)) {
        if (json_object_get(call->body, "ref")) {
            free(object->ref);
            object->ref = ref ? sv_copy(ref) : NULL;
        }
        if (json_object_get(call->body, "po_number"))
            json_object_set_new(object->body, "po_number", sv_json_text_or_null(po_number));
        if (json_object_get(call->body, "archived"))
            json_object_set_new(object->body, "archived", json_boolean(archived));
        sv_order_announce(&order, "order.updated");
        sv_result result = sv_order_save(call->app->store, &order, call->request_id);
        if (result == SV_CONFLICT && ref)
            sv_refuse(call, SV_E_ref_taken, NULL, "Another order has this ref.");
        else if (result != SV_DONE)
            sv_refuse_store(call, result);
        sv_audit(call, "order.update", "order", object->id, sv_changes(before, object->body));
        sv_answer_order(call, 200, &order);
    }
    json_decref(before);
    sv_order_free(&order);
}

/* ---- the end that the seller may make ---- */

static bool cancel(sv_call *call, sv_order *order, const char *reason)
{
    const char *status = sv_order_status(order);
    if (!sv_move_find(status, "cancelled", SV_BY_SELLER)) {
        sv_refuse(call, SV_E_order_not_cancellable, json_pack("{s:s}", "status", status),
                  "An order cannot be cancelled when it is %s.", status);
        return false;
    }
    json_t *before = json_copy(order->object.body);
    sv_order_cancel(order, "seller", reason, call->now_ms);
    const bool kept = sv_order_keep(call, order);
    if (kept) sv_audit(call, "order.cancel", "order", order->object.id, sv_changes(before, order->object.body));
    json_decref(before);
    return kept && !sv_refused(call);
}

void sv_cancel_order(sv_call *call)
{
    static const char *const names[] = {"reason", NULL};
    const char *reason = NULL;
    sv_order order;
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "reason", 0, 500, true, &reason) ||
        !sv_order_take(call, call->argument[0], &order))
        return;
    if (sv_if_match(call, order.object.version, false) && cancel(call, &order, reason))
        sv_answer_order(call, 200, &order);
    sv_order_free(&order);
}

/* ---- several at once ---- */

/* Takes a refusal of one of many back into its list; false: the database failed, and all of it with it. */
static bool note_failure(sv_call *call, const char *id, json_t *failed)
{
    if (call->status >= 500) return false;
    json_t *error = json_object_get(call->answer, "error");
    json_object_del(error, "request_id");
    json_array_append_new(failed, json_pack("{s:s, s:O}", "id", id, "error", error));
    json_decref(call->answer);
    call->answer = NULL;
    call->status = 0;
    call->error_code = NULL;
    return true;
}

static bool archive(sv_call *call, sv_order *order, bool archived)
{
    if (sv_json_true(order->object.body, "archived") == archived) return true;
    json_t *before = json_copy(order->object.body);
    json_object_set_new(order->object.body, "archived", json_boolean(archived));
    sv_order_announce(order, "order.updated");
    const bool kept = sv_order_keep(call, order);
    if (kept) sv_audit(call, "order.archive", "order", order->object.id, sv_changes(before, order->object.body));
    json_decref(before);
    return kept && !sv_refused(call);
}

static bool take_ids(sv_call *call, json_t **ids)
{
    if (!sv_take_texts(call, call->body, "ids", BATCH_MAX, 300, ids)) return false;
    if (!json_array_size(*ids))
        sv_refuse_field(call, SV_E_validation_failed, "ids", "required", "At least one order is expected.");
    return !sv_refused(call);
}

void sv_cancel_orders(sv_call *call)
{
    static const char *const names[] = {"ids", "reason", NULL};
    json_t *ids = NULL, *id, *succeeded = json_array(), *failed = json_array();
    const char *reason = NULL;
    size_t index;
    bool good = sv_known_fields(call, call->body, "", names) && take_ids(call, &ids) &&
                sv_take_text(call, call->body, "reason", 0, 500, true, &reason);
    if (good) {
        json_array_foreach(ids, index, id)
        {
            sv_order order;
            good = sv_order_take(call, json_string_value(id), &order) && cancel(call, &order, reason);
            if (good) json_array_append(succeeded, id);
            if (!good) good = note_failure(call, json_string_value(id), failed);
            sv_order_free(&order);
            if (!good) break;
        }
    }
    sv_answer(call, 200, json_pack("{s:o, s:o}", "succeeded", succeeded, "failed", failed));
}

void sv_archive_orders(sv_call *call)
{
    static const char *const names[] = {"ids", "archived", NULL};
    json_t *ids = NULL, *id, *succeeded = json_array(), *failed = json_array();
    bool archived = true;
    size_t index;
    bool good = sv_known_fields(call, call->body, "", names) && take_ids(call, &ids) &&
                sv_take_bool(call, call->body, "archived", &archived);
    if (good) {
        json_array_foreach(ids, index, id)
        {
            sv_order order;
            good = sv_order_take(call, json_string_value(id), &order) && archive(call, &order, archived);
            if (good) json_array_append(succeeded, id);
            if (!good) good = note_failure(call, json_string_value(id), failed);
            sv_order_free(&order);
            if (!good) break;
        }
    }
    sv_answer(call, 200, json_pack("{s:o, s:o}", "succeeded", succeeded, "failed", failed));
}
