#!/usr/bin/env python3
"""Printability from outside: python3 tests/cli/test_printability.py PATH_TO_QUOTE [TEST...]

Walls, supports, hollows and gaps in the JSON of reports, in prices and on the terminal; plates of several items. Closes
with "N passed, N failed".
"""
import os
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import models  # noqa: E402
import test_cli as cli  # noqa: E402

# 40 x 40 x 4 on a leg of 10 x 10 x 20: 1500 mm2 hang 20 mm above the plate.
TABLE = models.box((40, 40, 4), (0, 0, 20)) + models.box((10, 10, 20), (15, 15, 0))
THIN = models.box((40, 0.3, 30))
HOLLOW = models.box((30, 30, 30)) + models.flipped(models.box((10, 10, 10), (10, 10, 10)))


class Printability(cli.Case):
    def report(self, triangles, *arguments):
        return self.quote("inspect", self.write("part.stl", models.stl(triangles)), "--json", *arguments).json()

    def items(self, transforms):
        """A 3MF of one table, placed several times."""
        path = os.path.join(self.folder, "items.3mf")
        items = "".join('<item objectid="1" transform="%s"/>' % t for t in transforms)
        model = ('<?xml version="1.0" encoding="UTF-8"?><model unit="millimeter" '
                 'xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"><resources>'
                 '<object id="1" type="model">%s</object></resources><build>%s</build></model>'
                 % (models.mesh_xml(TABLE), items))
        with zipfile.ZipFile(path, "w") as package:
            package.writestr("[Content_Types].xml", models.TYPES)
            package.writestr("_rels/.rels", models.RELATIONS)
            package.writestr("3D/3dmodel.model", model)
        return self.quote("inspect", path, "--json").json()

    def near(self, value, truth, share=0.02):
        self.assertLessEqual(abs(value - truth), share * truth, "%r is not %r" % (value, truth))

    def test_members_of_the_report(self):
        report = self.report(TABLE)
        self.near(report["walls"]["min_mm"], 4)
        self.near(report["walls"]["p01_mm"], 4)
        self.assertTrue(all(b["upto_mm"] > 0 and b["area_mm2"] >= 0 for b in report["walls"]["histogram"]))
        rising = [b["upto_mm"] for b in report["walls"]["histogram"]]
        self.assertEqual(rising, sorted(set(rising)))
        self.assertEqual(report["walls"]["patches"], [])
        overhang = report["overhang"]
        self.assertEqual(overhang["angle_deg"], 45)
        self.near(overhang["area_mm2"], 1500)
        self.near(overhang["support_volume_mm3"], 30000)
        self.near(overhang["support_contact_mm2"], 1500)
        self.near(overhang["contact_mm2"], 100)
        self.assertEqual(report["voids"], {"count": 0, "volume_mm3": 0, "min_escape_mm": None, "largest": [],
                                           "pockets": [], "cups": report["voids"]["cups"]})
        self.assertEqual(sorted(report["smallest_box_mm"], reverse=True), report["smallest_box_mm"])

    def test_the_best_way_up_is_first(self):
        orientations = self.report(TABLE)["orientations"]
        self.assertLessEqual(len(orientations), 3)
        best = orientations[0]
        self.assertEqual(len(best["rotation"]), 9)
        self.near(best["height_mm"], 24)
        self.assertLess(best["support_volume_mm3"], 1)  # on its top
        self.assertEqual(best["rotation"][8], -1)

    def test_places_of_thin_walls(self):
        patches = self.report(THIN)["walls"]["patches"]
        self.assertEqual(len(patches), 1)
        self.near(patches[0]["thickness_mm"], 0.3)
        self.near(patches[0]["area_mm2"], 2 * 40 * 30, 0.05)
        self.assertLess(patches[0]["triangle"], 12)
        self.assertTrue(0 <= patches[0]["point"][1] <= 0.3)

    def test_hollows(self):
        voids = self.report(HOLLOW)["voids"]
        self.assertEqual(voids["count"], 1)
        self.near(voids["volume_mm3"], 1000, 0.04)
        self.assertTrue(all(10 <= x <= 20 for x in voids["largest"][0]["point"]))

    def test_items_are_measured_together(self):
        one = self.items(["1 0 0 0 1 0 0 0 1 0 0 0"])
        three = self.items(["1 0 0 0 1 0 0 0 1 %d 5 0" % x for x in (0, 50, 100)])
        for member in ("area_mm2", "support_volume_mm3", "contact_mm2", "support_contact_mm2"):
            self.near(three["overhang"][member], 3 * one["overhang"][member], 1e-9)
        self.assertEqual(three["walls"]["min_mm"], one["walls"]["min_mm"])
        self.assertIsNone(three["orientations"])
        self.assertEqual(len(one["orientations"]), len(self.report(TABLE)["orientations"]))
        # one of them upside down needs no support
        turned = self.items(["1 0 0 0 1 0 0 0 1 0 0 0", "1 0 0 0 -1 0 0 0 -1 100 40 24"])
        self.near(turned["overhang"]["support_volume_mm3"], one["overhang"]["support_volume_mm3"])

    def test_left_out(self):
        report = self.report(TABLE, "--no-printability")
        for member in ("walls", "overhang", "orientations", "voids", "gaps", "smallest_box_mm"):
            self.assertIsNone(report[member], member)
        self.assertIsNone(self.report(TABLE, "--topology", "certificate")["walls"])
        self.assertIsNone(self.report(models.box()[:2])["walls"])  # a sheet

    def test_columns(self):
        self.near(self.report(TABLE, "--columns", "64")["overhang"]["support_volume_mm3"], 30000, 0.08)
        for wrong in ("15", "2049", "many", "-1"):
            self.quote("inspect", self.cube, "--columns", wrong, code=2)

    def test_materials_that_cannot_make_it(self):
        part = self.write("thin.stl", models.stl(THIN))
        quote = self.quote(part, "--json", "--material", "mat_pla").json()
        option = quote["options"][0]
        self.assertEqual(option["status"], "not_printable")
        self.assertIsNone(option["unit_price"])
        issue = [i for i in option["issues"] if i["code"] == "wall_too_thin"][0]
        self.assertEqual((issue["severity"], issue["process"], issue["threshold"]), ("blocker", "fdm", 0.8))
        self.assertEqual((issue["measure"]["name"], issue["measure"]["unit"]), ("thickness_mm", "mm"))
        self.near(issue["measure"]["value"], 0.3)
        self.assertTrue(issue["source"])
        self.assertEqual(len(issue["location"]["point"]), 3)
        shown = self.quote(part, "--material", "mat_pla").out
        self.assertIn("not printable", shown)
        self.assertIn("0.3 mm is too thin", " ".join(shown.split()))
        without = self.quote(part, "--json", "--material", "mat_pla", "--no-printability").json()
        self.assertEqual(without["options"][0]["status"], "printable")

    def test_processes_differ(self):
        part = self.write("hollow.stl", models.stl(HOLLOW))
        statuses = {o["material_id"]: o["status"] for o in self.quote(part, "--json").json()["options"]}
        self.assertEqual(statuses["mat_pla"], "printable")
        for material in ("mat_pa12", "mat_pa12_mjf", "mat_resin_standard", "mat_316l"):
            self.assertEqual(statuses[material], "not_printable", material)

    def test_terminal(self):
        part = self.write("table.stl", models.stl(TABLE))
        self.assertIn("thinnest wall 4 mm   overhang 15 cm2, support 30 cm3",
                      self.quote(part, env=cli.environment(LC_ALL="C")).out.replace("²", "2").replace("³", "3"))
        shown = self.quote("inspect", part).out
        for label in ("thinnest wall", "support volume", "tips over at", "hollows without a way out"):
            self.assertIn(label, shown)
        self.assertIn("not examined", self.quote("inspect", part, "--no-printability").out)


if __name__ == "__main__":
    cli.run(sys.modules[__name__])
