/* The configuration: one JSON file, each key with a default; unknown keys refuse the start. */
#ifndef SV_CONFIG_H
#define SV_CONFIG_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/master_keys.h"

typedef struct sv_config {
    json_t *json;       /* the whole, defaults filled in; texts below point into it */
    const char *folder; /* of the file: relative paths start here */
    const char *environment, *database, *blobs, *socket, *stream_socket, *price_book, *public_url, *temporary;
    bool production;
    int64_t workers, recycle_requests;
    int64_t file_bytes, json_bytes, unpacked_bytes, triangles, upload_ttl_seconds, made_seconds;
    int64_t rate_minute, rate_hour, rate_quotes, rate_uploads;
    int64_t quote_days, quote_days_max;
    int64_t lease_seconds, retention_hours, events_seconds, blobs_seconds, deleted_seconds;
    const char *expose_breakdown;
    json_t *trusted_proxies, *cors_origins, *plans;
    bool allow_http;
    json_t *allow_cidrs, *resolve;
    double schedule_scale;
    int64_t webhook_timeout_seconds;
    uint8_t pepper[32];
    sv_master_keys *master_keys;
} sv_config;

/* *why: a sentence, the caller frees it. QUOTE_<KEY>, dots as '__', overrides a scalar of the file. */
bool sv_config_read(const char *path, sv_config *config, char **why);
void sv_config_free(sv_config *config);

/* The default configuration, as the file that `quotectl init` writes. The caller owns it. */
json_t *sv_config_default(void);

/* Puts the members of `over` over `base`, as deep as objects go. */
void sv_config_merge(json_t *base, json_t *over);

#endif
