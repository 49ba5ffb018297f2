/* Work on bytes from outside, in a process of its own: limits of memory and time, no network, no files but those it is
 * given. Whatever becomes of it, the caller lives. It answers with lines of JSON. */
#ifndef SV_CHILD_H
#define SV_CHILD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/text.h"

#define SV_CHILD_MEMORY ((int64_t)4 << 30)
#define SV_CHILD_CPU_SECONDS 120
#define SV_CHILD_WALL_SECONDS 180

/* The shadow memory of sanitizers alone is larger: with them a child has no limit of memory. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SV_CHILD_SHADOWED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SV_CHILD_SHADOWED 1
#endif
#endif

typedef struct sv_child {
    pid_t pid;
    int answers;
    sv_text text; /* what came and was not yet asked for */
    size_t taken;
} sv_child;

typedef enum sv_child_end {
    SV_CHILD_LINE,  /* there is a line */
    SV_CHILD_LATER, /* the time is over, the work goes on */
    SV_CHILD_LIMIT, /* ended by one of its limits */
    SV_CHILD_BROKEN /* ended otherwise, or said what is no JSON */
} sv_child_end;

typedef void (*sv_child_work)(void *what, int answers);

/* files: descriptors that the work needs, at most 4; all others are closed in the child. */
bool sv_child_start(sv_child *child, sv_child_work work, void *what, const int *files, size_t count);

/* The next line, waited for until a moment of sv_monotonic_us. *line: the caller owns it. */
sv_child_end sv_child_read(sv_child *child, int64_t until_us, json_t **line);

/* Ends it if it still runs. Always to be called. */
void sv_child_stop(sv_child *child);

/* From within the work: one line. line: taken over. */
void sv_child_say(int answers, json_t *line);

#endif
