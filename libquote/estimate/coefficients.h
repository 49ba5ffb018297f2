/* What was fitted to the slicer's own numbers: `make fit-estimate` prints these values anew. */
#ifndef LQI_COEFFICIENTS_H
#define LQI_COEFFICIENTS_H

/* X(name, value) */
#define LQI_COEFFICIENT_LIST(X) \
    /* areas to volumes */      \
    X(wall_outline, 1.0633)     \
    X(wall_overlap, 0.79299)    \
    X(wall_pixel, 0.44824)      \
    X(wall_one, 0.02)           \
    X(solid_area, 0.99204)      \
    X(solid_edge, 0.051611)     \
    X(top_area, 0.99851)        \
    X(top_edge, 0.036843)       \
    X(bridge_area, 0.98183)     \
    X(bridge_edge, 0.18391)     \
    X(sparse_area, 0.99814)     \
    X(sparse_edge, 0.14958)     \
    X(sparse_dense, -0.8)       \
    X(outer_length, 1.0033)     \
    X(overhang_length, 1.3232)  \
    /* walls */                 \
    X(corner_jerk, 0.89733)     \
    X(wall_time, 0.98085)       \
    X(small_loops, 0.82287)     \
    X(loop_start, -0.0017744)   \
    /* fills */                 \
    X(fill_jerk, 0.06095)       \
    X(solid_lines, 1.0257)      \
    X(top_lines, 0.99662)       \
    X(bridge_lines, 1.1508)     \
    X(sparse_lines, 1.3926)     \
    X(anchor_speed, 1.917)      \
    X(gyroid_piece, 3.5927)     \
    /* supports */              \
    X(support_area, 1.96)       \
    X(support_foot, 6.0)        \
    X(interface_area, 0.61)     \
    X(support_time, 1.12)       \
    X(interface_time, 1.12)     \
    X(moves_support, 0.03)      \
    /* travel */                \
    X(moves_loops, 0.8416)      \
    X(moves_odd, 2.7138)        \
    X(moves_inside, 0.58307)    \
    X(moves_solid, 0.27244)     \
    X(moves_sparse, 0.16824)    \
    X(moves_bridge, 6.1857)     \
    X(moves_top, 1.3295)        \
    X(moves_lines, 0.018224)    \
    X(moves_outline, 0.0078715) \
    X(hops_loops, 0.54258)      \
    X(hops_outline, 0.053556)   \
    X(travel_box, 0.50732)      \
    X(travel_way, 0.28672)      \
    X(retract_time, 1.042)      \
    X(lift_time, 0.86737)       \
    X(layer_time, 0.40569)

typedef struct lqi_coefficients {
#define LQI_COEFFICIENT_FIELD(name, value) double name;
    LQI_COEFFICIENT_LIST(LQI_COEFFICIENT_FIELD)
#undef LQI_COEFFICIENT_FIELD
} lqi_coefficients;

#endif
