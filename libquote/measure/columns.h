/* Dexel columns along z: how often the surface winds around each point of a column. They tell what the signed volume
 * cannot: where material overlaps or is turned, inside one shell or between several. */
#ifndef LQI_COLUMNS_H
#define LQI_COLUMNS_H

#include "measure/box.h"
#include "measure/shells.h"
#include "mesh/mesh.h"

/* Columns across the longer side; small single bodies, which rarely cut themselves, get fewer. */
#define LQI_COLUMNS_ACROSS 256
#define LQI_COLUMNS_ACROSS_SMALL 64
#define LQI_COLUMNS_SMALL_TRIANGLES 2000

enum { LQI_RULE_POSITIVE, LQI_RULE_NONZERO, LQI_RULE_EVEN_ODD, LQI_RULE_COUNT };

/* Control variates: what a fill rule adds to the signed volume. They vanish, exactly, where the winding is 0 or 1
 * everywhere, so that sampling errors touch overlaps only. Second index 1: of the mesh turned inside out. */
typedef struct lqi_columns {
    bool examined; /* false: the work budget did not allow it */
    double correction[LQI_RULE_COUNT][2];
    double bound[LQI_RULE_COUNT][2]; /* on the sampling error of each: total variation between neighbouring columns */
    double overlap;                  /* volume where the winding is above 1, or below -1 */
    bool crossed;        /* some shell meets another winding than just outside its lowest vertex: shells cross */
    uint64_t unbalanced; /* columns whose windings do not return to 0: 0 for any closed mesh */
    double cell;         /* width of a column */
} lqi_columns;

typedef struct lqi_columns_request {
    const lqi_mesh *mesh;  /* closed after the flags */
    const uint8_t *flag;   /* as for lqi_moments_measure */
    const uint32_t *shell; /* per triangle */
    const lqi_shells *shells;
    const lqi_box *box;
    int axis;        /* 0, 1, 2: columns along x, y, z */
    bool turned_too; /* also as if it were turned inside out */
} lqi_columns_request;

/* Volumes in the mesh's own unit. */
lq_status lqi_columns_measure(lq_context *context, const lqi_columns_request *request, lqi_columns *columns);

#endif
