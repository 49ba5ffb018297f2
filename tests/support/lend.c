#include "tests/support/lend.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- guard pages ---- */

int lend_guard_open(lend_guard *guard, size_t size_max)
{
    memset(guard, 0, sizeof *guard);
    guard->page = (size_t)sysconf(_SC_PAGESIZE);
    guard->mapped = (size_max / guard->page + 1) * guard->page;
    void *base = mmap(NULL, guard->mapped + guard->page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) return 0;
    guard->base = base;
    return mprotect(guard->base + guard->mapped, guard->page, PROT_NONE) == 0;
}

void lend_guard_close(lend_guard *guard)
{
    if (guard->base != NULL) munmap(guard->base, guard->mapped + guard->page);
    guard->base = NULL;
}

const uint8_t *lend_guard_put(lend_guard *guard, const void *data, size_t size)
{
    uint8_t *place = guard->base + guard->mapped - size;
    if (size > 0) memcpy(place, data, size);
    return place;
}

/* ---- allocator ---- */

static void *lend_reallocate(void *user, void *block, size_t size_old, size_t size_new)
{
    lend_allocator *state = user;
    if (size_new == 0) {
        if (block == NULL) return NULL;
        state->held -= size_old;
        state->blocks--;
        free(block);
        return NULL;
    }
    uint64_t call = ++state->calls;
    if (state->fail_at != 0 && (call == state->fail_at || (state->forever && call > state->fail_at))) return NULL;
    void *grown = realloc(block, size_new);
    if (grown == NULL) return NULL;
    state->held += size_new;
    state->held -= size_old;
    if (block == NULL) state->blocks++;
    return grown;
}

lq_allocator lend_allocator_of(lend_allocator *state)
{
    lq_allocator allocator = {lend_reallocate, state};
    return allocator;
}

/* ---- pieces ---- */

static int64_t lend_read(void *user, uint64_t offset, void *buffer, size_t size)
{
    const lend_pieces *pieces = user;
    if (offset >= pieces->size) return 0;
    uint64_t left = pieces->size - offset;
    size_t count = size < pieces->piece ? size : pieces->piece;
    if (count > left) count = (size_t)left;
    if (pieces->error_at != 0 && offset + count > pieces->error_at) return -1;
    memcpy(buffer, pieces->data + offset, count);
    return (int64_t)count;
}

lq_source lend_pieces_of(lend_pieces *pieces, const char *name)
{
    lq_source source;
    memset(&source, 0, sizeof source);
    source.struct_size = sizeof source;
    source.user = pieces;
    source.read_at = lend_read;
    source.size = pieces->size;
    source.name = name;
    return source;
}

/* ---- progress ---- */

int lend_stop(void *stopper, const char *stage, uint64_t done, uint64_t total)
{
    (void)stage;
    (void)done;
    (void)total;
    lend_stopper *state = stopper;
    return ++state->calls == state->stop_at;
}
