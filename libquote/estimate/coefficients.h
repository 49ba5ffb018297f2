/* What was fitted to the slicer's own numbers: `make fit-estimate` prints these values anew. */
#ifndef LQI_COEFFICIENTS_H
#define LQI_COEFFICIENTS_H

/* X(name, value) */
#define LQI_COEFFICIENT_LIST(X) \
    /* areas to volumes */      \
    X(wall_outline, 1.0633)     \
    X(wall_overlap, 0.77944)    \
    X(wall_pixel, 0.44251)      \
    X(wall_one, 0.024711)       \
    X(solid_area, 0.99204)      \
    X(solid_edge, 0.055603)     \
    X(top_area, 0.99851)        \
    X(top_edge, 0.037633)       \
    X(bridge_area, 0.98183)     \
    X(bridge_edge, 0.17005)     \
    X(sparse_area, 0.99814)     \
    X(sparse_edge, 0.14958)     \
    X(sparse_dense, -1.8443)    \
    X(outer_length, 1.0017)     \
    X(overhang_length, 1.3232)  \
    /* walls */                 \
    X(corner_jerk, 0.89733)     \
    X(wall_time, 0.98085)       \
    X(small_loops, 0.81246)     \
    X(loop_start, -0.0023057)   \
    /* fills */                 \
    X(fill_jerk, 0.081185)      \
    X(solid_lines, 1.0257)      \
    X(top_lines, 0.99819)       \
    X(bridge_lines, 1.1284)     \
    X(sparse_lines, 1.4425)     \
    X(anchor_speed, 3.1102)     \
    X(gyroid_piece, 3.5702)     \
    /* supports */              \
    X(support_area, 1.9653)     \
    X(support_foot, 6.4323)     \
    X(interface_area, 0.61639)  \
    X(support_time, 1.0635)     \
    X(interface_time, 1.1462)   \
    X(moves_support, 0.027937)  \
    /* travel */                \
    X(moves_loops, 0.8416)      \
    X(moves_odd, 2.904)         \
    X(moves_inside, 0.55349)    \
    X(moves_solid, 0.27448)     \
    X(moves_sparse, 0.21359)    \
    X(moves_bridge, 5.8949)     \
    X(moves_top, 1.2125)        \
    X(moves_lines, 0.019252)    \
    X(moves_outline, 0.0078157) \
    X(hops_loops, 0.54344)      \
    X(hops_outline, 0.054211)   \
    X(travel_box, 0.50692)      \
    X(travel_way, 0.28579)      \
    X(retract_time, 1.042)      \
    X(lift_time, 0.86737)       \
    X(layer_time, 0.40783)

typedef struct lqi_coefficients {
#define LQI_COEFFICIENT_FIELD(name, value) double name;
    LQI_COEFFICIENT_LIST(LQI_COEFFICIENT_FIELD)
#undef LQI_COEFFICIENT_FIELD
} lqi_coefficients;

#endif
