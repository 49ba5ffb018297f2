/* Metrics with a label whose values are known only as they come: codes of failures, kinds of jobs. */
#ifndef SV_LABELLED_H
#define SV_LABELLED_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/text.h"

#define SV_LABELS_MAX 128
#define SV_LABEL_SIZE 40

typedef enum sv_family {
    SV_ANALYSIS_FAILURES, /* by code */
    SV_BLOB_SECONDS,      /* by what was done */
    SV_JOB_SECONDS,       /* by kind */
    SV_QUOTES,            /* by the status they come to */
    SV_ORDERS,            /* likewise */
    SV_FAMILY_COUNT
} sv_family;

typedef struct sv_label {
    _Atomic int state; /* 0 free, 1 being named, 2 named */
    int family;
    char value[SV_LABEL_SIZE];
    _Atomic uint64_t count, micros;
} sv_label;

/* In memory that all processes share; all zero at first. */
typedef struct sv_labels {
    sv_label label[SV_LABELS_MAX];
} sv_labels;

/* One more of it; microseconds where the family is of times. A table that is full counts no new values. */
void sv_labels_count(sv_labels *labels, sv_family family, const char *value, int64_t microseconds);
void sv_labels_print(sv_labels *labels, sv_text *text);

#endif
