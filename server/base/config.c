#include "base/config.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"

static const char defaults[] =
    "{\"environment\":\"development\",\"database\":\"sqlite:quote.db\",\"blobs\":\"file:blobs\","
    "\"blobs_access_key_file\":null,\"blobs_secret_key_file\":null,"
    "\"master_key_file\":\"master.key\",\"pepper_file\":\"pepper.key\",\"price_book\":null,"
    "\"public_url\":\"http://127.0.0.1:8080\",\"socket\":\"quoted.sock\",\"stream_socket\":\"stream.sock\","
    "\"checkout_url\":null,\"temporary\":\"tmp\",\"workers\":0,\"recycle_requests\":10000,\"trusted_proxies\":[],"
    "\"cors_origins\":[],"
    "\"limits\":{\"file_bytes\":209715200,\"json_bytes\":1048576,\"unpacked_bytes\":1073741824,"
    "\"triangles\":20000000,\"upload_ttl_seconds\":3600,\"made_seconds\":30},"
    "\"rate_limits\":{\"minute\":120,\"hour\":3000,\"quotes\":30,\"uploads\":60},"
    "\"quotes\":{\"expires_in_days\":14,\"expires_in_days_max\":90,\"expose_breakdown\":\"full\"},"
    "\"idempotency\":{\"lease_seconds\":120,\"retention_hours\":72},"
    "\"retention\":{\"events_seconds\":2592000,\"blobs_seconds\":86400,\"deleted_seconds\":2592000},"
    "\"webhooks\":{\"allow_http\":false,\"allow_cidrs\":[],\"schedule_scale\":1.0,\"timeout_seconds\":15,"
    "\"resolve\":{}},"
    "\"plans\":[{\"id\":\"self_hosted\",\"name\":\"Self-hosted\",\"price\":null,\"entitlements\":{\"ordering\":true}}]"
    "}";

json_t *sv_config_default(void) { return json_loads(defaults, 0, NULL); }

void sv_config_merge(json_t *base, json_t *over)
{
    const char *key;
    json_t *value;
    json_object_foreach(over, key, value)
    {
        json_t *under = json_object_get(base, key);
        if (json_is_object(value) && json_is_object(under) && json_object_size(under))
            sv_config_merge(under, value);
        else
            json_object_set(base, key, value);
    }
}

static bool fail(char **why, const char *format, const char *a, const char *b)
{
    sv_text text = {0};
    if (!*why) sv_text_format(&text, format, a, b), *why = text.data;
    return false;
}

/* Members whose own members are the operator's. */
static bool is_open(const char *path) { return strcmp(path, "webhooks.resolve") == 0; }

static bool check(json_t *known, json_t *given, const char *path, char **why)
{
    const char *key;
    json_t *value;
    json_object_foreach(given, key, value)
    {
        char here[256];
        snprintf(here, sizeof here, "%s%s%s", path, *path ? "." : "", key);
        json_t *expected = json_object_get(known, key);
        if (!expected) return fail(why, "The configuration has no key \"%s\"%s.", here, "");
        if (is_open(here)) continue;
        bool numbers = json_is_number(expected) && json_is_number(value);
        bool same =
            json_typeof(expected) == json_typeof(value) || (json_is_boolean(expected) && json_is_boolean(value));
        bool text_or_null = (json_is_null(expected) && json_is_string(value)) || json_is_null(value);
        if (json_is_integer(expected) && json_is_real(value)) numbers = false;
        if (!numbers && !same && !text_or_null)
            return fail(why, "The configuration key \"%s\" has a value of the wrong type%s.", here, "");
        if (json_is_object(expected) && !check(expected, value, here, why)) return false;
    }
    return true;
}

/* QUOTE_DATABASE, QUOTE_RATE_LIMITS__MINUTE, ... */
static void take_environment(json_t *json, const char *prefix)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(json, next, key, value)
    {
        char name[256];
        int size = snprintf(name, sizeof name, "%s%s", prefix, key);
        if (size < 0 || (size_t)size >= sizeof name - 2) continue;
        for (char *at = name; *at; at++)
            if (*at >= 'a' && *at <= 'z') *at = (char)(*at - 'a' + 'A');
        const char *given = getenv(name);
        if (json_is_object(value)) {
            strcat(name, "__");
            take_environment(value, name);
        } else if (given) {
            json_t *read =
                json_is_string(value) || json_is_null(value) ? NULL : json_loads(given, JSON_DECODE_ANY, NULL);
            json_object_set_new(json, key, read ? read : json_string(given));
        }
    }
}

static char *path_beside(const char *folder, const char *path)
{
    sv_text text = {0};
    if (*path != '/') sv_text_format(&text, "%s/", folder);
    sv_text_put(&text, path);
    return text.data;
}

/* A secret is 32 bytes in hex, in a file that others cannot read. */
static bool read_secret(const char *folder, const char *name, uint8_t secret[32], char **why)
{
    char *path = path_beside(folder, name), text[65] = "";
    struct stat facts;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool good = file >= 0 && fstat(file, &facts) == 0 && read(file, text, 64) == 64;
    if (file >= 0) close(file);
    if (!good)
        fail(why, "The secret %s cannot be read%s.", path,
             file < 0 && errno == ENOENT ? ": there is no such file" : "");
    else if (facts.st_mode & 0137)
        good = fail(why, "The secret %s may be read by others: its mode must be 0640 or less%s.", path, "");
    for (int i = 0; good && i < 32; i++) {
        unsigned value;
        if (sscanf(text + 2 * i, "%2x", &value) != 1)
            good = fail(why, "The secret %s is not 64 hex digits%s.", path, "");
        secret[i] = (uint8_t)value;
    }
    free(path);
    return good;
}

static const char *text_at(const sv_config *config, const char *path)
{
    return json_string_value(sv_json_at(config->json, path));
}

static int64_t integer_at(const sv_config *config, const char *path) { return sv_json_integer(config->json, path); }

static void take_values(sv_config *c)
{
    c->environment = text_at(c, "environment");
    c->production = strcmp(c->environment, "production") == 0;
    c->database = text_at(c, "database");
    c->blobs = text_at(c, "blobs");
    c->socket = text_at(c, "socket");
    c->stream_socket = text_at(c, "stream_socket");
    c->price_book = text_at(c, "price_book");
    c->public_url = text_at(c, "public_url");
    c->temporary = text_at(c, "temporary");
    c->workers = integer_at(c, "workers");
    if (c->workers <= 0) c->workers = 2 * sysconf(_SC_NPROCESSORS_ONLN);
    c->recycle_requests = integer_at(c, "recycle_requests");
    c->file_bytes = integer_at(c, "limits.file_bytes");
    c->json_bytes = integer_at(c, "limits.json_bytes");
    c->unpacked_bytes = integer_at(c, "limits.unpacked_bytes");
    c->triangles = integer_at(c, "limits.triangles");
    c->upload_ttl_seconds = integer_at(c, "limits.upload_ttl_seconds");
    c->made_seconds = integer_at(c, "limits.made_seconds");
    c->rate_minute = integer_at(c, "rate_limits.minute");
    c->rate_hour = integer_at(c, "rate_limits.hour");
    c->rate_quotes = integer_at(c, "rate_limits.quotes");
    c->rate_uploads = integer_at(c, "rate_limits.uploads");
    c->quote_days = integer_at(c, "quotes.expires_in_days");
    c->quote_days_max = integer_at(c, "quotes.expires_in_days_max");
    c->expose_breakdown = text_at(c, "quotes.expose_breakdown");
    c->lease_seconds = integer_at(c, "idempotency.lease_seconds");
    c->retention_hours = integer_at(c, "idempotency.retention_hours");
    c->events_seconds = integer_at(c, "retention.events_seconds");
    c->blobs_seconds = integer_at(c, "retention.blobs_seconds");
    c->deleted_seconds = integer_at(c, "retention.deleted_seconds");
    c->trusted_proxies = sv_json_at(c->json, "trusted_proxies");
    c->cors_origins = sv_json_at(c->json, "cors_origins");
    c->plans = sv_json_at(c->json, "plans");
    c->allow_http = sv_json_true(c->json, "webhooks.allow_http");
    c->allow_cidrs = sv_json_at(c->json, "webhooks.allow_cidrs");
    c->resolve = sv_json_at(c->json, "webhooks.resolve");
    c->schedule_scale = json_number_value(sv_json_at(c->json, "webhooks.schedule_scale"));
    c->webhook_timeout_seconds = integer_at(c, "webhooks.timeout_seconds");
}

static bool check_values(const sv_config *c, char **why)
{
    static const char *const needed[] = {"environment", "database",        "blobs",
                                         "socket",      "stream_socket",   "temporary",
                                         "pepper_file", "master_key_file", "quotes.expose_breakdown"};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!text_at(c, needed[i])) return fail(why, "The configuration key \"%s\" needs a text%s.", needed[i], "");
    if (!c->production && strcmp(c->environment, "development") != 0)
        return fail(why, "The environment is development or production, not \"%s\"%s.", c->environment, "");
    bool rigged = c->allow_http || json_array_size(c->allow_cidrs) || json_object_size(c->resolve);
    if (c->production && rigged)
        return fail(why, "webhooks.allow_http, allow_cidrs and resolve are for tests%s%s.", ": not in production", "");
    return true;
}

bool sv_config_read(const char *path, sv_config *config, char **why)
{
    *config = (sv_config){.json = sv_config_default()};
    *why = NULL;
    json_error_t error;
    json_t *given = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!given) return fail(why, "The configuration %s cannot be read: %s.", path, error.text);
    bool good = json_is_object(given) ? check(config->json, given, "", why)
                                      : fail(why, "The configuration %s is no object%s.", path, "");
    if (good) sv_config_merge(config->json, given);
    json_decref(given);
    if (!good) return false;
    take_environment(config->json, "QUOTE_");
    char *copy = sv_copy(path), *real = realpath(dirname(copy), NULL);
    config->folder = real ? real : sv_copy(".");
    free(copy);
    if (!text_at(config, "environment"))
        return fail(why, "The configuration key \"%s\" needs a text%s.", "environment", "");
    take_values(config);
    if (!check_values(config, why) || !read_secret(config->folder, text_at(config, "pepper_file"), config->pepper, why))
        return false;
    char *master = path_beside(config->folder, text_at(config, "master_key_file"));
    config->master_keys = sv_master_keys_open(master, why);
    free(master);
    return config->master_keys != NULL;
}

void sv_config_free(sv_config *config)
{
    json_decref(config->json);
    free((char *)(uintptr_t)config->folder);
    sv_master_keys_close(config->master_keys);
    *config = (sv_config){0};
}
