/* Money and decimals, in bodies and as the interface writes them. Each sv_take_ refuses with a path and answers false,
 * and leaves *value as it is where the member is not there, as those of access/call.h. */
#ifndef SV_AMOUNTS_H
#define SV_AMOUNTS_H

#include "access/call.h"

#define SV_CURRENCY_SIZE 4

/* Decimals of the minor unit, by ISO 4217: 0, 2 or 3. */
int sv_currency_exponent(const char *currency);

/* {"amount": minor units, "currency": "EUR"}; the caller owns it. */
json_t *sv_money(int64_t amount, const char *currency);

/* An amount from 0 to `most`; 422 currency_mismatch where it is not in `currency`. */
bool sv_take_money(sv_call *call, json_t *object, const char *name, int64_t most, const char *currency,
                   int64_t *amount);

/* A number with at most three decimals from `least` to `most`, in thousandths. null: *given false, where it may be. */
bool sv_take_decimal(sv_call *call, json_t *object, const char *name, int64_t least, int64_t most, bool nullable,
                     bool *given, int64_t *thousandths);

/* "12.50": a decimal of at most 6 decimals and 9 digits before them, in millionths. */
bool sv_decimal_read(const char *text, int64_t *millionths);

/* a * b / c, rounded half away from zero; c > 0. The result must fit. */
int64_t sv_scaled(int64_t a, int64_t b, int64_t c);

#endif
