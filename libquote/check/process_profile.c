#include "check/process_profile.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/fail.h"
#include "base/memory.h"
#include "check/process_profiles.h"

enum { PROFILES_MAX = 256, SIZE_MAX_JSON = 1 << 20 };

static const char *const keys[LQI_DEMAND_COUNT] = {
#define LQI_DEMAND_KEY(name, key, above) key,
    LQI_DEMAND_LIST(LQI_DEMAND_KEY)
#undef LQI_DEMAND_KEY
};

/* The first mistake wins; NULL: none. Nothing is read after it. */
typedef struct reading {
    lqi_arena *arena;
    const char *mistake;
    bool short_of_memory;
} reading;

static void wrong(reading *r, const char *mistake)
{
    if (!r->mistake) r->mistake = mistake;
}

static bool good(const reading *r) { return !r->mistake && !r->short_of_memory; }

static const char *keep_text(reading *r, const json_t *json)
{
    if (!json_is_string(json) || json_string_length(json) == 0 || json_string_length(json) > 200) {
        wrong(r, "a text of 1 to 200 bytes is expected");
        return NULL;
    }
    const char *copy = lqi_arena_text(r->arena, json_string_value(json), json_string_length(json));
    if (!copy) r->short_of_memory = true;
    return copy;
}

/* A threshold; NaN when it is absent and may be. */
static double read_number(reading *r, const json_t *json, bool required)
{
    if (!json && !required) return NAN;
    double value = json_number_value(json);
    if (!json_is_number(json) || !(value >= 0 && value <= 1e9)) {
        wrong(r, "a number from 0 to 1e9 is expected");
        return NAN;
    }
    return value;
}

static bool only_known(reading *r, const json_t *object, const char *const *known, size_t count)
{
    const char *key;
    json_t *value;
    if (!json_is_object(object)) {
        wrong(r, "an object is expected");
        return false;
    }
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        bool found = false;
        for (size_t i = 0; i < count && !found; i++) found = strcmp(known[i], key) == 0;
        if (!found) wrong(r, "a member is unknown");
    }
    return good(r);
}

static void read_panels(reading *r, const json_t *list, lqi_demand *demand)
{
    static const char *const known[] = {"extent_mm", "warn", "block"};
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count == 0 || count > LQI_PANELS_MAX) {
        wrong(r, "a list of 1 to 8 panels is expected");
        return;
    }
    for (size_t i = 0; i < count && good(r); i++) {
        const json_t *json = json_array_get(list, i);
        if (!only_known(r, json, known, 3)) return;
        lqi_panel *panel = &demand->panel[i];
        bool last = i + 1 == count;
        panel->extent_mm = read_number(r, json_object_get(json, "extent_mm"), !last);
        panel->warn = read_number(r, json_object_get(json, "warn"), false);
        panel->block = read_number(r, json_object_get(json, "block"), false);
        if (last && json_object_get(json, "extent_mm")) wrong(r, "the last panel has no extent");
        if (last) panel->extent_mm = INFINITY;
        if (i && !(panel->extent_mm > demand->panel[i - 1].extent_mm)) wrong(r, "extents must rise");
    }
    demand->panel_count = count;
}

static void read_demand(reading *r, const json_t *json, lqi_demand *demand)
{
    static const char *const known[] = {"warn", "block", "pair", "panels", "source"};
    if (!only_known(r, json, known, 5)) return;
    const json_t *panels = json_object_get(json, "panels");
    demand->source = keep_text(r, json_object_get(json, "source"));
    demand->pair = read_number(r, json_object_get(json, "pair"), false);
    if (panels) {
        if (json_object_get(json, "warn") || json_object_get(json, "block"))
            wrong(r, "thresholds stand beside panels or in them");
        read_panels(r, panels, demand);
        return;
    }
    demand->panel[0] = (lqi_panel){INFINITY, read_number(r, json_object_get(json, "warn"), false),
                                   read_number(r, json_object_get(json, "block"), false)};
    demand->panel_count = 1;
}

static void read_profile(reading *r, const json_t *json, lqi_process_profile *profile)
{
    const char *known[LQI_DEMAND_COUNT + 3] = {"name", "support_deg", "support_source"};
    memcpy(known + 3, keys, sizeof keys);
    if (!only_known(r, json, known, LQI_DEMAND_COUNT + 3)) return;
    profile->name = keep_text(r, json_object_get(json, "name"));
    profile->support_deg = read_number(r, json_object_get(json, "support_deg"), true);
    profile->support_source = keep_text(r, json_object_get(json, "support_source"));
    if (profile->support_deg > 90) wrong(r, "an angle of at most 90 degrees is expected");
    for (size_t i = 0; i < LQI_DEMAND_COUNT && good(r); i++) {
        const json_t *demand = json_object_get(json, keys[i]);
        if (demand) read_demand(r, demand, &profile->demand[i]);
    }
}

static void read_root(reading *r, const json_t *root, lqi_process_profiles *profiles)
{
    static const char *const known[] = {"version", "profiles"};
    if (!only_known(r, root, known, 2)) return;
    (void)keep_text(r, json_object_get(root, "version"));
    const json_t *map = json_object_get(root, "profiles");
    size_t count = json_object_size(map);
    if (!json_is_object(map) || count == 0 || count > PROFILES_MAX) wrong(r, "1 to 256 profiles are expected");
    if (!good(r)) return;
    profiles->items = lqi_arena_alloc(r->arena, count * sizeof *profiles->items);
    if (!profiles->items) r->short_of_memory = true;
    if (!good(r)) return;
    memset(profiles->items, 0, count * sizeof *profiles->items);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)map, key, value)
    {
        if (!good(r)) return;
        lqi_process_profile *profile = &profiles->items[profiles->count++];
        profile->id = lqi_arena_text(r->arena, key, strlen(key));
        if (!profile->id) r->short_of_memory = true;
        read_profile(r, value, profile);
    }
}

lq_status lqi_process_profiles_read(lqi_arena *arena, const char *json, size_t size, lqi_process_profiles *profiles,
                                    const char **mistake)
{
    reading r = {.arena = arena};
    json_error_t error;
    *profiles = (lqi_process_profiles){0};
    *mistake = "";
    json_t *root = size <= SIZE_MAX_JSON ? json_loadb(json, size, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (root)
        read_root(&r, root, profiles);
    else
        wrong(&r, "this is no JSON, or too long");
    json_decref(root);
    if (r.short_of_memory) return lqi_memory_status(arena->context);
    if (!r.mistake) return LQ_OK;
    *mistake = r.mistake;
    return lqi_fail(arena->context, LQI_INTERNAL, -1, "The process profiles are not valid: %s.", r.mistake);
}

lq_status lqi_process_profiles_read_default(lqi_arena *arena, lqi_process_profiles *profiles)
{
    const char *mistake;
    return lqi_process_profiles_read(arena, lqi_process_profiles_json, lqi_process_profiles_json_size, profiles,
                                     &mistake);
}

const lqi_process_profile *lqi_process_profiles_find(const lqi_process_profiles *profiles, const char *id)
{
    for (size_t i = 0; i < profiles->count; i++)
        if (strcmp(profiles->items[i].id, id) == 0) return &profiles->items[i];
    return NULL;
}

lqi_panel lqi_demand_at(const lqi_demand *demand, double extent_mm)
{
    for (size_t i = 0; i < demand->panel_count; i++)
        if (extent_mm <= demand->panel[i].extent_mm) return demand->panel[i];
    return (lqi_panel){INFINITY, NAN, NAN};
}
