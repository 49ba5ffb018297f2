#include "corpus/faces.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEGREE 0.017453292519943295769236907684886

void face_loop_free(face_loop *loop)
{
    free(loop->points);
    memset(loop, 0, sizeof *loop);
}

void face_loop_add(face_loop *loop, double x, double y, double z)
{
    if (loop->count == loop->capacity) {
        size_t capacity = 2 * loop->capacity + 16;
        double(*points)[3] = realloc(loop->points, capacity * sizeof *points);
        if (points == NULL) {
            fputs("corpus: out of memory\n", stderr);
            exit(4);
        }
        loop->points = points;
        loop->capacity = capacity;
    }
    double *point = loop->points[loop->count++];
    point[0] = x;
    point[1] = y;
    point[2] = z;
}

void face_loop_arc(face_loop *loop, const double center[3], int axis_u, int axis_v, double radius, double from,
                   double to, unsigned steps)
{
    for (unsigned i = 0; i <= steps; i++) {
        double degrees = from + (to - from) * i / steps, point[3];
        memcpy(point, center, sizeof point);
        /* Quarter turns are exact, so that arcs end where straight edges begin. */
        double quarter = degrees / 90, c = cos(degrees * DEGREE), s = sin(degrees * DEGREE);
        if (quarter == floor(quarter)) {
            int q = (int)((long long)quarter % 4 + 4) % 4;
            c = q == 0 ? 1 : q == 2 ? -1 : 0;
            s = q == 1 ? 1 : q == 3 ? -1 : 0;
        }
        point[axis_u] += radius * c;
        point[axis_v] += radius * s;
        face_loop_add(loop, point[0], point[1], point[2]);
    }
}

void face_add_band(solid_soup *soup, const face_loop *a, const face_loop *b, int closed)
{
    size_t count = a->count < b->count ? a->count : b->count;
    for (size_t i = 0; i + (closed ? 0 : 1) < count; i++) {
        size_t j = (i + 1) % count;
        solid_add_quad(soup, a->points[i], a->points[j], b->points[j], b->points[i]);
    }
}

/* ---- one flat face: holes are joined to the outline by bridges, then ears are cut ---- */

typedef struct flat {
    double u, v;
    const double *point;
} flat;

static double cross_of(const flat *a, const flat *b, const flat *c)
{
    return (b->u - a->u) * (c->v - a->v) - (b->v - a->v) * (c->u - a->u);
}

static double area_of(const flat *points, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const flat *p = &points[i], *q = &points[(i + 1) % count];
        sum += p->u * q->v - p->v * q->u;
    }
    return sum / 2;
}

static int same_place(const flat *a, const flat *b) { return a->u == b->u && a->v == b->v; }

static int in_triangle(const flat *a, const flat *b, const flat *c, const flat *p)
{
    if (same_place(p, a) || same_place(p, b) || same_place(p, c)) return 0;
    return cross_of(a, b, p) >= 0 && cross_of(b, c, p) >= 0 && cross_of(c, a, p) >= 0;
}

static int segments_cross(const flat *a, const flat *b, const flat *p, const flat *q)
{
    if (same_place(a, p) || same_place(a, q) || same_place(b, p) || same_place(b, q)) return 0;
    double d1 = cross_of(a, b, p), d2 = cross_of(a, b, q), d3 = cross_of(p, q, a), d4 = cross_of(p, q, b);
    return (d1 > 0) != (d2 > 0) && (d3 > 0) != (d4 > 0);
}

/* Joins a hole to the outline between the closest pair of points that see each other. */
static int bridge(flat *outline, size_t *count, const flat *hole, size_t hole_count, const flat *all, size_t all_count,
                  const size_t *ends)
{
    double best = INFINITY;
    size_t from = 0, to = 0;
    for (size_t i = 0; i < *count; i++) {
        for (size_t j = 0; j < hole_count; j++) {
            double du = outline[i].u - hole[j].u, dv = outline[i].v - hole[j].v, distance = du * du + dv * dv;
            if (distance >= best) continue;
            int blocked = 0;
            for (size_t k = 0; k < *count && !blocked; k++)
                blocked = segments_cross(&outline[i], &hole[j], &outline[k], &outline[(k + 1) % *count]);
            for (size_t k = 0; k < all_count && !blocked; k++)
                blocked = segments_cross(&outline[i], &hole[j], &all[k], &all[ends[k]]);
            if (blocked) continue;
            best = distance;
            from = i;
            to = j;
        }
    }
    if (best == INFINITY || *count + hole_count + 2 > FACE_POINTS_MAX) return 0;
    memmove(outline + from + 1 + hole_count + 2, outline + from + 1, (*count - from - 1) * sizeof *outline);
    for (size_t k = 0; k <= hole_count; k++) outline[from + 1 + k] = hole[(to + k) % hole_count];
    outline[from + 1 + hole_count + 1] = outline[from];
    *count += hole_count + 2;
    return 1;
}

static int cut_ears(solid_soup *soup, flat *points, size_t count)
{
    while (count > 3) {
        /* The ear with the best shape: slivers only where nothing else is left. */
        double best = 0;
        size_t ear = count;
        for (size_t i = 0; i < count; i++) {
            const flat *a = &points[(i + count - 1) % count], *b = &points[i], *c = &points[(i + 1) % count];
            double cross = cross_of(a, b, c);
            if (cross <= 0) continue;
            double longest = fmax(hypot(b->u - a->u, b->v - a->v),
                                  fmax(hypot(c->u - b->u, c->v - b->v), hypot(a->u - c->u, a->v - c->v)));
            double shape = cross / (longest * longest);
            if (shape <= best) continue;
            int clear = 1;
            for (size_t k = 0; k < count && clear; k++) clear = !in_triangle(a, b, c, &points[k]);
            if (!clear) continue;
            best = shape;
            ear = i;
        }
        if (ear == count) return 0;
        solid_add(soup, points[(ear + count - 1) % count].point, points[ear].point, points[(ear + 1) % count].point);
        memmove(points + ear, points + ear + 1, (count - ear - 1) * sizeof *points);
        count--;
    }
    solid_add(soup, points[0].point, points[1].point, points[2].point);
    return 1;
}

static void flatten(const face_loop *loop, int drop_axis, int mirror, flat *out)
{
    int u = (drop_axis + 1) % 3, v = (drop_axis + 2) % 3;
    for (size_t i = 0; i < loop->count; i++) {
        out[i].u = mirror ? -loop->points[i][u] : loop->points[i][u];
        out[i].v = loop->points[i][v];
        out[i].point = loop->points[i];
    }
}

static void reverse(flat *points, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        flat keep = points[i];
        points[i] = points[count - 1 - i];
        points[count - 1 - i] = keep;
    }
}

/* The axis that the face's normal follows most, and whether it points against it. */
static int main_axis(const face_loop *loop, int *against)
{
    double normal[3] = {0};
    for (size_t i = 0; i < loop->count; i++) {
        const double *p = loop->points[i], *q = loop->points[(i + 1) % loop->count];
        for (int k = 0; k < 3; k++) normal[k] += p[(k + 1) % 3] * q[(k + 2) % 3] - p[(k + 2) % 3] * q[(k + 1) % 3];
    }
    int axis = 0;
    for (int k = 1; k < 3; k++)
        if (fabs(normal[k]) > fabs(normal[axis])) axis = k;
    *against = normal[axis] < 0;
    return axis;
}

int face_add(solid_soup *soup, const face_loop *loops, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) total += loops[i].count + 2;
    if (count == 0 || loops[0].count < 3 || total > FACE_POINTS_MAX) return 0;
    int mirror = 0, axis = main_axis(&loops[0], &mirror), done = 0;
    flat *outline = calloc(FACE_POINTS_MAX, sizeof *outline), *holes = calloc(total, sizeof *holes);
    size_t *ends = calloc(total, sizeof *ends), hole_points = 0, outline_count = loops[0].count;
    if (outline == NULL || holes == NULL || ends == NULL) goto done;
    flatten(&loops[0], axis, mirror, outline);
    for (size_t i = 1; i < count; i++) {
        flat *hole = holes + hole_points;
        flatten(&loops[i], axis, mirror, hole);
        if (area_of(hole, loops[i].count) > 0) reverse(hole, loops[i].count);
        for (size_t k = 0; k < loops[i].count; k++) ends[hole_points + k] = hole_points + (k + 1) % loops[i].count;
        hole_points += loops[i].count;
    }
    for (size_t i = 1, at = 0; i < count; at += loops[i].count, i++)
        if (!bridge(outline, &outline_count, holes + at, loops[i].count, holes, hole_points, ends)) goto done;
    done = cut_ears(soup, outline, outline_count);
done:
    free(outline);
    free(holes);
    free(ends);
    return done;
}
