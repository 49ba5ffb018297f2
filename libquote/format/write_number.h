/*
 * Numbers to text for files of millions of them: the texts of base/decimal.h, by integer arithmetic where a number of
 * ordinary size allows it (about twenty times as fast), by base/decimal.h itself elsewhere.
 */
#ifndef LQI_WRITE_NUMBER_H
#define LQI_WRITE_NUMBER_H

#include <stddef.h>

#define LQI_NUMBER_TEXT_SIZE 32

/* The same text as lqi_decimal_from_double. value must be finite. Returns the length. */
size_t lqi_number_from_double(double value, char text[LQI_NUMBER_TEXT_SIZE]);

/* A text that reads back to the same float, and the shortest for 1e-6 <= |value| < 1e9 that are no power of two. value
 * must be finite. */
size_t lqi_number_from_float(float value, char text[LQI_NUMBER_TEXT_SIZE]);

#endif
