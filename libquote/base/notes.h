/* Findings on the way from bytes to report: the format and mesh floors add, the API turns them into diagnostics. */
#ifndef LQI_NOTES_H
#define LQI_NOTES_H

#include <stdint.h>

#include "base/arena.h"
#include "libquote.h"

typedef struct lqi_note {
    const char *code; /* static text, contract vocabulary */
    lq_severity severity;
    uint64_t count;
    const char *message; /* in the arena */
    int64_t offset;      /* first place in the bytes; -1: none */
    int64_t line;
    const char *part; /* entry or model part, or NULL */
    const char *measure_name;
    double measure_value; /* NaN: none */
    const char *measure_unit;
    double volume_delta_mm3, area_delta_mm2, confidence; /* NaN: unknown */
    int repairable, repaired;
    double point_mm[3]; /* NaN: none */
    int64_t triangle, shell;
} lqi_note;

typedef struct lqi_notes {
    lqi_arena arena;
    lqi_note *items; /* sorted by nothing until lqi_notes_sort */
    size_t count, capacity;
} lqi_notes;

void lqi_notes_init(lqi_notes *notes, lq_context *context);
void lqi_notes_free(lqi_notes *notes);

/* Adds one finding, or raises the count of an earlier one with the same code and part. *note (may be NULL) lets the
 * caller fill measure and effect. `format` is the message; it is used for the first of a code only. */
lq_status lqi_notes_add(lqi_notes *notes, const char *code, lq_severity severity, uint64_t count, int64_t offset,
                        lqi_note **note, const char *format, ...) __attribute__((format(printf, 7, 8)));

const lqi_note *lqi_notes_find(const lqi_notes *notes, const char *code);

/* Copies all findings of `from` into `notes`. */
lq_status lqi_notes_append(lqi_notes *notes, const lqi_notes *from);

/* By falling severity, then code, then part: the order of the report. */
void lqi_notes_sort(lqi_notes *notes);

#endif
