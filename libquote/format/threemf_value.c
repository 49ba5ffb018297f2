#include "format/threemf_value.h"

#include <math.h>
#include <string.h>

#include "base/decimal.h"

const lqi_transform lqi_transform_identity = {{1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}};

static const char *skip_space(const char *p)
{
    while (lqi_is_xml_space(*p)) p++;
    return p;
}

static const char *token_end(const char *p)
{
    while (*p && !lqi_is_xml_space(*p)) p++;
    return p;
}

/* Zeros that say nothing make a number longer than the reader of decimals takes: in front of the first digit, and at
 * the end of the fraction. Its new size, or 0 when it is too long all the same. */
static size_t shorten(const char *text, size_t size, char copy[LQI_DECIMAL_TOKEN_MAX])
{
    const char *p = text, *end = text + size;
    size_t length = 0;
    if (*p == '-' || *p == '+') copy[length++] = *p++;
    while (end - p > 1 && p[0] == '0' && p[1] >= '0' && p[1] <= '9') p++;
    const char *exponent = p;
    while (exponent < end && *exponent != 'e' && *exponent != 'E') exponent++;
    const char *digits_end = exponent;
    if (memchr(p, '.', (size_t)(exponent - p)))
        while (digits_end[-1] == '0') digits_end--;
    size_t digits = (size_t)(digits_end - p), rest = (size_t)(end - exponent);
    if (digits + rest > LQI_DECIMAL_TOKEN_MAX - length) return 0;
    memcpy(copy + length, p, digits);
    memcpy(copy + length + digits, exponent, rest);
    return length + digits + rest;
}

/* The token [text, end) as a number; it must be used up. */
static lqi_reason number_of_token(const char *text, const char *end, bool decimal_comma, uint64_t *commas,
                                  double *value)
{
    size_t size = (size_t)(end - text);
    char copy[LQI_DECIMAL_TOKEN_MAX];
    if (size > sizeof copy) {
        size = shorten(text, size, copy);
        return size && lqi_decimal_to_double(copy, copy + size, LQI_DECIMAL_PLAIN, value) == size
                   ? LQI_VALUE_GOOD
                   : LQI_THREEMF_BAD_NUMBER;
    }
    if (lqi_decimal_to_double(text, end, LQI_DECIMAL_PLAIN, value) == size && size) return LQI_VALUE_GOOD;
    const char *comma = memchr(text, ',', size);
    if (!comma) return LQI_THREEMF_BAD_NUMBER;
    memcpy(copy, text, size);
    copy[comma - text] = '.';
    if (lqi_decimal_to_double(copy, copy + size, LQI_DECIMAL_PLAIN, value) != size) return LQI_THREEMF_BAD_NUMBER;
    if (!decimal_comma) return LQI_THREEMF_DECIMAL_COMMA;
    ++*commas;
    return LQI_VALUE_GOOD;
}

lqi_reason lqi_number_of(const char *text, bool decimal_comma, uint64_t *commas, double *value)
{
    const char *begin = skip_space(text), *end = token_end(begin);
    if (*skip_space(end)) return LQI_THREEMF_BAD_NUMBER;
    return number_of_token(begin, end, decimal_comma, commas, value);
}

lqi_reason lqi_index_of(const char *text, uint32_t *value)
{
    const char *p = skip_space(text);
    if (*p == '+') p++;
    if (*p < '0' || *p > '9') return LQI_THREEMF_BAD_NUMBER;
    uint64_t number = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        number = number * 10 + (uint64_t)(*p - '0');
        if (number >= (uint64_t)1 << 31) return LQI_THREEMF_BAD_NUMBER;
    }
    if (*skip_space(p)) return LQI_THREEMF_BAD_NUMBER;
    *value = (uint32_t)number;
    return LQI_VALUE_GOOD;
}

lqi_reason lqi_transform_of(const char *text, bool decimal_comma, uint64_t *commas, lqi_transform *transform)
{
    size_t count = 0;
    for (const char *p = skip_space(text); *p; count++) {
        if (count == 12) return LQI_THREEMF_BAD_TRANSFORM;
        const char *end = token_end(p);
        lqi_reason reason = number_of_token(p, end, decimal_comma, commas, &transform->m[count]);
        if (reason != LQI_VALUE_GOOD) return reason;
        p = skip_space(end);
    }
    if (count != 12) return LQI_THREEMF_BAD_TRANSFORM;
    return lqi_transform_is_finite(transform) ? LQI_VALUE_GOOD : LQI_RANGE;
}

bool lqi_transform_is_finite(const lqi_transform *transform)
{
    for (int i = 0; i < 12; i++)
        if (!isfinite(transform->m[i])) return false;
    return true;
}

bool lqi_transform_is_singular(const lqi_transform *transform)
{
    const double *m = transform->m;
    double det =
        m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
    double norms = 1;
    for (int row = 0; row < 3; row++)
        norms *= sqrt(m[3 * row] * m[3 * row] + m[3 * row + 1] * m[3 * row + 1] + m[3 * row + 2] * m[3 * row + 2]);
    return !(fabs(det) >= 1e-12 * norms) || det == 0; /* not a number counts as singular */
}

lqi_transform lqi_transform_product(const lqi_transform *inner, const lqi_transform *outer)
{
    lqi_transform product;
    for (int row = 0; row < 4; row++)
        for (int column = 0; column < 3; column++) {
            const double *r = inner->m + 3 * row, *o = outer->m + column;
            product.m[3 * row + column] = r[0] * o[0] + r[1] * o[3] + r[2] * o[6] + (row == 3 ? o[9] : 0);
        }
    return product;
}

/* ---- extents ---- */

const lqi_extent lqi_extent_none = {{INFINITY, INFINITY, INFINITY}, {-INFINITY, -INFINITY, -INFINITY}};

bool lqi_extent_is_known(const lqi_extent *extent)
{
    for (int i = 0; i < 3; i++)
        if (!isfinite(extent->low[i]) || !isfinite(extent->high[i]) || extent->low[i] > extent->high[i]) return false;
    return true;
}

void lqi_extent_add(lqi_extent *to, const lqi_extent *from, const lqi_transform *placement)
{
    if (!(from->low[0] <= from->high[0])) return;
    for (int d = 0; d < 3; d++) {
        double low = placement->m[9 + d], high = low;
        for (int i = 0; i < 3; i++) {
            double a = placement->m[3 * i + d] * from->low[i], b = placement->m[3 * i + d] * from->high[i];
            low += a < b ? a : b;
            high += a < b ? b : a;
        }
        if (!isfinite(low) || !isfinite(high)) low = -INFINITY, high = INFINITY; /* stays, and is not known */
        if (low < to->low[d]) to->low[d] = low;
        if (high > to->high[d]) to->high[d] = high;
    }
}
