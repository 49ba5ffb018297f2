#include "price/money.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int64_t lqi_narrow(lqi_wide value, bool *overflow)
{
    if (value > INT64_MAX || value < INT64_MIN) {
        *overflow = true;
        return 0;
    }
    return (int64_t)value;
}

/* |remainder| >= denominator - |remainder| is 2*|remainder| >= denominator without the chance to overflow. */
int64_t lqi_round_quotient(lqi_wide numerator, int64_t denominator, bool *overflow)
{
    lqi_wide quotient = numerator / denominator;
    lqi_wide remainder = numerator % denominator;
    if (remainder < 0 ? -remainder >= denominator + remainder : remainder >= denominator - remainder)
        quotient += numerator < 0 ? -1 : 1;
    return lqi_narrow(quotient, overflow);
}

int64_t lqi_ceil_quotient(lqi_wide numerator, int64_t denominator, bool *overflow)
{
    return lqi_narrow(numerator / denominator + (numerator % denominator > 0), overflow);
}

bool lqi_round_measure(double value, int64_t max, int64_t *rounded)
{
    if (!(value >= 0) || value > (double)max) return false;
    *rounded = (int64_t)round(value);
    return true;
}

bool lqi_micro_read(const char *text, size_t size, int64_t *micro)
{
    enum { WHOLE_DIGITS_MAX = 12, FRACTION_DIGITS_MAX = 6 };
    size_t i = 0;
    int64_t value = 0;
    for (; i < size && text[i] >= '0' && text[i] <= '9'; i++) {
        if (i == WHOLE_DIGITS_MAX) return false;
        value = value * 10 + (text[i] - '0');
    }
    if (i == 0 || (i > 1 && text[0] == '0')) return false;
    int digits = 0;
    if (i < size) {
        if (text[i++] != '.' || i == size) return false;
        for (; i < size; i++, digits++) {
            if (text[i] < '0' || text[i] > '9' || digits == FRACTION_DIGITS_MAX) return false;
            value = value * 10 + (text[i] - '0');
        }
    }
    for (; digits < FRACTION_DIGITS_MAX; digits++) value *= 10;
    *micro = value;
    return true;
}

void lqi_micro_write(int64_t micro, char text[24])
{
    int size = snprintf(text, 24, "%lld.%06lld", (long long)(micro / LQI_MILLION), (long long)(micro % LQI_MILLION));
    while (text[size - 1] == '0') size--;
    if (text[size - 1] == '.') size--;
    text[size] = 0;
}

/* ISO 4217, active codes that name money, 2025. Blocks of four characters: a code and a space. */
static const char exponent_0[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
static const char exponent_3[] = "BHD IQD JOD KWD LYD OMR TND ";
static const char exponent_2[] =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF "
    "CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG "
    "HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
    "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE "
    "SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW "
    "ZWG ";

static bool listed(const char *list, const char *code)
{
    for (; *list; list += 4)
        if (memcmp(list, code, 3) == 0) return true;
    return false;
}

int lqi_currency_exponent(const char *code)
{
    if (strlen(code) != 3) return LQI_EXPONENT_UNKNOWN;
    if (listed(exponent_2, code)) return 2;
    if (listed(exponent_0, code)) return 0;
    if (listed(exponent_3, code)) return 3;
    return LQI_EXPONENT_UNKNOWN;
}

int64_t lqi_micro_per_minor(int exponent) { return exponent == 0 ? 1000000 : exponent == 2 ? 10000 : 1000; }
