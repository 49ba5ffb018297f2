/* One request on its way: what was asked, who asks, and what will be answered. Handlers are plain functions of it. */
#ifndef SV_CALL_H
#define SV_CALL_H

#include "base/config.h"
#include "base/json.h"
#include "base/log.h"
#include "base/moment.h"
#include "http/errors.h"
#include "http/request.h"
#include "http/shared.h"
#include "libquote.h"
#include "store/objects.h"

/* What lives as long as a worker. */
typedef struct sv_app {
    const sv_config *config;
    sv_store *store;
    sv_shared *shared;
    char owner[64];      /* of leases: host and process */
    lq_context *context; /* of the price book */
    lq_book *book;
    json_t *book_json;          /* the active price book as it was put */
    json_t *materials;          /* libquote.materials/1 of it */
    char *book_version;         /* NULL: none is active */
    struct sv_costs *costs;     /* of members of products (products/cost.h) */
    struct sv_reports *reports; /* of parts that were priced lately (parts/report.h) */
    struct sv_books *books;     /* price books that quotes name (quotes/books.h) */
    int log_socket;             /* to the process that writes the request log */
    volatile int *stopping;
} sv_app;

typedef struct sv_call sv_call;
typedef void (*sv_handler)(sv_call *call);

typedef enum sv_body { SV_BODY_NONE, SV_BODY_JSON, SV_BODY_MERGE, SV_BODY_FILE, SV_BODY_ANY } sv_body;

enum {
    SV_IDEM = 1,          /* Idempotency-Key is honoured */
    SV_IDEM_REQUIRED = 2, /* and must be there */
    SV_TEST_ONLY = 4,     /* for test keys alone */
    SV_OPERATOR = 8,      /* for accounts of the operator alone; others find no such route's objects */
    SV_WRITES = 16,       /* runs in a writing transaction */
    SV_BODY_MAY_BE_EMPTY = 32,
    SV_CATALOGUE = 64 /* may be kept by clients for some minutes */
};

typedef struct sv_route {
    const char *method;
    const char *path;  /* "/parts/{id}/pin" */
    const char *scope; /* NULL: any valid key */
    sv_body body;
    int flags;
    sv_handler handler;
    /* What is slow and needs no lock (digests, measures): runs before the transaction and keeps what it found in
     * call->prepared. NULL: nothing. After a refusal the handler does not run. */
    sv_handler prepare;
} sv_route;

struct sv_call {
    sv_app *app;
    sv_request request;
    const sv_route *route;
    const char *argument[4]; /* the {} of the route's path */
    int64_t began_us, now_ms;
    char request_id[SV_ID_SIZE];

    sv_object key;   /* who asks; id "" before it is known */
    json_t *account; /* its document */
    char account_id[SV_ID_SIZE], role[16], account_status[16];
    sv_scope scope;

    json_t *body;     /* of a JSON request, or NULL */
    char *body_bytes; /* as they came */
    size_t body_size;
    char *upload_path; /* of a request with a file: where its bytes are until the call ends */
    int64_t upload_size;
    int64_t file_bytes_most; /* of this request; 0: what the configuration allows */
    uint8_t upload_sha256[SV_SHA256_SIZE];
    uint8_t body_sha256[SV_SHA256_SIZE];
    bool body_read;
    const char *within; /* "members[3]" while that is read: refusals name fields below it; NULL: the body itself */

    char idem_key[256]; /* "" for none */
    uint8_t fingerprint[SV_SHA256_SIZE];
    bool idem_held, replayed;
    json_t *shown_once; /* the object in the answer whose "key" is never stored; borrowed */
    char *idem_secret;  /* a secret of the answer, kept encrypted and not in the stored body */

    void *prepared;                        /* from the route's prepare to its handler */
    void (*free_prepared)(void *prepared); /* NULL: nothing to free */

    int status; /* 0: nothing answered yet */
    json_t *answer;
    char *raw; /* instead of answer: these bytes */
    size_t raw_size;
    const char *raw_type;
    bool streamed;   /* its headers are gone already, and what it sends is not put together here */
    bool sends_file; /* instead of both: bytes of this descriptor (access/send_file.h), with raw_type */
    int sent_file;
    int64_t sent_from, sent_size;
    const char *origin; /* of a page that may read the answer; NULL: none */
    sv_text headers;
    const char *error_code; /* for the logs */
};

/* ---- answers; each may be given once, the first stands ---- */

void sv_answer(sv_call *call, int status, json_t *body);                   /* body is taken over; NULL: none */
void sv_answer_object(sv_call *call, int status, const sv_object *object); /* its view, with its ETag */
void sv_set_header(sv_call *call, const char *name, const char *value);
void sv_add_etag(sv_call *call, int64_t version);

/* details: taken over, or NULL. The message is for people and never repeats what was not understood. */
void sv_refuse(sv_call *call, sv_error error, json_t *details, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void sv_refuse_field(sv_call *call, sv_error error, const char *path, const char *code, const char *message);
void sv_refuse_not_found(sv_call *call);
void sv_refuse_reference(sv_call *call, const char *path); /* 404, of an id in the body, with details.path */
void sv_refuse_store(sv_call *call, sv_result result);     /* what the database would not do */
bool sv_refused(const sv_call *call);

/* ---- reading bodies: each check refuses with a path and answers false ---- */

/* Every member of the object must be one of the names (NULL-terminated). */
bool sv_known_fields(sv_call *call, json_t *object, const char *path, const char *const names[]);
bool sv_take_text(sv_call *call, json_t *object, const char *name, size_t least, size_t most, bool nullable,
                  const char **value); /* *value stays as it is when the member is not there */
bool sv_take_integer(sv_call *call, json_t *object, const char *name, int64_t least, int64_t most, int64_t *value);
bool sv_take_bool(sv_call *call, json_t *object, const char *name, bool *value);
/* An array of texts of at most `size` bytes each. *value borrowed. */
bool sv_take_texts(sv_call *call, json_t *object, const char *name, size_t count_most, size_t size, json_t **value);
bool sv_take_metadata(sv_call *call, json_t *object, json_t *into);

/* ---- objects ---- */

/* Of this account and mode; false: refused with 404, or the database failed. */
bool sv_get(sv_call *call, const char *type, const char *id, sv_object *object);
/* If-Match: absent, "*" or the version; false: refused. */
bool sv_if_match(sv_call *call, int64_t version, bool required);
bool sv_insert(sv_call *call, sv_object *object);
bool sv_update(sv_call *call, sv_object *object);
bool sv_delete(sv_call *call, const sv_object *object);
/* changes: taken over; NULL: none to tell. */
void sv_audit(sv_call *call, const char *action, const char *type, const char *id, json_t *changes);
/* The same for what nobody asked for, such as time; a part of the service does it. */
sv_result sv_audit_system(sv_store *store, sv_scope scope, const char *part, const char *action, const char *type,
                          const char *id, json_t *changes);
/* {field: {"old", "new"}} of the members that differ between two documents. The caller owns it. */
json_t *sv_changes(const json_t *before, const json_t *after);

bool sv_has_scope(const sv_call *call, const char *scope);

#endif
