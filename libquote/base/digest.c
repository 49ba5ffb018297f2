#include "base/digest.h"

#define XXH_STATIC_LINKING_ONLY /* the size of the state */
#include <stdio.h>
#include <xxhash.h>

#include "base/context.h"
#include "base/memory.h"

#define STATE_ALIGNMENT ((size_t)64)

lq_status lqi_digest_init(lqi_digest *digest, lq_context *context, const uint8_t *data, size_t size)
{
    *digest = (lqi_digest){.data = data, .size = size};
    digest->block = lqi_alloc(context, sizeof(XXH3_state_t) + STATE_ALIGNMENT);
    if (!digest->block) return lqi_memory_status(context);
    digest->state = (void *)(((uintptr_t)digest->block + STATE_ALIGNMENT) / STATE_ALIGNMENT * STATE_ALIGNMENT);
#if defined(__x86_64__)
    digest->wide = (context->isa_mask & LQ_ISA_AVX2) != 0;
    if (digest->wide) {
        lqi_digest_avx2_reset(digest->state);
        return LQ_OK;
    }
#endif
    XXH3_128bits_reset(digest->state);
    return LQ_OK;
}

static void add(lqi_digest *digest, size_t end)
{
    const uint8_t *data = digest->data + digest->done;
    size_t size = end - digest->done;
    digest->done = end;
#if defined(__x86_64__)
    if (digest->wide) {
        lqi_digest_avx2_update(digest->state, data, size);
        return;
    }
#endif
    XXH3_128bits_update(digest->state, data, size);
}

void lqi_digest_to(lqi_digest *digest, const uint8_t *end)
{
    if (digest && (size_t)(end - digest->data) > digest->done) add(digest, (size_t)(end - digest->data));
}

const char *lqi_digest_text(lqi_digest *digest)
{
    if (digest->text[0]) return digest->text;
    add(digest, digest->size);
    uint64_t words[2] = {0, 0};
#if defined(__x86_64__)
    if (digest->wide) lqi_digest_avx2_finish(digest->state, words);
#endif
    if (!digest->wide) {
        XXH128_hash_t hash = XXH3_128bits_digest(digest->state);
        words[0] = hash.low64, words[1] = hash.high64;
    }
    snprintf(digest->text, sizeof digest->text, "%016llx%016llx", (unsigned long long)words[1],
             (unsigned long long)words[0]);
    return digest->text;
}

void lqi_digest_free(lqi_digest *digest, lq_context *context)
{
    lqi_free(context, digest->block);
    *digest = (lqi_digest){0};
}
