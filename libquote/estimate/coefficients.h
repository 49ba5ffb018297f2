/* What was fitted to the slicer's own numbers: `make fit-estimate` prints these values anew. */
#ifndef LQI_COEFFICIENTS_H
#define LQI_COEFFICIENTS_H

/* X(name, value) */
#define LQI_COEFFICIENT_LIST(X) \
    /* areas to volumes */      \
    X(wall_outline, 1.0633)     \
    X(wall_overlap, 0.78847)    \
    X(wall_pixel, 0.43645)      \
    X(wall_one, 0.024321)       \
    X(solid_area, 0.99204)      \
    X(solid_edge, 0.055296)     \
    X(top_area, 0.99851)        \
    X(top_edge, 0.037737)       \
    X(bridge_area, 0.98338)     \
    X(bridge_edge, 0.16279)     \
    X(sparse_area, 0.99814)     \
    X(sparse_edge, 0.14983)     \
    X(sparse_dense, -1.824)     \
    X(outer_length, 0.99817)    \
    X(overhang_length, 1.3267)  \
    /* walls */                 \
    X(corner_jerk, 0.93706)     \
    X(wall_time, 0.98214)       \
    X(small_loops, 0.73291)     \
    X(loop_start, 0.0029984)    \
    /* fills */                 \
    X(fill_jerk, 0.80572)       \
    X(solid_lines, 0.985)       \
    X(top_lines, 0.98427)       \
    X(bridge_lines, 0.88527)    \
    X(sparse_lines, 0.97968)    \
    X(links, 0.71303)           \
    X(gyroid_piece, 2.7497)     \
    /* supports */              \
    X(support_area, 1.9653)     \
    X(support_foot, 6.4524)     \
    X(interface_area, 0.61639)  \
    X(support_time, 1.0338)     \
    X(interface_time, 1.0561)   \
    X(moves_support, 0.034265)  \
    /* travel */                \
    X(moves_loops, 0.87592)     \
    X(moves_odd, 2.7931)        \
    X(moves_inside, 0.5119)     \
    X(moves_solid, 0.26644)     \
    X(moves_sparse, 0.26293)    \
    X(moves_bridge, 5.3366)     \
    X(moves_top, 1.3831)        \
    X(moves_lines, 0.016213)    \
    X(moves_outline, 0.007587)  \
    X(hops_loops, 0.82119)      \
    X(hops_outline, 0.046734)   \
    X(travel_box, 0.48684)      \
    X(travel_way, 0.68914)      \
    X(retract_time, 1.0167)     \
    X(lift_time, 0.83164)       \
    X(layer_time, 0.53413)

typedef struct lqi_coefficients {
#define LQI_COEFFICIENT_FIELD(name, value) double name;
    LQI_COEFFICIENT_LIST(LQI_COEFFICIENT_FIELD)
#undef LQI_COEFFICIENT_FIELD
} lqi_coefficients;

#endif
