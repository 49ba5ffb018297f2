/* What was fitted to the slicer's own numbers: `make fit-estimate` prints these values anew. */
#ifndef LQI_COEFFICIENTS_H
#define LQI_COEFFICIENTS_H

/* X(name, value) */
#define LQI_COEFFICIENT_LIST(X) \
    /* areas to volumes */      \
    X(wall_overlap, 0.75209)    \
    X(wall_pixel, 0.44203)      \
    X(wall_one, 0.024425)       \
    X(solid_area, 0.99204)      \
    X(solid_edge, 0.058716)     \
    X(top_area, 0.99851)        \
    X(top_edge, 0.04491)        \
    X(bridge_area, 0.97873)     \
    X(bridge_edge, 0.19623)     \
    X(sparse_area, 0.99814)     \
    X(sparse_edge, 0.15033)     \
    X(sparse_dense, -1.838)     \
    X(outer_length, 0.99994)    \
    X(overhang_length, 1.2983)  \
    /* walls */                 \
    X(corner_jerk, 0.94299)     \
    X(wall_time, 0.98253)       \
    X(small_loops, 0.82759)     \
    /* fills */                 \
    X(fill_jerk, 0.91192)       \
    X(solid_lines, 0.98236)     \
    X(top_lines, 0.98734)       \
    X(bridge_lines, 0.78782)    \
    X(sparse_lines, 0.96902)    \
    X(links, 0.82893)           \
    X(gyroid_piece, 2.6313)     \
    /* supports */              \
    X(support_area, 2.1239)     \
    X(support_foot, 6.4225)     \
    X(interface_area, 0.60398)  \
    X(support_time, 1.0427)     \
    X(interface_time, 1.445)    \
    X(moves_support, 0.042131)  \
    /* travel */                \
    X(moves_loops, 0.875)       \
    X(moves_odd, 2.9326)        \
    X(moves_inside, 0.47569)    \
    X(moves_solid, 0.28663)     \
    X(moves_sparse, 0.30829)    \
    X(moves_bridge, 5.455)      \
    X(moves_top, 0.6206)        \
    X(moves_lines, 0.017027)    \
    X(moves_outline, 0.0074636) \
    X(hops_loops, 0.74036)      \
    X(hops_outline, 0.044236)   \
    X(travel_box, 0.46921)      \
    X(travel_way, 0.82429)      \
    X(retract_time, 1.0196)     \
    X(lift_time, 0.83197)       \
    X(layer_time, 0.49567)

typedef struct lqi_coefficients {
#define LQI_COEFFICIENT_FIELD(name, value) double name;
    LQI_COEFFICIENT_LIST(LQI_COEFFICIENT_FIELD)
#undef LQI_COEFFICIENT_FIELD
} lqi_coefficients;

#endif
