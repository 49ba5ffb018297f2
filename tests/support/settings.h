/* What the one who runs the tests may ask for: TEST_ISA=scalar|avx2|avx512|neon and TEST_THREADS=N are what a context
 * gets whose test leaves them open. The Makefile wraps lq_context_create for that; the library reads no environment. */
#ifndef TESTS_SETTINGS_H
#define TESTS_SETTINGS_H

#include <stdint.h>

/* A mask with LQ_ISA_SCALAR and what the set builds on; 0 when nothing is asked for. An unknown name ends the test. */
uint32_t settings_isa(void);

#endif
