/* Where weighted points lie and how far they reach: sums that can be joined. */
#ifndef LQI_SPREAD_H
#define LQI_SPREAD_H

typedef struct lqi_spread {
    double weight;
    double first[3];  /* x y z */
    double second[6]; /* xx yy zz xy yz zx */
} lqi_spread;

void lqi_spread_add(lqi_spread *spread, const double point[3], double weight);
void lqi_spread_join(lqi_spread *spread, const lqi_spread *other);

/* The sides of the box whose points would spread alike, the longest first; weight must not be 0. */
void lqi_spread_sizes(const lqi_spread *spread, double size[3]);
/* The same, and the direction of each side: unit vectors. */
void lqi_spread_axes(const lqi_spread *spread, double size[3], double axis[3][3]);

#endif
