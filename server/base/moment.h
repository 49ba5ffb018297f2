/* Moments as milliseconds since 1970 UTC, and as the interface writes them. */
#ifndef SV_MOMENT_H
#define SV_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#define SV_MOMENT_SIZE 25 /* "2026-11-21T22:05:42.123Z" and a NUL */
#define SV_DATE_SIZE 11

int64_t sv_now_ms(void);
int64_t sv_monotonic_us(void);

void sv_moment_print(int64_t ms, char text[SV_MOMENT_SIZE]); /* RFC 3339, UTC, milliseconds */
void sv_date_print(int64_t ms, char text[SV_DATE_SIZE]);
bool sv_moment_read(const char *text,
                    int64_t *ms); /* RFC 3339 with any offset; fractions beyond a millisecond are cut */

#endif
