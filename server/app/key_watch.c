#include "app/key_watch.h"

#include <stdio.h>

#include "base/moment.h"
#include "events/emit.h"

#define WEEK_MS (7 * INT64_C(86400000))

/* false: there is none, or the database failed. */
static bool find(sv_store *store, int64_t now_ms, sv_object *key, char account_id[SV_ID_SIZE], bool *livemode)
{
    char from[SV_MOMENT_SIZE], to[SV_MOMENT_SIZE];
    sv_moment_print(now_ms, from);
    sv_moment_print(now_ms + WEEK_MS, to);
    const sv_value values[] = {sv_words(from), sv_words(to)};
    sv_rows *rows = sv_open(store, SV_SQL_KEY_EXPIRING, values, 2);
    const bool found = sv_step(rows) == SV_ROW;
    if (found) {
        sv_object_read(rows, "api_key", key);
        snprintf(account_id, SV_ID_SIZE, "%s", sv_column_text(rows, 7));
        *livemode = sv_column_int(rows, 8) != 0;
    }
    sv_close(rows);
    return found;
}

sv_result sv_keys_tell_expiring(sv_store *store, int64_t now_ms)
{
    sv_object key;
    char account_id[SV_ID_SIZE];
    bool livemode;
    sv_result result = SV_DONE;
    while (result == SV_DONE && find(store, now_ms, &key, account_id, &livemode)) {
        const sv_value value = sv_words(key.id);
        json_t *shown = sv_object_view(&key, livemode);
        result = sv_begin(store, true);
        if (result == SV_DONE) result = sv_run(store, SV_SQL_KEY_TOLD, &value, 1, NULL);
        if (result == SV_DONE)
            result = sv_emit(store, (sv_scope){account_id, livemode}, NULL, "api_key.expiring", shown, NULL);
        if (result == SV_DONE) result = sv_commit(store);
        if (sv_in_transaction(store)) sv_rollback(store);
        json_decref(shown);
        sv_object_free(&key);
    }
    return result;
}
