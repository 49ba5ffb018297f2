#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/memory.h"

static const struct {
    const char *word;
    lq_status status;
} reasons[LQI_REASON_COUNT] = {
#define LQI_REASON_ROW(name, word, status) {word, status},
    LQI_REASON_LIST(LQI_REASON_ROW)
#undef LQI_REASON_ROW
};

const char *lqi_reason_word(lqi_reason reason) { return reasons[reason].word; }

/* Terminals and logs must not be steered by names from a file; a cut must not split a UTF-8 sequence. */
static void make_harmless(char *text, size_t size_max)
{
    size_t size = strnlen(text, size_max);
    if (size == size_max && size) {
        size--;
        while (size && ((unsigned char)text[size] & 0xC0) == 0x80) size--;
        text[size] = 0;
    }
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F) text[i] = '?';
}

static bool is_first(lq_context *context)
{
    int expected = 0;
    return atomic_compare_exchange_strong_explicit(&context->failed, &expected, 1, memory_order_relaxed,
                                                   memory_order_relaxed);
}

void lqi_fail_again(lq_context *context, const lq_error *error)
{
    if (is_first(context)) context->error = *error;
}

lq_status lqi_fail(lq_context *context, lqi_reason reason, int64_t offset, const char *format, ...)
{
    lq_status status = reasons[reason].status;
    if (!is_first(context)) return status;
    lq_error *error = &context->error;
    *error = (lq_error){
        .status = status, .code = reasons[reason].word, .offset = offset, .line = -1, .limit = -1, .actual = -1};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    make_harmless(error->message, sizeof error->message);
    return status;
}

static void copy_once(char *to, size_t size, const char *from)
{
    if (to[0] || !from) return;
    snprintf(to, size, "%s", from);
    make_harmless(to, size);
}

void lqi_fail_part(lq_context *context, const char *part)
{
    copy_once(context->error.part, sizeof context->error.part, part);
}

void lqi_fail_detected(lq_context *context, const char *detected)
{
    copy_once(context->error.detected, sizeof context->error.detected, detected);
}

void lqi_fail_line(lq_context *context, int64_t line)
{
    if (context->error.line < 0) context->error.line = line;
}

static int64_t clamp(uint64_t value) { return value > INT64_MAX ? INT64_MAX : (int64_t)value; }

void lqi_fail_limit(lq_context *context, uint64_t limit, uint64_t actual)
{
    if (context->error.limit >= 0) return;
    context->error.limit = clamp(limit);
    context->error.actual = clamp(actual);
}

void lqi_fail_candidate(lq_context *context, const char *name)
{
    size_t count = context->error.candidate_count;
    if (count >= LQI_CANDIDATES_MAX) return;
    char *copy = lqi_copy_text(context, name, strlen(name));
    if (!copy) return;
    make_harmless(copy, strlen(copy) + 1);
    context->candidates[count] = copy;
    context->error.candidate_count = count + 1;
}

lq_status lqi_fail_over_limit(lq_context *context, const char *limit_name, uint64_t limit, uint64_t actual)
{
    lq_status status = lqi_fail(context, LQI_LIMIT, -1, "The file needs more than the limit %s allows.", limit_name);
    lqi_fail_limit(context, limit, actual);
    return status;
}
