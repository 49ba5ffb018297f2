"""Where report and contract differ: python3 tests/cli/test_defects.py build/quote defects_open

Not part of run.sh. A test that passes moves to the file of its subject.
"""
from fractions import Fraction

import defects_shapes as s
import defects_truth as truth
from defects_case import Case, ulp


def star(height=10):
    """A five-pointed star drawn in one line, as a prism of one shell, and the area of its middle, which it goes
    around twice."""
    corners = [(Fraction(x), Fraction(y)) for x, y in ((0, 20), (-12, -16), (19, 6), (-19, 6), (12, -16))]
    facets, middle = [], []
    for k in range(5):
        (ax, ay), (bx, by) = corners[k], corners[(k + 1) % 5]
        a, b = (float(ax), float(ay), 0.0), (float(bx), float(by), 0.0)
        c, d = b[:2] + (float(height),), a[:2] + (float(height),)
        facets += [(a, b, c), (a, c, d), ((0.0, 0.0, 0.0), b, a), ((0.0, 0.0, float(height)), d, c)]
        # The side from k to k + 1 meets the one from k + 2 to k + 3 in a corner of the middle.
        (cx, cy), (dx, dy) = corners[(k + 2) % 5], corners[(k + 3) % 5]
        u, v, w = (bx - ax, by - ay), (dx - cx, dy - cy), (cx - ax, cy - ay)
        t = (w[0] * v[1] - w[1] * v[0]) / (u[0] * v[1] - u[1] * v[0])
        middle.append((ax + t * u[0], ay + t * u[1]))
    middle = [middle[2 * k % 5] for k in range(5)]
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(middle, middle[1:] + middle[:1]))
    return s.rounded(facets), abs(twice) / 2 * height


class SelfOverlap(Case):
    """Contract 7: "`volume_error_mm3` is a bound that holds"; the message of `self_intersections`: "what lies inside
    twice is counted once"; 3MF core 4.1 and note 3(g): winding >= 1 is solid, so V_analytic minus the excess."""

    def test_one_shell_that_crosses_itself(self):
        mesh, middle = star()
        self.check_volume(self.report(mesh), truth.volume(mesh) - middle)

    def test_bodies_that_share_an_edge_and_overlap(self):
        cases = {"corner": ((20, 20, 20), (20, 30, 10)), "flush": ((20, 20, 20), (10, 20, 20)),
                 "in an edge": ((20, 20, 20), (10, 10, 20))}
        for name, sizes in cases.items():
            with self.subTest(name):
                rules = truth.box_rules([(size, (0, 0, 0), 1) for size in sizes])
                report = self.report(s.box(sizes[0]) + s.box(sizes[1]))
                self.check_volume(report, rules["positive"])

    def test_a_body_twice_by_other_facets(self):
        report = self.report(s.cube(20) + s.other_diagonals((20,) * 3, (0, 0, 0)))
        self.check_volume(report, 8000)


class TouchingAndTurned(Case):
    """Bodies that touch in a plane that lies askew: rounding lets them overlap by less than two units in the last
    place of the largest coordinate times the area where they touch, 12 mm2 here."""

    ANGLES = ((339, 266, 332), (10, 168, 319), (10.441882182101306, 167.62415557611791, 339.6084181193929),
              (207, 5, 78), (101, 334, 281), (31, 62, 93), (11, 22, 33))

    def test_the_volume(self):
        """Contract 7: the range "contains the truth"."""
        for at, size in (((4, 1, 2), (3, 4, 3)), ((1, 4, 2), (4, 3, 4))):
            for angles in self.ANGLES:
                with self.subTest(at=at, angles=angles):
                    mesh = s.turned(s.cube(4) + s.box(size, at), *angles)
                    most = truth.volume(mesh)
                    low, high = self.interval(self.report(mesh))
                    self.assertGreaterEqual(high, most - 24 * Fraction(ulp(mesh)))
                    self.assertLessEqual(low, most)

    def test_they_are_not_nested(self):
        """A verdict of `review` for two sound bodies side by side."""
        for angles in self.ANGLES:
            with self.subTest(angles=angles):
                report = self.report(s.turned(s.cube(4) + s.box((3, 4, 3), (4, 1, 2)), *angles))
                self.assertNotIn("nested_solid_shell", self.notes(report))


class InsideOut(Case):
    def test_outer_shells_decide(self):
        """Note 3(d): "if all outer shells are negative: `mesh_inside_out`, flip all", whatever the inner ones add."""
        mesh = s.flipped(s.cube(40)) + s.cube(39, (0.5, 0.5, 0.5)) + s.cube(38, (1, 1, 1))
        report = self.report(mesh)
        self.assertIn("mesh_inside_out", self.notes(report))
        self.check_volume(report, 40 ** 3 - 39 ** 3)


class Findings(Case):
    def test_bodies_that_cross_are_not_nested(self):
        """Note 4: `nested_solid_shell` is "wrong-normal cavity?"; 3(d): a shell that lies in another."""
        report = self.report(s.cube(20) + s.cube(20, (10, 10, 10)))
        self.assertNotIn("nested_solid_shell", self.notes(report))

    def test_opposite_pairs_are_repaired_and_have_no_area(self):
        """Note 4: `opposite_triangle_pairs`, auto; contract 3: measures describe the part after the repairs. The
        repair leaves both facets out and closes the place, so its file has the area of the sound solid."""
        mesh = s.hurt(s.torus(30, 20), seed=4, opposed=5)
        report = self.report(mesh.triangles)
        note = self.notes(report)["opposite_triangle_pairs"]
        with self.subTest("repaired"):
            self.assertTrue(note["repairable"] and note["repaired"])
        with self.subTest("area"):
            self.check_near(report["area_mm2"], truth.area(mesh.before), 1e-9)
            made = self.repair(mesh.triangles)[0]["output"]["report"]
            self.check_near(report["area_mm2"], made["area_mm2"], 1e-9)

    MESHES = {"opposite_triangle_pairs": lambda: s.hurt(s.torus(30, 20), opposed=1).triangles,
              "degenerate_triangles": lambda: s.hurt(s.torus(30, 20), degenerate=1).triangles,
              "misoriented_triangles": lambda: s.hurt(s.torus(30, 20), flipped=1).triangles,
              "duplicate_triangles": lambda: s.hurt(s.torus(30, 20), duplicated=1).triangles,
              "open_edges": lambda: s.hurt(s.torus(30, 20), removed=1).triangles,
              "boundary_loops": lambda: s.hurt(s.torus(30, 20), removed=1).triangles,
              "cracks_within_tolerance": lambda: s.hurt(s.torus(30, 20), jittered=1).triangles,
              "t_junctions": lambda: s.hurt(s.torus(30, 20), split=1).triangles,
              "non_manifold_edges": lambda: s.cube(20) + s.cube(20, (20, 20, 0)),
              "non_manifold_vertices": lambda: s.cube(20) + s.cube(20, (20, 20, 20)),
              "shell_inverted": lambda: s.cube(20) + s.flipped(s.cube(10, (40, 0, 0))),
              "nested_solid_shell": lambda: s.cube(20) + s.cube(10, (5, 5, 5)),
              "cavity_shells": lambda: s.cube(20) + s.flipped(s.cube(10, (5, 5, 5))),
              "overlapping_shells": lambda: s.cube(20) + s.cube(20, (10, 10, 10)),
              "self_intersections": lambda: star()[0], "non_orientable": lambda: s.moebius(12),
              "surface_not_solid": lambda: s.sheet(4)}

    def test_every_finding_has_a_place(self):
        """Note 1.2: "every finding carries a location"; README: "every defect comes with its place"."""
        for code, mesh in self.MESHES.items():
            with self.subTest(code):
                self.assertIsNotNone(self.notes(self.report(mesh()))[code]["location"])

    def test_every_finding_has_an_effect(self):
        """Note 5, 4: "every defect carries its volume/price effect"; README: "its place and its effect"."""
        for code, mesh in self.MESHES.items():
            with self.subTest(code):
                self.assertIsNotNone(self.notes(self.report(mesh()))[code]["effect"])
