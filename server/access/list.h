/* Lists: filters, sorting, pages, chosen fields (the interface's section on querying). */
#ifndef SV_LIST_H
#define SV_LIST_H

#include "access/call.h"

/* COLUMN: of the listing's table under the same name, never null, compared as it is: an index can be used. */
typedef enum sv_field_kind {
    SV_F_TEXT,
    SV_F_MOMENT,
    SV_F_NUMBER,
    SV_F_BOOL,
    SV_F_TAGS,
    SV_F_COLUMN_TEXT,
    SV_F_COLUMN_NUMBER
} sv_field_kind;

typedef struct sv_field {
    const char *name; /* as clients write it: a path in the document */
    sv_field_kind kind;
    bool sorts; /* may be sorted by, too */
} sv_field;

typedef struct sv_listing {
    const char *type;
    const sv_field *fields; /* besides id, ref, created_at, updated_at; ends with name NULL */
    /* Instead of the objects of the account: this array of documents. NULL: the objects. */
    json_t *documents;
    const char *table; /* with the columns of objects; NULL: objects */
    int64_t since_ms;  /* only what was made from then on; 0: all */
    /* Makes of an object what clients see; NULL: sv_object_view. The caller of it owns what it returns. */
    json_t *(*view)(sv_call *call, const sv_object *object);
    const char *const *include; /* relations that may be asked for, ends with NULL; NULL: none */
    /* Objects of all accounts of the mode, each document with its account_id: for the operator's routes alone. */
    bool every_account;
    const char *sort; /* where none is asked for; NULL: created_at:desc */
} sv_listing;

/* Answers GET /things and POST /things/search alike. */
void sv_list(sv_call *call, const sv_listing *listing);

#endif
