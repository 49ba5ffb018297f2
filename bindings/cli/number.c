#include "number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 15 /* below 2^53, so a mantissa is exact */
#define POWER_MAX 22  /* 10^22 is the largest exact power of ten */

static const double powers_of_ten[POWER_MAX + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool cli_parse_integer(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
    uint64_t number = 0;
    if (!*text) return false;
    for (; *text; text++) {
        if (!is_digit(*text)) return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (number > (UINT64_MAX - digit) / 10) return false;
        number = number * 10 + digit;
    }
    if (number < min || number > max) return false;
    *value = number;
    return true;
}

typedef struct decimal {
    uint64_t digits; /* the value is digits * 10^power */
    int digit_count; /* significant ones */
    int power;
} decimal;

/* Digits with at most one point; leading zeros do not count as significant. */
static const char *scan_mantissa(const char *text, decimal *out)
{
    bool point = false, any = false;
    for (; is_digit(*text) || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        any = true;
        if (out->digits || *text != '0') out->digit_count++;
        if (out->digit_count > DIGITS_MAX) return NULL;
        out->digits = out->digits * 10 + (uint64_t)(*text - '0');
        if (point) out->power--;
    }
    return any ? text : NULL;
}

static bool scan_exponent(const char *text, int *power)
{
    bool negative = *text == '-';
    uint64_t exponent;
    if (*text == '-' || *text == '+') text++;
    if (!cli_parse_integer(text, 0, 400, &exponent)) return false;
    *power += negative ? -(int)exponent : (int)exponent;
    return true;
}

bool cli_parse_decimal(const char *text, double *value)
{
    decimal number = {0};
    bool negative = *text == '-';
    if (*text == '-' || *text == '+') text++;
    text = scan_mantissa(text, &number);
    if (!text) return false;
    if ((*text == 'e' || *text == 'E') && scan_exponent(text + 1, &number.power)) text = "";
    if (*text || number.power < -POWER_MAX || number.power > POWER_MAX) return false;
    double magnitude = (double)number.digits;
    magnitude = number.power < 0 ? magnitude / powers_of_ten[-number.power] : magnitude * powers_of_ten[number.power];
    *value = negative ? -magnitude : magnitude;
    return true;
}

bool cli_parse_micrometres(const char *text, uint32_t *micrometres)
{
    decimal number = {0};
    text = scan_mantissa(text, &number);
    if (!text || *text) return false;
    for (; number.power < -3; number.power++) {
        if (number.digits % 10) return false;
        number.digits /= 10;
    }
    for (; number.power > -3; number.power--) number.digits *= 10;
    if (number.digits == 0 || number.digits > UINT32_MAX) return false;
    *micrometres = (uint32_t)number.digits;
    return true;
}

/* Digits with a comma before each group of three. */
static void add_grouped(cli_buffer *buffer, uint64_t number)
{
    char digits[32];
    size_t at = sizeof digits, count = 0;
    do {
        if (count && count % 3 == 0) digits[--at] = ',';
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
        count++;
    } while (number);
    cli_buffer_add(buffer, digits + at, sizeof digits - at);
}

void cli_add_count(cli_buffer *buffer, uint64_t count) { add_grouped(buffer, count); }

static void add_scaled(cli_buffer *buffer, bool negative, uint64_t scaled, int decimals, bool trim, bool grouped)
{
    char fraction[24] = {0};
    uint64_t unit = 1;
    for (int i = 0; i < decimals; i++) unit *= 10;
    uint64_t rest = scaled % unit;
    if (negative && scaled) cli_buffer_text(buffer, "-");
    if (grouped)
        add_grouped(buffer, scaled / unit);
    else
        cli_buffer_format(buffer, "%llu", (unsigned long long)(scaled / unit));
    for (int i = decimals; i > 0; i--, rest /= 10) fraction[i - 1] = (char)('0' + rest % 10);
    int kept = decimals;
    while (trim && kept > 0 && fraction[kept - 1] == '0') kept--;
    if (kept == 0) return;
    cli_buffer_text(buffer, ".");
    cli_buffer_add(buffer, fraction, (size_t)kept);
}

static void add_scientific(cli_buffer *buffer, double value, int digits)
{
    int power = (int)floor(log10(fabs(value)));
    double mantissa = fabs(value) / pow(10, power);
    if (mantissa >= 9.9999999999) mantissa /= 10, power++;
    if (value < 0) cli_buffer_text(buffer, "-");
    cli_add_fixed(buffer, mantissa, digits - 1, true);
    cli_buffer_format(buffer, "e%d", power);
}

void cli_add_fixed(cli_buffer *buffer, double value, int decimals, bool trim)
{
    if (!isfinite(value)) {
        cli_buffer_text(buffer, "-");
        return;
    }
    double scaled = fabs(value) * powers_of_ten[decimals];
    if (scaled >= 9e15)
        add_scientific(buffer, value, 6);
    else
        add_scaled(buffer, value < 0, (uint64_t)llround(scaled), decimals, trim, false);
}

void cli_add_significant(cli_buffer *buffer, double value, int digits)
{
    if (value == 0 || !isfinite(value)) {
        cli_add_fixed(buffer, value, 0, true);
        return;
    }
    int power = (int)floor(log10(fabs(value)));
    if (power < -4 || power >= 15) {
        add_scientific(buffer, value, digits);
        return;
    }
    int decimals = digits - 1 - power;
    cli_add_fixed(buffer, value, decimals < 0 ? 0 : decimals, true);
}

void cli_add_money(cli_buffer *buffer, int64_t minor, int exponent)
{
    uint64_t magnitude = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    add_scaled(buffer, minor < 0, magnitude, exponent, false, true);
}
