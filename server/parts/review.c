#include "parts/review.h"

#include <stdio.h>
#include <string.h>

#include "parts/files.h"
#include "parts/part.h"

#define REJECTIONS_MAX 20

static bool has_status(const sv_object *part, const char *status)
{
    return strcmp(sv_json_text(part->body, "review.status"), status) == 0;
}

/* Stores the part with another review. review: taken over. */
static bool change(sv_call *call, sv_object *part, json_t *review, const char *action, const char *event)
{
    json_t *before = json_copy(part->body);
    json_object_set_new(part->body, "review", review);
    const bool good = sv_part_update(call, part, before, action, event);
    json_decref(before);
    return good;
}

/* ---- asked for ---- */

void sv_submit_part(sv_call *call)
{
    static const char *const names[] = {"comment", NULL};
    const char *comment = NULL;
    char now[SV_MOMENT_SIZE];
    sv_object part;
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "comment", 0, 4000, true, &comment) ||
        !sv_get(call, "part", call->argument[0], &part))
        return;
    if (sv_part_is_ready(call, &part)) {
        if (has_status(&part, "submitted") || has_status(&part, "approved"))
            sv_refuse(call, SV_E_already_submitted, NULL, "The part was submitted before.");
        else
            sv_part_has_rights(call, &part);
    }
    if (!sv_refused(call)) {
        sv_moment_print(call->now_ms, now);
        json_t *review = sv_part_review("submitted");
        json_object_set_new(review, "submitted_at", json_string(now));
        json_object_set_new(review, "comment", sv_json_text_or_null(comment));
        if (change(call, &part, review, "part.submit", "part.review.submitted")) sv_answer_object(call, 200, &part);
    }
    sv_object_free(&part);
}

/* ---- decided ---- */

static bool check_rejection(sv_call *call, json_t *given, size_t index)
{
    static const char *const names[] = {"code", "title", "comment", "picture_url", NULL};
    char path[40];
    const char *text = NULL;
    snprintf(path, sizeof path, "rejections[%zu]", index);
    if (!json_is_object(given)) {
        sv_refuse_field(call, SV_E_invalid_request, path, "wrong_type", "An object is expected.");
        return false;
    }
    if (!sv_known_fields(call, given, path, names)) return false;
    for (size_t i = 0; names[i]; i++)
        if (!sv_take_text(call, given, names[i], i == 0, i == 0 ? 60 : 2000, i > 0, &text)) return false;
    if (json_object_get(given, "code")) return true;
    snprintf(path, sizeof path, "rejections[%zu].code", index);
    sv_refuse_field(call, SV_E_validation_failed, path, "required", "This field is needed.");
    return false;
}

json_t *sv_take_rejections(sv_call *call)
{
    static const char *const names[] = {"code", "title", "comment", "picture_url"};
    json_t *given = json_object_get(call->body, "rejections"), *item, *list = json_array();
    size_t index;
    if (given && !json_is_array(given))
        sv_refuse_field(call, SV_E_invalid_request, "rejections", "wrong_type", "An array is expected.");
    else if (json_array_size(given) > REJECTIONS_MAX)
        sv_refuse_field(call, SV_E_validation_failed, "rejections", "count", "There are too many items.");
    if (!sv_refused(call)) json_array_foreach(given, index, item)
        {
            if (!check_rejection(call, item, index)) break;
            json_t *shown = json_object();
            for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
                json_t *value = json_object_get(item, names[i]);
                json_object_set(shown, names[i], value ? value : json_null());
            }
            json_array_append_new(list, shown);
        }
    if (!sv_refused(call)) return list;
    json_decref(list);
    return NULL;
}

static bool is_decision(const char *text)
{
    return text &&
           (strcmp(text, "approved") == 0 || strcmp(text, "rejected") == 0 || strcmp(text, "changes_requested") == 0);
}

bool sv_take_decision(sv_call *call, sv_decision *d)
{
    static const char *const names[] = {"decision", "comment", "rejections", NULL};
    *d = (sv_decision){.rejections = NULL};
    if (!sv_known_fields(call, call->body, "", names) ||
        !sv_take_text(call, call->body, "decision", 0, 40, false, &d->decision) ||
        !sv_take_text(call, call->body, "comment", 0, 4000, true, &d->comment))
        return false;
    if (!is_decision(d->decision))
        sv_refuse_field(call, SV_E_validation_failed, "decision", "unknown",
                        "approved, rejected or changes_requested is expected.");
    else
        d->rejections = sv_take_rejections(call);
    return d->rejections != NULL;
}

bool sv_decide_review(sv_call *call, sv_object *part, const sv_decision *d)
{
    char now[SV_MOMENT_SIZE], event[48];
    if (!has_status(part, "submitted")) {
        sv_refuse(call, SV_E_review_not_pending, NULL, "The part was not submitted, or has been decided on.");
        return false;
    }
    sv_moment_print(call->now_ms, now);
    snprintf(event, sizeof event, "part.review.%s", d->decision);
    json_t *review = sv_part_review(d->decision);
    json_object_set(review, "submitted_at", sv_json_at(part->body, "review.submitted_at"));
    json_object_set_new(review, "decided_at", json_string(now));
    json_object_set_new(review, "comment", sv_json_text_or_null(d->comment));
    json_object_set(review, "rejections", d->rejections);
    return change(call, part, review, "part.review", event);
}

void sv_decide_part(sv_call *call)
{
    sv_object part = {.body = NULL};
    sv_decision decision;
    if (!sv_take_decision(call, &decision)) return;
    if (sv_get(call, "part", call->argument[0], &part) && sv_decide_review(call, &part, &decision))
        sv_answer_object(call, 200, &part);
    json_decref(decision.rejections);
    sv_object_free(&part);
}
