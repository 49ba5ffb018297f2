"""Quotes by other price books, of products, and how they are shipped."""
import datetime
import uuid
import zoneinfo

import meshes
import service
from quotes_scenarios import BERLIN, QuoteCase, example_book


class Shipping(QuoteCase):
    def test_shipping_options(self):
        seller = self.seller()
        part = self.part(seller)
        one, two = self.quote(seller, part_id=part, quantities=[1, 10]), self.quote(seller, part_id=part, quantities=[300])
        items = [{"quote_id": one["id"], "option_id": one["options"][1]["id"]},
                 {"quote_id": two["id"], "option_id": two["options"][0]["id"]}]
        answer = seller.post("/shipping-options", {"items": items, "ship_to": BERLIN})
        self.assertEqual(answer.status, 200, answer.bytes)
        # 310 cubes of 5.083 g and 150 g: 1726 g; two steps of 500 g above 1000 g
        self.assertEqual([option["price"]["amount"] for option in answer["options"]], [890])
        self.assertEqual(answer["expires_at"], one["expires_at"])
        option = answer["options"][0]
        self.assertEqual((option["method"], option["carrier"], option["tracked"]), ("ship_standard", "dhl", True))
        self.assertGreater(option["delivery_date"], two["options"][0]["lead_time"]["ship_date"])
        yen = self.quote(seller, part_id=part, currency="JPY")
        mixed = items + [{"quote_id": yen["id"], "option_id": yen["options"][0]["id"]}]
        for body, status, code in (({"items": mixed, "ship_to": BERLIN}, 422, "items_incompatible"),
                                   ({"items": items, "ship_to": {"country": "FR"}}, 422, "destination_mismatch"),
                                   ({"items": items, "ship_to": {"country": "XX"}}, 422, "invalid_country"),
                                   ({"items": [], "ship_to": BERLIN}, 422, "validation_failed"),
                                   ({"items": items * 26, "ship_to": BERLIN}, 422, "validation_failed"),
                                   ({"items": {}, "ship_to": BERLIN}, 400, "invalid_request"),
                                   ({"items": [7], "ship_to": BERLIN}, 400, "invalid_request"),
                                   ({"items": [{"quote_id": one["id"]}], "ship_to": BERLIN}, 422, "validation_failed"),
                                   ({"items": items, "to": BERLIN}, 400, "unknown_field")):
            self.refused(seller.post("/shipping-options", body), status, code)
        wrong = [dict(items[0], option_id=items[1]["option_id"])]
        answer = self.refused(seller.post("/shipping-options", {"items": wrong, "ship_to": BERLIN}), 404, "not_found")
        self.assertEqual(answer.details, {"path": "items[0].option_id"})
        long = self.part(seller, meshes.stl(meshes.box(300, 20, 20)))
        none = self.quote(seller, part_id=long)
        answer = seller.post("/shipping-options", {"ship_to": BERLIN, "items": [
            {"quote_id": none["id"], "option_id": none["options"][0]["id"]}]})
        self.refused(answer, 409, "option_not_printable")

    def test_too_heavy_for_every_way(self):
        seller = self.seller()
        option = self.quote(seller, part_id=self.part(seller), quantities=[10000])["options"][0]
        self.assertEqual((option["shipping_options"], option["total_with_cheapest_shipping"]), ([], None))
        self.assertGreater(option["line_total"]["amount"], 0)

    def test_shipping_methods(self):
        seller = self.seller()
        for query in ("", "?country=DE", "?country=DEU"):
            method, = seller.get("/shipping-methods" + query)["data"]
            self.assertEqual((method["id"], method["carrier"], method["max_kg"]), ("ship_standard", "dhl", "31.5"))
            zone, = method["zones"]
            self.assertEqual(zone["countries"], ["DE"])
            self.assertEqual((zone["price"], zone["price_per_step"]),
                             ({"amount": 590, "currency": "EUR"}, {"amount": 150, "currency": "EUR"}))
            self.assertEqual((zone["transit_days_min"], zone["transit_days_max"]), (2, 4))
        self.assertEqual(seller.get("/shipping-methods?country=FR")["data"], [])
        self.refused(seller.get("/shipping-methods?country=Germany"), 422, "invalid_country")

    def test_material_prices(self):
        seller = self.seller()
        part = self.part(seller)
        prices = {entry["material_id"]: entry for entry in seller.get("/parts/%s/material-prices" % part)["data"]}
        self.assertEqual(set(prices), {"mat_pla", "mat_pa12", "mat_resin"})
        self.assertEqual(prices["mat_pla"]["line_total"], {"amount": 600, "currency": "EUR"})
        ten = seller.get("/parts/%s/material-prices?quantity=10&country=DEU&currency=JPY" % part)["data"]
        quote = self.quote(seller, part_id=part, materials="all", quantities=[10], currency="JPY")
        self.assertEqual([entry["line_total"]["amount"] for entry in ten], self.lines(quote))
        for query in ("quantity=0", "quantity=1.5", "quantity=100001", "quantity="):
            self.refused(seller.get("/parts/%s/material-prices?%s" % (part, query)), 400, "invalid_parameter")
        self.refused(seller.get("/parts/%s/material-prices?country=XX" % part), 422, "invalid_country")
        self.refused(seller.get("/parts/%s/material-prices?currency=KWD" % part), 422, "currency_unsupported")
        empty = seller.post("/parts", {"name": "none"})["id"]
        self.refused(seller.get("/parts/%s/material-prices" % empty), 409, "part_not_ready")
        half = self.client(self.key_of(seller, scopes=["parts:read"])["key"])
        answer = self.refused(half.get("/parts/%s/material-prices" % part), 403, "insufficient_scope")
        self.assertEqual(answer.details, {"required": "quotes:read"})


class Products(QuoteCase):
    def test_products(self):
        """Members priced at their own numbers, set up once, with costs and the seller's share on top."""
        seller = self.seller()
        part, other = self.part(seller), self.part(seller)
        pla = {"material_id": "mat_pla", "color_id": "col_black"}
        product = seller.post("/products", {"name": "Pair", "members": [dict(pla, part_id=part, quantity=2),
                                                                        dict(pla, part_id=other, quantity=1)]})
        self.assertEqual(product.status, 201, product.bytes)
        option, = self.quote(seller, product_id=product["id"], materials=None)["options"]
        # three cubes at 236, one setup of 350
        self.assertEqual((option["unit_price"]["amount"], option["setup"]["amount"], option["line_total"]["amount"]),
                         (708, 350, 1058))
        self.assertEqual(sum(option["breakdown"].values()), 1058)
        self.assertEqual([(member["part_id"], member["quantity"]) for member in option["members"]],
                         [(part, 2), (other, 1)])
        self.assertEqual((option["material_id"], option["mass_g"]), ("mat_pla", 15.249))
        # Ten of the first member are five products: its tier is the first that any reaches.
        self.assertEqual(option["next_break"]["quantity"], 5)
        self.assertEqual(option["next_break"]["unit_price"]["amount"], 2 * 224 + 236)
        both = self.quote(seller, product_id=product["id"], materials=["mat_pla", "mat_pa12"], quantities=[1, 5])
        self.assertEqual([entry["material_id"] for entry in both["options"]], ["mat_pla"] * 2 + ["mat_pa12"] * 2)
        self.assertEqual(both["options"][1]["unit_price"]["amount"], 2 * 224 + 236)
        self.put_file(seller, part, meshes.cube(10))
        self.assertEqual(self.status_of(seller, both), "superseded")

    def test_039_share_and_costs_of_a_product(self):
        seller = self.seller()
        pla = {"material_id": "mat_pla", "color_id": "col_black"}
        product = seller.post("/products", {"name": "One", "members": [dict(pla, part_id=self.part(seller), quantity=1)]})
        before = self.quote(seller, product_id=product["id"], materials=None, quantities=[4])
        share = {"enabled": True, "per_unit": {"amount": 150, "currency": "EUR"}}
        self.assertEqual(seller.put("/products/%s/revenue-share" % product["id"], share).status, 200)
        with_share = self.quote(seller, product_id=product["id"], materials=None, quantities=[4])
        self.assertEqual(with_share["options"][0]["unit_price"]["amount"], 236 + 150)
        self.assertEqual(with_share["options"][0]["breakdown"]["revenue_share"], 600)
        line = {"kind": "hardware", "name": "Screws", "quantity": 2.5, "unit_price": {"amount": 30, "currency": "EUR"}}
        self.assertEqual(seller.post("/products/%s/costs" % product["id"], line).status, 201)
        with_costs = self.quote(seller, product_id=product["id"], materials=None, quantities=[4])
        option = with_costs["options"][0]
        self.assertEqual((option["unit_price"]["amount"], option["breakdown"]["hardware"]), (236 + 150 + 75, 300))
        self.assertEqual(sum(option["breakdown"].values()), option["line_total"]["amount"])
        self.refused(self.ask(seller, product_id=product["id"], currency="JPY"), 422, "currency_mismatch")
        self.assertEqual(seller.get("/quotes/" + before["id"])["options"], before["options"])

    def test_options_of_a_product(self):
        seller = self.seller()
        product = seller.post("/products", {"name": "Cup", "members": [
            {"part_id": self.part(seller), "quantity": 1, "material_id": "mat_pla", "color_id": "col_black"}]})
        member = product["members"][0]["id"]
        options = [{"name": "Size", "values": [
            {"name": "Pair", "overrides": [{"member_id": member, "quantity": 2, "color_id": "col_white"}]},
            {"name": "Single"}]}]
        put = seller.put("/products/%s/options" % product["id"], {"options": options})
        self.assertEqual(put.status, 200, put.bytes)
        pair = self.quote(seller, product_id=product["id"], materials=None, options={"Size": "Pair"})["options"][0]
        self.assertEqual((pair["unit_price"]["amount"], pair["color_id"]), (472, "col_white"))
        single = self.quote(seller, product_id=product["id"], materials=None, options={"Size": "Single"})["options"][0]
        self.assertEqual((single["unit_price"]["amount"], single["color_id"]), (236, "col_black"))
        for wrong in ({"Size": "Dozen"}, {"Colour": "Red"}):
            self.refused(self.ask(seller, product_id=product["id"], options=wrong), 422, "validation_failed")
        self.refused(self.ask(seller, product_id=product["id"], options={"Size": 2}), 400, "invalid_request")


class Books(QuoteCase):
    def test_reviews(self):
        seller = self.seller()
        part = self.part(seller)
        self.activate(example_book("pb_careful_" + uuid.uuid4().hex[:8], manual_review_over="100.00"))
        quote = self.quote(seller, part_id=part, quantities=[1, 100])
        self.assertEqual([option["status"] for option in quote["options"]], ["printable", "needs_review"])
        self.assertEqual(self.lines(quote), [600, 20450])
        self.assertEqual([issue["code"] for issue in quote["options"][1]["issues"]], ["price_over_review_limit"])

    def test_restrictions_and_states_of_materials(self):
        seller = self.seller()
        part = self.part(seller)
        book = example_book("pb_strict_" + uuid.uuid4().hex[:8])
        pla, nylon, resin = book["materials"]
        pla["restrictions"] = [{"code": "country_not_served", "name": "No PLA there", "entities": ["DE"]},
                               {"code": "review_required", "name": "A look at each", "entities": []}]
        nylon["status"] = "paused"
        resin["restrictions"] = [{"code": "quantity_cap", "name": "Few", "entities": ["5"]}]
        book["materials"] = [pla, nylon, resin]
        answer = self.client(self.service.keys()["operator_test"]).post(
            "/operator/price-books/%s/validate" % book["version"], book)
        self.assertEqual(answer.status, 200, answer.bytes)
        self.activate(book)
        quote = self.quote(seller, part_id=part, materials="all", quantities=[5, 6])
        found = {(option["material_id"], option["quantity"]): option for option in quote["options"]}
        self.assertEqual(set(found), {(name, count) for name in ("mat_pla", "mat_resin") for count in (5, 6)})
        self.assertEqual(found["mat_pla", 5]["status"], "not_printable")
        self.assertIn("country_not_served", [issue["code"] for issue in found["mat_pla", 5]["issues"]])
        self.assertNotEqual(found["mat_resin", 5]["status"], "not_printable")
        self.assertEqual(found["mat_resin", 6]["status"], "not_printable")
        self.assertIn("quantity_cap", [issue["code"] for issue in found["mat_resin", 6]["issues"]])
        self.refused(self.ask(seller, part_id=part, materials=["mat_pa12"]), 422, "material_unknown")

    def test_prices_of_one_account(self):
        seller, other = self.seller(), self.seller()
        accounts = {seller.account["account_id"]: {"markup_ppm": 0}}
        self.activate(example_book("pb_friends_" + uuid.uuid4().hex[:8], accounts=accounts))
        # 1.618023 and 8 % of overhead without markup: 1.747465; below the least unit price of 2.00
        self.assertEqual(self.quote(seller, part_id=self.part(seller))["options"][0]["unit_price"]["amount"], 200)
        self.assertEqual(self.quote(other, part_id=self.part(other))["options"][0]["unit_price"]["amount"], 236)

    def test_accounts_that_pay_no_tax(self):
        seller = self.seller()
        operator = self.client(self.service.keys()["operator_test"])
        changed = operator.patch("/operator/accounts/" + seller.account["account_id"], {"tax_exempt": True})
        self.assertEqual(changed.status, 200, changed.bytes)
        option = self.quote(seller, part_id=self.part(seller))["options"][0]
        self.assertEqual(option["tax"], {"rate": "0", "jurisdiction": None, "inclusive": False})
        whole = option["total_with_cheapest_shipping"]
        self.assertEqual([whole[name]["amount"] for name in ("net", "tax", "total")], [2090, 0, 2090])

    def test_business_days(self):
        """From today, or from tomorrow after the cutoff; weekends and holidays do not count."""
        seller = self.seller()
        part = self.part(seller)

        def later(day, count, holidays):
            while count:
                day += datetime.timedelta(days=1)
                count -= day.weekday() < 5 and day.isoformat() not in holidays
            return day

        def today():
            return datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Tokyo")).date()

        holidays = [later(today(), 2, []).isoformat(), later(today(), 4, []).isoformat()]
        for cutoff, shift in (("00:00", 1), ("23:59", 0)):
            self.activate(example_book("pb_days_" + uuid.uuid4().hex[:8], cutoff=cutoff, timezone="Asia/Tokyo",
                                       holidays=holidays))
            before = today()
            option = self.quote(seller, part_id=part)["options"][0]
            days = option["lead_time"]["business_days_max"]
            expected = [later(day + datetime.timedelta(days=shift), days, holidays) for day in (before, today())]
            self.assertIn(option["lead_time"]["ship_date"], [day.isoformat() for day in expected])
            arrival = [later(day, 4, holidays).isoformat() for day in expected]
            self.assertIn(option["shipping_options"][0]["delivery_date"], arrival)

    def test_places_by_postcode(self):
        seller = self.seller()
        part = self.part(seller)
        book = example_book("pb_places_" + uuid.uuid4().hex[:8])
        zone = book["shipping"]["methods"][0]["zones"][0]
        near = dict(zone, postcodes=["10", "14 1"], base="3.00")
        fast = {"id": "ship_fast", "name": "Fast", "carrier": "dhl", "tracked": True, "max_kg": "1.0",
                "zones": [dict(near, postcodes=["10115"], base="20.00", transit_days=[1, 1])]}
        book["shipping"]["methods"][0]["zones"] = [dict(zone), near]
        book["shipping"]["methods"].append(fast)
        self.activate(book)
        for postcode, expected in (("10115", [("ship_standard", 300), ("ship_fast", 2000)]),
                                   ("10 999", [("ship_standard", 300)]), ("14199", [("ship_standard", 300)]),
                                   ("80331", [("ship_standard", 590)]), (None, [("ship_standard", 590)])):
            quote = self.quote(seller, part_id=part, ship_to={"country": "DE", "postcode": postcode})
            ways = quote["options"][0]["shipping_options"]
            self.assertEqual([(way["method"], way["price"]["amount"]) for way in ways], expected)
        book = dict(book, version=book["version"] + "_b")
        book["shipping"]["methods"] = [dict(book["shipping"]["methods"][0], zones=[near])]
        self.activate(book)
        self.refused(self.ask(seller, part_id=part, materials="all", ship_to={"country": "DE", "postcode": "80331"}),
                     422, "destination_not_served")

    def test_estimated_machines(self):
        """A book with a machine: the price is of what a slicer would print, not of the formula."""
        seller = self.seller()
        part = self.part(seller)
        by_formula = self.quote(seller, part_id=part)["options"][0]
        book = example_book("pb_machine_" + uuid.uuid4().hex[:8])
        book["processes"]["fdm"]["machine"] = {"nozzle_diameter": "0.4", "perimeters": 2, "layer_height": "0.2"}
        self.activate(book)
        estimated = self.quote(seller, part_id=part, quantities=[1, 10])["options"][0]
        self.assertEqual(estimated["issues"], [])
        self.assertNotEqual(estimated["mass_g"], by_formula["mass_g"])
        self.assertTrue(1 < estimated["mass_g"] < 10, estimated["mass_g"])  # solid it has 9.92 g
        self.assertEqual(sum(estimated["breakdown"].values()), estimated["line_total"]["amount"])

    def test_configuration(self):
        for expose, names in (("grouped", {"making", "materials", "hardware", "setup", "finishing", "discount",
                                           "revenue_share"}), ("none", None)):
            own = service.Service(dict(service.NO_LIMITS, quotes={"expose_breakdown": expose, "expires_in_days": 3,
                                                                  "expires_in_days_max": 5}))
            client = service.Client(own, own.keys()["seller_test"])
            try:
                part = self.part(client)
                quote = self.quote(client, part_id=part, quantities=[10])
                option = quote["options"][0]
                self.assertEqual(option["line_total"]["amount"], 2590)
                if names:
                    self.assertEqual(set(option["breakdown"]), names)
                    self.assertEqual(sum(option["breakdown"].values()), 2590)
                else:
                    self.assertIsNone(option["breakdown"])
                day = datetime.timedelta(days=1)
                for asked, given in ((None, 3), (90, 5)):
                    quote = self.quote(client, part_id=part, **({"expires_in_days": asked} if asked else {}))
                    made, ends = (datetime.datetime.fromisoformat(quote[name].replace("Z", "+00:00"))
                                  for name in ("created_at", "expires_at"))
                    self.assertEqual(ends - made, given * day)
                metrics = own.internal("/metrics")[1].decode()
                self.assertIn('quote_quotes_total{status="complete"} 3', metrics)
            finally:
                client.close()
                self.assertEqual(own.stop(), 0)
