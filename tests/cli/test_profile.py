#!/usr/bin/env python3
"""Profiles of a slicer on the command line: python3 tests/cli/test_profile.py PATH_TO_QUOTE

Price books with the machine of a profile. Closes with "N passed, N failed".
"""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_cli  # noqa: E402


class BookImport(test_cli.Case):
    def profile(self, text, name="base.ini"):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

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
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(BookImport)
    outcome = unittest.TextTestRunner(verbosity=1).run(suite)
    bad = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - bad} passed, {bad} failed")
    sys.exit(bad != 0)
