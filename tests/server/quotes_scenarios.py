"""Scenarios 42 to 56: prices of parts and products."""
import datetime
import hashlib
import json
import os
import sqlite3
import uuid

import meshes
import openapi_scenarios
import service

BERLIN = {"country": "DE", "postcode": "10115"}
PARTS = ("materials", "machine", "labour", "finishing", "overhead", "markup", "priority", "discount", "setup", "hardware",
         "revenue_share", "adjustment")
NOBODY = "%s_0000000000000000000000000"


def new_key():
    return {"Idempotency-Key": uuid.uuid4().hex}


def example_book(version, **changes):
    with open(os.path.join(service.ROOT, "server", "data", "price-book.example.json"), encoding="utf-8") as file:
        return dict(json.load(file), version=version, **changes)


class QuoteCase(openapi_scenarios.Described):
    def part(self, client, content=None, status="ready", **fields):
        """The id of a part whose analysis has ended with this status."""
        made = client.post("/parts", dict({"name": "cube"}, **fields))
        self.assertEqual(made.status, 201, made.bytes)
        self.put_file(client, made["id"], content or meshes.cube())
        return self.settled(client, made["id"], status)

    def put_file(self, client, part, content):
        answer = client.put("/parts/%s/file" % part, content, {"Content-Type": "model/stl"})
        self.assertIn(answer.status, (200, 202), answer.bytes)

    def settled(self, client, part, status="ready"):
        found = service.until(lambda: client.get("/parts/" + part)["status"] != "processing")
        self.assertTrue(found, "the analysis does not end")
        self.assertEqual(client.get("/parts/" + part)["status"], status)
        return part

    def ask(self, client, headers=None, **body):
        """POST /quotes for Berlin."""
        body.setdefault("ship_to", BERLIN)
        return client.post("/quotes", body, dict(new_key(), **(headers or {})))

    def quote(self, client, **body):
        body.setdefault("materials", ["mat_pla"])
        answer = self.ask(client, **body)
        self.assertEqual(answer.status, 201, answer.bytes)
        self.assertEqual(answer.headers["location"], "/api/v1/quotes/" + answer["id"])
        self.assertEqual(answer["status"], "complete")
        return answer.json

    def status_of(self, client, quote):
        return client.get("/quotes/" + quote["id"])["status"]

    def lines(self, quote):
        return [option["line_total"]["amount"] for option in quote["options"]]

    def activate(self, book):
        """Makes it the active book until the test ends."""
        operator = self.client(self.service.keys()["operator_test"])
        self.assertIn(operator.put("/operator/price-books/" + book["version"], book).status, (200, 201))
        self.addCleanup(operator.post, "/operator/price-books/pb_2026_11/activate")
        self.assertEqual(operator.post("/operator/price-books/%s/activate" % book["version"]).status, 200)

    def busy_part(self, client):
        """A part that is measured for a while."""
        made = client.post("/parts", {"name": "many"}).json
        self.put_file(client, made["id"], meshes.many_boxes(20000))
        return made["id"]


class Quotes(QuoteCase):
    def test_042_a_key_is_required(self):
        seller = self.seller()
        body = {"part_id": self.part(seller), "materials": ["mat_pla"], "ship_to": BERLIN}
        self.refused(seller.post("/quotes", body), 400, "idempotency_key_required")
        key = new_key()
        first, again = seller.post("/quotes", body, key), seller.post("/quotes", body, key)
        self.assertEqual((first.status, again.status), (201, 201))
        self.assertEqual(first["id"], again["id"])
        self.assertEqual(again.headers["idempotent-replayed"], "true")
        self.assertEqual(len(seller.get("/quotes")["data"]), 1)

    def test_043_worked_examples(self):
        seller = self.seller()
        quote = self.quote(seller, part_id=self.part(seller), quantities=[1, 10, 100])
        self.assertEqual(self.lines(quote), [600, 2590, 20450])
        self.assertEqual([option["unit_price"]["amount"] for option in quote["options"]], [236, 224, 201])
        self.assertEqual([option["breakdown"]["adjustment"] for option in quote["options"]], [16, 0, 49])
        first, ten, hundred = quote["options"]
        self.assertEqual(first["setup"], {"amount": 350, "currency": "EUR"})
        self.assertEqual((first["mass_g"], ten["mass_g"]), (5.083, 50.83))
        self.assertEqual(first["next_break"], {"quantity": 10, "unit_price": {"amount": 224, "currency": "EUR"},
                                               "line_total": {"amount": 2590, "currency": "EUR"}})
        self.assertIsNone(hundred["next_break"])
        self.assertEqual((first["layer_height_mm"], first["infill_percent"]), (0.2, 20))
        # The order of example 1: a fee up to 15.00, 5.90 for shipping, 19 %.
        self.assertEqual(first["small_order_fee"]["amount"], 900)
        self.assertEqual(first["shipping_options"][0]["price"], {"amount": 590, "currency": "EUR"})
        self.assertEqual(first["tax"], {"rate": "0.19", "jurisdiction": "DE", "inclusive": False})
        whole = first["total_with_cheapest_shipping"]
        self.assertEqual([whole[name]["amount"] for name in ("net", "tax", "total")], [2090, 397, 2487])
        self.assertEqual(quote["comparison"], [{"material_id": "mat_pla", "printable": True, "lead_time_days": 5,
                                                "best_unit_price": {"amount": 201, "currency": "EUR"}}])

    def test_044_breakdowns_sum_up(self):
        seller = self.seller()
        part = self.part(seller)
        for currency in ("EUR", "JPY", "BHD"):
            quote = self.quote(seller, part_id=part, materials="all", quantities=[1, 7, 60], currency=currency,
                               discount_code="WELCOME10", priority="priority")
            self.assertEqual(len(quote["options"]), 9)
            for option in quote["options"]:
                self.assertEqual(set(option["breakdown"]), set(PARTS))
                self.assertEqual(sum(option["breakdown"].values()), option["line_total"]["amount"], option)
                self.assertLess(option["breakdown"]["discount"], 0)
                self.assertEqual(option["line_total"]["currency"], currency)

    def test_045_currencies(self):
        seller = self.seller()
        part = self.part(seller)
        yen = self.quote(seller, part_id=part, currency="JPY")
        # 2.359078 * 162.5 = 383.35; setup 3.50 * 162.5 = 568.75; at least 6.00 * 162.5 = 975
        self.assertEqual(yen["options"][0]["unit_price"], {"amount": 383, "currency": "JPY"})
        self.assertEqual(yen["options"][0]["setup"], {"amount": 569, "currency": "JPY"})
        self.assertEqual(self.lines(yen), [975])
        dinar = self.quote(seller, part_id=part, currency="BHD")
        # 2.359078 * 0.41 = 0.967222, up to a multiple of 0.005
        self.assertEqual(dinar["options"][0]["unit_price"], {"amount": 970, "currency": "BHD"})
        for currency in ("KWD", "XXX", "eur", ""):
            self.refused(self.ask(seller, part_id=part, materials="all", currency=currency), 422, "currency_unsupported")
        self.refused(self.ask(seller, part_id=part, materials="all", currency=978), 400, "invalid_request")

    def test_046_all_materials(self):
        seller = self.seller()
        # 300 mm are too long for PLA (250) and resin, not for PA12 (320).
        quote = self.quote(seller, part_id=self.part(seller, meshes.stl(meshes.box(300, 20, 20))), materials="all")
        by_material = {option["material_id"]: option for option in quote["options"]}
        self.assertEqual(set(by_material), {"mat_pla", "mat_pa12", "mat_resin"})
        self.assertNotEqual(by_material["mat_pa12"]["status"], "not_printable")
        self.assertGreater(by_material["mat_pa12"]["line_total"]["amount"], 0)
        for name in ("mat_pla", "mat_resin"):
            option = by_material[name]
            self.assertEqual(option["status"], "not_printable")
            for nothing in ("unit_price", "setup", "line_total", "breakdown", "next_break", "small_order_fee"):
                self.assertIsNone(option[nothing])
            blockers = [issue for issue in option["issues"] if issue["severity"] == "blocker"]
            self.assertEqual([issue["code"] for issue in blockers], ["part_too_large_for_material"])
            self.assertEqual(blockers[0]["material_id"], name)
        compared = {entry["material_id"]: entry for entry in quote["comparison"]}
        self.assertEqual([compared[name]["printable"] for name in sorted(compared)], [True, False, False])
        self.assertIsNone(compared["mat_pla"]["best_unit_price"])

    def test_047_counts_and_quantities(self):
        seller = self.seller()
        part = self.part(seller)
        many = [{"material_id": "mat_pla", "infill_percent": 5 + i} for i in range(20)]
        self.refused(self.ask(seller, part_id=part, materials=many, quantities=[1, 2, 3, 4, 5, 6]), 422,
                     "too_many_options")
        self.assertEqual(len(self.quote(seller, part_id=part, materials=many, quantities=[1, 2, 3, 4, 5])["options"]), 100)
        for quantities in (list(range(1, 12)), [], [0], [-1], [10 ** 9], [100001], [5, 5]):
            self.refused(self.ask(seller, part_id=part, materials="all", quantities=quantities), 422,
                         "validation_failed")
        for quantities in ([1.5], ["10"], [None], [True], 5, "5", {}, [1.0]):
            self.refused(self.ask(seller, part_id=part, materials="all", quantities=quantities), 400, "invalid_request")
        self.refused(self.ask(seller, part_id=part, materials=many + many[:1]), 422, "validation_failed")
        self.refused(self.ask(seller, part_id=part, materials=[]), 422, "validation_failed")
        self.assertEqual(self.ask(seller, part_id=part, materials="all", quantities=[100000]).status, 201)

    def test_048_pending_until_the_part_is_ready(self):
        seller = self.seller()
        part = self.busy_part(seller)
        pending = self.ask(seller, part_id=part, materials=["mat_pla"])
        self.assertEqual(pending.status, 202, pending.bytes)
        self.assertEqual((pending["status"], pending["options"]), ("pending", []))
        self.refused(self.ask(seller, part_id=part, materials=["mat_none"]), 422, "material_unknown")
        self.settled(seller, part)
        self.assertTrue(service.until(lambda: self.status_of(seller, pending) == "complete"))
        done = seller.get("/quotes/" + pending["id"]).json
        self.assertGreater(self.lines(done)[0], 0)
        self.assertEqual(done["analysis_id"], seller.get("/parts/" + part)["analysis"]["id"])
        self.assertEqual(self.lines(done), self.lines(self.quote(seller, part_id=part)))

    def test_048_patience(self):
        seller = self.seller()
        part = self.busy_part(seller)
        answer = self.ask(seller, {"Prefer": "respond-async, wait=10"}, part_id=part, materials=["mat_pla"])
        self.assertIn(answer.status, (201, 202), answer.bytes)  # 202 where even 10 s are too short for this machine
        self.assertEqual(answer["status"], {201: "complete", 202: "pending"}[answer.status])
        self.settled(seller, part)

    def test_048_pending_on_a_file_that_fails(self):
        seller = self.seller()
        made = seller.post("/parts", {"name": "cut"}).json
        whole = meshes.many_boxes(20000)
        self.put_file(seller, made["id"], whole[:len(whole) // 2])
        answer = self.ask(seller, part_id=made["id"], materials=["mat_pla"])
        if answer.status == 202:
            self.assertTrue(service.until(lambda: self.status_of(seller, answer) == "failed"))
            failed = seller.get("/quotes/" + answer["id"]).json
            self.assertEqual(failed["failure"]["code"], "part_failed")
        else:
            self.refused(answer, 409, "part_failed")

    def test_048_parts_that_take_longer_than_a_request(self):
        """They are priced by a job, also when they are ready; a preview has nothing to come back for."""
        seller = self.seller()
        part = self.part(seller)
        base = sqlite3.connect(os.path.join(self.service.var, "quote.db"), timeout=30)
        with base:
            base.execute("UPDATE objects SET body = json_set(body, '$.analysis.duration_ms', 60000) WHERE id = ?", (part,))
        base.close()
        pending = self.ask(seller, part_id=part, materials=["mat_pla"])
        self.assertEqual((pending.status, pending["status"]), (202, "pending"))
        self.assertTrue(service.until(lambda: self.status_of(seller, pending) == "complete"))
        self.assertEqual(self.lines(seller.get("/quotes/" + pending["id"]).json), [600])
        preview = seller.post("/quotes/preview", {"part_id": part, "materials": ["mat_pla"], "ship_to": BERLIN})
        self.assertEqual(self.lines(preview.json), [600])

    def test_049_countries(self):
        seller = self.seller()
        part = self.part(seller)
        quote = self.quote(seller, part_id=part, ship_to={"country": "DEU"})
        self.assertEqual(quote["ship_to"], {"country": "DE", "postcode": None, "region": None})
        for country in ("Germany", "XX", "de ", "de", "", "D"):
            answer = self.ask(seller, part_id=part, materials="all", ship_to={"country": country})
            self.refused(answer, 422, "invalid_country")
            self.assertEqual(answer.details["fields"][0]["path"], "ship_to.country")
        for place in ("DE", 49, ["DE"], {"country": 49}):
            self.refused(self.ask(seller, part_id=part, materials="all", ship_to=place), 400, "invalid_request")
        self.refused(self.ask(seller, part_id=part, materials="all", ship_to={"land": "DE"}), 400, "unknown_field")
        self.refused(self.ask(seller, part_id=part, materials="all", ship_to={}), 422, "validation_failed")
        self.assertEqual(seller.patch("/account", {"default_country": "DEU"}).status, 200)
        self.assertEqual(self.quote(seller, part_id=part, ship_to={})["ship_to"]["country"], "DE")

    def test_050_places_that_are_not_served(self):
        seller = self.seller()
        part = self.part(seller)
        self.refused(self.ask(seller, part_id=part, materials="all", ship_to={"country": "FR"}), 422,
                     "destination_not_served")

    def test_051_a_new_file_supersedes(self):
        seller = self.seller()
        part = self.part(seller)
        quote = self.quote(seller, part_id=part)
        self.assertEqual(quote["file_version"], 1)
        self.put_file(seller, part, meshes.cube(10))
        self.assertEqual(self.status_of(seller, quote), "superseded")
        items = [{"quote_id": quote["id"], "option_id": quote["options"][0]["id"]}]
        self.refused(seller.post("/shipping-options", {"items": items, "ship_to": BERLIN}), 409, "quote_superseded")
        found = service.until(lambda: seller.get("/quotes?status=superseded")["data"])
        self.assertEqual([entry["id"] for entry in found], [quote["id"]])
        self.settled(seller, part)
        self.assertEqual(self.quote(seller, part_id=part)["file_version"], 2)

    def test_051_other_units_keep_the_version(self):
        """The same file: an open quote of it stays what it was."""
        seller = self.seller()
        part = self.part(seller)
        quote = self.quote(seller, part_id=part)
        self.assertEqual(seller.patch("/parts/" + part, {"units": "cm"}).status, 200)
        self.settled(seller, part)
        self.assertEqual(self.status_of(seller, quote), "complete")
        larger = self.quote(seller, part_id=part)
        self.assertEqual(larger["file_version"], 1)
        self.assertGreater(self.lines(larger)[0], self.lines(quote)[0])

    def test_052_price_books_are_pinned(self):
        seller = self.seller()
        part = self.part(seller)
        old = self.quote(seller, part_id=part)
        self.assertEqual(old["price_book_version"], "pb_2026_11")
        book = example_book("pb_dearer_" + uuid.uuid4().hex[:8], labour_per_hour="66.00")
        self.activate(book)
        new = self.quote(seller, part_id=part)
        self.assertEqual(new["price_book_version"], book["version"])
        # 110 cents of labour more, with overhead and markup: 2.359078 + 1.10 * 1.08 * 1.35 = 3.962878
        self.assertEqual(new["options"][0]["unit_price"]["amount"], 396)
        kept = seller.get("/quotes/" + old["id"]).json
        self.assertEqual((kept["price_book_version"], kept["options"]), ("pb_2026_11", old["options"]))
        again = seller.post("/quotes/%s/requote" % old["id"], {}, new_key())
        self.assertEqual(again["price_book_version"], book["version"])

    def test_053_expired(self):
        seller = self.seller()
        quote = self.quote(seller, part_id=self.part(seller))
        live = self.client(seller.account["live_key"])
        self.refused(live.post("/quotes/%s/expire" % quote["id"]), 403, "test_mode_only")
        ended = seller.post("/quotes/%s/expire" % quote["id"])
        self.assertEqual((ended.status, ended["status"]), (200, "expired"))
        self.assertEqual(seller.post("/quotes/%s/expire" % quote["id"])["status"], "expired")
        kept = seller.get("/quotes/" + quote["id"])
        self.assertEqual((kept.status, kept["status"], kept["options"]), (200, "expired", quote["options"]))
        items = [{"quote_id": quote["id"], "option_id": quote["options"][0]["id"]}]
        self.refused(seller.post("/shipping-options", {"items": items, "ship_to": BERLIN}), 409, "quote_expired")
        self.refused(seller.post("/quotes/%s/expire" % (NOBODY % "quote")), 404, "not_found")

    def test_053_time_of_validity(self):
        seller = self.seller()
        part = self.part(seller)
        for days, expected in ((None, 14), (1, 1), (90, 90)):
            quote = self.quote(seller, part_id=part, **({"expires_in_days": days} if days else {}))
            made, ends = (datetime.datetime.fromisoformat(quote[name].replace("Z", "+00:00"))
                          for name in ("created_at", "expires_at"))
            self.assertEqual(ends - made, datetime.timedelta(days=expected))
        for days in (0, 91, -1):
            self.refused(self.ask(seller, part_id=part, materials="all", expires_in_days=days), 422, "validation_failed")
        self.refused(self.ask(seller, part_id=part, materials="all", expires_in_days="14"), 400, "invalid_request")

    def test_054_previews(self):
        seller = self.seller()
        part = self.part(seller)
        body = {"part_id": part, "materials": "all", "quantities": [1, 10], "ship_to": BERLIN}
        seen = seller.post("/quotes/preview", body)
        self.assertEqual((seen.status, seen["id"], seen["status"]), (200, None, "complete"))
        self.assertEqual(seller.get("/quotes")["data"], [])
        quote = self.quote(seller, **body)
        for seen_option, option in zip(seen["options"], quote["options"], strict=True):
            for name in ("material_id", "quantity", "unit_price", "line_total", "breakdown", "lead_time", "next_break"):
                self.assertEqual(seen_option[name], option[name])
        self.refused(seller.post("/quotes/preview", dict(body, part_id=self.busy_part(seller))), 409, "part_not_ready")

    def test_055_priority(self):
        seller = self.seller()
        part = self.part(seller)
        plain, soon = (self.quote(seller, part_id=part, priority=word) for word in ("standard", "priority"))
        self.assertEqual((plain["priority"], soon["priority"]), ("standard", "priority"))
        slow, fast = plain["options"][0], soon["options"][0]
        self.assertEqual(slow["breakdown"]["priority"], 0)
        self.assertGreater(fast["breakdown"]["priority"], 0)
        # 2 days base, 1 of machine time, 2 of buffer; priority takes 2 off, 1 stays
        self.assertEqual((slow["lead_time"]["business_days_min"], slow["lead_time"]["business_days_max"]), (3, 5))
        self.assertEqual((fast["lead_time"]["business_days_min"], fast["lead_time"]["business_days_max"]), (1, 3))
        self.assertLess(fast["lead_time"]["ship_date"], slow["lead_time"]["ship_date"])
        self.assertEqual(datetime.date.fromisoformat(slow["lead_time"]["ship_date"]).weekday() // 5, 0)
        self.refused(self.ask(seller, part_id=part, materials="all", priority="soon"), 422, "validation_failed")

    def test_056_the_same_twice(self):
        seller, other = self.seller(), self.seller()
        body = {"materials": "all", "quantities": [1, 3, 50], "priority": "priority"}
        quotes = [self.quote(client, part_id=self.part(client), **body) for client in (seller, seller, other)]
        for quote in quotes[1:]:
            self.assertEqual(self.lines(quote), self.lines(quotes[0]))
            self.assertNotEqual(quote["options"][0]["id"], quotes[0]["options"][0]["id"])

    # ---- what is asked

    def test_targets(self):
        seller = self.seller()
        part = self.part(seller)
        self.refused(self.ask(seller, materials="all"), 422, "quote_target")
        self.refused(self.ask(seller, part_id=part, product_id=NOBODY % "prod", materials="all"), 422, "quote_target")
        for name, kind in (("part_id", "part"), ("product_id", "prod")):
            for wrong in (NOBODY % kind, "none", "ref:cube", "", "x" * 2000, seller.account["account_id"]):
                answer = self.ask(seller, materials="all", **{name: wrong})
                self.refused(answer, 404, "not_found")
                self.assertEqual(answer.details, {"path": name})
        self.refused(self.ask(seller, part_id=7, materials="all"), 400, "invalid_request")
        self.refused(self.ask(seller, part_id=part), 422, "validation_failed")
        self.refused(self.ask(seller, part_id=part, materials="some"), 422, "validation_failed")
        self.refused(self.ask(seller, part_id=part, materials=7), 400, "invalid_request")
        self.refused(self.ask(seller, part_id=part, materials=[7]), 400, "invalid_request")
        self.refused(self.ask(seller, part_id=part, materials="all", options={"Colour": "Red"}), 422,
                     "validation_failed")
        answer = self.ask(seller, part_id=part, materials=[{"material_id": "mat_pla", "colour": "red"}])
        self.refused(answer, 400, "unknown_field")
        self.assertEqual(answer.details["fields"][0]["path"], "materials[0].colour")

    def test_parts_that_have_no_price(self):
        seller = self.seller()
        empty = seller.post("/parts", {"name": "none"})["id"]
        failed = self.part(seller, meshes.cube()[:200], "failed")
        several = self.part(seller, meshes.archive({"a.stl": meshes.cube(), "b.stl": meshes.cube(5)}), "needs_selection")
        for part, code in ((empty, "part_not_ready"), (failed, "part_failed"), (several, "part_needs_selection")):
            self.refused(self.ask(seller, part_id=part, materials="all"), 409, code)
            self.assertEqual(seller.get("/quotes")["data"], [])

    def test_choices_that_a_material_has_not(self):
        seller = self.seller()
        part = self.part(seller)
        pla = {"material_id": "mat_pla"}
        for choice, code in (({"material_id": "mat_none"}, "material_unknown"),
                             (dict(pla, color_id="col_grey"), "color_not_in_material"),
                             (dict(pla, finish_id="fin_dye"), "finish_not_in_material"),
                             (dict(pla, layer_height_mm=0.25), "layer_height_unsupported"),
                             (dict(pla, layer_height_mm=0), "layer_height_unsupported"),
                             (dict(pla, layer_height_mm=-0.2), "layer_height_unsupported"),
                             (dict(pla, infill_percent=4), "infill_unsupported"),
                             (dict(pla, infill_percent=0), "infill_unsupported"),
                             (dict(pla, infill_percent=101), "infill_unsupported"),
                             ({"material_id": "mat_pa12", "infill_percent": 20}, "infill_unsupported")):
            answer = self.ask(seller, part_id=part, materials=["mat_pla", choice])
            self.refused(answer, 422, code)
            self.assertTrue(answer.details["fields"][0]["path"].startswith("materials[1]"), answer.bytes)
        for choice in (dict(pla, infill_percent=20.5), dict(pla, infill_percent="20"), dict(pla, layer_height_mm="0.2"),
                       dict(pla, color_id=7)):
            self.refused(self.ask(seller, part_id=part, materials=[choice]), 400, "invalid_request")
        self.refused(self.ask(seller, part_id=part, materials=[{}]), 422, "validation_failed")
        chosen = {"material_id": "mat_pa12", "color_id": "col_black", "finish_id": "fin_dye"}
        option = self.quote(seller, part_id=part, materials=[chosen])["options"][0]
        self.assertEqual({name: option[name] for name in chosen}, chosen)
        self.assertEqual((option["layer_height_mm"], option["infill_percent"]), (0.1, None))
        self.assertGreater(option["breakdown"]["finishing"], 0)
        fine = self.quote(seller, part_id=part, materials=[dict(pla, layer_height_mm=0.1, infill_percent=100)])
        self.assertEqual((fine["options"][0]["layer_height_mm"], fine["options"][0]["infill_percent"]), (0.1, 100))

    def test_discount_codes(self):
        seller = self.seller()
        part = self.part(seller)
        quote = self.quote(seller, part_id=part, quantities=[1], discount_code="WELCOME10")
        # 2.359078 less a tenth: 2.12
        self.assertEqual(quote["options"][0]["unit_price"]["amount"], 212)
        self.refused(self.ask(seller, part_id=part, materials="all", discount_code="NOBODY"), 422, "discount_invalid")
        self.refused(self.ask(seller, part_id=part, materials="all", discount_code="x" * 41), 422, "validation_failed")

    def test_refs_and_metadata(self):
        seller = self.seller()
        part = self.part(seller)
        quote = self.quote(seller, part_id=part, ref="cart/7", metadata={"shelf": "4"})
        self.assertEqual((quote["ref"], quote["metadata"]), ("cart/7", {"shelf": "4"}))
        self.assertEqual(seller.get("/quotes/ref:cart%2F7")["id"], quote["id"])
        self.refused(self.ask(seller, part_id=part, materials="all", ref="cart/7"), 409, "ref_taken")
        found = seller.get("/quotes?metadata.shelf.eq=4")["data"]
        self.assertEqual([entry["id"] for entry in found], [quote["id"]])

    # ---- what is there

    def test_lists(self):
        seller = self.seller()
        part, other = self.part(seller), self.part(seller)
        made = [self.quote(seller, part_id=part), self.quote(seller, part_id=other, currency="JPY")]
        self.assertEqual({entry["id"] for entry in seller.get("/quotes")["data"]}, {quote["id"] for quote in made})
        for query, found in (("part_id=" + part, made[0]), ("currency=JPY", made[1])):
            self.assertEqual([entry["id"] for entry in seller.get("/quotes?" + query)["data"]], [found["id"]])
        search = seller.post("/quotes/search", {"filter": {"price_book_version": "pb_2026_11", "NOT": {"part_id": part}}})
        self.assertEqual([entry["id"] for entry in search["data"]], [made[1]["id"]])
        shown = seller.get("/quotes/%s?include=part,product,orders" % made[0]["id"])
        self.assertEqual((shown["part"]["id"], shown["product"], shown["orders"]), (part, None, []))
        listed = seller.get("/quotes?include=part&fields=id,part")["data"]
        self.assertEqual({entry["part"]["id"] for entry in listed}, {part, other})
        self.refused(seller.get("/quotes/%s?include=files" % made[0]["id"]), 400, "invalid_include")
        tag = seller.get("/quotes/" + made[0]["id"]).headers["etag"]
        self.assertEqual(seller.get("/quotes/" + made[0]["id"], {"If-None-Match": tag}).status, 304)

    def test_012_quotes_of_another_account(self):
        seller, other = self.seller(), self.seller()
        part = self.part(seller)
        quote = self.quote(seller, part_id=part)
        item = {"items": [{"quote_id": quote["id"], "option_id": quote["options"][0]["id"]}], "ship_to": BERLIN}
        self.assertEqual(seller.post("/shipping-options", item).status, 200)
        unknown = self.ask(other, part_id=NOBODY % "part", materials="all")
        foreign = self.ask(other, part_id=part, materials="all")
        for answer in (unknown, foreign):
            self.refused(answer, 404, "not_found")
        self.assertEqual(dict(unknown["error"], request_id=None), dict(foreign["error"], request_id=None))
        for client in (other, self.client(seller.account["live_key"])):
            self.refused(client.get("/quotes/" + quote["id"]), 404, "not_found")
            self.refused(client.post("/quotes/%s/requote" % quote["id"], {}, new_key()), 404, "not_found")
            self.refused(client.get("/parts/%s/material-prices" % part), 404, "not_found")
            answer = self.refused(client.post("/shipping-options", item), 404, "not_found")
            self.assertEqual(answer.details, {"path": "items[0].quote_id"})
        weak = self.client(self.key_of(seller, scopes=["quotes:read", "parts:write"])["key"])
        self.assertEqual(weak.get("/quotes/" + quote["id"] + "?include=part")["part"], None)
        self.assertEqual(self.refused(self.ask(weak, part_id=part, materials="all"), 403, "insufficient_scope").details,
                         {"required": "quotes:write"})

    def test_requotes(self):
        seller = self.seller()
        part = self.part(seller)
        old = self.quote(seller, part_id=part, quantities=[1, 10], currency="JPY", metadata={"a": "b"}, ref="one")
        self.refused(seller.post("/quotes/%s/requote" % old["id"]), 400, "idempotency_key_required")
        self.refused(seller.post("/quotes/%s/requote" % old["id"], {"part_id": part}, new_key()), 400, "unknown_field")
        new = seller.post("/quotes/%s/requote" % old["id"], {}, new_key())
        self.assertEqual(new.status, 201, new.bytes)
        self.assertNotEqual(new["id"], old["id"])
        self.assertEqual((self.lines(new.json), new["currency"], new["metadata"], new["ref"]),
                         (self.lines(old), "JPY", {"a": "b"}, None))
        kept = seller.get("/quotes/" + old["id"])
        self.assertEqual((kept["status"], kept["superseded_by"]), ("superseded", new["id"]))
        self.put_file(seller, part, meshes.cube(10))
        self.settled(seller, part)
        third = seller.post("/quotes/%s/requote" % new["id"], {}, new_key())
        self.assertEqual((third.status, third["file_version"]), (201, 2))
        self.assertLess(self.lines(third.json)[1], self.lines(new.json)[1])

    # ---- what an analysis keeps

    def test_a_ready_part_is_priced_without_its_file(self):
        """Every process prices from what the analysis has saved: none reads geometry again."""
        seller = self.seller()
        content = meshes.cube(17)
        part = self.part(seller, content)
        sha256 = hashlib.sha256(content).hexdigest()
        path = os.path.join(self.service.var, "blobs", sha256[:2], sha256[2:4], sha256)
        os.rename(path, path + ".away")
        try:
            lines = [self.lines(self.quote(seller, part_id=part, quantities=[q, 7])) for q in range(20, 32)]
        finally:
            os.rename(path + ".away", path)
        self.assertEqual(len({line[1] for line in lines}), 1)
        self.assertEqual(lines[0], self.lines(self.quote(seller, part_id=part, quantities=[20, 7])))

    # ---- who is told

    def events_of(self, client, quote):
        """Types and payloads of the events of a quote, in their order."""
        listed = client.get("/events?data.object.id=" + quote["id"])
        self.assertEqual(listed.status, 200, listed.bytes)
        return [(event["type"], event["data"]) for event in listed["data"]]

    def test_events(self):
        seller = self.seller()
        part = self.part(seller)
        quote = self.quote(seller, part_id=part)
        created, completed = self.events_of(seller, quote)
        self.assertEqual((created[0], completed[0]), ("quote.created", "quote.completed"))
        self.assertEqual(completed[1]["object"], quote)
        seller.post("/quotes/preview", {"part_id": part, "materials": "all", "ship_to": BERLIN})
        self.assertEqual(len(seller.get("/events?type=quote.created")["data"]), 1)
        new = seller.post("/quotes/%s/requote" % quote["id"], {}, new_key()).json
        told, data = self.events_of(seller, quote)[-1]
        self.assertEqual((told, data["object"]["superseded_by"]), ("quote.superseded", new["id"]))
        self.assertEqual(data["previous"]["status"], "complete")
        seller.post("/quotes/%s/expire" % new["id"])
        self.assertEqual(self.events_of(seller, new)[-1][0], "quote.expired")
        third = self.quote(seller, part_id=part)
        self.put_file(seller, part, meshes.many_boxes(20000))
        self.assertTrue(service.until(lambda: len(self.events_of(seller, third)) == 3))
        self.assertEqual(self.events_of(seller, third)[-1][0], "quote.superseded")
        pending = self.ask(seller, part_id=part, materials=["mat_pla"]).json
        self.settled(seller, part)
        self.assertTrue(service.until(lambda: len(self.events_of(seller, pending)) == 2))
        told, data = self.events_of(seller, pending)[-1]
        self.assertEqual(told, "quote.completed")
        self.assertEqual((data["previous"]["status"], data["object"]["status"]), ("pending", "complete"))
        self.activate(example_book("pb_watched_" + uuid.uuid4().hex[:8], manual_review_over="1.00"))
        watched = self.quote(seller, part_id=part)
        self.assertEqual([told for told, _ in self.events_of(seller, watched)],
                         ["quote.created", "quote.completed", "quote.needs_review"])

    # ---- the document

    def test_106_quotes_are_as_described(self):
        seller = self.seller()
        part = self.part(seller, meshes.stl(meshes.box(300, 20, 20, without=2)))
        body = {"part_id": part, "materials": "all", "quantities": [1, 10], "ship_to": BERLIN}
        quote = self.as_described(seller.post("/quotes", body, new_key()), "POST", "/quotes")
        option = next(option for option in quote["options"] if option["line_total"])
        items = {"items": [{"quote_id": quote["id"], "option_id": option["id"]}], "ship_to": BERLIN}
        for method, path, sent in (("POST", "/quotes/preview", body), ("GET", "/quotes", None),
                                   ("POST", "/quotes/search", {"meta": True}), ("GET", "/quotes/{id}", None),
                                   ("POST", "/shipping-options", items), ("GET", "/shipping-methods", None),
                                   ("POST", "/quotes/{id}/requote", {}), ("POST", "/quotes/{id}/expire", {})):
            answer = seller.send(method, path.replace("{id}", quote["id"]), sent, new_key())
            self.as_described(answer, method, path)
        answer = seller.get("/parts/%s/material-prices" % part)
        self.as_described(answer, "GET", "/parts/{id}/material-prices")
        self.assertTrue(answer["data"])
        pending = self.ask(seller, part_id=self.busy_part(seller), materials="all")
        self.as_described(pending, "POST", "/quotes")
