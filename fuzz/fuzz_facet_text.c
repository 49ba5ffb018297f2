/*
 * ASCII STL by three ways: the tolerant reader alone, with the scalar kernel for ordinary facets, with the best one of
 * this CPU. All must give the same facets, notes or failure. The input is repeated, because the kernels learn from the
 * facets before; its first byte says how often.
 */
#include <stdio.h>

#include "tests/unit/ascii_paths.h"

#define SIZE_MAX_TRIED (1u << 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > SIZE_MAX_TRIED) return 0;
    size_t part = size - 1, times = 1 + data[0] % 16;
    if (times > SIZE_MAX_TRIED / part) times = SIZE_MAX_TRIED / part + 1;
    char *text = malloc(part * times); /* of exactly this size, so that a byte too many is seen */
    if (!text) return 0;
    for (size_t i = 0; i < times; i++) memcpy(text + i * part, data + 1, part);
    uint64_t triangles_max = data[0] < 16 ? 20 : 0;
    for (int lenient = 0; lenient < 2; lenient++)
        if (!ascii_paths_agree(text, part * times, lenient, triangles_max, NULL)) {
            fprintf(stderr, "fuzz_facet_text: the ways of reading differ\n");
            abort();
        }
    free(text);
    return 0;
}
