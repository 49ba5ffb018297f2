/* What each layer of a part holds: outlines, walls, infill, solid regions, as lengths, areas and counts. */
#ifndef LQI_LAYERS_H
#define LQI_LAYERS_H

#include "estimate/around.h"
#include "estimate/cutter.h"

/* Rows of pixels through a region by length: class k is below LQI_RUN_LEAST_MM * 2^k. */
enum { LQI_RUN_LENGTHS = 9 };
#define LQI_RUN_LEAST_MM 0.5

typedef struct lqi_runs {
    uint32_t count[LQI_RUN_LENGTHS];
    double length_mm[LQI_RUN_LENGTHS];
} lqi_runs;

typedef struct lqi_region {
    double area_mm2;
    double edge_mm;    /* pixel * (starts of rows + starts of columns): about 1.27 of the true outline */
    uint32_t parts;    /* pieces that hang together */
    uint32_t openings; /* holes in them */
    lqi_runs runs;
} lqi_region;

typedef enum lqi_fill {
    LQI_FILL_SPARSE,
    LQI_FILL_SOLID, /* inside */
    LQI_FILL_TOP,
    LQI_FILL_BRIDGE, /* over air or over sparse infill */
    LQI_FILL_COUNT
} lqi_fill;

typedef struct lqi_layer {
    double height_mm;
    double area_mm2, outline_mm;
    double signed_area_mm2; /* as the outlines run: negative where the solid is inside out */
    uint32_t outers, holes;
    uint32_t odd_cores;                /* outlines so narrow that a line remains alone in the middle */
    double small_loops_mm[2];          /* length of walls that run in small loops: outermost, all others */
    lqi_pieces pieces;                 /* of the outlines */
    double inside_mm2, inside_edge_mm; /* the region that walls leave to infill */
    uint32_t inside_parts, inside_openings;
    lqi_region fill[LQI_FILL_COUNT];
    double overhang_mm2;               /* walls over air */
    double support_mm2, interface_mm2; /* columns that stand here, whole; those that end within the next layers */
    double way_mm;                     /* through the first points of all outlines, one after the other */
} lqi_layer;

typedef struct lqi_layers {
    lqi_layer *layer;
    int32_t count;
    double box[6];
    double pixel_mm;
    lqi_around around;
    bool overlaps, open; /* in some layer */
    bool refused;        /* too much work: there are no layers */
} lqi_layers;

lq_status lqi_layers_make(lq_context *context, const lqi_estimate_solid *solids, size_t solid_count,
                          const lqi_machine *machine, lqi_layers *layers);
void lqi_layers_free(lq_context *context, lqi_layers *layers);

#endif
