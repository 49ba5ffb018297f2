/*
 * Any bytes as a multipart/form-data body. What must hold for all of them: the parts lie within the body, one behind
 * the other, hold no mark of the boundary, and say the same when they are written anew and read again. The first byte
 * is the length of the boundary, which follows.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/http/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "fuzz_multipart: %s\n", what);
    abort();
}

static char *put(char *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

static char *put_text(char *at, const char *text) { return put(at, text, strlen(text)); }

static char *put_quoted(char *at, const char *text)
{
    *at++ = '"';
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') *at++ = '\\';
        *at++ = *text;
    }
    *at++ = '"';
    return at;
}

static void check_again(const sv_multipart_part *parts, size_t count, const char *boundary, size_t size)
{
    static sv_multipart_part again[SV_MULTIPART_PARTS_MAX];
    char *body = malloc(size + 16 * 1024), *at = body;
    size_t again_count = 0;
    require(body != NULL, "no memory");
    for (size_t i = 0; i < count; i++) {
        at = put_text(put_text(put_text(at, "--"), boundary), "\r\nContent-Disposition: form-data; name=");
        at = put_quoted(at, parts[i].name);
        if (parts[i].has_filename) at = put_quoted(put_text(at, "; filename="), parts[i].filename);
        at = put_text(put(put_text(at, "\r\n\r\n"), parts[i].bytes, parts[i].size), "\r\n");
    }
    at = put_text(put_text(put_text(at, "--"), boundary), "--\r\n");
    const char *why = sv_multipart_read(body, (size_t)(at - body), boundary, again, &again_count);
    require(why == NULL && again_count == count, "what was written anew cannot be read");
    for (size_t i = 0; i < count; i++)
        require(strcmp(parts[i].name, again[i].name) == 0 && strcmp(parts[i].filename, again[i].filename) == 0 &&
                    parts[i].size == again[i].size && memcmp(parts[i].bytes, again[i].bytes, parts[i].size) == 0,
                "another part");
    free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static sv_multipart_part parts[SV_MULTIPART_PARTS_MAX];
    static const char type[] = "multipart/form-data; boundary=";
    char given[300] = "", boundary[71];
    if (size < 1 || size - 1 < data[0]) return 0;
    memcpy(given, type, sizeof type - 1);
    memcpy(given + sizeof type - 1, data + 1, data[0]);
    if (!sv_multipart_boundary(given, boundary)) return 0;
    const size_t body_size = size - 1 - data[0];
    char *body = malloc(body_size ? body_size : 1); /* of its own: a byte too far is seen */
    require(body != NULL, "no memory");
    memcpy(body, data + 1 + data[0], body_size);
    size_t count = 0;
    const char *before = body, *why = sv_multipart_read(body, body_size, boundary, parts, &count);
    require(count <= SV_MULTIPART_PARTS_MAX, "too many parts");
    for (size_t i = 0; i < count && !why; i++) {
        require(parts[i].bytes >= before && parts[i].bytes + parts[i].size <= body + body_size, "outside the body");
        before = parts[i].bytes + parts[i].size;
    }
    if (!why) check_again(parts, count, boundary, body_size);
    free(body);
    return 0;
}
