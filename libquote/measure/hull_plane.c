#include "measure/hull_plane.h"

#include <math.h>
#include <string.h>

#include "base/sort.h"

/* Points are sorted along a direction that no edge of a drawn part follows, so that ties do not matter. */
#define ALONG_X 0.76484218728448850
#define ALONG_Y 0.64421768723769105

static double turn(const double a[2], const double b[2], const double c[2])
{
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]);
}

static double place_along(const double p[2]) { return p[0] * ALONG_X + p[1] * ALONG_Y; }

/* Points so near to a line, as a share of the extent, lie on it: those that only rounding keeps apart are many where a
 * prism is seen along its edges. */
#define STRAIGHT 1e-10

/* Returns twice the area of a turn that is none. */
static double sort_points(const double (*point)[2], uint32_t count, uint64_t *order)
{
    double low = INFINITY, high = -INFINITY;
    for (uint32_t i = 0; i < count; i++) {
        low = fmin(low, place_along(point[i]));
        high = fmax(high, place_along(point[i]));
    }
    double scale = high > low ? (double)UINT32_MAX / (high - low) : 0;
    for (uint32_t i = 0; i < count; i++) order[i] = (uint64_t)((place_along(point[i]) - low) * scale) << 32 | i;
    lqi_sort_u64(order, count);
    return STRAIGHT * (high - low) * (high - low);
}

/* A point more on a chain; those that no longer turn left are dropped, down to `least`. */
static uint32_t add_to_chain(const double (*point)[2], double straight, uint64_t *chain, uint32_t kept, uint32_t least,
                             uint32_t next)
{
    while (kept > least && turn(point[chain[kept - 2]], point[chain[kept - 1]], point[next]) <= straight) kept--;
    chain[kept] = next;
    return kept + 1;
}

/* Andrew's monotone chains (1979). */
uint32_t lqi_hull_plane(const double (*point)[2], uint32_t count, uint64_t *spare, double (*corner)[2])
{
    if (!count) return 0;
    uint64_t *order = spare, *chain = spare + count;
    double straight = sort_points(point, count, order);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) kept = add_to_chain(point, straight, chain, kept, 1, (uint32_t)order[i]);
    uint32_t least = kept;
    for (uint32_t i = count - 1; i-- > 0;) kept = add_to_chain(point, straight, chain, kept, least, (uint32_t)order[i]);
    if (kept > 1) kept--; /* the first again */
    for (uint32_t i = 0; i < kept; i++) memcpy(corner[i], point[chain[i]], sizeof corner[i]);
    return kept;
}

double lqi_hull_plane_depth(const double (*corner)[2], uint32_t count, const double place[2])
{
    double depth = count ? INFINITY : -INFINITY;
    for (uint32_t i = 0; i < count; i++) {
        const double *a = corner[i], *b = corner[i + 1 < count ? i + 1 : 0];
        double x = b[0] - a[0], y = b[1] - a[1], length = sqrt(x * x + y * y);
        if (length > 0)
            depth = fmin(depth, (x * (place[1] - a[1]) - y * (place[0] - a[0])) / length);
        else
            depth = -sqrt((place[0] - a[0]) * (place[0] - a[0]) + (place[1] - a[1]) * (place[1] - a[1]));
    }
    return depth;
}

static double along(const double a[2], const double p[2]) { return a[0] * p[0] + a[1] * p[1]; }

/* The corner that is farthest along a direction, looked for from `from` on. */
static uint32_t farthest(const double (*corner)[2], uint32_t count, const double direction[2], uint32_t from)
{
    for (uint32_t steps = 0; steps < count; steps++) {
        uint32_t next = from + 1 < count ? from + 1 : 0;
        if (along(direction, corner[next]) < along(direction, corner[from])) break;
        from = next;
    }
    return from;
}

/* Rotating calipers (Toussaint 1983): one side of the smallest rectangle lies on an edge. */
void lqi_hull_plane_rectangle(const double (*corner)[2], uint32_t count, double side[2], double direction[2])
{
    uint32_t right = 0, top = 0, left = 0;
    double least = INFINITY;
    for (uint32_t i = 0; i < count; i++) {
        const double *a = corner[i], *b = corner[i + 1 < count ? i + 1 : 0];
        double x = b[0] - a[0], y = b[1] - a[1], length = sqrt(x * x + y * y);
        if (!(length > 0)) continue;
        const double u[2] = {x / length, y / length}, v[2] = {-u[1], u[0]}, back[2] = {-u[0], -u[1]};
        right = farthest(corner, count, u, i ? right : i);
        top = farthest(corner, count, v, i ? top : right);
        left = farthest(corner, count, back, i ? left : top);
        double width = along(u, corner[right]) - along(u, corner[left]), height = along(v, corner[top]) - along(v, a);
        if (!(width * height < least)) continue;
        least = width * height;
        side[0] = width, side[1] = height;
        direction[0] = u[0], direction[1] = u[1];
    }
}

void lqi_outline_begin(const double low[2], const double high[2], lqi_outline *outline)
{
    double side = fmax(high[0] - low[0], high[1] - low[1]);
    *outline = (lqi_outline){.origin = {low[0], low[1]}, .scale = side > 0 ? LQI_OUTLINE_CELLS / side : 0};
}

static uint32_t outline_cell(const lqi_outline *outline, int way, double at)
{
    double cell = (at - outline->origin[way]) * outline->scale;
    return cell >= LQI_OUTLINE_CELLS ? LQI_OUTLINE_CELLS - 1 : cell > 0 ? (uint32_t)cell : 0;
}

void lqi_outline_add(lqi_outline *outline, double x, double y)
{
    const double p[2] = {x, y};
    for (int way = 0; way < 2; way++) { /* 0: in its row the farthest along x */
        uint32_t cell = outline_cell(outline, 1 - way, p[1 - way]);
        double(*end)[2] = outline->point + 4 * cell + 2 * way;
        bool any = outline->any[cell][way];
        outline->any[cell][way] = true;
        if (!any || p[way] < end[0][way]) memcpy(end[0], p, sizeof p);
        if (!any || p[way] > end[1][way]) memcpy(end[1], p, sizeof p);
    }
}

uint32_t lqi_outline_hull(const lqi_outline *outline, uint64_t *spare, double (*corner)[2])
{
    double point[LQI_OUTLINE_POINTS][2];
    uint32_t count = 0;
    for (uint32_t i = 0; i < LQI_OUTLINE_POINTS; i++)
        if (outline->any[i / 4][i / 2 % 2]) memcpy(point[count++], outline->point[i], sizeof point[0]);
    return lqi_hull_plane((const double(*)[2])point, count, spare, corner);
}
