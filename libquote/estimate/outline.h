/* Outlines of one layer: length, area and straight pieces of each, and the order in which they are printed. */
#ifndef LQI_OUTLINE_H
#define LQI_OUTLINE_H

#include <stddef.h>
#include <stdint.h>

#include <stdbool.h>

/* Straight pieces of outlines by length and by the speed at which their ends can be passed. */
enum { LQI_PIECE_LENGTHS = 12, LQI_PIECE_TURNS = 8 };

/* Class of length k: below LQI_PIECE_LENGTH_LEAST_MM * 2^k. Class of turn k: passable at 0.5 * 2^(k/1) times the jerk.
 */
#define LQI_PIECE_LENGTH_LEAST_MM 0.125

typedef struct lqi_pieces {
    uint32_t count[LQI_PIECE_LENGTHS][LQI_PIECE_TURNS];
    double length_mm[LQI_PIECE_LENGTHS];
} lqi_pieces;

typedef struct lqi_loop {
    double area_mm2; /* negative: a hole */
    double length_mm;
    double at[2]; /* its first point */
} lqi_loop;

/* Of all outlines of a layer; whole numbers, so that the order of outlines does not matter. */
typedef struct lqi_piece_sums {
    uint32_t count[LQI_PIECE_LENGTHS][LQI_PIECE_TURNS];
    uint64_t length[LQI_PIECE_LENGTHS]; /* of LQI_PIECE_UNIT_MM */
} lqi_piece_sums;

#define LQI_PIECE_UNIT_MM 0x1p-32

/* The closed way through the points, from point[first] on; pieces are added. corner: room for as many points, scratch.
 */
void lqi_outline_measure(const double (*point)[2], size_t count, size_t first, double (*corner)[2],
                         lqi_piece_sums *pieces, lqi_loop *loop);

/* By their first points; few loops: each is the nearest of those that are left, as a slicer travels. key, spare: room
 * for as many, scratch. */
void lqi_outlines_order(lqi_loop *loop, size_t count, uint64_t *key, lqi_loop *spare);

#endif
