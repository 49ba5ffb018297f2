#include "estimate/outline.h"

#include <math.h>
#include <string.h>

#include "base/sort.h"
#include "estimate/plane.h"

/* What is nearer to the line between its neighbours is no corner. */
#define STRAIGHT_MM 0.0125
/* Of the jerk: what passes at less than half of it is of the next class. */
#define TURN_MOST 1.42

/* x = m * 2^k with m in 1..2; for 0 it is far below every class. */
static int exponent_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (int)(bits >> 52) - 1023;
}

static int within(int k, int count) { return k < 0 ? 0 : k < count ? k : count - 1; }

static int turn_class(const double a[2], const double b[2])
{
    double du = b[0] - a[0], dv = b[1] - a[1];
    double x = fabs(du - dv) * LQI_HALF_SQRT, y = fabs(du + dv) * LQI_HALF_SQRT;
    return within(-exponent_of((x > y ? x : y) * (1 / TURN_MOST)), LQI_PIECE_TURNS);
}

static int length_class(double length)
{
    return within(exponent_of(length * (1 / LQI_PIECE_LENGTH_LEAST_MM)) + 1, LQI_PIECE_LENGTHS);
}

static void note_piece(lqi_piece_sums *pieces, double length, int turn_a, int turn_b)
{
    int k = length_class(length);
    pieces->count[k][(turn_a + turn_b) / 2]++;
    pieces->length[k] += (uint64_t)(length * (1 / LQI_PIECE_UNIT_MM));
}

/* Direction and length of the way between two corners. */
static double way_between(const double a[2], const double b[2], double way[2])
{
    double du = b[0] - a[0], dv = b[1] - a[1], length = sqrt(du * du + dv * dv);
    double scale = length > 0 ? 1 / length : 0;
    way[0] = du * scale;
    way[1] = dv * scale;
    return length;
}

static void note_pieces(const double (*corner)[2], size_t count, lqi_piece_sums *pieces)
{
    double first_way[2], before[2], way[2];
    double first_length = way_between(corner[0], corner[1], first_way), length = first_length;
    int turn = 0, first_turn = 0;
    memcpy(before, first_way, sizeof before);
    for (size_t i = 1; i < count; i++) {
        double next_length = way_between(corner[i], corner[i + 1 < count ? i + 1 : 0], way);
        int now = turn_class(before, way);
        if (i == 1)
            first_turn = now;
        else
            note_piece(pieces, length, turn, now);
        turn = now;
        memcpy(before, way, sizeof way);
        length = next_length;
    }
    int last = turn_class(before, first_way);
    note_piece(pieces, length, turn, last);
    note_piece(pieces, first_length, last, first_turn);
}

void lqi_outline_measure(const double (*point)[2], size_t count, size_t first, double (*corner)[2],
                         lqi_piece_sums *pieces, lqi_loop *loop)
{
    double length = 0, sum = 0;
    size_t kept = 0;
    const double *a = point[first], *end = point[count];
    memcpy(loop->at, a, sizeof loop->at);
    for (size_t i = 0; i < count; i++) {
        const double *b = a + 2 < end ? a + 2 : point[0];
        double du = b[0] - a[0], dv = b[1] - a[1];
        length += sqrt(du * du + dv * dv);
        sum += a[0] * b[1] - a[1] * b[0];
        bool corners = true;
        if (kept) {
            const double *p = corner[kept - 1];
            double pu = b[0] - p[0], pv = b[1] - p[1], far = pu * pu + pv * pv;
            double off = (a[0] - p[0]) * pv - (a[1] - p[1]) * pu;
            double ahead = (a[0] - p[0]) * pu + (a[1] - p[1]) * pv;
            corners = !(off * off <= STRAIGHT_MM * STRAIGHT_MM * far && ahead >= 0 && ahead <= far);
        }
        memcpy(corner[kept], a, sizeof *corner);
        kept += corners;
        a = b;
    }
    loop->area_mm2 = sum / 2;
    loop->length_mm = length;
    if (kept > 1) note_pieces((const double(*)[2])corner, kept, pieces);
}

/* ---- order ---- */

/* Up to so many loops the way between them goes to the nearest that is left. */
#define NEAREST_MAX 64
/* Coordinates as whole numbers of this, for sorting. */
#define KEY_MM 0x1p-18

static uint32_t key_of(double x)
{
    double steps = x * (1 / KEY_MM) + 0x1p31;
    return steps < 0 ? 0 : steps < 0x1p32 ? (uint32_t)steps : UINT32_MAX;
}

static void go_to_nearest(lqi_loop *loop, size_t count)
{
    for (size_t i = 1; i + 1 < count; i++) {
        size_t nearest = i;
        double least = INFINITY;
        for (size_t k = i; k < count; k++) {
            double du = loop[k].at[0] - loop[i - 1].at[0], dv = loop[k].at[1] - loop[i - 1].at[1];
            if (du * du + dv * dv < least) least = du * du + dv * dv, nearest = k;
        }
        lqi_loop kept = loop[nearest];
        for (size_t k = nearest; k > i; k--) loop[k] = loop[k - 1];
        loop[i] = kept;
    }
}

void lqi_outlines_order(lqi_loop *loop, size_t count, uint64_t *key, lqi_loop *spare)
{
    for (size_t i = 0; i < count; i++) key[i] = (uint64_t)key_of(loop[i].at[1]) << 32 | i;
    lqi_sort_u64(key, count);
    for (size_t i = 0; i < count; i++) {
        spare[i] = loop[(uint32_t)key[i]];
        key[i] = (uint64_t)key_of(spare[i].at[0]) << 32 | i;
    }
    lqi_sort_u64(key, count);
    for (size_t i = 0; i < count; i++) loop[i] = spare[(uint32_t)key[i]];
    if (count <= NEAREST_MAX) go_to_nearest(loop, count);
}
