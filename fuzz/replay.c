/* Runs a fuzz target over files and folders, so that every target is replayed without a fuzzer:
 *     replay_stl fuzz/seeds/stl fuzz/regress/stl ... */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 0;
    }
    size_t size = 0, capacity = 1 << 16;
    uint8_t *data = malloc(capacity);
    while (data != NULL) {
        size_t got = fread(data + size, 1, capacity - size, file);
        size += got;
        if (got == 0) break;
        if (size < capacity) continue;
        uint8_t *grown = realloc(data, 2 * capacity);
        if (grown == NULL) free(data);
        data = grown;
        capacity *= 2;
    }
    int failed = data == NULL || ferror(file);
    fclose(file);
    /* A block of exactly this size, so that memory checkers see one byte too many. */
    uint8_t *exact = failed ? NULL : malloc(size > 0 ? size : 1);
    if (exact != NULL) {
        memcpy(exact, data, size);
        LLVMFuzzerTestOneInput(exact, size);
    }
    free(data);
    free(exact);
    if (exact == NULL) fprintf(stderr, "%s: cannot be read\n", path);
    return exact != NULL;
}

static int run_folder(const char *path, unsigned long *count)
{
    struct dirent **names = NULL;
    int found = scandir(path, &names, NULL, alphasort), good = found >= 0;
    if (!good) fprintf(stderr, "%s: %s\n", path, strerror(errno));
    for (int i = 0; i < found; i++) {
        char child[4096];
        struct stat facts;
        int fits = snprintf(child, sizeof child, "%s/%s", path, names[i]->d_name) < (int)sizeof child;
        free(names[i]);
        if (!fits || stat(child, &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
        if (run_file(child))
            ++*count;
        else
            good = 0;
    }
    free(names);
    return good;
}

int main(int argc, char **argv)
{
    unsigned long count = 0;
    int good = 1;
    for (int i = 1; i < argc; i++) {
        struct stat facts;
        if (stat(argv[i], &facts) != 0) {
            fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
            good = 0;
        } else if (S_ISDIR(facts.st_mode)) {
            good &= run_folder(argv[i], &count);
        } else if (run_file(argv[i])) {
            count++;
        } else {
            good = 0;
        }
    }
    printf("%s: %lu inputs\n", argv[0], count);
    return good && count > 0 ? 0 : 1;
}
