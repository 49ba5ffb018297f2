"""What server/README.md says the service can: the tests and routes it names are there; and what no other test shows."""
import os
import re
import uuid

import parts_scenarios
import quotes_scenarios
import service


class Table(service.Case):
    def test_parity_tests_and_routes_are_there(self):
        here, tests = os.path.dirname(os.path.abspath(__file__)), set()
        for name in os.listdir(here):
            if name.endswith(".py"):
                with open(os.path.join(here, name), encoding="utf-8") as file:
                    tests |= set(re.findall(r"^    def (test_\w+)\(self", file.read(), re.M))
        routes = {"%(method)s %(path)s" % route for route in self.service.control("routes")["routes"]}
        with open(os.path.join(service.ROOT, "server", "README.md"), encoding="utf-8") as file:
            text = file.read().partition("## What it can, and the test that proves it")[2]
        rows = [row.split(" | ") for row in re.findall(r"^\| ([^|]+ \| [^|]+ \| [^|]+) \|$", text, re.M)]
        rows = [row for row in rows if row[0] != "What"]
        self.assertGreater(len(rows), 110)
        for what, where, proof in rows:
            named = re.findall(r"`(\w+)`", proof)
            self.assertTrue(named and set(named) <= tests, (what, set(named) - tests))
            named = set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) [^`]+)`", where))
            self.assertEqual(named - routes, set(), what)


class Gaps(parts_scenarios.PartCase):
    def test_parity_errors_of_each_file(self):
        answer = self.refused(self.post(self.seller(), b"no model", None, "x.stl"), 422, "unsupported_format")
        one, = answer.details["files"]
        self.assertEqual((one["name"], one["code"], bool(one["message"])), ("x.stl", "unsupported_format", True))

    def test_parity_an_account_is_renamed(self):
        seller = self.seller()
        changed = seller.patch("/account", {"name": "Renamed", "default_country": "DEU"})
        self.assertEqual((changed.status, changed["name"], changed["default_country"]), (200, "Renamed", "DE"))
        self.assertEqual(seller.get("/account")["name"], "Renamed")


class Materials(quotes_scenarios.QuoteCase):
    def test_parity_a_material_in_full(self):
        book = quotes_scenarios.example_book("pb_full_" + uuid.uuid4().hex[:8])
        said = {"brand": "Acme", "swatch_url": "https://example.org/pla.png", "tags": ["matt"], "sites": ["site_berlin"],
                "group": "Plastics", "supports_color_files": True}
        book["materials"][0].update(said)
        self.activate(book)
        seller = self.seller()
        material = seller.get("/materials/" + book["materials"][0]["id"]).json
        self.assertEqual({name: material.get(name) for name in said}, said)
        self.assertLessEqual({"id", "name", "family", "process", "kind", "status", "density_g_cm3", "limits", "colors",
                              "layer_heights_mm", "finishes", "pricing", "lead_time", "restrictions"}, set(material))
