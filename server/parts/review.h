/* Whether the operator makes a part: asked for by its seller, decided by the operator, or by the seller itself in test
 * mode. */
#ifndef SV_REVIEW_H
#define SV_REVIEW_H

#include "access/call.h"

/* Takes {decision, comment, rejections} from call->body, changes and stores the part, tells part.review.<decision>.
 * Only within a writing transaction. false: refused, with 409 review_not_pending where nobody has asked. */
bool sv_decide_review(sv_call *call, sv_object *part);

#endif
