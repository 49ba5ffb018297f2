/* What can happen: the names of events, and what an endpoint may ask for. */
#ifndef SV_TYPES_H
#define SV_TYPES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct sv_event_type {
    const char *name, *description;
} sv_event_type;

extern const sv_event_type sv_event_types[];
extern const size_t sv_event_type_count;

/* "order.shipped", "order.*" and "*": is there an event that it means? */
bool sv_event_pattern_is(const char *pattern);
bool sv_event_matches(const char *pattern, const char *type);

#endif
