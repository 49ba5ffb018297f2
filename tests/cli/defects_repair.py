"""`quote repair`: what comes out is sound, is what was promised, and is no more changed than it must be."""
import itertools
import os
import random
import subprocess
from fractions import Fraction

import defects_case
import defects_shapes as s
import defects_truth as truth
from defects_case import Case, read_3mf, read_stl, ulp, write

# What a report may still call repairable after a repair: counts go by positions, so bodies that touch still meet there,
# although a 3MF keeps them apart; what overlaps is measured once and left as it is drawn.
MAY_STAY = {"overlapping_shells", "self_intersections", "non_manifold_edges", "non_manifold_vertices"}

PRINTABILITY = ("walls", "overhang", "orientations", "voids", "gaps", "smallest_box_mm")


class Repair(Case):
    def check_repair(self, triangles, spots=frozenset(), kind="stl", slack=0.0, overlapping=False):
        """Repairs into both formats; returns the answers. spots: the corners of what is hurt."""
        answers = []
        inspected = self.report(triangles, kind=kind)
        for to in ("stl", "3mf"):
            answer, out = self.repair(triangles, kind=kind, to=to)
            self.assertEqual(answer["schema"], "libquote.repair/1")
            given, made = answer["input"], answer["output"]["report"]
            for field in inspected:
                # What can be printed is not looked at to repair: those fields are null.
                if field not in ("timing_ms", "file", "selection") and (field not in PRINTABILITY or given[field]):
                    self.assertEqual(given[field], inspected[field], field)
            self.assertEqual(os.path.realpath(answer["output"]["path"]), os.path.realpath(out))
            self.assertTrue(all(a["count"] > 0 for a in answer["actions"]))
            again = self.run_quote("inspect", out)
            for field in ("triangles", "closed", "oriented", "manifold", "open_edges", "volume_mm3", "shells"):
                self.assertEqual(again[field], made[field], field)
            self.check_sound(made)
            self.check_promise(given, made, slack)
            self.check_stable(out, to)
            if to == "stl":
                self.check_kept(triangles, read_stl(out), spots)
                if not overlapping:
                    self.check_volume(given, truth.volume(read_stl(out)), slack)
            else:
                self.assertTrue(truth.count(read_3mf(out))["manifold"], "by its own numbers of vertices")
            answers.append(answer)
        return answers

    def check_sound(self, report):
        self.assertTrue(report["closed"] and report["oriented"])
        self.assertEqual(report["certificate"], {"closed": True, "oriented": True})
        for field in ("open_edges", "boundary_loops", "misoriented_triangles", "degenerate_triangles",
                      "duplicate_triangles"):
            self.assertEqual(report[field], 0, field)
        left = {d["code"] for d in report["diagnostics"] if d["repairable"]}
        self.assertLessEqual(left, MAY_STAY)

    def check_promise(self, given, made, slack):
        (low, high), (least, most) = self.interval(given), self.interval(made)
        self.assertTrue(least <= high + Fraction(slack) and low - Fraction(slack) <= most, "another volume")

    def check_stable(self, out, to):
        second = self.path(to)
        answer = self.run_quote("repair", out, "-o", second)
        with open(out, "rb") as a, open(second, "rb") as b:
            self.assertEqual(a.read() == b.read(), True, "repairing again changes the file")
        self.assertLessEqual({a["code"] for a in answer["actions"]}, MAY_STAY)

    def check_kept(self, triangles, made, spots):
        """No point that was not there, and every facet that touches nothing hurt is there to the bit."""
        known = {p for t in triangles for p in t}
        self.assertLessEqual({p for t in made for p in t}, known)
        new = {truth.first_of(t) for t in made}
        lost = [t for t in triangles if not spots.intersection(t) and truth.first_of(t) not in new]
        self.assertEqual(lost, [])


class Defects(Repair):
    def check_hurt(self, mesh, jitter=1e-4, **more):
        spots = set().union(*mesh.spots.values())
        loose = mesh.spots["jittered"] | mesh.spots["split"]
        slack = truth.area(t for t in mesh.triangles if loose.intersection(t)) * jitter if loose else 0
        return self.check_repair(mesh.triangles, spots, slack=slack, **more)

    def test_one_kind_alone(self):
        torus = s.torus(30, 20)
        for kind, number in itertools.product(s.KINDS, (1, 6)):
            with self.subTest(kind, number=number):
                answers = self.check_hurt(s.hurt(torus, seed=number, **{kind: number}))
                want = {"removed": "boundary_loops", "flipped": "misoriented_triangles",
                        "duplicated": "duplicate_triangles", "opposed": "opposite_triangle_pairs",
                        "degenerate": "degenerate_triangles"}.get(kind)
                if want:
                    self.assertEqual({a["code"]: a["count"] for a in answers[0]["actions"]}.get(want), number)

    def test_in_a_box(self):
        for kind in s.KINDS:
            with self.subTest(kind):
                self.check_hurt(s.hurt(s.box(), seed=3, **{kind: 1}))

    def test_all_kinds_at_once(self):
        for (scale, offset), kind in (((1, 0), "stl"), ((1, 100.25), "txt"), ((1, -4096), "stl"), ((0.1, 0), "3mf"),
                                      ((100, 0), "soup")):
            with self.subTest(scale=scale, offset=offset, kind=kind):
                solid = s.moved(s.scaled(s.torus(30, 20), scale), offset)
                jitter = 2e-5 * scale + 2 * ulp(solid)
                mesh = s.hurt(solid, seed=7, jitter=jitter, removed=3, flipped=3, duplicated=3, opposed=2,
                              degenerate=3, jittered=2, split=2).ordered(offset or None)
                self.check_hurt(mesh, jitter=jitter + ulp(solid), kind=kind)

    def test_the_volume_comes_back_exactly(self):
        """Where a defect leaves no choice, the repaired file has the volume of the sound solid to the last bit."""
        for kind in ("removed", "flipped", "duplicated", "opposed", "degenerate"):
            mesh = s.hurt(s.torus(30, 20), seed=4, **{kind: 5})
            out = self.repair(mesh.triangles)[1]
            self.assertEqual(truth.volume(read_stl(out)), truth.volume(mesh.before), kind)

    def test_a_rounded_middle_of_an_edge(self):
        """Far from the origin it lies beside the edge, and the report must choose as the repair does."""
        for seed in (1, 2, 3):
            mesh = s.hurt(s.moved(s.torus(30, 20), -30000), seed=seed, split=3, removed=1)
            answer = self.repair(mesh.triangles)[0]
            low, high = self.interval(answer["input"])
            self.assertTrue(low <= Fraction(answer["output"]["report"]["volume_mm3"]) <= high, seed)

    def test_a_sound_mesh_is_left_alone(self):
        for mesh in (s.box(), s.torus(30, 20), s.ball(12, 16)):
            answer, out = self.repair(mesh)
            self.assertEqual(answer["actions"], [])
            self.assertEqual(sorted(truth.first_of(t) for t in read_stl(out)), sorted(truth.first_of(t) for t in mesh))

    def test_a_missing_side(self):
        box = s.box((20, 22, 25))
        for side in range(6):
            mesh = box[:2 * side] + box[2 * side + 2:]
            self.check_repair(mesh)
            self.assertEqual(truth.volume(read_stl(self.repair(mesh)[1])), 11000)

    def test_many(self):
        mesh = s.hurt(s.torus(100, 60), seed=3, removed=60, flipped=60, duplicated=60, opposed=20, degenerate=60,
                      jittered=30, split=30).ordered(5)
        self.check_hurt(mesh)


class Bodies(Repair):
    def test_touching(self):
        for at in ((20, 20, 0), (20, 20, 20), (20, 0, 0), (20, 5, 5)):
            with self.subTest(at):
                mesh = s.cube(20) + s.cube(20, at)
                spots = {p for t in mesh for p in t}
                for answer in self.check_repair(mesh, spots):
                    self.check_near(answer["output"]["report"]["volume_mm3"], 16000, 1e-9)

    def test_the_whole_inside_out(self):
        for mesh in (s.torus(30, 20), s.cube(40) + s.flipped(s.cube(20, (10, 10, 10)))):
            answers = self.check_repair(s.flipped(mesh), {p for t in mesh for p in t})
            self.assertIn("mesh_inside_out", {a["code"] for a in answers[0]["actions"]})
            self.assertEqual(answers[0]["output"]["report"]["volume_by_rule_mm3"]["signed"],
                             answers[0]["input"]["volume_mm3"])

    def test_cavities_stay(self):
        mesh = s.cube(60) + s.flipped(s.cube(20, (5, 5, 5))) + s.flipped(s.cube(20, (35, 35, 35))) + \
            s.cube(10, (40, 40, 40))
        for hurt in (mesh, mesh[1:], s.flipped(mesh[:1]) + mesh[1:]):
            for answer in self.check_repair(hurt, set(mesh[0])):
                self.assertEqual(answer["output"]["report"]["cavities"], 2)
                self.check_near(answer["output"]["report"]["volume_mm3"], 60 ** 3 - 2 * 8000 + 1000, 1e-9)

    def test_a_body_that_faces_inwards_stays_unless_asked(self):
        mesh = s.cube(20) + s.flipped(s.cube(10, (40, 0, 0)))
        for fill, want in ((None, 7000), ("positive", 7000), ("nonzero", 9000), ("even-odd", 9000)):
            options = ("--fill", fill) if fill else ()
            out = self.repair(mesh, *options)[1]
            self.assertEqual(truth.volume(read_stl(out)), want, fill)

    def test_a_body_in_a_body_stays_unless_asked(self):
        mesh = s.cube(40) + s.cube(20, (10, 10, 10))
        for fill, want in ((None, 72000), ("positive", 72000), ("even-odd", 56000)):
            options = ("--fill", fill) if fill else ()
            out = self.repair(mesh, *options)[1]
            self.assertEqual(truth.volume(read_stl(out)), want, fill)

    def test_overlaps_are_left_as_drawn(self):
        mesh = s.cube(20) + s.cube(20, (10, 10, 10))
        answers = self.check_repair(mesh, overlapping=True)
        self.assertEqual(answers[0]["output"]["report"]["triangles"], 24)


class NoBody(Repair):
    def test_sheets_are_refused_by_name(self):
        for mesh in (s.sheet(5), s.sheet(1)[:1], s.moebius(24)):
            given, out = write(self.path("stl"), mesh), self.path("stl")
            answer = self.run_quote("repair", given, "-o", out, code=1)
            self.assertEqual(answer["error"]["code"], "surface_not_solid")
            self.assertFalse(os.path.exists(out))

    def test_a_sheet_beside_a_body_is_told(self):
        mesh = s.cube(20) + s.moved(s.sheet(4), 40, 0, 0)
        answer, out = self.repair(mesh)
        told = {a["code"] for a in answer["actions"]} | {d["code"] for d in answer["output"]["report"]["diagnostics"]}
        self.assertTrue(told & {"surface_not_solid", "boundary_loops", "open_edges"})
        kept = {truth.first_of(t) for t in read_stl(out)}
        self.assertLessEqual({truth.first_of(t) for t in s.cube(20)}, kept)


class Soups(Case):
    """Random facets over few points: most edges have many facets, and which way each is meant nobody can say."""

    @staticmethod
    def soup(seed):
        source = random.Random(seed)
        points, grid = source.choice((6, 10, 20, 60)), source.choice((3, 4, 8, 1000))
        place = [tuple(source.randrange(grid) * (16 / grid) for _ in range(3)) for _ in range(points)]
        return s.rounded([tuple(source.sample(place, 3)) if source.random() < .95 else
                          tuple(source.choice(place) for _ in range(3)) for _ in range(source.choice((8, 20, 60, 200)))])

    @staticmethod
    def is_solid_when_repaired(given, out):
        return subprocess.run([defects_case.QUOTE, "repair", given, "-o", out], capture_output=True).returncode == 0

    def test_the_repaired_volume_was_promised(self):
        """Unless the report refused to say: what was no solid may be one when its copies are gone."""
        for seed in (2, 373, 382, 411, 499, *range(20)):
            soup = self.soup(seed)
            report = self.report(soup)
            out = self.path("stl")
            given = write(self.path("stl"), soup)
            if report["verdict"] == "reject":
                continue
            low, high = self.interval(report)
            if low == 0 and not self.is_solid_when_repaired(given, out):
                continue
            made = self.run_quote("repair", given, "-o", out)
            least, most = self.interval(made["output"]["report"])
            self.assertTrue(low <= most + Fraction(1, 10 ** 6) and least <= high + Fraction(1, 10 ** 6), seed)
            if not made["left"]:
                again = self.path("stl")
                self.run_quote("repair", out, "-o", again)
                with open(out, "rb") as one, open(again, "rb") as other:
                    self.assertEqual(one.read(), other.read(), seed)
