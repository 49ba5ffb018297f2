/*
 * Any bytes as an archive. What must hold for all of them:
 *  - opening and reading everything gives the same a second time, through a source of pieces, with another hash key;
 *  - what an entry's first bytes are said to be, they are, and it has the size and checksum that were declared;
 *  - a failure has a code and a sentence and is never our own mistake; memory is balanced.
 */
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/memory.h"
#include "container/gzip.h"
#include "container/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "fuzz_zip: %s\n", what);
    abort();
}

typedef struct pieces {
    const uint8_t *data;
    uint64_t size;
} pieces;

static int64_t read_piece(void *user, uint64_t offset, void *buffer, size_t size)
{
    const pieces *p = user;
    if (offset > p->size) return -1;
    size_t got = size < 1000 ? size : 1000;
    if (got > p->size - offset) got = (size_t)(p->size - offset);
    memcpy(buffer, p->data + offset, got);
    return (int64_t)got;
}

static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const uint8_t *p = data;
    for (size_t i = 0; i < size; i++) hash = (hash ^ p[i]) * 0x100000001B3u;
    return hash;
}

static uint64_t mix_outcome(uint64_t hash, lq_context *context, lq_status status)
{
    const lq_error *error = lq_context_error(context);
    require(error->status == status, "the context tells another status");
    require(status != LQ_ERR_INTERNAL, "an internal error");
    require(status == LQ_OK || (error->code[0] && error->message[0]), "a failure without words");
    hash = mix(hash, error->code, strlen(error->code));
    hash = mix(hash, error->part, strlen(error->part));
    hash = mix(hash, &error->offset, sizeof error->offset);
    lqi_begin(context);
    return hash;
}

static uint64_t read_entry(lq_context *context, lqi_zip *zip, size_t index, uint64_t hash)
{
    const lqi_zip_entry *entry = lqi_zip_entry_at(zip, index);
    uint8_t head[64], *data;
    size_t head_size, size;
    lq_status peeked = lqi_zip_peek(zip, index, head, sizeof head, &head_size);
    hash = mix_outcome(hash, context, peeked);
    hash = mix(hash, head, head_size);
    lq_status status = lqi_zip_read(zip, index, &data, &size);
    hash = mix_outcome(hash, context, status);
    if (status != LQ_OK) {
        require(data == NULL, "data in spite of a failure");
        return hash;
    }
    require(peeked == LQ_OK, "read, but not peeked");
    require(size == entry->size && libdeflate_crc32(0, data, size) == entry->crc, "other bytes than declared");
    require(head_size == (size < sizeof head ? size : sizeof head) && memcmp(head, data, head_size) == 0,
            "another head");
    require(entry->ignored || lqi_zip_find(zip, entry->name) != SIZE_MAX, "not found by its name");
    hash = mix(hash, data, size);
    lqi_free(context, data);
    return hash;
}

static uint64_t run(const uint8_t *data, size_t size, int in_pieces)
{
    uint8_t key[16];
    memset(key, in_pieces, sizeof key);
    lq_limits limits = {.struct_size = sizeof limits, .memory_bytes = 256 << 20, .inflated_bytes = 16 << 20};
    lq_context_options options = {.struct_size = sizeof options, .limits = &limits, .hash_key = key};
    lq_context *context = NULL;
    require(lqi_context_create(&options, &context) == LQ_OK, "no context");
    pieces lent = {data, size};
    lq_source source;
    lq_source_memory(data, size, "fuzz", &source);
    if (in_pieces)
        source = (lq_source){.struct_size = sizeof source, .user = &lent, .read_at = read_piece, .size = size};
    lqi_zip *zip = NULL;
    lq_status status = lqi_zip_open(context, &source, &zip);
    uint64_t hash = mix_outcome(0, context, status);
    for (size_t i = 0; status == LQ_OK && i < lqi_zip_entry_count(zip) && i < 64; i++)
        hash = read_entry(context, zip, i, hash);
    lqi_zip_close(zip);
    if (lqi_is_gzip(data, size)) {
        uint8_t *out;
        size_t made;
        status = lqi_gunzip(context, data, size, &out, &made);
        hash = mix_outcome(hash, context, status);
        if (status == LQ_OK) hash = mix(hash, out, made);
        lqi_free(context, out);
    }
    lqi_begin(context);
    require(lq_context_memory_held(context) == 0, "memory is not balanced");
    lq_context_destroy(context);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 20) return 0;
    require(run(data, size, 0) == run(data, size, 1), "another result the second time");
    return 0;
}
