/* What a client asked, as FastCGI hands it over. */
#ifndef SV_REQUEST_H
#define SV_REQUEST_H

#include <fcgiapp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define SV_SEGMENTS_MAX 12
#define SV_PARAMETERS_MAX 100

typedef struct sv_parameter {
    char *name, *value;
    const char *raw; /* the value as it came, in the query */
    size_t raw_size;
} sv_parameter;

typedef struct sv_request {
    FCGX_Request *fcgi;
    const char *method;
    char *path;                     /* below the base, as it came, without query */
    char *query;                    /* as it came; "" for none */
    char *segment[SV_SEGMENTS_MAX]; /* of the path, decoded each for itself */
    size_t segment_count;
    sv_parameter parameter[SV_PARAMETERS_MAX];
    size_t parameter_count;
    bool malformed_path, malformed_query; /* cannot be decoded, or has too many parts */
    int64_t length;                       /* of the body; -1: not told */
    char ip[64];                          /* of the client, seen through trusted proxies; v4 mapped into v6 is v4 */
    bool internal;                        /* came through the internal listener */
} sv_request;

void sv_request_read(FCGX_Request *fcgi, const char *base, sv_request *request);
void sv_request_free(sv_request *request);

/* "content-type" and the like; NULL: not sent. */
const char *sv_header(const sv_request *request, const char *name);
size_t sv_header_count(const sv_request *request, const char *name);

/* NULL: not given. */
const char *sv_parameter_get(const sv_request *request, const char *name);

/* Percent signs and, in a query, pluses. NULL: malformed, or it holds a NUL or bytes that are not UTF-8. */
char *sv_decode(const char *text, size_t size, bool query);

/* Is the address in "10.0.0.0/8", "2001:db8::/32" or equal to a bare address? Both kinds are understood. */
bool sv_address_in(const char *ip, const char *network);
bool sv_network_is(const char *network);

#endif
