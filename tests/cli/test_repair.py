#!/usr/bin/env python3
"""quote repair from outside: python3 tests/cli/test_repair.py PATH_TO_QUOTE

What is written, told and refused. Closes with "N passed, N failed".
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import models  # noqa: E402

QUOTE = None


class Repair(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name
        self.box = models.box()
        self.whole = self.write("whole.stl", models.stl(self.box))
        self.open = self.write("open.stl", models.stl(self.box[1:]))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def quote(self, *arguments, code=0):
        result = subprocess.run([QUOTE, *arguments], capture_output=True, timeout=60,
                                env=dict(os.environ, LC_ALL="C.UTF-8"))
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout.decode(), result.stderr.decode()

    def json(self, *arguments, code=0):
        out, err = self.quote(*arguments, "--json", code=code)
        self.assertEqual(err if code == 0 else "", "")
        return json.loads(out)

    def test_document(self):
        for extension in ("stl", "3mf"):
            out = self.path("out." + extension)
            document = self.json("repair", self.open, "-o", out)
            self.assertEqual(list(document), ["schema", "input", "actions", "left", "output"])
            self.assertEqual(document["schema"], "libquote.repair/1")
            self.assertEqual(document["actions"], [{"code": "boundary_loops", "count": 1}])
            self.assertEqual(document["left"], [])
            self.assertFalse(document["input"]["closed"])
            self.assertEqual(document["output"]["path"], out)
            report = document["output"]["report"]
            self.assertEqual(report["schema"], "libquote.report/1")
            self.assertTrue(report["closed"] and report["oriented"] and report["manifold"])
            self.assertEqual(report["verdict"], "ok")
            self.assertEqual(report["file"]["name"], "out." + extension)
            self.assertEqual(report["file"]["bytes"], os.path.getsize(out))
            self.assertAlmostEqual(report["volume_mm3"], document["input"]["volume_mm3"], 6)

    def test_again_is_the_same_file(self):
        for extension in ("stl", "3mf"):
            first, second = self.path("a." + extension), self.path("b." + extension)
            self.quote("repair", self.open, "-o", first)
            self.assertEqual(self.json("repair", first, "-o", second)["actions"], [])
            self.assertEqual(self.read("a." + extension), self.read("b." + extension))

    def test_in_place(self):
        self.quote("repair", self.open, "-o", self.open)
        self.assertTrue(self.json("inspect", self.open)["manifold"])
        self.assertEqual(sorted(os.listdir(self.folder)), ["open.stl", "whole.stl"])

    def test_unit_is_in_the_file(self):
        for extension in ("stl", "3mf"):
            out = self.path("inch." + extension)
            document = self.json("repair", self.open, "-o", out, "--unit", "inch")
            size = self.json("inspect", out)["bbox_mm"]["size"]
            plain = self.json("inspect", self.open)["bbox_mm"]["size"]
            for a, b in zip(size, plain):
                self.assertAlmostEqual(a, 25.4 * b, 3)
            self.assertAlmostEqual(document["output"]["report"]["volume_mm3"] / document["input"]["volume_mm3"], 1, 6)

    def test_a_name_as_long_as_names_may_be(self):
        out = self.path("n" * 251 + ".stl")
        self.json("repair", self.open, "-o", out)
        self.assertTrue(os.path.exists(out))
        self.assertEqual([n for n in os.listdir(self.folder) if n.startswith(".")], [])

    def test_a_full_disk_is_told_as_such(self):
        for command, suffix in (("repair", "stl"), ("render", "png")):
            out = self.path("full." + suffix)
            os.symlink("/dev/full", out)
            done = subprocess.run([QUOTE, command, self.open, "-o", out, "--json"], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
            error = json.loads(done.stdout)["error"]
            self.assertEqual((done.returncode, error["code"]), (4, "io"))
            self.assertIn("no space left", error["message"])

    def test_items_that_touch_are_one_body_in_stl(self):
        path = self.path("two.3mf")
        models.write_3mf(path, [(1, "left", self.box), (2, "right", models.box(origin=(20, 0, 0)))])
        flat = self.json("repair", path, "-o", self.path("out.stl"))
        self.assertEqual(flat["actions"], [{"code": "opposite_triangle_pairs", "count": 2}])
        report = flat["output"]["report"]
        self.assertTrue(report["manifold"])
        self.assertEqual((report["shells"], report["volume_mm3"]), (1, 16000))
        apart = self.json("repair", path, "-o", self.path("out.3mf"))
        self.assertEqual(apart["actions"], [])
        self.assertEqual([item["name"] for item in apart["output"]["report"]["items"]], ["left", "right"])

    def test_fill_is_the_reading(self):
        far = models.box(origin=(100, 100, 100))
        inverted = [(a, c, b) for a, b, c in far]
        path = self.write("two.stl", models.stl(self.box + inverted))
        told = self.json("repair", path, "-o", self.path("p.stl"))
        self.assertEqual([left["code"] for left in told["left"]], ["shell_inverted"])
        self.assertIn("nonzero", told["left"][0]["message"])
        turned = self.json("repair", path, "-o", self.path("n.stl"), "--fill", "nonzero")
        self.assertEqual(turned["actions"], [{"code": "shell_inverted", "count": 1}])
        self.assertEqual(turned["left"], [])
        self.assertAlmostEqual(self.json("inspect", self.path("n.stl"))["volume_mm3"], turned["input"]["volume_mm3"], 6)

    def test_people_see_what_was_done(self):
        out, err = self.quote("repair", self.open, "-o", self.path("out.3mf"))
        for text in ("open.stl", "out.3mf", "Openings were closed", "Before", "After", "closed"):
            self.assertIn(text, out)
        self.assertEqual(err, "")
        out, err = self.quote("repair", self.whole, "-o", self.path("out.3mf"))
        self.assertIn("nothing to repair", out)

    def test_a_surface_is_refused_and_nothing_is_written(self):
        path = self.write("sheet.stl", models.stl(self.box[:2]))
        self.assertEqual(self.json("repair", path, "-o", self.path("no.stl"), code=1)["error"]["code"],
                         "surface_not_solid")
        out, err = self.quote("repair", path, "-o", self.path("no.stl"), code=1)
        self.assertIn("thickness", err)
        self.assertFalse(os.path.exists(self.path("no.stl")))

    def test_a_failure_leaves_the_old_file(self):
        old = self.write("old.stl", b"old")
        self.quote("repair", self.path("nowhere.stl"), "-o", old, code=4)
        sheet = self.write("sheet.stl", models.stl(self.box[:2]))
        self.quote("repair", sheet, "-o", old, code=1)
        self.assertEqual(self.read("old.stl"), b"old")
        self.assertEqual(sorted(os.listdir(self.folder)), ["old.stl", "open.stl", "sheet.stl", "whole.stl"])

    def test_usage(self):
        for arguments in (["repair"], ["repair", self.open], ["repair", self.open, "-o"],
                          ["repair", self.open, "-o", self.path("out.obj")], ["repair", self.open, "-o", "out"],
                          ["repair", self.open, self.whole, "-o", self.path("out.stl")]):
            out, err = self.quote(*arguments, code=2)
            self.assertTrue(err)
            self.assertEqual(out, "")

    def test_a_folder_that_is_not_there(self):
        error = self.json("repair", self.open, "-o", self.path("none/out.stl"), code=4)["error"]
        self.assertEqual(error["code"], "not_found")

    def test_threads_decide_nothing(self):
        files = set()
        for threads in ("1", "2", "7"):
            self.quote("repair", self.open, "-o", self.path("out.3mf"), "--threads", threads)
            files.add(self.read("out.3mf"))
        self.assertEqual(len(files), 1)


if __name__ == "__main__":
    QUOTE = os.path.abspath(sys.argv[1])
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Repair)
    outcome = unittest.TextTestRunner(verbosity=1).run(suite)
    bad = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - bad} passed, {bad} failed")
    sys.exit(bad != 0)
