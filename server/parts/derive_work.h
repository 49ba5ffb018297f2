/* The part of parts/derive.c that runs in the child. */
#ifndef SV_DERIVE_WORK_H
#define SV_DERIVE_WORK_H

#include "parts/derive.h"

typedef struct sv_derive_work {
    const sv_derivation *asked;
    const sv_config *config;
    int file, out; /* read from, written to */
    int64_t size;
} sv_derive_work;

/* what: sv_derive_work. Says {"made": true} or {"made": false, "selection": it was not there, "code", "message"}. */
void sv_derive_in_child(void *what, int answers);

#endif
