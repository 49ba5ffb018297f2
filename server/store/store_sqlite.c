#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/text.h"
#include "store/schema.h"
#include "store/store.h"

#define BUSY_MS 5000

struct sv_store {
    sqlite3 *database;
    sqlite3_stmt *statements[SV_STATEMENT_COUNT];
    bool in_transaction;
    int turn; /* a file that writers lock one after the other; -1: there is none */
};

struct sv_rows {
    sv_store *store;
    sqlite3_stmt *statement;
    bool owned; /* put together for this one time */
};

#define X(name, sql) sql,
static const char *const texts[] = {SV_STATEMENTS(X)};
#undef X

sv_value sv_int(int64_t value) { return (sv_value){.kind = SV_INTEGER, .integer = value}; }
sv_value sv_real(double value) { return (sv_value){.kind = SV_REAL, .real = value}; }
sv_value sv_words(const char *text)
{
    return text ? (sv_value){.kind = SV_TEXT, .bytes = text, .size = strlen(text)} : (sv_value){.kind = SV_NULL};
}
sv_value sv_bytes(const void *bytes, size_t size)
{
    return (sv_value){.kind = bytes ? SV_BLOB : SV_NULL, .bytes = bytes, .size = size};
}

/* Unique indices are an answer; everything else is trouble and is logged. */
static sv_result judge(sv_store *store, int code)
{
    if (code == SQLITE_ROW) return SV_ROW;
    if (code == SQLITE_DONE || code == SQLITE_OK) return SV_DONE;
    int extended = sqlite3_extended_errcode(store->database);
    if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY) return SV_CONFLICT;
    sv_log(SV_LOG_ERROR, "database", json_pack("{s:i, s:s}", "code", extended, "err", sqlite3_errmsg(store->database)));
    if ((code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED) return SV_BUSY;
    if ((code & 0xFF) == SQLITE_FULL || (code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_READONLY ||
        (code & 0xFF) == SQLITE_CANTOPEN)
        return SV_FULL;
    return SV_BROKEN;
}

static int bind(sqlite3_stmt *statement, int place, const sv_value *value)
{
    switch (value->kind) {
    case SV_INTEGER: return sqlite3_bind_int64(statement, place, value->integer);
    case SV_REAL: return sqlite3_bind_double(statement, place, value->real);
    case SV_TEXT:
        return sqlite3_bind_text64(statement, place, value->bytes, value->size, SQLITE_TRANSIENT, SQLITE_UTF8);
    case SV_BLOB: return sqlite3_bind_blob64(statement, place, value->bytes, value->size, SQLITE_TRANSIENT);
    case SV_NULL: break;
    }
    return sqlite3_bind_null(statement, place);
}

static sqlite3_stmt *prepare(sv_store *store, const char *sql, bool keep)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v3(store->database, sql, -1, keep ? SQLITE_PREPARE_PERSISTENT : 0, &statement, NULL);
    if (code != SQLITE_OK) judge(store, code);
    return statement;
}

static sqlite3_stmt *ready(sv_store *store, sv_statement name)
{
    sqlite3_stmt **statement = &store->statements[name];
    if (!*statement) *statement = prepare(store, texts[name], true);
    return *statement;
}

/* SQLite's own wait is a row of naps, of which the last comer may have the shortest. A lock of the kernel wakes the
 * next writer at once, and falls when its holder dies. */
static void take_turn(sv_store *store)
{
    while (flock(store->turn, LOCK_EX) != 0 && errno == EINTR) {
    }
}

static void end_turn(sv_store *store) { flock(store->turn, LOCK_UN); }

sv_result sv_run(sv_store *store, sv_statement name, const sv_value *values, size_t count, int64_t *changed)
{
    sqlite3_stmt *statement = ready(store, name);
    if (!statement) return SV_BROKEN;
    if (store->in_transaction && sv_fault("db.write")) return SV_FULL;
    for (size_t i = 0; i < count; i++) bind(statement, (int)i + 1, &values[i]);
    const bool alone = !store->in_transaction && !sqlite3_stmt_readonly(statement);
    if (alone) take_turn(store);
    sv_result result = judge(store, sqlite3_step(statement));
    if (changed) *changed = result == SV_DONE ? sqlite3_changes64(store->database) : 0;
    sqlite3_reset(statement);
    if (alone) end_turn(store);
    sqlite3_clear_bindings(statement);
    return result;
}

static sv_rows *open_rows(sv_store *store, sqlite3_stmt *statement, bool owned, const sv_value *values, size_t count)
{
    sv_rows *rows = sv_alloc(1, sizeof *rows);
    *rows = (sv_rows){store, statement, owned};
    for (size_t i = 0; i < count && statement; i++) bind(statement, (int)i + 1, &values[i]);
    return rows;
}

sv_rows *sv_open(sv_store *store, sv_statement name, const sv_value *values, size_t count)
{
    return open_rows(store, ready(store, name), false, values, count);
}

sv_rows *sv_open_sql(sv_store *store, const char *sql, const sv_value *values, size_t count)
{
    return open_rows(store, prepare(store, sql, false), true, values, count);
}

sv_result sv_step(sv_rows *rows)
{
    return rows->statement ? judge(rows->store, sqlite3_step(rows->statement)) : SV_BROKEN;
}

void sv_close(sv_rows *rows)
{
    if (rows->owned)
        sqlite3_finalize(rows->statement);
    else if (rows->statement)
        sqlite3_reset(rows->statement), sqlite3_clear_bindings(rows->statement);
    free(rows);
}

int64_t sv_column_int(sv_rows *rows, int column) { return sqlite3_column_int64(rows->statement, column); }
const char *sv_column_text(sv_rows *rows, int column)
{
    return (const char *)sqlite3_column_text(rows->statement, column);
}
const void *sv_column_blob(sv_rows *rows, int column, size_t *size)
{
    const void *bytes = sqlite3_column_blob(rows->statement, column);
    *size = (size_t)sqlite3_column_bytes(rows->statement, column);
    return bytes;
}

/* ---- transactions ---- */

static sv_result execute(sv_store *store, const char *sql)
{
    return judge(store, sqlite3_exec(store->database, sql, NULL, NULL, NULL));
}

sv_result sv_begin(sv_store *store, bool writes)
{
    if (writes) take_turn(store);
    sv_result result = execute(store, writes ? "BEGIN IMMEDIATE" : "BEGIN");
    store->in_transaction = result == SV_DONE;
    if (result != SV_DONE) end_turn(store);
    return result;
}

sv_result sv_commit(sv_store *store)
{
    sv_result result = execute(store, "COMMIT");
    if (result != SV_DONE) sv_rollback(store);
    store->in_transaction = false;
    end_turn(store);
    return result;
}

void sv_rollback(sv_store *store)
{
    if (!sqlite3_get_autocommit(store->database)) execute(store, "ROLLBACK");
    store->in_transaction = false;
    end_turn(store);
}

bool sv_in_transaction(const sv_store *store) { return store->in_transaction; }

/* ---- opening ---- */

static int64_t pragma(sv_store *store, const char *sql)
{
    sqlite3_stmt *statement = prepare(store, sql, false);
    int64_t value = statement && sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
    sqlite3_finalize(statement);
    return value;
}

int64_t sv_store_changes(sv_store *store) { return pragma(store, "PRAGMA data_version"); }

/* One process migrates, the others wait for it. */
static bool migrate(sv_store *store)
{
    if (execute(store, "BEGIN EXCLUSIVE") != SV_DONE) return false;
    int64_t version = pragma(store, "PRAGMA user_version");
    bool good = version >= 0;
    for (; good && version < SV_SCHEMA_VERSION; version++) {
        sv_text set = {0};
        sv_text_format(&set, "PRAGMA user_version = %d", (int)version + 1);
        good = execute(store, sv_migrations[version]) == SV_DONE && execute(store, sv_text_get(&set)) == SV_DONE;
        sv_text_free(&set);
    }
    return execute(store, good ? "COMMIT" : "ROLLBACK") == SV_DONE && good;
}

char *sv_store_path(const sv_config *config)
{
    const char *name = config->database + strlen("sqlite:");
    sv_text path = {0};
    if (*name != '/') sv_text_format(&path, "%s/", config->folder);
    sv_text_put(&path, name);
    return path.data;
}

static bool fail(sv_store *store, char **why, const char *what, const char *path)
{
    sv_text text = {0};
    sv_text_format(&text, "The database %s %s%s%s.", path, what, store->database ? ": " : "",
                   store->database ? sqlite3_errmsg(store->database) : "");
    *why = text.data;
    sv_store_close(store);
    return false;
}

static int open_turn(const char *path)
{
    sv_text name = {0};
    sv_text_format(&name, "%s-turn", path);
    int file = open(sv_text_get(&name), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    sv_text_free(&name);
    return file;
}

bool sv_store_open(const sv_config *config, bool create, sv_store **store, char **why)
{
    *store = NULL;
    if (strncmp(config->database, "sqlite:", 7) != 0) {
        *why = sv_copy("This build knows the database \"sqlite:PATH\" alone.");
        return false;
    }
    sv_store *made = sv_alloc(1, sizeof *made);
    char *path = sv_store_path(config);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    bool good = sqlite3_open_v2(path, &made->database, flags, NULL) == SQLITE_OK;
    made->turn = good ? open_turn(path) : -1;
    if (good) sqlite3_busy_timeout(made->database, BUSY_MS);
    if (good) sqlite3_extended_result_codes(made->database, 1);
    good = good && execute(made, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                                 "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY") == SV_DONE;
    if (good && create) good = migrate(made);
    int64_t version = good ? pragma(made, "PRAGMA user_version") : -1;
    if (!good)
        fail(made, why, "cannot be opened", path);
    else if (version != SV_SCHEMA_VERSION)
        good = fail(made, why,
                    version > SV_SCHEMA_VERSION ? "is of a newer version of the service"
                                                : "is of an older version: run quotectl migrate",
                    path);
    else
        *store = made;
    free(path);
    return good;
}

sv_result sv_store_copy(sv_store *store, const char *path)
{
    sqlite3 *copy = NULL;
    int code = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    sqlite3_backup *backup = code == SQLITE_OK ? sqlite3_backup_init(copy, "main", store->database, "main") : NULL;
    if (backup) {
        code = sqlite3_backup_step(backup, -1);
        sqlite3_backup_finish(backup);
    } else {
        code = SQLITE_CANTOPEN;
    }
    sqlite3_close(copy);
    if (code == SQLITE_DONE) return SV_DONE;
    sv_log(SV_LOG_ERROR, "database", json_pack("{s:s, s:s}", "op", "copy", "err", sqlite3_errstr(code)));
    return code == SQLITE_BUSY || code == SQLITE_LOCKED ? SV_BUSY : SV_FULL;
}

void sv_store_close(sv_store *store)
{
    if (!store) return;
    for (int i = 0; i < SV_STATEMENT_COUNT; i++) sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->database);
    if (store->turn >= 0) close(store->turn);
    free(store);
}
