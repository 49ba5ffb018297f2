#include "access/amounts.h"

#include <math.h>
#include <string.h>

/* ISO 4217: currencies whose minor unit is not a hundredth. */
static const char no_minor[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
static const char thousandth[] = "BHD IQD JOD KWD LYD OMN TND";

int sv_currency_exponent(const char *currency)
{
    if (strlen(currency) != 3) return 2;
    return strstr(no_minor, currency) ? 0 : strstr(thousandth, currency) ? 3 : 2;
}

json_t *sv_money(int64_t amount, const char *currency)
{
    return json_pack("{s:I, s:s}", "amount", (json_int_t)amount, "currency", currency);
}

/* Reads the members of one amount; call->within names it meanwhile. */
static bool read_money(sv_call *call, json_t *given, int64_t most, const char *currency, int64_t *amount)
{
    static const char *const names[] = {"amount", "currency", NULL};
    const char *named = NULL;
    int64_t value = -1;
    if (!sv_known_fields(call, given, call->within, names) ||
        !sv_take_integer(call, given, "amount", 0, most, &value) ||
        !sv_take_text(call, given, "currency", 3, 3, false, &named))
        return false;
    if (value < 0 || !named) {
        sv_refuse_field(call, SV_E_validation_failed, named ? "amount" : "currency", "required",
                        "This field is needed.");
        return false;
    }
    if (strcmp(named, currency) != 0) {
        sv_refuse_field(call, SV_E_currency_mismatch, "currency", "mismatch", "The currency must be the account's.");
        return false;
    }
    *amount = value;
    return true;
}

bool sv_take_money(sv_call *call, json_t *object, const char *name, int64_t most, const char *currency, int64_t *amount)
{
    json_t *given = json_object_get(object, name);
    if (!given) return true;
    if (!json_is_object(given)) {
        sv_refuse_field(call, SV_E_invalid_request, name, "wrong_type", "An amount with its currency is expected.");
        return false;
    }
    const char *within = call->within;
    sv_text path = {0};
    sv_text_format(&path, "%s%s%s", within ? within : "", within ? "." : "", name);
    call->within = sv_text_get(&path);
    bool good = read_money(call, given, most, currency, amount);
    call->within = within;
    sv_text_free(&path);
    return good;
}

bool sv_take_decimal(sv_call *call, json_t *object, const char *name, int64_t least, int64_t most, bool nullable,
                     bool *given, int64_t *thousandths)
{
    json_t *value = json_object_get(object, name);
    if (!value) return true;
    if (nullable && json_is_null(value)) return *given = false, true;
    if (!json_is_number(value)) {
        sv_refuse_field(call, SV_E_invalid_request, name, "wrong_type", "A number is expected.");
        return false;
    }
    double scaled = json_number_value(value) * 1000;
    if (!(scaled >= (double)least && scaled <= (double)most)) {
        sv_refuse_field(call, SV_E_validation_failed, name, "range", "The number is out of range.");
        return false;
    }
    if (fabs(scaled - nearbyint(scaled)) > 1e-6) {
        sv_refuse_field(call, SV_E_validation_failed, name, "decimals", "The number has more than three decimals.");
        return false;
    }
    *given = true;
    *thousandths = (int64_t)nearbyint(scaled);
    return true;
}

bool sv_decimal_read(const char *text, int64_t *millionths)
{
    size_t whole = strspn(text, "0123456789"), part = 0;
    int64_t value = 0;
    if (!whole || whole > 9) return false;
    for (size_t i = 0; i < whole; i++) value = value * 10 + (text[i] - '0');
    if (text[whole] == '.') {
        part = strspn(text + whole + 1, "0123456789");
        if (!part || part > 6) return false;
    }
    for (size_t i = 0; i < 6; i++) value = value * 10 + (i < part ? text[whole + 1 + i] - '0' : 0);
    *millionths = value;
    return !text[whole + (part ? 1 + part : 0)];
}

int64_t sv_scaled(int64_t a, int64_t b, int64_t c)
{
    __int128 product = (__int128)a * b, half = c / 2;
    return (int64_t)((product < 0 ? product - half : product + half) / c);
}
