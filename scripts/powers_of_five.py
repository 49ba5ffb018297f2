#!/usr/bin/env python3
"""Prints libquote/base/powers_of_five.c: the leading 128 bits of every power of five that doubles need.

scripts/powers_of_five.py | clang-format > libquote/base/powers_of_five.c
"""
LOWEST, HIGHEST = -342, 324  # as in powers_of_five.h


def leading_bits(power):
    if power >= 0:
        value = 5**power
        return value << 128 >> value.bit_length()
    value = 5**-power
    quotient = (1 << value.bit_length() + 127) // value  # 128 bits: 5^n is no power of two
    return quotient + (power >= -27)


words = []
for power in range(LOWEST, HIGHEST + 1):
    bits = leading_bits(power)
    assert bits >> 127 == 1
    words += [bits >> 64, bits & (1 << 64) - 1]
print('/* Made by scripts/powers_of_five.py. */')
print('#include "base/powers_of_five.h"\n')
print('const uint64_t lqi_powers_of_five[2 * (LQI_FIVE_POWER_MAX - LQI_FIVE_POWER_MIN + 1)] = {')
print(',\n'.join('0x%016X' % word for word in words))
print('};')
