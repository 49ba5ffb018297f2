#!/usr/bin/env python3
"""quote list from outside: python3 tests/cli/test_list.py PATH_TO_QUOTE

Projects of slicers and archives, for people and for programs. Closes with "N passed, N failed".
"""
import json
import os
import struct
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import models  # noqa: E402
import test_cli as cli  # noqa: E402

THUMBNAIL = {"entry": str, "bytes": int, "format": cli.OPTIONAL_TEXT, "width": cli.OPTIONAL_COUNT,
             "height": cli.OPTIONAL_COUNT}
SETTINGS = ('<config><object id="4"><metadata key="extruder" value="3"/></object>'
            '<object id="7"><metadata key="extruder" value="1"/></object>%s</config>')
PLATE = ('<plate><metadata key="plater_id" value="%d"/><metadata key="plater_name" value="%s"/>'
         '<metadata key="thumbnail_file" value="Metadata/plate_%d.png"/>%s</plate>')
ROW = ('<model_instance><metadata key="object_id" value="%d"/><metadata key="instance_id" value="0"/>'
       '</model_instance>')
SLICES = ('<config><plate><metadata key="index" value="1"/><metadata key="prediction" value="7745"/>'
          '<metadata key="weight" value="32.12"/><object identify_id="1" name="lid" skipped="true"/>'
          '<object identify_id="2" name="shell" skipped="false"/>'
          '<filament id="1" used_m="7.85" used_g="23.43"/><filament id="3" used_m="2.92" used_g="8.70"/></plate>'
          "</config>")
FILAMENTS = {"filament_type": ["PLA", "PETG", "TPU"], "filament_colour": ["#FFFFFF", "#00AE42", "#F2754E80"],
             "filament_density": ["1.24", "1.27", "1.21"]}


def png(width, height):
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x06\0\0\0" + b"\0" * 40


class ListCase(cli.Case):
    def project(self, name="list.3mf", names=("front", "back"), slices=SLICES, filaments=None, objects=None, more=()):
        """Two cubes on two plates with pictures, three filaments and what slicing the first plate found."""
        path = os.path.join(self.folder, name)
        models.write_3mf(path, objects if objects is not None else
                         [(4, "bracket", models.box()), (7, "pin", models.box((10, 10, 10), (300, 0, 0)))])
        members = (4, 7) if objects is None else ()
        rows = [ROW % members[i] if members else "" for i in range(2)]
        plates = "".join(PLATE % (i + 1, names[i], i + 1, rows[i]) for i in range(2))
        entries = [("Metadata/model_settings.config", SETTINGS % plates), ("Metadata/plate_1.png", png(512, 384)),
                   ("Metadata/project_settings.config", json.dumps(filaments or FILAMENTS)), *more]
        if slices:
            entries.append(("Metadata/slice_info.config", slices))
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
            for entry, data in entries:
                package.writestr(entry, data)
        return path

    def lines(self, *arguments, **env):
        return self.quote("list", *arguments, env=cli.environment(**env)).out.splitlines()


class Projects(ListCase):
    """Pictures, filaments and results of slicing."""

    def test_json(self):
        contents = self.quote("list", self.project(), "--json").json()
        self.check_shape(contents, cli.CONTENTS, "contents")
        self.assertIsNone(contents["file"]["thumbnail"])
        first, second = contents["plates"]
        self.check_shape(first["thumbnail"], THUMBNAIL, "thumbnail")
        self.assertEqual(first["thumbnail"], {"entry": "Metadata/plate_1.png", "bytes": len(png(1, 1)),
                                              "format": "png", "width": 512, "height": 384})
        self.assertIsNone(second["thumbnail"])
        self.assertEqual([first["filaments"], second["filaments"]], [[3], [1]])
        self.assertEqual([first["painted"], second["painted"]], [False, False])
        self.assertEqual(first["items"][0]["filaments"], [3])
        self.assertEqual(first["sliced"], {"time_s": 7745, "mass_g": 32.12, "objects": ["shell"], "skipped": ["lid"], "filaments": [
            {"index": 1, "used_m": 7.85, "used_g": 23.43}, {"index": 3, "used_m": 2.92, "used_g": 8.7}]})
        self.assertIsNone(second["sliced"])
        self.assertEqual(contents["filaments"][2],
                         {"index": 3, "type": "TPU", "color": "#F2754E80", "density_g_cm3": 1.21})

    def test_people(self):
        text = "\n".join(self.lines(self.project()))
        for part in ("2 plates", "2 items", "Plate 1  front", "Plate 2  back", "bracket", "pin", "#00AE42", "PETG",
                     "Metadata/plate_1.png (512 × 384)", "left out when sliced: lid",
                     "sliced: 2 h 09, 32.1 g (filament 1: 23.4 g, 7.85 m; 3: 8.70 g, 2.92 m)"):
            self.assertIn(part, text)
        used = {line.split()[0]: line for line in text.splitlines() if " #" in line}
        self.assertTrue(used["1"].endswith("plates 1, 2"), used["1"])
        self.assertTrue(used["2"].endswith("not used"), used["2"])
        self.assertTrue(used["3"].endswith("plate 1"), used["3"])

    def test_items_on_no_plate(self):
        path = self.project(filaments={"filament_type": ["PLA"], "printable_area": ["0x0", "200x0", "200x200", "0x200"]},
                            objects=[(9, "lost", models.box((10, 10, 10), (900, 0, 0)))])
        contents = self.quote("list", path, "--json").json()
        self.assertEqual([item["name"] for item in contents["outside"]], ["lost"])
        text = "\n".join(self.lines(path))
        self.assertIn("On no plate", text)
        self.assertIn("nothing on it", text)
        self.assertRegex(text, r"lost +9 +not printed")

    def test_every_width(self):
        path = self.project(names=("a plate with a very long name " * 4, "Würfel 部品 " * 12),
                            filaments={"filament_type": ["PLA-CF " * 8] * 40, "filament_colour": ["#123456"] * 40})
        for columns in (40, 60, 80, 120):
            for line in self.lines(path, COLUMNS=str(columns)):
                self.assertLessEqual(cli.width(line), columns, line)

    def test_ascii_where_utf8_is_not_shown(self):
        text = "\n".join(self.lines(self.project(), LC_ALL="C"))
        self.assertTrue(text.isascii(), text)
        self.assertIn("(512 x 384)", text)

    def test_colour_blocks_on_a_terminal_only(self):
        path = self.project()
        shown = cli.on_terminal(["list", path], cli.environment())
        self.assertIn("\x1b[48;5;231m  \x1b[0m #FFFFFF", shown)
        shown = cli.on_terminal(["list", path], cli.environment(COLORTERM="truecolor"))
        self.assertIn("\x1b[48;2;0;174;66m  \x1b[0m #00AE42", shown)
        self.assertIn("\x1b[48;2;242;117;78m  \x1b[0m #F2754E80", shown)
        for env, more in ((cli.environment(NO_COLOR="1", COLORTERM="truecolor"), []), (cli.environment(TERM="dumb"), []),
                          (cli.environment(), ["--no-color"])):
            self.assertNotIn("\x1b[", cli.on_terminal(["list", path] + more, env))
        self.assertNotIn("\x1b", "\n".join(self.lines(path)))

    def test_colours_that_are_none(self):
        path = self.project(filaments={"filament_colour": ["red", "#12345", "#GG0000", "#FF0000;#00FF00", ""]})
        shown = cli.on_terminal(["list", path], cli.environment())
        self.assertNotIn("\x1b[48;", shown)
        self.assertIn("red", shown)

    def test_hostile_texts_reach_no_terminal(self):
        evil = "x\u202e\u0007&#x9b;31m"
        path = self.project(names=(evil, evil), filaments={"filament_type": ["P\x1b[31mLA\u202e"],
                                                           "filament_colour": ["\x1b]0;x\x07"]},
                            slices=SLICES.replace('"lid"', '"' + evil.replace("\u0007", "") + '"'))
        text = "\n".join(self.lines(path))
        for evil_character in "\x1b\x07\u202e\x9b":
            self.assertNotIn(evil_character, text)

    def test_damaged_project_files(self):
        """The geometry is listed whatever the slicer's own files hold."""
        for settings in ("", "<config>", "{", "[" * 100000, "{\"filament_type\":{}}", "\0\1\2"):
            path = os.path.join(self.folder, "damaged.3mf")
            models.write_3mf(path, [(4, "bracket", models.box())])
            with zipfile.ZipFile(path, "a") as package:
                for name in ("model_settings", "project_settings", "slice_info"):
                    package.writestr("Metadata/%s.config" % name, settings)
                package.writestr("Metadata/plate_1.png", settings)
                package.writestr("Metadata/thumbnail.png", settings)
            contents = self.quote("list", path, "--json").json()
            self.assertEqual([o["id"] for o in contents["objects"]], ["4"])
            self.quote("list", path)

    def test_sliced_file_without_model(self):
        path = self.project(name="sliced.gcode.3mf", objects=[], more=[("Metadata/plate_1.gcode", "G28\n")])
        contents = self.quote("list", path, "--json").json()
        self.assertEqual(contents["objects"], [])
        self.assertEqual(contents["plates"][0]["sliced"]["time_s"], 7745)
        text = "\n".join(self.lines(path))
        self.assertIn("sliced: 2 h 09, 32.1 g", text)
        self.assertIn("objects: shell", text)
        self.assertNotIn("\n  \n", text)
        error = self.error("3mf_gcode_only", 1, path)
        self.assertIn("2 h 09", error["message"])
        self.assertIn("32.1 g", error["message"])

    def test_claim_is_a_finding(self):
        path = self.project(slices=SLICES.replace("7.85", "0").replace('<filament id="3" used_m="2.92" used_g="8.70"/>',
                                                                     ""))
        report = self.report(path, "--plate", "1")
        findings = {d["code"]: d for d in report["diagnostics"]}
        self.assertEqual(findings["slice_info_present"]["severity"], "info")
        self.assertEqual(findings["slice_info_present"]["measure"], {"name": "mass_g", "value": 32.12, "unit": "g"})
        self.assertEqual(findings["slice_info_mismatch"]["severity"], "warn")  # a solid cube weighs 9.92 g
        self.assertAlmostEqual(findings["slice_info_mismatch"]["measure"]["value"], 9.92, 6)
        self.assertNotIn("slice_info_present", [d["code"] for d in self.report(path, "--plate", "2")["diagnostics"]])

    def test_triangles_that_were_not_counted(self):
        path = self.write("text.stl", models.stl_text(models.box()))
        self.assertIsNone(self.quote("list", path, "--json").json()["objects"][0]["triangles"])
        text = "\n".join(self.lines(path))
        self.assertIn("text.stl", text)
        self.assertNotIn("18,446", text)
        self.assertNotIn("Triangles", text)


class Archives(ListCase):
    """Entries: all that is no junk, in their order, with the reason where one cannot be quoted."""

    def archive(self):
        cube = models.stl(models.box())
        inner = self.zip("inner.zip", [("a.stl", cube)])
        with open(inner, "rb") as file:
            inner = file.read()
        return self.zip("archive.zip", [("z/Stück 1.stl", cube), ("部品/箱.stl", models.stl_text(models.box())),
                                        ("__MACOSX/z/._a.stl", b"junk"), (".DS_Store", b"junk"), ("folder/", b""),
                                        ("inner.zip", inner), ("a.obj", b"v 1 2 3\nv 1 2 4\nv 2 2 2\nf 1 2 3\n"),
                                        ("Thumbs.db", b"junk"), ("empty.stl", b""), ("picture.png", png(1, 1)),
                                        ("readme.txt", b"read me")])

    def test_json(self):
        entries = self.quote("list", self.archive(), "--json").json()["entries"]
        self.assertEqual([(e["name"], e["format"], e["quotable"], e.get("reason"), e.get("detected")) for e in entries],
                         [("z/Stück 1.stl", "stl_binary", True, None, None),
                          ("部品/箱.stl", "stl_ascii", True, None, None),
                          ("inner.zip", "zip", False, "zip_nested", None),
                          ("a.obj", "other", False, "unsupported_format", "obj"),
                          ("picture.png", "other", False, "unsupported_format", "png"),
                          ("readme.txt", "other", False, "unsupported_format", None)])

    def test_people(self):
        lines = self.lines(self.archive())
        text = "\n".join(lines)
        found = [text.index(name) for name in ("z/Stück 1.stl", "部品/箱.stl", "inner.zip", "a.obj", "readme.txt")]
        self.assertEqual(found, sorted(found))
        for junk in ("MACOSX", "DS_Store", "Thumbs", "folder", "empty.stl"):
            self.assertNotIn(junk, text)
        entries = self.quote("list", self.archive(), "--json").json()["entries"]
        total = sum(e["bytes"] for e in entries)
        self.assertTrue(lines[-1].strip().startswith("6 files, %s bytes, 2 can be quoted" % format(total, ",")), lines[-1])
        self.assertIn("an archive, to be unpacked first", text)
        self.assertIn("not a part", text)

    def test_locked_entry(self):
        path = self.zip("locked.zip", [("a.stl", models.stl(models.box()))])
        with open(path, "rb") as file:
            data = bytearray(file.read())
        for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            data[data.index(signature) + offset] |= 1
        path = self.write("locked.zip", bytes(data))
        entry = self.quote("list", path, "--json", code=None)
        self.assertIn("zip_encrypted", entry.out)
        self.error("zip_encrypted", 1, path)


if __name__ == "__main__":
    cli.run(sys.modules[__name__])
