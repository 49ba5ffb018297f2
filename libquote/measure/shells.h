/* Shells: what each measures, and which lies inside which. */
#ifndef LQI_MEASURE_SHELLS_H
#define LQI_MEASURE_SHELLS_H

#include "measure/box.h"
#include "mesh/topology.h"

typedef enum lqi_shell_kind {
    LQI_SHELL_SOLID,    /* positive, outside everything */
    LQI_SHELL_CAVITY,   /* negative, in material: bounds a void */
    LQI_SHELL_NESTED,   /* positive, in material: solid by the rules, often a cavity with wrong normals */
    LQI_SHELL_INVERTED, /* negative, in no material */
    LQI_SHELL_SHEET     /* encloses nothing that can be told */
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

/* closed: the chain is closed and oriented after the flags, so that windings mean something; otherwise kinds come from
 * the sign of the volume alone. */
lq_status lqi_shells_measure(lq_context *context, const lqi_mesh *mesh, const lqi_topology *topology, bool closed,
                             lqi_shells *shells);
void lqi_shells_free(lq_context *context, lqi_shells *shells);

/* Volume by fill rule from the nesting of shells that do not cut each other. */
typedef struct lqi_volume_by_rule {
    double positive, nonzero, even_odd;
} lqi_volume_by_rule;

/* signed_volume: of all shells together; where a rule counts every shell as the sign does, it is the answer. */
lqi_volume_by_rule lqi_shells_volume_by_rule(const lqi_shells *shells, double signed_volume);

#endif
