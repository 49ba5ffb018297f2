"""What no client should send: wrong types in every field of the interface, cut and broken texts, odd headers."""
import random
import uuid

import orders_scenarios
import service

TYPES = {type(None): {"null"}, bool: {"boolean"}, int: {"integer", "number"}, float: {"number"}, str: {"string"},
         list: {"array"}, dict: {"object"}}
WRONG = (None, True, False, 0, -1, 2 ** 63 - 1, 2 ** 63, -2 ** 63 - 1, 1.5, 1e308, 12.0, "", "x", "\u0001", "\u202e\x7f",
         "\u00e9" * 600, "A" * 70000, "10", "2026-13-45T00:00:00Z", "../../etc/passwd", "ref:x", "part_" + "0" * 26, [],
         [None], [[]], ["x"], [1], ["x"] * 300, {}, {"x": 1}, {"": None}, [{}] * 3)
LONG = "x" * 3 + "\u00e9" * 600


def once():
    return {"Idempotency-Key": str(uuid.uuid4())}


class Interface:
    """The fields of bodies as openapi.json tells them."""

    def __init__(self, document):
        self.document = document

    def resolve(self, schema):
        while "$ref" in schema:
            found = self.document
            for name in schema["$ref"][2:].split("/"):
                found = found[name]
            schema = found
        return schema

    def types(self, schema):
        schema = self.resolve(schema)
        if "type" in schema:
            return set([schema["type"]] if isinstance(schema["type"], str) else schema["type"])
        found = set()
        for kind in ("oneOf", "anyOf", "allOf"):
            for one in schema.get(kind, []):
                found |= self.types(one)
        return found

    def fields(self, schema, path=(), depth=0):
        schema = self.resolve(schema)
        if depth > 5:
            return
        for kind in ("oneOf", "anyOf", "allOf"):
            for one in schema.get(kind, []):
                yield from self.fields(one, path, depth + 1)
        inner = list(schema.get("properties", {}).items())
        if "items" in schema:
            inner.append((0, schema["items"]))
        if isinstance(schema.get("additionalProperties"), dict):
            inner.append(("any", schema["additionalProperties"]))
        for name, one in inner:
            yield path + (name,), self.types(one)
            yield from self.fields(one, path + (name,), depth + 1)

    def bodies(self):
        """(method, path, {field: types}) of every route that reads JSON."""
        for path, methods in self.document["paths"].items():
            for method, told in methods.items():
                body = told.get("requestBody", {}).get("content", {}).get("application/json")
                if body:
                    yield method.upper(), path, dict(self.fields(body["schema"]))


def body_with(path, value):
    """The smallest body that has this value there."""
    for name in reversed(path):
        value = [value] if name == 0 else {name: value}
    return value


class Hostile(orders_scenarios.OrderCase):
    def whole(self, answer, status):
        """An answer that is an envelope (the client has checked its shape)."""
        self.assertEqual(answer.status, status, answer.bytes)
        self.assertEqual(answer.headers["content-type"], "application/json")
        return answer

    def place(self, path, ids):
        first = path.split("/")[1] if not path.startswith("/operator") else path.split("/")[2]
        place = path.replace("{id}", ids.get(first, "none")).replace("{member}", ids["member"])
        return place.replace("{version}", "pb_hostile").replace("{", "").replace("}", "")

    def test_098_wrong_values_in_every_field(self):
        client, chance = self.buyer(), random.Random(98)
        part = self.cube(client)
        product = client.post("/products", {"name": "x", "members": [{"part_id": part["id"], "quantity": 1}]}).json
        order = self.order(client, self.quote(client, part))
        ids = {"parts": part["id"], "products": product["id"], "orders": order["id"],
               "quotes": order["items"][0]["quote_id"], "member": product["members"][0]["id"]}
        asked = 0
        for method, path, fields in Interface(client.get("/openapi.json").json).bodies():
            sender = self.operator if path.startswith("/operator") else client
            for field, types in fields.items():
                for value in chance.sample(WRONG, 4):
                    answer = sender.send(method, self.place(path, ids), body_with(field, value), once())
                    said = (method, path, field, repr(value)[:60], answer.bytes[:200])
                    self.assertLess(answer.status, 500, said)
                    if types and value is not None and not types & TYPES[type(value)]:
                        self.assertGreaterEqual(answer.status, 400, said)
                    asked += 1
        self.assertGreater(asked, 500)

    def test_100_long_names_are_told_as_whole_texts(self):
        client = self.seller()
        for size in range(245, 256):
            answer = client.post("/api-keys", {"x" * (size % 2) + "\u00e9" * (size // 2): 1})
            self.assertEqual(self.whole(answer, 400).code, "unknown_field")
            self.assertTrue(answer.details["fields"][0]["path"])
        part = self.cube(client)
        for start in ("", "x"):
            answer = client.post("/quotes", {"part_id": part["id"], "materials": [start + LONG]}, once())
            self.assertIn(self.whole(answer, 422).code, ("material_unknown", "validation_failed"))
            self.whole(client.patch("/parts/" + part["id"], {"metadata": {start + LONG: "x"}}), 422)

    def test_098_attachments_with_broken_names(self):
        client, picture = self.seller(), b"\x89PNG\r\n\x1a\n" + bytes(40)
        product = client.post("/products", {"name": "x"}).json["id"]
        for name, kept in ((b"\xff\xfe.png", "__.png"), (b"../../etc/passwd", "passwd"), (b"C:\\a\\b.png", "b.png")):
            body = (b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n\r\n' + picture +
                    b"\r\n--b--\r\n")
            answer = client.post("/products/%s/attachments" % product, body,
                                 {"Content-Type": "multipart/form-data; boundary=b"})
            self.assertEqual(answer.status, 201, answer.bytes)
            names = [one["file"]["name"] for one in client.get("/products/" + product)["attachments"]]
            self.assertEqual(names[-1], kept)

    def test_030_any_version_is_known(self):
        client = self.seller()
        part = self.cube(client)["id"]
        for path in ("/parts/" + part, "/parts/%s/thumbnail?size=256" % part, "/materials"):
            answer = client.get(path, {"If-None-Match": "*"})
            self.assertEqual((answer.status, answer.bytes), (304, b""), path)
        self.assertEqual(client.get("/parts/" + part, {"If-None-Match": "\"*\""}).status, 200)

    def test_098_bodies_are_checked_before_what_they_name(self):
        client = self.seller()
        quote = {"part_id": "part_" + "0" * 26, "materials": ["mat_pla"], "ship_to": {"country": "DE"},
                 "metadata": 5}
        self.refused(client.post("/quotes", quote, once()), 400, "invalid_request")
        self.refused(client.post("/quotes", dict(quote, metadata={"a": 5}), once()), 400, "invalid_request")
        endpoint = {"url": "http://127.0.0.1:9999/", "events": ["*"]}
        for _ in range(10):
            self.assertEqual(client.post("/webhook-endpoints", endpoint, once()).status, 201)
        self.refused(client.post("/webhook-endpoints", dict(endpoint, metadata=5), once()), 400, "invalid_request")
        self.refused(client.post("/webhook-endpoints", endpoint, once()), 409, "endpoint_limit")

    def test_003_the_scope_that_lacks_is_named(self):
        client, none = self.seller(), "order_" + "0" * 26
        for method, path, scope in (("GET", "/operator/orders", "operator:read"),
                                    ("POST", "/operator/orders/%s/hold" % none, "operator:write"),
                                    ("PATCH", "/operator/accounts/x", "operator:write")):
            answer = client.send(method, path, {} if method != "GET" else None)
            self.assertEqual(self.refused(answer, 403, "insufficient_scope").details["required"], scope)

    def test_105_the_front_end_sends_the_same_headers(self):
        answer = self.client().raw("GET", "/api/v1/account?x=" + "y" * 20000)
        self.assertEqual(answer.status, 414)
        for name, value in service.HEADERS.items():
            self.assertEqual(answer.headers.get(name), value, name)
        self.assertNotIn("etag", answer.headers)
