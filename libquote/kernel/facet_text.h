/*
 * The ordinary facet of ASCII STL, many in a row:
 *   facet normal T T T outer loop vertex N N N vertex N N N vertex N N N endloop endfacet
 * with white space after every token (any amount, CR, LF, tabs), words in any letter case, perhaps a blank behind
 * `end`, T any token that does not begin with a letter other than n, N a number of base/decimal.h of magnitude 0 or
 * FLT_MIN .. LQI_FACET_TEXT_MAX. The first facet that is otherwise, or comes too near to the end, is where the kernel
 * stops; the caller has a reader for those.
 */
#ifndef LQI_FACET_TEXT_H
#define LQI_FACET_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LQI_FACET_TEXT_MAX 1e9f

/* The normal of a facet as it stands in the text: most need not be read as numbers to be known to agree. */
typedef struct lqi_text_normal {
    const char *text; /* its first token, white space before it at most; NULL: there is none */
    uint32_t minus;   /* bit k: token k begins with a minus */
} lqi_text_normal;

typedef struct lqi_facet_text {
    const char *text;         /* in: the first byte, no white space; out: the first token that was not taken, or end */
    const char *end;          /* nothing from here on is read */
    lqi_text_normal *normals; /* out: one for each facet; NULL: not wanted */
    bool any_dot;             /* out: set when a coordinate had a decimal point, else left alone */
} lqi_facet_text;

/* corners: 9 floats per facet, correctly rounded, no -0. Returns how many facets were taken, at most capacity. */
typedef size_t lqi_facet_text_fn(lqi_facet_text *in_out, float *corners, size_t capacity);

lqi_facet_text_fn lqi_facet_text_scalar;
lqi_facet_text_fn lqi_facet_text_avx2;
lqi_facet_text_fn lqi_facet_text_neon;

/* ---- for the variants ---- */

/* Where things lie in one facet. */
typedef struct lqi_facet_marks {
    const char *normal;                           /* its first token */
    uint32_t normal_minus;                        /* as in lqi_text_normal */
    const char *normal_end;                       /* behind its last token */
    const char *number_first[9], *number_last[9]; /* the last: behind the token */
    const char *next;                             /* the token behind the facet, or end */
    bool any_dot;
} lqi_facet_marks;

/* One facet at text, which is no white space. false: not an ordinary one; corners and marks are then undefined. */
bool lqi_facet_text_one(const char *text, const char *end, float corners[9], lqi_facet_marks *marks);

#endif
