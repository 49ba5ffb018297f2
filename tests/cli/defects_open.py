"""Where report and contract differ: python3 tests/cli/test_defects.py build/quote defects_open

Not part of run.sh. A test that passes moves to the file of its subject.
"""
import defects_shapes as s
import defects_truth as truth
from defects_case import Case
from defects_crossing import star


class InsideOut(Case):
    def test_outer_shells_decide(self):
        """Note 3(d): "if all outer shells are negative: `mesh_inside_out`, flip all", whatever the inner ones add."""
        mesh = s.flipped(s.cube(40)) + s.cube(39, (0.5, 0.5, 0.5)) + s.cube(38, (1, 1, 1))
        report = self.report(mesh)
        self.assertIn("mesh_inside_out", self.notes(report))
        self.check_volume(report, 40 ** 3 - 39 ** 3)


class Findings(Case):
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
