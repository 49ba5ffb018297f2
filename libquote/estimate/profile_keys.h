/* What is known of each setting: does it change filament or time, and is that in the estimate? */
#ifndef LQI_PROFILE_KEYS_H
#define LQI_PROFILE_KEYS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum lqi_key_kind {
    LQI_KEY_READ,    /* the estimate uses it; `value` is what PrusaSlicer takes where a profile is silent */
    LQI_KEY_MATTERS, /* it changes the result unless it is `value` */
    LQI_KEY_NEUTRAL, /* neither filament nor time depend on it */
    LQI_KEY_UNKNOWN
} lqi_key_kind;

/* *value (may be NULL) gets the text that the kind tells of, or NULL. */
lqi_key_kind lqi_profile_key(const char *key, const char **value);

#endif
