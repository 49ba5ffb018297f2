"""Several bodies in one file: apart, touching, nested, overlapping, inside out; and what is no body at all."""
import itertools
import random
from fractions import Fraction

import defects_shapes as s
import defects_truth as truth
from defects_case import Case

PLACES = ((1, 0), (1, 100.25), (1, 4096), (1, -30000), (0.0625, 0), (1024, 0))  # exact for whole millimetres


def boxes_of(parts):
    """[(size, at, sign)] -> triangles; sign -1: inside out."""
    facets = []
    for size, at, sign in parts:
        facets += s.box(size, at) if sign > 0 else s.flipped(s.box(size, at))
    return facets


def in_place(parts, scale, offset):
    return [(tuple(x * scale for x in size), tuple(x * scale + offset for x in at), sign) for size, at, sign in parts]


def shell(low, high, sign=1):
    """A cube from (low, low, low) to (high, high, high)."""
    return ((high - low,) * 3, (low,) * 3, sign)


class Bodies(Case):
    def placed(self, parts):
        """The mesh in several places and orders, with the exact volumes: mesh, rules, report."""
        rules = truth.box_rules(parts)
        for order, (scale, offset) in enumerate(PLACES):
            there = in_place(parts, scale, offset)
            mesh = s.shuffled(boxes_of(there), order) if order else boxes_of(there)
            with self.subTest(scale=scale, offset=offset, order=order):
                yield mesh, {k: v * Fraction(scale) ** 3 for k, v in rules.items()}, self.report(mesh)

    def check_rules(self, report, rules):
        for rule, value in rules.items():
            if report["volume_by_rule_mm3"][rule] is not None:
                self.assertLessEqual(abs(Fraction(report["volume_by_rule_mm3"][rule]) - value),
                                     Fraction(1e-9) * max(abs(v) for v in rules.values()), rule)


class Touching(Bodies):
    def check_sum(self, parts, shells):
        for mesh, rules, report in self.placed(parts):
            want = self.check_counts_but_shells(report, mesh)
            self.assertIn(report["shells"], shells)
            self.check_volume(report, rules["positive"], exact=True)
            self.check_rules(report, rules)
            self.check_near(report["area_mm2"], truth.area(truth.without_pairs(mesh)), 1e-9)
            self.assertTrue(report["closed"] and report["oriented"])
            self.assertNotIn("overlapping_shells", self.notes(report))
            self.assertNotIn("nested_solid_shell", self.notes(report))
            self.assertEqual(report["non_manifold_edges"], want["non_manifold_edges"])

    def check_counts_but_shells(self, report, mesh):
        want = truth.count(mesh)
        for field in ("triangles", "vertices", "closed", "oriented", "manifold", "open_edges", "non_manifold_edges",
                      "degenerate_triangles", "duplicate_triangles"):
            self.assertEqual(report[field], want[field], field)
        return want

    def test_apart(self):
        self.check_sum([((20,) * 3, (0, 0, 0), 1), ((10,) * 3, (40, 0, 0), 1), ((5,) * 3, (0, 50, 50), 1)], (3,))

    def test_in_an_edge(self):
        """Connected through a shared edge, or two solids that pair up by angle: both are readings of the contract."""
        self.check_sum([((20,) * 3, (0, 0, 0), 1), ((20,) * 3, (20, 20, 0), 1)], (1, 2))

    def test_in_a_vertex(self):
        self.check_sum([((20,) * 3, (0, 0, 0), 1), ((20,) * 3, (20, 20, 20), 1)], (2,))

    def test_in_part_of_an_edge(self):
        self.check_sum([((20,) * 3, (0, 0, 0), 1), ((20,) * 3, (20, 20, 5), 1)], (2,))

    def test_in_a_vertex_on_a_side(self):
        self.check_sum([((20,) * 3, (0, 0, 0), 1), ((6,) * 3, (20, 7, 7), 1)], (2,))

    def test_in_a_whole_side(self):
        self.check_sum([((20,) * 3, (0, 0, 0), 1), ((20,) * 3, (20, 0, 0), 1)], (1, 2))

    def test_in_a_whole_side_cut_the_other_way(self):
        first, second = s.cube(20), s.other_diagonals((20,) * 3, (20, 0, 0))
        report = self.report(first + second)
        self.check_counts_but_shells(report, first + second)
        self.assertEqual(report["non_manifold_edges"], 4)
        self.assertEqual(self.counted(report, "opposite_triangle_pairs"), 0)
        self.check_volume(report, 16000, exact=True)

    def test_in_part_of_a_side(self):
        self.check_sum([((20,) * 3, (0, 0, 0), 1), ((20,) * 3, (20, 5, 5), 1)], (2,))

    def test_a_checkerboard(self):
        """Sixteen cubes of which each touches its neighbours in edges only."""
        parts = [((10,) * 3, (10 * i, 10 * j, 0), 1) for i in range(6) for j in range(6) if (i + j) % 2 == 0]
        self.check_sum(parts, range(1, 19))

    def test_eight_around_a_point(self):
        parts = [((10,) * 3, (10 * i, 10 * j, 10 * k), 1) for i, j, k in itertools.product((0, 1), repeat=3)]
        self.check_sum(parts, range(1, 9))


class Nested(Bodies):
    def check_nest(self, parts, cavities, nested, hollow=None):
        """nested: solid shells inside solid; hollow: the volume if they were hollow."""
        for mesh, rules, report in self.placed(parts):
            self.check_counts(report, mesh, 0)
            self.check_volume(report, rules["positive"], exact=True)
            self.check_rules(report, rules)
            self.assertEqual(report["cavities"], cavities)
            self.assertEqual(self.counted(report, "cavity_shells"), cavities)
            self.assertEqual(self.counted(report, "nested_solid_shell"), nested)
            self.assertNotIn("overlapping_shells", self.notes(report))
            self.assertNotIn("shell_inverted", self.notes(report))
            if hollow is not None:
                solid = truth.box_rules(parts)["positive"]
                measure = self.notes(report)["nested_solid_shell"]["measure"]
                self.check_near(measure["value"], float(hollow * rules["positive"] / solid), 1e-9)

    def test_a_cavity(self):
        self.check_nest([shell(0, 40), shell(10, 30, -1)], 1, 0)

    def test_two_cavities(self):
        self.check_nest([shell(0, 40), shell(5, 15, -1), shell(25, 35, -1)], 2, 0)

    def test_a_cavity_in_the_first_place_of_the_file(self):
        self.check_nest([shell(10, 30, -1), shell(0, 40)], 1, 0)

    def test_a_cavity_of_wrong_normals(self):
        self.check_nest([shell(0, 40), shell(10, 30)], 0, 1, 64000 - 8000)

    def test_a_solid_in_a_cavity(self):
        self.check_nest([shell(0, 60), shell(10, 50, -1), shell(20, 40)], 1, 0)

    def test_six_deep(self):
        self.check_nest([shell(5 * i, 80 - 5 * i, 1 if i % 2 == 0 else -1) for i in range(6)], 3, 0)

    def test_four_deep_all_outward(self):
        self.check_nest([shell(10 * i, 80 - 10 * i) for i in range(4)], 0, 3)

    def test_a_cavity_that_touches_the_outside_in_a_vertex(self):
        parts = [shell(0, 40), shell(0, 20, -1)]
        report = self.report(boxes_of(parts))
        self.check_volume(report, truth.box_rules(parts)["positive"])

    def test_inside_out_with_its_cavity(self):
        for mesh, rules, report in self.placed([shell(0, 40, -1), shell(10, 30)]):
            self.check_counts(report, mesh, 0)
            self.assertIn("mesh_inside_out", self.notes(report))
            self.check_volume(report, -rules["signed"], exact=True)
            self.assertEqual(report["cavities"], 1)


class InsideOut(Bodies):
    def test_outer_shells_decide(self):
        """Note 3(d): "if all outer shells are negative: `mesh_inside_out`, flip all", whatever the inner ones add."""
        for sizes in ((40, 39, 38), (40, 39.5, 39, 38.5)):
            mesh = s.flipped(s.cube(sizes[0]))
            for size in sizes[1:]:
                mesh = mesh + s.cube(size, ((sizes[0] - size) / 2,) * 3)
            report = self.report(mesh)
            self.assertIn("mesh_inside_out", self.notes(report))
            self.check_volume(report, sizes[0] ** 3 - sizes[1] ** 3)

    def test_one_that_faces_outwards_is_enough(self):
        report = self.report(s.flipped(s.cube(40)) + s.cube(10, (60, 0, 0)))
        self.assertNotIn("mesh_inside_out", self.notes(report))
        self.assertEqual(self.counted(report, "shell_inverted"), 1)

    def test_the_whole(self):
        for solid in (s.box(), s.tetrahedron(), s.torus(40, 25)):
            report = self.report(s.flipped(solid))
            self.check_counts(report, s.flipped(solid), 0)
            self.assertEqual(self.counted(report, "mesh_inside_out"), 1)
            self.assertNotIn("shell_inverted", self.notes(report))
            self.check_volume(report, truth.volume(solid), exact=True)
            self.assertEqual(report["verdict"], "ok_repaired")
            rules, exact = report["volume_by_rule_mm3"], float(truth.volume(solid))
            self.assertEqual(rules["positive"], 0)
            for rule, want in (("signed", -exact), ("nonzero", exact), ("even_odd", exact)):
                self.check_near(rules[rule], want, 1e-9, rule)

    def test_every_one_of_several(self):
        parts = [((20,) * 3, (0, 0, 0), -1), ((10,) * 3, (40, 0, 0), -1)]
        for mesh, rules, report in self.placed(parts):
            self.check_counts(report, mesh, 0)
            self.assertIn("mesh_inside_out", self.notes(report))
            self.check_volume(report, rules["nonzero"], exact=True)

    def test_one_of_several(self):
        """Two readings: nothing, or a solid. The range has both, and the body is not turned unasked."""
        parts = [((20,) * 3, (0, 0, 0), 1), ((10,) * 3, (40, 0, 0), -1), ((12,) * 3, (0, 40, 0), 1)]
        for mesh, rules, report in self.placed(parts):
            self.check_counts(report, mesh, 0)
            self.assertEqual(self.counted(report, "shell_inverted"), 1)
            self.assertFalse(self.notes(report)["shell_inverted"]["repaired"])
            low, high = self.interval(report)
            for rule in ("positive", "nonzero"):
                slack = Fraction(1e-9) * rules[rule]
                self.assertTrue(low - slack <= rules[rule] <= high + slack, rule)
            self.check_rules(report, rules)
            self.assertEqual(report["verdict"], "review")

    def test_the_rule_that_is_asked_for(self):
        parts = [((20,) * 3, (0, 0, 0), 1), ((10,) * 3, (40, 0, 0), -1)]
        for rule, option in (("positive", "positive"), ("nonzero", "nonzero"), ("even_odd", "even-odd")):
            report = self.report(boxes_of(parts), "--fill", option)
            low, high = self.interval(report)
            want = truth.box_rules(parts)[rule]
            self.assertTrue(low - Fraction(1e-5) <= want <= high + Fraction(1e-5), option)
            self.check_near(report["volume_mm3"], float(want), 1e-9, option)


class Overlapping(Bodies):
    def check_union(self, parts, known=Fraction(1, 50)):
        for mesh, rules, report in self.placed(parts):
            self.check_counts(report, mesh, 0)
            self.check_volume(report, rules["positive"])
            self.assertIn("overlapping_shells", self.notes(report))
            rule = report["volume_by_rule_mm3"]
            self.check_near(rule["signed"], float(rules["signed"]), 1e-9, "signed")
            low, high = self.interval(report)
            self.assertLessEqual(high - low, known * rules["positive"], "a range that says little")
            for name in ("nonzero", "even_odd"):
                if rule[name] is not None:
                    self.assertLessEqual(abs(Fraction(rule[name]) - rules[name]), 2 * (high - low), name)

    def test_two(self):
        self.check_union([((20,) * 3, (0, 0, 0), 1), ((20,) * 3, (10, 10, 10), 1)])

    def test_two_in_line(self):
        """The sides go on from one to the other: facets of both lie in the same planes."""
        self.check_union([((20,) * 3, (0, 0, 0), 1), ((20,) * 3, (10, 0, 0), 1)])

    def test_three(self):
        self.check_union([((20,) * 3, (0, 0, 0), 1), ((20,) * 3, (8, 6, 4), 1), ((20,) * 3, (3, 11, 13), 1)])

    def test_a_cross(self):
        self.check_union([((60, 10, 10), (0, 25, 25), 1), ((10, 60, 10), (25, 0, 25), 1),
                          ((10, 10, 60), (25, 25, 0), 1)])

    def test_a_row_of_ten(self):
        self.check_union([((10, 10, 10), (7 * i, i, 0), 1) for i in range(10)], Fraction(1, 40))

    def test_a_heap(self):
        source = random.Random(8)
        self.check_union([(tuple(source.randrange(4, 40) for _ in range(3)),
                           tuple(source.randrange(0, 60) for _ in range(3)), 1) for _ in range(30)], Fraction(1, 25))

    def test_one_through_a_cavity(self):
        """A bar through a hollow box: solid walls, a hollow crossed by the bar."""
        parts = [shell(0, 40), shell(10, 30, -1), ((60, 4, 4), (-10, 18, 18), 1)]
        self.check_union(parts)

    def test_a_slanted_pair(self):
        """No facet lies along the columns: the bound does not vanish anywhere, and the pair is no case for review."""
        pair = s.cube(20) + s.cube(20, (10, 10, 10))
        for angles in ((0.3, 0.5, 0.1), (1, 0.7, 0.2), (0.785, 0.615, 0)):
            report = self.report(s.turned(pair, *angles))
            self.check_volume(report, 15000, 1e-2)
            low, high = self.interval(report)
            self.assertLessEqual(high - low, 0.01 * 15000)
            self.assertEqual(report["verdict"], "ok")

    def test_a_body_twice(self):
        """The same place filled twice by the same facets: it is made once."""
        report = self.report(s.cube(20) + s.cube(20))
        self.check_volume(report, 8000)
        self.assertTrue(set(self.notes(report)) & {"duplicate_shell", "duplicate_triangles"})

    def test_rules_that_disagree_are_told(self):
        for mesh in (s.cube(20) + s.cube(20, (10, 10, 10)), s.cube(20) + s.flipped(s.cube(10, (40, 0, 0)))):
            self.assertIn("fill_rule_ambiguous", self.notes(self.report(mesh)))
        for mesh in (s.cube(20) + s.cube(20, (20, 20, 0)), s.cube(20) + s.flipped(s.cube(10, (5, 5, 5)))):
            self.assertNotIn("fill_rule_ambiguous", self.notes(self.report(mesh)))

    def test_half_a_ball_in_a_box(self):
        """The ball's equator lies in the box's lid: the union is the box and the upper half, to the bit."""
        ball = s.ball(20, 24)
        upper = [t for t in ball if min(p[2] for p in t) >= 0]
        middle = (0.0, 0.0, 0.0)
        rim = [(p, q) for t in upper for p, q in zip(t, t[1:] + t[:1]) if p[2] == q[2] == 0]
        half = truth.volume(upper + [(q, p, middle) for p, q in rim])
        for turn in (None, (20, 30, 40)):
            mesh = ball + s.box((40, 40, 30), (-20, -20, -30))
            slack = 0.0
            if turn:
                mesh, slack = s.turned(mesh, *turn), 3e-6 * truth.area(mesh)
            report = self.report(mesh)
            self.check_volume(report, 48000 + half, slack)
            self.assertIn("overlapping_shells", self.notes(report))

    def test_two_balls_as_two_lenses(self):
        """Apart, touching and overlapping: never more than the sum, never less than one."""
        ball = s.ball(12, 16)
        one = truth.volume(ball)
        for distance, low, high in ((40.0, 2 * one, 2 * one), (15.0, one, 2 * one), (1e-3, one, one * Fraction(1.01))):
            mesh = ball + s.moved(ball, distance, 0, 0)
            report = self.report(mesh)
            least, most = self.interval(report)
            self.assertTrue(least <= high + Fraction(1e-6) and most >= low - Fraction(1e-2))


class NoBody(Bodies):
    def check_rejected(self, mesh, codes):
        report = self.report(mesh)
        self.check_counts(report, mesh)
        self.assertEqual(report["verdict"], "reject")
        notes = self.notes(report)
        self.assertTrue(any(notes[c]["severity"] == "blocker" for c in codes if c in notes), sorted(notes))
        return report

    def test_sheets(self):
        for cells, order in itertools.product((1, 5, 40), (None, 3)):
            mesh = s.sheet(cells) if order is None else s.shuffled(s.sheet(cells), order)
            report = self.check_rejected(mesh, ("surface_not_solid", "volume_zero"))
            self.assertEqual(report["boundary_loops"], 1)
            self.check_near(report["area_mm2"], 400, 1e-9)

    def test_one_facet(self):
        self.check_rejected(s.sheet(1)[:1], ("surface_not_solid", "volume_zero"))

    def test_a_bent_sheet(self):
        half = [t for t in s.torus(40, 24) if all(p[2] >= -1e-9 for p in t)]
        self.check_rejected(half, ("surface_not_solid",))

    def test_moebius(self):
        for steps in (3, 12, 60):
            for order in (None, 4):
                mesh = s.moebius(steps) if order is None else s.shuffled(s.moebius(steps), order)
                report = self.report(mesh)
                want = truth.count(mesh)
                self.assertFalse(want["orientable"])
                for field in ("open_edges", "non_manifold_edges", "vertices", "shells", "closed", "oriented"):
                    self.assertEqual(report[field], want[field], field)
                self.assertEqual(report["boundary_loops"], 1)
                self.assertEqual(self.counted(report, "non_orientable"), 1)
                self.assertEqual(report["verdict"], "reject")

    def test_no_volume(self):
        """Closed, but flat: a sheet and its back, cut the same way or another."""
        sheet = s.sheet(3)
        back = [t for i in range(0, len(sheet), 2) for t in s.flipped(s.recut(sheet[i], sheet[i + 1]))]
        for mesh in (sheet + s.flipped(sheet), sheet + back):
            report = self.check_rejected(mesh, ("volume_zero", "surface_not_solid"))
            self.assertTrue(report["closed"] and report["oriented"])
        flat = [tuple((x, y, 0.0) for x, y, _ in t) for t in s.ball(8, 8)]
        report = self.report(flat)
        self.assertEqual(report["verdict"], "reject")

    def test_a_sheet_beside_a_body(self):
        mesh = s.cube(20) + s.moved(s.sheet(4), 40, 0, 0)
        report = self.report(mesh)
        self.check_counts(report, mesh)
        self.check_volume(report, 8000)
        self.assertIn("boundary_loops", self.notes(report))
        self.assertIn(report["verdict"], ("review", "ok_repaired"))
