/* Which state of an order may follow which, who may make it so, and what is told then: one table. */
#ifndef SV_MACHINE_H
#define SV_MACHINE_H

#include <stdbool.h>

enum { SV_BY_SELLER = 1, SV_BY_OPERATOR = 2, SV_BY_PAYMENT = 4, SV_BY_CLOCK = 8 };

typedef struct sv_move {
    const char *from, *to;
    int by;
    const char *event;
} sv_move;

/* NULL: it is not legal, or not for them. */
const sv_move *sv_move_find(const char *from, const char *to, int by);

/* Where an order goes when all is well; NULL: it stays. */
const sv_move *sv_move_usual(const char *from);

/* Nothing follows. */
bool sv_status_is_final(const char *status);

bool sv_status_is_known(const char *status);

#endif
