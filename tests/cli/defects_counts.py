"""Defects of one solid: counted to the last one, found where they are, measured as if they were not there."""
import itertools

import defects_shapes as s
import defects_truth as truth
from defects_case import FORMATS, Case, ulp, write

TORI = {96: (8, 6), 2000: (40, 25), 19200: (120, 80)}
# Offsets are those at which a float of 32 bits still tells the corners of the solid apart.
PLACES = ((1, 0), (1, 100.25), (1, 4096), (1, -30000), (0.01, 0), (0.1, 100.25), (1000, 0), (1000, -30000))
# What each kind says by itself: the codes that must be there.
CODES = {"removed": ("open_edges", "boundary_loops"), "flipped": ("misoriented_triangles",),
         "duplicated": ("duplicate_triangles",), "opposed": ("opposite_triangle_pairs",),
         "degenerate": ("degenerate_triangles",), "jittered": (), "split": ()}


def placed(solid, scale, offset):
    return s.moved(s.scaled(solid, scale), offset) if offset else s.scaled(solid, scale)


class Counts(Case):
    def check_hurt(self, mesh, kind="stl", exact_volume=True, jitter=0.0):
        report = self.report(mesh.triangles, kind=kind)
        self.check_counts(report, mesh.triangles, mesh.counts["flipped"])
        notes = self.notes(report)
        for hurt, number in mesh.counts.items():
            for code in CODES[hurt] if number else ():
                self.assertIn(code, notes)
                if code == "opposite_triangle_pairs":
                    continue
                self.check_place(report, mesh.triangles, code,
                                 set().union(*(points for k, points in mesh.spots.items() if code in CODES[k] or
                                               k in ("jittered", "split") and code in CODES["removed"])))
        # A moved corner and a middle that was rounded leave a choice: as far as they move the facets around them.
        loose = mesh.spots["jittered"] | mesh.spots["split"]
        fans = truth.area(t for t in mesh.triangles if loose.intersection(t)) if loose else 0
        slack = fans * (jitter + ulp(mesh.triangles)) if loose else 0
        self.check_volume(report, truth.volume(mesh.before), slack)
        self.assertNotEqual(report["verdict"], "reject")
        return report

    def test_sound_solids_have_none(self):
        solids = {"box": s.box(), "tetrahedron": s.tetrahedron(), "ball": s.ball(12, 18),
                  **{n: s.torus(*size) for n, size in TORI.items()}}
        for name, solid in solids.items():
            for scale, offset in PLACES if name != 19200 else PLACES[:1]:
                with self.subTest(name, scale=scale, offset=offset):
                    mesh = placed(solid, scale, offset)
                    report = self.report(mesh)
                    self.check_counts(report, mesh)
                    self.check_volume(report, truth.volume(mesh), exact=True)
                    self.check_near(report["area_mm2"], truth.area(mesh), 1e-9)
                    self.assertTrue(all(code.startswith("unit") for code in self.notes(report)))
                    self.assertTrue(report["closed"] and report["oriented"] and report["manifold"])

    def test_one_kind_alone(self):
        for kind, number in itertools.product(s.KINDS, (1, 2, 9)):
            for along, around in ((8, 6), (40, 25)):
                if number == 9 and along == 8:
                    continue
                with self.subTest(kind, number=number, triangles=2 * along * around):
                    self.check_hurt(s.hurt(s.torus(along, around), seed=number, **{kind: number}), jitter=1e-4)

    def test_one_kind_in_the_smallest_solids(self):
        for (name, solid), kind in itertools.product((("box", s.box()), ("tetrahedron", s.tetrahedron())), s.KINDS):
            if name == "tetrahedron" and kind in ("removed", "opposed"):
                continue  # so much of its surface is no hole
            with self.subTest(name, kind=kind):
                self.check_hurt(s.hurt(solid, **{kind: 1}), jitter=1e-4)

    def test_all_kinds_at_once(self):
        torus = s.torus(40, 25)
        for (scale, offset), order in zip(PLACES, itertools.cycle((None, 1, 2))):
            with self.subTest(scale=scale, offset=offset, order=order):
                solid = placed(torus, scale, offset)
                jitter = 2e-5 * scale + 2 * ulp(solid)
                mesh = s.hurt(solid, seed=7, jitter=jitter, removed=3, flipped=4, duplicated=5, opposed=2,
                              degenerate=6, jittered=3, split=4).ordered(order)
                self.check_hurt(mesh, jitter=jitter)

    def test_many_in_a_large_solid(self):
        mesh = s.hurt(s.torus(*TORI[19200]), seed=3, removed=120, flipped=130, duplicated=140, opposed=50,
                      degenerate=160, jittered=70, split=80).ordered(5)
        self.check_hurt(mesh, jitter=1e-4)

    def test_every_format_says_the_same(self):
        mesh = s.hurt(s.torus(40, 25), seed=11, removed=2, flipped=2, duplicated=2, opposed=2, degenerate=2, split=2)
        reports = {kind: self.check_hurt(mesh, kind) for kind in FORMATS}
        for kind, report in reports.items():
            for field in ("volume_mm3", "area_mm2", "bbox_mm", "volume_range_mm3"):
                self.assertEqual(report[field], reports["stl"][field], (kind, field))

    def test_a_wider_opening_is_one_loop(self):
        """A whole strip is missing: as many open edges as its rim has, one loop; two strips apart, two."""
        torus = s.torus(40, 25)
        for facets, loops in ((torus[10:], 1), (torus[10:400] + torus[410:], 2)):
            report = self.report(facets)
            self.check_counts(report, facets)
            self.assertEqual(report["boundary_loops"], loops)

    def test_a_missing_side_of_a_box_is_filled_to_the_bit(self):
        for offset in (0, 100.25, 4096):
            for side in range(6):
                mesh = s.moved(s.box((20, 22, 25)), offset)
                rest = mesh[:2 * side] + mesh[2 * side + 2:]
                report = self.report(rest)
                self.check_counts(report, rest)
                self.check_volume(report, 11000)
                self.check_near(report["area_mm2"], 2980, 1e-9)

    def test_half_a_surface_turned(self):
        """The smaller side is counted, whichever side that is."""
        torus = s.torus(40, 25)
        for number in (1, 300, 999, 1001, 1700, 1999):
            mesh = s.flipped(torus[:number]) + torus[number:]
            with self.subTest(number):
                report = self.report(s.shuffled(mesh, number))
                self.assertEqual(report["misoriented_triangles"], min(number, 2000 - number))
                self.assertTrue(report["closed"])
                self.assertFalse(report["oriented"])
                self.check_volume(report, truth.volume(torus))

    def test_cracks_are_told_from_holes(self):
        """A corner moved by less than the tolerance of the ladder is a crack, not a missing facet."""
        torus = s.torus(40, 25)
        for jitter in (1e-5, 5e-5):
            for number in (1, 4):
                mesh = s.hurt(torus, seed=number, jitter=jitter, jittered=number)
                report = self.report(mesh.triangles)
                self.assertIn("cracks_within_tolerance", self.notes(report), jitter)
                self.check_place(report, mesh.triangles, "cracks_within_tolerance", mesh.spots["jittered"])

    def test_t_junctions_are_counted(self):
        for number in (1, 5):
            mesh = s.hurt(s.torus(40, 25), seed=number, split=number)
            report = self.report(mesh.triangles)
            self.assertEqual(self.counted(report, "t_junctions"), number)
            self.check_place(report, mesh.triangles, "t_junctions", mesh.spots["split"])

    def test_minus_zero_is_zero(self):
        mesh = [tuple(tuple(-0.0 if x == 0 and (i + k) % 2 else x for k, x in enumerate(p)) for p in t)
                for i, t in enumerate(s.box())]
        report = self.report(mesh)
        self.assertEqual(report["vertices"], 8)
        self.assertTrue(report["closed"] and report["manifold"])
        self.check_volume(report, 8000, exact=True)

    def test_slivers_stay_and_are_told(self):
        """Corners in one line, but none equal: kept for the topology, no degenerate triangle."""
        (a, b, c), rest = s.box()[0], s.box()[1:]
        middle = tuple((p + q) / 2 for p, q in zip(a, b))
        mesh = rest + [(a, middle, c), (middle, b, c), (a, b, middle)]
        report = self.report(mesh)
        self.check_counts(report, mesh)
        self.assertEqual(report["degenerate_triangles"], 0)
        self.assertEqual(self.counted(report, "sliver_triangles"), 1)
        self.check_volume(report, 8000, exact=True)

    def test_only_degenerate_facets_are_no_mesh(self):
        p, q = (0.0, 0.0, 0.0), (1.0, 2.0, 3.0)
        answer = self.run_quote("inspect", write(self.path("stl"), [(p, p, q), (q, p, q)]), code=1)
        self.assertEqual(answer["error"]["code"], "mesh_empty")
