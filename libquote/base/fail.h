/* How failures are recorded and forwarded. The first failure of a call wins. */
#ifndef LQI_FAIL_H
#define LQI_FAIL_H

#include "base/reason_list.h"
#include "libquote.h"
#include <stdbool.h>

/* Records reason, place and sentence in the context and returns the reason's status. offset, line: -1 for none.
 * The message may hold text from the file: control characters are removed. */
lq_status lqi_fail(lq_context *context, lqi_reason reason, int64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Records a failure that was recorded before: in another context, or in this one and then forgotten. */
void lqi_fail_again(lq_context *context, const lq_error *error);

/* Additions to the failure just recorded. Each is ignored if it was set already, so the innermost knows best. */
void lqi_fail_part(lq_context *context, const char *part);
void lqi_fail_line(lq_context *context, int64_t line);
void lqi_fail_limit(lq_context *context, uint64_t limit, uint64_t actual);
void lqi_fail_detected(lq_context *context, const char *detected);
void lqi_fail_candidate(lq_context *context, const char *name);

/* LQ_ERR_LIMIT with the name of the limit in the sentence. */
lq_status lqi_fail_over_limit(lq_context *context, const char *limit_name, uint64_t limit, uint64_t actual);

/* Nothing can be left out and gone on with: it is not the file's fault. */
static inline bool lqi_ends_all(lq_status status)
{
    return status == LQ_ERR_MEMORY || status == LQ_ERR_CANCELLED || status == LQ_ERR_INTERNAL;
}

const char *lqi_reason_word(lqi_reason reason);

#define LQI_TRY(expression)                                   \
    do {                                                      \
        lq_status lqi_try_status_ = (expression);             \
        if (lqi_try_status_ != LQ_OK) return lqi_try_status_; \
    } while (0)

/* The same for functions with one clean-up: status must be a local, and `done` the label. */
#define LQI_TRY_GOTO(expression)        \
    do {                                \
        status = (expression);          \
        if (status != LQ_OK) goto done; \
    } while (0)

#endif
