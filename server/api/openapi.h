/* server/openapi.v1.yaml as JSON, made while building (scripts/openapi_json.py). */
#ifndef SV_OPENAPI_H
#define SV_OPENAPI_H

#include <stddef.h>

extern const char sv_openapi_json[];
extern const size_t sv_openapi_json_size;

#endif
