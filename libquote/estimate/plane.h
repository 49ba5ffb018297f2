/* Bit planes: one bit for each pixel of a layer, rows of 64-bit words. Around every row and above and below all rows
 * lies empty room of LQI_PLANE_MARGIN pixels, so that shapes grow by any disc without reaching another row. */
#ifndef LQI_PLANE_H
#define LQI_PLANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libquote.h"

#define LQI_HALF_SQRT 0.70710678118654752 /* cosine of 45 degrees */

struct lqi_kernels;

/* Shared by all planes of one estimate. A word lies before the first row of each and after its last, to be read. */
typedef struct lqi_grid {
    const struct lqi_kernels *kernels;
    double pixel_mm;
    double origin[2]; /* of pixel (0, 0), in turned coordinates */
    int32_t rows;     /* with margins */
    int32_t words;    /* of a row, with margins */
} lqi_grid;

/* Rows [first, end) may hold bits; all others are empty, but not necessarily cleared. */
typedef struct lqi_plane {
    uint64_t *bits; /* rows * words */
    int32_t first, end;
} lqi_plane;

/* A disc as half widths of its rows: row dy = 0..reach covers [-half[dy], half[dy]]. */
#define LQI_DISC_REACH_MAX 24
#define LQI_PLANE_MARGIN LQI_DISC_REACH_MAX
typedef struct lqi_disc {
    int reach;
    uint8_t half[LQI_DISC_REACH_MAX + 1];
} lqi_disc;

/* radius in pixels; more than LQI_DISC_REACH_MAX is that, less than 1 gives the single pixel. */
lqi_disc lqi_disc_make(double radius);

static inline uint64_t *lqi_plane_row(const lqi_grid *grid, const lqi_plane *plane, int32_t row)
{
    return plane->bits + (size_t)row * (size_t)grid->words;
}

/* Reads as empty where the plane is. */
void lqi_plane_clear(const lqi_grid *grid, lqi_plane *plane, int32_t first, int32_t end);
void lqi_plane_copy(const lqi_grid *grid, const lqi_plane *a, lqi_plane *to);
void lqi_plane_and(const lqi_grid *grid, const lqi_plane *a, const lqi_plane *b, lqi_plane *to);
void lqi_plane_and_not(const lqi_grid *grid, const lqi_plane *a, const lqi_plane *b, lqi_plane *to);
void lqi_plane_or(const lqi_grid *grid, const lqi_plane *a, const lqi_plane *b, lqi_plane *to);

/* Words of scratch that the next two need. */
size_t lqi_disc_room(const lqi_grid *grid, const lqi_disc *disc);
/* to must not be a. */
void lqi_plane_erode(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, uint64_t *scratch, lqi_plane *to);
void lqi_plane_dilate(const lqi_grid *grid, const lqi_plane *a, const lqi_disc *disc, uint64_t *scratch, lqi_plane *to);
/* What a square of 2 x 2 pixels can reach. `between` is overwritten; to may be a. */
void lqi_plane_open(const lqi_grid *grid, const lqi_plane *a, lqi_plane *between, lqi_plane *to);

/* Drops empty rows at both ends; false: all are. */
bool lqi_plane_trim(const lqi_grid *grid, lqi_plane *plane);
uint64_t lqi_plane_count(const lqi_grid *grid, const lqi_plane *plane);

/* How often rows and columns enter the plane. */
uint64_t lqi_plane_starts(const lqi_grid *grid, const lqi_plane *plane);

#endif
