/* Deflate in pieces against zlib: the same bytes whatever the room for each piece, and the same verdict on damage. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "container/inflate.h"
#include "tests/support/check.h"
#include "tests/support/lend.h"

#define TEXT_MAX ((size_t)400000)

static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 32) * below >> 32);
}

/* Text of several kinds: noise, one byte, numbers between the same words, pieces of itself from near and far. */
static void write_text(uint8_t *text, size_t size, int kind, uint64_t random)
{
    size_t at = 0;
    while (at < size) {
        char words[80] = {0};
        size_t length = 1;
        if (kind == 0) words[0] = (char)draw(&random, 256);
        if (kind == 1) words[0] = 'a';
        if (kind == 2)
            length = (size_t)snprintf(words, sizeof words, "     <vertex x=\"%u.%06u\" y=\"%u\"/>\n", draw(&random, 99),
                                      draw(&random, 1000000), draw(&random, 7));
        if (kind == 3) {
            size_t back = 1 + draw(&random, draw(&random, 2) ? 32768 : 40);
            length = 1 + draw(&random, 300);
            for (size_t i = 0; i < length && at < size; i++, at++)
                text[at] = at >= back && draw(&random, 40) ? text[at - back] : (uint8_t)draw(&random, 256);
            continue;
        }
        for (size_t i = 0; i < length && at < size; i++) text[at++] = (uint8_t)words[i];
    }
}

static size_t deflate_as(const uint8_t *text, size_t size, int level, int strategy, uint8_t *packed, size_t room)
{
    z_stream z = {
        .next_in = (uint8_t *)(uintptr_t)text, .avail_in = (uInt)size, .next_out = packed, .avail_out = (uInt)room};
    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, -15, strategy == Z_FILTERED ? 1 : 9, strategy), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

typedef struct outcome {
    bool whole;
    size_t made, used;
} outcome;

static outcome by_zlib(const uint8_t *packed, size_t size, uint8_t *text, size_t room)
{
    z_stream z = {
        .next_in = (uint8_t *)(uintptr_t)packed, .avail_in = (uInt)size, .next_out = text, .avail_out = (uInt)room};
    assert_int_equal(inflateInit2(&z, -15), Z_OK);
    int result = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    return (outcome){result == Z_STREAM_END, z.total_out, z.total_in};
}

/* With `piece` bytes of room at a time, and no more of what was made than must be kept. */
static outcome by_pieces(const uint8_t *packed, size_t size, uint8_t *text, size_t room, size_t piece)
{
    lqi_inflate *s = malloc(sizeof *s);
    uint8_t *window = malloc(LQI_INFLATE_WINDOW + piece + 2 * LQI_INFLATE_SLACK);
    assert_true(s && window);
    lqi_inflate_begin(s, packed, size);
    size_t kept = 0, made = 0;
    while (s->state < LQI_INFLATE_DONE && made <= room) {
        uint8_t *end = window + kept + piece, *at = lqi_inflate_more(s, window, window + kept, end);
        assert_true(at < end + LQI_INFLATE_SLACK);
        size_t fresh = (size_t)(at - window) - kept;
        for (size_t i = 0; i < fresh && made + i < room; i++) text[made + i] = window[kept + i];
        made += fresh;
        size_t keep = kept + fresh < LQI_INFLATE_WINDOW ? kept + fresh : LQI_INFLATE_WINDOW;
        memmove(window, at - keep, keep);
        kept = keep;
    }
    outcome o = {s->state == LQI_INFLATE_DONE && made <= room, made, lqi_inflate_used(s, packed)};
    free(window);
    free(s);
    return o;
}

static void every_kind_of_stream(void **state)
{
    (void)state;
    static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED};
    static const int levels[] = {0, 1, 6, 9};
    static const size_t pieces[] = {1, 301, 65536, TEXT_MAX};
    uint8_t *text = malloc(TEXT_MAX), *packed = malloc(2 * TEXT_MAX), *got = malloc(TEXT_MAX);
    assert_true(text && packed && got);
    for (int kind = 0; kind < 4; kind++)
        for (size_t i = 0; i < 20; i++) {
            size_t size = i ? TEXT_MAX >> (i % 7 * 3) : 0;
            write_text(text, size, kind, i + 1);
            size_t packed_size = deflate_as(text, size, levels[i % 4], strategies[i % 5], packed, 2 * TEXT_MAX);
            for (size_t p = size > 20000; p < 4; p++) {
                outcome o = by_pieces(packed, packed_size, got, TEXT_MAX, pieces[p]);
                CHECK(o.whole && o.made == size && o.used == packed_size, "kind %d, %zu: %zu of %zu bytes", kind, i,
                      o.made, size);
                assert_memory_equal(got, text, size);
            }
        }
    free(text), free(packed), free(got);
}

static void check_damaged(const lend_guard *guard, const uint8_t *packed, size_t size)
{
    enum { ROOM = 20000 };
    static uint8_t want[ROOM], got[ROOM];
    const uint8_t *lent = lend_guard_put((lend_guard *)(uintptr_t)guard, packed, size);
    outcome a = by_zlib(lent, size, want, ROOM), b = by_pieces(lent, size, got, ROOM, 64);
    CHECK(a.whole == b.whole, "%zu bytes: zlib says %d, the pieces say %d", size, a.whole, b.whole);
    if (!a.whole) return;
    CHECK(a.made == b.made && a.used == b.used, "%zu made and %zu used, not %zu and %zu", b.made, b.used, a.made,
          a.used);
    assert_memory_equal(want, got, a.made);
}

/* Cut at every byte, and every bit flipped, of one stream of each kind of block. */
static void damage_is_judged_as_zlib_does(void **state)
{
    (void)state;
    static const int levels[] = {0, 9, 9, 9, 1}, strategies[] = {0, Z_FIXED, 0, Z_HUFFMAN_ONLY, 0};
    static uint8_t text[700], packed[2000];
    lend_guard guard;
    assert_true(lend_guard_open(&guard, sizeof packed));
    for (int kind = 0; kind < 4; kind++)
        for (int i = 0; i < 5; i++) {
            write_text(text, sizeof text, kind, 77);
            size_t size = deflate_as(text, sizeof text, levels[i], strategies[i], packed, sizeof packed);
            for (size_t cut = 0; cut < size; cut++) check_damaged(&guard, packed, cut);
            for (size_t bit = 0; bit < 8 * size; bit++) {
                packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
                check_damaged(&guard, packed, size);
                packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
            }
        }
    lend_guard_close(&guard);
}

/* Noise behind the head of a block with codes of its own: lengths of codes that are none, and almost. */
static void noise_is_judged_as_zlib_does(void **state)
{
    (void)state;
    uint8_t packed[120];
    uint64_t random = 5;
    lend_guard guard;
    assert_true(lend_guard_open(&guard, sizeof packed));
    for (int round = 0; round < 60000; round++) {
        for (size_t i = 0; i < sizeof packed; i++) packed[i] = (uint8_t)draw(&random, round % 3 ? 256 : 16);
        packed[0] = (uint8_t)((packed[0] & 0xF8) | (round % 5 ? 5 : 3));
        check_damaged(&guard, packed, sizeof packed);
    }
    lend_guard_close(&guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_stream),
        cmocka_unit_test(damage_is_judged_as_zlib_does),
        cmocka_unit_test(noise_is_judged_as_zlib_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
