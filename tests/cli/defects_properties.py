"""What must not matter: place, size, direction, order, threads, instruction set, how deep one looks."""
import json
from fractions import Fraction

import defects_shapes as s
import defects_truth as truth
from defects_case import Case, ulp, write

COUNTS = ("triangles vertices closed oriented manifold certificate open_edges boundary_loops non_manifold_edges "
          "misoriented_triangles degenerate_triangles duplicate_triangles shells cavities").split()
# A part as it comes in: two bodies of which one is hollow, and every defect that leaves no choice.
HURT = dict(removed=2, flipped=3, duplicated=2, degenerate=2)


def hollow():
    return s.torus(30, 20) + s.cube(20, (50, 0, 0)) + s.flipped(s.cube(10, (55, 5, 5)))


class Meshes(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.meshes = {"sound": hollow(), "hurt": s.hurt(s.torus(30, 20), seed=5, **HURT).triangles +
                      hollow()[1200:]}
        cls.volume = truth.volume(hollow())

    def counts(self, report):
        return {k: report[k] for k in COUNTS}

    def codes(self, report):
        return [(d["code"], d["count"], d["severity"], d["repaired"]) for d in report["diagnostics"]
                if not d["code"].startswith("unit")]

    def check_same(self, mesh, report, changed, factor=1.0, slack=0.0):
        """The changed mesh has the same counts and findings, and the volume and area that follow from the change."""
        other = self.report(changed)
        self.assertEqual(self.counts(other), self.counts(report))
        self.assertEqual(self.codes(other), self.codes(report))
        low, high = self.interval(other)
        self.assertTrue(low - Fraction(slack) <= self.volume * Fraction(factor) ** 3 <= high + Fraction(slack))
        self.check_near(other["area_mm2"], report["area_mm2"] * factor ** 2, 1e-12 + slack / float(self.volume))
        return other


class Same(Meshes):
    def test_turning(self):
        for name, mesh in self.meshes.items():
            report = self.report(mesh)
            for angles in ((90, 0, 0), (30, 45, 60), (0.001, 179, -77)):
                changed = s.turned(mesh, *angles)
                with self.subTest(name, angles=angles):
                    self.assertEqual(len({p for t in changed for p in t}), report["vertices"])
                    self.check_same(mesh, report, changed, slack=2 * ulp(changed) * truth.area(mesh))

    def test_moving(self):
        for name, mesh in self.meshes.items():
            report = self.report(mesh)
            for offset in (128, -1024):
                changed = s.moved(mesh, offset, -offset, offset / 2)
                with self.subTest(name, offset=offset):
                    other = self.check_same(mesh, report, changed, slack=2 * ulp(changed) * truth.area(mesh))
                    for got, was, shift in zip(other["centroid_mm"], report["centroid_mm"],
                                               (offset, -offset, offset / 2)):
                        self.assertLess(abs(got - was - shift), 1e-3)

    def test_scaling(self):
        for name, mesh in self.meshes.items():
            report = self.report(mesh)
            for factor in (0.125, 2.0, 4096.0):
                with self.subTest(name, factor=factor):
                    other = self.check_same(mesh, report, s.scaled(mesh, factor), factor)
                    self.check_near(other["volume_mm3"], report["volume_mm3"] * factor ** 3, 1e-12)

    def test_order(self):
        for name, mesh in self.meshes.items():
            report = self.report(mesh)
            for seed in (1, 2, 3):
                with self.subTest(name, seed=seed):
                    other = self.check_same(mesh, report, s.shuffled(mesh, seed))
                    self.check_near(other["volume_mm3"], report["volume_mm3"], 1e-12)
                    self.assertEqual(other["bbox_mm"], report["bbox_mm"])

    def test_everything_flipped(self):
        mesh = s.torus(30, 20)
        report, other = self.report(mesh), self.report(s.flipped(mesh))
        self.assertEqual(self.counts(other), self.counts(report))
        self.check_near(other["volume_mm3"], report["volume_mm3"], 1e-12)
        self.assertEqual(other["area_mm2"], report["area_mm2"])
        self.assertEqual(other["volume_by_rule_mm3"]["signed"], -report["volume_by_rule_mm3"]["signed"])
        self.assertEqual([c for c in self.codes(other) if c not in self.codes(report)],
                         [("mesh_inside_out", 1, "warn", True)])

    def test_an_opposite_pair_beside_it(self):
        """Two facets back to back, apart from the part: no volume, no opening."""
        mesh = s.torus(30, 20)
        pair = s.moved(s.sheet(1)[:1], 0, 0, 1)
        report, other = self.report(mesh), self.report(mesh + pair + s.flipped(pair))
        self.check_counts(other, mesh + pair + s.flipped(pair))
        self.check_near(other["area_mm2"], report["area_mm2"], 1e-12)
        self.assertEqual(other["bbox_mm"], report["bbox_mm"])
        self.check_near(other["volume_mm3"], report["volume_mm3"], 1e-12)
        self.assertEqual(self.counted(other, "opposite_triangle_pairs"), 1)
        self.assertTrue(other["closed"] and other["oriented"])

    def test_a_facet_cut_in_three(self):
        mesh = s.torus(30, 20)
        report = self.report(mesh)
        for number in (0, 700, 1199):
            a, b, c = mesh[number]
            middle = s.rounded([(tuple(sum(x) / 3 for x in zip(a, b, c)),) * 3])[0][0]
            cut = mesh[:number] + [(a, b, middle), (b, c, middle), (c, a, middle)] + mesh[number + 1:]
            other = self.report(cut)
            self.check_counts(other, cut)
            self.assertEqual((other["triangles"], other["vertices"]), (report["triangles"] + 2,
                                                                       report["vertices"] + 1))
            self.assertEqual(other["shells"], 1)
            self.check_volume(other, truth.volume(cut), exact=True)
            self.check_near(other["area_mm2"], report["area_mm2"], 1e-6)


class Depth(Meshes):
    def test_the_certificate_alone(self):
        """What it gives is what the whole look gives; what it does not know is null."""
        damages = [{}] + [{kind: 3} for kind in s.KINDS]
        for damage in damages:
            mesh = s.hurt(s.torus(30, 20), seed=2, **damage)
            with self.subTest(**damage):
                full = self.report(mesh.triangles)
                short = self.report(mesh.triangles, "--topology", "certificate")
                self.assertEqual(short["certificate"], full["certificate"])
                for field in COUNTS + ["bbox_mm"]:
                    if short[field] is not None:
                        self.assertEqual(short[field], full[field], field)
                self.check_near(short["volume_by_rule_mm3"]["signed"], full["volume_by_rule_mm3"]["signed"], 1e-13)
                if short["volume_error_mm3"] is not None or short["volume_range_mm3"] is not None:
                    loose = mesh.spots["jittered"] | mesh.spots["split"]
                    self.check_volume(short, truth.volume(mesh.before), 1.0 if loose else 0)
                if not damage:
                    for field in ("volume_mm3", "area_mm2"):
                        self.check_near(short[field], full[field], 1e-13, field)

    def test_threads_and_instruction_sets(self):
        """The same document to the byte, times apart."""
        meshes = {**self.meshes, "large": s.hurt(s.torus(120, 80), seed=9, jittered=20, split=20, opposed=9,
                                                 **HURT).ordered(4).triangles,
                  "overlapping": s.torus(30, 20) + s.cube(20, (10, 0, 0)) + s.flipped(s.cube(5, (90, 0, 0)))}
        for name, mesh in meshes.items():
            path = write(self.path("stl"), mesh)
            with self.subTest(name):
                answers = set()
                for options in (("--threads", "1"), ("--threads", "2"), ("--threads", "3"), ("--isa", "scalar")):
                    report = self.run_quote("inspect", path, *options)
                    report.pop("timing_ms")
                    answers.add(json.dumps(report))
                self.assertEqual(len(answers), 1)
