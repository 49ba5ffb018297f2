/* What must hold between the rows of the database (doctor_checks.c), in SQL that answers the ids where it does not. */
#ifndef SV_CTL_DOCTOR_H
#define SV_CTL_DOCTOR_H

typedef struct sv_doctor_check {
    const char *name, *words, *sql;
} sv_doctor_check;

extern const sv_doctor_check sv_doctor_checks[]; /* name NULL at the end */

/* kind, id, sealed text of each secret that is kept: of endpoints and of answers that may be repeated. */
#define SV_SEALED_SQL                                                                                      \
    "SELECT 'secret', id, json_extract(private, '$.secret') FROM objects WHERE type = 'webhook_endpoint' " \
    "AND json_extract(private, '$.secret') IS NOT NULL "                                                   \
    "UNION ALL SELECT 'previous', id, json_extract(private, '$.previous') FROM objects WHERE type = "      \
    "'webhook_endpoint' AND json_extract(private, '$.previous') IS NOT NULL "                              \
    "UNION ALL SELECT 'answer', rowid, secret FROM idempotency WHERE secret IS NOT NULL"

#endif
