/* Shells: what each measures, and which lies inside which. */
#ifndef LQI_MEASURE_SHELLS_H
#define LQI_MEASURE_SHELLS_H

#include "measure/box.h"
#include "mesh/topology.h"

typedef enum lqi_shell_kind {
    LQI_SHELL_SOLID,    /* positive, outside everything */
    LQI_SHELL_CAVITY,   /* negative, in material: bounds a void */
    LQI_SHELL_NESTED,   /* positive, in material: solid by the rules, often a cavity with wrong normals */
    LQI_SHELL_INVERTED, /* turned against what is around it: what it bounds is not clear */
    LQI_SHELL_SHEET     /* encloses no volume */
} lqi_shell_kind;

typedef struct lqi_shell {
    double volume; /* signed, misoriented triangles turned */
    lqi_box box;
    uint64_t triangle_count;
    uint32_t first_triangle;
    uint32_t lowest_vertex;
    int32_t winding; /* of all other shells, just outside this one */
    lqi_shell_kind kind;
} lqi_shell;

typedef struct lqi_shells {
    lqi_shell *shell;
    uint32_t count;
    bool nested_examined; /* false: the work budget ended first, windings are 0 */
} lqi_shells;

/* The mesh must be closed after the flags (LQI_TRIANGLE_...); shell: per triangle, LQI_NO_SHELL for degenerate ones. */
lq_status lqi_shells_measure(lq_context *context, const lqi_mesh *mesh, const uint8_t *flag, const uint32_t *shell,
                             uint32_t shell_count, lqi_shells *shells);

/* Is everything inside out? Outer shells decide; specks do not. */
bool lqi_shells_are_inside_out(const lqi_shells *shells);

/* Turns all shells inside out. */
void lqi_shells_turn(lqi_shells *shells);

/* What a shell adds to the volume by a fill rule (LQI_RULE_... in columns.h), in units of its own size: 1, 0 or -1. */
int lqi_shell_counts(const lqi_shell *shell, int rule);

/* Volume that pairs of shells could share without any column of this width meeting it: the overlap of their boxes,
 * where that is thin in two directions or more. */
lq_status lqi_shells_unseen_overlap(lq_context *context, const lqi_shells *shells, double cell, double *volume);

/* The sum of all sizes: no reading of the shells gives more. */
double lqi_shells_size(const lqi_shells *shells);

void lqi_shells_free(lq_context *context, lqi_shells *shells);

/* Volume by fill rule from the nesting of shells that do not cut each other. */
typedef struct lqi_volume_by_rule {
    double positive, nonzero, even_odd;
} lqi_volume_by_rule;

/* signed_volume: of all shells together; where a rule counts every shell as the sign does, it is the answer. */
lqi_volume_by_rule lqi_shells_volume_by_rule(const lqi_shells *shells, double signed_volume);

#endif
