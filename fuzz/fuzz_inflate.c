/*
 * Any bytes as a deflate stream. What must hold for all of them: unpacked piece by piece, whatever the room for a
 * piece, it is good or bad as zlib says, with the same bytes, and ends at the same byte. The first byte chooses the
 * room.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "container/inflate.h"

#define MADE_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "fuzz_inflate: %s\n", what);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    const size_t piece = (size_t)1 << data[0] % 17, packed_size = size - 1;
    const uint8_t *packed = data + 1;
    uint8_t *want = malloc(MADE_MAX), *window = malloc(LQI_INFLATE_WINDOW + piece + LQI_INFLATE_SLACK);
    lqi_inflate *s = malloc(sizeof *s);
    z_stream z = {.next_in = (uint8_t *)(uintptr_t)packed,
                  .avail_in = (uInt)packed_size,
                  .next_out = want,
                  .avail_out = MADE_MAX};
    require(want && window && s && inflateInit2(&z, -15) == Z_OK, "no memory");
    int result = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    bool too_long = z.total_out == MADE_MAX;
    lqi_inflate_begin(s, packed, packed_size);
    size_t kept = 0, made = 0;
    while (s->state < LQI_INFLATE_DONE && made <= MADE_MAX) {
        uint8_t *end = window + kept + piece, *at = lqi_inflate_more(s, window, window + kept, end);
        require(at < end + LQI_INFLATE_SLACK, "more was made than there is room for");
        size_t fresh = (size_t)(at - window) - kept;
        for (size_t i = 0; i < fresh && result == Z_STREAM_END; i++)
            require(made + i < z.total_out && want[made + i] == window[kept + i], "other bytes");
        made += fresh;
        size_t keep = kept + fresh < LQI_INFLATE_WINDOW ? kept + fresh : LQI_INFLATE_WINDOW;
        memmove(window, at - keep, keep);
        kept = keep;
    }
    if (!too_long) require((s->state == LQI_INFLATE_DONE) == (result == Z_STREAM_END), "another verdict");
    if (!too_long && result == Z_STREAM_END)
        require(made == z.total_out && lqi_inflate_used(s, packed) == z.total_in, "another end");
    free(want), free(window), free(s);
    return 0;
}
