#include "base/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"

/* Reading in pieces keeps a caller's read_at cancellable and its system calls small. */
#define PIECE_SIZE ((size_t)1 << 20)

void lq_source_memory(const void *data, size_t size, const char *name, lq_source *source)
{
    *source = (lq_source){.struct_size = sizeof *source, .data = data, .size = size, .name = name};
}

static lq_status fail_errno(lq_context *context, const char *path)
{
    int number = errno;
    if (number == ENOENT || number == ENOTDIR)
        return lqi_fail(context, LQI_NOT_FOUND, -1, "There is no file %s.", path);
    if (number == EACCES || number == EPERM)
        return lqi_fail(context, LQI_PERMISSION, -1, "The file %s may not be read.", path);
    return lqi_fail(context, LQI_IO, -1, "The file %s cannot be read: %s.", path, strerror(number));
}

lq_status lq_source_open_file(lq_context *context, const char *path, lq_source *source)
{
    *source = (lq_source){.struct_size = sizeof *source};
    lqi_begin(context);
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return fail_errno(context, path);
    struct stat info;
    lq_status status = LQ_OK;
    if (fstat(file, &info) != 0) {
        status = fail_errno(context, path);
    } else if (!S_ISREG(info.st_mode)) {
        status = lqi_fail(context, LQI_IO, -1, "%s is not a regular file.", path);
    } else if ((uint64_t)info.st_size > context->limits.input_bytes) {
        status = lqi_fail_over_limit(context, "input_bytes", context->limits.input_bytes, (uint64_t)info.st_size);
    } else if (info.st_size > 0) {
        void *data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, file, 0);
        if (data == MAP_FAILED)
            status = fail_errno(context, path);
        else
            source->data = data;
    }
    close(file);
    if (status != LQ_OK) return status;
    source->size = (uint64_t)info.st_size;
    const char *slash = strrchr(path, '/');
    source->name = slash ? slash + 1 : path;
    if (!source->data) source->data = ""; /* an empty file: nothing is mapped, nothing is read */
    return LQ_OK;
}

void lq_source_close(lq_context *context, lq_source *source)
{
    (void)context;
    if (source->data && source->size) munmap((void *)(uintptr_t)source->data, (size_t)source->size);
    source->data = NULL;
    source->size = 0;
}

lq_status lqi_source_read(lq_context *context, const lq_source *source, uint64_t offset, void *buffer, size_t size)
{
    if (offset > source->size || size > source->size - offset)
        return lqi_fail(context, LQI_IO, (int64_t)source->size, "The file ends before the bytes that are needed.");
    if (source->data) {
        memcpy(buffer, (const char *)source->data + offset, size);
        return LQ_OK;
    }
    for (size_t got = 0; got < size;) {
        size_t piece = size - got < PIECE_SIZE ? size - got : PIECE_SIZE;
        int64_t read = source->read_at(source->user, offset + got, (char *)buffer + got, piece);
        if (read <= 0 || (uint64_t)read > piece)
            return lqi_fail(context, LQI_IO, (int64_t)(offset + got), "The file could not be read.");
        got += (size_t)read;
    }
    return LQ_OK;
}

lq_status lqi_source_view(lq_context *context, const lq_source *source, lqi_view *view)
{
    *view = (lqi_view){0};
    if (source->size > context->limits.input_bytes || source->size > SIZE_MAX / 2)
        return lqi_fail_over_limit(context, "input_bytes", context->limits.input_bytes, source->size);
    size_t size = (size_t)source->size;
    if (source->data) {
        *view = (lqi_view){source->data, size, NULL};
        return LQ_OK;
    }
    if (size && !source->read_at)
        return lqi_fail(context, LQI_ARGUMENT, -1, "The source has neither data nor read_at.");
    uint8_t *block = lqi_alloc(context, size);
    if (!block) return lqi_memory_status(context);
    lq_status status = LQ_OK;
    for (size_t done = 0; done < size && status == LQ_OK; done += PIECE_SIZE) {
        size_t piece = size - done < PIECE_SIZE ? size - done : PIECE_SIZE;
        status = lqi_source_read(context, source, done, block + done, piece);
        if (status == LQ_OK) status = lqi_progress(context, "read", done + piece, size);
    }
    if (status != LQ_OK) {
        lqi_free(context, block);
        return status;
    }
    *view = (lqi_view){block, size, block};
    return LQ_OK;
}

void lqi_view_free(lq_context *context, lqi_view *view)
{
    lqi_free(context, view->owned);
    *view = (lqi_view){0};
}
