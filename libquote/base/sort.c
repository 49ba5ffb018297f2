#include "base/sort.h"

#include <stdbool.h>
#include <string.h>

#define INSERTION_MAX 24
#define DIGIT_BITS 8
#define DIGITS (1u << DIGIT_BITS)
#define LEVELS_MAX (64 / DIGIT_BITS)

typedef struct run {
    uint64_t *items;
    size_t count;
} run;

static void insertion_sort(uint64_t *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t moving = items[i];
        size_t k = i;
        for (; k && items[k - 1] > moving; k--) items[k] = items[k - 1];
        items[k] = moving;
    }
}

static bool is_sorted(const uint64_t *items, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (items[i - 1] > items[i]) return false;
    return true;
}

/* Position of the highest digit in which the items differ: its lowest bit. */
static unsigned leading_digit(const uint64_t *items, size_t count)
{
    uint64_t differ = 0;
    for (size_t i = 1; i < count; i++) differ |= items[i] ^ items[0];
    unsigned highest = 63 - (unsigned)__builtin_clzll(differ | 1);
    return highest < DIGIT_BITS ? 0 : highest - DIGIT_BITS + 1;
}

/* Every item into the part of its digit, in place: each one that is moved says which is moved next (McIlroy, Bostic,
 * McIlroy, Engineering Radix Sort, 1993). end: where each part ends. */
static void deal(uint64_t *items, size_t count, unsigned shift, size_t end[DIGITS])
{
    size_t next[DIGITS], sum = 0;
    for (unsigned d = 0; d < DIGITS; d++) end[d] = 0;
    for (size_t i = 0; i < count; i++) end[items[i] >> shift & (DIGITS - 1)]++;
    for (unsigned d = 0; d < DIGITS; d++) {
        next[d] = sum;
        sum += end[d];
        end[d] = sum;
    }
    for (unsigned d = 0; d < DIGITS; d++)
        while (next[d] < end[d]) {
            uint64_t moving = items[next[d]];
            for (unsigned to; (to = moving >> shift & (DIGITS - 1)) != d;) {
                uint64_t displaced = items[next[to]];
                items[next[to]++] = moving;
                moving = displaced;
            }
            items[next[d]++] = moving;
        }
}

/* Each part has at least eight differing bits less than the run it comes from, so that no more than LEVELS_MAX times
 * the parts of one run are waiting. */
void lqi_sort_u64(uint64_t *items, size_t count)
{
    run waiting[LEVELS_MAX * DIGITS];
    size_t waiting_count = 0, end[DIGITS];
    run now = {items, count};
    for (;;) {
        if (now.count <= INSERTION_MAX) {
            insertion_sort(now.items, now.count);
        } else if (!is_sorted(now.items, now.count)) {
            deal(now.items, now.count, leading_digit(now.items, now.count), end);
            for (size_t d = 0, first = 0; d < DIGITS; first = end[d++])
                if (end[d] - first > 1) waiting[waiting_count++] = (run){now.items + first, end[d] - first};
        }
        if (!waiting_count) return;
        now = waiting[--waiting_count];
    }
}

#define WIDE_BITS 11
#define WIDE_DIGITS (1u << WIDE_BITS)

/* One pass from the lowest digit on, which keeps the order of equals. */
static void deal_stably(const uint64_t *from, uint64_t *to, size_t count, unsigned shift)
{
    size_t next[WIDE_DIGITS] = {0}, sum = 0;
    for (size_t i = 0; i < count; i++) next[from[i] >> shift & (WIDE_DIGITS - 1)]++;
    for (unsigned d = 0; d < WIDE_DIGITS; d++) {
        size_t here = next[d];
        next[d] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++) to[next[from[i] >> shift & (WIDE_DIGITS - 1)]++] = from[i];
}

void lqi_sort_u64_stably(uint64_t *items, uint64_t *spare, size_t count, unsigned first_bit)
{
    if (is_sorted(items, count)) return;
    uint64_t differ = 0, *from = items, *to = spare;
    for (size_t i = 1; i < count; i++) differ |= items[i] ^ items[0];
    for (unsigned shift = first_bit; shift < 64 && differ >> shift;) {
        shift += (unsigned)__builtin_ctzll(differ >> shift);
        deal_stably(from, to, count, shift);
        uint64_t *swap = from;
        from = to;
        to = swap;
        shift += WIDE_BITS;
    }
    if (from != items) memcpy(items, from, count * sizeof *items);
}

size_t lqi_first_at_least(const uint64_t *items, size_t count, uint64_t least)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (items[middle] < least)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t lqi_find_id(const uint64_t *keys, size_t count, uint32_t id)
{
    size_t at = lqi_first_at_least(keys, count, (uint64_t)id << 32);
    return at < count && keys[at] >> 32 == id ? at : count;
}
