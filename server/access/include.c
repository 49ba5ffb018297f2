#include "access/include.h"

#include <string.h>

#define INCLUDE_MAX 4

static bool has_word(const char *words, const char *word)
{
    size_t wanted = strlen(word);
    while (*words) {
        size_t size = strcspn(words, ",");
        if (size == wanted && strncmp(words, word, size) == 0) return true;
        words += size + (words[size] == ',');
    }
    return false;
}

bool sv_is_included(const sv_call *call, const char *name)
{
    const char *words = sv_parameter_get(&call->request, "include");
    json_t *item, *list = call->body ? json_object_get(call->body, "include") : NULL;
    size_t index;
    json_array_foreach(list, index, item)
    {
        const char *word = json_string_value(item);
        if (word && strcmp(word, name) == 0) return true;
    }
    return words && has_word(words, name);
}

bool sv_check_include(sv_call *call, const char *const names[])
{
    const char *words = sv_parameter_get(&call->request, "include");
    size_t count = 0;
    bool good = true;
    while (words && *words) {
        size_t size = strcspn(words, ","), i = 0;
        while (names[i] && (strlen(names[i]) != size || strncmp(names[i], words, size) != 0)) i++;
        good = good && (names[i] || !size) && ++count <= INCLUDE_MAX;
        words += size + (words[size] == ',');
    }
    if (good) return true;
    json_t *allowed = json_array();
    for (size_t i = 0; names[i]; i++) json_array_append_new(allowed, json_string(names[i]));
    sv_refuse(call, SV_E_invalid_include, json_pack("{s:o}", "allowed", allowed),
              "At most 4 relations that this object has can be included.");
    return false;
}
