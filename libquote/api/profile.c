#include "api/profile.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "estimate/profile_machine.h"

lq_status lq_profile_create(lq_context *context, lq_profile **out)
{
    if (!context || !out) return LQ_ERR_ARGUMENT;
    *out = NULL;
    lqi_begin(context);
    lq_profile *profile = lqi_alloc_zeroed(context, 1, sizeof *profile);
    if (!profile) return lqi_memory_status(context);
    profile->context = context;
    lqi_profile_init(&profile->settings, context);
    *out = profile;
    return LQ_OK;
}

void lq_profile_destroy(lq_profile *profile)
{
    if (!profile) return;
    lq_context *context = profile->context;
    lqi_free(context, profile->names);
    lqi_profile_free(&profile->settings);
    lqi_free(context, profile);
}

lq_status lq_profile_read(lq_profile *profile, const void *ini, size_t size, const char *name)
{
    if (!profile) return LQ_ERR_ARGUMENT;
    lq_context *context = profile->context;
    lqi_begin(context);
    if (!ini && size) return lqi_fail(context, LQI_ARGUMENT, -1, "There is no profile to read.");
    const char *shown = name ? name : "profile";
    const char *copy = lqi_arena_text(&profile->settings.arena, shown, strlen(shown));
    if (!copy) return lqi_memory_status(context);
    LQI_TRY(lqi_grow(context, (void **)&profile->names, &profile->name_capacity, profile->name_count + 1,
                     sizeof *profile->names));
    LQI_TRY(lqi_profile_read(&profile->settings, ini ? ini : "", size));
    profile->names[profile->name_count++] = copy;
    return LQ_OK;
}

lq_status lq_profile_set(lq_profile *profile, const char *key, const char *value)
{
    if (!profile) return LQ_ERR_ARGUMENT;
    lqi_begin(profile->context);
    if (!key || !value) return lqi_fail(profile->context, LQI_ARGUMENT, -1, "A setting has a key and a value.");
    return lqi_profile_set(&profile->settings, key, value);
}

lq_status lq_profile_check(const lq_profile *profile)
{
    lqi_machine machine;
    lqi_profile_mistake mistake;
    if (!profile) return LQ_ERR_ARGUMENT;
    lqi_begin(profile->context);
    if (lqi_profile_machine(&profile->settings, &lqi_no_wish, &machine, &mistake)) return LQ_OK;
    return lqi_profile_fail(profile->context, &profile->settings, &mistake);
}

const char *lq_profile_next_ignored(const lq_profile *profile, size_t *at)
{
    return lqi_profile_ignored(&profile->settings, at);
}
