#include "access/send_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE 65536

const char *sv_type_of_format(const char *format)
{
    if (strncmp(format, "stl", 3) == 0) return "model/stl";
    if (strcmp(format, "3mf") == 0) return "model/3mf";
    return strcmp(format, "zip") == 0 ? "application/zip" : "application/octet-stream";
}

/* ---- ranges ---- */

static bool take_number(const char **at, int64_t *value)
{
    const char *from = *at;
    for (*value = 0; **at >= '0' && **at <= '9'; (*at)++)
        *value = *value > INT64_MAX / 16 ? *value : *value * 10 + (**at - '0');
    return *at > from;
}

typedef enum range { RANGE_ALL, RANGE_SOME, RANGE_NONE } range;

/* "bytes=0-99", "bytes=100-", "bytes=-100". */
static range read_range(const char *text, int64_t size, int64_t *first, int64_t *last)
{
    int64_t from, to;
    *first = 0, *last = size - 1;
    if (!text || strncmp(text, "bytes=", 6) != 0) return RANGE_ALL;
    const char *at = text + 6;
    bool begins = take_number(&at, &from);
    if (*at++ != '-') return RANGE_ALL;
    bool ends = take_number(&at, &to);
    if (*at || (!begins && !ends) || (begins && ends && to < from)) return RANGE_ALL;
    if (begins ? from >= size : to == 0 || size == 0) return RANGE_NONE;
    if (begins)
        *first = from;
    else if (to < size)
        *first = size - to;
    if (begins && ends && to < size) *last = to;
    return RANGE_SOME;
}

/* ---- headers ---- */

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("-._~", c));
}

/* RFC 6266: the name in ASCII, and where that is not all of it, in UTF-8 as RFC 8187 writes it. */
static void put_disposition(sv_call *call, const char *name)
{
    sv_text text = {0};
    bool whole = true;
    sv_text_put(&text, "attachment; filename=\"");
    for (const char *at = name; *at; at++) {
        bool good = *at >= ' ' && *at <= '~' && !strchr("\"\\%", *at);
        if (((unsigned char)*at & 0xC0) != 0x80) sv_text_add(&text, good ? at : "_", 1);
        whole = whole && good;
    }
    sv_text_put(&text, "\"");
    if (!whole) {
        sv_text_put(&text, "; filename*=UTF-8''");
        for (const char *at = name; *at; at++)
            if (is_plain(*at))
                sv_text_add(&text, at, 1);
            else
                sv_text_format(&text, "%%%02X", (unsigned)(unsigned char)*at);
    }
    sv_set_header(call, "Content-Disposition", sv_text_get(&text));
    sv_text_free(&text);
}

void sv_answer_file(sv_call *call, const sv_sent_file *file)
{
    char tag[SV_SHA256_HEX_SIZE + 2];
    int64_t first, last;
    const sv_request *r = &call->request;
    const char *same = sv_header(r, "if-range");
    snprintf(tag, sizeof tag, "\"%s\"", file->sha256);
    /* If-None-Match comes first; ignoring a Range is always allowed. */
    const bool ranges = !sv_header(r, "if-none-match") && (!same || strcmp(same, tag) == 0);
    const range asked = read_range(ranges ? sv_header(r, "range") : NULL, file->size, &first, &last);
    if (call->status || asked == RANGE_NONE) close(file->file);
    if (call->status) return;
    if (asked == RANGE_NONE) {
        sv_refuse(call, SV_E_range_not_satisfiable, NULL, "The file has %lld bytes.", (long long)file->size);
        sv_text_format(&call->headers, "Content-Range: bytes */%lld\r\n", (long long)file->size);
        return;
    }
    sv_set_header(call, "ETag", tag);
    sv_set_header(call, "Accept-Ranges", "bytes");
    if (file->name) put_disposition(call, file->name);
    if (asked == RANGE_SOME)
        sv_text_format(&call->headers, "Content-Range: bytes %lld-%lld/%lld\r\n", (long long)first, (long long)last,
                       (long long)file->size);
    sv_answer(call, asked == RANGE_SOME ? 206 : 200, NULL);
    call->sends_file = true;
    call->sent_file = file->file;
    call->sent_from = first;
    call->sent_size = last - first + 1;
    call->raw_type = file->type;
}

bool sv_send_file(sv_call *call)
{
    char *piece = sv_alloc(PIECE, 1);
    int64_t at = call->sent_from, end = at + call->sent_size;
    bool good = true;
    while (good && at < end) {
        ssize_t got = pread(call->sent_file, piece, end - at < PIECE ? (size_t)(end - at) : PIECE, (off_t)at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) sv_log(SV_LOG_ERROR, "a file cannot be read", json_pack("{s:s}", "request_id", call->request_id));
        good = got > 0 && FCGX_PutStr(piece, (int)got, call->request.fcgi->out) == got;
        at += got > 0 ? got : 0;
    }
    free(piece);
    return good;
}
