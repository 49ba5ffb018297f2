#include "orders/address.h"

#include <string.h>

#include "base/countries.h"

#define FIELD_MAX 100
#define EMAIL_MAX 254

static const char *const names[] = {"first_name", "last_name", "company", "line1", "line2", "city",
                                    "region",     "postcode",  "country", "phone", "email", NULL};

static bool may_be_absent(const char *name)
{
    return strcmp(name, "company") == 0 || strcmp(name, "line2") == 0 || strcmp(name, "region") == 0 ||
           strcmp(name, "phone") == 0;
}

static bool is_email(const char *text)
{
    const char *at = strchr(text, '@');
    return at && at != text && at[1] && !strchr(at + 1, '@') && !strpbrk(text, " \t\r\n");
}

/* false: refused. */
static bool read_field(sv_call *call, json_t *given, const char *name, json_t *into)
{
    const char *text = NULL;
    const bool email = strcmp(name, "email") == 0, optional = may_be_absent(name);
    if (!sv_take_text(call, given, name, optional ? 0 : 1, email ? EMAIL_MAX : FIELD_MAX, optional, &text))
        return false;
    if (!text && !optional) {
        sv_refuse_field(call, SV_E_validation_failed, name, "required", "This field is needed.");
    } else if (email && !is_email(text)) {
        sv_refuse_field(call, SV_E_validation_failed, name, "format", "An address of e-mail is expected.");
    } else if (strcmp(name, "country") == 0) {
        text = sv_country_code(text);
        if (!text) sv_refuse_field(call, SV_E_invalid_country, name, "unknown", "A code of ISO 3166-1 is expected.");
    }
    json_object_set_new(into, name, sv_json_text_or_null(text));
    return !sv_refused(call);
}

json_t *sv_address_take(sv_call *call, const char *name, bool required)
{
    json_t *given = json_object_get(call->body, name);
    if (!given || (json_is_null(given) && !required)) {
        if (required) sv_refuse_field(call, SV_E_validation_failed, name, "required", "This field is needed.");
        return NULL;
    }
    if (!json_is_object(given)) {
        sv_refuse_field(call, SV_E_invalid_request, name, "wrong_type", "An object is expected.");
        return NULL;
    }
    json_t *address = json_object();
    bool good = sv_known_fields(call, given, name, names);
    call->within = name;
    for (size_t i = 0; names[i] && good; i++) good = read_field(call, given, names[i], address);
    call->within = NULL;
    if (good) return address;
    json_decref(address);
    return NULL;
}
