/* A profile as the API sees it. */
#ifndef LQI_API_PROFILE_H
#define LQI_API_PROFILE_H

#include "base/arena.h"
#include "estimate/profile.h"

struct lq_profile {
    lq_context *context;
    lqi_profile settings;
    const char **names; /* of the files, in the order they were read; in the arena of the settings */
    size_t name_count, name_capacity;
};

#endif
