/* Countries of ISO 3166-1: alpha-2, alpha-3, short English name. */
#ifndef SV_COUNTRIES_H
#define SV_COUNTRIES_H

#include <stddef.h>

typedef struct sv_country {
    const char alpha2[3], alpha3[4];
    const char *name;
} sv_country;

/* The alpha-2 code of an alpha-2 or alpha-3 code in capitals; NULL: it is none. */
const char *sv_country_code(const char *given);

extern const sv_country sv_countries[];
extern const size_t sv_country_count;

#endif
