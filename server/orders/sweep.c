#include "orders/sweep.h"

#include <stdio.h>
#include <string.h>

#include "orders/machine.h"
#include "orders/progress.h"

#define PATIENCE_MS (INT64_C(72) * 3600 * 1000)
#define AT_ONCE 100

typedef struct unpaid {
    char id[SV_ID_SIZE], account_id[SV_ID_SIZE];
    bool livemode;
} unpaid;

static size_t find(sv_store *store, int64_t now_ms, unpaid found[AT_ONCE])
{
    size_t count = 0;
    const sv_value values[] = {sv_int(now_ms - PATIENCE_MS), sv_int(AT_ONCE)};
    sv_rows *rows = sv_open(store, SV_SQL_ORDERS_UNPAID, values, 2);
    while (count < AT_ONCE && sv_step(rows) == SV_ROW) {
        snprintf(found[count].id, SV_ID_SIZE, "%s", sv_column_text(rows, 0));
        snprintf(found[count].account_id, SV_ID_SIZE, "%s", sv_column_text(rows, 1));
        found[count++].livemode = sv_column_int(rows, 2) != 0;
    }
    sv_close(rows);
    return count;
}

/* It may have been paid since it was found. */
static bool cancel(sv_store *store, const unpaid *one, int64_t now_ms)
{
    sv_order order;
    if (sv_begin(store, true) != SV_DONE) return false;
    bool good = sv_order_load(store, (sv_scope){one->account_id, one->livemode}, one->id, &order) == SV_ROW;
    if (good && sv_move_find(sv_order_status(&order), "cancelled", SV_BY_CLOCK)) {
        sv_order_cancel(&order, "system", "It was not paid within 72 hours.", now_ms);
        good = sv_order_save(store, &order, NULL) == SV_DONE;
    } else {
        good = false;
    }
    sv_order_free(&order);
    if (good) good = sv_commit(store) == SV_DONE;
    if (!good && sv_in_transaction(store)) sv_rollback(store);
    return good;
}

int sv_orders_sweep(sv_store *store, int64_t now_ms)
{
    unpaid found[AT_ONCE];
    int cancelled = 0;
    const size_t count = find(store, now_ms, found);
    for (size_t i = 0; i < count; i++) cancelled += cancel(store, &found[i], now_ms);
    return cancelled;
}
