#include "http/multipart.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define HEADERS_MAX 8192

/* ---- parameters of a header: ; name="value" ---- */

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t')) at++;
    return at;
}

static bool is_token(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* A token or a quoted string, to `value`; NULL: neither, or longer than `most`. */
static const char *take_value(const char *at, const char *end, char *value, size_t most)
{
    size_t size = 0;
    const bool quoted = at < end && *at == '"';
    for (at += quoted; at < end && (quoted ? *at != '"' : is_token(*at)); at++) {
        /* Browsers send a backslash as it is; only \" and \\ are escapes. */
        if (quoted && *at == '\\' && at + 1 < end && (at[1] == '"' || at[1] == '\\')) at++;
        if (size == most || (unsigned char)*at < ' ') return NULL;
        value[size++] = *at;
    }
    value[size] = 0;
    if (quoted) return at < end ? at + 1 : NULL;
    return size ? at : NULL;
}

typedef struct parameter {
    char name[32], value[SV_MULTIPART_NAME_MAX + 1];
} parameter;

/* NULL at the end and where there is none; *good tells which. */
static const char *next_parameter(const char *at, const char *end, parameter *p, bool *good)
{
    size_t size = 0;
    at = skip_blanks(at, end);
    *good = at == end;
    if (at == end || *at != ';') return NULL;
    for (at = skip_blanks(at + 1, end); at < end && is_token(*at) && size < sizeof p->name - 1; at++)
        p->name[size++] = *at;
    p->name[size] = 0;
    if (!size || at == end || *at != '=') return NULL;
    at = take_value(at + 1, end, p->value, SV_MULTIPART_NAME_MAX);
    *good = at != NULL;
    return at;
}

bool sv_multipart_boundary(const char *content_type, char boundary[71])
{
    static const char type[] = "multipart/form-data";
    const char *end = content_type + strlen(content_type), *at = content_type + sizeof type - 1;
    bool good = strncasecmp(content_type, type, sizeof type - 1) == 0, found = false;
    parameter p;
    while (good && (at = next_parameter(at, end, &p, &good)))
        if (strcasecmp(p.name, "boundary") == 0) {
            size_t size = strlen(p.value);
            if (found || !size || size > 70) return false;
            memcpy(boundary, p.value, size + 1);
            found = true;
        }
    return good && found;
}

/* ---- the body ---- */

typedef struct reader {
    const char *at, *end;
    char mark[2 + 2 + 70]; /* CRLF, two dashes, boundary */
    size_t mark_size;
} reader;

/* The mark that ends what begins at `from`; NULL: there is none. */
static const char *find_mark(const reader *r, const char *from)
{
    return memmem(from, (size_t)(r->end - from), r->mark, r->mark_size);
}

/* Behind a mark: 1 another part follows, 0 it was the last, -1 it is no mark after all. */
static int pass_mark(reader *r, const char *behind)
{
    const bool last = r->end - behind >= 2 && behind[0] == '-' && behind[1] == '-';
    const char *at = skip_blanks(behind + (last ? 2 : 0), r->end);
    if (last && at == r->end) return 0;
    if (r->end - at < 2 || at[0] != '\r' || at[1] != '\n') return -1;
    r->at = at + 2;
    return !last;
}

/* Content-Disposition: form-data; name="file"; filename="a.stl" */
static bool take_disposition(const char *at, const char *end, sv_multipart_part *part)
{
    static const char kind[] = "form-data";
    parameter p;
    bool good = (size_t)(end - at) >= sizeof kind - 1 && strncasecmp(at, kind, sizeof kind - 1) == 0;
    bool named = false;
    at += good ? sizeof kind - 1 : 0;
    while (good && (at = next_parameter(at, end, &p, &good))) {
        if (strcasecmp(p.name, "name") == 0) {
            good = !named && *p.value;
            named = true;
            memcpy(part->name, p.value, sizeof p.value);
        } else if (strcasecmp(p.name, "filename") == 0) {
            good = !part->has_filename;
            part->has_filename = true;
            memcpy(part->filename, p.value, sizeof p.value);
        }
    }
    return good && named;
}

static const char *take_headers(reader *r, sv_multipart_part *part)
{
    static const char name[] = "content-disposition:", transfer[] = "content-transfer-encoding:";
    bool found = false;
    const char *begin = r->at;
    for (;;) {
        const size_t left = (size_t)(r->end - r->at), room = (size_t)(r->at - begin);
        const char *end = memmem(r->at, left, "\r\n", 2);
        if (!end || room + (size_t)(end - r->at) > HEADERS_MAX) return "The headers of a part do not end.";
        const size_t size = (size_t)(end - r->at);
        const char *line = r->at;
        r->at = end + 2;
        if (!size) break;
        if (size >= sizeof name - 1 && strncasecmp(line, name, sizeof name - 1) == 0) {
            if (found || !take_disposition(skip_blanks(line + sizeof name - 1, end), end, part))
                return "A part has no well-formed Content-Disposition.";
            found = true;
        } else if (size >= sizeof transfer - 1 && strncasecmp(line, transfer, sizeof transfer - 1) == 0) {
            const char *value = skip_blanks(line + sizeof transfer - 1, end);
            if (end - value != 6 || strncasecmp(value, "binary", 6) != 0)
                return "Parts must come without Content-Transfer-Encoding.";
        }
    }
    return found ? NULL : "A part has no Content-Disposition.";
}

/* Up to the mark behind it. *more: another part follows. */
static const char *take_part(reader *r, sv_multipart_part *part, bool *more)
{
    *part = (sv_multipart_part){0};
    const char *why = take_headers(r, part);
    if (why) return why;
    part->bytes = r->at;
    /* A part of no bytes: the empty line's end is also the beginning of the mark. */
    for (const char *from = r->at - 2;;) {
        const char *mark = find_mark(r, from);
        if (!mark) return "The body ends before its last boundary.";
        part->size = mark > part->bytes ? (size_t)(mark - part->bytes) : 0;
        const int follows = pass_mark(r, mark + r->mark_size);
        *more = follows == 1;
        if (follows >= 0) return NULL;
        from = mark + 1;
    }
}

const char *sv_multipart_read(const char *bytes, size_t size, const char *boundary, sv_multipart_part *parts,
                              size_t *count)
{
    reader r = {.at = bytes, .end = bytes + size};
    const size_t boundary_size = strlen(boundary);
    bool more = false;
    *count = 0;
    if (!boundary_size || boundary_size > 70) return "The boundary must have 1 to 70 characters.";
    memcpy(r.mark, "\r\n--", 4);
    memcpy(r.mark + 4, boundary, boundary_size);
    r.mark_size = boundary_size + 4;
    /* The first mark may stand at the very beginning, without a line before it. */
    const bool first = size >= r.mark_size - 2 && memcmp(bytes, r.mark + 2, r.mark_size - 2) == 0;
    const char *mark = first || !size ? NULL : find_mark(&r, bytes);
    const char *behind = first ? bytes + r.mark_size - 2 : mark ? mark + r.mark_size : NULL;
    const int follows = behind ? pass_mark(&r, behind) : -1;
    if (follows < 0) return "The body does not begin with its boundary.";
    for (more = follows == 1; more;) {
        if (*count == SV_MULTIPART_PARTS_MAX) return "The body has too many parts.";
        const char *why = take_part(&r, &parts[*count], &more);
        if (why) return why;
        ++*count;
    }
    return NULL;
}
