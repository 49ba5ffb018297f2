/* What was fitted to the slicer's own numbers: `make fit-estimate` prints these values anew. */
#ifndef LQI_COEFFICIENTS_H
#define LQI_COEFFICIENTS_H

/* X(name, value) */
#define LQI_COEFFICIENT_LIST(X) \
    /* areas to volumes */      \
    X(wall_outline, 1.0633)     \
    X(wall_overlap, 0.78437)    \
    X(wall_pixel, 0.43968)      \
    X(wall_one, 0.024108)       \
    X(solid_area, 0.99204)      \
    X(solid_edge, 0.055398)     \
    X(top_area, 0.99851)        \
    X(top_edge, 0.037737)       \
    X(bridge_area, 0.98183)     \
    X(bridge_edge, 0.16977)     \
    X(sparse_area, 0.99814)     \
    X(sparse_edge, 0.14958)     \
    X(sparse_dense, -1.8211)    \
    X(outer_length, 1.0011)     \
    X(overhang_length, 1.284)   \
    /* walls */                 \
    X(corner_jerk, 0.90238)     \
    X(wall_time, 0.98104)       \
    X(small_loops, 0.8112)      \
    X(loop_start, -0.00057145)  \
    /* fills */                 \
    X(fill_jerk, 0.5766)        \
    X(solid_lines, 0.99109)     \
    X(top_lines, 0.99816)       \
    X(bridge_lines, 0.83442)    \
    X(sparse_lines, 1.0005)     \
    X(links, 0.48512)           \
    X(gyroid_piece, 3.0756)     \
    /* supports */              \
    X(support_area, 1.9653)     \
    X(support_foot, 6.4524)     \
    X(interface_area, 0.61639)  \
    X(support_time, 1.0273)     \
    X(interface_time, 1.0431)   \
    X(moves_support, 0.030999)  \
    /* travel */                \
    X(moves_loops, 0.83977)     \
    X(moves_odd, 1.8766)        \
    X(moves_inside, 0.50325)    \
    X(moves_solid, 0.19556)     \
    X(moves_sparse, 0.21562)    \
    X(moves_bridge, 6.0782)     \
    X(moves_top, 1.8146)        \
    X(moves_lines, 0.021559)    \
    X(moves_outline, 0.0077451) \
    X(hops_loops, 0.54622)      \
    X(hops_outline, 0.052868)   \
    X(travel_box, 0.51867)      \
    X(travel_way, 0.27871)      \
    X(retract_time, 1.0391)     \
    X(lift_time, 0.86694)       \
    X(layer_time, 0.4351)

typedef struct lqi_coefficients {
#define LQI_COEFFICIENT_FIELD(name, value) double name;
    LQI_COEFFICIENT_LIST(LQI_COEFFICIENT_FIELD)
#undef LQI_COEFFICIENT_FIELD
} lqi_coefficients;

#endif
