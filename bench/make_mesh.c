/* Writes the meshes that the benchmarks measure: make_mesh SHAPE TRIANGLES FORMAT OUT
 * SHAPE: torus, torus-shuffled, torus-dropped (1 % of the triangles missing), torus-jittered (each corner of each
 * triangle moved by itself, up to 1e-4 mm along each axis: no two triangles share a point any more), or a kind of
 * hard_mesh.h. FORMAT: binary, ascii, 3mf. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/hard_mesh.h"
#include "bench/mesh_3mf.h"
#include "corpus/solids.h"
#include "corpus/stl_text.h"

static int write_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (!file) return 1;
    int bad = fwrite(data, 1, size, file) != size;
    return fclose(file) != 0 || bad;
}

/* Bumps that depend on the position alone, so that triangles that share a point still do. */
static void add_bumps(solid_soup *soup)
{
    for (size_t i = 0; i < soup->count * 3; i++) {
        float *p = soup->corners + 3 * i;
        double x = (double)p[0], y = (double)p[1], z = (double)p[2];
        double bump = 1 + 0.01 * (sin(x * 1.3) + sin(y * 1.7) + sin(z * 2.1));
        p[0] = (float)(x * bump);
        p[1] = (float)(y * bump);
        p[2] = (float)(z * bump);
    }
}

/* Each corner of each facet by itself. */
static void jitter_corners(solid_soup *soup, double most)
{
    uint64_t state = 1;
    for (size_t i = 0; i < soup->count * 9; i++) {
        double share = (double)(solid_random(&state) >> 11) / (double)(UINT64_C(1) << 53);
        soup->corners[i] = (float)((double)soup->corners[i] + most * (2 * share - 1));
    }
}

static int make_torus(const char *shape, double wanted, solid_soup *soup)
{
    unsigned around = (unsigned)(sqrt(wanted / 6) + 0.5), along = (unsigned)(wanted / 2 / around + 0.5);
    *soup = solid_torus(40, 13, along, around);
    add_bumps(soup);
    solid_damage damage = {.removed = soup->count / 100};
    if (strcmp(shape, "torus-dropped") == 0) return solid_damage_apply(soup, &damage, 1);
    if (strcmp(shape, "torus-jittered") == 0) return jitter_corners(soup, 1e-4), 1;
    if (strcmp(shape, "torus-shuffled") == 0) return solid_shuffle(soup, 1), 1;
    return strcmp(shape, "torus") == 0;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fputs("make_mesh SHAPE TRIANGLES binary|ascii|3mf OUT\n", stderr);
        return 2;
    }
    double wanted = atof(argv[2]);
    solid_soup soup = {0};
    if (!hard_mesh_make(argv[1], (size_t)wanted, &soup) && !make_torus(argv[1], wanted, &soup)) {
        fputs("there is no such shape, or not of that size\n", stderr);
        return 1;
    }
    int status;
    if (strcmp(argv[3], "3mf") == 0) {
        status = mesh_write_3mf(&soup, argv[4]);
    } else {
        stl_binary binary = {0};
        stl_ascii ascii = {.name = "torus", .decimals = 6};
        stl_bytes bytes =
            strcmp(argv[3], "ascii") == 0 ? stl_write_ascii(&soup, &ascii) : stl_write_binary(&soup, &binary);
        status = write_file(argv[4], bytes.data, bytes.size);
        stl_bytes_free(&bytes);
    }
    solid_free(&soup);
    return status;
}
