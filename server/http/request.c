#include "http/request.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

char *sv_decode(const char *text, size_t size, bool query)
{
    char *out = sv_alloc(size + 1, 1), *at = out;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '%') {
            int high = i + 2 < size ? hex_digit(text[i + 1]) : -1, low = high < 0 ? -1 : hex_digit(text[i + 2]);
            if (low < 0) goto bad;
            *at++ = (char)(high * 16 + low);
            i += 2;
        } else {
            *at++ = query && text[i] == '+' ? ' ' : text[i];
        }
        if (!at[-1]) goto bad;
    }
    json_t *checked = json_stringn(out, (size_t)(at - out)); /* jansson refuses what is not UTF-8 */
    if (!checked) goto bad;
    json_decref(checked);
    return out;
bad:
    free(out);
    return NULL;
}

static void split_path(sv_request *r)
{
    for (const char *at = r->path; *at && !r->malformed_path;) {
        at += *at == '/';
        size_t size = strcspn(at, "/");
        if (!size && !at[size]) break; /* a slash at the end */
        char *segment = r->segment_count < SV_SEGMENTS_MAX ? sv_decode(at, size, false) : NULL;
        if (segment)
            r->segment[r->segment_count++] = segment;
        else
            r->malformed_path = true;
        at += size;
    }
}

static void split_query(sv_request *r)
{
    for (const char *at = r->query; *at && !r->malformed_query;) {
        size_t size = strcspn(at, "&"), name_size = strcspn(at, "=&");
        if (size) {
            bool room = r->parameter_count < SV_PARAMETERS_MAX, valued = name_size < size;
            char *name = room ? sv_decode(at, name_size, true) : NULL;
            const char *raw = at + name_size + valued;
            size_t raw_size = size - name_size - valued;
            char *value = name ? sv_decode(raw, raw_size, true) : NULL;
            if (value) {
                r->parameter[r->parameter_count++] = (sv_parameter){name, value, raw, raw_size};
            } else {
                free(name);
                r->malformed_query = true;
            }
        }
        at += size + (at[size] == '&');
    }
}

static const char *param(const sv_request *r, const char *name) { return FCGX_GetParam(name, r->fcgi->envp); }

void sv_request_read(FCGX_Request *fcgi, const char *base, sv_request *r)
{
    *r = (sv_request){.fcgi = fcgi, .length = -1};
    const char *uri = param(r, "REQUEST_URI"), *length = param(r, "CONTENT_LENGTH"), *remote = param(r, "REMOTE_ADDR");
    r->method = param(r, "REQUEST_METHOD");
    if (!r->method) r->method = "GET";
    if (!uri) uri = "/";
    size_t path_size = strcspn(uri, "?#"), base_size = strlen(base);
    const char *query = uri[path_size] == '?' ? uri + path_size + 1 : "";
    bool below = path_size >= base_size && strncmp(uri, base, base_size) == 0 &&
                 (path_size == base_size || uri[base_size] == '/');
    r->path = below ? sv_copy_bytes(uri + base_size, path_size - base_size) : sv_copy_bytes(uri, path_size);
    r->query = sv_copy_bytes(query, strcspn(query, "#"));
    r->internal = param(r, "QUOTE_INTERNAL") != NULL;
    if (length && *length) {
        char *end;
        long long value = strtoll(length, &end, 10);
        if (!*end && value >= 0) r->length = value;
    }
    if (remote && strncmp(remote, "::ffff:", 7) == 0 && strchr(remote, '.')) remote += 7;
    snprintf(r->ip, sizeof r->ip, "%s", remote ? remote : "");
    split_path(r);
    split_query(r);
}

void sv_request_free(sv_request *r)
{
    for (size_t i = 0; i < r->segment_count; i++) free(r->segment[i]);
    for (size_t i = 0; i < r->parameter_count; i++) free(r->parameter[i].name), free(r->parameter[i].value);
    free(r->path);
    free(r->query);
    *r = (sv_request){0};
}

static size_t variable_of(const char *header, char name[128])
{
    size_t size = 0;
    if (strcasecmp(header, "content-type") != 0 && strcasecmp(header, "content-length") != 0)
        size = (size_t)snprintf(name, 128, "HTTP_");
    for (; *header && size < 127; header++) name[size++] = *header == '-' ? '_' : (char)toupper((unsigned char)*header);
    name[size] = 0;
    return size;
}

const char *sv_header(const sv_request *r, const char *header)
{
    char name[128];
    variable_of(header, name);
    const char *value = param(r, name);
    return value && *value ? value : NULL;
}

size_t sv_header_count(const sv_request *r, const char *header)
{
    char name[128];
    size_t size = variable_of(header, name), count = 0;
    for (char **at = r->fcgi->envp; *at; at++) count += strncmp(*at, name, size) == 0 && (*at)[size] == '=';
    return count;
}

const char *sv_parameter_get(const sv_request *r, const char *name)
{
    for (size_t i = 0; i < r->parameter_count; i++)
        if (strcmp(r->parameter[i].name, name) == 0) return r->parameter[i].value;
    return NULL;
}

/* ---- addresses ---- */

static int read_address(const char *text, uint8_t bytes[16])
{
    if (inet_pton(AF_INET, text, bytes) == 1) return 4;
    if (inet_pton(AF_INET6, text, bytes) != 1) return 0;
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (memcmp(bytes, mapped, 12) != 0) return 16;
    memmove(bytes, bytes + 12, 4);
    return 4;
}

static int read_network(const char *text, uint8_t bytes[16], int *bits)
{
    char address[64];
    size_t size = strcspn(text, "/");
    if (size >= sizeof address) return 0;
    memcpy(address, text, size);
    address[size] = 0;
    int bytes_count = read_address(address, bytes);
    *bits = bytes_count * 8;
    if (!bytes_count || !text[size]) return bytes_count;
    char *end;
    long given = strtol(text + size + 1, &end, 10);
    if (bytes_count == 4 && strchr(address, ':')) given -= 96; /* of the 128 that a v4 mapped into v6 has */
    if (*end || end == text + size + 1 || given < 0 || given > *bits) return 0;
    *bits = (int)given;
    return bytes_count;
}

bool sv_network_is(const char *network)
{
    uint8_t bytes[16];
    int bits;
    return read_network(network, bytes, &bits) != 0;
}

bool sv_address_in(const char *ip, const char *network)
{
    uint8_t a[16], n[16];
    int bits, a_size = read_address(ip, a), n_size = read_network(network, n, &bits);
    if (!a_size || a_size != n_size) return false;
    for (int i = 0; i < bits; i++)
        if ((a[i / 8] ^ n[i / 8]) >> (7 - i % 8) & 1) return false;
    return true;
}
