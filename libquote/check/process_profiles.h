/* libquote/check/process_profiles.json as the build embeds it. */
#ifndef LQI_PROCESS_PROFILES_H
#define LQI_PROCESS_PROFILES_H

#include <stddef.h>

extern const char lqi_process_profiles_json[];
extern const size_t lqi_process_profiles_json_size;

#endif
