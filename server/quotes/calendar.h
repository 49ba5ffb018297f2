/* Business days of the print house: Monday to Friday without the holidays of its price book, where its clocks are. */
#ifndef SV_CALENDAR_H
#define SV_CALENDAR_H

#include <jansson.h>

#include "base/moment.h"

/* The date where the house is. */
void sv_house_date(const json_t *book, int64_t now_ms, char date[SV_DATE_SIZE]);

/* When something ordered at this moment is ready after so many business days: after the cutoff it counts as ordered
 * the day after. */
void sv_ship_date(const json_t *book, int64_t now_ms, int64_t days, char date[SV_DATE_SIZE]);

/* `from` and so many business days. */
void sv_later_date(const json_t *book, const char *from, int64_t days, char date[SV_DATE_SIZE]);

#endif
