/* A chain of edges as simple closed loops with caps. */
#ifndef LQI_LOOPS_H
#define LQI_LOOPS_H

#include "mesh/boundary.h"

/* Directed edges, each as often as it is walked too much: from vertex v to those of to[first[v]..first[v + 1]),
 * ascending. In every vertex as many end as begin. */
typedef struct lqi_chain {
    uint32_t *first; /* per vertex, and two more */
    uint32_t *to;
    uint32_t count, vertex_count;
} lqi_chain;

/* position: 3 doubles per vertex. Of loops and caps no shell is known: cap_shell is the number of the cap's loop. */
lq_status lqi_loops_find(lq_context *context, const double *position, const lqi_chain *chain, lqi_boundary *boundary);

#endif
