#!/usr/bin/env python3
"""Profiles of a slicer on the command line: python3 tests/cli/test_profile.py PATH_TO_QUOTE

Estimates, prices and price books with the machine of a profile. Closes with "N passed, N failed".
"""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_cli  # noqa: E402


FEATURES = ("external_perimeter perimeter overhang_perimeter infill solid_infill top_solid_infill bridge gap_fill support "
            "support_interface travel retract").split()
NUMBER = test_cli.NUMBER
ESTIMATE = {"schema": str, "file": test_cli.FILE, "profile": [str], "layers": int, "filament_mm3": NUMBER,
            "filament_mm": NUMBER, "filament_g": test_cli.OPTIONAL_NUMBER, "time_s": NUMBER,
            "range90": {"filament_mm3": [NUMBER], "time_s": [NUMBER]},
            "by_feature": {name: {"time_s": NUMBER} for name in FEATURES},
            "flags": [{"code": str, "severity": str, "message": str}], "ignored_keys": [str]}
BASE = "layer_height = 0.2\nfirst_layer_height = 0.2\nfill_density = 20%\nfilament_density = 1.24\nskirts = 0\n"


class Profiles(test_cli.Case):
    def profile(self, text, name="base.ini"):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def estimate(self, *arguments, text=BASE):
        return self.quote("estimate", *arguments, "--profile", self.profile(text), "--json").json()

    def test_estimate(self):
        document = self.estimate(self.cube)
        self.check_shape(document, ESTIMATE)
        self.assertEqual(document["schema"], "libquote.estimate/1")
        self.assertEqual(document["profile"], ["base.ini"])
        self.assertEqual(document["layers"], 100)
        features = document["by_feature"]
        for key, total in (("volume_mm3", "filament_mm3"), ("time_s", "time_s")):
            self.assertAlmostEqual(sum(f.get(key, 0) for f in features.values()), document[total], places=6)
            low, high = document["range90"][total]
            self.assertTrue(0 < low <= document[total] <= high)
        self.assertAlmostEqual(document["filament_g"], document["filament_mm3"] * 1.24e-3, places=6)

    def test_estimate_without_density(self):
        self.assertIsNone(self.estimate(self.cube, text="layer_height = 0.2\n")["filament_g"])

    def test_overlays(self):
        over = self.profile("layer_height = 0.1\n", "over.ini")
        document = self.estimate(self.cube, "--profile", over)
        self.assertEqual(document["profile"], ["over.ini", "base.ini"])
        self.assertEqual(document["layers"], 100)
        document = self.quote("estimate", self.cube, "--profile", self.profile(BASE), "--profile", over, "--json").json()
        self.assertEqual(document["layers"], 199)
        self.assertEqual(self.estimate(self.cube, "--set", "layer_height=0.1")["layers"], 199)

    def test_several_plates_and_files(self):
        plates = self.estimate(self.project())
        self.assertEqual([plate["layers"] for plate in plates], [100, 50])
        self.assertEqual(self.estimate(self.project(), "--plate", "2")["layers"], 50)
        lines = self.quote("estimate", self.cube, self.cube, "--profile", self.profile(BASE), "--json").lines()
        self.assertEqual([line["path"] for line in lines], [self.cube, self.cube])
        with open(self.cube, "rb") as file:
            document = self.quote("estimate", "-", "--profile", self.profile(BASE), "--json", stdin=file.read()).json()
        self.assertEqual(document["layers"], 100)

    def test_estimate_for_people(self):
        out = self.quote("estimate", self.cube, "--profile", self.profile(BASE + "wipe = 1\nironing = 1\n")).out
        for words in ("100 layers", "9 in 10", "Outer walls", "Retraction", "irons"):
            self.assertIn(words, out)
        self.assertNotIn("Outer walls", self.quote("estimate", self.cube, "--profile", self.profile(BASE), "--quiet").out)

    def test_ignored_keys_and_flags(self):
        document = self.estimate(self.cube, text=BASE + "wipe = 1\nraft_layers = 2\ntemperature = 200\nperimeter_loop = 1\n")
        self.assertEqual(document["ignored_keys"], ["perimeter_loop", "raft_layers", "wipe"])
        self.assertEqual([flag["code"] for flag in document["flags"]], ["raft"])

    def test_estimate_refuses(self):
        self.quote("estimate", self.cube, code=2)
        self.quote("estimate", "--profile", self.profile(BASE), code=2)
        self.error("profile_invalid", 1, "estimate", self.cube, "--set", "perimeters=x")
        self.error("profile_key", 2, "estimate", self.cube, "--set", "Perimeters=2")
        self.error("not_found", 4, "estimate", self.cube, "--profile", "absent.ini")

    def test_prices_with_a_profile(self):
        def option(*arguments):
            return self.quote(self.cube, "--material", "mat_pla", "--json", *arguments).json()["options"][0]
        own, other = option(), option("--profile", self.profile(BASE), "--set", "perimeters=6")
        self.assertGreater(other["material_volume_mm3"], own["material_volume_mm3"])
        estimated = self.estimate(self.cube, "--set", "perimeters=6")
        self.assertAlmostEqual(other["material_volume_mm3"], estimated["filament_mm3"], delta=0.6)
        self.assertAlmostEqual(other["time_s"], estimated["time_s"], delta=0.1)
        self.assertEqual(other["estimate"]["layers"], 100)
        for words in (other["breakdown"], own["breakdown"]):
            self.assertEqual(set(words), set(test_cli.BREAKDOWN))
        self.assertEqual(sum(other["breakdown"].values()), other["line_total"]["amount"])

    def machine(self, *arguments):
        return json.loads(self.quote("book", "import", *arguments).out)["processes"]["fdm"]["machine"]

    def test_settings_take_the_place_of_the_machine(self):
        base = self.profile("perimeters = 4\nlayer_height = 0.2\ntemperature = 210\n")
        self.assertEqual(self.machine(base), {"layer_height": "0.2", "perimeters": "4"})

    def test_later_files_and_settings_win(self):
        base = self.profile("perimeters = 4\nlayer_height = 0.2\n")
        over = self.profile("perimeters = 3\n", "over.ini")
        self.assertEqual(self.machine(base, over), {"layer_height": "0.2", "perimeters": "3"})
        self.assertEqual(self.machine(base, over, "--set", "perimeters=2")["perimeters"], "2")

    def test_settings_alone_change_what_is_there(self):
        machine = self.machine("--set", "perimeters=7")
        self.assertEqual(machine["perimeters"], "7")
        self.assertIn("infill_speed", machine)

    def test_the_book_written_is_a_book(self):
        base = self.profile("perimeters = 4\n")
        out = os.path.join(self.folder, "shop.json")
        self.quote("book", "import", base, "-o", out)
        self.assertIn("PLA", self.quote("materials", "--book", out).out)
        again = self.quote("book", "import", base, "--book", out).out
        with open(out, encoding="utf-8") as file:
            self.assertEqual(again, file.read())

    def test_what_is_not_understood_is_told(self):
        base = self.profile("perimeters = 4\nfuzzy_skin = all\n")
        self.assertIn("fuzzy_skin", self.quote("book", "import", base).err)
        self.assertEqual(self.quote("book", "import", base, "--quiet").err, "")

    def test_failures(self):
        good = self.profile("perimeters = 4\n")
        for text, where in (("perimeters\n", ""), ("perimeters = x\n", "perimeters"), ("", "")):
            error = self.error("profile_invalid", 1, "book", "import", self.profile(text, "bad.ini"))
            self.assertEqual(error.get("part") or "", where)
        error = self.error("process_unknown", 2, "book", "import", good, "--process", "sla")
        self.assertEqual(error["candidates"], ["fdm"])
        self.quote("book", "import", good, "--set", "Perimeters=2", code=2)
        self.quote("book", "import", good, "--set", "perimeters", code=2)
        self.quote("book", "export", good, code=2)
        self.quote("book", "import", code=2)
        self.quote("book", "import", "absent.ini", code=4)


if __name__ == "__main__":
    test_cli.QUOTE = os.path.abspath(sys.argv[1])
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Profiles)
    outcome = unittest.TextTestRunner(verbosity=1).run(suite)
    bad = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - bad} passed, {bad} failed")
    sys.exit(bad != 0)
