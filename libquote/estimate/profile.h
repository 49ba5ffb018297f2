/* A slicer's configuration as pairs of texts: what PrusaSlicer writes as .ini, or at the end of its G-code. */
#ifndef LQI_PROFILE_H
#define LQI_PROFILE_H

#include <stdbool.h>

#include "base/arena.h"

typedef struct lqi_setting {
    const char *key;   /* lower-case letters, digits and '_' */
    const char *value; /* as the file has it, without blanks at its ends */
} lqi_setting;

typedef struct lqi_profile {
    lqi_arena arena;    /* owns the texts */
    lqi_setting *items; /* in strcmp order of their keys, each key once */
    size_t count, capacity;
} lqi_profile;

enum {
    LQI_PROFILE_SIZE_MAX = 4 << 20, /* bytes of settings; G-code around them does not count */
    LQI_PROFILE_LINE_MAX = 1 << 18,
    LQI_PROFILE_KEY_MAX = 64,
    LQI_PROFILE_COUNT_MAX = 4096
};

void lqi_profile_init(lqi_profile *profile, lq_context *context);
void lqi_profile_free(lqi_profile *profile);

/*
 * Adds the settings of a file; those that are there already get its values. Understood are lines KEY = VALUE, empty
 * lines, comments behind '#' or ';', section titles where each kind of preset stands once, and G-code with its block of
 * settings. LQ_ERR_INPUT profile_invalid with line and offset: the profile is as it was. LQ_ERR_LIMIT, LQ_ERR_MEMORY.
 */
lq_status lqi_profile_read(lqi_profile *profile, const char *text, size_t size);

/* Can a setting have this name? */
bool lqi_profile_is_key(const char *text);

/* Sets one. LQ_ERR_ARGUMENT profile_key for a key that no setting can have. */
lq_status lqi_profile_set(lqi_profile *profile, const char *key, const char *value);

/* The value, or NULL. */
const char *lqi_profile_find(const lqi_profile *profile, const char *key);

#endif
