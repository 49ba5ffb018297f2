"""What a finding says beside its count: a place, an effect, what became of it."""
import random

import defects_shapes as s
import defects_truth as truth
import models
from defects_case import Case, read_stl
from defects_crossing import star


class Findings(Case):
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
                triangles = mesh()
                place = self.notes(self.report(triangles))[code]["location"]
                self.assertIsNotNone(place)
                for low, at, high in zip(truth.bounds(triangles)[0], place["point"], truth.bounds(triangles)[1]):
                    self.assertTrue(low <= at <= high, place)
                if place["triangle"] is not None:
                    low, high = truth.bounds([triangles[place["triangle"]]])
                    for k in range(3):
                        self.assertTrue(low[k] - 1e-4 <= place["point"][k] <= high[k] + 1e-4, place)

    def test_every_finding_has_an_effect(self):
        """Note 5, 4: "every defect carries its volume/price effect"; README: "its place and its effect"."""
        for code, mesh in self.MESHES.items():
            with self.subTest(code):
                effect = self.notes(self.report(mesh()))[code]["effect"]
                self.assertIsNotNone(effect)
                self.assertTrue(0 <= effect["confidence"] <= 1, effect)

    def test_an_overlap_is_where_both_are(self):
        for corner in ((10, 10, 10), (19, 19, 19), (-18.5, 3, 18)):
            for facing in (lambda m: m, s.flipped):
                mesh = facing(s.cube(20) + s.cube(20, corner))
                place = self.notes(self.report(mesh))["overlapping_shells"]["location"]
                self.assertTrue(all(max(0, c) <= p <= 20 + min(0, c) for c, p in zip(corner, place["point"])), place)
                self.assertIsNone(place["triangle"])

    def test_a_point_of_two_bodies(self):
        mesh = s.torus(20, 12) + s.moved(s.cube(20) + s.cube(20, (20, 20, 20)), 200)
        point = self.notes(self.report(mesh))["non_manifold_vertices"]["location"]
        self.assertIn((220.0,) * 3, mesh[point["triangle"]])

    def test_other_readings_have_their_volume_and_area(self):
        nested = self.notes(self.report(s.cube(20) + s.cube(10, (5, 5, 5))))["nested_solid_shell"]["effect"]
        self.assertAlmostEqual(nested["volume_delta_mm3"], -1000, 6)
        self.assertAlmostEqual(nested["area_delta_mm2"], 600, 6)
        inverted = s.cube(20) + s.flipped(s.cube(10, (40, 0, 0)))
        turned = self.notes(self.report(inverted))["shell_inverted"]["effect"]
        self.assertAlmostEqual(turned["volume_delta_mm3"], 1000, 6)
        self.assertAlmostEqual(turned["area_delta_mm2"], 600, 6)
        same = self.notes(self.report(inverted, "--fill", "nonzero"))["shell_inverted"]["effect"]
        self.assertEqual((same["volume_delta_mm3"], same["area_delta_mm2"]), (0, 0))

    def test_openings_say_what_closing_them_adds(self):
        mesh = s.cube(20)
        open_edges = self.notes(self.report(mesh[1:]))["open_edges"]["effect"]
        self.assertAlmostEqual(open_edges["area_delta_mm2"], 200, 6)

    def test_opposite_pairs_are_left_out(self):
        """Note 4: `opposite_triangle_pairs`, auto; contract 3: measures describe the part after the repairs. The
        repair leaves both facets out and closes the place, so its file has the area of the sound solid."""
        for number in (1, 5):
            mesh = s.hurt(s.torus(30, 20), seed=number, opposed=number)
            report = self.report(mesh.triangles)
            note = self.notes(report)["opposite_triangle_pairs"]
            self.assertTrue(note["repairable"] and note["repaired"])
            self.assertEqual(note["count"], number)
            self.check_place(report, mesh.triangles, "opposite_triangle_pairs", mesh.spots["opposed"])
            self.check_near(report["area_mm2"], truth.area(mesh.before), 1e-9)
            made = self.repair(mesh.triangles)[0]["output"]["report"]
            self.check_near(report["area_mm2"], made["area_mm2"], 1e-9)
            self.check_near(note["effect"]["area_delta_mm2"], -note["measure"]["value"], 1e-12)

    def test_nothing_but_pairs_keeps_its_area(self):
        """A sheet with two sides is no solid, and there is nothing else to measure."""
        sheet = s.sheet(3)
        report = self.report(sheet + s.flipped(sheet))
        self.assertEqual(report["verdict"], "reject")
        self.check_near(report["area_mm2"], 2 * truth.area(sheet), 1e-9)


class StoredNormals(Case):
    """ADMesh's "normals fixed": normals in the file that face against the corners of their facets."""

    def told(self, triangles, normals, *options):
        path = self.path("stl")
        with open(path, "wb") as file:
            file.write(models.stl(triangles, normals=normals))
        report = self.run_quote("inspect", path, *options)
        self.well_formed(report)
        return path, report, self.notes(report).get("stored_normals_disagree")

    def test_counted_to_the_last_one(self):
        for scale, offset in ((1, 0), (0.01, 0), (1, 4096), (1000, -30000)):
            mesh = s.moved(s.scaled(s.torus(40, 25), scale), offset)
            normals = [truth.normal_of(t) for t in mesh]
            _, sound, note = self.told(mesh, normals)
            self.assertIsNone(note)
            for turned in ({1999}, {0, 1, 130}, set(range(40, 1100, 3))):
                some = [tuple(-x for x in n) if i in turned else n for i, n in enumerate(normals)]
                _, report, note = self.told(mesh, some)
                self.assertEqual(note["count"], len(turned))
                self.assertEqual(note["measure"]["name"], "fraction")
                self.check_near(note["measure"]["value"], len(turned) / len(mesh), 1e-12)
                self.assertEqual(note["location"]["triangle"], min(turned))
                self.assertEqual((note["effect"]["volume_delta_mm3"], report["verdict"]), (0, sound["verdict"]))

    def told_of_text(self, triangles, normals, style):
        """The same as text: style(number) writes a number of a normal."""
        path = self.path("stl")
        with open(path, "w") as file:
            print("solid x", file=file)
            for triangle, normal in zip(triangles, normals):
                print(" facet normal " + " ".join(style(n) for n in normal) + "\n  outer loop", file=file)
                for corner in triangle:
                    print("   vertex %.9g %.9g %.9g" % tuple(corner), file=file)
                print("  endloop\n endfacet", file=file)
            print("endsolid x", file=file)
        return self.notes(self.run_quote("inspect", path)).get("stored_normals_disagree")

    def test_those_of_text_are_counted_alike(self):
        mesh = s.torus(40, 25)
        normals = [truth.normal_of(t) for t in mesh]
        for style in ("%.9g", "%.6e", "%+.4f", "% f", "%.17E"):
            self.assertIsNone(self.told_of_text(mesh, normals, lambda n: style % n))
            for turned in ({1999}, {0, 1, 130}, set(range(40, 1100, 3))):
                some = [tuple(-x for x in n) if i in turned else n for i, n in enumerate(normals)]
                note = self.told_of_text(mesh, some, lambda n: style % n)
                self.assertEqual((note["count"], note["location"]["triangle"]), (len(turned), min(turned)))
                self.check_near(note["measure"]["value"], len(turned) / len(mesh), 1e-12)

    def test_of_text_other_directions_are_judged_by_the_product(self):
        """A normal may point anywhere on the side of its facet; what is told is that of the binary file."""
        mesh = s.torus(16, 12)
        for seed in range(3):
            chance = random.Random(seed)
            normals = [tuple(round(chance.uniform(-1, 1), 4) for _ in range(3)) for _ in mesh]
            as_text = self.told_of_text(mesh, normals, lambda n: "%.9g" % n)
            binary = self.told(mesh, normals)[2]
            self.assertEqual((as_text["count"], as_text["location"]["triangle"]),
                             (binary["count"], binary["location"]["triangle"]))

    def test_of_text_what_is_no_number_says_nothing(self):
        mesh = s.torus(8, 6)
        for word in ("0", "-0.0", "nan", "-nan", "inf", "-1.#IND", "-", "-none"):
            self.assertIsNone(self.told_of_text(mesh, [(1, 1, 1)] * len(mesh), lambda n: word))

    def test_those_of_no_length_or_no_number_say_nothing(self):
        mesh = s.torus(8, 6)
        nan, endless = float("nan"), float("inf")
        for normal in ((0, 0, 0), (-0.0, 0, 0), (nan, nan, nan), (endless, 0, 0)):
            self.assertIsNone(self.told(mesh, [normal] * len(mesh))[2])

    def test_a_facet_without_area_faces_nowhere(self):
        a, b, c = s.box()[0]
        thin = [(a, a, b), (a, b, tuple((p + q) / 2 for p, q in zip(a, b)))]
        self.assertIsNone(self.told(s.box() + thin, [(0, 0, 0)] * 12 + [(1, 2, 3), (-1, -2, -3)])[2])

    def test_facets_that_are_dropped_are_not_numbered(self):
        mesh = s.torus(40, 25)
        normals = [truth.normal_of(t) for t in mesh]
        normals[1500] = tuple(-x for x in normals[1500])
        lost = [((float("nan"), 0, 0), (1, 0, 0), (0, 1, 0)), ((2e9, 0, 0), (1, 0, 0), (0, 1, 0))]
        note = self.told(mesh[:1300] + lost + mesh[1300:], normals[:1300] + [(0, 0, -1)] * 2 + normals[1300:])[2]
        self.assertEqual((note["count"], note["location"]["triangle"]), (1, 1500))

    def test_repair_writes_them_anew(self):
        mesh = s.torus(8, 6)
        path, _, note = self.told(mesh, [tuple(-x for x in truth.normal_of(t)) for t in mesh])
        self.assertEqual(note["count"], len(mesh))
        out = self.path("stl")
        after = self.run_quote("repair", path, "-o", out)["output"]["report"]
        self.assertNotIn("stored_normals_disagree", self.notes(after))
        self.assertNotIn("stored_normals_disagree", self.notes(self.run_quote("inspect", out)))
        self.assertEqual(len(read_stl(out)), len(mesh))
