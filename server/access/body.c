#include "access/body.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define PIECE 65536
#define AROUND_FILE 131072 /* what a form may have besides its file */

/* "application/json; charset=utf-8" is "application/json". */
static bool is_type(const char *given, const char *type)
{
    size_t size = strlen(type);
    return strncasecmp(given, type, size) == 0 && (!given[size] || given[size] == ';' || given[size] == ' ');
}

static bool is_json(const char *type) { return is_type(type, "application/json"); }

static bool is_file(const char *type)
{
    static const char *const types[] = {"model/stl", "model/3mf",
                                        "application/vnd.ms-package.3dmanufacturing-3dmodel+xml", "application/zip",
                                        "application/octet-stream"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (is_type(type, types[i])) return true;
    return false;
}

bool sv_body_type(sv_call *call)
{
    const char *type = sv_header(&call->request, "content-type");
    const sv_body wanted = call->route->body;
    if (sv_header(&call->request, "content-encoding")) {
        sv_refuse(call, SV_E_unsupported_content_encoding, NULL, "Bodies must come without Content-Encoding.");
        return false;
    }
    if (wanted == SV_BODY_NONE || ((call->route->flags & SV_BODY_MAY_BE_EMPTY) && call->request.length <= 0 && !type))
        return true;
    bool good =
        type && ((wanted == SV_BODY_JSON && is_json(type)) ||
                 (wanted == SV_BODY_MERGE && (is_json(type) || is_type(type, "application/merge-patch+json"))) ||
                 (wanted == SV_BODY_FILE && (is_json(type) || is_file(type))) ||
                 (wanted == SV_BODY_ANY && (is_json(type) || is_type(type, "multipart/form-data"))));
    if (!good) sv_refuse(call, SV_E_unsupported_media_type, NULL, "The content type is not one that is read here.");
    return good;
}

static bool is_too_large(sv_call *call, int64_t size, bool file)
{
    const sv_config *config = call->app->config;
    const int64_t most = !file                   ? config->json_bytes
                         : call->file_bytes_most ? call->file_bytes_most
                                                 : config->file_bytes;
    if (size <= most + (file && call->route->body == SV_BODY_ANY ? AROUND_FILE : 0)) return false;
    sv_refuse(call, file ? SV_E_file_too_large : SV_E_payload_too_large, json_pack("{s:I}", "limit", (json_int_t)most),
              "The body is larger than %lld bytes.", (long long)most);
    return true;
}

/* false: refused; the rest of the body is left to the server in front. */
static bool take_piece(sv_call *call, const char *piece, size_t size, FILE *file)
{
    if (!file) {
        call->body_bytes = sv_grow(call->body_bytes, call->body_size + size + 1, 1);
        memcpy(call->body_bytes + call->body_size, piece, size);
        call->body_bytes[call->body_size + size] = 0;
    } else if (fwrite(piece, 1, size, file) != size) {
        sv_refuse_store(call, SV_FULL);
        return false;
    }
    call->body_size += size;
    return true;
}

static bool take_all(sv_call *call, FILE *file)
{
    char *piece = sv_alloc(PIECE, 1);
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_DigestInit_ex(digest, EVP_sha256(), NULL);
    bool good = true;
    for (;;) {
        int got = FCGX_GetStr(piece, PIECE, call->request.fcgi->in);
        if (got <= 0) break;
        EVP_DigestUpdate(digest, piece, (size_t)got);
        good = !is_too_large(call, (int64_t)call->body_size + got, file != NULL) &&
               take_piece(call, piece, (size_t)got, file);
        if (!good) break;
    }
    EVP_DigestFinal_ex(digest, call->body_sha256, NULL);
    EVP_MD_CTX_free(digest);
    free(piece);
    if (good && call->request.length >= 0 && (int64_t)call->body_size < call->request.length) {
        sv_refuse(call, SV_E_invalid_request, NULL, "The body ends before its Content-Length.");
        good = false;
    }
    return good;
}

static bool take_file(sv_call *call)
{
    sv_text path = {0};
    const sv_config *config = call->app->config;
    if (*config->temporary != '/') sv_text_format(&path, "%s/", config->folder);
    sv_text_format(&path, "%s/%s", config->temporary, call->request_id);
    FILE *file = fopen(sv_text_get(&path), "wbx");
    if (!file) {
        sv_log(SV_LOG_ERROR, "temporary file", json_pack("{s:s}", "err", strerror(errno)));
        sv_refuse_store(call, SV_FULL);
        sv_text_free(&path);
        return false;
    }
    call->upload_path = path.data;
    bool good = take_all(call, file);
    if (fclose(file) != 0 && good) sv_refuse_store(call, SV_FULL), good = false;
    call->upload_size = (int64_t)call->body_size;
    memcpy(call->upload_sha256, call->body_sha256, sizeof call->upload_sha256);
    return good;
}

/* Content-Digest: sha-256=:...: (RFC 9530); other algorithms are not looked at. */
static bool check_digest(sv_call *call)
{
    const char *given = sv_header(&call->request, "content-digest"), *at = given ? strstr(given, "sha-256=:") : NULL;
    if (!at) return true;
    at += strlen("sha-256=:");
    size_t size = strcspn(at, ":"), got = 0;
    char *text = sv_copy_bytes(at, size);
    uint8_t *digest = at[size] == ':' ? sv_base64_read(text, false, &got) : NULL;
    bool good = digest && got == SV_SHA256_SIZE && memcmp(digest, call->body_sha256, got) == 0;
    free(digest);
    free(text);
    if (!good) sv_refuse(call, SV_E_digest_mismatch, NULL, "The body does not have the digest of Content-Digest.");
    return good;
}

static bool parse(sv_call *call)
{
    char why[256];
    if (!call->body_size && (call->route->flags & SV_BODY_MAY_BE_EMPTY)) {
        call->body = json_object();
        return true;
    }
    call->body = sv_json_read(call->body_bytes ? call->body_bytes : "", call->body_size, why, sizeof why);
    if (!call->body) {
        sv_refuse(call, SV_E_invalid_json, NULL, "The body is no JSON. %s", why);
        return false;
    }
    if (json_is_object(call->body)) return true;
    sv_refuse(call, SV_E_invalid_request, NULL, "The body must be a JSON object.");
    return false;
}

bool sv_body_take(sv_call *call)
{
    const char *type = sv_header(&call->request, "content-type");
    const sv_body wanted = call->route->body;
    if (wanted == SV_BODY_NONE) {
        sv_sha256("", 0, call->body_sha256);
        return true;
    }
    bool file = (wanted == SV_BODY_FILE || wanted == SV_BODY_ANY) && type && !is_json(type);
    if (call->request.length > 0 && is_too_large(call, call->request.length, file)) return false;
    bool good = file ? take_file(call) : take_all(call, NULL);
    call->body_read = good;
    return good && check_digest(call) && (file || parse(call));
}
