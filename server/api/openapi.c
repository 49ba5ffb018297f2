#include "api/openapi.h"

#include "api/handlers.h"

void sv_read_openapi(sv_call *call)
{
    uint8_t digest[SV_SHA256_SIZE];
    char hex[SV_SHA256_HEX_SIZE];
    sv_sha256(sv_openapi_json, sv_openapi_json_size, digest);
    sv_hex(digest, sizeof digest, hex);
    sv_text_format(&call->headers, "ETag: \"%.16s\"\r\n", hex);
    call->raw = sv_copy_bytes(sv_openapi_json, sv_openapi_json_size);
    call->raw_size = sv_openapi_json_size;
    call->raw_type = "application/json";
    sv_answer(call, 200, NULL);
}
