#include "file_list.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "buffer.h"
#include "session.h"

typedef struct folder_id {
    dev_t device;
    ino_t number;
    bool used;
} folder_id;

/* Folders seen, by what they are and not by a path to them: open addressing, never more than half full. */
typedef struct folder_set {
    folder_id *slots;
    size_t capacity, count;
} folder_set;

static folder_id *find_slot(const folder_set *set, dev_t device, ino_t number)
{
    uint64_t hash = ((uint64_t)device * 0x9E3779B97F4A7C15u ^ (uint64_t)number) * 0xBF58476D1CE4E5B9u;
    size_t i = (size_t)(hash >> 32) & (set->capacity - 1);
    while (set->slots[i].used && (set->slots[i].device != device || set->slots[i].number != number))
        i = (i + 1) & (set->capacity - 1);
    return &set->slots[i];
}

static void grow_set(folder_set *set)
{
    folder_set larger = {.capacity = set->capacity ? set->capacity * 2 : 64, .count = set->count};
    larger.slots = cli_grow(NULL, larger.capacity, sizeof *larger.slots);
    memset(larger.slots, 0, larger.capacity * sizeof *larger.slots);
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i].used) *find_slot(&larger, set->slots[i].device, set->slots[i].number) = set->slots[i];
    free(set->slots);
    *set = larger;
}

/* False when it was there already. */
static bool add_folder(folder_set *set, const struct stat *info)
{
    if (set->count * 2 >= set->capacity) grow_set(set);
    folder_id *slot = find_slot(set, info->st_dev, info->st_ino);
    if (slot->used) return false;
    *slot = (folder_id){info->st_dev, info->st_ino, true};
    set->count++;
    return true;
}

/* Paths still to look at, the next one last. */
typedef struct path_stack {
    cli_file *items;
    size_t count, capacity;
} path_stack;

static void push(path_stack *stack, char *path, bool is_named)
{
    if (stack->count == stack->capacity) {
        stack->capacity = stack->capacity ? stack->capacity * 2 : 64;
        stack->items = cli_grow(stack->items, stack->capacity, sizeof *stack->items);
    }
    stack->items[stack->count++] = (cli_file){.path = path, .is_named = is_named};
}

static char *join(const char *folder, const char *name)
{
    size_t size = strlen(folder);
    cli_buffer path = {0};
    cli_buffer_text(&path, folder);
    if (size && folder[size - 1] != '/') cli_buffer_text(&path, "/");
    cli_buffer_text(&path, name);
    return path.data;
}

static int last_name_first(const void *left, const void *right)
{
    return strcmp(((const cli_file *)right)->path, ((const cli_file *)left)->path);
}

/* False when the folder cannot be read. */
static bool push_folder(path_stack *stack, const char *path)
{
    DIR *folder = opendir(path);
    if (!folder) return false;
    size_t first = stack->count;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, "__MACOSX") != 0)
            push(stack, join(path, entry->d_name), false);
    closedir(folder);
    if (stack->count > first) qsort(stack->items + first, stack->count - first, sizeof *stack->items, last_name_first);
    return true;
}

static void keep(cli_file_list *list, size_t *capacity, cli_file file)
{
    if (list->count == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 64;
        list->items = cli_grow(list->items, *capacity, sizeof *list->items);
    }
    list->items[list->count++] = file;
    list->size += file.size;
}

void cli_file_list_find(cli_file_list *list, const char *const *paths, size_t count)
{
    path_stack stack = {0};
    folder_set seen = {0};
    size_t capacity = 0;
    *list = (cli_file_list){0};
    for (size_t i = count; i-- > 0;) push(&stack, cli_copy(paths[i]), true);
    while (stack.count && !cli_session_interrupted()) {
        cli_file file = stack.items[--stack.count];
        struct stat info;
        bool known = stat(file.path, &info) == 0;
        bool keeps = true;
        if (known && S_ISDIR(info.st_mode)) {
            bool is_new = add_folder(&seen, &info);
            keeps = is_new && !push_folder(&stack, file.path);
            file.is_named |= keeps;
        } else if (known && S_ISREG(info.st_mode)) {
            file.size = (uint64_t)info.st_size;
        } else if (known) {
            keeps = file.is_named;
        }
        if (keeps)
            keep(list, &capacity, file);
        else
            free(file.path);
    }
    while (stack.count) free(stack.items[--stack.count].path);
    free(stack.items);
    free(seen.slots);
}

void cli_file_list_free(cli_file_list *list)
{
    for (size_t i = 0; i < list->count; i++) free(list->items[i].path);
    free(list->items);
    *list = (cli_file_list){0};
}
