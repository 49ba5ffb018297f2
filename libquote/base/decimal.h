/*
 * Decimal text to binary floating point and back, without locale, correctly rounded (IEEE 754, ties to even).
 * Grammar: [+-]? ( d+ [. d*]? | . d+ ) ( [eE] [+-]? d+ )?   ; with LQI_DECIMAL_FORTRAN also d and D for e.
 * No hex, no inf, no nan, no white space.
 */
#ifndef LQI_DECIMAL_H
#define LQI_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LQI_DECIMAL_PLAIN = 0, LQI_DECIMAL_FORTRAN = 1 };

#define LQI_DECIMAL_TOKEN_MAX 128 /* longer tokens are refused */
#define LQI_DECIMAL_TEXT_SIZE 32

/* Reads one number from [text, end). Returns how many bytes it takes, 0 when there is no number there or it is longer
 * than LQI_DECIMAL_TOKEN_MAX. Overflow gives an infinity, underflow a denormal or zero. */
size_t lqi_decimal_to_double(const char *text, const char *end, int flags, double *value);
size_t lqi_decimal_to_float(const char *text, const char *end, int flags, float *value);

/* significand * 10^power, for those who have read the digits themselves. */
double lqi_decimal_round_to_double(uint64_t significand, int power);
float lqi_decimal_round_to_float(uint64_t significand, int power);

/* The shortest text that reads back to the same number, of several the nearest to it; value must be finite. Returns the
 * length, at most 25; text ends with a NUL. -0 gives "0". Exponents from -6 to 16 are written out: "0.000001". */
size_t lqi_decimal_from_double(double value, char text[LQI_DECIMAL_TEXT_SIZE]);
size_t lqi_decimal_from_float(float value, char text[LQI_DECIMAL_TEXT_SIZE]);

#endif
