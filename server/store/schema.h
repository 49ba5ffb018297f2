/* The schema, in SQLite's dialect: forward-only migrations, one text per version. */
#ifndef SV_SCHEMA_H
#define SV_SCHEMA_H

static const char *const sv_migrations[] = {
    /* 1 */
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
    "CREATE TABLE accounts(id TEXT PRIMARY KEY, parent_id TEXT REFERENCES accounts(id), role TEXT NOT NULL,"
    " status TEXT NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, version INTEGER NOT NULL,"
    " body TEXT NOT NULL) STRICT;"
    "CREATE INDEX accounts_by_parent ON accounts(parent_id);"
    /* One row per resource: the document as clients see it, and what only the service needs. */
    "CREATE TABLE objects(id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts(id),"
    " livemode INTEGER NOT NULL, type TEXT NOT NULL, ref TEXT, unique_key TEXT, created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,"
    " deleted INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX objects_by_time ON objects(account_id, livemode, type, deleted, created_ms, id);"
    "CREATE UNIQUE INDEX objects_by_ref ON objects(account_id, livemode, type, ref) WHERE ref IS NOT NULL;"
    "CREATE UNIQUE INDEX objects_by_key ON objects(account_id, livemode, type, unique_key)"
    " WHERE unique_key IS NOT NULL;"
    "CREATE INDEX objects_by_age ON objects(type, created_ms);"
    "CREATE TABLE keys(mac BLOB PRIMARY KEY, id TEXT NOT NULL REFERENCES objects(id), account_id TEXT NOT NULL,"
    " livemode INTEGER NOT NULL) STRICT;"
    "CREATE TABLE idempotency(account_id TEXT NOT NULL, livemode INTEGER NOT NULL, key TEXT NOT NULL,"
    " fingerprint BLOB NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL, lease_ms INTEGER NOT NULL,"
    " status INTEGER, body TEXT, secret TEXT, done_ms INTEGER, PRIMARY KEY(account_id, livemode, key)) STRICT;"
    "CREATE INDEX idempotency_by_owner ON idempotency(owner) WHERE state = 'in_progress';"
    "CREATE INDEX idempotency_by_age ON idempotency(done_ms) WHERE state = 'done';"
    "CREATE TABLE price_books(version TEXT PRIMARY KEY, bytes BLOB NOT NULL, sha256 BLOB NOT NULL,"
    " created_ms INTEGER NOT NULL) STRICT;",
    /* 2 */
    /* Numbers without gaps: of events. */
    "CREATE TABLE counters(account_id TEXT NOT NULL, livemode INTEGER NOT NULL, name TEXT NOT NULL,"
    " value INTEGER NOT NULL, PRIMARY KEY(account_id, livemode, name)) STRICT;"
    /* Events and what is to be delivered of them. The views show both as documents, as objects are; json_object()
     * may not stand in a view. */
    "CREATE TABLE events(id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts(id),"
    " livemode INTEGER NOT NULL, sequence INTEGER NOT NULL, created_ms INTEGER NOT NULL, body TEXT NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX events_by_number ON events(account_id, livemode, sequence);"
    "CREATE INDEX events_by_age ON events(created_ms);"
    "CREATE VIEW event_documents AS SELECT id, account_id, livemode, 'event' AS type, NULL AS ref, sequence,"
    " created_ms, created_ms AS updated_ms, 1 AS version, body, NULL AS private, 0 AS deleted FROM events;"
    "CREATE TABLE deliveries(id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts(id),"
    " livemode INTEGER NOT NULL, endpoint_id TEXT NOT NULL, event_id TEXT NOT NULL, event_type TEXT NOT NULL,"
    " sequence INTEGER NOT NULL, object_id TEXT NOT NULL, status TEXT NOT NULL, due_ms INTEGER,"
    " base_ms INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, in_turn INTEGER NOT NULL DEFAULT 0,"
    " held_ms INTEGER, owner TEXT, lease_ms INTEGER, attempts TEXT NOT NULL DEFAULT '[]',"
    " created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1) STRICT;"
    "CREATE INDEX deliveries_by_time ON deliveries(account_id, livemode, created_ms, id);"
    "CREATE INDEX deliveries_by_event ON deliveries(event_id);"
    "CREATE INDEX deliveries_by_age ON deliveries(created_ms);"
    "CREATE INDEX deliveries_due ON deliveries(endpoint_id, due_ms, sequence) WHERE status = 'pending';"
    "CREATE INDEX deliveries_held ON deliveries(endpoint_id, sequence) WHERE status = 'held';"
    "CREATE INDEX deliveries_running ON deliveries(owner) WHERE status = 'delivering';"
    "CREATE INDEX deliveries_of_object ON deliveries(endpoint_id, object_id, sequence)"
    " WHERE status IN ('pending', 'delivering', 'held');"
    "CREATE VIEW delivery_documents AS SELECT id, account_id, livemode, 'webhook_delivery' AS type, NULL AS ref,"
    " endpoint_id, event_id, status, created_ms, updated_ms, version,"
    " '{\"attempts\":' || attempts || ',\"endpoint_id\":\"' || endpoint_id || '\",\"event_id\":\"' || event_id ||"
    " '\",\"next_attempt_at\":' ||"
    " coalesce('\"' || strftime('%Y-%m-%dT%H:%M:%fZ', due_ms / 1000.0, 'unixepoch') || '\"', 'null') ||"
    " ',\"status\":\"' || status || '\",\"type\":\"' || event_type || '\"}' AS body,"
    " NULL AS private, 0 AS deleted FROM deliveries;"
    /* Work that waits, and who does what again and again. */
    "CREATE TABLE jobs(id TEXT PRIMARY KEY, kind TEXT NOT NULL, account_id TEXT NOT NULL, livemode INTEGER NOT NULL,"
    " object_id TEXT NOT NULL, detail TEXT NOT NULL, waits_for TEXT, due_ms INTEGER NOT NULL,"
    " tries INTEGER NOT NULL DEFAULT 0, owner TEXT, lease_ms INTEGER NOT NULL DEFAULT 0,"
    " created_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX jobs_by_due ON jobs(due_ms);"
    "CREATE INDEX jobs_by_object ON jobs(object_id);"
    "CREATE INDEX jobs_by_cause ON jobs(waits_for) WHERE waits_for IS NOT NULL;"
    "CREATE TABLE duties(name TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) STRICT;"
    /* What the engine measured, as it saves it: can be measured again. */
    "CREATE TABLE measured(name TEXT PRIMARY KEY, bytes BLOB NOT NULL, made_ms INTEGER NOT NULL) STRICT;"
    /* What was made of files, by what it depends on: blobs that may be made again. */
    "CREATE TABLE derived(name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, size INTEGER NOT NULL,"
    " made_ms INTEGER NOT NULL) STRICT;"
    /* orders */
    "CREATE TABLE order_states(order_id TEXT PRIMARY KEY, account_id TEXT NOT NULL, livemode INTEGER NOT NULL,"
    " status TEXT NOT NULL, created_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX order_states_by_account ON order_states(account_id, livemode, status);"
    "CREATE INDEX order_states_unpaid ON order_states(created_ms) WHERE status = 'awaiting_payment';"
    "CREATE TABLE payments(livemode INTEGER NOT NULL, external_ref TEXT NOT NULL, order_id TEXT NOT NULL,"
    " status TEXT NOT NULL, created_ms INTEGER NOT NULL, PRIMARY KEY(livemode, external_ref)) STRICT;"
    /* What sellers have earned with orders, in minor units. */
    "CREATE TABLE balances(account_id TEXT NOT NULL, livemode INTEGER NOT NULL, currency TEXT NOT NULL,"
    " share_minor INTEGER NOT NULL, PRIMARY KEY(account_id, livemode, currency)) STRICT;"};

#endif
