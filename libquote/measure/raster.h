/* Where a mesh meets the centres of dexel columns along one axis: triangles in, crossings sorted by column out. */
#ifndef LQI_RASTER_H
#define LQI_RASTER_H

#include <stdatomic.h>

#include "kernel/column_cover.h"
#include "measure/box.h"

/* Crossings of one mesh: so many, and so many more for each of its triangles, but not too many at all. Beyond this the
 * columns must be coarser: a few triangles must not cost what millions do. */
#define LQI_HITS_BASE ((uint64_t)1 << 19)
#define LQI_HITS_PER_TRIANGLE 2
#define LQI_HITS_MAX ((uint64_t)8 << 20)

typedef struct lqi_hit {
    double z;
    uint32_t shell;
    int32_t step; /* change of the winding on the way up */
} lqi_hit;

/* Crossings of one triangle in one row: neighbouring columns, their heights on a line. */
typedef struct lqi_span {
    double z, per_x; /* height at the triangle's first corner in this row; rise per sub-cell */
    int32_t from;    /* sub-cells from that corner to the first centre */
    uint32_t cell;   /* the first */
    uint32_t count;
    uint32_t shell_up; /* shell << 1 | the winding rises */
} lqi_span;

typedef struct lqi_spans {
    lqi_span *span;
    size_t count, capacity;
    uint64_t hit_count;
    uint64_t work; /* rows looked at */
} lqi_spans;

typedef struct lqi_raster {
    lq_context *context;
    lqi_column_grid grid;
    int up;             /* the axis that columns follow; a cyclic choice keeps the orientation */
    uint32_t across[2]; /* cells */
    double cell;        /* width of one */
    bool exceeded;      /* too many crossings, or too much work: there is nothing to sort */
    lqi_spans *parcel;  /* as they were taken, in order of triangles */
    size_t parcel_count, parcel_capacity;
    uint64_t hit_count, work, hits_max;
    _Atomic uint64_t under_way; /* hits found by tasks that run at the same time */
    uint32_t *first;            /* per column, and one more: its first hit, in order of triangles */
    lqi_hit *hits;
} lqi_raster;

/* Columns along `axis`, `cells` across the longer side of the box, which must not be 0. */
void lqi_raster_init(lqi_raster *raster, lq_context *context, const lqi_box *box, int axis, int cells,
                     uint32_t triangle_count);
/* Columns of a given width. */
void lqi_raster_init_cell(lqi_raster *raster, lq_context *context, const lqi_box *box, int axis, double cell,
                          uint32_t triangle_count);
void lqi_raster_free(lqi_raster *raster);

/* A block of triangles [first, first + count): finds its crossings. flag, shell: per triangle of the block. Several
 * tasks may do this at once, each with its own list. */
lq_status lqi_raster_find(lqi_raster *raster, const lqi_rows *rows, size_t count, const uint8_t *flag,
                          const uint32_t *shell, lqi_spans *found);

/* Takes the list of one task, which must come in order of triangles; it is empty afterwards. */
lq_status lqi_raster_take(lqi_raster *raster, lqi_spans *found);

/* After the last: sorts them by column, unless the raster is exceeded. */
lq_status lqi_raster_sort(lqi_raster *raster);

#endif
