/*
 * Writes the small models of corpus/models with their measured truth, the seeds of the STL fuzz target, or one big mesh
 * for a bench:
 *     make_models models DIR        make_models seeds DIR
 *     make_models sphere|torus|shuffled|dropped|jittered|noise TRIANGLES FILE.stl [ascii]
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/parts.h"
#include "corpus/stl_text.h"
#include "corpus/truth.h"
#include "corpus/wrap.h"

static void save(const char *folder, const char *name, stl_bytes bytes)
{
    char path[4096];
    snprintf(path, sizeof path, "%s%s%s", folder, folder[0] == '\0' ? "" : "/", name);
    FILE *file = fopen(path, "wb");
    int failed = file == NULL;
    if (!failed) failed = fwrite(bytes.data, 1, bytes.size, file) != bytes.size;
    if (file != NULL && fclose(file) != 0) failed = 1;
    stl_bytes_free(&bytes);
    if (!failed) return;
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    exit(4);
}

/* ---- models ---- */

static void add_truth(stl_bytes *table, const char *name, const solid_soup *soup)
{
    solid_truth truth = solid_measure(soup);
    solid_counts counts = solid_count(soup);
    char line[1024];
    snprintf(line, sizeof line,
             "%s\t%zu\t%zu\t%.15Lg\t%.15Lg\t%.9g %.9g %.9g %.9g %.9g %.9g\t%d\t%d\t%d\t%zu\t%zu\t%zu\t%zu\t%zu\t%zu\n",
             name, counts.triangles, counts.vertices, truth.volume, truth.area, (double)truth.box_min[0],
             (double)truth.box_min[1], (double)truth.box_min[2], (double)truth.box_max[0], (double)truth.box_max[1],
             (double)truth.box_max[2], counts.closed, counts.oriented, counts.manifold, counts.shells,
             counts.open_edges, counts.boundary_loops, counts.non_manifold_edges, counts.degenerate, counts.duplicate);
    stl_bytes_add_text(table, line);
}

static void make_models(const char *folder)
{
    stl_bytes table = {0};
    stl_bytes_add_text(&table, "file\ttriangles\tvertices\tvolume_mm3\tarea_mm2\tbox_mm\tclosed\toriented\tmanifold\t"
                               "shells\topen_edges\tboundary_loops\tnon_manifold_edges\tdegenerate\tduplicate\n");
    solid_soup cube = solid_cube(20), bracket = part_bracket(), knob = part_knob(), damaged = part_bracket();
    const solid_damage damage = {.removed = 3, .flipped = 2, .duplicated = 1, .degenerate = 2};
    if (!solid_damage_apply(&damaged, &damage, 1)) exit(5);

    save(folder, "cube.stl", stl_write_binary(&cube, NULL));
    add_truth(&table, "cube.stl", &cube);
    save(folder, "bracket.stl", stl_write_binary(&bracket, NULL));
    add_truth(&table, "bracket.stl", &bracket);
    /* No indentation: the file is to be small, not to be read. */
    save(folder, "bracket-ascii.stl", stl_write_ascii(&bracket, &(stl_ascii){.name = "bracket", .indent = ""}));
    add_truth(&table, "bracket-ascii.stl", &bracket);
    save(folder, "bracket-damaged.stl", stl_write_binary(&damaged, NULL));
    add_truth(&table, "bracket-damaged.stl", &damaged);
    save(folder, "knob.stl", stl_write_binary(&knob, NULL));
    add_truth(&table, "knob.stl", &knob);
    save(folder, "TRUTH.tsv", table);
    solid_free(&cube);
    solid_free(&bracket);
    solid_free(&knob);
    solid_free(&damaged);
}

/* ---- seeds: small, and one for every branch of the readers ---- */

static void save_ascii(const char *folder, const char *name, const solid_soup *soup, stl_ascii options)
{
    save(folder, name, stl_write_ascii(soup, &options));
}

static void make_ascii_seeds(const char *folder)
{
    solid_soup cube = solid_cube(2), tetrahedron = solid_tetrahedron(3), none = {0};
    save_ascii(folder, "ascii-plain.stl", &tetrahedron, (stl_ascii){.name = "part one"});
    save_ascii(folder, "ascii-cr.stl", &tetrahedron, (stl_ascii){.newline = STL_CR});
    save_ascii(folder, "ascii-mixed.stl", &tetrahedron, (stl_ascii){.newline = STL_MIXED, .blank_lines = 1});
    save_ascii(folder, "ascii-one-line.stl", &tetrahedron, (stl_ascii){.name = "x", .newline = STL_ONE_LINE});
    save_ascii(folder, "ascii-upper.stl", &tetrahedron, (stl_ascii){.letters = STL_UPPER, .exponent = 'D'});
    save_ascii(folder, "ascii-bare.stl", &tetrahedron, (stl_ascii){.no_loops = 1, .no_endfacet = 1, .last_line = ""});
    save_ascii(folder, "ascii-fragment.stl", &tetrahedron, (stl_ascii){.first_line = "", .last_line = ""});
    save_ascii(folder, "ascii-split-end.stl", &tetrahedron, (stl_ascii){.split_end = 1, .last_line = "end solid"});
    save_ascii(folder, "ascii-nan-normals.stl", &tetrahedron, (stl_ascii){.normals = STL_NORMALS_NAN});
    save_ascii(folder, "ascii-quads.stl", &cube, (stl_ascii){.quads = 1});
    save_ascii(folder, "ascii-comma.stl", &tetrahedron, (stl_ascii){.decimals = 3, .decimal_comma = 1});
    save_ascii(folder, "ascii-separator.stl", &tetrahedron, (stl_ascii){.decimals = 2, .separator = ","});
    save_ascii(folder, "ascii-comments.stl", &tetrahedron, (stl_ascii){.comment = "color 0.5 0.5 0.5"});
    save_ascii(folder, "ascii-bom.stl", &tetrahedron, (stl_ascii){.byte_order_mark = 1});
    save_ascii(folder, "ascii-utf16.stl", &tetrahedron, (stl_ascii){.utf16 = STL_UTF16LE, .byte_order_mark = 1});
    save_ascii(folder, "ascii-utf16be.stl", &tetrahedron, (stl_ascii){.utf16 = STL_UTF16BE});
    save_ascii(folder, "ascii-tail.stl", &tetrahedron, (stl_ascii){.tail = "\x1a\0\0\0", .tail_size = 4});
    save_ascii(folder, "ascii-empty.stl", &none, (stl_ascii){.name = "nothing"});
    stl_bytes text = stl_write_ascii(&tetrahedron, NULL);
    stl_replace(&text, 5, "vertex 0", "vertex 1e400");
    save(folder, "ascii-overflow.stl", stl_bytes_copy(&text));
    stl_replace(&text, 2, "vertex", "vertex 0x1p3");
    save(folder, "ascii-hex.stl", stl_bytes_copy(&text));
    stl_bytes_free(&text);
    text = stl_write_ascii(&tetrahedron, NULL);
    stl_truncate(&text, text.size * 2 / 3);
    save(folder, "ascii-cut.stl", text);
    text = stl_write_ascii(&tetrahedron, NULL);
    save(folder, "gzip-ascii.stl.gz", wrap_gzip(&text));
    stl_bytes_free(&text);
    solid_free(&cube);
    solid_free(&tetrahedron);
}

static void make_binary_seeds(const char *folder)
{
    solid_soup cube = solid_cube(2), tetrahedron = solid_tetrahedron(3), nested = solid_nested(4, 2);
    solid_soup sheet = solid_sheet(4, 2), moebius = solid_moebius(4, 1, 6), edge = solid_touching_edge(2);
    solid_soup overlap = solid_overlapping_spheres(2, 1, 1), damaged = solid_sphere(3, 4);
    const solid_damage damage = {.removed = 1,
                                 .flipped = 1,
                                 .duplicated = 1,
                                 .opposed = 1,
                                 .jittered = 1,
                                 .split = 1,
                                 .degenerate = 1,
                                 .jitter = 1e-4f};
    if (!solid_damage_apply(&damaged, &damage, 3)) exit(5);
    save(folder, "binary-cube.stl", stl_write_binary(&cube, NULL));
    save(folder, "binary-tetrahedron.stl", stl_write_binary(&tetrahedron, NULL));
    save(folder, "binary-solid.stl",
         stl_write_binary(&tetrahedron, &(stl_binary){.header = "solid x", .header_size = 7}));
    save(folder, "binary-big-endian.stl", stl_write_binary(&tetrahedron, &(stl_binary){.big_endian = 1}));
    save(folder, "binary-count-0.stl", stl_write_binary(&tetrahedron, &(stl_binary){.count_given = 1}));
    save(folder, "binary-count-max.stl",
         stl_write_binary(&tetrahedron, &(stl_binary){.count_given = 1, .count = UINT32_MAX}));
    save(folder, "binary-color.stl",
         stl_write_binary(&tetrahedron,
                          &(stl_binary){.header = "COLOR=\xff\0\0\xff", .header_size = 10, .attribute = 0x7fff}));
    stl_bytes bytes = stl_write_binary(&cube, NULL);
    stl_bytes second = stl_write_binary(&tetrahedron, NULL);
    stl_bytes_add(&bytes, second.data, second.size);
    stl_bytes_free(&second);
    save(folder, "binary-concatenated.stl", bytes);
    bytes = stl_write_binary(&cube, NULL);
    stl_binary_poke(&bytes, 3, 1, 2, NAN);
    stl_binary_poke(&bytes, 5, 0, 0, 1e38f);
    stl_binary_poke(&bytes, 7, 2, 1, 1e-42f);
    save(folder, "binary-nan.stl", stl_bytes_copy(&bytes));
    stl_truncate(&bytes, bytes.size - 70);
    save(folder, "binary-cut.stl", bytes);
    save(folder, "mesh-nested.stl", stl_write_binary(&nested, NULL));
    save(folder, "mesh-sheet.stl", stl_write_binary(&sheet, NULL));
    save(folder, "mesh-moebius.stl", stl_write_binary(&moebius, NULL));
    save(folder, "mesh-edge.stl", stl_write_binary(&edge, NULL));
    save(folder, "mesh-overlap.stl", stl_write_binary(&overlap, NULL));
    save(folder, "mesh-damaged.stl", stl_write_binary(&damaged, NULL));
    solid_soup *all[] = {&cube, &tetrahedron, &nested, &sheet, &moebius, &edge, &overlap, &damaged};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) solid_free(all[i]);
}

/* ---- big ones ---- */

static void make_big(const char *kind, size_t triangles, const char *path, int ascii)
{
    unsigned frequency = (unsigned)ceil(sqrt((double)triangles / 20));
    unsigned around = (unsigned)ceil(sqrt((double)triangles / 8));
    solid_soup soup =
        strcmp(kind, "torus") == 0 ? solid_torus(60, 20, 4 * around, around) : solid_sphere(50, frequency);
    solid_damage damage = {.jitter = 1e-4f};
    if (strcmp(kind, "shuffled") == 0) solid_shuffle(&soup, 1);
    if (strcmp(kind, "dropped") == 0) damage.removed = soup.count / 100;
    if (strcmp(kind, "jittered") == 0) damage.jittered = soup.count / 100;
    if (strcmp(kind, "noise") == 0) {
        damage.removed = damage.flipped = damage.duplicated = damage.split = damage.degenerate = soup.count / 500;
        solid_shuffle(&soup, 2);
    }
    if (!solid_damage_apply(&soup, &damage, 4)) exit(5);
    save("", path, ascii ? stl_write_ascii(&soup, NULL) : stl_write_binary(&soup, NULL));
    solid_free(&soup);
}

int main(int argc, char **argv)
{
    static const char *const kinds[] = {"sphere", "torus", "shuffled", "dropped", "jittered", "noise"};
    if (argc == 3 && strcmp(argv[1], "models") == 0) {
        make_models(argv[2]);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "seeds") == 0) {
        make_ascii_seeds(argv[2]);
        make_binary_seeds(argv[2]);
        return 0;
    }
    unsigned long triangles = argc >= 4 ? strtoul(argv[2], NULL, 10) : 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (triangles == 0 || triangles > 100000000 || strcmp(argv[1], kinds[i]) != 0) continue;
        make_big(kinds[i], triangles, argv[3], argc > 4 && strcmp(argv[4], "ascii") == 0);
        return 0;
    }
    fputs("usage: make_models models|seeds DIR\n"
          "       make_models sphere|torus|shuffled|dropped|jittered|noise TRIANGLES FILE.stl [ascii]\n",
          stderr);
    return 2;
}
