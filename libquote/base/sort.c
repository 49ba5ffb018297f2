#include "base/sort.h"

#define INSERTION_MAX 24

static void insertion_sort(uint64_t *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t moving = items[i];
        size_t k = i;
        for (; k && items[k - 1] > moving; k--) items[k] = items[k - 1];
        items[k] = moving;
    }
}

static void sift_down(uint64_t *items, size_t root, size_t count)
{
    uint64_t moving = items[root];
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count) break;
        if (child + 1 < count && items[child + 1] > items[child]) child++;
        if (items[child] <= moving) break;
        items[root] = items[child];
        root = child;
    }
    items[root] = moving;
}

void lqi_sort_u64(uint64_t *items, size_t count)
{
    if (count <= INSERTION_MAX) {
        insertion_sort(items, count);
        return;
    }
    for (size_t i = count / 2; i-- > 0;) sift_down(items, i, count);
    for (size_t last = count - 1; last > 0; last--) {
        uint64_t top = items[0];
        items[0] = items[last];
        items[last] = top;
        sift_down(items, 0, last);
    }
}
