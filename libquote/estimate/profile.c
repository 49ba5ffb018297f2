#include "estimate/profile.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

void lqi_profile_init(lqi_profile *profile, lq_context *context)
{
    *profile = (lqi_profile){0};
    lqi_arena_init(&profile->arena, context);
}

void lqi_profile_free(lqi_profile *profile)
{
    lqi_free(profile->arena.context, profile->items);
    lqi_arena_free(&profile->arena);
    profile->items = NULL;
    profile->count = profile->capacity = 0;
}

/* ---- pairs ---- */

/* Where the key stands, or would. */
static size_t place_of(const lqi_profile *profile, const char *key, bool *found)
{
    size_t low = 0, high = profile->count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(profile->items[middle].key, key);
        if (order == 0) *found = true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const char *lqi_profile_find(const lqi_profile *profile, const char *key)
{
    bool found;
    size_t place = place_of(profile, key, &found);
    return found ? profile->items[place].value : NULL;
}

static bool is_key(const char *text, size_t size)
{
    if (size == 0 || size > LQI_PROFILE_KEY_MAX) return false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') return false;
    }
    return true;
}

bool lqi_profile_is_key(const char *text) { return is_key(text, strlen(text)); }

static lq_status put(lqi_profile *profile, const char *key, size_t key_size, const char *value, size_t value_size)
{
    lq_context *context = profile->arena.context;
    char name[LQI_PROFILE_KEY_MAX + 1];
    bool found;
    memcpy(name, key, key_size);
    name[key_size] = 0;
    size_t place = place_of(profile, name, &found);
    if (!found && profile->count == LQI_PROFILE_COUNT_MAX)
        return lqi_fail_over_limit(context, "settings", LQI_PROFILE_COUNT_MAX, profile->count + 1);
    const char *copy = lqi_arena_text(&profile->arena, value, value_size);
    if (!copy) return lqi_memory_status(context);
    if (!found) {
        const char *key_copy = lqi_arena_text(&profile->arena, name, key_size);
        if (!key_copy) return lqi_memory_status(context);
        LQI_TRY(lqi_grow(context, (void **)&profile->items, &profile->capacity, profile->count + 1,
                         sizeof *profile->items));
        memmove(profile->items + place + 1, profile->items + place, (profile->count - place) * sizeof *profile->items);
        profile->items[place].key = key_copy;
        profile->count++;
    }
    profile->items[place].value = copy;
    return LQ_OK;
}

lq_status lqi_profile_set(lqi_profile *profile, const char *key, const char *value)
{
    size_t key_size = strlen(key);
    if (!is_key(key, key_size))
        return lqi_fail(profile->arena.context, LQI_PROFILE_KEY, -1, "\"%s\" is no name of a slicer's setting.", key);
    return put(profile, key, key_size, value, strlen(value));
}

/* ---- text ---- */

/* A preset's section: "[print:0.20mm QUALITY]". A file may hold one of each kind. */
enum { SECTION_PRINT = 1, SECTION_FILAMENT = 2, SECTION_PRINTER = 4, SECTION_OTHER = 8 };

typedef struct lines {
    lq_context *context;
    const char *start; /* of the file, for offsets */
    const char *at, *end;
    bool in_gcode; /* each line stands behind "; " */
    int64_t line;
    unsigned sections; /* those that were opened */
    bool skips;        /* the section is none of a preset */
} lines;

typedef struct pair {
    const char *key, *value;
    size_t key_size, value_size; /* key_size 0: the line holds none */
} pair;

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static void trim(const char **text, const char **end)
{
    while (*text < *end && is_blank(**text)) ++*text;
    while (*end > *text && is_blank((*end)[-1])) --*end;
}

static lq_status fail_line(const lines *l, const char *at, const char *sentence)
{
    lq_status status = lqi_fail(l->context, LQI_PROFILE_INVALID, at - l->start, "Line %lld of the profile: %s.",
                                (long long)l->line, sentence);
    lqi_fail_line(l->context, l->line);
    return status;
}

static bool begins(const char *text, const char *end, const char *with)
{
    size_t size = strlen(with);
    return (size_t)(end - text) >= size && memcmp(text, with, size) == 0;
}

static lq_status open_section(lines *l, const char *text, const char *end)
{
    unsigned kind = begins(text, end, "[print:") || begins(text, end, "[print]")         ? SECTION_PRINT
                    : begins(text, end, "[filament:") || begins(text, end, "[filament]") ? SECTION_FILAMENT
                    : begins(text, end, "[printer:") || begins(text, end, "[printer]")   ? SECTION_PRINTER
                                                                                         : SECTION_OTHER;
    if (end[-1] != ']') return fail_line(l, text, "the title of a section ends with ']'");
    if (begins(text, end, "[vendor]"))
        return fail_line(l, text,
                         "this is a vendor's bundle of presets that build on each other; export the one that is used "
                         "with File > Export > Export Config");
    if (l->sections & kind & ~(unsigned)SECTION_OTHER)
        return fail_line(l, text,
                         "several presets of one kind stand in this file; export the one that is used with File > "
                         "Export > Export Config");
    l->sections |= kind;
    l->skips = kind == SECTION_OTHER;
    return LQ_OK;
}

/* Moves over one line. */
static lq_status next_line(lines *l, pair *out)
{
    const char *text = l->at, *newline = memchr(text, '\n', (size_t)(l->end - text));
    const char *end = newline ? newline : l->end;
    *out = (pair){0};
    l->at = newline ? newline + 1 : l->end;
    l->line++;
    if (end - text > LQI_PROFILE_LINE_MAX) return fail_line(l, text, "it is longer than any setting");
    if (memchr(text, 0, (size_t)(end - text))) return fail_line(l, text, "this is no text");
    if (l->in_gcode && text < end && *text == ';') text++;
    trim(&text, &end);
    if (text == end || *text == '#' || *text == ';') return LQ_OK;
    if (*text == '[') return open_section(l, text, end);
    if (l->skips) return LQ_OK;
    if (*text == '{' || *text == '<')
        return fail_line(l, text, "this is another format; the .ini that PrusaSlicer exports is expected");
    const char *equals = memchr(text, '=', (size_t)(end - text));
    if (!equals) return fail_line(l, text, "KEY = VALUE is expected");
    const char *key_end = equals, *value = equals + 1;
    trim(&text, &key_end);
    trim(&value, &end);
    if (!is_key(text, (size_t)(key_end - text))) return fail_line(l, text, "this is no name of a slicer's setting");
    *out = (pair){text, value, (size_t)(key_end - text), (size_t)(end - value)};
    return LQ_OK;
}

/* The settings that PrusaSlicer and its kin write behind the G-code, without the lines that begin and end them. */
static bool find_gcode_block(const char **text, const char **end)
{
    static const char *const begins_with[] = {"; prusaslicer_config = begin", "; SuperSlicer_config = begin"};
    static const char *const ends_with[] = {"; prusaslicer_config = end", "; SuperSlicer_config = end"};
    for (size_t i = 0; i < 2; i++) {
        const char *at = memmem(*text, (size_t)(*end - *text), begins_with[i], strlen(begins_with[i]));
        if (!at) continue;
        const char *first = memchr(at, '\n', (size_t)(*end - at));
        *text = first ? first + 1 : *end;
        const char *last = memmem(*text, (size_t)(*end - *text), ends_with[i], strlen(ends_with[i]));
        if (last) *end = last;
        return true;
    }
    return false;
}

static int64_t count_lines(const char *text, const char *end)
{
    int64_t count = 0;
    while ((text = memchr(text, '\n', (size_t)(end - text))) != NULL) text++, count++;
    return count;
}

lq_status lqi_profile_read(lqi_profile *profile, const char *text, size_t size)
{
    lq_context *context = profile->arena.context;
    const char *at = text, *end = text + size;
    pair found;
    size_t pairs = 0;
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) at += 3;
    bool in_gcode = find_gcode_block(&at, &end);
    if (end - at > LQI_PROFILE_SIZE_MAX) {
        lq_status status =
            lqi_fail(context, LQI_PROFILE_INVALID, LQI_PROFILE_SIZE_MAX,
                     "This is too large for a slicer's profile (%d MiB at most).", LQI_PROFILE_SIZE_MAX >> 20);
        lqi_fail_limit(context, LQI_PROFILE_SIZE_MAX, (uint64_t)(end - at));
        return status;
    }
    const lines first = {
        .context = context, .start = text, .at = at, .end = end, .in_gcode = in_gcode, .line = count_lines(text, at)};
    for (lines l = first; l.at < l.end;) { /* all of it is checked before anything is taken */
        LQI_TRY(next_line(&l, &found));
        pairs += found.key_size > 0;
    }
    if (!pairs) return lqi_fail(context, LQI_PROFILE_INVALID, -1, "There is no setting in this profile.");
    if (pairs > LQI_PROFILE_COUNT_MAX) return lqi_fail_over_limit(context, "settings", LQI_PROFILE_COUNT_MAX, pairs);
    for (lines l = first; l.at < l.end;) {
        LQI_TRY(next_line(&l, &found));
        if (found.key_size) LQI_TRY(put(profile, found.key, found.key_size, found.value, found.value_size));
    }
    return LQ_OK;
}
