#include "container/gzip.h"

#include <libdeflate.h>
#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"

#define MEMBER_SIZE_MIN 18 /* header and trailer */
#define RATIO_FREE_SIZE ((uint64_t)64 << 20)
#define ROOM_MIN ((size_t)64 << 10)

bool lqi_is_gzip(const uint8_t *data, size_t size)
{
    return size >= 3 && data[0] == 0x1F && data[1] == 0x8B && data[2] == 8;
}

typedef struct unpacker {
    lq_context *context;
    struct libdeflate_decompressor *decompressor;
    uint8_t *out;
    size_t made, capacity;
    size_t made_max; /* beyond this it is a bomb */
} unpacker;

static lq_status fail_bomb(const unpacker *u)
{
    lq_status status = lqi_fail(u->context, LQI_GZIP_BOMB, -1, "The file would unpack to far too much data.");
    lqi_fail_limit(u->context, u->made_max, (uint64_t)u->made_max + 1);
    return status;
}

/* One member; the room grows by doubling, so that all attempts together cost twice the last. */
static lq_status add_member(unpacker *u, const uint8_t *data, size_t size, size_t at, size_t *used)
{
    for (;;) {
        size_t made = 0;
        enum libdeflate_result result = libdeflate_gzip_decompress_ex(
            u->decompressor, data + at, size - at, u->out + u->made, u->capacity - u->made, used, &made);
        LQI_TRY(lqi_progress(u->context, "unpack", at, size));
        if (result == LIBDEFLATE_SUCCESS) {
            u->made += made;
            return LQ_OK;
        }
        if (result != LIBDEFLATE_INSUFFICIENT_SPACE)
            return lqi_fail(u->context, LQI_GZIP_CORRUPT, (int64_t)at,
                            "The compressed file is damaged or was cut off.");
        if (u->capacity == u->made_max) return fail_bomb(u);
        size_t wanted;
        if (!lqi_mul_size(u->capacity, 2, &wanted)) wanted = u->made_max;
        if (wanted < ROOM_MIN) wanted = ROOM_MIN;
        if (wanted > u->made_max) wanted = u->made_max;
        void *block = u->out;
        LQI_TRY(lqi_grow(u->context, &block, &u->capacity, wanted, 1));
        u->out = block;
        if (u->capacity > u->made_max) u->capacity = u->made_max;
    }
}

static bool all_zero(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (data[i]) return false;
    return true;
}

static lq_status add_members(unpacker *u, const uint8_t *data, size_t size)
{
    for (size_t at = 0; at < size;) {
        if (at && all_zero(data + at, size - at)) break; /* padding of block devices */
        if (!lqi_is_gzip(data + at, size - at))
            return lqi_fail(u->context, LQI_GZIP_CORRUPT, (int64_t)at,
                            "Something else stands behind the compressed file.");
        size_t used = 0;
        LQI_TRY(add_member(u, data, size, at, &used));
        at += used;
    }
    return LQ_OK;
}

static size_t bound(lq_context *context, size_t size)
{
    uint64_t ratio_max = lqi_mul_saturated(size, context->limits.inflate_ratio);
    if (ratio_max < RATIO_FREE_SIZE) ratio_max = RATIO_FREE_SIZE;
    uint64_t most = ratio_max < context->limits.inflated_bytes ? ratio_max : context->limits.inflated_bytes;
    return most < SIZE_MAX / 4 ? (size_t)most : SIZE_MAX / 4;
}

lq_status lqi_gunzip(lq_context *context, const uint8_t *data, size_t size, uint8_t **out, size_t *out_size)
{
    *out = NULL;
    *out_size = 0;
    if (size < MEMBER_SIZE_MIN)
        return lqi_fail(context, LQI_GZIP_CORRUPT, (int64_t)size, "The compressed file was cut off.");
    unpacker u = {.context = context, .made_max = bound(context, size)};
    /* The trailer holds the size of the last member modulo 2^32: a first guess, believed up to the usual ratio. */
    size_t guess = lqi_load_u32(data + size - 4);
    if (guess / 32 > size) guess = 4 * size;
    if (guess > u.made_max) guess = u.made_max;
    u.capacity = guess;
    u.out = lqi_alloc(context, u.capacity);
    if (!u.out) return lqi_memory_status(context);
    lq_status status;
    u.decompressor = libdeflate_alloc_decompressor();
    if (!u.decompressor) {
        status = lqi_fail(context, LQI_OUT_OF_MEMORY, -1, "The system has no memory left for this file.");
        goto done;
    }
    LQI_TRY_GOTO(add_members(&u, data, size));
    *out = u.out;
    *out_size = u.made;
done:
    libdeflate_free_decompressor(u.decompressor);
    if (status != LQ_OK) lqi_free(context, u.out);
    return status;
}
