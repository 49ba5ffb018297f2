"""What every test of a 3MF or an archive needs: a folder, the command, and the documents it answers with."""
import itertools
import json
import os
import re
import subprocess
import tempfile
import unittest

import threemf_files as f
import zip_raw

QUOTE = os.environ.get("QUOTE", "build/quote")
SECONDS = 120
BLOCKED = ("blocker",)


def each(table):
    """One test per row of {name: arguments}: each is counted by itself."""
    def mark(function):
        function.table = table
        return function
    return mark


class Case(unittest.TestCase):
    maxDiff = 2000

    def __init_subclass__(cls, **more):
        super().__init_subclass__(**more)
        for name, function in list(vars(cls).items()):
            if not hasattr(function, "table"):
                continue
            delattr(cls, name)
            for row, arguments in function.table.items():
                arguments = arguments if isinstance(arguments, tuple) else (arguments,)
                word = re.sub(r"\W", lambda c: "u%x" % ord(c.group()), str(row))
                test = "%s__%s" % (name, word)
                assert not hasattr(cls, test), test
                setattr(cls, test, lambda self, function=function, arguments=arguments: function(self, *arguments))

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = cls.temporary.name
        cls.counter = itertools.count()

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    # ---- files ----

    def path(self, suffix=".3mf"):
        return os.path.join(self.folder, "%d%s" % (next(self.counter), suffix))

    def file(self, data, suffix=".3mf"):
        path = self.path(suffix)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def package(self, start, more=(), suffix=".3mf", **options):
        """A 3MF of this start part and further entries."""
        return f.pack(self.path(suffix), f.parts_of(start, more, **options))

    def zip(self, entries):
        return f.pack(self.path(".zip"), entries)

    def raw(self, entries, suffix=".3mf", **options):
        return self.file(zip_raw.archive(entries, **options), suffix)

    def raw_package(self, start=None, more=(), change=None, **options):
        """A sound package in raw entries; change(entry) spoils those it likes."""
        entries = [zip_raw.Entry(n, d) for n, d in f.parts_of(f.simple() if start is None else start, more)]
        for entry in entries:
            if change:
                change(entry)
        return self.raw(entries, **options)

    # ---- the command ----

    def run_quote(self, *arguments, code=None):
        try:
            done = subprocess.run([QUOTE, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=SECONDS, cwd=self.folder, check=False)
        except subprocess.TimeoutExpired:
            self.fail("still running after %d s: %s" % (SECONDS, " ".join(arguments)))
        done.text = done.stdout.decode("utf-8", "replace")
        done.words = done.stderr.decode("utf-8", "replace")
        if code is not None:
            self.assertEqual(done.returncode, code, "quote %s\n%s\n%s" % (" ".join(arguments), done.text[:600],
                                                                          done.words[:600]))
        return done

    def json(self, *arguments, code=0):
        done = self.run_quote(*arguments, "--json", code=code)
        return json.loads(done.text)

    def report(self, path, *arguments):
        """The report of a file that is accepted as one."""
        document = self.json("inspect", path, *arguments)
        self.assertIsInstance(document, dict, "one report, not one per plate")
        self.assertEqual(document["schema"], "libquote.report/1")
        return document

    def reports(self, path, *arguments):
        document = self.json("inspect", path, *arguments)
        self.assertIsInstance(document, list)
        return document

    def contents(self, path, *arguments):
        document = self.json("list", path, *arguments)
        self.assertEqual(document["schema"], "libquote.contents/1")
        return document

    def priced(self, path, *arguments):
        """The report inside a quote; at least one material has a price."""
        document = self.json(path, *arguments)
        documents = document if isinstance(document, list) else [document]
        for one in documents:
            self.assertEqual(one["schema"], "libquote.quote/1")
            self.assertTrue([o for o in one["options"] if (o["line_total"] or {}).get("amount")], "nothing has a price")
        return document

    def error_of(self, done):
        document = json.loads(done.text)
        self.assertEqual(document["schema"], "libquote.error/1", done.text[:300])
        error = document["error"]
        self.assertTrue(error["message"])
        self.assertTrue(done.words, "a message for people goes to stderr")
        self.assertNotEqual(error["code"], "internal", error["message"])
        return error

    def refused(self, codes, path, *arguments, code=1, command=None):
        """The file is refused with one of these codes, by the quote and by the report alike."""
        codes = (codes,) if isinstance(codes, str) else codes
        found = []
        for words in ([command] if command else []), ["inspect"]:
            done = self.run_quote(*words, path, *arguments, "--json")
            self.assertEqual(done.returncode, code, "%s\n%s" % (done.text[:900], done.words[:300]))
            error = self.error_of(done)
            self.assertIn(error["code"], codes, error["message"])
            found.append(error)
        self.assertEqual(found[0], found[1])
        return found[0]

    # ---- what a report says ----

    @staticmethod
    def codes(report):
        return [d["code"] for d in report["diagnostics"]]

    def diagnostic(self, report, codes, severity=None):
        codes = (codes,) if isinstance(codes, str) else codes
        found = [d for d in report["diagnostics"] if d["code"] in codes]
        self.assertTrue(found, "no %s among %s" % ("/".join(codes), self.codes(report)))
        self.assertTrue(found[0]["message"])
        if severity:
            self.assertIn(found[0]["severity"], (severity,) if isinstance(severity, str) else severity)
        else:
            self.assertNotIn(found[0]["severity"], BLOCKED)
        return found[0]

    def warned(self, codes, path, *arguments, severity="warn", **facts):
        """Accepted with this diagnostic, and still priced."""
        document = self.priced(path, *arguments)
        self.assertIsInstance(document, dict, "one quote, not one per plate")
        self.diagnostic(document["report"], codes, severity)
        return self.check(document["report"], **facts)

    def silent(self, path, *arguments, without=(), **facts):
        """Accepted without a warning (or without these)."""
        report = self.priced(path, *arguments)["report"]
        for one in report["diagnostics"]:
            if without:
                self.assertNotIn(one["code"], without, one["message"])
            else:
                self.assertEqual(one["severity"], "info", one["code"])
        return self.check(report, **facts)

    def near(self, got, want, relative=1e-9, absolute=1e-9, what=""):
        self.assertIsNotNone(got, what)
        self.assertLessEqual(abs(got - want), relative * abs(want) + absolute, "%s: %r, not %r" % (what, got, want))

    def check(self, report, shape=None, volume=None, area=None, box=None, centroid=None, triangles=None, items=None,
              relative=1e-9):
        """shape: the placed triangles; volume, area, box and centroid follow from them unless given."""
        if shape is not None:
            volume = f.volume(shape) if volume is None else volume
            area = f.area(shape) if area is None else area
            box = f.bounds(shape) if box is None else box
            centroid = f.centroid(shape) if centroid is None else centroid
            triangles = len(shape) if triangles is None else triangles
        if volume is not None:
            self.near(report["volume_mm3"], volume, relative, what="volume")
            if report["volume_error_mm3"] is not None:
                self.assertLessEqual(abs(report["volume_mm3"] - volume), report["volume_error_mm3"] + 1e-12 * volume)
        if area is not None:
            self.near(report["area_mm2"], area, relative, what="area")
        if box is not None:
            size = max(abs(x) for side in box for x in side)
            for key, side in zip(("min", "max"), box):
                for got, want in zip(report["bbox_mm"][key], side):
                    self.near(got, want, 0, 1e-9 * max(size, 1e-3), "box " + key)
        if centroid is not None:
            for got, want in zip(report["centroid_mm"], centroid):
                self.near(got, want, 1e-9, 1e-7, "centroid")
        if triangles is not None:
            self.assertEqual(report["triangles"], triangles)
        if items is not None:
            self.assertEqual(report["selection"]["items"], items)
        return report
