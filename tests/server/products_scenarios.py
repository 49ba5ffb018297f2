"""Scenarios 36 to 41 and the rows of the interface's section on products."""
import copy
import hashlib
import json
import os
import sqlite3

import meshes
import openapi_scenarios
import service

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture\r\n--edg" * 50
JPEG = b"\xff\xd8\xff\xe0" + b"another" * 20
PDF = b"%PDF-1.7\nhow to put it together"
UNKNOWN = "0123456789abcdefghjkmnpqrs"
BOOK = os.path.join(service.ROOT, "server", "data", "price-book.example.json")


class Products(openapi_scenarios.Described):
    def part(self, client, status="ready", **body):
        """A cube of 20 mm of the account; a state other than ready is set behind the service's back."""
        made = client.post("/parts", dict({"name": "Cube"}, **body))
        self.assertEqual(made.status, 201, made.bytes)
        answer = client.put("/parts/%s/file" % made["id"], meshes.cube(), {"Content-Type": "application/octet-stream"})
        self.assertEqual(answer.status, 202, answer.bytes)
        service.until(lambda: client.get("/parts/" + made["id"])["status"] == "ready")
        if status != "ready":
            self.set_status(made["id"], status)
        return made["id"]

    def set_status(self, part_id, status):
        base = sqlite3.connect(os.path.join(self.service.var, "quote.db"), timeout=30)
        with base:
            base.execute("UPDATE objects SET body = json_set(body, '$.status', ?) WHERE id = ?", (status, part_id))
        base.close()

    def product(self, client, **body):
        answer = client.post("/products", dict({"name": "Lamp"}, **body))
        self.assertEqual(answer.status, 201, answer.bytes)
        return answer.json

    def lamp(self, client, count=2, **body):
        """A product of `count` parts in black PLA."""
        members = [{"part_id": self.part(client), "material_id": "mat_pla", "color_id": "col_black"}
                   for _ in range(count)]
        return self.product(client, members=members, **body)

    def events(self, client, kind):
        """Payloads of the account's events of this type, oldest first."""
        base = sqlite3.connect(os.path.join(self.service.var, "quote.db"), timeout=30)
        rows = base.execute("SELECT body FROM events WHERE account_id = ? ORDER BY created_ms, id",
                            (client.account["account_id"],)).fetchall()
        base.close()
        return [event for event in (json.loads(row[0]) for row in rows) if event["type"] == kind]

    # ---- scenarios

    def test_036_members_of_an_active_product(self):
        seller = self.seller()
        made = self.lamp(seller, status="active")
        self.assertEqual((made["status"], len(made["members"])), ("active", 2))
        path = "/products/%s/members/" % made["id"]
        one, two = [member["id"] for member in made["members"]]
        left = seller.delete(path + one)
        self.assertEqual((left.status, [member["id"] for member in left["members"]]), (200, [two]))
        self.refused(seller.delete(path + two), 409, "last_member")
        self.assertEqual(len(seller.get("/products/" + made["id"])["members"]), 1)
        self.assertEqual(seller.patch("/products/" + made["id"], {"status": "draft"}).status, 200)
        self.assertEqual(seller.delete(path + two)["members"], [])

    def test_037_order_of_members(self):
        seller = self.seller()
        made = self.lamp(seller, 3)
        path = "/products/%s/members" % made["id"]
        turned = made["members"][::-1]
        self.refused(seller.put(path, {"members": turned}), 428, "precondition_required")
        answer = seller.put(path, {"members": turned}, {"If-Match": '"v1"'})
        self.assertEqual((answer.status, answer["version"], answer.headers["etag"]), (200, 2, '"v2"'))
        kept = seller.get("/products/" + made["id"])["members"]
        self.assertEqual([member["id"] for member in kept], [member["id"] for member in turned])
        self.assertEqual([member["position"] for member in kept], [0, 1, 2])
        stale = self.refused(seller.put(path, {"members": turned}, {"If-Match": '"v1"'}), 412, "version_mismatch")
        self.assertEqual(stale.details["current_version"], 2)
        more = copy.deepcopy(kept)
        more[0].update(quantity=7, label="shade")
        changed = seller.put(path, {"members": more}, {"If-Match": '"v2"'})["members"][0]
        self.assertEqual((changed["quantity"], changed["label"], changed["id"]), (7, "shade", kept[0]["id"]))

    def test_038_sets_of_members(self):
        seller = self.seller()
        made, other = self.lamp(seller), self.lamp(seller)
        path, match = "/products/%s/members" % made["id"], {"If-Match": "*"}
        one, two = made["members"]
        for name, members in {"left out": [one], "none": [], "foreign": [one, two, other["members"][0]],
                              "instead": [one, other["members"][0]], "twice": [one, one], "no id": [one, {}],
                              "unknown": [one, dict(two, id="pmem_" + UNKNOWN)]}.items():
            with self.subTest(name=name):
                self.refused(seller.put(path, {"members": members}, match), 422, "member_set_invalid")
        for body, code in (({}, "invalid_request"), ({"members": 1}, "invalid_request"),
                           ({"members": [1]}, "invalid_request"), ({"member": []}, "unknown_field"),
                           ({"members": [dict(one, quantity="1"), two]}, "invalid_request"),
                           ({"members": [dict(one, nmae="x"), two]}, "unknown_field")):
            with self.subTest(body=body):
                self.refused(seller.put(path, body, match), 400, code)
        self.assertEqual(seller.get("/products/" + made["id"])["version"], 1)

    def test_039_revenue_share(self):
        seller = self.seller()
        made = self.lamp(seller)
        path = "/products/%s/revenue-share" % made["id"]
        self.assertEqual(made["revenue_share"],
                         {"enabled": False, "per_unit": {"amount": 0, "currency": "EUR"}, "by_material": {}})
        share = {"enabled": True, "per_unit": {"amount": 150, "currency": "EUR"}, "by_material": {"mat_pla": 175}}
        answer = seller.put(path, share)
        self.assertEqual((answer.status, answer["revenue_share"], answer["version"]), (200, share, 2))
        told = self.events(seller, "product.revenue_share.updated")
        self.assertEqual(len(told), 1)
        self.assertEqual(told[0]["data"]["object"]["revenue_share"], share)
        self.assertEqual(told[0]["data"]["previous"]["revenue_share"], made["revenue_share"])
        off = seller.put(path, {"enabled": False})
        self.assertEqual((off.status, off["revenue_share"]["enabled"]), (200, False))

    def quote(self, client, **body):
        client.number = getattr(client, "number", 0) + 1
        answer = client.post("/quotes", dict({"ship_to": {"country": "DE"}}, **body),
                             {"Idempotency-Key": "quote-%d" % client.number})
        self.assertEqual(answer.status, 201, answer.bytes)
        return answer.json

    def test_039_revenue_share_in_quotes(self):
        seller = self.seller()
        made = self.lamp(seller, 1)
        path = "/products/%s/revenue-share" % made["id"]
        before = self.quote(seller, product_id=made["id"], quantities=[1, 10])
        share = {"enabled": True, "per_unit": {"amount": 150, "currency": "EUR"}}
        self.assertEqual(seller.put(path, share).status, 200)
        after = self.quote(seller, product_id=made["id"], quantities=[1, 10])
        for old, new in zip(before["options"], after["options"]):
            self.assertEqual(new["unit_price"]["amount"], old["unit_price"]["amount"] + 150)
            self.assertEqual(old["breakdown"]["revenue_share"], 0)
            self.assertEqual(new["breakdown"]["revenue_share"], 150 * new["quantity"])
            self.assertEqual(sum(new["breakdown"].values()), new["line_total"]["amount"])
        self.assertEqual([option["unit_price"]["amount"] for option in before["options"]], [236, 224])
        share["by_material"] = {"mat_pla": 20, "mat_pa12": 70}
        self.assertEqual(seller.put(path, share).status, 200)
        own = self.quote(seller, product_id=made["id"])["options"][0]
        self.assertEqual(own["breakdown"]["revenue_share"], 20)
        other = self.quote(seller, product_id=made["id"], materials=["mat_pa12", "mat_resin"])["options"]
        self.assertEqual([option["breakdown"]["revenue_share"] for option in other], [70, 150])
        self.assertEqual(seller.put(path, {"enabled": False}).status, 200)
        self.assertEqual(self.quote(seller, product_id=made["id"], quantities=[1, 10])["options"][1]["unit_price"],
                         before["options"][1]["unit_price"])
        self.assertEqual(seller.get("/quotes/" + after["id"])["options"], after["options"], "a quote stays as it is")

    def test_quotes_of_products(self):
        seller = self.seller()
        part = self.part(seller)
        pla = {"part_id": part, "material_id": "mat_pla", "color_id": "col_black"}
        made = self.product(seller, members=[dict(pla, quantity=2), dict(pla, quantity=5),
                                             {"part_id": part, "material_id": "mat_resin"}])
        costs = "/products/%s/costs" % made["id"]
        for kind, amount, count in (("hardware", 333, 1.5), ("packaging", 10, 1)):
            seller.post(costs, {"kind": kind, "name": kind, "quantity": count,
                                "unit_price": {"amount": amount, "currency": "EUR"}})
        option = self.quote(seller, product_id=made["id"], quantities=[2])["options"][0]
        alone = [self.quote(seller, part_id=part, materials=[material], quantities=[count])["options"][0]
                 for material, count in ((pla["material_id"], 4), (pla["material_id"], 10), ("mat_resin", 2))]
        units = [one["unit_price"]["amount"] for one in alone]
        self.assertEqual([member["unit_price"]["amount"] for member in option["members"]], units,
                         "tiers are those of all pieces of a member")
        self.assertEqual(option["unit_price"]["amount"], 2 * units[0] + 5 * units[1] + units[2] + 500 + 10)
        self.assertEqual(option["breakdown"]["hardware"], 2 * (500 + 10))
        self.assertEqual(option["setup"]["amount"], 350 + 400, "members that are printed alike are set up once")
        self.assertEqual(option["line_total"]["amount"], 2 * option["unit_price"]["amount"] + 750)
        self.assertEqual(sum(option["breakdown"].values()), option["line_total"]["amount"])
        self.assertEqual((option["material_id"], option["color_id"]), (None, None))
        self.assertEqual(option["next_break"]["quantity"], 5, "ten of the first member")
        member = made["members"][0]["id"]
        options = [{"name": "Stuff", "values": [{"name": "Nylon", "overrides": [
            {"member_id": member, "material_id": "mat_pa12", "quantity": 1}]}, {"name": "Plain"}]}]
        self.assertEqual(seller.put("/products/%s/options" % made["id"], {"options": options}).status, 200)
        chosen = self.quote(seller, product_id=made["id"], options={"Stuff": "Nylon"})["options"][0]["members"]
        self.assertEqual([(one["material_id"], one["quantity"]) for one in chosen],
                         [("mat_pa12", 1), ("mat_pla", 5), ("mat_resin", 1)])
        wrong = {"product_id": made["id"], "ship_to": {"country": "DE"}, "options": {"Stuff": "Wood"}}
        self.refused(seller.post("/quotes/preview", wrong), 422, "validation_failed")
        japan = {"product_id": made["id"], "ship_to": {"country": "DE"}, "currency": "JPY"}
        self.refused(seller.post("/quotes/preview", japan), 422, "currency_mismatch")

    def test_what_a_product_costs(self):
        seller = self.seller()
        part = self.part(seller)
        pla = {"part_id": part, "material_id": "mat_pla"}
        made = self.product(seller, members=[dict(pla, quantity=3)])
        self.assertEqual(made["unit_cost"], {"amount": 3 * 236, "currency": "EUR"})
        path = "/products/" + made["id"]
        seller.put(path + "/revenue-share", {"enabled": True, "per_unit": {"amount": 150, "currency": "EUR"}})
        self.assertEqual(seller.get(path)["unit_cost"]["amount"], 3 * 236, "without the share")
        changed = seller.patch("%s/members/%s" % (path, made["members"][0]["id"]), {"quantity": 10})
        self.assertEqual(changed["unit_cost"]["amount"], 10 * 224)
        seller.patch("%s/members/%s" % (path, made["members"][0]["id"]), {"quantity": 1})

        def breakdown(quantity=None):
            answer = seller.get(path + "/cost-breakdown" + ("?quantity=%d" % quantity if quantity else ""))
            self.assertEqual(answer.status, 200, answer.bytes)
            amounts = {name: money["amount"] for name, money in answer.json.items()}
            self.assertEqual(sum(amounts.values()), 2 * amounts["total"])
            return amounts
        self.assertEqual(breakdown(), {"materials": 11, "machine": 40, "labour": 110 + 350, "overhead": 89,
                                       "hardware": 0, "packaging": 0, "total": 600})
        self.assertEqual(breakdown(10), {"materials": 111, "machine": 406, "labour": 1100 + 350, "overhead": 623,
                                         "hardware": 0, "packaging": 0, "total": 2590})
        for kind, amount in (("hardware", 100), ("packaging", 30), ("labour", 7), ("other", 1)):
            seller.post(path + "/costs", {"kind": kind, "name": kind,
                                          "unit_price": {"amount": amount, "currency": "EUR"}})
        self.assertEqual(seller.get(path)["unit_cost"]["amount"], 236 + 138)
        with_lines = breakdown(10)
        self.assertEqual((with_lines["hardware"], with_lines["packaging"], with_lines["labour"], with_lines["total"]),
                         (1010, 300, 1450 + 70, 2590 + 1380))
        quoted = self.quote(seller, product_id=made["id"], quantities=[10])["options"][0]
        self.assertEqual(with_lines["total"] + 1500, quoted["line_total"]["amount"])
        for wrong in ("0", "-1", "1.5", "x", "", "100001", "99999999999999999999"):
            self.refused(seller.get(path + "/cost-breakdown?quantity=" + wrong), 400, "invalid_parameter")
        self.set_status(part, "processing")
        self.assertIsNone(seller.get(path)["unit_cost"])
        waiting = self.refused(seller.get(path + "/cost-breakdown"), 409, "part_not_ready")
        self.assertEqual(waiting.details["part_id"], part)
        plain = self.product(seller, members=[{"part_id": self.part(seller)}])
        self.assertIsNone(plain["unit_cost"])
        self.refused(seller.get("/products/%s/cost-breakdown" % plain["id"]), 409, "material_unavailable")
        large = seller.post("/parts", {"name": "Large"})
        seller.put("/parts/%s/file" % large["id"], meshes.cube(900), {"Content-Type": "application/octet-stream"})
        service.until(lambda: seller.get("/parts/" + large["id"])["status"] == "ready")
        huge = self.product(seller, members=[dict(pla, part_id=large["id"])])
        self.assertIsNone(huge["unit_cost"])
        self.refused(seller.get("/products/%s/cost-breakdown" % huge["id"]), 409, "not_printable")
        self.refused(self.seller().get(path + "/cost-breakdown"), 404, "not_found")

    def test_039_revenue_share_refused(self):
        seller = self.seller()
        path = "/products/%s/revenue-share" % self.product(seller)["id"]
        money = {"amount": 100, "currency": "EUR"}
        for body, status, code, field in (
                ({"per_unit": money}, 422, "validation_failed", "enabled"),
                ({"enabled": True}, 422, "validation_failed", "per_unit"),
                ({"enabled": True, "per_unit": dict(money, currency="USD")}, 422, "currency_mismatch",
                 "per_unit.currency"),
                ({"enabled": True, "per_unit": dict(money, amount=-1)}, 422, "validation_failed", "per_unit.amount"),
                ({"enabled": True, "per_unit": dict(money, amount=10 ** 8 + 1)}, 422, "validation_failed",
                 "per_unit.amount"),
                ({"enabled": True, "per_unit": {"amount": 1}}, 422, "validation_failed", "per_unit.currency"),
                ({"enabled": True, "per_unit": dict(money, amount="100")}, 400, "invalid_request", "per_unit.amount"),
                ({"enabled": True, "per_unit": 100}, 400, "invalid_request", "per_unit"),
                ({"enabled": 1, "per_unit": money}, 400, "invalid_request", "enabled"),
                ({"enabled": True, "per_unit": dict(money, x=1)}, 400, "unknown_field", "per_unit.x"),
                ({"enabled": True, "per_unit": money, "x": 1}, 400, "unknown_field", "x"),
                ({"enabled": True, "per_unit": money, "by_material": {"mat_x": 1}}, 422, "material_unknown",
                 "by_material.mat_x"),
                ({"enabled": True, "per_unit": money, "by_material": {"mat_pla": -1}}, 422, "validation_failed",
                 "by_material.mat_pla"),
                ({"enabled": True, "per_unit": money, "by_material": {"mat_pla": 1.5}}, 400, "invalid_request",
                 "by_material.mat_pla")):
            with self.subTest(body=body):
                answer = self.refused(seller.put(path, body), status, code)
                self.assertEqual(answer.details["fields"][0]["path"], field)
        raw = b'{"enabled":true,"per_unit":{"amount":1.0,"currency":"EUR"}}'
        self.refused(seller.put(path, raw), 400, "invalid_request")
        most = {"enabled": True, "per_unit": {"amount": 10 ** 8, "currency": "EUR"}}
        self.assertEqual(seller.put(path, most).status, 200)

    def test_040_activation(self):
        seller = self.seller()
        processing, ready = self.part(seller, "processing"), self.part(seller)
        made = self.product(seller, members=[{"part_id": processing, "material_id": "mat_pla"}, {"part_id": ready}])
        path = "/products/" + made["id"]
        answer = self.refused(seller.patch(path, {"status": "active"}), 409, "cannot_activate")
        reasons = {(reason["code"], reason["part_id"]) for reason in answer.details["reasons"]}
        self.assertEqual(reasons, {("part_not_ready", processing), ("no_material", ready)})
        self.assertEqual(seller.get(path)["status"], "draft")
        empty = self.product(seller)
        answer = self.refused(seller.patch("/products/" + empty["id"], {"status": "active"}), 409, "cannot_activate")
        self.assertEqual([reason["code"] for reason in answer.details["reasons"]], ["no_members"])
        self.refused(seller.post("/products", {"name": "x", "status": "active"}), 409, "cannot_activate")
        self.set_status(processing, "ready")
        seller.patch("%s/members/%s" % (path, made["members"][1]["id"]), {"material_id": "mat_pla"})
        self.assertEqual(seller.patch(path, {"status": "active"})["status"], "active")
        bad = self.refused(seller.post(path + "/members", {"part_id": self.part(seller, "failed")}), 409,
                           "cannot_activate")
        self.assertEqual(len(bad.details["reasons"]), 2)

    def test_040_states(self):
        seller = self.seller()
        path = "/products/" + self.lamp(seller)["id"]
        for state, status in (("archived", 409), ("draft", 200), ("active", 200), ("active", 200), ("archived", 200),
                              ("active", 409), ("draft", 200)):
            with self.subTest(state=state):
                answer = seller.patch(path, {"status": state})
                self.assertEqual(answer.status, status, answer.bytes)
                if status == 409:
                    self.assertEqual(answer.code, "illegal_transition")
        self.refused(seller.patch(path, {"status": "sold"}), 422, "validation_failed")
        self.refused(seller.patch(path, {"status": None}), 400, "invalid_request")

    def test_041_discontinued_material(self):
        seller, operator = self.seller(), self.client(self.service.keys()["operator_test"])
        made, other = self.lamp(seller), self.lamp(seller)
        white = self.product(seller, members=[{"part_id": self.part(seller), "material_id": "mat_pa12",
                                               "color_id": "col_white"}])
        self.assertEqual([made["materials_available"], white["materials_available"]], [True, True])
        with open(BOOK, encoding="utf-8") as file:
            book = json.load(file)
        old = book["version"]
        book["version"] = "pb_without_pla"
        for material in book["materials"]:
            if material["id"] == "mat_pla":
                material["status"] = "discontinued"
        self.assertIn(operator.put("/operator/price-books/pb_without_pla", book).status, (200, 201))
        try:
            self.assertEqual(operator.post("/operator/price-books/pb_without_pla/activate").status, 200)
            changed = seller.get("/products/" + made["id"])
            self.assertEqual((changed["materials_available"], changed["version"]), (False, 2))
            self.assertTrue(seller.get("/products/" + white["id"])["materials_available"])
            found = {product["id"] for product in seller.get("/products?materials_available=false")["data"]}
            self.assertEqual(found, {made["id"], other["id"]})
            told = self.events(seller, "product.updated")
            self.assertEqual({event["data"]["object"]["id"] for event in told}, found)
            self.assertEqual(told[0]["data"]["previous"], {"materials_available": True})
            renamed = seller.patch("/products/" + made["id"], {"name": "Still there"})
            self.assertEqual((renamed.status, renamed["materials_available"]), (200, False))
        finally:
            self.assertEqual(operator.post("/operator/price-books/%s/activate" % old).status, 200)
        self.assertTrue(seller.get("/products/" + made["id"])["materials_available"])
        self.assertEqual(seller.get("/products?materials_available=false")["data"], [])

    # ---- the document

    def test_012_members_of_another_account(self):
        a, b = self.seller(), self.seller()
        foreign, made = self.part(a), self.lamp(a)
        for part_id in (foreign, "part_" + UNKNOWN, "none", "ref:x", made["id"]):
            answer = self.refused(b.post("/products", {"name": "x", "members": [{"part_id": part_id}]}), 404,
                                  "not_found")
            self.assertEqual(answer.details, {"path": "members[0].part_id"})
            self.assertNotIn(part_id, answer["error"]["message"])
        for method, tail, body in (("GET", "", None), ("PATCH", "", {"name": "x"}), ("DELETE", "", None),
                                   ("POST", "/members", {"part_id": foreign}), ("PUT", "/members", {"members": []}),
                                   ("PUT", "/options", {"options": []}), ("PUT", "/revenue-share", {"enabled": False}),
                                   ("POST", "/costs", {"kind": "other", "name": "x",
                                                       "unit_price": {"amount": 1, "currency": "EUR"}}),
                                   ("PATCH", "/members/" + made["members"][0]["id"], {"quantity": 2}),
                                   ("DELETE", "/members/" + made["members"][0]["id"], None)):
            with self.subTest(method=method, tail=tail):
                headers = {"If-Match": "*"} if method == "PUT" else None
                one = self.refused(b.send(method, "/products/" + made["id"] + tail, body, headers), 404, "not_found")
                two = b.send(method, "/products/prod_" + UNKNOWN + tail, body, headers)
                self.assertEqual([answer["error"]["message"] for answer in (one, two)],
                                 [one["error"]["message"]] * 2)
        live = self.client(a.account["live_key"])
        self.refused(live.get("/products/" + made["id"]), 404, "not_found")
        self.assertEqual(a.get("/products/" + made["id"])["version"], 1)

    def test_products_are_made_read_changed_and_deleted(self):
        seller = self.seller()
        part = self.part(seller, default_material_id="mat_pla", default_color_id="col_white")
        body = {"name": "Lamp", "description": "A lamp", "notes": "for us", "tags": ["light", "home"],
                "folder": "/shop/lamps", "sku": "LAMP", "ref": "lamp/1", "metadata": {"shelf": "4"},
                "members": [{"part_id": part, "quantity": 3, "label": "foot"},
                            {"part_id": part, "material_id": "mat_pa12", "color_id": "col_black",
                             "finish_id": "fin_dye", "layer_height_mm": 0.1}]}
        answer = seller.post("/products", body)
        self.assertEqual((answer.status, answer.headers["etag"]), (201, '"v1"'))
        made = answer.json
        self.assertRegex(made["id"], "^prod_[0-9a-hjkmnp-tv-z]{26}$")
        self.assertEqual(answer.headers["location"], "/api/v1/products/" + made["id"])
        for name in ("name", "description", "notes", "tags", "folder", "sku", "ref", "metadata"):
            self.assertEqual(made[name], body[name])
        self.assertEqual((made["object"], made["status"], made["livemode"], made["options"], made["costs"],
                          made["attachments"], made["materials_available"], made["open_order_count"]),
                         ("product", "draft", False, [], [], [], True, 0))
        one, two = made["members"]
        self.assertRegex(one["id"], "^pmem_[0-9a-hjkmnp-tv-z]{26}$")
        self.assertEqual(dict(one, id=""), {
            "id": "", "part_id": part, "quantity": 3, "material_id": "mat_pla", "color_id": "col_white",
            "finish_id": None, "layer_height_mm": None, "infill_percent": None, "label": "foot", "position": 0})
        self.assertEqual((two["quantity"], two["finish_id"], two["layer_height_mm"], two["position"]),
                         (1, "fin_dye", 0.1, 1))
        path = "/products/" + made["id"]
        self.assertEqual(seller.get(path).json, made)
        self.assertEqual(seller.get("/products/ref:lamp%2F1").json, made)
        self.assertEqual(seller.get(path, {"If-None-Match": '"v1"'}).status, 304)
        changed = seller.patch(path, {"name": "Lamp 2", "description": None, "metadata": {"shelf": None, "row": "2"},
                                      "ref": None}, {"If-Match": '"v1"'})
        self.assertEqual((changed.status, changed["name"], changed["description"], changed["metadata"], changed["ref"],
                          changed["notes"], changed["version"]), (200, "Lamp 2", None, {"row": "2"}, None, "for us", 2))
        self.refused(seller.patch(path, {"name": "x"}, {"If-Match": '"v1"'}), 412, "version_mismatch")
        self.refused(seller.delete(path, {"If-Match": '"v1"'}), 412, "version_mismatch")
        self.assertEqual(seller.delete(path).status, 204)
        self.refused(seller.get(path), 404, "not_found")
        self.refused(seller.delete(path), 404, "not_found")
        kinds = ("product.created", "product.updated", "product.deleted")
        self.assertEqual([len(self.events(seller, kind)) for kind in kinds], [1, 1, 1])
        previous = self.events(seller, "product.updated")[0]["data"]["previous"]
        self.assertEqual((previous["name"], previous["metadata"]), ("Lamp", {"shelf": "4"}))
        actions = [line["action"] for line in seller.get("/audit-logs?target.id=" + made["id"])["data"]]
        self.assertEqual(sorted(actions), ["product.create", "product.delete", "product.update"])

    def test_products_refused(self):
        seller = self.seller()
        part = self.part(seller)
        member = {"part_id": part}
        pla = dict(member, material_id="mat_pla")
        for body, status, code, path in (
                ({}, 422, "validation_failed", "name"), ({"name": ""}, 422, "validation_failed", "name"),
                ({"name": "x" * 201}, 422, "validation_failed", "name"),
                ({"name": None}, 400, "invalid_request", "name"), ({"name": 1}, 400, "invalid_request", "name"),
                ({"nmae": "x"}, 400, "unknown_field", "nmae"),
                ({"description": "x" * 4001}, 422, "validation_failed", "description"),
                ({"tags": ["x"] * 21}, 422, "validation_failed", "tags"),
                ({"tags": ["x" * 61]}, 422, "validation_failed", "tags[0]"),
                ({"tags": "x"}, 400, "invalid_request", "tags"),
                ({"folder": "x"}, 422, "validation_failed", "folder"),
                ({"folder": "/x/"}, 422, "validation_failed", "folder"),
                ({"folder": "/x//y"}, 422, "validation_failed", "folder"),
                ({"folder": "/" + "x" * 500}, 422, "validation_failed", "folder"),
                ({"folder": None}, 400, "invalid_request", "folder"),
                ({"sku": "x" * 65}, 422, "validation_failed", "sku"), ({"sku": ""}, 422, "validation_failed", "sku"),
                ({"ref": "x" * 256}, 422, "validation_failed", "ref"),
                ({"metadata": {"a": 1}}, 400, "invalid_request", "metadata.a"),
                ({"materials_available": True}, 400, "unknown_field", "materials_available"),
                ({"members": {}}, 400, "invalid_request", "members"),
                ({"members": [1]}, 400, "invalid_request", "members[0]"),
                ({"members": [{}]}, 422, "validation_failed", "members[0].part_id"),
                ({"members": [{"part_id": 1}]}, 400, "invalid_request", "members[0].part_id"),
                ({"members": [member, dict(member, quantity=0)]}, 422, "validation_failed", "members[1].quantity"),
                ({"members": [dict(member, quantity=1001)]}, 422, "validation_failed", "members[0].quantity"),
                ({"members": [dict(member, quantity=1.5)]}, 400, "invalid_request", "members[0].quantity"),
                ({"members": [dict(member, id="x")]}, 400, "unknown_field", "members[0].id"),
                ({"members": [dict(member, material_id="mat_x")]}, 422, "material_unknown", "members[0].material_id"),
                ({"members": [dict(pla, color_id="col_x")]}, 422, "color_not_in_material", "members[0].color_id"),
                ({"members": [dict(pla, finish_id="fin_dye")]}, 422, "finish_not_in_material", "members[0].finish_id"),
                ({"members": [dict(pla, layer_height_mm=0.15)]}, 422, "layer_height_unsupported",
                 "members[0].layer_height_mm"),
                ({"members": [dict(pla, layer_height_mm="0.2")]}, 400, "invalid_request", "members[0].layer_height_mm"),
                ({"members": [dict(pla, infill_percent=4)]}, 422, "infill_unsupported", "members[0].infill_percent"),
                ({"members": [dict(member, material_id="mat_pa12", infill_percent=20)]}, 422, "infill_unsupported",
                 "members[0].infill_percent")):
            with self.subTest(body=body):
                whole = body if "name" in body or not body else dict({"name": "x"}, **body)
                answer = self.refused(seller.post("/products", whole), status, code)
                self.assertEqual(answer.details["fields"][0]["path"], path)
        self.refused(seller.post("/products", {"name": "x", "members": [member] * 101}), 409, "member_limit")
        self.assertEqual(seller.get("/products")["data"], [])

    def test_names_that_are_taken(self):
        seller, other = self.seller(), self.seller()
        one = self.product(seller, sku="A", ref="r")
        two = self.product(seller, sku="B")
        self.refused(seller.post("/products", {"name": "x", "sku": "A"}), 409, "sku_taken")
        self.refused(seller.post("/products", {"name": "x", "ref": "r"}), 409, "ref_taken")
        self.refused(seller.patch("/products/" + two["id"], {"sku": "A"}), 409, "sku_taken")
        self.refused(seller.patch("/products/" + two["id"], {"ref": "r"}), 409, "ref_taken")
        self.assertEqual(seller.patch("/products/" + one["id"], {"sku": "A"}).status, 200)
        self.assertEqual(other.post("/products", {"name": "x", "sku": "A", "ref": "r"}).status, 201)
        live = self.client(seller.account["live_key"])
        self.assertEqual(live.post("/products", {"name": "x", "sku": "A"}).status, 201)
        self.assertEqual(seller.delete("/products/" + one["id"]).status, 204)
        self.assertEqual(seller.patch("/products/" + two["id"], {"sku": "A", "ref": "r"}).status, 200)

    def upload(self, client, content=None, name="foot.stl"):
        """An upload whose bytes were sent: its id."""
        content = content or meshes.cube()
        made = client.post("/uploads", {"filename": name, "size": len(content)})
        self.assertEqual(made.status, 201, made.bytes)
        path = "/" + made["url"].split("://")[1].split("/", 1)[1]
        self.assertEqual(self.client().raw("PUT", path, content, {"Content-Type": "model/stl"}).status, 201)
        return made["id"]

    def test_members_bring_their_parts(self):
        seller = self.seller()
        pla = {"material_id": "mat_pla", "color_id": "col_black"}
        answer = seller.post("/products", {"name": "Lamp", "members": [
            dict(pla, part={"name": "Foot", "upload_id": self.upload(seller), "tags": ["a"]}, quantity=2),
            {"part": {"upload_id": self.upload(seller, name="shade.stl"), "default_material_id": "mat_resin"}},
            {"part_id": self.part(seller)}, {"part": {"name": "Later"}}]})
        self.assertEqual(answer.status, 201, answer.bytes)
        parts = [seller.get("/parts/" + member["part_id"]).json for member in answer["members"]]
        self.assertEqual([part["name"] for part in parts], ["Foot", "shade.stl", "Cube", "Later"])
        self.assertEqual([part["status"] for part in parts][3], "awaiting_file")
        self.assertEqual([member["material_id"] for member in answer["members"]],
                         ["mat_pla", "mat_resin", None, None])
        for part in parts[:2]:
            self.assertTrue(service.until(lambda p=part: seller.get("/parts/" + p["id"])["status"] == "ready"))
        self.assertEqual(len(self.events(seller, "part.created")), 4)
        path = "/products/%s/members" % answer["id"]
        added = seller.post(path, dict(pla, part={"name": "Bulb", "upload_id": self.upload(seller)}, position=0))
        self.assertEqual((added.status, len(added["members"])), (201, 5))
        self.assertEqual(seller.get("/parts/" + added["members"][0]["part_id"])["name"], "Bulb")

    def test_members_bring_parts_that_are_refused(self):
        seller, other = self.seller(), self.seller()
        upload, foreign = self.upload(seller), self.upload(other)
        text = self.upload(seller, b"this is no model at all")

        def make(client=seller, **part):
            return client.post("/products", {"name": "x", "members": [{"part": part}]})
        for answer, status, code in (
                (make(upload_id=foreign), 404, "not_found"), (make(upload_id="upl_" + UNKNOWN), 404, "not_found"),
                (make(upload_id=text), 422, "unsupported_format"), (make(nmae="x"), 400, "unknown_field"),
                (make(name=1), 400, "invalid_request"),
                (seller.post("/products", {"name": "x", "members": [{"part": 1}]}), 400, "invalid_request"),
                (seller.post("/products", {"name": "x", "members": [{"part": {}, "part_id": self.part(seller)}]}), 422,
                 "validation_failed"),
                (seller.post("/products", {"name": "x", "members": [{"part": {"upload_id": upload}},
                                                                    {"part": {"upload_id": upload}}]}), 409,
                 "upload_used")):
            with self.subTest(code=code):
                self.refused(answer, status, code)
        self.assertEqual(make(upload_id=foreign).details, {"path": "members[0].part.upload_id"})
        self.assertEqual(make(nmae="x").details["fields"][0]["path"], "members[0].part.nmae")
        self.assertEqual([part["name"] for part in seller.get("/parts")["data"]], ["Cube"], "nothing was made")
        narrow = self.client(self.key_of(seller, scopes=["products:write"])["key"])
        self.refused(make(narrow, name="x"), 403, "insufficient_scope")
        self.assertEqual(make(upload_id=upload).status, 201, "and the upload can still be used")

    def test_plans_limit_parts_of_members_too(self):
        seller = self.seller()
        self.assertEqual(seller.patch("/account/subscription", {"plan": "small"}).status, 200)
        self.assertEqual(seller.post("/parts", {"name": "one"}).status, 201)
        body = {"name": "x", "members": [{"part": {"name": "two"}}, {"part": {"name": "three"}}]}
        limit = self.refused(seller.post("/products", body), 402, "plan_limit")
        self.assertEqual(limit.details, {"entitlement": "max_parts", "limit": 2, "used": 2})
        self.assertEqual(seller.get("/account")["usage"]["parts"], 1)
        self.assertEqual(seller.post("/parts", {"name": "two"}).status, 201)
        self.refused(seller.post("/parts", {"name": "three"}), 402, "plan_limit")
        part = seller.get("/parts")["data"][0]["id"]
        large = meshes.stl(meshes.box() * 20)
        self.assertGreater(len(large), 10000)
        headers = {"Content-Type": "application/octet-stream"}
        limit = self.refused(seller.put("/parts/%s/file" % part, large, headers), 402, "plan_limit")
        self.assertEqual(limit.details, {"entitlement": "storage_bytes", "limit": 10000, "used": 0})
        self.assertEqual(seller.put("/parts/%s/file" % part, meshes.cube(), headers).status, 202)
        self.assertEqual(seller.get("/account")["usage"]["storage_bytes"], len(meshes.cube()))

    def attach(self, client, product_id, content, metadata=None, name="a.bin", **more):
        lines = [b"--edge", b'Content-Disposition: form-data; name="file"; filename="' + name.encode() + b'"', b"",
                 content]
        if metadata is not None:
            lines += [b"--edge", b'Content-Disposition: form-data; name="metadata"', b"", json.dumps(metadata).encode()]
        return client.send("POST", "/products/%s/attachments" % product_id, b"\r\n".join(lines + [b"--edge--", b""]),
                           dict({"Content-Type": "multipart/form-data; boundary=edge"}, **more))

    def test_attachments(self):
        seller, other = self.seller(), self.seller()
        made = self.product(seller)
        path = "/products/%s/attachments/" % made["id"]
        first = self.attach(seller, made["id"], PNG, name="bild \u00e4.png")
        self.assertEqual(first.status, 201, first.bytes)
        self.assertRegex(first["id"], "^att_[0-9a-hjkmnp-tv-z]{26}$")
        file = first["file"]
        self.assertEqual((first["kind"], first["default"], file["name"], file["size"], file["sha256"],
                          file["content_type"]), ("image", True, "bild \u00e4.png", len(PNG),
                                                  hashlib.sha256(PNG).hexdigest(), "image/png"))
        self.assertEqual(seller.get("/products/" + made["id"])["attachments"], [first.json])
        read = seller.get(path + first["id"] + "/content")
        self.assertEqual((read.status, read.bytes, read.headers["content-type"]), (200, PNG, "image/png"))
        self.assertTrue(read.headers["content-disposition"].startswith("attachment"))
        tag = {"If-None-Match": read.headers["etag"]}
        self.assertEqual(seller.get(path + first["id"] + "/content", tag).status, 304)
        second = self.attach(seller, made["id"], JPEG)
        self.assertEqual((second["kind"], second["default"]), ("image", False))
        paper = self.attach(seller, made["id"], PDF, {"kind": "instructions"})
        self.assertEqual((paper["kind"], paper["default"]), ("instructions", True))
        third = self.attach(seller, made["id"], PNG, {"kind": "image", "default": True})
        self.assertEqual([item["default"] for item in seller.get("/products/" + made["id"])["attachments"]],
                         [False, False, True, True])
        for method in ("GET", "DELETE"):
            tail = "/content" if method == "GET" else ""
            self.refused(other.send(method, path + first["id"] + tail), 404, "not_found")
            self.refused(seller.send(method, path + "att_" + UNKNOWN + tail), 404, "not_found")
        self.refused(other.post("/files/signed-urls", {"file_ids": [file["id"]]}), 404, "not_found")
        self.assertEqual(seller.delete(path + third["id"]).status, 204)
        self.refused(seller.get(path + third["id"] + "/content"), 404, "not_found")
        self.assertEqual([item["default"] for item in seller.get("/products/" + made["id"])["attachments"]],
                         [True, False, True])
        self.assertEqual(seller.get(path + first["id"] + "/content").bytes, PNG, "the same bytes are still needed")
        self.assertEqual(seller.delete("/products/" + made["id"]).status, 204)
        self.refused(seller.get(path + first["id"] + "/content"), 404, "not_found")

    def test_attachments_refused(self):
        seller = self.seller()
        made = self.product(seller)["id"]
        path = "/products/%s/attachments" % made
        for content, metadata, status, code in (
                (b"GIF89a", None, 415, "unsupported_media_type"), (b"", None, 415, "unsupported_media_type"),
                (meshes.cube(), None, 415, "unsupported_media_type"),
                (PDF, {"kind": "image"}, 415, "unsupported_media_type"),
                (PNG, {"kind": "instructions"}, 415, "unsupported_media_type"),
                (PNG, {"kind": "poster"}, 422, "validation_failed"), (PNG, {"kind": 1}, 400, "invalid_request"),
                (PNG, {"default": 1}, 400, "invalid_request"), (PNG, {"x": 1}, 400, "unknown_field"),
                (PNG, [], 400, "invalid_request"),
                (PNG + bytes(10 << 20), None, 413, "file_too_large"),
                (PDF + bytes(20 << 20), None, 413, "file_too_large")):
            with self.subTest(code=code, metadata=metadata):
                self.refused(self.attach(seller, made, content, metadata), status, code)
        self.assertEqual(self.attach(seller, made, PDF + bytes(11 << 20)).status, 201)
        self.refused(seller.post(path, {"kind": "image"}), 415, "unsupported_media_type")
        form = {"Content-Type": "multipart/form-data; boundary=edge"}
        for body in (b"", b"--edge--\r\n",
                     b"--edge\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--edge--"):
            self.refused(seller.send("POST", path, body, form), 400, "bad_multipart")
        self.refused(self.attach(seller, "prod_" + UNKNOWN, PNG), 404, "not_found")
        self.refused(self.attach(seller, made, PNG, **{"If-Match": '"v1"'}), 412, "version_mismatch")
        for _ in range(19):
            self.assertEqual(self.attach(seller, made, PNG).status, 201)
        self.refused(self.attach(seller, made, PNG), 409, "conflict")
        header = {"Idempotency-Key": "once"}
        other = self.product(seller)["id"]
        one, two = self.attach(seller, other, PNG, **header), self.attach(seller, other, PNG, **header)
        self.assertEqual((one.status, one.json), (two.status, two.json))
        self.assertEqual(len(seller.get("/products/" + other)["attachments"]), 1)

    def test_members_are_added_and_changed(self):
        seller = self.seller()
        made = self.lamp(seller)
        path = "/products/%s/members" % made["id"]
        first = seller.post(path, {"part_id": self.part(seller), "position": 0, "label": "first"})
        self.assertEqual((first.status, [member["label"] for member in first["members"]],
                          [member["position"] for member in first["members"]]),
                         (201, ["first", None, None], [0, 1, 2]))
        last = seller.post(path, {"part_id": self.part(seller), "label": "last"})
        self.assertEqual(last["members"][3]["label"], "last")
        member = last["members"][3]["id"]
        other = self.part(seller)
        changed = seller.patch(path + "/" + member, {"quantity": 12, "part_id": other, "material_id": "mat_resin",
                                                     "label": None}, {"If-Match": '"v3"'})
        self.assertEqual((changed.status, changed["version"]), (200, 4))
        got = changed["members"][3]
        self.assertEqual((got["id"], got["quantity"], got["part_id"], got["material_id"], got["label"]),
                         (member, 12, other, "mat_resin", None))
        self.refused(seller.patch(path + "/" + member, {"quantity": 1}, {"If-Match": '"v3"'}), 412, "version_mismatch")
        for body, status, code in (({"quantity": None}, 400, "invalid_request"),
                                   ({"position": 1}, 400, "unknown_field"),
                                   ({"color_id": "col_black"}, 422, "color_not_in_material"),
                                   ({"quantity": 0}, 422, "validation_failed")):
            with self.subTest(body=body):
                self.refused(seller.patch(path + "/" + member, body), status, code)
        for wrong in ("pmem_" + UNKNOWN, "none"):
            self.refused(seller.patch(path + "/" + wrong, {"quantity": 1}), 404, "not_found")
            self.refused(seller.delete(path + "/" + wrong), 404, "not_found")
        self.refused(seller.post(path, {"part_id": other, "position": -1}), 422, "validation_failed")
        self.refused(seller.post(path, {"part_id": "part_" + UNKNOWN}), 404, "not_found")
        full = self.product(seller, members=[{"part_id": other}] * 100)
        self.refused(seller.post("/products/%s/members" % full["id"], {"part_id": other}), 409, "member_limit")

    def test_options_and_the_skus_they_make(self):
        seller = self.seller()
        made = self.lamp(seller, sku="LAMP")
        path, member = "/products/%s/options" % made["id"], made["members"][0]["id"]
        options = [
            {"name": "Colour", "values": [
                {"name": "Red", "sku_suffix": "-R", "overrides": [{"member_id": member, "color_id": "col_white"}]},
                {"name": "Black", "sku_suffix": "-B"}, {"name": "Plain"}]},
            {"name": "Engraving", "personalization": True, "values": []},
            {"name": "Size", "values": [{"name": "Small", "sku_suffix": "-S", "overrides": [
                {"member_id": member, "quantity": 2, "material_id": "mat_pa12"}]},
                {"name": "Blue", "sku_suffix": "-BL"},
                {"name": "Large", "sku_suffix": "L"}]}]
        answer = seller.put(path, {"options": options})
        self.assertEqual(answer.status, 200, answer.bytes)
        got = answer["options"]
        self.assertEqual([option["name"] for option in got], ["Colour", "Engraving", "Size"])
        self.assertEqual([option["personalization"] for option in got], [False, True, False])
        self.assertEqual(got[0]["values"][1], {"name": "Black", "sku_suffix": "-B", "overrides": []})
        self.assertEqual(got[0]["values"][2]["sku_suffix"], None)
        self.assertEqual(seller.put(path, {"options": got})["options"], got, "what is read can be put")
        longer = self.product(seller, sku="LAMP-R")
        for sku, product, chosen in (("LAMP-R-S", made, {"Colour": "Red", "Size": "Small"}),
                                     ("LAMP-BL", made, {"Colour": "Black", "Size": "Large"}),
                                     ("LAMP-B-BL", made, {"Colour": "Black", "Size": "Blue"}),
                                     ("LAMP-S", made, {"Colour": "Plain", "Size": "Small"}),
                                     ("LAMP-R", longer, {})):
            with self.subTest(sku=sku):
                found = seller.get("/products/match?sku=" + sku)
                self.assertEqual((found.status, found.json),
                                 (200, {"product_id": product["id"], "options": chosen}), found.bytes)
        for sku in ("LAMP", "LAMP-X", "LAM", "LAMP-R-", "lamp-r-s", "x" * 1000):
            with self.subTest(sku=sku):
                self.refused(seller.get("/products/match?sku=" + sku), 404, "sku_not_matched")
        self.refused(seller.get("/products/match"), 400, "invalid_parameter")
        self.refused(self.seller().get("/products/match?sku=LAMP-R"), 404, "sku_not_matched")
        left = seller.delete("/products/%s/members/%s" % (made["id"], member))
        self.assertEqual([value["overrides"] for option in left["options"] for value in option["values"]], [[]] * 6)
        self.assertEqual(seller.put(path, {"options": []})["options"], [])

    def test_options_refused(self):
        seller = self.seller()
        made = self.lamp(seller)
        path, member = "/products/%s/options" % made["id"], made["members"][0]["id"]

        def value(**override):
            return [{"name": "o", "values": [{"name": "v", "overrides": [dict({"member_id": member}, **override)]}]}]
        below = "options[0].values[0].overrides[0]"
        for options, status, code, field in (
                (1, 400, "invalid_request", "options"), ([1], 400, "invalid_request", "options[0]"),
                ([{}], 422, "validation_failed", "options[0].name"),
                ([{"name": "a"}] * 6, 422, "validation_failed", "options"),
                ([{"name": "a"}, {"name": "a"}], 422, "validation_failed", "options[1].name"),
                ([{"name": "a", "values": [{"name": "v"}] * 51}], 422, "validation_failed", "options[0].values"),
                ([{"name": "a", "values": [{"name": "v"}, {"name": "v"}]}], 422, "validation_failed",
                 "options[0].values[1].name"),
                ([{"name": "a", "personalization": 1}], 400, "invalid_request", "options[0].personalization"),
                ([{"name": "a", "x": 1}], 400, "unknown_field", "options[0].x"),
                ([{"name": "a", "values": [{"name": "v", "overrides": {}}]}], 400, "invalid_request",
                 "options[0].values[0].overrides"),
                (value(member_id="pmem_" + UNKNOWN), 422, "validation_failed", below + ".member_id"),
                (value(material_id="mat_x"), 422, "material_unknown", below + ".material_id"),
                (value(color_id="col_x"), 422, "color_not_in_material", below + ".color_id"),
                (value(material_id="mat_resin", color_id="col_black"), 422, "color_not_in_material",
                 below + ".color_id"),
                (value(quantity=0), 422, "validation_failed", below + ".quantity"),
                (value(label="x"), 400, "unknown_field", below + ".label")):
            with self.subTest(options=options):
                answer = self.refused(seller.put(path, {"options": options}), status, code)
                self.assertEqual(answer.details["fields"][0]["path"], field)
        self.refused(seller.put(path, {}), 422, "validation_failed")
        self.refused(seller.put(path, {"options": []}, {"If-Match": '"v9"'}), 412, "version_mismatch")

    def test_a_sku_of_many_suffixes_is_matched_in_time(self):
        """Fifty values each that fit everywhere, and an end that fits nowhere."""
        seller = self.seller()
        values = [{"name": "v%d" % i, "sku_suffix": "a" * (i % 3)} for i in range(50)]
        made = self.product(seller, sku="X")
        options = [{"name": "o%d" % i, "values": values} for i in range(5)]
        self.assertEqual(seller.put("/products/%s/options" % made["id"], {"options": options}).status, 200)
        self.assertEqual(len(seller.get("/products/match?sku=X" + "a" * 10)["options"]), 5)
        self.refused(seller.get("/products/match?sku=X" + "a" * 10 + "b"), 404, "sku_not_matched")

    def test_costs_besides_the_parts(self):
        seller = self.seller()
        made = self.product(seller)
        path = "/products/%s/costs" % made["id"]
        money = {"amount": 999, "currency": "EUR"}
        line = seller.post(path, {"kind": "hardware", "sku": "M3", "name": "Screws", "quantity": 4.5,
                                  "unit_price": money, "weight_g": 1.25})
        self.assertEqual(line.status, 201, line.bytes)
        self.assertRegex(line["id"], "^pcl_[0-9a-hjkmnp-tv-z]{26}$")
        self.assertEqual(dict(line.json, id=""), {
            "id": "", "kind": "hardware", "component_id": None, "sku": "M3", "name": "Screws", "quantity": 4.5,
            "unit_price": money, "weight_g": 1.25})
        self.assertEqual(seller.get("/products/" + made["id"])["costs"], [line.json])
        changed = seller.patch(path + "/" + line["id"], {"quantity": 2, "sku": None})
        self.assertEqual((changed.status, changed["quantity"], changed["sku"], changed["name"]),
                         (200, 2, None, "Screws"))
        for body, status, code, field in (
                ({"name": "x", "unit_price": money}, 422, "validation_failed", "kind"),
                ({"kind": "other", "unit_price": money}, 422, "validation_failed", "name"),
                ({"kind": "other", "name": "x"}, 422, "validation_failed", "unit_price"),
                ({"kind": "gift", "name": "x", "unit_price": money}, 422, "validation_failed", "kind"),
                ({"kind": "other", "name": "x", "unit_price": dict(money, currency="JPY")}, 422, "currency_mismatch",
                 "unit_price.currency"),
                ({"kind": "other", "name": "x", "unit_price": money, "quantity": 0}, 422, "validation_failed",
                 "quantity"),
                ({"kind": "other", "name": "x", "unit_price": money, "quantity": 0.0005}, 422, "validation_failed",
                 "quantity"),
                ({"kind": "other", "name": "x", "unit_price": money, "quantity": 1.0005}, 422, "validation_failed",
                 "quantity"),
                ({"kind": "other", "name": "x", "unit_price": money, "quantity": "1"}, 400, "invalid_request",
                 "quantity"),
                ({"kind": "other", "name": "x", "unit_price": 9.99}, 400, "invalid_request", "unit_price"),
                ({"kind": "other", "name": "x", "unit_price": money, "weight_g": -1}, 422, "validation_failed",
                 "weight_g"),
                ({"kind": "other", "name": "x", "unit_price": money, "x": 1}, 400, "unknown_field", "x")):
            with self.subTest(body=body):
                answer = self.refused(seller.post(path, body), status, code)
                self.assertEqual(answer.details["fields"][0]["path"], field)
        wrong = self.refused(seller.post(path, {"component_id": "cost_" + UNKNOWN}), 404, "not_found")
        self.assertEqual(wrong.details, {"path": "component_id"})
        self.refused(seller.patch(path + "/pcl_" + UNKNOWN, {"quantity": 2}), 404, "not_found")
        self.refused(seller.delete(path + "/pcl_" + UNKNOWN), 404, "not_found")
        self.assertEqual(seller.delete(path + "/" + line["id"]).status, 204)
        self.assertEqual(seller.get("/products/" + made["id"])["costs"], [])

    def test_cost_components(self):
        seller, other = self.seller(), self.seller()
        body = {"name": "Assembly", "kind": "labour", "unit": "hour", "rate": "31.755", "ref": "c1"}
        made = seller.post("/cost-components", body)
        self.assertEqual((made.status, made["object"], made["currency"], made.headers["etag"]),
                         (201, "cost_component", "EUR", '"v1"'))
        for name, value in body.items():
            self.assertEqual(made[name], value)
        path = "/cost-components/" + made["id"]
        self.assertEqual(seller.get(path).json, made.json)
        self.refused(other.get(path), 404, "not_found")
        product = self.product(seller)
        costs = "/products/%s/costs" % product["id"]
        line = seller.post(costs, {"component_id": made["id"], "quantity": 0.25})
        self.assertEqual((line.status, line["name"], line["kind"], line["unit_price"]),
                         (201, "Assembly", "labour", {"amount": 3176, "currency": "EUR"}))
        self.refused(seller.delete(path), 409, "resource_in_use")
        changed = seller.patch(path, {"rate": "40"}, {"If-Match": '"v1"'})
        self.assertEqual((changed.status, changed["rate"], changed["name"]), (200, "40", "Assembly"))
        self.refused(seller.patch(path, {"rate": "41"}, {"If-Match": '"v1"'}), 412, "version_mismatch")
        self.assertEqual(seller.get("/products/" + product["id"])["costs"][0]["unit_price"]["amount"], 3176)
        self.assertEqual(seller.delete(costs + "/" + line["id"]).status, 204)
        self.assertEqual([item["id"] for item in seller.get("/cost-components?kind=labour&name.contains=semb")["data"]],
                         [made["id"]])
        found = seller.post("/cost-components/search", {"filter": {"kind": "packaging"}, "sort": "name:asc"})
        self.assertEqual((found.status, found["data"]), (200, []))
        for wrong, status in (({"rate": 12.5}, 400), ({"rate": "-1"}, 422), ({"rate": "1.1234567"}, 422),
                              ({"rate": "1,5"}, 422), ({"rate": "."}, 422), ({"kind": "x"}, 422), ({"unit": ""}, 422),
                              ({"x": 1}, 400), ({"name": None}, 400)):
            with self.subTest(wrong=wrong):
                self.assertEqual(seller.patch(path, wrong).status, status)
                self.assertEqual(seller.post("/cost-components", dict(body, ref="c2", **wrong)).status, status)
        for name in ("name", "kind", "unit", "rate"):
            self.refused(seller.post("/cost-components", {key: body[key] for key in body if key != name}), 422,
                         "validation_failed")
        self.refused(seller.post("/cost-components", body), 409, "ref_taken")
        self.assertEqual(seller.delete(path).status, 204)
        self.refused(seller.delete(path), 404, "not_found")

    def test_products_from_parts(self):
        seller = self.seller()
        parts = [self.part(seller, name="Foot", default_material_id="mat_pla"), self.part(seller, name="Shade")]
        body = {"items": [{"part_id": parts[0]}, {"part_id": parts[1], "name": "Best shade", "sku": "SHADE"}]}
        made = seller.post("/products/from-parts", body)
        self.assertEqual((made.status, made["object"], made["has_more"]), (201, "list", False))
        self.assertEqual([(product["name"], product["sku"], product["members"][0]["part_id"],
                           product["members"][0]["material_id"]) for product in made["data"]],
                         [("Foot", None, parts[0], "mat_pla"), ("Best shade", "SHADE", parts[1], None)])
        self.assertEqual(len(self.events(seller, "product.created")), 2)
        for items, status, code in (([], 422, "validation_failed"), ([{"part_id": parts[0]}] * 101, 422,
                                                                     "validation_failed"),
                                    (1, 400, "invalid_request"), ([1], 400, "invalid_request"),
                                    ([{}], 422, "validation_failed"),
                                    ([{"part_id": parts[0], "x": 1}], 400, "unknown_field"),
                                    ([{"part_id": parts[0]}, {"part_id": parts[1], "sku": "SHADE"}], 409, "sku_taken")):
            with self.subTest(items=items):
                self.refused(seller.post("/products/from-parts", {"items": items}), status, code)
        missing = seller.post("/products/from-parts",
                              {"items": [{"part_id": parts[0]}, {"part_id": "part_" + UNKNOWN}]})
        self.assertEqual(self.refused(missing, 404, "not_found").details, {"path": "items[1].part_id"})
        self.assertEqual(len(seller.get("/products")["data"]), 2, "all of them or none")

    def test_products_are_deleted_in_a_batch(self):
        seller, other = self.seller(), self.seller()
        made, foreign = [self.product(seller)["id"] for _ in range(3)], self.product(other)["id"]
        answer = seller.post("/products/batch-delete", {"ids": made[:2] + [foreign, "none", made[0]]})
        self.assertEqual((answer.status, answer["succeeded"]), (200, made[:2]))
        self.assertEqual([(item["id"], item["error"]["code"]) for item in answer["failed"]],
                         [(foreign, "not_found"), ("none", "not_found"), (made[0], "not_found")])
        self.assertEqual([product["id"] for product in seller.get("/products")["data"]], made[2:])
        self.assertEqual(len(self.events(seller, "product.deleted")), 2)
        for ids, status in (([], 422), ("x", 400), ([1], 400), (["x"] * 101, 422)):
            self.assertEqual(seller.post("/products/batch-delete", {"ids": ids}).status, status)
        self.assertEqual(other.get("/products/" + foreign).status, 200)

    def test_lists_of_products(self):
        seller = self.seller()
        part = self.part(seller)
        one = self.product(seller, name="Alpha", sku="S1", tags=["red"], folder="/a/b", metadata={"x": "1"},
                           members=[{"part_id": part, "material_id": "mat_pla"}], status="active")
        two = self.product(seller, name="Beta", sku="S2", folder="/a")
        seller.put("/products/%s/revenue-share" % two["id"],
                   {"enabled": True, "per_unit": {"amount": 1, "currency": "EUR"}})
        for query, found in (("name=alpha", [one]), ("name.contains=eta", [two]), ("sku=S2", [two]),
                             ("status=active", [one]), ("folder.starts_with=/a/", [one]), ("tags.contains=red", [one]),
                             ("revenue_share.enabled=true", [two]), ("materials_available=true", [two, one]),
                             ("metadata.x.eq=1", [one]), ("sort=name:desc", [two, one]), ("sort=sku", [one, two]),
                             ("sort=status:asc", [one, two])):
            with self.subTest(query=query):
                answer = seller.get("/products?" + query)
                self.assertEqual([product["id"] for product in answer["data"]], [product["id"] for product in found])
        searched = seller.post("/products/search", {"filter": {"OR": [{"sku": "S1"}, {"name": "Beta"}]},
                                                    "fields": ["name"], "include": ["costs"]})
        self.assertEqual([set(product) for product in searched["data"]], [{"object", "id", "name"}] * 2)
        for path in ("/products/%s?include=members.part,costs" % one["id"], "/products?sku=S1&include=members.part"):
            got = seller.get(path).json
            member = (got["data"][0] if "data" in got else got)["members"][0]
            self.assertEqual((member["part"]["id"], member["part"]["object"]), (part, "part"))
        self.assertNotIn("part", seller.get("/products/" + one["id"])["members"][0])
        self.refused(seller.get("/products/%s?include=orders" % one["id"]), 400, "invalid_include")
        self.refused(seller.get("/products?include=orders"), 400, "invalid_include")
        narrow = self.client(self.key_of(seller, scopes=["products:read"])["key"])
        self.assertEqual(narrow.get("/products").status, 200)
        wanting = self.refused(narrow.get("/products?include=members.part"), 403, "insufficient_scope")
        self.assertEqual(wanting.details, {"required": "parts:read"})
        self.refused(narrow.post("/products", {"name": "x"}), 403, "insufficient_scope")

    def test_no_value_of_a_field_breaks_the_service(self):
        """Every field of every body, given everything that JSON can be: answered, and never with a 5xx."""
        seller = self.seller()
        made = self.lamp(seller, 1, sku="ODD")
        line = seller.post("/products/%s/costs" % made["id"], {"kind": "other", "name": "x", "unit_price": {
            "amount": 1, "currency": "EUR"}})["id"]
        ids = {"id": made["id"], "member": made["members"][0]["id"], "line": line}
        odd = [None, True, 0, -1, 1.5, 1e308, 2 ** 63 - 1, "", "\u00e4" * 3000, "ref:x", [], [[]], [{}], [None], {},
               {"": {"": []}}, {"amount": {}, "currency": []}, [{"name": "a", "values": [{"name": {}}]}],
               [{"part": {"upload_id": []}}], [{"part_id": made["id"], "part": {}}]]
        for method, path, operation in self.operations():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if not content or not path.startswith(("/products", "/cost-components", "/account/subscription")):
                continue
            asked = path
            for name, value in ids.items():
                asked = asked.replace("{%s}" % name, value)
            for field in self.resolve(content["schema"])["properties"]:
                for value in odd:
                    answer = seller.send(method, asked, {field: value}, {"If-Match": "*"} if method == "PUT" else None)
                    self.assertLess(answer.status, 500, (method, path, field, value, answer.bytes))
        self.assertEqual(seller.get("/products/" + made["id"]).status, 200)

    def test_retries_have_one_effect(self):
        seller = self.seller()
        header = {"Idempotency-Key": "once"}
        one, two = [seller.post("/products", {"name": "x", "sku": "S"}, header) for _ in range(2)]
        self.assertEqual((one.status, two.status, one.json), (201, 201, two.json))
        self.assertEqual(two.headers["idempotent-replayed"], "true")
        self.assertEqual(len(self.events(seller, "product.created")), 1)

    def test_106_products_are_as_described(self):
        seller, product, member = self.seller(), "/products/{id}", "/products/{id}/members/{member}"
        part, ids, money = self.part(seller), {}, {"amount": 5, "currency": "EUR"}

        def ask(method, path, body=None, query=""):
            asked = path
            for name, value in ids.items():
                asked = asked.replace("{%s}" % name, value)
            headers = {"If-Match": "*"} if method == "PUT" else None
            with self.subTest(method=method, path=path):
                return self.as_described(seller.send(method, asked + query, body, headers), method, path)
        ids["component"] = ask("POST", "/cost-components", {"name": "x", "kind": "other", "unit": "piece",
                                                            "rate": "1"})["id"]
        made = ask("POST", "/products", {"name": "x", "sku": "X", "metadata": {"a": "b"}, "members": [
            {"part_id": part, "material_id": "mat_pla", "layer_height_mm": 0.2, "infill_percent": 20}] * 2})
        ids.update(id=made["id"], member=made["members"][0]["id"])
        ask("PUT", "/products/{id}/options", {"options": [{"name": "o", "values": [{"name": "v", "sku_suffix": "1",
                                              "overrides": [{"member_id": ids["member"], "quantity": 2}]}]}]})
        ask("PUT", "/products/{id}/revenue-share", {"enabled": True, "per_unit": money, "by_material": {"mat_pla": 1}})
        ids["line"] = ask("POST", "/products/{id}/costs", {"component_id": ids["component"], "weight_g": 0.5})["id"]
        ask("PATCH", "/products/{id}/costs/{line}", {"quantity": 2})
        ask("GET", "/products/{id}/cost-breakdown", query="?quantity=3")
        ask("POST", "/products/{id}/members", {"part_id": part})
        ask("PATCH", member, {"label": "x"})
        ask("GET", product, query="?include=members.part")
        ask("PATCH", product, {"metadata": {"a": None}})
        ask("GET", "/products", query="?meta=true")
        ask("POST", "/products/search", {"meta": True})
        ask("GET", "/products/match", query="?sku=X1")
        ask("PUT", "/products/{id}/members", {"members": seller.get("/products/" + ids["id"])["members"][::-1]})
        ids["attachment"] = self.as_described(self.attach(seller, ids["id"], PNG), "POST",
                                              "/products/{id}/attachments")["id"]
        ask("GET", product)
        ask("DELETE", "/products/{id}/attachments/{attachment}")
        ask("DELETE", member)
        ask("DELETE", "/products/{id}/costs/{line}")
        ask("POST", "/products/from-parts", {"items": [{"part_id": part}]})
        ask("DELETE", product)
        ask("POST", "/products/batch-delete", {"ids": [ids["id"]]})
        ids["id"] = ids["component"]
        for method, path, body in (("GET", "", None), ("PATCH", "/{id}", {"unit": "kg"}), ("GET", "/{id}", None),
                                   ("POST", "/search", {}), ("DELETE", "/{id}", None)):
            ask(method, "/cost-components" + path, body)
