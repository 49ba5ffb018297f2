#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "container/zip_inside.h"

static char fold(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }

static int compare_folded(const char *a, const char *b)
{
    while (*a && fold(*a) == fold(*b)) a++, b++;
    return (unsigned char)fold(*a) - (unsigned char)fold(*b);
}

/* ---- one name ---- */

bool lqi_zip_has_control(const char *name, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7F) return true;
    return false;
}

static bool climbs(const char *name)
{
    for (const char *p = name; *p;) {
        size_t length = strcspn(p, "/");
        if (length == 2 && p[0] == '.' && p[1] == '.') return true;
        p += length;
        if (*p) p++;
    }
    return false;
}

static bool is_bad(const char *name)
{
    char first = fold(name[0]);
    bool drive = first >= 'a' && first <= 'z' && name[1] == ':';
    return name[0] == 0 || name[0] == '/' || drive || climbs(name);
}

lq_status lqi_zip_take_name(lqi_zip *zip, lqi_zip_entry *entry, const char *name, size_t size)
{
    char *copy = lqi_arena_text(&zip->arena, name, size);
    if (!copy) return lqi_memory_status(zip->context);
    for (char *p = copy; *p; p++)
        if (*p == '\\') *p = '/';
    size_t length = strlen(copy);
    entry->name = copy;
    entry->directory = length && copy[length - 1] == '/';
    entry->ignored = lqi_zip_has_control(name, size) || is_bad(copy);
    return LQ_OK;
}

static bool same_folded(const char *name, const char *folded) { return compare_folded(name, folded) == 0; }

bool lqi_zip_is_junk(const lqi_zip_entry *entry)
{
    const char *slash = strrchr(entry->name, '/');
    const char *base = slash ? slash + 1 : entry->name;
    return entry->directory || entry->ignored || entry->size == 0 || strncmp(entry->name, "__MACOSX/", 9) == 0 ||
           strstr(entry->name, "/__MACOSX/") || strncmp(base, "._", 2) == 0 || same_folded(base, ".ds_store") ||
           same_folded(base, "thumbs.db");
}

/* ---- all names ---- */

static int compare_entries(const lqi_zip *zip, uint32_t a, uint32_t b)
{
    const char *name_a = zip->entries[a].name, *name_b = zip->entries[b].name;
    int order = compare_folded(name_a, name_b);
    return order ? order : strcmp(name_a, name_b);
}

/* Bottom-up merge sort: stable, so that equal names keep the directory's order. */
static void sort_names(const lqi_zip *zip, uint32_t *items, uint32_t *scratch)
{
    for (size_t width = 1; width < zip->count; width *= 2) {
        for (size_t begin = 0; begin < zip->count; begin += 2 * width) {
            size_t middle = begin + width < zip->count ? begin + width : zip->count;
            size_t end = middle + width < zip->count ? middle + width : zip->count;
            size_t i = begin, k = middle, out = begin;
            while (i < middle && k < end)
                scratch[out++] = compare_entries(zip, items[i], items[k]) <= 0 ? items[i++] : items[k++];
            while (i < middle) scratch[out++] = items[i++];
            while (k < end) scratch[out++] = items[k++];
        }
        memcpy(items, scratch, zip->count * sizeof *items);
    }
}

static bool same_content(const lqi_zip_entry *a, const lqi_zip_entry *b)
{
    return a->crc == b->crc && a->size == b->size;
}

/* Readers disagree whether the first or the last of two entries counts; that must not decide a price. */
static lq_status find_duplicates(lqi_zip *zip)
{
    for (size_t begin = 0, end; begin < zip->count; begin = end) {
        const lqi_zip_entry *first = &zip->entries[zip->by_name[begin]];
        bool same = true;
        for (end = begin + 1; end < zip->count; end++) {
            const lqi_zip_entry *next = &zip->entries[zip->by_name[end]];
            if (strcmp(first->name, next->name) != 0) break;
            same = same && same_content(first, next);
        }
        if (end - begin < 2 || first->directory || first->ignored) continue;
        for (size_t i = begin; i < end && !same; i++) zip->places[zip->by_name[i]].ambiguous = true;
        LQI_TRY(lqi_notes_add(&zip->notes, "zip_duplicate", LQ_SEVERITY_WARN, end - begin - 1, -1, NULL,
                              "The archive holds %s more than once.", first->name));
    }
    return LQ_OK;
}

static lq_status note_bad_names(lqi_zip *zip)
{
    for (size_t i = 0; i < zip->count; i++)
        if (zip->entries[i].ignored)
            LQI_TRY(lqi_notes_add(&zip->notes, "zip_bad_name", LQ_SEVERITY_WARN, 1, -1, NULL,
                                  "The archive holds a file whose name is not allowed (%s); it was left out.",
                                  zip->entries[i].name));
    return LQ_OK;
}

lq_status lqi_zip_index_names(lqi_zip *zip)
{
    lq_context *context = zip->context;
    zip->by_name = lqi_alloc_array(context, zip->count, sizeof *zip->by_name);
    uint32_t *scratch = zip->by_name ? lqi_alloc_array(context, zip->count, sizeof *scratch) : NULL;
    if (!scratch) return lqi_memory_status(context);
    for (size_t i = 0; i < zip->count; i++) zip->by_name[i] = (uint32_t)i;
    sort_names(zip, zip->by_name, scratch);
    lqi_free(context, scratch);
    LQI_TRY(note_bad_names(zip));
    return find_duplicates(zip);
}

/* The first place in by_name whose name is not below `name`. */
static size_t lower_bound(const lqi_zip *zip, const char *name, bool exact)
{
    size_t low = 0, high = zip->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *other = zip->entries[zip->by_name[middle]].name;
        int order = compare_folded(other, name);
        if (order == 0 && exact) order = strcmp(other, name);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t lqi_zip_find(const lqi_zip *zip, const char *name)
{
    for (size_t at = lower_bound(zip, name, true); at < zip->count; at++) {
        size_t index = zip->by_name[at];
        if (strcmp(zip->entries[index].name, name) != 0) break;
        if (!zip->entries[index].ignored) return index;
    }
    return SIZE_MAX;
}

size_t lqi_zip_find_folded(const lqi_zip *zip, const char *name, size_t *names)
{
    size_t found = SIZE_MAX;
    const char *last = "";
    *names = 0;
    for (size_t at = lower_bound(zip, name, false); at < zip->count; at++) {
        const lqi_zip_entry *entry = &zip->entries[zip->by_name[at]];
        if (compare_folded(entry->name, name) != 0) break;
        if (entry->ignored) continue;
        if (found == SIZE_MAX) found = zip->by_name[at];
        if ((*names == 0 || strcmp(last, entry->name) != 0) && ++*names == 2) break; /* two say that it is ambiguous */
        last = entry->name;
    }
    return found;
}
