/* The database behind one interface: named statements, values in, rows out. SQLite implements it (store_sqlite.c); a
 * second implementation needs its own dialect of statements.h and schema.h and changes nothing above. One store per
 * process. */
#ifndef SV_STORE_H
#define SV_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "store/statements.h"

#define SV_SCHEMA_VERSION 2

typedef struct sv_store sv_store;

typedef enum sv_result {
    SV_DONE,     /* no more rows; for a change: it is made */
    SV_ROW,      /* a row stands ready */
    SV_CONFLICT, /* a unique index refused the change */
    SV_BUSY,     /* another writer held the database too long */
    SV_FULL,     /* the disk is full, or cannot be written */
    SV_BROKEN    /* anything else; it was logged */
} sv_result;

#define X(name, sql) SV_SQL_##name,
typedef enum sv_statement { SV_STATEMENTS(X) SV_STATEMENT_COUNT } sv_statement;
#undef X

typedef enum sv_value_kind { SV_NULL, SV_INTEGER, SV_REAL, SV_TEXT, SV_BLOB } sv_value_kind;

typedef struct sv_value {
    sv_value_kind kind;
    int64_t integer;
    double real;
    const void *bytes; /* text: without a NUL in `size` */
    size_t size;
} sv_value;

sv_value sv_int(int64_t value);
sv_value sv_real(double value);
sv_value sv_words(const char *text); /* NULL: null */
sv_value sv_bytes(const void *bytes, size_t size);

/* Opens, and checks that the schema is this program's. *why: a sentence, the caller frees it. create: makes the schema
 * where there is none. */
bool sv_store_open(const sv_config *config, bool create, sv_store **store, char **why);
void sv_store_close(sv_store *store);

/* The file of the database. The caller frees. */
char *sv_store_path(const sv_config *config);

/* A copy of the whole into a new file while others go on, as of the transaction that is open, or of this moment. The
 * caller makes it durable. SV_FULL: it cannot be written. */
sv_result sv_store_copy(sv_store *store, const char *path);

/* Transactions do not nest. A writing one holds the only writer's place from its beginning. */
sv_result sv_begin(sv_store *store, bool writes);
sv_result sv_commit(sv_store *store);
void sv_rollback(sv_store *store);
bool sv_in_transaction(const sv_store *store);

/* A number that differs after any other process has committed: what pollers look at before they ask for rows. */
int64_t sv_store_changes(sv_store *store);

/* Runs a statement to its end; how many rows it changed goes to *changed (may be NULL). */
sv_result sv_run(sv_store *store, sv_statement statement, const sv_value *values, size_t count, int64_t *changed);

/* A statement whose rows are read one by one: sv_step until it is not SV_ROW, then sv_reset. Column texts live until
 * the next step. */
typedef struct sv_rows sv_rows;
sv_rows *sv_open(sv_store *store, sv_statement statement, const sv_value *values, size_t count);
/* The same for a statement that was put together (store/list.c); never with text from outside in it. */
sv_rows *sv_open_sql(sv_store *store, const char *sql, const sv_value *values, size_t count);
sv_result sv_step(sv_rows *rows);
void sv_close(sv_rows *rows);
int64_t sv_column_int(sv_rows *rows, int column);
const char *sv_column_text(sv_rows *rows, int column); /* NULL: null */
const void *sv_column_blob(sv_rows *rows, int column, size_t *size);

#endif
