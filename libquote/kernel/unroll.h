/* Before a loop of few, constant steps whose array should live in registers: both compilers then unroll it at -O2. */
#ifndef LQI_UNROLL_H
#define LQI_UNROLL_H

#if defined(__clang__)
#define LQI_UNROLL _Pragma("clang loop unroll(full)")
#else
#define LQI_UNROLL _Pragma("GCC unroll 16")
#endif

#endif
