/* When a delivery that failed is tried again. */
#ifndef SV_SCHEDULE_H
#define SV_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#define SV_ATTEMPTS_MAX 10

/* tries: attempts that failed, the last one at now_ms. base_ms: when the schedule began. scale: of every delay.
 * chance: 0 to 1, how late within the tenth that a delay may vary. asked_ms: the receiver asked to wait so long, 0: it
 * did not. false: there is no further attempt. */
bool sv_schedule_next(int64_t tries, int64_t base_ms, int64_t now_ms, double scale, double chance, int64_t asked_ms,
                      int64_t *due_ms);

/* An endpoint that answered nothing good for so long, and so often, is disabled. */
bool sv_schedule_gives_up(int64_t attempts, int64_t since_ms, int64_t now_ms, double scale);

/* How long what waits for a disabled endpoint is held. */
int64_t sv_schedule_held_ms(double scale);

#endif
