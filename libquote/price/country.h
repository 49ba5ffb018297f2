/* ISO 3166-1 country codes. */
#ifndef LQI_COUNTRY_H
#define LQI_COUNTRY_H

#include <stdbool.h>

/* Turns an alpha-2 or alpha-3 code in capitals into alpha-2; false for anything that is no country. */
bool lqi_country(const char *code, char alpha2[3]);

/* Is this an alpha-2 code? What a price book may hold. */
bool lqi_country_alpha2(const char *code);

#endif
