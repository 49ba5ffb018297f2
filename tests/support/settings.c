#include "tests/support/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libquote.h"

uint32_t settings_isa(void)
{
    static const struct {
        const char *name;
        uint32_t mask;
    } sets[] = {{"scalar", LQ_ISA_SCALAR},
                {"avx2", LQ_ISA_SCALAR | LQ_ISA_AVX2},
                {"avx512", LQ_ISA_SCALAR | LQ_ISA_AVX2 | LQ_ISA_AVX512},
                {"neon", LQ_ISA_SCALAR | LQ_ISA_NEON}};
    const char *name = getenv("TEST_ISA");
    if (name == NULL || name[0] == '\0') return 0;
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        if (strcmp(name, sets[i].name) == 0) return sets[i].mask;
    fprintf(stderr, "TEST_ISA=%s is not an instruction set\n", name);
    exit(2);
}

static uint32_t settings_threads(void)
{
    const char *threads = getenv("TEST_THREADS");
    return threads == NULL ? 0 : (uint32_t)strtoul(threads, NULL, 10);
}

/* The linker's names for the wrapped function and for the library's own. */
lq_status __wrap_lq_context_create(const lq_context_options *given, lq_context **context);
lq_status __real_lq_context_create(const lq_context_options *given, lq_context **context);

lq_status __wrap_lq_context_create(const lq_context_options *given, lq_context **context)
{
    lq_context_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    if (given != NULL && given->struct_size != sizeof options) return __real_lq_context_create(given, context);
    if (given != NULL) options = *given;
    if (options.isa_mask == 0) options.isa_mask = settings_isa();
    if (options.thread_count == 0) options.thread_count = settings_threads();
    return __real_lq_context_create(&options, context);
}
