/* One attempt of a delivery: what is sent, and what came of it. */
#ifndef SV_SENDING_H
#define SV_SENDING_H

#include <curl/curl.h>

#include "store/objects.h"

typedef struct sv_sending {
    const sv_config *config;
    char id[SV_ID_SIZE], endpoint_id[SV_ID_SIZE], account_id[SV_ID_SIZE], event_id[SV_ID_SIZE];
    char object_id[SV_ID_SIZE], type[48];
    bool livemode, in_turn, per_object;
    int64_t sequence, tries, base_ms;
    json_t *attempts; /* so far */

    CURL *easy;
    struct curl_slist *headers, *resolve;
    char *body;
    int64_t began_ms, began_us;

    char excerpt[513];
    size_t received, header_bytes;
    bool forbidden, enough, headers_too_large;
    int64_t asked_ms, took_ms; /* asked_ms: the receiver's Retry-After */
    long status;               /* 0: no answer */
    const char *error;         /* NULL: there was an answer */
    char ip[64];
} sv_sending;

/* From the endpoint's document; body: the bytes of the event, taken over. false: it cannot be sent at all, and the
 * outcome says why. */
bool sv_sending_start(sv_sending *s, const sv_object *endpoint, char *body, CURLM *multi);

/* After the transfer: what came of it. */
void sv_sending_end(sv_sending *s, CURLcode code, CURLM *multi);

bool sv_sending_succeeded(const sv_sending *s);
json_t *sv_sending_attempt(const sv_sending *s); /* its line in attempts; the caller owns it */
void sv_sending_free(sv_sending *s);

#endif
