/* Whether the operator makes a part: asked for by its seller, decided by the operator, or by the seller itself in test
 * mode. */
#ifndef SV_REVIEW_H
#define SV_REVIEW_H

#include "access/call.h"

typedef struct sv_decision {
    const char *decision, *comment; /* borrowed from the body; comment: NULL for none */
    json_t *rejections;             /* as they are shown; the caller owns it */
} sv_decision;

/* {decision, comment, rejections} of call->body. false: refused, and there is nothing to free. */
bool sv_take_decision(sv_call *call, sv_decision *decision);

/* [{code, title, comment, picture_url}] of call->body, every member there; none where nothing is said. NULL: refused. The
 * caller owns it. */
json_t *sv_take_rejections(sv_call *call);

/* Changes and stores the part, tells part.review.<decision>. Only within a writing transaction. false: refused, with
 * 409 review_not_pending where nobody has asked. */
bool sv_decide_review(sv_call *call, sv_object *part, const sv_decision *decision);

#endif
