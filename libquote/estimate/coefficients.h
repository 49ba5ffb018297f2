/* What was fitted to the slicer's own numbers: `make fit-estimate` prints these values anew. */
#ifndef LQI_COEFFICIENTS_H
#define LQI_COEFFICIENTS_H

/* X(name, value) */
#define LQI_COEFFICIENT_LIST(X) \
    /* areas to volumes */      \
    X(wall_outline, 1.0633)     \
    X(wall_overlap, 0.7922)     \
    X(wall_pixel, 0.43645)      \
    X(wall_one, 0.024188)       \
    X(solid_area, 0.99204)      \
    X(solid_edge, 0.059187)     \
    X(top_area, 0.99851)        \
    X(top_edge, 0.044829)       \
    X(bridge_area, 0.97873)     \
    X(bridge_edge, 0.19268)     \
    X(sparse_area, 0.99814)     \
    X(sparse_edge, 0.14983)     \
    X(sparse_dense, -1.8207)    \
    X(outer_length, 0.99994)    \
    X(overhang_length, 1.2926)  \
    /* walls */                 \
    X(corner_jerk, 0.9381)      \
    X(wall_time, 0.98253)       \
    X(small_loops, 0.81041)     \
    X(loop_start, -0.00025722)  \
    /* fills */                 \
    X(fill_jerk, 0.90905)       \
    X(solid_lines, 0.98236)     \
    X(top_lines, 0.9889)        \
    X(bridge_lines, 0.81569)    \
    X(sparse_lines, 0.96979)    \
    X(links, 0.80847)           \
    X(gyroid_piece, 2.6479)     \
    /* supports */              \
    X(support_area, 2.1509)     \
    X(support_foot, 6.3977)     \
    X(interface_area, 0.57966)  \
    X(support_time, 1.0362)     \
    X(interface_time, 1.5076)   \
    X(moves_support, 0.040066)  \
    /* travel */                \
    X(moves_loops, 0.875)       \
    X(moves_odd, 2.607)         \
    X(moves_inside, 0.45971)    \
    X(moves_solid, 0.28556)     \
    X(moves_sparse, 0.30019)    \
    X(moves_bridge, 5.5701)     \
    X(moves_top, 0.71895)       \
    X(moves_lines, 0.016942)    \
    X(moves_outline, 0.0075734) \
    X(hops_loops, 0.83786)      \
    X(hops_outline, 0.04613)    \
    X(travel_box, 0.47728)      \
    X(travel_way, 0.73824)      \
    X(retract_time, 1.018)      \
    X(lift_time, 0.83197)       \
    X(layer_time, 0.55464)

typedef struct lqi_coefficients {
#define LQI_COEFFICIENT_FIELD(name, value) double name;
    LQI_COEFFICIENT_LIST(LQI_COEFFICIENT_FIELD)
#undef LQI_COEFFICIENT_FIELD
} lqi_coefficients;

#endif
