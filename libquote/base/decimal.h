/*
 * Decimal text to binary floating point and back, without locale, correctly rounded (IEEE 754, ties to even).
 * Grammar: [+-]? ( d+ [. d*]? | . d+ ) ( [eE] [+-]? d+ )?   ; with LQI_DECIMAL_FORTRAN also d and D for e.
 * No hex, no inf, no nan, no white space. Clinger's fast path where the significand and the power are exact
 * ("How to read floating point numbers accurately", PLDI 1990), big integers elsewhere.
 */
#ifndef LQI_DECIMAL_H
#define LQI_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

enum { LQI_DECIMAL_PLAIN = 0, LQI_DECIMAL_FORTRAN = 1 };

#define LQI_DECIMAL_TOKEN_MAX 128 /* longer tokens are refused */

/* Reads one number from [text, end). Returns how many bytes it takes, 0 when there is no number there or it is longer
 * than LQI_DECIMAL_TOKEN_MAX. Overflow gives an infinity, underflow a denormal or zero. */
size_t lqi_decimal_to_double(const char *text, const char *end, int flags, double *value);
size_t lqi_decimal_to_float(const char *text, const char *end, int flags, float *value);

/* Shortest text that reads back to the same double; value must be finite. Returns the length, at most 31. */
size_t lqi_decimal_from_double(double value, char text[32]);

#endif
