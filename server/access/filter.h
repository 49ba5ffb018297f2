/* What a list is asked for, and its filter as a condition in SQL. Seen by list.c alone. */
#ifndef SV_FILTER_H
#define SV_FILTER_H

#include "access/list.h"

#define SV_QUERY_SORTS_MAX 5
#define SV_QUERY_VALUES_MAX 512

typedef struct sv_sorting {
    const sv_field *field;
    bool down;
} sv_sorting;

typedef struct sv_query {
    sv_call *call;
    const sv_listing *listing;
    sv_text where;                        /* grows from the left to the right, with ?1, ?2, ... */
    sv_value values[SV_QUERY_VALUES_MAX]; /* of these; they borrow from the filter, or from owned */
    char *owned[SV_QUERY_VALUES_MAX];
    size_t value_count, owned_count, conditions;
    bool texts; /* values are texts, of a query string */
    sv_sorting sorts[SV_QUERY_SORTS_MAX + 1];
    size_t sort_count;
    int64_t limit, offset;
    bool has_offset, meta;
    const char *cursor;
    json_t *filter, *fields; /* owned */
} sv_query;

/* Keeps a text until the query is freed. */
const char *sv_query_own(sv_query *q, char *text);
/* "?7" */
void sv_query_put_value(sv_query *q, sv_value value);
/* The field as SQL; NULL: metadata of that name. Names come from our own tables; a key of metadata is bound. */
void sv_query_put_field(sv_query *q, const sv_field *field, const char *name);
/* All of q->filter, which refuses what it cannot be. */
void sv_query_put_filter(sv_query *q);

const sv_field *sv_query_find_field(const sv_query *q, const char *name); /* NULL: there is none */
bool sv_query_is_number(const sv_field *field);                           /* in the database */
bool sv_query_is_column(const sv_field *field);
bool sv_query_is_operator(const char *word);
/* With the list of what is allowed. */
void sv_query_refuse_field(sv_query *q, sv_error error, const char *what, bool sorting_only);

#endif
