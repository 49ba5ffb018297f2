#include "estimate/profile_values.h"

#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "estimate/profile_keys.h"

const char *lqi_value_text(const lqi_values *values, const char *key)
{
    const char *text = lqi_profile_find(values->profile, key), *silent;
    if (text && *text) return text;
    lqi_profile_key(key, &silent);
    return silent ? silent : "";
}

void lqi_value_wrong(lqi_values *values, const char *key, const char *sentence)
{
    if (values->mistake.key) return;
    values->mistake.key = key;
    snprintf(values->mistake.sentence, sizeof values->mistake.sentence, "%s", sentence);
}

/* Of values given per extruder or per mode the first holds. */
static const char *first_end(const char *text) { return text + strcspn(text, ",; \t"); }

bool lqi_value_is(const lqi_values *values, const char *key, const char *word)
{
    const char *text = lqi_value_text(values, key), *end = first_end(text);
    return (size_t)(end - text) == strlen(word) && memcmp(text, word, strlen(word)) == 0;
}

static bool read_number(const char *text, double *value, bool *percent)
{
    const char *end = first_end(text);
    size_t size = lqi_decimal_to_double(text, end, LQI_DECIMAL_PLAIN, value);
    *percent = size && text + size < end && text[size] == '%';
    return size && text + size + *percent == end;
}

/* Numbers in decimal without an exponent: they are for people. */
static double bounded(lqi_values *values, const char *key, double value, double min, double max)
{
    char sentence[96], low[LQI_DECIMAL_TEXT_SIZE], high[LQI_DECIMAL_TEXT_SIZE];
    if (value >= min && value <= max) return value;
    lqi_decimal_from_double(min, low);
    lqi_decimal_from_double(max, high);
    snprintf(sentence, sizeof sentence, "a value from %s to %s is expected", low, high);
    lqi_value_wrong(values, key, sentence);
    return min;
}

double lqi_value_number(lqi_values *values, const char *key, double min, double max)
{
    double value;
    bool percent;
    if (read_number(lqi_value_text(values, key), &value, &percent) && !percent)
        return bounded(values, key, value, min, max);
    lqi_value_wrong(values, key, "a number is expected");
    return min;
}

double lqi_value_part(lqi_values *values, const char *key, double whole, double min, double max)
{
    double value;
    bool percent;
    if (read_number(lqi_value_text(values, key), &value, &percent))
        return bounded(values, key, percent ? value / 100 * whole : value, min, max);
    lqi_value_wrong(values, key, "a number, or a number and %, is expected");
    return min;
}

double lqi_value_percent(lqi_values *values, const char *key, double max)
{
    double value;
    bool percent;
    if (read_number(lqi_value_text(values, key), &value, &percent))
        return bounded(values, key, value, 0, max * 100) / 100;
    lqi_value_wrong(values, key, "a percentage is expected");
    return 0;
}

int lqi_value_integer(lqi_values *values, const char *key, int min, int max)
{
    double value = lqi_value_number(values, key, min, max);
    if (value == (double)(int)value) return (int)value;
    lqi_value_wrong(values, key, "a whole number is expected");
    return min;
}

bool lqi_value_flag(lqi_values *values, const char *key)
{
    if (lqi_value_is(values, key, "1")) return true;
    if (!lqi_value_is(values, key, "0")) lqi_value_wrong(values, key, "0 or 1 is expected");
    return false;
}
