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
    uint64_t around; /* a sum over the shells that wind around it: 0 when it is an outer one, and else only by the
                        chance of a collision of 64 bits */
    lqi_shell_kind kind;
} lqi_shell;

typedef struct lqi_shells {
    lqi_shell *shell;
    uint32_t count;
    bool nested_examined; /* false: the work budget ended first, windings are 0 */
} lqi_shells;

/* The triangles of a mesh in their order: the volume is summed one by one. */
typedef struct lqi_shell_block {
    size_t first, count;
    const double *volume; /* of the tetrahedron under each triangle, from one origin for the whole mesh */
    bool alike;           /* all are of one shell and have no flag; then: */
    lqi_box box;
} lqi_shell_block;

/* flag, shell: per triangle of a mesh that is closed after the flags (LQI_TRIANGLE_...); LQI_NO_SHELL for degenerate
 * ones. */
typedef struct lqi_shelled {
    const lqi_mesh *mesh;
    const uint8_t *flag;
    const uint32_t *shell;
} lqi_shelled;

/* Room for so many shells, then every block of the mesh in order, then their nesting. */
lq_status lqi_shells_init(lq_context *context, uint32_t shell_count, lqi_shells *shells);
void lqi_shells_add(lqi_shells *shells, const lqi_shelled *in, const lqi_shell_block *block);
/* nest.c; the work grows with the shells whose lowest vertices lie under or over each triangle's box. */
lq_status lqi_shells_nest(lq_context *context, const lqi_shelled *in, lqi_shells *shells);

/* The kind of every shell, from its volume and winding. */
void lqi_shells_classify(lqi_shells *shells);

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
