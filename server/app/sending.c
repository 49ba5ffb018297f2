#include "app/sending.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "access/sealed.h"
#include "base/json.h"
#include "base/moment.h"
#include "base/text.h"
#include "events/sign.h"
#include "events/target.h"

#define CONNECT_MS 5000L
#define BODY_MAX 65536
#define HEADERS_MAX 16384
#define KEPT_SECRETS 2

/* ---- what libcurl asks ---- */

/* The address that is really called: a name may answer otherwise than it did when the endpoint was made. */
static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    sv_sending *s = data;
    char text[INET6_ADDRSTRLEN] = "";
    const void *bytes = address->family == AF_INET
                            ? (const void *)&((const struct sockaddr_in *)(const void *)&address->addr)->sin_addr
                            : (const void *)&((const struct sockaddr_in6 *)(const void *)&address->addr)->sin6_addr;
    bool known = address->family == AF_INET || address->family == AF_INET6;
    if (purpose != CURLSOCKTYPE_IPCXN || !known || !inet_ntop(address->family, bytes, text, sizeof text) ||
        !sv_address_may_be_called(s->config, text)) {
        s->forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *data)
{
    sv_sending *s = data;
    const size_t all = size * count, room = sizeof s->excerpt - 1;
    if (s->received < room) {
        size_t kept = all < room - s->received ? all : room - s->received;
        memcpy(s->excerpt + s->received, bytes, kept);
    }
    s->received += all;
    s->enough = s->received > BODY_MAX;
    return s->enough ? 0 : all;
}

static void take_retry_after(sv_sending *s, const char *value)
{
    char *end;
    const long long seconds = strtoll(value, &end, 10);
    const time_t at = end == value ? curl_getdate(value, NULL) : -1;
    if (end != value && seconds > 0) s->asked_ms = seconds < INT32_MAX ? seconds * 1000 : INT32_MAX * INT64_C(1000);
    if (at > 0 && at * INT64_C(1000) > sv_now_ms()) s->asked_ms = at * INT64_C(1000) - sv_now_ms();
}

static size_t take_header(char *bytes, size_t size, size_t count, void *data)
{
    sv_sending *s = data;
    static const char name[] = "retry-after:";
    const size_t all = size * count;
    s->header_bytes += all;
    if (s->header_bytes > HEADERS_MAX) {
        s->headers_too_large = true;
        return 0;
    }
    if (all > sizeof name && strncasecmp(bytes, name, sizeof name - 1) == 0) {
        char *value = sv_copy_bytes(bytes + sizeof name - 1, all - sizeof name + 1);
        take_retry_after(s, value + strspn(value, " \t"));
        free(value);
    }
    return all;
}

/* ---- the request ---- */

static void add_header(sv_sending *s, const char *name, const char *value)
{
    sv_text line = {0};
    sv_text_format(&line, *value ? "%s: %s" : "%s:%s", name, value);
    struct curl_slist *longer = curl_slist_append(s->headers, sv_text_get(&line));
    if (longer) s->headers = longer;
    sv_text_free(&line);
}

/* The secret, and the one before while both hold. */
static void open_secrets(const sv_sending *s, const sv_object *endpoint, char *secrets[KEPT_SECRETS])
{
    const char *ends = sv_json_text(endpoint->body, "previous_secret_expires_at");
    int64_t ms;
    secrets[0] = sv_unseal(s->config, sv_json_text(endpoint->private, "secret"));
    secrets[1] = *ends && sv_moment_read(ends, &ms) && ms > s->began_ms
                     ? sv_unseal(s->config, sv_json_text(endpoint->private, "previous"))
                     : NULL;
}

static void add_signatures(sv_sending *s, char *const secrets[KEPT_SECRETS])
{
    sv_text own = {0}, standard = {0}, at = {0};
    const int64_t t = s->began_ms / 1000;
    sv_sign_own(secrets[0], secrets[1], t, s->body, &own);
    sv_sign_standard(secrets[0], secrets[1], s->event_id, t, s->body, &standard);
    sv_text_format(&at, "%lld", (long long)t);
    add_header(s, "Quote-Signature", sv_text_get(&own));
    add_header(s, "webhook-id", s->event_id);
    add_header(s, "webhook-timestamp", sv_text_get(&at));
    add_header(s, "webhook-signature", sv_text_get(&standard));
    sv_text_free(&own);
    sv_text_free(&standard);
    sv_text_free(&at);
}

static int64_t number_of(const sv_sending *s)
{
    json_t *last = json_array_get(s->attempts, json_array_size(s->attempts) - 1);
    return sv_json_integer(last, "n") + 1;
}

static void add_headers(sv_sending *s, char *const secrets[KEPT_SECRETS])
{
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)number_of(s));
    add_header(s, "Content-Type", "application/json");
    add_header(s, "User-Agent", "quote-webhooks/1");
    add_header(s, "Expect", ""); /* no question before the body */
    add_signatures(s, secrets);
    add_header(s, "Quote-Event", s->type);
    add_header(s, "Quote-Delivery", s->id);
    add_header(s, "Quote-Attempt", number);
}

static void set_target(sv_sending *s, const char *url)
{
    CURL *e = s->easy;
    char *mapped = sv_target_mapped(s->config, url);
    if (mapped) s->resolve = curl_slist_append(NULL, mapped);
    free(mapped);
    curl_easy_setopt(e, CURLOPT_URL, url);
    curl_easy_setopt(e, CURLOPT_RESOLVE, s->resolve);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, s->config->allow_http ? "http,https" : "https");
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L); /* so that each attempt's address is judged anew */
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, s);
}

static void set_transfer(sv_sending *s)
{
    CURL *e = s->easy;
    curl_easy_setopt(e, CURLOPT_POST, 1L);
    curl_easy_setopt(e, CURLOPT_POSTFIELDS, s->body);
    curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(s->body));
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, s->headers);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)s->config->webhook_timeout_seconds * 1000);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, s);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, s);
    curl_easy_setopt(e, CURLOPT_PRIVATE, s);
}

bool sv_sending_start(sv_sending *s, const sv_object *endpoint, char *body, CURLM *multi)
{
    char *secrets[KEPT_SECRETS];
    s->body = body;
    s->began_ms = sv_now_ms();
    s->began_us = sv_monotonic_us();
    open_secrets(s, endpoint, secrets);
    s->easy = secrets[0] ? curl_easy_init() : NULL;
    if (s->easy) {
        add_headers(s, secrets);
        set_target(s, sv_json_text(endpoint->body, "url"));
        set_transfer(s);
        if (curl_multi_add_handle(multi, s->easy) != CURLM_OK) curl_easy_cleanup(s->easy), s->easy = NULL;
    }
    for (size_t i = 0; i < KEPT_SECRETS; i++) free(secrets[i]);
    if (!s->easy) s->error = "not_sent";
    return s->easy != NULL;
}

/* ---- what came of it ---- */

static const char *word_of(const sv_sending *s, CURLcode code)
{
    if (code == CURLE_OK || s->enough) return NULL;
    if (s->headers_too_large) return "headers_too_large";
    if (s->forbidden) return "address_forbidden";
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return "timeout";
    case CURLE_COULDNT_RESOLVE_HOST: return "name_not_found";
    case CURLE_COULDNT_CONNECT: return "connection_refused";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return "tls_failed";
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE: return "connection_lost";
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_HTTP2: return "answer_not_understood";
    default: return "failed";
    }
}

/* What a receiver says goes into JSON: bytes that are no ASCII text do not. */
static void clean(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] > '~' || ((unsigned char)text[i] < ' ' && text[i] != '\n')) text[i] = '?';
    text[size] = 0;
}

void sv_sending_end(sv_sending *s, CURLcode code, CURLM *multi)
{
    char *ip = NULL;
    s->took_ms = (sv_monotonic_us() - s->began_us) / 1000;
    s->error = word_of(s, code);
    curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &s->status);
    if (s->error && code != CURLE_OPERATION_TIMEDOUT) s->status = 0;
    if (curl_easy_getinfo(s->easy, CURLINFO_PRIMARY_IP, &ip) == CURLE_OK && ip) snprintf(s->ip, sizeof s->ip, "%s", ip);
    clean(s->excerpt, s->received < sizeof s->excerpt - 1 ? s->received : sizeof s->excerpt - 1);
    curl_multi_remove_handle(multi, s->easy);
    curl_easy_cleanup(s->easy);
    s->easy = NULL;
}

bool sv_sending_succeeded(const sv_sending *s) { return !s->error && s->status >= 200 && s->status < 300; }

json_t *sv_sending_attempt(const sv_sending *s)
{
    char at[SV_MOMENT_SIZE];
    sv_moment_print(s->began_ms, at);
    return json_pack("{s:I, s:s, s:I, s:o, s:o, s:o, s:o}", "n", (json_int_t)number_of(s), "at", at, "duration_ms",
                     (json_int_t)s->took_ms, "http_status", s->status ? json_integer(s->status) : json_null(), "error",
                     sv_json_text_or_null(s->error), "remote_ip", sv_json_text_or_null(*s->ip ? s->ip : NULL),
                     "response_excerpt", sv_json_text_or_null(s->received ? s->excerpt : NULL));
}

void sv_sending_free(sv_sending *s)
{
    if (!s) return;
    if (s->easy) curl_easy_cleanup(s->easy);
    curl_slist_free_all(s->headers);
    curl_slist_free_all(s->resolve);
    json_decref(s->attempts);
    free(s->body);
    free(s);
}
