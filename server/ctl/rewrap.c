/* quotectl rewrap: a new master key. The file first has both keys, then every secret is sealed anew in one transaction,
 * then the old key goes. Whoever seals in a later transaction sees the new file before, so none is left behind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/sealed.h"
#include "base/json.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/doctor.h"
#include "ctl/files.h"

/* {kind, id, sealed} of all. */
static json_t *find(sv_ctl *s)
{
    json_t *found = json_array();
    sv_rows *rows = sv_open_sql(s->store, SV_SEALED_SQL, NULL, 0);
    while (sv_step(rows) == SV_ROW)
        json_array_append_new(
            found, json_pack("[s, s, s]", sv_column_text(rows, 0), sv_column_text(rows, 1), sv_column_text(rows, 2)));
    sv_close(rows);
    return found;
}

static bool seal_anew(sv_ctl *s, const json_t *entry)
{
    const char *kind = json_string_value(json_array_get(entry, 0)), *id = json_string_value(json_array_get(entry, 1)),
               *old = json_string_value(json_array_get(entry, 2));
    char *text = sv_unseal(&s->config, old);
    if (!text) {
        sv_ctl_fail("a secret cannot be read with the master key:", id);
        return false;
    }
    char *sealed = sv_seal(&s->config, text);
    sv_result result;
    if (strcmp(kind, "answer") == 0) {
        const sv_value values[] = {sv_words(old), sv_words(sealed)};
        result = sv_run(s->store, SV_SQL_REWRAP_ANSWER, values, 2, NULL);
    } else {
        const sv_value values[] = {sv_words(id), sv_words(kind), sv_words(sealed)};
        result = sv_run(s->store, SV_SQL_REWRAP_ENDPOINT, values, 3, NULL);
    }
    free(sealed);
    free(text);
    return result == SV_DONE;
}

static bool seal_all(sv_ctl *s, size_t *count)
{
    if (sv_begin(s->store, true) != SV_DONE) return false;
    json_t *found = find(s), *entry;
    size_t index;
    bool good = true;
    json_array_foreach(found, index, entry) good = good && seal_anew(s, entry);
    *count = json_array_size(found);
    json_decref(found);
    if (good) return sv_commit(s->store) == SV_DONE;
    sv_rollback(s->store);
    return false;
}

int sv_ctl_rewrap(sv_ctl *s)
{
    uint8_t bytes[32];
    char hex[65];
    unsigned number;
    size_t size = 0, count = 0;
    if (s->count != 1) return sv_ctl_fail("rewrap", NULL);
    sv_master_key_newest(s->config.master_keys, &number);
    char *path = sv_path_in(s->config.folder, sv_json_text(s->config.json, "master_key_file"));
    char *before = sv_file_read(path, &size);
    sv_text fresh = {0}, both = {0};
    sv_random(bytes, sizeof bytes);
    sv_hex(bytes, sizeof bytes, hex);
    sv_text_format(&fresh, "k%u %s\n", number + 1, hex);
    sv_text_format(&both, "%s%s", fresh.data, before ? before : "");
    int code = 1;
    if (!before || !sv_file_replace(path, both.data, both.size, 0600))
        sv_ctl_fail("the file cannot be written:", path);
    else if (!seal_all(s, &count))
        sv_ctl_fail("nothing was sealed anew; both keys stay in", path);
    else if (!sv_file_replace(path, fresh.data, fresh.size, 0600))
        sv_ctl_fail("all is sealed anew; the old key stays in", path);
    else
        code = sv_ctl_tell(s, json_pack("{s:I, s:I}", "key", (json_int_t)(number + 1), "secrets", (json_int_t)count),
                           "%zu secrets are sealed with the master key k%u. Older backups need the older key.", count,
                           number + 1);
    sv_text_free(&fresh);
    sv_text_free(&both);
    free(before);
    free(path);
    return code;
}
