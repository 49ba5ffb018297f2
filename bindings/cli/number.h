/* Numbers from the command line and for the eye, in one fixed notation whatever the locale says. */
#ifndef CLI_NUMBER_H
#define CLI_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"

bool cli_parse_integer(const char *text, uint64_t min, uint64_t max, uint64_t *value);

/* Decimal with an optional exponent; at most 15 significant digits, so that the result is exactly rounded. */
bool cli_parse_decimal(const char *text, double *value);

/* Millimetres to whole micrometres: "0.2" gives 200. What is finer than a micrometre is refused. */
bool cli_parse_micrometres(const char *text, uint32_t *micrometres);

/* "12,345,678". */
void cli_add_count(cli_buffer *buffer, uint64_t count);

/* "1234.50"; trim drops zeros at the end. */
void cli_add_fixed(cli_buffer *buffer, double value, int decimals, bool trim);

/* Up to `digits` significant digits, scientific where that is shorter. */
void cli_add_significant(cli_buffer *buffer, double value, int digits);

/* Minor units with the currency's exponent: 123456, 2 gives "1,234.56". */
void cli_add_money(cli_buffer *buffer, int64_t minor, int exponent);

#endif
