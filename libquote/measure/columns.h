/* Dexel columns along z: how often the surface winds around each point of a column. They tell what the signed volume
 * cannot: where material overlaps or is turned, inside one shell or between several. */
#ifndef LQI_COLUMNS_H
#define LQI_COLUMNS_H

#include "measure/raster.h"
#include "measure/shells.h"

/* Columns across the longer side. Small single bodies, which rarely cut themselves, get fewer: so many that their
 * square is LQI_COLUMNS_PER_TRIANGLE times the triangles, which is three for an edge of a triangle of usual size. */
#define LQI_COLUMNS_ACROSS 256
#define LQI_COLUMNS_ACROSS_SMALL 64
#define LQI_COLUMNS_ACROSS_LEAST 16
#define LQI_COLUMNS_PER_TRIANGLE 2

/* An overlap that is known worse than the first of these shares of the volume is measured by finer columns, unless it
 * is known so much worse that these would not help, or there would be more crossings than so many: 16 MB. */
#define LQI_COLUMNS_ACROSS_MOST 1024
#define LQI_COLUMNS_SHARE_KNOWN 5e-3
#define LQI_COLUMNS_SHARE_LOST 4e-2
#define LQI_COLUMNS_HITS_FINE ((uint64_t)1 << 20)

enum { LQI_RULE_POSITIVE, LQI_RULE_NONZERO, LQI_RULE_EVEN_ODD, LQI_RULE_COUNT };

/* Control variates: what a fill rule adds to the signed volume. They vanish, exactly, where the winding is 0 or 1
 * everywhere, so that sampling errors touch overlaps only. Second index 1: of the mesh turned inside out. */
typedef struct lqi_columns {
    bool examined; /* false: the work budget did not allow it */
    double correction[LQI_RULE_COUNT][2];
    double bound[LQI_RULE_COUNT][2]; /* on the sampling error of each: total variation between neighbouring columns */
    double overlap;                  /* volume where the winding is above 1, or below -1 */
    bool found;                      /* some winding is neither 0 nor 1, in the orientation that has more volume */
    bool crossed;        /* some shell meets another winding than just outside its lowest vertex: shells cross */
    uint64_t unbalanced; /* columns whose windings do not return to 0: 0 for any closed mesh */
    double cell;         /* width of a column; of the first look, if there was a closer one */
    int axis, across;    /* along which they run, how many across the longer side */
    uint64_t hit_count;
    double place[3]; /* in the longest stretch of such a winding, when one is found */
} lqi_columns;

/* How many columns a mesh of so many shells and triangles gets across; 0: its box has no width, so that nothing can
 * overlap. */
int lqi_columns_across(const lqi_box *box, int axis, uint32_t shell_count, uint32_t triangle_count);

/* From the crossings along one axis of a mesh that is closed. turned_too: also as if it were turned inside out. Volumes
 * in the mesh's own unit. An exceeded raster gives columns that are not examined. */
lq_status lqi_columns_measure(lqi_raster *raster, const lqi_shells *shells, const lqi_box *box, bool turned_too,
                              lqi_columns *columns);

#endif
