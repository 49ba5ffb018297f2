/* Runs that are walls: their thickness, and which thin ones go on in which. */
#ifndef LQI_WALL_NODES_H
#define LQI_WALL_NODES_H

#include "measure/walls.h"

/* What lies beside a thin run where no thin run does. */
#define LQI_BESIDE_NOTHING (UINT32_MAX - 0)
#define LQI_BESIDE_THICK (UINT32_MAX - 1)
#define LQI_BESIDE_STEEP (UINT32_MAX - 2) /* it goes on, but where cannot be seen from here */
#define LQI_WALL_NODES_MAX (UINT32_MAX - 4)

/* A run thinner than the last level, of which an end at least is best seen along its axis. */
typedef struct lqi_wall_node {
    float thickness, area; /* mm, mm2 of the surface at the ends that count */
    float opposed;         /* the cosine between one side and the other turned round: 1 where they are parallel */
    float level_z;         /* |n_z| of the upper end: 1 lies flat */
    float rise[2];         /* of its middle from one column to the next along u and v, in cells */
    uint32_t run;          /* of its axis */
    uint32_t neighbour[4]; /* towards -u, +u, -v, +v: a node of any axis, or what lies beside */
    uint32_t other;        /* where only one end counts: a node of the axis that counts the other, or nothing */
    uint16_t column[2];
    uint8_t axis, ends; /* of its ends 1 or 2 count */
    uint8_t level;      /* of LQI_WALL_LEVELS: the first that it is thinner than */
} lqi_wall_node;

typedef struct lqi_wall_nodes {
    lqi_wall_node *node; /* by axis, column, height */
    uint32_t count;
    uint32_t base[4];     /* of each axis, and the count */
    float *thickness[3];  /* per run of each axis; INFINITY: no wall */
    uint32_t *node_of[3]; /* per run; LQI_BESIDE_NOTHING: none */
    double tolerance;     /* mm */
} lqi_wall_nodes;

/* Fills the histogram of *walls and its tolerance. */
lq_status lqi_wall_nodes_find(lq_context *context, const lqi_dexels *dexels, lqi_walls *walls, lqi_wall_nodes *nodes);
void lqi_wall_nodes_free(lq_context *context, lqi_wall_nodes *nodes);

/* The middle of a node's run. */
void lqi_wall_node_place(const lqi_dexels *dexels, const lqi_wall_node *node, double place[3]);

/* The run of an axis that holds a place, give or take some mm along the axis; LQI_BESIDE_NOTHING: none. */
uint32_t lqi_dexel_run_at(const lqi_dexel_axis *axis, const double place[3], double slack);

#endif
