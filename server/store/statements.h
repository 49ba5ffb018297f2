/* Every statement of the service by name, in SQLite's dialect. Values are ?1, ?2, ... in this order. */
#ifndef SV_STATEMENTS_H
#define SV_STATEMENTS_H

#define SV_OBJECT_COLUMNS "id, ref, created_ms, updated_ms, version, body, private"

#define SV_STATEMENTS(X)                                                                                               \
    /* accounts and keys */                                                                                            \
    X(ACCOUNT_INSERT, "INSERT INTO accounts(id, parent_id, role, status, created_ms, updated_ms, version, body) "      \
                      "VALUES(?1, ?2, ?3, ?4, ?5, ?5, 1, ?6)")                                                         \
    X(ACCOUNT_GET, "SELECT id, parent_id, role, status, created_ms, updated_ms, version, body FROM accounts "          \
                   "WHERE id = ?1")                                                                                    \
    X(ACCOUNT_UPDATE, "UPDATE accounts SET status = ?3, body = ?4, updated_ms = ?5, version = version + 1 "            \
                      "WHERE id = ?1 AND version = ?2")                                                                \
    X(ACCOUNT_CHILDREN, "SELECT id, parent_id, role, status, created_ms, updated_ms, version, body FROM accounts "     \
                        "WHERE parent_id = ?1 AND status <> 'deleted' ORDER BY id")                                    \
    X(ACCOUNT_IDS, "SELECT id FROM accounts WHERE status <> 'deleted' ORDER BY id")                                    \
    X(KEY_INSERT, "INSERT INTO keys(mac, id, account_id, livemode) VALUES(?1, ?2, ?3, ?4)")                            \
    X(KEY_BY_MAC, "SELECT o.id, o.ref, o.created_ms, o.updated_ms, o.version, o.body, o.private, k.account_id, "       \
                  "k.livemode, a.role, a.status, a.body FROM keys k "                                                  \
                  "JOIN objects o ON o.id = k.id AND o.deleted = 0 JOIN accounts a ON a.id = k.account_id "            \
                  "WHERE k.mac = ?1")                                                                                  \
    X(KEY_USED, "UPDATE objects SET body = json_set(body, '$.last_used_at', ?2, '$.last_used_ip', ?3) WHERE id = ?1")  \
    X(KEY_EXPIRING,                                                                                                    \
      "SELECT " SV_OBJECT_COLUMNS ", account_id, livemode FROM objects WHERE type = 'api_key' AND deleted = 0 AND "    \
      "json_extract(body, '$.expires_at') BETWEEN ?1 AND ?2 AND json_extract(private, "                                \
      "'$.told_of') IS NOT json_extract(body, '$.expires_at') LIMIT 1")                                                \
    X(KEY_TOLD, "UPDATE objects SET private = json_set(coalesce(private, '{}'), '$.told_of', json_extract(body, "      \
                "'$.expires_at')) WHERE id = ?1")                                                                      \
    X(KEY_ADMINS, "SELECT count(*) FROM objects WHERE account_id = ?1 AND livemode = ?2 AND type = 'api_key' "         \
                  "AND deleted = 0 AND id <> ?3 AND json_extract(body, '$.status') = 'active' "                        \
                  "AND (json_extract(body, '$.expires_at') IS NULL OR json_extract(body, '$.expires_at') > ?4) "       \
                  "AND EXISTS (SELECT 1 FROM json_each(body, '$.scopes') WHERE value = 'keys:write')")                 \
    /* objects: every one is bound to an account and a mode */                                                         \
    X(OBJECT_INSERT, "INSERT INTO objects(id, account_id, livemode, type, ref, unique_key, created_ms, updated_ms, "   \
                     "version, body, private) VALUES(?1, ?2, ?3, ?4, ?5, nullif(?6, ''), ?7, ?7, 1, ?8, ?9)")          \
    X(OBJECT_GET, "SELECT " SV_OBJECT_COLUMNS " FROM objects WHERE account_id = ?1 AND livemode = ?2 AND type = ?3 "   \
                  "AND id = ?4 AND deleted = 0")                                                                       \
    X(OBJECT_BY_REF, "SELECT " SV_OBJECT_COLUMNS " FROM objects WHERE account_id = ?1 AND livemode = ?2 "              \
                     "AND type = ?3 AND ref = ?4 AND deleted = 0")                                                     \
    X(OBJECT_UPDATE, "UPDATE objects SET ref = ?6, unique_key = nullif(coalesce(?7, unique_key), ''), body = ?8, "     \
                     "private = ?9, updated_ms = ?10, "                                                                \
                     "version = version + 1 WHERE account_id = ?1 AND livemode = ?2 AND type = ?3 AND id = ?4 "        \
                     "AND version = ?5 AND deleted = 0")                                                               \
    X(OBJECT_DELETE, "UPDATE objects SET deleted = 1, ref = NULL, unique_key = NULL, updated_ms = ?6 "                 \
                     "WHERE account_id = ?1 AND livemode = ?2 AND type = ?3 AND id = ?4 AND version = ?5 "             \
                     "AND deleted = 0")                                                                                \
    X(OBJECT_COUNT, "SELECT count(*) FROM objects WHERE account_id = ?1 AND livemode = ?2 AND type = ?3 "              \
                    "AND deleted = 0")                                                                                 \
    X(COUNTER_NEXT, "INSERT INTO counters(account_id, livemode, name, value) VALUES(?1, ?2, ?3, 1) "                   \
                    "ON CONFLICT(account_id, livemode, name) DO UPDATE SET value = value + 1 RETURNING value")         \
    /* what an account uses */                                                                                         \
    X(USAGE, "SELECT (SELECT count(*) FROM objects WHERE account_id = ?1 AND livemode = ?2 AND type = 'part' "         \
             "AND deleted = 0), (SELECT coalesce(sum(json_extract(body, '$.file.size')), 0) FROM objects "             \
             "WHERE account_id = ?1 AND livemode = ?2 AND type = 'part' AND deleted = 0), "                            \
             "(SELECT count(*) FROM objects WHERE account_id = ?1 AND livemode = ?2 AND type = 'quote' "               \
             "AND deleted = 0 AND created_ms >= ?3), (SELECT count(*) FROM objects WHERE account_id = ?1 "             \
             "AND livemode = ?2 AND type = 'order' AND deleted = 0 AND created_ms >= ?3)")                             \
    /* products */                                                                                                     \
    X(PRODUCT_BY_SKU, "SELECT " SV_OBJECT_COLUMNS " FROM objects WHERE account_id = ?1 AND livemode = ?2 "             \
                      "AND type = 'product' AND unique_key = ?3 AND deleted = 0")                                      \
    X(PRODUCT_OPEN_ORDERS, "UPDATE objects SET body = json_set(body, '$.open_order_count', "                           \
                           "json_extract(body, '$.open_order_count') + ?4), updated_ms = ?5, version = version + 1 "   \
                           "WHERE account_id = ?1 AND livemode = ?2 AND type = 'product' AND id = ?3 AND deleted = 0") \
    X(PRODUCTS_ALL, "SELECT " SV_OBJECT_COLUMNS ", account_id, livemode FROM objects WHERE type = 'product' "          \
                    "AND deleted = 0 AND id > ?1 ORDER BY id LIMIT 1000")                                              \
    X(COMPONENT_USES, "SELECT count(*) FROM objects WHERE account_id = ?1 AND livemode = ?2 AND type = 'product' "     \
                      "AND deleted = 0 AND EXISTS (SELECT 1 FROM json_each(body, '$.costs') "                          \
                      "WHERE json_extract(value, '$.component_id') = ?3)")                                             \
    /* signed URLs: their signature is checked against the row, which then says whose it is */                         \
    X(SIGNED_GET, "SELECT " SV_OBJECT_COLUMNS ", account_id, livemode FROM objects WHERE id = ?1 AND type = ?2")       \
    X(MEASURED_GET, "SELECT bytes FROM measured WHERE name = ?1")                                                      \
    X(MEASURED_PUT, "INSERT INTO measured(name, bytes, made_ms) VALUES(?1, ?2, ?3) "                                   \
                    "ON CONFLICT(name) DO UPDATE SET bytes = excluded.bytes, made_ms = excluded.made_ms")              \
    X(MEASURED_SWEEP, "DELETE FROM measured WHERE made_ms < ?1")                                                       \
    /* what is made of files */                                                                                        \
    X(DERIVED_GET, "SELECT sha256, size, made_ms FROM derived WHERE name = ?1")                                        \
    X(DERIVED_PUT, "INSERT INTO derived(name, sha256, size, made_ms) VALUES(?1, ?2, ?3, ?4) "                          \
                   "ON CONFLICT(name) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size, "                  \
                   "made_ms = excluded.made_ms")                                                                       \
    X(DERIVED_SWEEP, "DELETE FROM derived WHERE made_ms < ?1")                                                         \
    X(UPLOADS_SWEEP, "DELETE FROM objects WHERE type = 'upload' AND created_ms < ?1")                                  \
    X(BLOBS_NAMED,                                                                                                     \
      "WITH kept AS (SELECT o.body, o.private FROM objects o "                                                         \
      "WHERE o.type NOT IN ('audit_log', 'request_log', 'event', 'api_key', 'quote') "                                 \
      "AND (o.deleted = 0 OR o.updated_ms > ?1) AND (o.type <> 'file' OR EXISTS (SELECT 1 FROM objects p "             \
      "WHERE p.id = json_extract(o.body, '$.part_id') AND (p.deleted = 0 OR p.updated_ms > ?1)))) "                    \
      "SELECT t.atom FROM kept, json_tree(kept.body) t WHERE t.key IN ('sha256', 'file_sha256') "                      \
      "UNION SELECT t.atom FROM kept, json_tree(kept.private) t WHERE t.key IN ('sha256', 'file_sha256') "             \
      "UNION SELECT sha256 FROM derived")                                                                              \
    /* A file that an upload announces is not there before it comes, and what sellers note is no name of a file. */    \
    X(BLOBS_NEEDED,                                                                                                    \
      "WITH kept AS (SELECT o.body, o.private FROM objects o "                                                         \
      "WHERE o.type NOT IN ('audit_log', 'request_log', 'event', 'api_key', 'quote') "                                 \
      "AND (o.type <> 'upload' OR json_extract(o.body, '$.status') <> 'pending') "                                     \
      "AND (o.deleted = 0 OR o.updated_ms > ?1) AND (o.type <> 'file' OR EXISTS (SELECT 1 FROM objects p "             \
      "WHERE p.id = json_extract(o.body, '$.part_id') AND (p.deleted = 0 OR p.updated_ms > ?1)))) "                    \
      "SELECT t.atom FROM kept, json_tree(kept.body) t WHERE t.key IN ('sha256', 'file_sha256') "                      \
      "AND t.atom IS NOT NULL AND t.path NOT LIKE '%.metadata%' "                                                      \
      "UNION SELECT t.atom FROM kept, json_tree(kept.private) t WHERE t.key IN ('sha256', 'file_sha256') "             \
      "AND t.atom IS NOT NULL UNION SELECT sha256 FROM derived")                                                       \
    /* secrets under another master key: what is sealed changes, what it says does not */                              \
    X(REWRAP_ENDPOINT, "UPDATE objects SET private = json_set(private, '$.' || ?2, ?3) WHERE id = ?1 "                 \
                       "AND type = 'webhook_endpoint'")                                                                \
    X(REWRAP_ANSWER, "UPDATE idempotency SET secret = ?2 WHERE secret = ?1")                                           \
    /* idempotency */                                                                                                  \
    X(IDEM_GET, "SELECT fingerprint, state, owner, lease_ms, status, body, done_ms, secret FROM idempotency "          \
                "WHERE account_id = ?1 AND livemode = ?2 AND key = ?3")                                                \
    X(IDEM_TAKE, "INSERT INTO idempotency(account_id, livemode, key, fingerprint, state, owner, lease_ms) "            \
                 "VALUES(?1, ?2, ?3, ?4, 'in_progress', ?5, ?6)")                                                      \
    X(IDEM_TAKE_OVER, "UPDATE idempotency SET owner = ?5, lease_ms = ?6, fingerprint = ?4, state = 'in_progress' "     \
                      "WHERE account_id = ?1 AND livemode = ?2 AND key = ?3 AND owner = ?7 AND lease_ms = ?8 "         \
                      "AND state = 'in_progress'")                                                                     \
    X(IDEM_DONE, "UPDATE idempotency SET state = 'done', status = ?5, body = ?6, done_ms = ?7, secret = ?8 "           \
                 "WHERE account_id = ?1 AND livemode = ?2 AND key = ?3 AND owner = ?4 AND state = 'in_progress'")      \
    X(IDEM_RELEASE, "DELETE FROM idempotency WHERE account_id = ?1 AND livemode = ?2 AND key = ?3 AND owner = ?4 "     \
                    "AND state = 'in_progress'")                                                                       \
    X(IDEM_FORGET, "DELETE FROM idempotency WHERE account_id = ?1 AND livemode = ?2 AND key = ?3 AND state = 'done'")  \
    X(IDEM_RELEASE_HOST, "DELETE FROM idempotency WHERE owner GLOB ?1 AND state = 'in_progress'")                      \
    X(IDEM_SWEEP, "DELETE FROM idempotency WHERE state = 'done' AND done_ms < ?1")                                     \
    /* logs */                                                                                                         \
    X(AUDIT_INSERT, "INSERT INTO objects(id, account_id, livemode, type, created_ms, updated_ms, version, body) "      \
                    "VALUES(?1, ?2, ?3, 'audit_log', ?4, ?4, 1, ?5)")                                                  \
    X(REQUEST_LOG_INSERT,                                                                                              \
      "INSERT INTO objects(id, account_id, livemode, type, created_ms, updated_ms, version, body) "                    \
      "VALUES(?1, ?2, ?3, 'request_log', ?4, ?4, 1, ?5)")                                                              \
    X(LOG_SWEEP, "DELETE FROM objects WHERE type = ?1 AND created_ms < ?2")                                            \
    /* events and deliveries; those without an account are of the process that delivers */                             \
    X(EVENT_INSERT,                                                                                                    \
      "INSERT INTO events(id, account_id, livemode, sequence, created_ms, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")       \
    X(EVENT_GET,                                                                                                       \
      "SELECT " SV_OBJECT_COLUMNS                                                                                      \
      ", sequence FROM event_documents WHERE account_id = ?1 AND livemode = ?2 AND id = ?3 AND created_ms >= ?4")      \
    X(EVENT_BYTES, "SELECT body FROM events WHERE id = ?1")                                                            \
    X(EVENT_LAST, "SELECT value FROM counters WHERE account_id = ?1 AND livemode = ?2 AND name = 'event'")             \
    X(EVENTS_AFTER, "SELECT sequence, body FROM events WHERE account_id = ?1 AND livemode = ?2 AND sequence > ?3 "     \
                    "ORDER BY sequence LIMIT ?4")                                                                      \
    X(EVENT_SWEEP, "DELETE FROM events WHERE created_ms < ?1")                                                         \
    X(ENDPOINTS,                                                                                                       \
      "SELECT " SV_OBJECT_COLUMNS                                                                                      \
      " FROM objects WHERE account_id = ?1 AND livemode = ?2 AND type = 'webhook_endpoint' AND deleted = 0")           \
    X(ENDPOINT_ANY,                                                                                                    \
      "SELECT " SV_OBJECT_COLUMNS " FROM objects WHERE id = ?1 AND type = 'webhook_endpoint' AND deleted = 0")         \
    X(ENDPOINT_NOTE, "UPDATE objects SET body = ?4 WHERE account_id = ?1 AND livemode = ?2 AND id = ?3 AND type = "    \
                     "'webhook_endpoint'")                                                                             \
    X(ENDPOINTS_AUTO_DISABLED, "SELECT count(*) FROM objects WHERE type = 'webhook_endpoint' AND deleted = 0 AND "     \
                               "json_extract(body, '$.status') = 'auto_disabled'")                                     \
    X(ORDER_TOLD, "UPDATE objects SET body = json_set(body, '$.last_delivered_event_at', ?4) WHERE account_id = ?1 "   \
                  "AND livemode = ?2 AND id = ?3 AND type = 'order'")                                                  \
    X(DELIVERY_INSERT, "INSERT INTO deliveries(id, account_id, livemode, endpoint_id, event_id, event_type, "          \
                       "sequence, object_id, status, due_ms, base_ms, held_ms, created_ms, updated_ms) VALUES(?1, "    \
                       "?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?11, ?11)")                                     \
    X(DELIVERY_GET,                                                                                                    \
      "SELECT " SV_OBJECT_COLUMNS " FROM delivery_documents WHERE account_id = ?1 AND livemode = ?2 AND id = ?3")      \
    X(DELIVERIES_OF, "SELECT " SV_OBJECT_COLUMNS " FROM delivery_documents WHERE account_id = ?1 AND livemode = ?2 "   \
                     "AND endpoint_id = ?3 ORDER BY created_ms DESC, id DESC LIMIT ?4")                                \
    X(DELIVERY_RETRY, "UPDATE deliveries SET status = 'pending', due_ms = ?4, base_ms = ?4, tries = 0, updated_ms = "  \
                      "?4, version = version + 1 WHERE account_id = ?1 AND livemode = ?2 AND id = ?3 AND status IN "   \
                      "('exhausted', 'held', 'succeeded')")                                                            \
    X(DELIVERY_RETRY_MANY,                                                                                             \
      "UPDATE deliveries SET status = 'pending', due_ms = ?6, base_ms = ?6, tries = 0, updated_ms = ?6, version = "    \
      "version + 1 WHERE id IN (SELECT id FROM deliveries WHERE account_id = ?1 AND livemode = ?2 AND endpoint_id = "  \
      "?3 AND created_ms >= ?4 AND status = ?5 ORDER BY sequence LIMIT 10000)")                                        \
    X(DELIVERY_HOLD, "UPDATE deliveries SET status = 'held', due_ms = NULL, held_ms = ?2, updated_ms = ?2, version = " \
                     "version + 1 WHERE endpoint_id = ?1 AND status = 'pending'")                                      \
    X(DELIVERY_RELEASE, "UPDATE deliveries SET status = 'pending', due_ms = ?2, base_ms = ?2, tries = 0, in_turn = "   \
                        "1, updated_ms = ?2, version = version + 1 WHERE endpoint_id = ?1 AND status = 'held'")        \
    X(DELIVERY_CANCEL, "UPDATE deliveries SET status = 'cancelled', due_ms = NULL, updated_ms = ?2, version = "        \
                       "version + 1 WHERE endpoint_id = ?1 AND status IN ('pending', 'held')")                         \
    X(DELIVERY_NEXT_ENDPOINT, "SELECT endpoint_id, due_ms FROM deliveries WHERE status = 'pending' AND endpoint_id > " \
                              "?1 ORDER BY endpoint_id, due_ms LIMIT 1")                                               \
    X(DELIVERY_DUE, "SELECT id, account_id, livemode, event_id, event_type, sequence, object_id, attempts, tries, "    \
                    "base_ms, in_turn FROM deliveries WHERE status = 'pending' AND endpoint_id = ?1 AND due_ms <= ?2 " \
                    "ORDER BY due_ms, sequence LIMIT ?3")                                                              \
    X(DELIVERY_EARLIER, "SELECT due_ms FROM deliveries WHERE endpoint_id = ?1 AND object_id = ?2 AND sequence < ?3 "   \
                        "AND status IN ('pending', 'delivering', 'held') ORDER BY sequence LIMIT 1")                   \
    X(DELIVERY_PARK, "UPDATE deliveries SET due_ms = ?2 WHERE id = ?1 AND status = 'pending'")                         \
    X(DELIVERY_UNPARK, "UPDATE deliveries SET due_ms = ?3 WHERE status = 'pending' AND tries = 0 AND id = (SELECT id " \
                       "FROM deliveries WHERE endpoint_id = ?1 AND object_id = ?2 AND status IN ('pending', "          \
                       "'delivering', 'held') ORDER BY sequence LIMIT 1)")                                             \
    X(DELIVERY_TAKE, "UPDATE deliveries SET status = 'delivering', due_ms = NULL, owner = ?2, lease_ms = ?3, "         \
                     "updated_ms = ?4, version = version + 1 WHERE id = ?1 AND status = 'pending'")                    \
    X(DELIVERY_FINISH,                                                                                                 \
      "UPDATE deliveries SET status = ?3, due_ms = ?4, tries = ?5, attempts = ?6, held_ms = ?7, owner = NULL, "        \
      "in_turn = 0, updated_ms = ?8, version = version + 1 WHERE id = ?1 AND owner = ?2 AND status = 'delivering'")    \
    X(DELIVERY_FREE_OWNER, "UPDATE deliveries SET status = 'pending', owner = NULL, due_ms = ?2 WHERE owner GLOB ?1 "  \
                           "AND status = 'delivering'")                                                                \
    X(DELIVERY_FREE_LATE, "UPDATE deliveries SET status = 'pending', owner = NULL, due_ms = ?1 WHERE status = "        \
                          "'delivering' AND lease_ms < ?1")                                                            \
    X(DELIVERY_HELD_LONG, "UPDATE deliveries SET status = 'cancelled', updated_ms = ?2, version = version + 1 WHERE "  \
                          "status = 'held' AND held_ms < ?1")                                                          \
    X(DELIVERY_HELD_MANY, "UPDATE deliveries SET status = 'cancelled', updated_ms = ?2, version = version + 1 WHERE "  \
                          "id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY endpoint_id ORDER BY "    \
                          "sequence DESC) AS place FROM deliveries WHERE status = 'held') WHERE place > ?1)")          \
    X(DELIVERY_SWEEP, "DELETE FROM deliveries WHERE created_ms < ?1")                                                  \
    /* orders */                                                                                                       \
    X(OBJECT_BY_KEY, "SELECT " SV_OBJECT_COLUMNS " FROM objects WHERE account_id = ?1 AND livemode = ?2 "              \
                     "AND type = ?3 AND unique_key = ?4 AND deleted = 0")                                              \
    X(ORDER_STATE, "INSERT INTO order_states(order_id, account_id, livemode, status, created_ms) "                     \
                   "VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(order_id) DO UPDATE SET status = ?4")                       \
    X(ORDER_COUNTS, "SELECT status, count(*) FROM order_states WHERE account_id = ?1 AND livemode = ?2 "               \
                    "GROUP BY status")                                                                                 \
    X(ORDERS_UNPAID, "SELECT order_id, account_id, livemode FROM order_states "                                        \
                     "WHERE status = 'awaiting_payment' AND created_ms < ?1 LIMIT ?2")                                 \
    X(PAYMENT_GET, "SELECT order_id, status FROM payments WHERE livemode = ?1 AND external_ref = ?2")                  \
    X(PAYMENT_INSERT, "INSERT INTO payments(livemode, external_ref, order_id, status, created_ms) "                    \
                      "VALUES(?1, ?2, ?3, ?4, ?5)")                                                                    \
    X(BALANCE_ADD, "INSERT INTO balances(account_id, livemode, currency, share_minor) VALUES(?1, ?2, ?3, ?4) "         \
                   "ON CONFLICT(account_id, livemode, currency) DO UPDATE SET share_minor = share_minor + ?4")         \
    X(BALANCE_GET, "SELECT currency, share_minor FROM balances WHERE account_id = ?1 AND livemode = ?2 "               \
                   "ORDER BY currency")                                                                                \
    /* The operator sees every account of its mode. */                                                                 \
    X(OPERATOR_OWNER, "SELECT account_id FROM objects WHERE livemode = ?1 AND type = ?2 AND id = ?3 AND deleted = 0")  \
    X(ACCOUNTS_ALL, "SELECT id, parent_id, role, status, created_ms, updated_ms, version, body FROM accounts "         \
                    "WHERE status <> 'deleted' ORDER BY id")                                                           \
    /* price books */                                                                                                  \
    X(BOOK_INSERT, "INSERT INTO price_books(version, bytes, sha256, created_ms) VALUES(?1, ?2, ?3, ?4)")               \
    X(BOOK_GET, "SELECT bytes, sha256 FROM price_books WHERE version = ?1")                                            \
    X(BOOK_ACTIVE, "SELECT b.version, b.bytes FROM price_books b JOIN meta m ON m.name = 'price_book' "                \
                   "AND m.value = b.version")                                                                          \
    X(META_SET, "INSERT INTO meta(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = excluded.value") \
    /* jobs */                                                                                                         \
    X(JOB_INSERT,                                                                                                      \
      "INSERT INTO jobs(id, kind, account_id, livemode, object_id, detail, waits_for, due_ms, created_ms) "            \
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")                                                                    \
    X(JOB_WAKE, "UPDATE jobs SET due_ms = ?4 WHERE waits_for = ?3 AND account_id = ?1 AND livemode = ?2")              \
    X(JOB_PEEK, "SELECT 1 FROM jobs WHERE due_ms <= ?2 AND lease_ms <= ?2 "                                            \
                "AND kind IN (SELECT value FROM json_each(?1)) LIMIT 1")                                               \
    X(JOB_CLAIM, "UPDATE jobs SET owner = ?3, lease_ms = ?4, tries = tries + 1 WHERE id = (SELECT id FROM jobs "       \
                 "WHERE due_ms <= ?2 AND lease_ms <= ?2 AND kind IN (SELECT value FROM json_each(?1)) "                \
                 "ORDER BY due_ms, id LIMIT 1) "                                                                       \
                 "RETURNING id, kind, account_id, livemode, object_id, detail, waits_for, tries")                      \
    X(JOB_FINISH, "DELETE FROM jobs WHERE id = ?1 AND owner = ?2")                                                     \
    X(JOB_LET_GO, "UPDATE jobs SET owner = NULL, lease_ms = 0, due_ms = ?3, tries = ?4 WHERE id = ?1 AND owner = ?2")  \
    X(JOB_COUNTS,                                                                                                      \
      "SELECT kind, CASE WHEN lease_ms > ?1 THEN 'running' WHEN due_ms > ?1 THEN 'waiting' ELSE 'due' END, "           \
      "count(*) FROM jobs GROUP BY 1, 2 ORDER BY 1, 2")                                                                \
    X(JOB_OLDEST, "SELECT coalesce(min(due_ms), ?1) FROM jobs WHERE due_ms <= ?1 AND lease_ms <= ?1")                  \
    X(JOB_DROP, "DELETE FROM jobs WHERE object_id = ?4 AND kind = ?3 AND account_id = ?1 AND livemode = ?2 "           \
                "AND owner IS NULL")                                                                                   \
    X(JOB_RELEASE_HOST, "UPDATE jobs SET owner = NULL, lease_ms = 0 WHERE owner GLOB ?1")                              \
    X(DUTY_PEEK, "SELECT 1 FROM duties WHERE name = ?1 AND until_ms > ?2")                                             \
    X(DUTY_TAKE, "INSERT INTO duties(name, until_ms) VALUES(?1, ?3) ON CONFLICT(name) DO UPDATE SET "                  \
                 "until_ms = excluded.until_ms WHERE until_ms <= ?2")                                                  \
    /* parts */                                                                                                        \
    X(PART_IN_PRODUCTS,                                                                                                \
      "SELECT id FROM objects WHERE account_id = ?1 AND livemode = ?2 AND type = 'product' "                           \
      "AND deleted = 0 AND json_extract(body, '$.status') = 'active' AND EXISTS (SELECT 1 FROM "                       \
      "json_each(body, '$.members') WHERE json_extract(value, '$.part_id') = ?3) ORDER BY id LIMIT 20")                \
    X(PART_PRODUCTS, "SELECT " SV_OBJECT_COLUMNS " FROM objects WHERE account_id = ?1 AND livemode = ?2 "              \
                     "AND type = 'product' AND deleted = 0 AND EXISTS (SELECT 1 FROM json_each(body, '$.members') "    \
                     "WHERE json_extract(value, '$.part_id') = ?3) ORDER BY id DESC LIMIT ?4")                         \
    X(PART_QUOTES, "SELECT " SV_OBJECT_COLUMNS " FROM objects WHERE account_id = ?1 AND livemode = ?2 "                \
                   "AND type = 'quote' AND deleted = 0 AND json_extract(body, '$.part_id') = ?3 "                      \
                   "ORDER BY id DESC LIMIT ?4")                                                                        \
    /* health */                                                                                                       \
    X(PROBE, "INSERT INTO meta(name, value) VALUES('probe', ?1) ON CONFLICT(name) DO UPDATE SET value = "              \
             "excluded.value")

#endif
