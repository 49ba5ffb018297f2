"""What every test of defects needs: files of a mesh, reports and repairs, and comparisons with exact numbers."""
import itertools
import json
import math
import os
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree
import zipfile
from fractions import Fraction

import defects_truth as truth
import models
import threemf_files

QUOTE = os.environ.get("QUOTE", "build/quote")
FIELDS = ("triangles vertices closed oriented manifold open_edges non_manifold_edges degenerate_triangles "
          "duplicate_triangles shells").split()
SEVERITY = {  # the vocabulary's defaults
    "boundary_loops": "warn", "cavity_shells": "info", "cracks_within_tolerance": "info",
    "degenerate_triangles": "info", "duplicate_shell": "warn", "duplicate_triangles": "warn",
    "fill_rule_ambiguous": "warn", "floating_noise_shells": "info", "mesh_inside_out": "warn",
    "misoriented_triangles": "warn", "multiple_parts": "info", "nested_solid_shell": "warn",
    "non_manifold_edges": "warn", "non_manifold_vertices": "info", "non_orientable": "warn", "open_edges": "warn",
    "opposite_triangle_pairs": "info", "overlapping_shells": "info", "self_intersections": "info",
    "shell_inverted": "warn", "sliver_triangles": "info", "surface_not_solid": "blocker", "t_junctions": "info",
    "topology_not_examined": "info", "volume_uncertain": "warn", "volume_zero": "blocker",
    "precision_low_for_offset": "warn"}
RANK = {"blocker": 0, "warn": 1, "info": 2}
CORE = threemf_files.CORE
NUMBERS = itertools.count(1)  # of files
FORMATS = ("stl", "txt", "3mf", "soup")


def write(path, triangles, kind="stl"):
    if kind == "stl":
        data = models.stl(triangles)
    elif kind == "txt":
        data = models.stl_text(triangles)
    else:
        content = threemf_files.mesh(triangles) if kind == "3mf" else threemf_files.soup(triangles)
        threemf_files.pack(path, threemf_files.parts_of(threemf_files.simple(content)), zipfile.ZIP_STORED)
        return path
    with open(path, "wb") as file:
        file.write(data)
    return path


def read_stl(path):
    with open(path, "rb") as file:
        data = file.read()
    number = struct.unpack_from("<I", data, 80)[0]
    rows = (struct.unpack_from("<12f", data, 84 + 50 * i)[3:] for i in range(number))
    return [(r[0:3], r[3:6], r[6:9]) for r in rows]


def read_3mf(path):
    """The facets of every mesh as they are written: by numbers of vertices, those of each object its own."""
    with zipfile.ZipFile(path) as package:
        names = [n for n in package.namelist() if n.endswith(".model")]
        trees = [xml.etree.ElementTree.fromstring(package.read(n)) for n in names]
    return [tuple((name, number, t.get(v)) for v in ("v1", "v2", "v3"))
            for name, tree in zip(names, trees) for number, mesh in enumerate(tree.iter("{%s}mesh" % CORE))
            for t in mesh.iter("{%s}triangle" % CORE)]


class Case(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def path(self, suffix):
        suffix = {"txt": "stl", "soup": "3mf"}.get(suffix, suffix)
        return os.path.join(self.temporary.name, "%d.%s" % (next(NUMBERS), suffix))

    def run_quote(self, *arguments, code=0):
        done = subprocess.run([QUOTE, *arguments, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=120)
        self.assertEqual(done.returncode, code, (done.stdout + done.stderr)[:800])
        return json.loads(done.stdout)

    def report(self, triangles, *options, kind="stl", code=0):
        report = self.run_quote("inspect", write(self.path(kind), triangles, kind), *options, code=code)
        if code == 0:
            self.well_formed(report)
        return report

    # ---- what holds for every report ----

    def well_formed(self, report):
        notes = report["diagnostics"]
        order = [(RANK[d["severity"]], d["code"]) for d in notes]
        self.assertEqual(order, sorted(order), "by severity, then code")
        self.assertEqual(len(set(order)), len(order), "a code twice")
        for d in notes:
            if d["code"] in SEVERITY:
                self.assertEqual(d["severity"], SEVERITY[d["code"]], d["code"])
            self.assertGreater(d["count"], 0, d["code"])
            self.assertFalse(d["repaired"] and not d["repairable"], d["code"])
        done = {d["code"]: d["count"] for d in notes if d["repaired"]}
        self.assertEqual({r["code"]: r["count"] for r in report["repairs"]}, done)
        # A soup of facets is a remark on how the file is written, not on its shape.
        left = {d["severity"] for d in notes if not d["repaired"] and d["code"] != "mesh_soup"}
        if "blocker" in left:
            self.assertEqual(report["verdict"], "reject")
        elif "warn" in left:
            self.assertEqual(report["verdict"], "review")
        elif any(d["severity"] == "warn" for d in notes):
            self.assertEqual(report["verdict"], "ok_repaired")
        else:
            self.assertIn(report["verdict"], ("ok", "ok_repaired"))

    @staticmethod
    def notes(report):
        return {d["code"]: d for d in report["diagnostics"]}

    def counted(self, report, code):
        return self.notes(report).get(code, {"count": 0})["count"]

    # ---- counts ----

    def check_counts(self, report, triangles, misoriented=None):
        """Every count that the contract defines, and the diagnostics of the same names."""
        want = truth.count(triangles)
        self.assertEqual({k: report[k] for k in FIELDS}, {k: want[k] for k in FIELDS})
        self.assertEqual(report["certificate"], {"closed": want["closed"], "oriented": want["oriented"]})
        low, high = want["boundary_loops"]
        self.assertTrue(low <= report["boundary_loops"] <= high, (low, report["boundary_loops"], high))
        turned = want["misoriented_triangles"] if misoriented is None else misoriented
        self.assertEqual(report["misoriented_triangles"], turned)
        for code in ("open_edges", "boundary_loops", "non_manifold_edges", "misoriented_triangles",
                     "degenerate_triangles", "duplicate_triangles"):
            self.assertEqual(self.counted(report, code), report[code], code)
        self.assertEqual(self.counted(report, "opposite_triangle_pairs"), want["opposite_triangle_pairs"])
        if want["two_sided"]:
            self.assertEqual(self.counted(report, "non_manifold_vertices"), want["non_manifold_vertices"])
        self.assertEqual("non_orientable" in self.notes(report), not want["orientable"])
        return want

    def check_place(self, report, triangles, code, spots):
        """The finding points at a facet that touches a hurt one, and at a point of such a facet."""
        place = self.notes(report)[code]["location"]
        self.assertIsNotNone(place, code)
        number, point = place["triangle"], place["point"]
        self.assertTrue(0 <= number < len(triangles), code)
        self.assertTrue(spots.intersection(triangles[number]), "%s: facet %d is sound" % (code, number))
        near = [t for t in triangles if spots.intersection(t)]
        slack = 1e-6 * max(abs(x) for p in spots for x in p)
        boxes = [truth.bounds([t]) for t in near]
        self.assertTrue(any(all(l - slack <= x <= h + slack for l, x, h in zip(low, point, high))
                            for low, high in boxes),
                        "%s: %r lies on no hurt facet" % (code, point))

    # ---- volumes ----

    @staticmethod
    def interval(report):
        """The numbers between which the report says that the volume is, as fractions."""
        if report["volume_error_mm3"] is not None:
            middle, error = Fraction(report["volume_mm3"]), Fraction(report["volume_error_mm3"])
            return middle - error, middle + error
        return Fraction(report["volume_range_mm3"]["low"]), Fraction(report["volume_range_mm3"]["high"])

    def check_volume(self, report, want, slack=0.0, exact=False):
        """want: the truth. slack: how far two readings of it lie apart. exact: an error, not a range, is expected."""
        low, high = self.interval(report)
        self.assertTrue(low - Fraction(slack) <= want <= high + Fraction(slack),
                        "%.17g is not in %.17g to %.17g" % (want, low, high))
        self.assertTrue(low <= Fraction(report["volume_mm3"]) <= high, "its own volume is outside")
        if exact:
            self.assertIsNone(report["volume_range_mm3"])
            self.assertLessEqual(abs(Fraction(report["volume_mm3"]) - want),
                                 Fraction(1e-9) * abs(want) + Fraction(slack))

    def check_near(self, got, want, relative, what=""):
        self.assertLessEqual(abs(got - want), relative * abs(want), "%s: %r, not %r" % (what, got, want))

    # ---- repair ----

    def repair(self, triangles, *options, kind="stl", to="stl", code=0):
        """The answer of `quote repair`, and where the new file is."""
        given, out = write(self.path(kind), triangles, kind), self.path(to)
        return self.run_quote("repair", given, "-o", out, *options, code=code), out


def ulp(triangles):
    """Of the largest coordinate, as a float of 32 bits."""
    largest = max(abs(x) for t in triangles for p in t for x in p)
    return math.ldexp(1.0, math.frexp(largest)[1] - 24)
