"""Plain archives: what is a candidate, what is junk, names, nesting."""
import models
import threemf_files as f
import zip_raw
from threemf_case import Case, each
from zip_raw import Entry, unicode_path

CUBE = models.stl(f.cube(20))
PIN = models.stl(f.cube(10))
TEXT = models.stl_text(f.cube(20))
JUNK = [("__MACOSX/._a.stl", b"\0\5\x16\7junk"), ("__MACOSX/parts/._b.stl", CUBE), ("parts/._b.stl", b"\0\5\x16\7"),
        (".DS_Store", b"\0\0\0\1Bud1"),
        ("parts/.DS_Store", b"x"), ("Thumbs.db", b"\xd0\xcf\x11\xe0"), ("parts/", b""), ("empty.stl", b""),
        ("readme.txt", b"read me\n"),
        ("picture.png", b"\x89PNG\r\n\x1a\n"), ("manual.pdf", b"%PDF-1.4\n")]


def package(text=None):
    return zip_raw.archive([Entry(n, d) for n, d in f.parts_of(text or f.simple())])


class ArchiveCase(Case):
    def candidates(self, path, want):
        error = self.refused("need_selection", path, code=3)
        self.assertEqual(sorted(error["candidates"]), sorted(want))

    def each_entry(self, path, volumes):
        for name, volume in volumes.items():
            report = self.check(self.report(path, "--entry", name), volume=volume)
            self.assertEqual(report["selection"]["entry"], name)


class Choice(ArchiveCase):
    def test_many_parts_and_junk(self):
        names = {"parts/%02d.stl" % k: (1 + k) ** 3 for k in range(20)}
        entries = [(n, models.stl(f.cube(1 + k))) for k, n in enumerate(names)]
        path = self.zip(JUNK[:5] + entries + JUNK[5:])
        self.candidates(path, names)
        self.each_entry(path, names)
        for name, _ in JUNK[:5]:
            self.refused("entry_not_found", path, "--entry", name)

    def test_one_part_and_junk(self):
        report = self.report(self.zip(JUNK + [("parts/b.stl", CUBE)]))
        self.check(report, volume=8000)
        self.assertEqual((report["selection"]["entry"], report["file"]["format"]), ("parts/b.stl", "stl_binary"))
        self.assertIsNotNone(report["file"]["container"])

    def test_content_speaks_not_the_suffix(self):
        path = self.zip([("a.txt", CUBE), ("b.stl", b"this is a letter, no model\n" * 9), ("c.dat", TEXT)])
        self.candidates(path, ["a.txt", "c.dat"])
        self.each_entry(path, {"a.txt": 8000, "c.dat": 8000})

    def test_formats_together(self):
        path = self.zip([("a.stl", CUBE), ("b.STL", TEXT), ("c.3mf", package())])
        self.candidates(path, ["a.stl", "b.STL", "c.3mf"])
        self.each_entry(path, {"a.stl": 8000, "b.STL": 8000, "c.3mf": 1000})
        found = {e["name"]: (e["format"], e["quotable"]) for e in self.contents(path)["entries"]}
        self.assertEqual(found, {"a.stl": ("stl_binary", True), "b.STL": ("stl_ascii", True), "c.3mf": ("3mf", True)})

    def test_other_formats_are_listed_and_not_quotable(self):
        path = self.zip([("a.stl", CUBE), ("b.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"),
                         ("c.ply", b"ply\nformat ascii 1.0\n")])
        self.check(self.report(path), volume=8000)
        found = {e["name"]: e["quotable"] for e in self.contents(path)["entries"]}
        self.assertTrue(found["a.stl"])
        self.assertFalse(found.get("b.obj", False))

    def test_nothing_there(self):
        self.refused(("archive_no_model", "3mf_no_model"), self.zip(JUNK))

    def test_name_not_found(self):
        path = self.zip([("parts/a.stl", CUBE), ("parts/b.stl", PIN)])
        for name in ("parts/c.stl", "a.stl", "/parts/a.stl", "parts/", "../parts/a.stl"):
            error = self.refused("entry_not_found", path, "--entry", name)
            self.assertEqual(error["candidates"], ["parts/a.stl", "parts/b.stl"])

    def test_same_name_in_two_folders(self):
        path = self.zip([("left/part.stl", CUBE), ("right/part.stl", PIN)])
        self.candidates(path, ["left/part.stl", "right/part.stl"])
        self.each_entry(path, {"left/part.stl": 8000, "right/part.stl": 1000})

    def test_human_text(self):
        text = self.run_quote(self.zip([("a.stl", CUBE), ("b.stl", PIN)]), code=3).words
        for word in ("a.stl", "b.stl", "--entry"):
            self.assertIn(word, text)

    def test_damaged_member_beside_a_good_one(self):
        path = self.zip([("good.stl", CUBE), ("bad.stl", CUBE[:-30])])
        self.check(self.report(path, "--entry", "good.stl"), volume=8000)
        self.refused("stl_truncated", path, "--entry", "bad.stl")

    def test_selection_inside_a_project(self):
        project = zip_raw.archive([Entry(n, d) for n, d in f.parts_of(
            f.model(f.obj(1, f.mesh(f.cube())) + f.obj(2, f.mesh(f.cube(20))), f.item(1) + f.item(2)),
            {"Metadata/model_settings.config": models.plates_xml({"one": [1], "two": [2]})})])
        path = self.zip([("a.3mf", project), ("b.stl", PIN)])
        self.check(self.report(path, "--entry", "a.3mf", "--plate", "2"), volume=8000)
        self.check(self.report(path, "--entry", "a.3mf", "--object", "1"), volume=1000)
        self.assertEqual(len(self.reports(path, "--entry", "a.3mf")), 2)


class Names(ArchiveCase):
    @each({"umlaut": "Geräte/20 mm Würfel.stl", "cjk": "部品/箱.stl", "emoji": "\U0001F600.stl",
           "combining": "Wu\u0308rfel.stl",
           "spaces": "a  b (1) [2] 'c'.stl", "dots": "a.b..c.stl", "long": "x" * 200 + ".stl", "percent": "100%25.stl",
           "dash": "--entry.stl"})
    def test_unicode(self, name):
        path = self.raw([Entry(name, CUBE), Entry("other.stl", PIN)], suffix=".zip")
        self.candidates(path, [name, "other.stl"])
        self.check(self.report(path, "--entry=" + name), volume=8000)

    def test_utf8_without_the_bit(self):
        path = self.raw([Entry("Würfel.stl".encode(), CUBE), Entry("b.stl", PIN)], suffix=".zip")
        self.candidates(path, ["Würfel.stl", "b.stl"])

    def test_code_page_437(self):
        path = self.raw([Entry(b"W\x81rfel.stl", CUBE), Entry("b.stl", PIN)], suffix=".zip")
        self.candidates(path, ["Würfel.stl", "b.stl"])
        self.each_entry(path, {"Würfel.stl": 8000})

    def test_unicode_path(self):
        raw = b"\xc1\xa2.stl"
        path = self.raw([Entry(raw, CUBE, extra=unicode_path(raw, "立方体.stl")), Entry("b.stl", PIN)], suffix=".zip")
        self.candidates(path, ["立方体.stl", "b.stl"])
        self.each_entry(path, {"立方体.stl": 8000})

    def test_backslashes(self):
        path = self.raw([Entry("parts\\a.stl", CUBE), Entry("b.stl", PIN)], suffix=".zip")
        self.candidates(path, ["parts/a.stl", "b.stl"])
        self.each_entry(path, {"parts/a.stl": 8000})

    @each({"up": "../../a.stl", "absolute": "/abs/a.stl", "drive": "C:\\a.stl", "backslash": "..\\a.stl",
           "inside": "x/../../a.stl"})
    def test_bad_names_are_no_keys(self, name):
        path = self.raw([Entry(name, CUBE), Entry("b.stl", PIN)], suffix=".zip")
        report = self.check(self.report(path), volume=1000)
        self.diagnostic(report, "zip_bad_name")
        self.refused("entry_not_found", path, "--entry", name)

    def test_duplicates(self):
        path = self.raw([Entry("a.stl", CUBE), Entry("a.stl", PIN)], suffix=".zip")
        self.refused("zip_duplicate", path)
        path = self.raw([Entry("a.stl", CUBE), Entry("a.stl", CUBE)], suffix=".zip")
        self.check(self.report(path), volume=8000)


class Nesting(ArchiveCase):
    def test_3mf_in_a_zip(self):
        report = self.check(self.report(self.zip([("project.3mf", package()), ("readme.txt", b"x")])), volume=1000)
        self.assertEqual((report["file"]["format"], report["selection"]["entry"]), ("3mf", "project.3mf"))

    def test_zip_in_a_zip(self):
        """One level of nesting, whichever way its entries are called: it is quoted, or refused by that name."""
        inner = zip_raw.archive([Entry("a.stl", CUBE)])
        path = self.zip([("inner.zip", inner)])
        done = self.run_quote("inspect", path, "--json")
        if done.returncode == 0:
            self.check(self.report(path), volume=8000)
        else:
            self.assertIn(self.error_of(done)["code"], ("zip_nested", "archive_no_model", "need_selection"))

    def test_zip_beside_a_part(self):
        inner = zip_raw.archive([Entry("b.stl", PIN)])
        path = self.zip([("a.stl", CUBE), ("inner.zip", inner)])
        self.check(self.report(path, "--entry", "a.stl"), volume=8000)

    def test_3mf_in_a_zip_in_a_zip(self):
        inner = zip_raw.archive([Entry("project.3mf", package())])
        self.refused("zip_nested", self.zip([("inner.zip", inner)]))

    def test_zip_in_a_zip_in_a_zip(self):
        for depth in (3, 4, 12):
            data = CUBE
            for k in range(depth):
                data = zip_raw.archive([Entry("a.stl" if k == 0 else "inner.zip", data)])
            self.refused("zip_nested", self.file(data, ".zip"))

    def test_stored_bomb_of_archives(self):
        inner = zip_raw.archive([Entry("%d.stl" % k, b"\0" * 1000000) for k in range(20)])
        path = self.zip([("%d.zip" % k, inner) for k in range(50)])
        self.assertNotEqual(self.run_quote("inspect", path, "--json").returncode, 0)


class Damage(ArchiveCase):
    @each({"crc": ({"crc": 5}, "zip_crc"), "encrypted": ({"flags": 1}, "zip_encrypted"),
           "method": ({"told_method": 12}, "zip_method"),
           "rubbish": ({"payload": b"\xff" * 500}, "zip_corrupt"), "lying": ({"size": 500}, "zip_crc")})
    def test_spoiled(self, changes, code):
        path = self.raw([Entry("a.stl", CUBE, **changes), Entry("b.stl", PIN)], suffix=".zip")
        self.refused((code, "zip_crc") if code == "zip_corrupt" else code, path, "--entry", "a.stl")
        self.check(self.report(path, "--entry", "b.stl"), volume=1000)

    @each({"crc": ({"crc": 5}, "zip_crc"), "encrypted": ({"flags": 1}, "zip_encrypted"),
           "method": ({"told_method": 12}, "zip_method")})
    def test_only_member_spoiled(self, changes, code):
        self.refused(code, self.raw([Entry("a.stl", CUBE, **changes)], suffix=".zip"))

    @each({"descriptor": {"descriptor": 16}, "zip64": {"zip64": True}, "stored": {"method": 0},
           "stored_descriptor": {"method": 0, "descriptor": 24}})
    def test_sound_forms(self, changes):
        path = self.raw([Entry("a.stl", CUBE, **changes), Entry("b.stl", PIN, **changes)], suffix=".zip")
        self.each_entry(path, {"a.stl": 8000, "b.stl": 1000})

    def test_ufp(self):
        path = self.raw([Entry("3D/model.gcode", "G28\n"), Entry("Metadata/thumbnail.png", b"\x89PNG"),
                         Entry("[Content_Types].xml", models.TYPES),
                         Entry("_rels/.rels", f.relations(f.relation("/3D/model.gcode",
                                                                     "http://schemas.ultimaker.org/package/2018/"
                                                                     "relationships/gcode")))], suffix=".ufp")
        self.refused(("unsupported_ufp", "unsupported_format"), path)
