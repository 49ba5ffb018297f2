"""Scenes drawn by lot: parts, units, nesting and placement mixed, against a reference that places every triangle."""
import random

import threemf_files as f
from threemf_case import Case, each

SHAPES = [lambda r: f.wedge(*(r.uniform(1, 4) for _ in range(3))), lambda r: f.cube(r.uniform(1, 4)),
          lambda r: f.models.box(tuple(r.uniform(0.5, 3) for _ in range(3)), tuple(r.uniform(-5, 5) for _ in range(3)))]


class Scene:
    """Objects in the root and in two other parts, each part with a unit of its own."""

    def __init__(self, seed):
        self.random = r = random.Random(seed)
        self.paths = ["/" + f.MAIN, "/3D/Objects/a.model", "/3D/Objects/b.model"]
        self.units = {path: r.choice(("millimeter", "inch", "centimeter")) for path in self.paths}
        self.text = {path: "" for path in self.paths}
        self.placed = {}  # (path, id): triangles in millimetres, in the axes of the object
        leaves = [self.leaf(path, number) for path in self.paths for number in (3, 1, 2)]
        inner = [self.group(path, number, [key for key in leaves if key[0] == path])
                 for path in self.paths for number in (11, 12)]
        outer = [self.group(self.paths[0], number, leaves + inner) for number in (21, 22, 23)]
        self.build, self.shape, self.count = "", [], 0
        for key in r.choices([k for k in leaves + inner + outer if k[0] == self.paths[0]], k=5):
            self.place(key)

    def factor(self, path):
        return f.UNITS[self.units[path]]

    def leaf(self, path, number):
        shape = self.random.choice(SHAPES)(self.random)
        if self.random.random() < 0.3:
            shape = f.models.flipped(shape)  # inside out: turned again before it is placed
        content = self.random.choice((f.mesh, f.soup))(shape)
        self.text[path] += f.obj(number, content, type=self.random.choice((None, "model")))
        self.placed[path, number] = f.placed(shape, f.scale(self.factor(path)))
        return path, number

    def matrix(self):
        r, turns = self.random, [f.turn(axis, self.random.uniform(-180, 180)) for axis in "xyz"]
        sides = [r.choice((1, 1, 1, -1)) * r.uniform(0.5, 1.5) for _ in range(3)]
        rows = [apply_all((f.scale(*sides), *turns), axis) for axis in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
        return (*rows[0], *rows[1], *rows[2], *(r.uniform(-20, 20) for _ in range(3)))

    def group(self, path, number, children):
        """Translations are lengths of the part that holds them."""
        parts, triangles = [], []
        for child in self.random.choices(children, k=self.random.randint(1, 3)):
            matrix = self.random.choice((None, self.matrix()))
            parts.append((child[1], matrix, None if child[0] == path else child[0]))
            triangles += self.moved(child, matrix, path)
        self.text[path] += f.obj(number, f.components(*parts))
        self.placed[path, number] = triangles
        return path, number

    def moved(self, child, matrix, path):
        if matrix is None:
            return self.placed[child]
        return f.placed(self.placed[child], (*matrix[:9], *(x * self.factor(path) for x in matrix[9:])))

    def place(self, key):
        matrix, printable = self.matrix(), self.random.choice((None, "1", "0"))
        self.build += f.item(key[1], matrix, printable=printable)
        if printable != "0":
            self.shape += self.moved(key, matrix, key[0])
            self.count += 1

    def entries(self):
        parts = {path[1:]: f.model(self.text[path], self.build if path == self.paths[0] else None,
                                   unit=self.units[path], spaces="p", required="p") for path in self.paths}
        return f.parts_of(parts.pop(f.MAIN), f.with_rels(parts))


def apply_all(matrices, point):
    for matrix in matrices:
        point = f.apply(matrix, point)
    return point


class Scenes(Case):
    @each({str(seed): seed for seed in range(60)})
    def test_scene(self, seed):
        scene = Scene(seed)
        path = f.pack(self.path(), scene.entries())
        if not scene.shape:
            self.refused(("plate_empty", "3mf_empty_build", "mesh_empty"), path)
            return
        report, again = self.report(path), self.report(path, "--threads", "4", "--isa", "scalar")
        self.check(report, shape=scene.shape, items=scene.count)
        for one in (report, again):
            one.pop("timing_ms")
        self.assertEqual(report, again)
