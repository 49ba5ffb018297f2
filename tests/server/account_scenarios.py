"""Subscriptions, plans and what they allow; the types of objects as JSON Schema."""
import os
import sqlite3

import openapi_scenarios
import service


class Accounts(openapi_scenarios.Described):
    def set_subscription(self, client, **members):
        """As if time had passed."""
        base = sqlite3.connect(os.path.join(self.service.var, "quote.db"), timeout=30)
        with base:
            for name, value in members.items():
                base.execute("UPDATE accounts SET body = json_set(body, ?, ?) WHERE id = ?",
                             ("$.subscription." + name, value, client.account["account_id"]))
        base.close()

    def end_period(self, client):
        self.set_subscription(client, current_period_start="2026-01-01T00:00:00.000Z",
                              current_period_end="2026-01-31T00:00:00.000Z")

    def test_plans(self):
        plans = self.seller().get("/plans")["data"]
        self.assertEqual([(plan["object"], plan["id"]) for plan in plans], [("plan", "self_hosted"), ("plan", "small")])
        self.assertEqual(plans[0]["entitlements"], {
            "ordering": True, "max_parts": None, "storage_bytes": None, "requests_per_minute": None,
            "requests_per_hour": None, "webhook_endpoints": None})
        self.assertEqual(plans[1]["entitlements"]["max_parts"], 2)

    def test_a_larger_plan_is_had_at_once(self):
        seller = self.seller()
        before = seller.get("/account/subscription")
        self.assertEqual((before["object"], before["plan"], before["status"], before["pending_plan"]),
                         ("subscription", "self_hosted", "active", None))
        answer = seller.patch("/account/subscription", {"plan": "small"}, {"If-Match": before.headers["etag"]})
        self.assertEqual((answer.status, answer["plan"], answer["pending_plan"]), (200, "small", None))
        account = seller.get("/account")
        self.assertEqual((account["subscription"]["plan"], account["entitlements"]["max_parts"]), ("small", 2))
        self.assertIn("q=5000;w=60", account.headers["ratelimit-policy"])
        self.refused(seller.patch("/account/subscription", {"plan": "small"}, {"If-Match": before.headers["etag"]}),
                     412, "version_mismatch")
        actions = [line["action"] for line in seller.get("/audit-logs")["data"]]
        self.assertEqual(actions, ["subscription.update"])

    def test_a_smaller_plan_comes_when_the_period_ends(self):
        seller = self.seller()
        seller.patch("/account/subscription", {"plan": "small"})
        answer = seller.patch("/account/subscription", {"plan": "self_hosted"})
        self.assertEqual((answer["plan"], answer["pending_plan"]), ("small", "self_hosted"))
        self.assertEqual(seller.get("/account")["entitlements"]["max_parts"], 2)
        again = seller.patch("/account/subscription", {"plan": "small"})
        self.assertEqual((again["plan"], again["pending_plan"]), ("small", None))
        seller.patch("/account/subscription", {"plan": "self_hosted"})
        self.end_period(seller)
        ended = seller.get("/account")
        self.assertEqual((ended["subscription"]["plan"], ended["subscription"]["pending_plan"],
                          ended["entitlements"]["max_parts"]), ("self_hosted", None, None))
        self.assertGreater(ended["subscription"]["current_period_end"], ended["created_at"])

    def test_a_subscription_that_ends(self):
        seller = self.seller()
        answer = seller.post("/account/subscription/cancel")
        self.assertEqual((answer.status, answer["status"]), (200, "cancelling"))
        self.assertEqual(seller.post("/products", {"name": "still"}).status, 201)
        self.assertEqual(seller.post("/account/subscription/resume")["status"], "active")
        self.assertEqual(seller.post("/account/subscription/resume")["status"], "active")
        seller.post("/account/subscription/cancel")
        self.end_period(seller)
        self.assertEqual(seller.get("/account/subscription")["status"], "cancelled")
        self.refused(seller.post("/products", {"name": "no more"}), 402, "subscription_inactive")
        self.assertEqual(len(seller.get("/products")["data"]), 1)
        self.assertEqual(seller.post("/products/search", {}).status, 200)
        self.assertEqual(seller.delete("/products/" + seller.get("/products")["data"][0]["id"]).status, 204)
        self.assertEqual(seller.patch("/account", {"name": "Still mine"}).status, 200)
        for verb in ("cancel", "resume"):
            self.refused(seller.post("/account/subscription/" + verb), 409, "illegal_transition")
        self.refused(seller.patch("/account/subscription", {"plan": "small"}), 402, "subscription_inactive")

    def test_subscriptions_refused(self):
        seller = self.seller()
        for body, status, code in (({"plan": "gold"}, 422, "validation_failed"), ({}, 422, "validation_failed"),
                                   ({"plan": 1}, 400, "invalid_request"), ({"plam": "small"}, 400, "unknown_field")):
            self.refused(seller.patch("/account/subscription", body), status, code)
        self.refused(seller.post("/account/subscription/cancel", {"now": True}), 400, "unknown_field")
        reader = self.client(self.key_of(seller, scopes=["account:read"])["key"])
        self.assertEqual(reader.get("/account/subscription").status, 200)
        self.refused(reader.post("/account/subscription/cancel"), 403, "insufficient_scope")

    def test_usage(self):
        usage = self.seller().get("/account")["usage"]
        self.assertEqual(usage, {"parts": 0, "storage_bytes": 0, "quotes_month": 0, "orders_month": 0})

    def test_106_subscriptions_are_as_described(self):
        seller, path = self.seller(), "/account/subscription"
        for method, tail, body in (("PATCH", "", {"plan": "small"}), ("POST", "/cancel", {}), ("POST", "/resume", {})):
            self.as_described(seller.send(method, path + tail, body), method, path + tail)

    def test_schemas(self):
        seller = self.seller()
        types = [schema["id"] for schema in seller.get("/schemas")["data"]]
        for name in ("account", "api_key", "product", "material", "cost_component", "audit_log"):
            self.assertIn(name, types)
        self.assertEqual(len(types), len(set(types)))
        self.assertNotIn("list", types)
        for name in types:
            schema = seller.get("/schemas/" + name).json
            self.assertEqual(schema["$schema"], "https://json-schema.org/draft/2020-12/schema")
            self.assertEqual(schema["properties"]["object"]["const"], name)
            self.assertEqual(self.dangling(schema, schema), [])
        product = seller.get("/schemas/product").json
        self.assertEqual(sorted(product["$defs"]),
                         ["Attachment", "CostLine", "Member", "Money", "ProductOption", "RevenueShare"])
        for wrong in ("list", "error", "Product", "x", "search"):
            self.refused(seller.get("/schemas/" + wrong), 404, "not_found")

    def dangling(self, at, whole):
        """References that lead nowhere inside the schema."""
        wrong = []
        if isinstance(at, list):
            at = dict(enumerate(at))
        if isinstance(at, dict):
            name = at.get("$ref")
            if name is not None and not (name.startswith("#/$defs/") and name[8:] in whole.get("$defs", {})):
                wrong.append(name)
            for value in at.values():
                wrong += self.dangling(value, whole)
        return wrong
