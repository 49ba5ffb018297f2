"""Scenarios 57 to 76: orders, from the option of a quote to the door, and the operator's side of them."""
import collections
import json
import os
import re
import sqlite3
import threading
import uuid

import meshes
import openapi_scenarios
import parts_scenarios
import receiver
import service

TO = {"first_name": "Ada", "last_name": "Lovelace", "line1": "Invalidenstr. 1", "city": "Berlin", "postcode": "10115",
      "country": "DE", "email": "ada@example.org"}
WAY = ["placed", "accepted", "in_production", "quality_check", "shipped", "delivered"]


def once():
    return {"Idempotency-Key": str(uuid.uuid4())}


def money(amount, currency="EUR"):
    return {"amount": amount, "currency": currency}


class OrderCase(parts_scenarios.PartCase):
    NEEDS = ("POST /parts", "POST /quotes", "POST /orders")

    def setUp(self):
        super().setUp()
        self.operator = self.client(self.service.keys()["operator_test"])

    def buyer(self, **account):
        """A seller who may order."""
        client = self.seller()
        answer = self.operator.patch("/operator/accounts/" + client.account["account_id"],
                                     dict({"email_verified": True}, **account))
        self.assertEqual(answer.status, 200, answer.bytes)
        self.assertEqual(client.patch("/account", {"accept_terms": True}).status, 200)
        return client

    def cube(self, client, **metadata):
        return self.part(client, metadata=dict({"rights_confirmed": True, "name": "Cube"}, **metadata))

    def quote(self, client, part=None, **body):
        part = part or self.cube(client)
        body = dict({"part_id": part["id"], "materials": ["mat_pla"], "quantities": [1],
                     "ship_to": {"country": "DE", "postcode": "10115"}}, **body)
        answer = client.post("/quotes", body, once())
        self.assertEqual(answer.status, 201, answer.bytes)
        return answer.json

    def body(self, *quotes, **more):
        """Orders the first option of each."""
        items = [{"quote_id": quote["id"], "option_id": quote["options"][0]["id"]} for quote in quotes]
        return dict({"items": items, "shipping_preference": "cheapest", "ship_to": TO}, **more)

    def order(self, client, *quotes, **more):
        answer = client.post("/orders", self.body(*(quotes or (self.quote(client),)), **more), once())
        self.assertEqual(answer.status, 201, answer.bytes)
        return answer.json

    def read(self, client, order):
        answer = client.get("/orders/" + order["id"])
        self.assertEqual(answer.status, 200, answer.bytes)
        return answer.json

    def advance(self, client, order, to=None):
        return client.post("/orders/%s/advance" % order["id"], {"to": to} if to else {})

    def advance_to(self, client, order, status):
        while order["status"] != status:
            answer = self.advance(client, order)
            self.assertEqual(answer.status, 200, answer.bytes)
            order = answer.json
        return order

    def cancel(self, client, order, headers=None):
        return client.post("/orders/%s/cancel" % order["id"], {}, headers or once())

    def move(self, order, to, **more):
        return self.operator.post("/operator/orders/%s/transition" % order["id"], dict({"to": to}, **more))

    def moved(self, order, to, **more):
        answer = self.move(order, to, **more)
        self.assertEqual((answer.status, answer.json.get("status")), (200, to), answer.bytes)
        return answer.json

    def database(self, sql, *values):
        base = sqlite3.connect(os.path.join(self.service.var, "quote.db"), timeout=30)
        with base:
            rows = base.execute(sql, values).fetchall()
        base.close()
        return rows

    def events(self, client, prefix="order."):
        """Payloads of the account's events, in their order."""
        rows = self.database("SELECT body FROM events WHERE account_id = ?",
                             client.account["account_id"])
        found = sorted((json.loads(row[0]) for row in rows), key=lambda event: event["sequence"])
        return [event for event in found if event["type"].startswith(prefix)]

    def names(self, client, order, prefix="order."):
        return [event["type"] for event in self.events(client, prefix) if event["data"]["object"]["id"] == order["id"]]

    def count(self, client):
        return client.get("/orders/summary")["total"]


class Making(OrderCase):
    def test_057_order_of_example_1(self):
        client = self.buyer()
        quote = self.quote(client)
        order = self.order(client, quote, packing_note="Thank you", po_number="PO 7", ref="shop/1", metadata={"a": "b"},
                           customer={"name": "Ada L.", "email": "Ada@example.org", "ref": "c-9"})
        amounts = {name: order["totals"][name]["amount"] for name in order["totals"]}
        self.assertEqual(amounts, {"items": 600, "small_order_fee": 900, "shipping": 590, "discount": 0, "tax": 397,
                                   "total": 2487})
        self.assertEqual({order["totals"][name]["currency"] for name in order["totals"]}, {"EUR"})
        for name, value in {"object": "order", "status": "placed", "kind": "standard", "hold": None, "shipments": [],
                            "packing_note": "Thank you", "po_number": "PO 7", "ref": "shop/1", "metadata": {"a": "b"},
                            "archived": False, "livemode": False, "cancellation": None,
                            "payment": {"mode": "invoice", "status": "not_required", "url": None},
                            "customer": {"name": "Ada L.", "email": "Ada@example.org", "ref": "c-9"}}.items():
            self.assertEqual(order[name], value, name)
        self.assertEqual({name: order["ship_to"][name] for name in TO}, TO)
        self.assertEqual(order["billing_address"], order["ship_to"])
        self.assertEqual([line["amount"] for line in order["tax_lines"]], [money(397)])
        self.assertEqual((order["tax_lines"][0]["rate"], order["tax_lines"][0]["jurisdiction"]), ("0.19", "DE"))
        self.assertEqual((order["shipping"]["method"], order["shipping"]["carrier"]), ("ship_standard", "dhl"))
        item, = order["items"]
        part = client.get("/parts/" + quote["part_id"]).json
        for name, value in {"object": "order_item", "quote_id": quote["id"], "option_id": quote["options"][0]["id"],
                            "part_id": part["id"], "product_id": None, "file_sha256": part["file"]["sha256"],
                            "material_id": "mat_pla", "quantity": 1, "line_total": money(600), "status": "placed",
                            "unit_price": quote["options"][0]["unit_price"]}.items():
            self.assertEqual(item[name], value, name)
        self.assertRegex(item["description"], "Cube.*PLA")
        self.assertLess(order["target_ship_date"], order["target_delivery_date"])
        self.assertEqual([event["name"] for event in order["events"]], ["order.created"])
        self.assertEqual(self.names(client, order), ["order.created"])
        self.assertEqual(client.get("/orders/ref:shop%2F1")["id"], order["id"])
        after = client.get("/quotes/" + quote["id"]).json
        self.assertEqual((after["status"], after["order_ids"]), ("ordered", [order["id"]]))

    def test_057_options_of_a_quote_add_up(self):
        """Fee, shipping and tax are of all items together."""
        client = self.buyer()
        quote = self.quote(client, quantities=[1, 10])
        items = [{"quote_id": quote["id"], "option_id": option["id"], "metadata": {"n": str(option["quantity"])}}
                 for option in quote["options"]]
        order = client.post("/orders", {"items": items, "shipping_preference": "fastest", "ship_to": TO}, once()).json
        amounts = {name: order["totals"][name]["amount"] for name in order["totals"]}
        lines = 600 + 2590
        self.assertEqual((amounts["items"], amounts["small_order_fee"], amounts["shipping"]), (lines, 0, 590))
        self.assertEqual(amounts["tax"], ((lines + 590) * 19 + 50) // 100)
        self.assertEqual(amounts["total"], lines + 590 + amounts["tax"])
        discount = sum(option["breakdown"]["discount"] for option in quote["options"])
        self.assertEqual(amounts["discount"], discount)
        self.assertLess(discount, 0)
        self.assertEqual([item["metadata"] for item in order["items"]], [{"n": "1"}, {"n": "10"}])

    def test_057_shipping_by_its_id(self):
        client = self.buyer()
        quote, other = self.quote(client), self.quote(client)
        own = quote["options"][0]["shipping_options"][0]
        body = self.body(quote, shipping_option_id=own["id"])
        del body["shipping_preference"]
        both = dict(body, items=self.body(quote, other)["items"])
        self.refused(client.post("/orders", both, once()), 422, "shipping_option_invalid")
        foreign = dict(body, shipping_option_id=other["options"][0]["shipping_options"][0]["id"])
        self.refused(client.post("/orders", foreign, once()), 422, "shipping_option_invalid")
        together = client.post("/shipping-options", {"items": both["items"], "ship_to": {"country": "DE", "postcode":
                                                                                         "10115"}})
        self.assertEqual(together.status, 200, together.bytes)
        made = client.post("/orders", dict(both, shipping_option_id=together["options"][0]["id"]), once())
        self.assertEqual(made.status, 201, made.bytes)
        self.assertEqual(made["shipping"]["option"], together["options"][0]["id"])
        again = self.quote(client)
        body = dict(self.body(again), shipping_option_id=again["options"][0]["shipping_options"][0]["id"])
        self.refused(client.post("/orders", body, once()), 422, "validation_failed")
        del body["shipping_preference"]
        made = client.post("/orders", body, once())
        self.assertEqual((made.status, made["shipping"]["option"]), (201, body["shipping_option_id"]))

    def test_058_many_at_once(self):
        client = self.buyer()
        body, header = self.body(self.quote(client)), once()
        answers = []

        def send():
            own = service.Client(self.service, client.key)
            answers.append(own.post("/orders", body, header))
            own.close()
        threads = [threading.Thread(target=send) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(answers), 20)
        for answer in answers:
            self.assertIn(answer.status, (201, 409), answer.bytes)
            if answer.status == 409:
                self.assertEqual(answer.code, "idempotency_in_progress")
        made = [answer for answer in answers if answer.status == 201]
        self.assertEqual(len({answer["id"] for answer in made}), 1)
        self.assertEqual(self.count(client), 1)
        again = client.post("/orders", body, header)
        self.assertEqual((again.status, again.headers["idempotent-replayed"]), (201, "true"))
        self.assertEqual(again.json, made[0].json)
        self.assertEqual(self.names(client, again.json), ["order.created"])

    def test_058_one_option_ordered_at_once_under_other_keys(self):
        client = self.buyer()
        body, answers = self.body(self.quote(client)), []

        def send():
            own = service.Client(self.service, client.key)
            answers.append(own.post("/orders", body, once()))
            own.close()
        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [answer for answer in answers if answer.status == 201]
        self.assertEqual(len(won), 1)
        for answer in answers:
            if answer.status != 201:
                self.refused(answer, 409, "quote_already_ordered")
                self.assertEqual(answer.details["order_id"], won[0]["id"])
        self.assertEqual(self.count(client), 1)

    def test_059_to_061_the_same_key(self):
        client = self.buyer()
        quote, header = self.quote(client, quantities=[1, 10]), once()
        body = self.body(quote)
        first = client.post("/orders", body, header)
        other = dict(body, items=[{"quote_id": quote["id"], "option_id": quote["options"][1]["id"]}])
        self.refused(client.post("/orders", other, header), 422, "idempotency_key_reused")
        turned = json.dumps(dict(reversed(list(body.items()))), indent=3).encode()
        again = client.post("/orders", turned, header)
        self.assertEqual((again.status, again["id"]), (201, first["id"]), "060")
        quoted = client.post("/orders", body, {"Idempotency-Key": '"%s"' % header["Idempotency-Key"]})
        self.assertEqual((quoted.status, quoted["id"]), (201, first["id"]), "061")
        self.refused(client.post("/orders", body), 400, "idempotency_key_required")
        self.assertEqual(self.count(client), 1)

    def test_062_an_error_burns_no_key(self):
        client = self.buyer()
        old, fresh, header = self.quote(client), self.quote(client), once()
        self.assertEqual(client.post("/quotes/%s/expire" % old["id"]).status, 200)
        answer = self.refused(client.post("/orders", self.body(old), header), 409, "quote_expired")
        self.assertEqual(answer.details["quote_id"], old["id"])
        self.assertEqual(client.post("/orders", self.body(fresh), header).status, 201)

    def test_064_an_option_again(self):
        client = self.buyer()
        quote = self.quote(client)
        first = self.order(client, quote)
        answer = self.refused(client.post("/orders", self.body(quote), once()), 409, "quote_already_ordered")
        self.assertEqual(answer.details["order_id"], first["id"])
        again = self.order(client, quote, allow_reorder=True)
        self.assertNotEqual(again["id"], first["id"])
        self.assertEqual(client.get("/quotes/" + quote["id"])["order_ids"], [first["id"], again["id"]])
        self.refused(client.post("/orders", self.body(quote), once()), 409, "quote_already_ordered")

    def test_064_an_option_again_when_the_order_has_moved(self):
        client = self.buyer()
        quote = self.quote(client)
        first = self.order(client, quote)
        for status in ("accepted", "in_production", "delivered"):
            self.advance_to(client, first, status)
            answer = self.refused(client.post("/orders", self.body(quote), once()), 409, "quote_already_ordered")
            self.assertEqual(answer.details["order_id"], first["id"])
            first = self.read(client, first)

    def test_one_customer_however_often(self):
        client = self.buyer()
        for _ in range(4):
            self.order(client)
        found = client.get("/customers").json["data"]
        self.assertEqual([one["order_count"] for one in found], [4])

    def test_065_expected_total(self):
        client = self.buyer()
        quote = self.quote(client)
        answer = client.post("/orders", self.body(quote, expected_total=money(2488)), once())
        self.assertEqual(self.refused(answer, 409, "total_mismatch").details["total"], money(2487))
        self.refused(client.post("/orders", self.body(quote, expected_total=money(2487, "JPY")), once()), 409,
                     "total_mismatch")
        self.assertEqual(self.count(client), 0)
        self.assertEqual(self.events(client), [])
        self.assertEqual(client.get("/quotes/" + quote["id"])["status"], "complete")
        self.order(client, quote, expected_total=money(2487))

    def test_066_067_what_does_not_go_together(self):
        client = self.buyer()
        quote = self.quote(client)
        abroad = dict(TO, country="FR")
        self.refused(client.post("/orders", self.body(quote, ship_to=abroad), once()), 422, "destination_mismatch")
        for country in ("Germany", "XX"):
            self.refused(client.post("/orders", self.body(quote, ship_to=dict(TO, country=country)), once()), 422,
                         "invalid_country")
        yen = self.quote(client, currency="JPY")
        self.refused(client.post("/orders", self.body(quote, yen), once()), 422, "items_incompatible")
        made = self.order(client, quote, ship_to=dict(TO, country="DEU"))
        self.assertEqual(made["ship_to"]["country"], "DE")

    def test_051_a_new_file(self):
        client = self.buyer()
        part = self.cube(client)
        quote = self.quote(client, part)
        self.assertEqual(self.put_file(client, part, meshes.cube(21)).status, 202)
        self.refused(client.post("/orders", self.body(quote), once()), 409, "quote_superseded")

    def test_orders_need_permission(self):
        client = self.seller()
        quote = self.quote(client)
        self.refused(client.post("/orders", self.body(quote), once()), 403, "ordering_not_enabled")
        place = "/operator/accounts/" + client.account["account_id"]
        self.assertEqual(self.operator.patch(place, {"email_verified": True}).status, 200)
        self.refused(client.post("/orders", self.body(quote), once()), 403, "terms_not_accepted")
        self.assertEqual(client.patch("/account", {"accept_terms": True}).status, 200)
        self.assertEqual(self.operator.patch(place, {"entitlements": {"ordering": False}}).status, 200)
        self.refused(client.post("/orders", self.body(quote), once()), 403, "ordering_not_enabled")
        self.assertEqual(self.operator.patch(place, {"entitlements": {"ordering": True}}).status, 200)
        self.order(client, quote)

    def activate(self, change, version):
        """A price book that differs from the shipped one by what change() does to it; the old one comes back."""
        with open(os.path.join(service.ROOT, "server", "data", "price-book.example.json"), encoding="utf-8") as file:
            book = json.load(file)
        old, book["version"] = book["version"], version
        change(book)
        place = "/operator/price-books/"
        self.addCleanup(lambda: self.operator.post(place + old + "/activate"))
        self.assertIn(self.operator.put(place + version, book).status, (200, 201))
        self.assertEqual(self.operator.post(place + version + "/activate").status, 200)

    def test_052_an_order_costs_what_its_book_says(self):
        client = self.buyer()
        quote = self.quote(client)

        def dearer(book):
            book["shipping"]["methods"][0]["zones"][0]["base"] = "99.00"
            book["min_order"] = "500.00"
        self.activate(dearer, "pb_orders_dearer")
        self.assertEqual(self.order(client, quote)["totals"]["total"], money(2487))
        self.assertGreater(self.order(client)["totals"]["total"]["amount"], 50000)

    def test_what_cannot_be_had_today(self):
        client = self.buyer()
        quote, other = self.quote(client), self.quote(client, materials=["mat_pa12"])

        def paused(book):
            book["materials"][0]["status"] = "paused"
        self.activate(paused, "pb_orders_paused")
        answer = self.refused(client.post("/orders", self.body(quote), once()), 409, "material_unavailable")
        self.assertEqual(answer.details["material_id"], "mat_pla")
        self.order(client, other)

    def test_what_has_no_price(self):
        client = self.buyer()
        big = self.part(client, meshes.cube(400), {"rights_confirmed": True})
        quote = self.quote(client, big)
        self.refused(client.post("/orders", self.body(quote), once()), 409, "option_not_printable")
        self.refused(client.post("/orders", self.body(dict(quote, id="ref:x")), once()), 404, "not_found")
        self.refused(client.post("/orders", self.body(dict(quote, id="none")), once()), 404, "not_found")

    def test_rights_are_confirmed(self):
        client = self.buyer()
        part = self.part(client)
        quote = self.quote(client, part)
        self.refused(client.post("/orders", self.body(quote), once()), 409, "rights_not_confirmed")
        self.assertEqual(client.patch("/parts/" + part["id"], {"rights_confirmed": True}).status, 200)
        self.order(client, quote)

    def test_isolation_of_what_is_ordered(self):
        client, other = self.buyer(), self.buyer()
        quote, own = self.quote(client), self.quote(other)
        order = self.order(client, quote)
        answer = self.refused(other.post("/orders", self.body(quote), once()), 404, "not_found")
        self.assertEqual(answer.details["path"], "items[0].quote_id")
        body = self.body(own)
        body["items"][0]["option_id"] = quote["options"][0]["id"]
        answer = self.refused(other.post("/orders", body, once()), 404, "not_found")
        self.assertEqual(answer.details["path"], "items[0].option_id")
        live = self.client(client.account["live_key"])
        for path in ("", "/status", "/tracking", "/events", "/items"):
            for stranger in (other, live):
                self.refused(stranger.get("/orders/%s%s" % (order["id"], path)), 404, "not_found")
        self.refused(other.patch("/orders/" + order["id"], {"archived": True}), 404, "not_found")
        self.refused(self.cancel(other, order), 404, "not_found")
        self.refused(self.advance(other, order), 404, "not_found")
        self.assertEqual(other.get("/orders")["data"], [])
        self.assertEqual(other.get("/order-items")["data"], [])
        self.assertEqual(other.get("/customers")["data"], [])

    def test_bodies_are_read_strictly(self):
        client = self.buyer()
        quote = self.quote(client)
        good = self.body(quote)
        item = good["items"][0]
        unknown = [dict(good, itms=[]), dict(good, items=[dict(item, quantity=2)]), dict(good, ship_to=dict(TO, zip="1")),
                   dict(good, customer={"mail": "a@b.de"}), dict(good, expected_total=dict(money(1), exponent=2))]
        for body in unknown:
            self.refused(client.post("/orders", body, once()), 400, "unknown_field")
        wrong = [dict(good, items={}), dict(good, items=[1]), dict(good, ship_to="Berlin"), dict(good, customer=[]),
                 dict(good, items=[dict(item, option_id=7)]), dict(good, expected_total=2487),
                 dict(good, expected_total=money(2487.0)), dict(good, expected_total=money("2487")),
                 dict(good, allow_reorder="yes"), dict(good, packing_note=1), dict(good, metadata=[]),
                 dict(good, shipping_preference=1), dict(good, ship_to=dict(TO, line1=None))]
        for body in wrong:
            self.refused(client.post("/orders", body, once()), 400, "invalid_request")
        bad = [dict(good, items=[]), dict(good, items=[item] * 51), dict(good, items=[item, item]),
               dict(good, items=[{"quote_id": quote["id"]}]), dict(good, packing_note="x" * 501),
               dict(good, po_number="x" * 101), dict(good, shipping_preference="slow"), dict(good, ref="x" * 256),
               dict(good, ship_to=dict(TO, email="nobody")), dict(good, ship_to=dict(TO, line1="x" * 101)),
               dict(good, ship_to={name: TO[name] for name in TO if name != "city"})]
        bad += [{name: good[name] for name in good if name != left} for left in good]
        for body in bad:
            self.refused(client.post("/orders", body, once()), 422, "validation_failed")
        self.assertEqual(self.count(client), 0)
        self.order(client, quote, ship_to=dict(TO, company=None, phone="+49 30 1"), billing_address=dict(TO, city="Bonn"))

    def test_ref_is_unique(self):
        client = self.buyer()
        self.order(client, ref="one")
        self.refused(client.post("/orders", self.body(self.quote(client), ref="one"), once()), 409, "ref_taken")
        self.assertEqual(self.count(client), 1)


class Going(OrderCase):
    def test_068_all_the_way(self):
        client = self.buyer()
        order = self.order(client)
        for before, status in zip(WAY, WAY[1:]):
            self.assertEqual(order["status"], before)
            answer = self.advance(client, order)
            self.assertEqual((answer.status, answer["status"]), (200, status), answer.bytes)
            order = answer.json
        expected = ["order.created", "order.accepted", "order.in_production", "order.quality_check", "order.qa_passed",
                    "order.shipped", "order.delivered"]
        self.assertEqual(self.names(client, order), expected)
        self.assertEqual([event["name"] for event in order["events"]], expected)
        self.assertEqual([event["name"] for event in client.get("/orders/%s/events" % order["id"])["data"]], expected)
        shipment, = client.get("/orders/%s/tracking" % order["id"])["shipments"]
        self.assertTrue(shipment["tracking_number"].startswith("TEST"))
        self.assertEqual((shipment["status"], shipment["items"]),
                         ("delivered", [{"item_id": order["items"][0]["id"], "quantity": 1}]))
        self.assertTrue(shipment["shipped_at"] <= shipment["delivered_at"])
        status = client.get("/orders/%s/status" % order["id"]).json
        self.assertEqual({"id", "ref", "status", "hold", "events", "tracking", "last_delivered_event_at"}, set(status))
        self.assertEqual(status["tracking"][0]["tracking_number"], shipment["tracking_number"])
        self.refused(self.advance(client, order), 409, "illegal_transition")
        self.refused(self.advance(client, order, "placed"), 409, "illegal_transition")
        self.assertEqual([event["type"] for event in self.events(client, "shipment.")],
                         ["shipment.created", "shipment.updated"])
        item, = client.get("/orders/%s/items" % order["id"])["data"]
        self.assertEqual((item["status"], item["qa"]["result"]), ("delivered", "passed"))
        last = self.events(client)[-1]
        self.assertEqual(last["data"]["object"], self.read(client, order), "the snapshot at the commit")
        self.assertEqual(last["data"]["previous"]["status"], "shipped")

    def test_068_named_states(self):
        client = self.buyer()
        order = self.order(client)
        self.refused(self.advance(client, order, "shipped"), 409, "illegal_transition")
        self.refused(self.advance(client, order, "cancelled"), 409, "illegal_transition")
        self.refused(self.advance(client, order, "flying"), 422, "validation_failed")
        self.refused(client.post("/orders/%s/advance" % order["id"], {"to": 1}), 400, "invalid_request")
        self.refused(client.post("/orders/%s/advance" % order["id"], {"too": "x"}), 400, "unknown_field")
        self.assertEqual(self.advance(client, order, "rejected")["status"], "rejected")

    def test_069_live_orders_are_not_advanced(self):
        client = self.buyer()
        live = self.client(client.account["live_key"])
        self.refused(live.post("/orders/%s/advance" % self.order(client)["id"]), 403, "test_mode_only")

    def test_070_cancel(self):
        client = self.buyer()
        order, header = self.order(client), once()
        path = "/orders/%s/cancel" % order["id"]
        self.refused(client.post(path, {}), 400, "idempotency_key_required")
        answer = client.post(path, {"reason": "changed my mind"}, header)
        self.assertEqual((answer.status, answer["status"]), (200, "cancelled"), answer.bytes)
        self.assertEqual((answer["cancellation"]["reason"], answer["cancellation"]["by"]), ("changed my mind", "seller"))
        again = client.post(path, {"reason": "changed my mind"}, header)
        self.assertEqual((again.status, again.headers["idempotent-replayed"], again.json), (200, "true", answer.json))
        self.refused(self.cancel(client, order), 409, "order_not_cancellable")
        self.assertEqual(self.names(client, order), ["order.created", "order.cancelled"])
        for status in ("in_production", "quality_check", "shipped", "delivered"):
            other = self.advance_to(client, self.order(client), status)
            self.refused(self.cancel(client, other), 409, "order_not_cancellable")
        self.assertEqual(self.cancel(client, self.advance_to(client, self.order(client), "accepted")).status, 200)
        entry, = client.get("/audit-logs?action=order.cancel&target.id=" + order["id"])["data"]
        self.assertEqual(entry["changes"]["status"], {"old": "placed", "new": "cancelled"})

    def test_071_cancel_and_advance_at_once(self):
        client = self.buyer()
        part = self.cube(client)
        for _ in range(25):
            order = self.order(client, self.quote(client, part))
            order = self.advance_to(client, order, "accepted")
            answers = {}

            def run(name, what):
                own = service.Client(self.service, client.key)
                answers[name] = what(own, order)
                own.close()
            threads = [threading.Thread(target=run, args=pair)
                       for pair in (("cancel", self.cancel), ("advance", self.advance))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            good = [name for name in answers if answers[name].status == 200]
            self.assertEqual(len(good), 1, {name: answers[name].bytes for name in answers})
            now = self.read(client, order)
            state, event = {"cancel": ("cancelled", "order.cancelled"),
                            "advance": ("in_production", "order.in_production")}[good[0]]
            self.assertEqual(now["status"], state)
            self.assertEqual(self.names(client, order), ["order.created", "order.accepted", event])

    def test_072_quality_control(self):
        client = self.buyer()
        order = self.advance_to(client, self.order(client), "quality_check")
        self.assertEqual(order["items"][0]["qa"]["result"], "pending")
        self.refused(self.move(order, "shipped"), 409, "illegal_transition")
        failed = {"result": "failed", "comment": "a layer is off", "picture_url": "https://example.org/1.png"}
        self.refused(self.move(order, "shipped", qa=failed), 409, "illegal_transition")
        self.refused(self.move(order, "in_production", qa={"result": "passed"}), 409, "illegal_transition")
        order = self.moved(order, "in_production", qa=failed)
        self.assertEqual(self.names(client, order)[-1], "order.qa_failed")
        self.assertEqual(self.events(client)[-1]["data"]["object"]["items"][0]["qa"], failed)
        order = self.moved(order, "quality_check")
        self.assertEqual(order["items"][0]["qa"]["result"], "pending", "of the reprint nothing is known")
        order = self.moved(order, "shipped", qa={"result": "passed"}, shipment={"carrier": "dhl", "tracking_number": "1"})
        self.assertEqual(self.names(client, order)[-2:], ["order.qa_passed", "order.shipped"])
        said = self.advance_to(client, self.order(client), "in_production")
        self.moved(said, "quality_check", qa={"result": "passed"})
        shipped = self.moved(said, "shipped", shipment={"carrier": "dhl"})
        self.assertEqual(self.names(client, said)[-2:], ["order.qa_passed", "order.shipped"])
        self.assertEqual(shipped["items"][0]["qa"]["result"], "passed")

    def test_073_samples(self):
        client = self.buyer()
        part = self.cube(client)
        path = "/parts/%s/sample-order" % part["id"]
        body = {"material_id": "mat_pla", "quantity": 1, "ship_to": TO, "shipping_preference": "cheapest",
                "max_total": money(1415)}
        answer = self.refused(client.post(path, body, once()), 409, "total_exceeds_max")
        # (600 + 590) * 1.19: no fee for a small order
        self.assertEqual(answer.details["total"], money(1416))
        self.assertEqual((client.get("/quotes")["data"], client.get("/orders")["data"]), ([], []))
        self.assertEqual(self.events(client, "quote.") + self.events(client), [])
        self.refused(client.post(path, dict(body, max_total=money(1416))), 400, "idempotency_key_required")
        answer = client.post(path, dict(body, max_total=money(1416)), once())
        self.assertEqual(answer.status, 201, answer.bytes)
        self.assertEqual((answer["kind"], answer["status"], answer["totals"]["small_order_fee"]["amount"],
                          answer["totals"]["total"]["amount"]), ("sample", "placed", 0, 1416))
        quote = client.get("/quotes/" + answer["items"][0]["quote_id"])
        self.assertEqual((quote["status"], quote["order_ids"]), ("ordered", [answer["id"]]))
        for wrong in ({"quantity": 4}, {"quantity": 0}):
            self.refused(client.post(path, dict(body, **wrong), once()), 422, "validation_failed")
        self.refused(client.post(path, dict(body, quantity="1"), once()), 400, "invalid_request")
        self.refused(client.post(path, dict(body, material_id="mat_none"), once()), 422, "material_unknown")
        for left in body:
            less = {name: body[name] for name in body if name != left}
            self.refused(client.post(path, less, once()), 422, "validation_failed")
        big = self.part(client, meshes.cube(400), {"rights_confirmed": True})
        self.refused(client.post("/parts/%s/sample-order" % big["id"], dict(body, max_total=money(10 ** 8)), once()), 409,
                     "not_printable")
        secret = self.part(client, meshes.cube(19))
        self.refused(client.post("/parts/%s/sample-order" % secret["id"], dict(body, max_total=money(10 ** 8)), once()),
                     409, "rights_not_confirmed")
        waiting = client.post("/parts", {"name": "later", "rights_confirmed": True}).json
        self.refused(client.post("/parts/%s/sample-order" % waiting["id"], body, once()), 409, "part_not_ready")
        self.refused(self.buyer().post(path, body, once()), 404, "not_found")

    def test_orders_are_counted(self):
        def counted():
            text = self.service.internal("/metrics")[1].decode()
            return {status: int(number) for status, number in
                    re.findall(r'quote_orders_total{status="(\w+)"} (\d+)', text)}
        client, before = self.buyer(), counted()
        self.assertEqual(self.cancel(client, self.advance_to(client, self.order(client), "accepted")).status, 200)
        after = counted()
        for status in ("placed", "accepted", "cancelled"):
            self.assertEqual(after[status], before.get(status, 0) + 1)
        self.assertEqual(after.get("shipped", 0), before.get("shipped", 0))

    def test_076_summary(self):
        client = self.buyer()
        part = self.cube(client)
        for status in ("placed", "placed", "accepted", "delivered"):
            self.advance_to(client, self.order(client, self.quote(client, part)), status)
        self.assertEqual(self.cancel(client, self.order(client, self.quote(client, part))).status, 200)
        listed = collections.Counter(order["status"] for order in client.get("/orders?limit=100")["data"])
        summary = client.get("/orders/summary").json
        self.assertEqual(summary, {"total": 5, "by_status": dict(listed)})
        for status in summary["by_status"]:
            found = client.get("/orders?meta=true&status=" + status)
            self.assertEqual(found["meta"]["total"], summary["by_status"][status])


class Telling(OrderCase):
    def test_an_order_says_when_its_seller_heard_of_it(self):
        client, caught = self.buyer(), receiver.Receiver()
        self.addCleanup(caught.close)
        answer = client.post("/webhook-endpoints", {"url": caught.url + "/", "events": ["order.*"]}, once())
        self.assertEqual(answer.status, 201, answer.bytes)
        order = self.order(client)
        self.assertIsNone(order["last_delivered_event_at"])
        self.advance(client, order)
        came = caught.wait("/", 2)
        self.assertEqual({one.event["type"] for one in came}, {"order.created", "order.accepted"})
        self.assertTrue(service.until(lambda: self.read(client, order)["last_delivered_event_at"]))
        told = client.get("/orders/%s/status" % order["id"])["last_delivered_event_at"]
        self.assertGreaterEqual(told, min(one.event["created_at"] for one in came))


class Operator(OrderCase):
    def pay(self, order, status="paid", external_ref=None):
        return self.operator.post("/operator/orders/%s/payment" % order["id"],
                                  {"status": status, "external_ref": external_ref or str(uuid.uuid4())})

    def test_074_checkout(self):
        client = self.buyer(payment_mode="checkout")
        order = self.order(client)
        self.assertEqual((order["status"], order["payment"]["mode"], order["payment"]["status"]),
                         ("awaiting_payment", "checkout", "pending"))
        self.assertRegex(order["payment"]["url"], "^http.*" + order["id"])
        self.refused(self.move(order, "placed"), 409, "illegal_transition")
        self.assertEqual(self.pay(order, "failed").json["payment"]["status"], "failed")
        reference = str(uuid.uuid4())
        for _ in range(2):
            answer = self.pay(order, external_ref=reference)
            self.assertEqual((answer.status, answer["status"], answer["payment"]["status"]), (200, "placed", "paid"))
        self.assertEqual(self.names(client, order), ["order.created", "order.payment_failed", "order.paid"])
        other = self.order(client)
        self.refused(self.pay(other, external_ref=reference), 409, "conflict")
        self.assertEqual(self.read(client, other)["status"], "awaiting_payment")
        self.refused(self.pay(order), 409, "conflict")

    def test_074_what_was_paid_is_owed_back(self):
        client = self.buyer(payment_mode="checkout")
        order = self.order(client)
        self.pay(order)
        self.assertEqual(self.cancel(client, order)["payment"]["status"], "refund_due")
        self.assertEqual(self.pay(order, "refunded")["payment"]["status"], "refunded")
        unpaid = self.order(client)
        self.assertEqual(self.cancel(client, unpaid)["payment"], {"mode": "checkout", "status": "not_required",
                                                                  "url": None})
        self.assertEqual(self.pay(unpaid)["payment"]["status"], "refund_due", "the money came too late")
        rejected = self.order(client)
        self.pay(rejected)
        self.moved(rejected, "rejected", rejections=[{"code": "offensive"}])
        self.assertEqual(self.read(client, rejected)["payment"]["status"], "refund_due")

    def test_074_notices_are_read_strictly(self):
        order = self.order(self.buyer())
        path = "/operator/orders/%s/payment" % order["id"]
        self.refused(self.operator.post(path, {"status": "paid"}), 422, "validation_failed")
        self.refused(self.operator.post(path, {"status": "lost", "external_ref": "x"}), 422, "validation_failed")
        self.refused(self.operator.post(path, {"status": 1, "external_ref": "x"}), 400, "invalid_request")
        self.refused(self.operator.post(path, {"state": "paid"}), 400, "unknown_field")
        self.refused(self.pay(order, "refunded"), 409, "conflict")

    def test_074_nobody_pays_for_72_hours(self):
        client = self.buyer(payment_mode="checkout")
        old, young = self.order(client), self.order(client)
        self.database("UPDATE order_states SET created_ms = created_ms - ? WHERE order_id = ?", 72 * 3600 * 1000 + 1000, old["id"])
        self.database("UPDATE order_states SET created_ms = created_ms - ? WHERE order_id = ?", 71 * 3600 * 1000, young["id"])
        order = service.until(lambda: (lambda o: o if o["status"] == "cancelled" else None)(self.read(client, old)))
        self.assertTrue(order, "the order is not swept")
        self.assertEqual(order["cancellation"]["by"], "system")
        self.assertEqual(self.names(client, old), ["order.created", "order.cancelled"])
        self.assertEqual(self.read(client, young)["status"], "awaiting_payment")

    def test_075_hold(self):
        client = self.buyer()
        order = self.order(client)
        path = "/operator/orders/%s/hold" % order["id"]
        self.refused(self.operator.post(path, {}), 422, "validation_failed")
        answer = self.operator.post(path, {"reason": "Is it licensed?"})
        self.assertEqual((answer.status, answer["hold"]["reason"]), (200, "Is it licensed?"))
        self.refused(self.advance(client, order), 409, "order_on_hold")
        self.refused(self.move(order, "accepted"), 409, "order_on_hold")
        self.assertEqual(self.read(client, order)["status"], "placed")
        answer = self.operator.delete(path)
        self.assertEqual((answer.status, answer["hold"]), (200, None))
        self.assertEqual(self.advance(client, order)["status"], "accepted")
        self.assertEqual(self.names(client, order),
                         ["order.created", "order.hold_placed", "order.hold_released", "order.accepted"])

    def test_operator_sees_all_accounts_of_its_mode(self):
        one, two = self.buyer(), self.buyer()
        orders = [self.order(one), self.order(two)]
        for client, order in zip((one, two), orders):
            account = client.account["account_id"]
            found = self.operator.get("/operator/orders?account_id=" + account)["data"]
            self.assertEqual([(entry["id"], entry["account_id"]) for entry in found], [(order["id"], account)])
            found = self.operator.post("/operator/orders/search", {"filter": {"account_id": account}, "meta": True})
            self.assertEqual((found["meta"]["total"], found["data"][0]["items"]), (1, order["items"]))
            self.assertNotIn("account_id", self.read(client, order))
        listed = {entry["id"] for entry in self.operator.get("/operator/orders?limit=100")["data"]}
        self.assertTrue({order["id"] for order in orders} <= listed)
        live = self.client(self.service.keys()["operator_live"])
        self.refused(live.get("/operator/orders/" + orders[0]["id"]), 404, "not_found")
        self.assertEqual(live.get("/operator/orders?account_id=" + one.account["account_id"])["data"], [])
        for path in ("/operator/orders", "/operator/accounts", "/operator/orders/" + orders[0]["id"]):
            self.refused(one.get(path), 403, "insufficient_scope")
        self.refused(one.post("/operator/orders/%s/transition" % orders[0]["id"], {"to": "accepted"}), 403,
                     "insufficient_scope")

    def test_transitions_are_read_strictly(self):
        order = self.order(self.buyer())
        self.refused(self.move(order, "flying"), 422, "validation_failed")
        self.refused(self.move(order, 3), 400, "invalid_request")
        self.refused(self.move(order, "accepted", remark="x"), 400, "unknown_field")
        self.refused(self.move(order, "accepted", qa="passed"), 400, "invalid_request")
        self.refused(self.move(order, "accepted", qa={"result": "good"}), 422, "validation_failed")
        self.refused(self.move(order, "accepted", shipment=[]), 400, "invalid_request")
        self.refused(self.move(order, "accepted", items={}), 400, "invalid_request")
        self.refused(self.move(order, "accepted", items=["oitem_none"]), 404, "not_found")
        self.refused(self.move(order, "rejected"), 422, "validation_failed")
        self.refused(self.move(order, "rejected", rejections=[{"title": "x"}]), 422, "validation_failed")
        self.refused(self.move(dict(order, id="order_none"), "accepted"), 404, "not_found")
        stale = self.operator.post("/operator/orders/%s/transition" % order["id"], {"to": "accepted"},
                                   {"If-Match": '"v9"'})
        self.assertEqual(self.refused(stale, 412, "version_mismatch").details["current_version"], order["version"])
        self.moved(order, "accepted", note="fine")

    def test_rejection(self):
        client = self.buyer()
        order = self.order(client)
        why = {"code": "wall_too_thin", "title": "Walls", "comment": "0.2 mm", "picture_url": None}
        self.moved(order, "rejected", rejections=[why])
        now = self.read(client, order)
        self.assertEqual((now["items"][0]["rejections"], now["items"][0]["status"]), ([why], "rejected"))
        self.assertEqual(self.names(client, order)[-1], "order.rejected")
        self.refused(self.move(order, "accepted"), 409, "illegal_transition")

    def test_parts_of_an_order_are_shipped(self):
        client = self.buyer()
        order = self.order(client, self.quote(client, quantities=[3]), self.quote(client))
        order = self.advance_to(client, order, "quality_check")
        first, second = order["items"]
        qa = {"result": "passed"}
        self.refused(self.move(order, "partially_shipped", qa=qa), 422, "validation_failed")
        bad = [[{"item_id": first["id"], "quantity": 4}], [{"item_id": first["id"], "quantity": 0}],
               [{"item_id": first["id"]}, {"item_id": first["id"]}], [],
               [{"item_id": first["id"]}, {"item_id": second["id"]}]]
        for items in bad:
            self.refused(self.move(order, "partially_shipped", qa=qa, shipment={"items": items}), 422,
                         "validation_failed")
        self.refused(self.move(order, "shipped", qa=qa, shipment={"items": [{"item_id": first["id"]}]}), 422,
                     "validation_failed")
        lines = [{"item_id": first["id"], "quantity": 2}]
        order = self.moved(order, "partially_shipped", qa=qa, shipment={"carrier": "dhl", "items": lines})
        self.assertEqual([item["status"] for item in order["items"]], ["partially_shipped", "quality_check"])
        order = self.moved(order, "shipped", shipment={"carrier": "ups", "tracking_number": "1Z"})
        self.assertEqual([shipment["items"] for shipment in order["shipments"]],
                         [lines, [{"item_id": first["id"], "quantity": 1}, {"item_id": second["id"], "quantity": 1}]])
        self.assertEqual(self.names(client, order)[-3:], ["order.qa_passed", "order.partially_shipped", "order.shipped"])

    def test_shipments_are_changed(self):
        client = self.buyer()
        order = self.advance_to(client, self.order(client, self.quote(client, quantities=[2])), "quality_check")
        order = self.moved(order, "partially_shipped", qa={"result": "passed"},
                           shipment={"carrier": "dhl", "items": [{"item_id": order["items"][0]["id"], "quantity": 1}]})
        order = self.moved(order, "shipped", shipment={"carrier": "dhl"})
        one, two = (shipment["id"] for shipment in order["shipments"])
        answer = self.operator.patch("/operator/shipments/" + one, {"tracking_number": "JD01", "tracking_url": "https://t/1"})
        self.assertEqual((answer.status, answer["object"], answer["tracking_number"]), (200, "shipment", "JD01"))
        for wrong in ({"delivered_at": "yesterday"}, {"carrier": ""}):
            self.refused(self.operator.patch("/operator/shipments/" + one, wrong), 422, "validation_failed")
        self.refused(self.operator.patch("/operator/shipments/" + one, {"state": "x"}), 400, "unknown_field")
        self.refused(self.operator.patch("/operator/shipments/shm_none", {"carrier": "x"}), 404, "not_found")
        at = "2030-01-02T03:04:05.000Z"
        self.assertEqual(self.operator.patch("/operator/shipments/" + one, {"delivered_at": at})["delivered_at"], at)
        self.assertEqual(self.read(client, order)["status"], "shipped")
        self.operator.patch("/operator/shipments/" + two, {"delivered_at": at})
        self.assertEqual(self.read(client, order)["status"], "delivered")
        self.assertEqual(self.names(client, order)[-1], "order.delivered")

    def test_032_parts_are_reviewed(self):
        client = self.buyer()
        part = self.cube(client)
        place = "/operator/parts/%s/review" % part["id"]
        yes, no = {"decision": "approved"}, {"decision": "rejected", "comment": "too thin", "rejections": [{"code": "thin"}]}
        self.refused(self.operator.post(place, yes), 409, "review_not_pending")
        self.assertEqual(client.post("/parts/%s/submit" % part["id"], {}).status, 200)
        waiting = self.operator.get("/operator/parts?review.status=submitted&account_id=" + client.account["account_id"])
        self.assertEqual([(found["id"], found["account_id"]) for found in waiting["data"]],
                         [(part["id"], client.account["account_id"])])
        self.assertEqual(self.operator.get("/operator/parts/" + part["id"])["account_id"], client.account["account_id"])
        self.refused(client.get("/operator/parts"), 403, "insufficient_scope")
        self.refused(client.post(place, yes), 403, "insufficient_scope")
        self.refused(self.operator.post(place, {"decision": "maybe"}), 422, "validation_failed")
        answer = self.operator.post(place, no)
        self.assertEqual((answer.status, answer["review"]["status"]), (200, "rejected"), answer.bytes)
        review = client.get("/parts/" + part["id"])["review"]
        self.assertEqual((review["comment"], review["rejections"][0]["code"]), ("too thin", "thin"))
        self.assertEqual(self.names(client, part, "part.review."), ["part.review.submitted", "part.review.rejected"])
        self.refused(self.operator.post(place, yes), 409, "review_not_pending")
        live = self.client(self.service.keys()["operator_live"])
        self.refused(live.post(place, yes), 404, "not_found")
        self.refused(live.get("/operator/parts/" + part["id"]), 404, "not_found")

    def test_accounts(self):
        made = self.operator.post("/operator/accounts", {"name": "Shop 7", "email": "a@example.org", "tax_exempt": True})
        self.assertEqual((made.status, made["name"], made["role"], made["tax_exempt"]), (201, "Shop 7", "seller", True))
        client = self.client(made["api_key"]["key"])
        self.assertEqual(client.get("/account")["id"], made["id"])
        again = [self.operator.post("/operator/accounts", {"name": "Shop 8"}, {"Idempotency-Key": made["id"]})
                 for _ in range(2)]
        self.assertEqual(again[0]["id"], again[1]["id"])
        self.assertTrue(again[0]["api_key"]["key"])
        self.assertIsNone(again[1]["api_key"]["key"], "shown once")
        path = "/operator/accounts/" + made["id"]
        self.assertEqual(self.operator.get(path)["email"], "a@example.org")
        self.assertEqual(self.operator.patch(path, {"status": "suspended"})["status"], "suspended")
        self.refused(client.patch("/account", {"name": "x"}), 403, "account_suspended")
        self.assertEqual(client.get("/account").status, 200)
        self.assertEqual(self.operator.patch(path, {"status": "active"})["status"], "active")
        changed = self.operator.patch(path, {"entitlements": {"max_parts": 7}, "payment_mode": "checkout"})
        self.assertEqual((changed["entitlements"]["max_parts"], changed["payment_mode"]), (7, "checkout"))
        self.assertEqual(client.get("/account")["payment_mode"], "checkout")
        for wrong in ({"status": "gone"}, {"payment_mode": "cash"}, {"entitlements": {"max_parts": -1}}, {"name": ""}):
            self.refused(self.operator.patch(path, wrong), 422, "validation_failed")
        for wrong in ({"tax_exempt": "no"}, {"entitlements": []}, {"entitlements": {"max_parts": 1.5}}):
            self.refused(self.operator.patch(path, wrong), 400, "invalid_request")
        self.refused(self.operator.patch(path, {"entitlements": {"all": True}}), 400, "unknown_field")
        self.refused(self.operator.patch(path, {"role": "operator"}), 400, "unknown_field")
        self.refused(self.operator.post("/operator/accounts", {}), 422, "validation_failed")
        self.refused(self.operator.get("/operator/accounts/acct_none"), 404, "not_found")
        found = self.operator.get("/operator/accounts?name=Shop%207&limit=100")["data"]
        self.assertIn(made["id"], [account["id"] for account in found])

    def test_tax_exempt(self):
        client = self.buyer(tax_exempt=True)
        order = self.order(client)
        self.assertEqual((order["totals"]["tax"]["amount"], order["totals"]["total"]["amount"], order["tax_lines"]),
                         (0, 2090, []))


class Reading(OrderCase):
    def test_lists_and_includes(self):
        client = self.buyer()
        part = self.cube(client)
        orders = [self.order(client, self.quote(client, part)) for _ in range(3)]
        self.advance(client, orders[0])
        self.assertEqual([order["id"] for order in client.get("/orders")["data"]], [o["id"] for o in orders[::-1]])
        self.assertEqual([order["id"] for order in client.get("/orders?status=accepted")["data"]], [orders[0]["id"]])
        self.assertEqual(len(client.get("/orders?totals.total.amount.gte=2487&ship_to.country=DE")["data"]), 3)
        found = client.post("/orders/search", {"filter": {"customer.email": TO["email"], "archived": False}})
        self.assertEqual(len(found["data"]), 3)
        self.refused(client.get("/orders?po_number=1"), 400, "invalid_filter")
        self.assertEqual(set(client.get("/orders?fields=status")["data"][0]), {"object", "id", "status"})
        place = "/orders/" + orders[0]["id"]
        shown = client.get(place + "?include=items.part,quotes").json
        self.assertEqual((shown["items"][0]["part"]["id"], shown["quotes"][0]["id"]),
                         (part["id"], orders[0]["items"][0]["quote_id"]))
        self.assertEqual(client.get("/orders?include=items.part")["data"][0]["items"][0]["part"]["id"], part["id"])
        self.refused(client.get(place + "?include=parts"), 400, "invalid_include")
        items = client.get("/order-items?include=order,part&order_id=" + orders[0]["id"])["data"]
        self.assertEqual([(item["order"]["id"], item["part"]["id"]) for item in items], [(orders[0]["id"], part["id"])])
        self.assertEqual(len(client.get("/order-items?material_id=mat_pla&part_id=" + part["id"])["data"]), 3)
        narrow = self.client(self.key_of(client, scopes=["orders:read"])["key"])
        self.assertEqual(narrow.get(place).status, 200)
        answer = self.refused(narrow.get(place + "?include=items.part"), 403, "insufficient_scope")
        self.assertEqual(answer.details["required"], "parts:read")
        self.refused(narrow.post(place + "/cancel", {}, once()), 403, "insufficient_scope")

    def test_caching_and_versions(self):
        client = self.buyer()
        order = self.order(client)
        place = "/orders/" + order["id"]
        first = client.get(place)
        self.assertEqual(first.headers["etag"], '"v%d"' % order["version"])
        self.assertEqual(client.get(place, {"If-None-Match": first.headers["etag"]}).status, 304)
        changed = client.patch(place, {"po_number": "8", "metadata": {"k": "v"}, "archived": True, "ref": "r"},
                               {"If-Match": first.headers["etag"]})
        self.assertEqual((changed.status, changed["po_number"], changed["metadata"], changed["archived"], changed["ref"],
                          changed["version"]), (200, "8", {"k": "v"}, True, "r", order["version"] + 1))
        answer = self.refused(client.patch(place, {"po_number": "9"}, {"If-Match": first.headers["etag"]}), 412,
                              "version_mismatch")
        self.assertEqual(answer.details["current_version"], order["version"] + 1)
        self.assertEqual(self.names(client, order), ["order.created", "order.updated"])
        self.refused(client.patch(place, {"status": "shipped"}), 400, "unknown_field")
        self.refused(client.patch(place, {"archived": "yes"}), 400, "invalid_request")
        self.order(client, ref="other")
        self.refused(client.patch(place, {"ref": "other"}), 409, "ref_taken")
        self.assertEqual(client.patch(place, {"ref": None, "po_number": None})["ref"], None)

    def test_batches(self):
        client = self.buyer()
        part = self.cube(client)
        one, two = (self.order(client, self.quote(client, part)) for _ in range(2))
        made = self.advance_to(client, self.order(client, self.quote(client, part)), "in_production")
        ids = [one["id"], made["id"], "order_none", two["id"]]
        self.refused(client.post("/orders/batch-cancel", {"ids": ids}), 400, "idempotency_key_required")
        answer = client.post("/orders/batch-cancel", {"ids": ids, "reason": "all"}, once())
        self.assertEqual(answer.status, 200, answer.bytes)
        self.assertEqual(answer["succeeded"], [one["id"], two["id"]])
        self.assertEqual([(entry["id"], entry["error"]["code"]) for entry in answer["failed"]],
                         [(made["id"], "order_not_cancellable"), ("order_none", "not_found")])
        for order, status in ((one, "cancelled"), (two, "cancelled"), (made, "in_production")):
            self.assertEqual(self.read(client, order)["status"], status)
        for archived in (True, False):
            answer = client.post("/orders/batch-archive", {"ids": [one["id"]], "archived": archived}, once())
            self.assertEqual((answer["succeeded"], answer["failed"]), ([one["id"]], []))
            self.assertEqual(self.read(client, one)["archived"], archived)
        for wrong in ({"ids": []}, {"ids": ["x"] * 101}, {}):
            self.refused(client.post("/orders/batch-cancel", wrong, once()), 422, "validation_failed")
        self.refused(client.post("/orders/batch-cancel", {"ids": "all"}, once()), 400, "invalid_request")

    def test_customers(self):
        client = self.buyer()
        self.order(client)
        self.order(client, customer={"email": "ADA@example.org", "name": "A. L.", "ref": "9"})
        self.order(client, customer={"email": "bob@example.org", "name": "Bob"})
        found = {entry["name"]: entry for entry in client.get("/customers")["data"]}
        self.assertEqual({name: found[name]["order_count"] for name in found}, {"A. L.": 2, "Bob": 1})
        self.assertRegex(found["Bob"]["id"], "^cust_")
        self.assertEqual(client.get("/customers/" + found["Bob"]["id"])["email"], "bob@example.org")
        self.assertEqual(len(client.post("/customers/search", {"filter": {"name": {"starts_with": "b"}}})["data"]), 1)


class Earning(OrderCase):
    NEEDS = OrderCase.NEEDS + ("POST /products",)

    def test_039_share_and_open_orders(self):
        client = self.buyer()
        part = self.cube(client)
        product = client.post("/products", {"name": "Lamp", "members": [
            {"part_id": part["id"], "material_id": "mat_pla", "color_id": "col_black", "quantity": 2}]}).json
        path = "/products/" + product["id"]
        self.assertEqual(client.put(path + "/revenue-share", {"enabled": True, "per_unit": money(150)}).status, 200)
        answer = client.post("/quotes", {"product_id": product["id"], "quantities": [3],
                                         "ship_to": {"country": "DE", "postcode": "10115"}}, once())
        self.assertEqual(answer.status, 201, answer.bytes)
        order = self.order(client, answer.json)
        item, = order["items"]
        self.assertEqual((item["product_id"], item["part_id"], item["quantity"]), (product["id"], None, 3))
        self.assertEqual([member["part_id"] for member in item["members"]], [part["id"]])
        self.assertEqual(client.get(path)["open_order_count"], 1)
        self.refused(client.delete(path), 409, "resource_in_use")
        order = self.advance_to(client, order, "quality_check")
        self.assertEqual(client.get("/account")["balance"], [])
        self.moved(order, "partially_shipped", qa={"result": "passed"},
                   shipment={"carrier": "dhl", "items": [{"item_id": item["id"], "quantity": 1}]})
        self.assertEqual(client.get("/account")["balance"], [{"currency": "EUR", "revenue_share_accrued": 150}])
        self.moved(order, "shipped", shipment={"carrier": "dhl"})
        self.assertEqual(client.get("/account")["balance"], [{"currency": "EUR", "revenue_share_accrued": 450}])
        live = self.client(client.account["live_key"])
        self.assertEqual(live.get("/account")["balance"], [], "a test earns nothing")
        self.advance_to(client, self.read(client, order), "delivered")
        self.assertEqual(client.get(path)["open_order_count"], 0)


class Documented(OrderCase, openapi_scenarios.Described):
    def test_106_orders_are_as_described(self):
        client = self.buyer()
        part = self.cube(client)
        quotes = [self.quote(client, part) for _ in range(3)]

        def check(who, method, path, of="", body=None):
            answer = who.send(method, path.replace("{id}", of), body, once())
            return self.as_described(answer, method, path).json
        order = check(client, "POST", "/orders", body=self.body(quotes[0]))
        other = check(client, "POST", "/orders", body=self.body(quotes[1], billing_address=dict(TO, company="Shop")))
        check(client, "POST", "/parts/{id}/sample-order", part["id"],
              {"material_id": "mat_pla", "quantity": 1, "ship_to": TO, "shipping_preference": "fastest",
               "max_total": money(5000)})
        check(client, "PATCH", "/orders/{id}", order["id"], {"po_number": "1"})
        place = "/operator/orders/{id}"
        check(self.operator, "POST", place + "/hold", order["id"], {"reason": "x"})
        check(self.operator, "DELETE", place + "/hold", order["id"])
        check(self.operator, "POST", place + "/payment", order["id"], {"status": "paid", "external_ref": order["id"]})
        check(self.operator, "POST", place + "/transition", order["id"], {"to": "accepted"})
        for _ in range(3):
            order = check(client, "POST", "/orders/{id}/advance", order["id"], {})
        check(self.operator, "PATCH", "/operator/shipments/{id}", order["shipments"][0]["id"], {"tracking_number": "1"})
        check(client, "POST", "/orders/batch-cancel", body={"ids": [order["id"], "order_none"]})
        check(client, "POST", "/orders/batch-archive", body={"ids": [order["id"]], "archived": True})
        check(client, "POST", "/orders/{id}/cancel", other["id"], {"reason": "x"})
        account = check(self.operator, "POST", "/operator/accounts", body={"name": "Shop"})
        check(self.operator, "GET", "/operator/accounts/{id}", account["id"])
        check(self.operator, "PATCH", "/operator/accounts/{id}", account["id"], {"tax_exempt": True})
        client.post("/parts/%s/submit" % part["id"], {})
        check(self.operator, "GET", "/operator/parts/{id}", part["id"])
        check(self.operator, "POST", "/operator/parts/{id}/review", part["id"], {"decision": "approved"})
        customer = client.get("/customers")["data"][0]["id"]
        check(client, "GET", "/customers/{id}", customer)
        check(client, "GET", "/orders/summary")
        check(self.operator, "GET", place, order["id"])
        for path in ("", "/status", "/tracking", "/events", "/items"):
            check(client, "GET", "/orders/{id}" + path, order["id"])
        lists = [(client, "/orders"), (client, "/order-items"), (client, "/customers"), (self.operator, "/operator/orders"),
                 (self.operator, "/operator/parts"), (self.operator, "/operator/accounts")]
        for who, path in lists:
            self.assertTrue(check(who, "GET", path)["data"])
            self.assertTrue(check(who, "POST", path + "/search", body={"meta": True})["data"])
        asked = client.get("/orders/%s?include=items.part,items.product,quotes" % order["id"])
        self.as_described(asked, "GET", "/orders/{id}")
