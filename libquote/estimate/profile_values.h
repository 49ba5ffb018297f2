/* The texts of a profile as numbers, with PrusaSlicer's rules for percentages and lists. The first mistake sticks. */
#ifndef LQI_PROFILE_VALUES_H
#define LQI_PROFILE_VALUES_H

#include "estimate/profile.h"

/* The first mistake. */
typedef struct lqi_profile_mistake {
    const char *key; /* static text; NULL: none */
    char sentence[96];
} lqi_profile_mistake;

typedef struct lqi_values {
    const lqi_profile *profile;
    lqi_profile_mistake mistake;
} lqi_values;

/* The profile's text, or what PrusaSlicer takes without one. */
const char *lqi_value_text(const lqi_values *values, const char *key);

/* Is the first item of the value this word? */
bool lqi_value_is(const lqi_values *values, const char *key, const char *word);

/* The first number of the value; the lesser bound when it is not within min to max. */
double lqi_value_number(lqi_values *values, const char *key, double min, double max);

/* The same, where "50%" is half of `whole`. */
double lqi_value_part(lqi_values *values, const char *key, double whole, double min, double max);

/* "20%" and "20" are 0.2. */
double lqi_value_percent(lqi_values *values, const char *key, double max);

int lqi_value_integer(lqi_values *values, const char *key, int min, int max);
bool lqi_value_flag(lqi_values *values, const char *key); /* "0" or "1" */

/* Records a mistake; key is static text. */
void lqi_value_wrong(lqi_values *values, const char *key, const char *sentence);

#endif
