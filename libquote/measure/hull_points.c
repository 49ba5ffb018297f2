#include "measure/hull_points.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "measure/cube_cell.h"
#include "measure/hull.h"

#define WHOLE_MOST 1048576

/* Directions from the middle: the sides of a cube, so many cells along each edge. */
#define SIDE_CELLS 18
#define CELLS (6 * SIDE_CELLS * SIDE_CELLS)

/* The farthest vertex that was met in each direction. */
typedef struct sieve {
    double middle[3], scale[3]; /* what is flat counts as if it were a cube: hulls do not mind */
    double square[CELLS];
    double at[CELLS][3];
    double extreme[6][3]; /* lowest and highest along each axis */
} sieve;

static void sift(sieve *s, const double p[3])
{
    double d[3];
    for (int i = 0; i < 3; i++) d[i] = (p[i] - s->middle[i]) * s->scale[i];
    double square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
    uint32_t cell = lqi_cube_cell(d, SIDE_CELLS);
    if (square > s->square[cell]) {
        s->square[cell] = square;
        memcpy(s->at[cell], p, sizeof s->at[cell]);
    }
    for (int i = 0; i < 3; i++) {
        if (p[i] < s->extreme[2 * i][i]) memcpy(s->extreme[2 * i], p, sizeof s->extreme[0]);
        if (p[i] > s->extreme[2 * i + 1][i]) memcpy(s->extreme[2 * i + 1], p, sizeof s->extreme[0]);
    }
}

static void begin_sieve(const lqi_box *box, sieve *s)
{
    lqi_box_centre(box, s->middle);
    for (int i = 0; i < 3; i++) {
        double side = box->max[i] - box->min[i];
        s->scale[i] = side > 0 ? 2 / side : 0;
        s->extreme[2 * i][i] = INFINITY;
        s->extreme[2 * i + 1][i] = -INFINITY;
    }
    for (size_t i = 0; i < CELLS; i++) s->square[i] = -1;
}

/* at: room for CELLS + 6 points. */
static lq_status sieve_vertices(lq_context *context, const lqi_placed_solid *solids, size_t count, const lqi_box *box,
                                lqi_hull_points *points)
{
    sieve *s = lqi_alloc_zeroed(context, 1, sizeof *s);
    if (!s) return lqi_memory_status(context);
    begin_sieve(box, s);
    for (size_t i = 0; i < count; i++)
        for (size_t vertex = 0; vertex < solids[i].mesh->vertex_count; vertex++) {
            double p[3];
            lqi_placed_vertex(&solids[i], vertex, box, p);
            sift(s, p);
        }
    for (size_t i = 0; i < CELLS; i++)
        if (s->square[i] >= 0) memcpy(points->at[points->count++], s->at[i], sizeof s->at[i]);
    for (size_t i = 0; i < 6; i++) memcpy(points->at[points->count++], s->extreme[i], sizeof s->extreme[i]);
    lqi_free(context, s);
    return LQ_OK;
}

static void take_vertices(const lqi_placed_solid *solids, size_t count, const lqi_box *box, lqi_hull_points *points)
{
    for (size_t i = 0; i < count; i++)
        for (size_t vertex = 0; vertex < solids[i].mesh->vertex_count; vertex++)
            lqi_placed_vertex(&solids[i], vertex, box, points->at[points->count++]);
}

static void make_whole(const lqi_box *box, lqi_hull_points *points)
{
    double longest = 0;
    for (int i = 0; i < 3; i++) longest = fmax(longest, box->max[i] - box->min[i]);
    double scale = longest > 0 ? WHOLE_MOST / longest : 0;
    for (uint32_t i = 0; i < points->count; i++)
        for (int k = 0; k < 3; k++)
            points->whole[i][k] = (int32_t)fmin((points->at[i][k] - box->min[k]) * scale + 0.5, WHOLE_MOST);
}

lq_status lqi_hull_points_gather(lq_context *context, const lqi_placed_solid *solids, size_t count, const lqi_box *box,
                                 lqi_hull_points *points)
{
    uint64_t vertices = 0;
    for (size_t i = 0; i < count; i++) vertices += solids[i].mesh->vertex_count;
    bool all = points->all = vertices <= LQI_HULL_POINTS_MAX;
    size_t room = all ? (size_t)vertices : CELLS + 6;
    points->at = lqi_alloc_array(context, room, sizeof *points->at);
    points->whole = points->at ? lqi_alloc_array(context, room, sizeof *points->whole) : NULL;
    lq_status status = points->whole ? LQ_OK : lqi_memory_status(context);
    if (status == LQ_OK && all) take_vertices(solids, count, box, points);
    if (status == LQ_OK && !all) status = sieve_vertices(context, solids, count, box, points);
    if (status == LQ_OK)
        make_whole(box, points);
    else
        lqi_hull_points_free(context, points);
    return status;
}

void lqi_hull_points_free(lq_context *context, lqi_hull_points *points)
{
    lqi_free(context, points->at);
    lqi_free(context, points->whole);
    *points = (lqi_hull_points){0};
}
