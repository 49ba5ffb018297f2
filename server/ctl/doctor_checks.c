#include "ctl/doctor.h"

#include <stddef.h>

#define TEXT(object, path) "json_extract(" object ", '$." path "')"
#define SAME_SCOPE(a, b) a ".account_id = " b ".account_id AND " a ".livemode = " b ".livemode"
/* A row of objects `a` names one of a type at a path, which is not there. */
#define NAMES_NONE(a_type, path, b_type)                                                               \
    "SELECT a.id FROM objects a WHERE a.type = '" a_type "' AND a.deleted = 0 AND " TEXT(              \
        "a.body", path) " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM objects b WHERE b.type = '" b_type \
                        "' AND b.id = " TEXT("a.body", path) " AND " SAME_SCOPE("b", "a") ")"
#define FINAL "('delivered', 'cancelled', 'rejected')"

const sv_doctor_check sv_doctor_checks[] = {
    {"documents", "A document is no JSON.",
     "SELECT id FROM objects WHERE NOT json_valid(body) OR (private IS NOT NULL AND NOT json_valid(private)) "
     "UNION ALL SELECT id FROM events WHERE NOT json_valid(body) UNION ALL SELECT id FROM accounts WHERE NOT "
     "json_valid(body)"},
    {"keys", "A key has no document in its account and mode.",
     "SELECT k.id FROM keys k WHERE NOT EXISTS (SELECT 1 FROM objects o WHERE o.id = k.id AND o.type = 'api_key' "
     "AND " SAME_SCOPE("o", "k") ")"},
    {"keys", "A key that is shown cannot be used.",
     "SELECT o.id FROM objects o WHERE o.type = 'api_key' AND o.deleted = 0 AND NOT EXISTS (SELECT 1 FROM keys k "
     "WHERE "
     "k.id = o.id)"},
    {"references", "An item of an order names an order that is not there.",
     NAMES_NONE("order_item", "order_id", "order")},
    {"references", "An item of an order names a quote that is not there.",
     NAMES_NONE("order_item", "quote_id", "quote")},
    {"references", "A shipment names an order that is not there.", NAMES_NONE("shipment", "order_id", "order")},
    {"references", "A quote names a part that is not there.", NAMES_NONE("quote", "part_id", "part")},
    {"references", "A quote names a product that is not there.", NAMES_NONE("quote", "product_id", "product")},
    {"references", "A product has a part that is not there.",
     "SELECT a.id FROM objects a, json_each(a.body, '$.members') m WHERE a.type = 'product' AND a.deleted = 0 AND "
     "NOT "
     "EXISTS (SELECT 1 FROM objects b WHERE b.type = 'part' AND b.id = " TEXT("m.value", "part_id") " AND " SAME_SCOPE(
         "b", "a") ")"},
    {"references", "An order names an item or a shipment that is not there.",
     "SELECT o.id FROM objects o, json_tree(o.private) t WHERE o.type = 'order' AND t.path IN ('$.items', "
     "'$.shipments') AND NOT EXISTS (SELECT 1 FROM objects i WHERE i.id = t.atom AND " TEXT(
         "i.body", "order_id") " = o.id AND " SAME_SCOPE("i", "o") ")"},
    {"references", "A quote names a price book that is not stored.",
     "SELECT q.id FROM objects q WHERE q.type = 'quote' AND q.deleted = 0 AND " TEXT(
         "q.body", "price_book_version") " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM price_books b WHERE b.version "
                                         "= " TEXT("q.body", "price_book_version") ")"},
    {"references", "The active price book is not stored.",
     "SELECT value FROM meta WHERE name = 'price_book' AND value NOT IN (SELECT version FROM price_books)"},
    {"references", "A payment names an order that is not there.",
     "SELECT p.order_id FROM payments p WHERE NOT EXISTS (SELECT 1 FROM objects o WHERE o.type = 'order' AND o.id "
     "= "
     "p.order_id AND o.livemode = p.livemode)"},
    {"references", "A job is about something that is not there.",
     "SELECT j.id FROM jobs j WHERE NOT EXISTS (SELECT 1 FROM objects o WHERE o.id = j.object_id AND " SAME_SCOPE(
         "o", "j") ")"},
    {"order_states", "The state of an order is counted as another, or not at all.",
     "SELECT o.id FROM objects o LEFT JOIN order_states s ON s.order_id = o.id AND " SAME_SCOPE(
         "s", "o") " WHERE o.type = 'order' AND s.status IS NOT " TEXT("o.body",
                                                                       "status") " UNION ALL SELECT order_id FROM "
                                                                                 "order_states WHERE order_id NOT "
                                                                                 "IN (SELECT id FROM objects WHERE "
                                                                                 "type = 'order')"},
    {"order_sums", "The items of an order do not sum up to what it says.",
     "SELECT o.id FROM objects o WHERE o.type = 'order' AND " TEXT(
         "o.body",
         "totals.items.amount") " IS NOT (SELECT sum(" TEXT("i.body",
                                                            "line_total.amount") ") FROM json_each(o.private, "
                                                                                 "'$.items') n JOIN objects "
                                                                                 "i ON i.id = n.value)"},
    {"order_sums", "Items, fee, shipping and tax do not sum up to the total.",
     "SELECT o.id FROM objects o WHERE o.type = 'order' AND " TEXT("o.body", "totals.total.amount") " IS NOT " TEXT(
         "o.body",
         "totals.items.amount") " + " TEXT("o.body",
                                           "totals.small_order_fee.amount") " + " TEXT("o.body",
                                                                                       "totals.shipping."
                                                                                       "amount") " + "
                                                                                                 "coalesce(("
                                                                                                 "SELECT "
                                                                                                 "sum(" TEXT(
                                                                                                     "l."
                                                                                                     "value",
                                                                                                     "amount"
                                                                                                     "."
                                                                                                     "amoun"
                                                                                                     "t") ")"
                                                                                                          " "
                                                                                                          "F"
                                                                                                          "R"
                                                                                                          "O"
                                                                                                          "M"
                                                                                                          " "
                                                                                                          "j"
                                                                                                          "s"
                                                                                                          "o"
                                                                                                          "n"
                                                                                                          "_"
                                                                                                          "e"
                                                                                                          "a"
                                                                                                          "c"
                                                                                                          "h"
                                                                                                          "("
                                                                                                          "o"
                                                                                                          "."
                                                                                                          "b"
                                                                                                          "o"
                                                                                                          "d"
                                                                                                          "y"
                                                                                                          ","
                                                                                                          " "
                                                                                                          "'"
                                                                                                          "$"
                                                                                                          "."
                                                                                                          "t"
                                                                                                          "a"
                                                                                                          "x"
                                                                                                          "_"
                                                                                                          "l"
                                                                                                          "i"
                                                                                                          "n"
                                                                                                          "e"
                                                                                                          "s"
                                                                                                          "'"
                                                                                                          ")"
                                                                                                          " "
                                                                                                          "l"
                                                                                                          " "
                                                                                                          "W"
                                                                                                          "H"
                                                                                                          "E"
                                                                                                          "R"
                                                                                                          "E"
                                                                                                          " "
                                                                                                          "N"
                                                                                                          "O"
                                                                                                          "T"
                                                                                                          " " TEXT(
                                                                                                              "l.value",
                                                                                                              "inclusiv"
                                                                                                              "e") "), "
                                                                                                                   "0"
                                                                                                                   ")"},
    {"order_sums", "The lines of tax do not sum up to the tax.",
     "SELECT o.id FROM objects o WHERE o.type = 'order' AND " TEXT(
         "o.body",
         "totals.tax.amount") " IS NOT coalesce((SELECT sum(" TEXT("l.value",
                                                                   "amount.amount") ") FROM json_each(o.body, "
                                                                                    "'$.tax_lines') l), 0)"},
    {"quote_sums", "The breakdown of an option does not sum up to its price.",
     "SELECT q.id FROM objects q, json_each(q.body, '$.options') o WHERE q.type = 'quote' AND " TEXT(
         "o.value", "line_total.amount") " IS NOT NULL AND json_type(o.value, '$.breakdown') = 'object' AND "
                                         "(SELECT sum(b.value) FROM json_each(o.value, '$.breakdown') b) <> " TEXT(
                                             "o.value", "line_total.amount")},
    {"options", "The first order of an option does not hold its key: the option might be ordered again.",
     "SELECT min(id) FROM objects WHERE type = 'order_item' GROUP BY account_id, livemode, " TEXT(
         "body", "option_id") " HAVING sum(unique_key IS 'option:' || " TEXT("body", "option_id") ") <> 1"},
    {"sequences", "Events of an account are missing between others, or their counter is wrong.",
     "SELECT e.account_id FROM events e LEFT JOIN counters c ON c.name = 'event' AND " SAME_SCOPE(
         "c", "e") " GROUP BY e.account_id, e.livemode HAVING count(*) <> max(e.sequence) - min(e.sequence) + 1 OR "
                   "max(c.value) IS NOT "
                   "max(e.sequence)"},
    {"sequences", "An event says another id or number than its row.",
     "SELECT id FROM events WHERE " TEXT("body", "id") " IS NOT id OR " TEXT("body", "sequence") " IS NOT sequence"},
    {"deliveries", "A delivery that waits has no event.",
     "SELECT d.id FROM deliveries d WHERE d.status IN ('pending', 'delivering', 'held') AND NOT EXISTS (SELECT 1 "
     "FROM "
     "events e WHERE e.id = d.event_id AND " SAME_SCOPE("e", "d") ") AND d.sequence >= (SELECT min(e.sequence) FROM "
                                                                  "events e WHERE " SAME_SCOPE("e", "d") ")"},
    {"deliveries", "A delivery names an endpoint that is not there.",
     "SELECT d.id FROM deliveries d WHERE NOT EXISTS (SELECT 1 FROM objects o WHERE o.type = 'webhook_endpoint' "
     "AND "
     "o.id = d.endpoint_id AND " SAME_SCOPE("o", "d") ")"},
    {"deliveries", "A delivery that is to be sent has no time, or is under way for nobody.",
     "SELECT id FROM deliveries WHERE (status = 'pending' AND due_ms IS NULL) OR (status = 'delivering' AND (owner "
     "IS "
     "NULL OR lease_ms IS NULL))"},
    {"balances", "What an account has earned is not what its shipments say.",
     "WITH earned AS (SELECT s.account_id, s.livemode, " TEXT(
         "o.body",
         "totals.total.currency") " AS currency, sum(" TEXT("l.value",
                                                            "quantity") " * " TEXT("i.private",
                                                                                   "share_minor") ") AS "
                                                                                                  "minor "
                                                                                                  "FROM "
                                                                                                  "object"
                                                                                                  "s s "
                                                                                                  "JOIN "
                                                                                                  "object"
                                                                                                  "s o "
                                                                                                  "ON "
                                                                                                  "o.id "
                                                                                                  "="
                                                                                                  " " TEXT(
                                                                                                      "s.body",
                                                                                                      "o"
                                                                                                      "r"
                                                                                                      "d"
                                                                                                      "e"
                                                                                                      "r"
                                                                                                      "_"
                                                                                                      "i"
                                                                                                      "d") ", "
                                                                                                           "json_each("
                                                                                                           "s.body, "
                                                                                                           "'$.items') "
                                                                                                           "l JOIN "
                                                                                                           "objects i "
                                                                                                           "ON i.id "
                                                                                                           "= " TEXT(
                                                                                                               "l"
                                                                                                               "."
                                                                                                               "v"
                                                                                                               "a"
                                                                                                               "l"
                                                                                                               "u"
                                                                                                               "e",
                                                                                                               "i"
                                                                                                               "t"
                                                                                                               "e"
                                                                                                               "m"
                                                                                                               "_"
                                                                                                               "i"
                                                                                                               "d") " W"
                                                                                                                    "HE"
                                                                                                                    "RE"
                                                                                                                    " "
                                                                                                                    "s."
                                                                                                                    "ty"
                                                                                                                    "pe"
                                                                                                                    " ="
                                                                                                                    " "
                                                                                                                    "'s"
                                                                                                                    "hi"
                                                                                                                    "pm"
                                                                                                                    "en"
                                                                                                                    "t'"
                                                                                                                    " G"
                                                                                                                    "RO"
                                                                                                                    "UP"
                                                                                                                    " B"
                                                                                                                    "Y "
                                                                                                                    "1,"
                                                                                                                    " 2"
                                                                                                                    ", "
                                                                                                                    "3)"
                                                                                                                    " "
                                                                                                                    "SE"
                                                                                                                    "LE"
                                                                                                                    "CT"
                                                                                                                    " "
                                                                                                                    "ac"
                                                                                                                    "co"
                                                                                                                    "un"
                                                                                                                    "t_"
                                                                                                                    "id"
                                                                                                                    " F"
                                                                                                                    "RO"
                                                                                                                    "M "
                                                                                                                    "(S"
                                                                                                                    "EL"
                                                                                                                    "EC"
                                                                                                                    "T "
                                                                                                                    "ac"
                                                                                                                    "co"
                                                                                                                    "un"
                                                                                                                    "t_"
                                                                                                                    "id"
                                                                                                                    ", "
                                                                                                                    "li"
                                                                                                                    "ve"
                                                                                                                    "mo"
                                                                                                                    "de"
                                                                                                                    ", "
                                                                                                                    "cu"
                                                                                                                    "rr"
                                                                                                                    "en"
                                                                                                                    "cy"
                                                                                                                    ", "
                                                                                                                    "mi"
                                                                                                                    "no"
                                                                                                                    "r "
                                                                                                                    "FR"
                                                                                                                    "OM"
                                                                                                                    " "
                                                                                                                    "ea"
                                                                                                                    "rn"
                                                                                                                    "ed"
                                                                                                                    " "
                                                                                                                    "UN"
                                                                                                                    "IO"
                                                                                                                    "N "
                                                                                                                    "AL"
                                                                                                                    "L "
                                                                                                                    "SE"
                                                                                                                    "LE"
                                                                                                                    "CT"
                                                                                                                    " "
                                                                                                                    "ac"
                                                                                                                    "co"
                                                                                                                    "un"
                                                                                                                    "t_"
                                                                                                                    "id"
                                                                                                                    ", "
                                                                                                                    "li"
                                                                                                                    "ve"
                                                                                                                    "mo"
                                                                                                                    "de"
                                                                                                                    ", "
                                                                                                                    "cu"
                                                                                                                    "rr"
                                                                                                                    "en"
                                                                                                                    "cy"
                                                                                                                    ", "
                                                                                                                    "-s"
                                                                                                                    "ha"
                                                                                                                    "re"
                                                                                                                    "_"
                                                                                                                    "mi"
                                                                                                                    "no"
                                                                                                                    "r "
                                                                                                                    "FR"
                                                                                                                    "OM"
                                                                                                                    " "
                                                                                                                    "ba"
                                                                                                                    "la"
                                                                                                                    "nc"
                                                                                                                    "es"
                                                                                                                    ") "
                                                                                                                    "GR"
                                                                                                                    "OU"
                                                                                                                    "P "
                                                                                                                    "BY"
                                                                                                                    " "
                                                                                                                    "ac"
                                                                                                                    "co"
                                                                                                                    "un"
                                                                                                                    "t_"
                                                                                                                    "id"
                                                                                                                    ", "
                                                                                                                    "li"
                                                                                                                    "ve"
                                                                                                                    "mo"
                                                                                                                    "de"
                                                                                                                    ", "
                                                                                                                    "cu"
                                                                                                                    "rr"
                                                                                                                    "en"
                                                                                                                    "cy"
                                                                                                                    " "
                                                                                                                    "HA"
                                                                                                                    "VI"
                                                                                                                    "NG"
                                                                                                                    " "
                                                                                                                    "su"
                                                                                                                    "m("
                                                                                                                    "mi"
                                                                                                                    "no"
                                                                                                                    "r)"
                                                                                                                    " <"
                                                                                                                    "> "
                                                                                                                    "0"},
    {"open_orders", "A product counts another number of open orders than there are.",
     "SELECT p.id FROM objects p WHERE p.type = 'product' AND p.deleted = 0 AND " TEXT(
         "p.body", "open_order_count") " IS NOT (SELECT count(DISTINCT o.id) FROM objects i JOIN objects o ON o.id "
                                       "= " TEXT("i.body", "order_id") " WHERE i.type = 'order_item' AND " TEXT(
                                           "i.body", "product_id") " "
                                                                   "="
                                                                   " "
                                                                   "p"
                                                                   "."
                                                                   "i"
                                                                   "d"
                                                                   " "
                                                                   "A"
                                                                   "N"
                                                                   "D"
                                                                   " " TEXT("o.body", "status") " NOT "
                                                                                                "IN"
                                                                                                " " FINAL ")"},
    {"idempotency", "A request that is done has no answer.",
     "SELECT rowid FROM idempotency WHERE state = 'done' AND (status IS NULL OR done_ms IS NULL)"},
    {NULL, NULL, NULL}};
