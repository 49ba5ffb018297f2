/* The files that paths stand for: a file is itself, a folder all that lies in it, at any depth. */
#ifndef CLI_FILE_LIST_H
#define CLI_FILE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cli_file {
    char *path;
    uint64_t size; /* bytes; 0 where that is not known beforehand */
    bool is_named; /* by the user, not found in a folder */
} cli_file;

typedef struct cli_file_list {
    cli_file *items;
    size_t count;
    uint64_t size; /* bytes of all */
} cli_file_list;

/*
 * Paths in the given order, a folder's names in the order of their bytes. Links are followed, but no folder is gone
 * through twice, so loops end. Hidden names, what archivers of macOS leave behind, pipes and devices in folders are
 * left out. What cannot be looked into stays in the list as if it were a file: opening it tells why. Stops after
 * Ctrl-C.
 */
void cli_file_list_find(cli_file_list *list, const char *const *paths, size_t count);
void cli_file_list_free(cli_file_list *list);

#endif
