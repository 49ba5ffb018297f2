#include "events/target.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/request.h"

#define LOOKUP_SECONDS 2

/* Nothing of these is on the public internet (IANA's registries of special-purpose addresses, multicast). */
static const char *const forbidden[] = {
    "0.0.0.0/8",      "10.0.0.0/8",   "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24",   "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",  "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",  "240.0.0.0/4",    "::/128",         "::1/128",        "64:ff9b::/96",
    "64:ff9b:1::/48", "100::/64",     "2001::/23",      "2001:db8::/32",  "2002::/16",      "fc00::/7",
    "fe80::/10",      "ff00::/8"};

bool sv_address_may_be_called(const sv_config *config, const char *address)
{
    json_t *network;
    size_t index;
    json_array_foreach(config->allow_cidrs, index,
                       network) if (json_is_string(network) &&
                                    sv_address_in(address, json_string_value(network))) return true;
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
        if (sv_address_in(address, forbidden[i])) return false;
    return true;
}

/* ---- the form ---- */

typedef struct target {
    char *scheme, *host, *port; /* of libcurl; host without brackets, in lower case */
    bool literal;               /* the host is an address */
} target;

static void free_target(target *t)
{
    curl_free(t->scheme);
    curl_free(t->host);
    curl_free(t->port);
}

static bool has(CURLU *parsed, CURLUPart part)
{
    char *value = NULL;
    bool there = curl_url_get(parsed, part, &value, 0) == CURLUE_OK;
    curl_free(value);
    return there;
}

static void take_host(target *t)
{
    uint8_t bytes[16];
    size_t size = strlen(t->host);
    if (size > 2 && t->host[0] == '[') { /* an address of IPv6, perhaps with a zone */
        memmove(t->host, t->host + 1, size);
        t->host[strcspn(t->host, "]%")] = 0;
    } else if (size && t->host[size - 1] == '.') {
        t->host[size - 1] = 0;
    }
    for (char *c = t->host; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    t->literal = inet_pton(AF_INET, t->host, bytes) == 1 || inet_pton(AF_INET6, t->host, bytes) == 1;
}

/* libcurl reads it as it will when it calls: what the two understand by a URL cannot differ. */
static bool read_target(const char *url, target *t, bool *dressed)
{
    CURLU *parsed = curl_url();
    *t = (target){NULL, NULL, NULL, false};
    bool good = parsed && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
                curl_url_get(parsed, CURLUPART_SCHEME, &t->scheme, 0) == CURLUE_OK &&
                curl_url_get(parsed, CURLUPART_HOST, &t->host, 0) == CURLUE_OK && *t->host &&
                curl_url_get(parsed, CURLUPART_PORT, &t->port, CURLU_DEFAULT_PORT) == CURLUE_OK;
    *dressed = good && (has(parsed, CURLUPART_USER) || has(parsed, CURLUPART_PASSWORD) ||
                        has(parsed, CURLUPART_FRAGMENT) || strchr(url, '#'));
    if (good) take_host(t);
    curl_url_cleanup(parsed);
    if (!good) free_target(t), *t = (target){NULL, NULL, NULL, false};
    return good;
}

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text), end_size = strlen(end);
    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static bool is_local_name(const target *t)
{
    return !t->literal && (!strchr(t->host, '.') || ends_with(t->host, ".localhost") || ends_with(t->host, ".local") ||
                           ends_with(t->host, ".internal"));
}

static const char *check(const sv_config *config, const target *t)
{
    const bool plain = strcmp(t->scheme, "http") == 0;
    const long port = strtol(t->port, NULL, 10);
    if (strcmp(t->scheme, "https") != 0 && !(plain && config->allow_http)) return "Only https is called.";
    if (!(port == 443 || port >= 1024 || (plain && port == 80))) return "The port must be 443, or 1024 and more.";
    if (is_local_name(t)) return "The host must be a name of the public internet.";
    if (t->literal && !sv_address_may_be_called(config, t->host)) return "The address is not a public one.";
    return NULL;
}

const char *sv_target_check(const sv_config *config, const char *url)
{
    target t;
    bool dressed;
    if (strlen(url) > SV_TARGET_SIZE) return "The URL has more than 2048 bytes.";
    for (const char *c = url; *c; c++)
        if (*c <= ' ' || *c > '~') return "The URL holds a character that must be encoded.";
    if (!read_target(url, &t, &dressed)) return "This is no URL with a host.";
    const char *wrong = dressed ? "The URL must have no user, no password and no fragment." : check(config, &t);
    free_target(&t);
    return wrong;
}

/* ---- the addresses ---- */

/* webhooks.resolve holds one address of a host, or a list. NULL: there are not so many. */
static const char *mapped_address(const sv_config *config, const target *t, size_t i)
{
    json_t *mapped = json_object_get(config->resolve, t->host);
    if (json_is_string(mapped)) return i ? NULL : json_string_value(mapped);
    return json_string_value(json_array_get(mapped, i));
}

static bool all_may_be_called(const sv_config *config, const struct addrinfo *found)
{
    char text[INET6_ADDRSTRLEN] = "";
    for (; found; found = found->ai_next) {
        const void *address =
            found->ai_family == AF_INET
                ? (const void *)&((const struct sockaddr_in *)(const void *)found->ai_addr)->sin_addr
                : (const void *)&((const struct sockaddr_in6 *)(const void *)found->ai_addr)->sin6_addr;
        if (!inet_ntop(found->ai_family, address, text, sizeof text) || !sv_address_may_be_called(config, text))
            return false;
    }
    return true;
}

static bool looks_public(const sv_config *config, const target *t)
{
    const char *address;
    bool good = true;
    for (size_t i = 0; (address = mapped_address(config, t, i)); i++)
        good = good && sv_address_may_be_called(config, address);
    if (mapped_address(config, t, 0)) return good;
    if (t->literal) return sv_address_may_be_called(config, t->host);
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (res_init() == 0) _res.retrans = LOOKUP_SECONDS, _res.retry = 1; /* a client waits for this */
    if (getaddrinfo(t->host, NULL, &wanted, &found) != 0) return true;
    good = all_may_be_called(config, found);
    freeaddrinfo(found);
    return good;
}

bool sv_target_is_public(const sv_config *config, const char *url)
{
    target t;
    bool dressed, good = read_target(url, &t, &dressed) && looks_public(config, &t);
    free_target(&t);
    return good;
}

char *sv_target_mapped(const sv_config *config, const char *url)
{
    target t;
    bool dressed;
    const char *address;
    sv_text text = {0};
    if (!read_target(url, &t, &dressed)) return NULL;
    for (size_t i = 0; (address = mapped_address(config, &t, i)); i++) {
        if (!i) sv_text_format(&text, "%s:%s:", t.host, t.port);
        sv_text_format(&text, strchr(address, ':') ? "%s[%s]" : "%s%s", i ? "," : "", address);
    }
    free_target(&t);
    return text.data;
}
