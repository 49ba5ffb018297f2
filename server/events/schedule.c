#include "events/schedule.h"

#define SECOND INT64_C(1000)
#define HOUR (3600 * SECOND)
#define LIMIT (48 * HOUR)
/* The last attempt begins before the limit by more than it may be late, so that it is never beyond it. */
#define LAST (LIMIT - HOUR / 4)
#define ASKED_MAX (24 * HOUR)
#define HELD (7 * 24 * HOUR)

static const int64_t delays[SV_ATTEMPTS_MAX] = {0,        5 * SECOND, 60 * SECOND, 300 * SECOND, HOUR / 2,
                                                2 * HOUR, 5 * HOUR,   10 * HOUR,   14 * HOUR,    16 * HOUR};

static int64_t scaled(int64_t ms, double scale) { return (int64_t)((double)ms * scale); }

bool sv_schedule_next(int64_t tries, int64_t base_ms, int64_t now_ms, double scale, double chance, int64_t asked_ms,
                      int64_t *due_ms)
{
    const int64_t last = base_ms + scaled(LAST, scale);
    if (tries >= SV_ATTEMPTS_MAX || now_ms >= last) return false;
    *due_ms = now_ms + scaled(delays[tries], scale * (0.9 + 0.2 * chance));
    if (asked_ms > ASKED_MAX) asked_ms = ASKED_MAX;
    if (*due_ms < now_ms + asked_ms) *due_ms = now_ms + asked_ms;
    if (*due_ms > last) *due_ms = last;
    return true;
}

bool sv_schedule_gives_up(int64_t attempts, int64_t since_ms, int64_t now_ms, double scale)
{
    return attempts >= SV_ATTEMPTS_MAX && now_ms - since_ms >= scaled(LIMIT, scale);
}

int64_t sv_schedule_held_ms(double scale) { return scaled(HELD, scale); }
