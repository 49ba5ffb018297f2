"""Scenario 106: the document, the table of routes and the answers say the same."""
import json
import os
import re
import subprocess

import meshes
import service

JSON_TYPES = {"string": str, "object": dict, "array": list, "boolean": bool, "null": type(None)}


def is_type(value, name):
    if name in ("integer", "number"):
        kinds = (int,) if name == "integer" else (int, float)
        return isinstance(value, kinds) and not isinstance(value, bool)
    return isinstance(value, JSON_TYPES[name])


# Paths of resources that have a test like this one among their own scenarios, where their objects are made.
ELSEWHERE = ("/products", "/cost-components", "/quotes", "/shipping-methods", "/parts/{id}/material-prices", "/orders",
             "/order-items", "/customers", "/operator/orders", "/operator/parts", "/operator/accounts")


class Described(service.Case):
    """What the document says of routes and objects, for the tests of each resource."""
    @classmethod
    def setUpClass(cls):
        client = service.Client(cls.service, cls.service.keys()["seller_test"])
        answer = client.get("/openapi.json")
        assert answer.status == 200, answer.bytes
        cls.document, cls.tag = answer.json, answer.headers["etag"]
        client.close()

    def resolve(self, schema):
        while "$ref" in schema:
            at = self.document
            for name in schema["$ref"].split("/")[1:]:
                at = at[name]
            schema = at
        return schema

    def complaints(self, value, schema, path="answer"):
        """What in the value the schema does not say. A member that is not documented is a defect, too."""
        schema = self.resolve(schema)
        types = schema.get("type", [])
        types = [types] if isinstance(types, str) else types
        if types and not any(is_type(value, name) for name in types):
            return ["%s is no %s: %r" % (path, types, value)]
        wrong = []
        if "const" in schema and value != schema["const"]:
            wrong.append("%s is not %r" % (path, schema["const"]))
        if "enum" in schema and value not in schema["enum"]:
            wrong.append("%s is none of %r" % (path, schema["enum"]))
        if schema.get("format") == "date-time" and value is not None:
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value):
                wrong.append("%s is no moment: %r" % (path, value))
        if isinstance(value, list) and "items" in schema:
            for index, item in enumerate(value):
                wrong += self.complaints(item, schema["items"], "%s[%d]" % (path, index))
        if isinstance(value, dict) and "properties" in schema:
            wrong += ["%s.%s is missing" % (path, name) for name in schema.get("required", []) if name not in value]
            for name, item in value.items():
                if name in schema["properties"]:
                    wrong += self.complaints(item, schema["properties"][name], "%s.%s" % (path, name))
                elif schema.get("additionalProperties", False) is False:
                    wrong.append("%s.%s is not documented" % (path, name))
        return wrong

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                yield method.upper(), path, operation

    def as_described(self, answer, method, path):
        """Is the answer what the document says of this route?"""
        self.assertLess(answer.status, 300, answer.bytes)
        described = self.document["paths"][path][method.lower()]["responses"][str(answer.status)]
        if answer.status == 204:
            self.assertNotIn("content", described)
        else:
            schema = described["content"]["application/json"]["schema"]
            self.assertEqual(self.complaints(answer.json, schema), [])
        return answer



class Document(Described):
    def test_106_the_linter_has_nothing_to_say(self):
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        lint = subprocess.run([os.path.join(root, "scripts", "openapi_lint.sh"), service.OUT], capture_output=True,
                              text=True)
        if lint.returncode == 77:
            self.skipTest("the linter cannot be fetched: " + lint.stderr.strip())
        self.assertEqual((lint.returncode, lint.stdout), (0, ""), lint.stderr)

    def test_106_the_page_to_read_holds_the_document(self):
        made = subprocess.run([os.path.join(service.ROOT, "scripts", "api_page.sh"), service.OUT], capture_output=True,
                              text=True)
        if made.returncode == 77:
            self.skipTest("Redoc cannot be fetched: " + made.stderr.strip())
        self.assertEqual(made.returncode, 0, made.stderr)
        page = made.stdout.strip()
        with open(page, encoding="utf-8") as file:
            text = file.read()
        held = re.search(r'<script type="application/json" id="document">\n(.*?)</script>', text, re.S).group(1)
        self.assertEqual(json.loads(held), self.client(self.service.keys()["seller_test"]).get("/openapi.json").json)
        self.assertEqual(re.findall(r'\b(?:src|href)="([^"]*)"', text), ["redoc.standalone.js"])
        with open(os.path.join(os.path.dirname(page), "redoc.standalone.js"), encoding="utf-8") as file:
            self.assertIn("Redoc", file.read())

    def test_106_document_and_routes_are_the_same_set(self):
        routes = self.service.control("routes")["routes"]
        answered = {(route["method"], route["path"], route["scope"]) for route in routes}
        described = {(method, path, operation["x-scope"]) for method, path, operation in self.operations()}
        self.assertEqual(answered, described)
        self.assertEqual(len(routes), len(answered), "no route is there twice")
        names = [operation["operationId"] for _, _, operation in self.operations()]
        self.assertEqual(len(names), len(set(names)))

    @staticmethod
    def is_stream(operation):
        return "text/event-stream" in operation["responses"].get("200", {}).get("content", {})

    def endpoint_of(self, client):
        """An endpoint that nobody answers for: the answer of POST /webhook-endpoints."""
        answer = client.post("/webhook-endpoints", {"url": "http://127.0.0.1:1024/", "events": ["*"]},
                             {"Idempotency-Key": "endpoint"})
        self.assertEqual(answer.status, 201, answer.bytes)
        return answer.json

    def test_106_every_route_answers(self):
        operator = self.client(self.service.keys()["operator_test"])
        for method, path, operation in self.operations():
            if self.is_stream(operation):
                continue
            with self.subTest(method=method, path=path):
                asked = path.replace("{id}", "none").replace("{version}", "pb_none")
                body = b"?" if "requestBody" in operation else None  # no JSON: nothing can happen
                answer = operator.send(method, asked, body)
                if answer.status >= 400:
                    self.assertNotIn(answer.code, ("route_not_found", "method_not_allowed", "internal_error"))
                    self.assertEqual(self.complaints(answer.json, {"$ref": "#/components/schemas/Error"}), [])
                allow = operator.send("OPTIONS", asked).headers["allow"].split(", ")
                self.assertEqual(sorted(allow), sorted(name.upper() for name in self.document["paths"][path]))

    def test_106_references_and_parameters(self):
        text = json.dumps(self.document)
        for reference in set(re.findall(r'"\$ref": "([^"]+)"', text)):
            self.resolve({"$ref": reference})
        for kind in ("schemas", "parameters", "responses"):
            for name in self.document["components"][kind]:
                self.assertIn('"#/components/%s/%s"' % (kind, name), text, "it is used")
        for method, path, operation in self.operations():
            named = [self.resolve(given)["name"] for given in operation.get("parameters", [])
                     if self.resolve(given)["in"] == "path"]
            self.assertEqual(named, re.findall(r"{(\w+)}", path), (method, path))

    @staticmethod
    def parts_of(seller):
        """The ids of one that is ready and one that is an archive."""
        made = []
        for content in (meshes.cube(), meshes.archive({"a.stl": meshes.cube(), "b.stl": meshes.cube(2)})):
            made.append(seller.post("/parts", {"name": "described", "metadata": {"shelf": "5"}})["id"])
            seller.put("/parts/%s/file" % made[-1], content, {"Content-Type": "application/octet-stream"})
            service.until(lambda: seller.get("/parts/" + made[-1])["status"] != "processing")
        return made

    def test_106_answers_are_as_described(self):
        seller = self.seller()
        endpoint = self.endpoint_of(seller)["id"]
        key = self.key_of(seller, name="described", metadata={"shelf": "4"}, ref="ref/1")
        seller.patch("/account", {"name": "Changed"})
        seller.post("/test/accounts", {"name": "Child"})
        request_id = seller.get("/account").headers["request-id"]
        service.until(lambda: seller.get("/request-logs/" + request_id).status == 200)
        audit = seller.get("/audit-logs")["data"][0]["id"]
        part, archive = self.parts_of(seller)
        ids = {"/materials/{id}": "mat_pla", "/materials/{id}/colors": "mat_pla", "/api-keys/{id}": key["id"],
               "/audit-logs/{id}": audit, "/request-logs/{id}": request_id, "/webhook-endpoints/{id}": endpoint,
               "/webhook-deliveries/{id}": seller.get("/webhook-deliveries")["data"][0]["id"],
               "/events/{id}": seller.get("/events")["data"][0]["id"], "/parts/{id}/entries": archive}
        for method, path, operation in self.operations():
            if path.startswith(ELSEWHERE):
                continue
            if "application/json" not in operation["responses"].get("200", {}).get("content", {}):
                continue  # bytes of files, which have tests of their own
            if method == "GET":
                of = ids.get(path, part if path.startswith("/parts/") else "")
                asked = path.replace("{id}", of).replace("{type}", "account")
                asked += "?meta=true" if "x-filterable" in operation else ""
                answer = seller.get(asked)
            elif path.endswith("/search"):
                answer = seller.post(path, {"meta": True})
            else:
                continue
            with self.subTest(method=method, path=path):
                self.assertEqual(answer.status, 200, answer.bytes)
                schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
                self.assertEqual(self.complaints(answer.json, schema), [])
                if "/{" not in path and answer.json.get("object") == "list":
                    self.assertTrue(answer["data"], "an empty list shows nothing")

    def test_106_changes_are_as_described(self):
        seller = self.seller()
        operator = self.client(self.service.keys()["operator_test"])
        endpoint = self.endpoint_of(seller)["id"]
        key = self.key_of(seller)["id"]
        ids = {"webhook-endpoints": endpoint, "events": seller.get("/events")["data"][0]["id"]}
        with open(os.path.join(service.ROOT, "server", "data", "price-book.example.json"), encoding="utf-8") as file:
            book = dict(json.load(file), version="pb_described")
        version = "/operator/price-books/{version}"
        asked = [(seller, "POST", "/api-keys", {"name": "x", "scopes": ["keys:read"]}),
                 (seller, "PATCH", "/api-keys/{id}", {"name": "y"}), (seller, "POST", "/api-keys/{id}/rotate", {}),
                 (seller, "DELETE", "/api-keys/{id}", None), (seller, "PATCH", "/account", {"accept_terms": True}),
                 (seller, "POST", "/test/accounts", {}), (operator, "PUT", version, book),
                 (operator, "POST", version + "/validate", book), (operator, "POST", version + "/activate", {}),
                 (seller, "POST", "/webhook-endpoints", {"url": "http://127.0.0.1:1024/", "events": ["part.*"]}),
                 (seller, "PATCH", "/webhook-endpoints/{id}", {"description": "y"}),
                 (seller, "POST", "/webhook-endpoints/{id}/rotate-secret", {}),
                 (seller, "POST", "/webhook-endpoints/{id}/test", {}),
                 (seller, "POST", "/webhook-deliveries/batch-retry", {"endpoint_id": endpoint}),
                 (seller, "POST", "/events/{id}/resend", {"endpoint_id": endpoint}),
                 (seller, "DELETE", "/webhook-endpoints/{id}", None)]
        for client, method, path, body in asked:
            with self.subTest(method=method, path=path):
                named = path.replace("{id}", ids.get(path.split("/")[1], key)).replace("{version}", book["version"])
                answer = client.send(method, named, body, {"Idempotency-Key": "%s-%s" % (method, path)})
                self.as_described(answer, method, path)
        self.assertEqual(operator.post("/operator/price-books/pb_2026_11/activate").status, 200)

    def test_106_changes_of_parts_are_as_described(self):
        seller = self.seller()
        part, archive = self.parts_of(seller)
        plates = seller.post("/parts", {"name": "plates", "rights_confirmed": True})["id"]
        seller.put("/parts/%s/file" % plates, meshes.three_plates(), {"Content-Type": "model/3mf"})
        service.until(lambda: seller.get("/parts/" + plates)["status"] != "processing")
        seller.patch("/parts/" + part, {"rights_confirmed": True})
        file_id = seller.get("/parts/" + part)["file"]["id"]
        asked = [("POST", "/uploads", None, {"filename": "x.stl", "size": 84}),
                 ("POST", "/files/signed-urls", None, {"file_ids": [file_id]}),
                 ("POST", "/parts/{id}/split", plates, {}), ("POST", "/parts/{id}/pin", archive, {"entry_id": "ent_1"}),
                 ("GET", "/parts/{id}/versions", archive, None), ("POST", "/parts/{id}/submit", part, {}),
                 ("POST", "/parts/{id}/review/decide", part, {"decision": "rejected", "rejections": [{"code": "thin"}]}),
                 ("POST", "/parts/batch-update", None, {"ids": [part, "none"], "update": {"name": "y"}}),
                 ("POST", "/parts/batch-delete", None, {"ids": [part, "none"]})]
        for method, path, made, body in asked:
            with self.subTest(method=method, path=path):
                answer = seller.send(method, path.replace("{id}", made or ""), body)
                self.assertLess(answer.status, 300, answer.bytes)
                described = self.document["paths"][path][method.lower()]["responses"][str(answer.status)]
                schema = described["content"]["application/json"]["schema"]
                self.assertEqual(self.complaints(answer.json, schema), [])

    def test_106_request_fields_are_as_described(self):
        """What the document allows is known to the service, and the rest is unknown_field."""
        seller, operator = self.seller(), self.client(self.service.keys()["operator_test"])
        key = self.key_of(seller)["id"]
        for method, path, operation in self.operations():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            schema = self.resolve(content["schema"]) if content else {}
            if schema.get("additionalProperties") is not False:
                continue
            with self.subTest(method=method, path=path):
                body = dict.fromkeys(schema["properties"], {"wrong": "type"})
                client = operator if path.startswith("/operator/") else seller
                answer = client.send(method, path.replace("{id}", key), dict(body, no_such_field=1),
                                     {"Idempotency-Key": operation["operationId"]})
                self.refused(answer, 400, "unknown_field")
                self.assertEqual([field["path"] for field in answer.details["fields"]], ["no_such_field"])

    def test_106_filters_are_as_described(self):
        seller, operator = self.seller(), self.client(self.service.keys()["operator_test"])
        for method, path, operation in self.operations():
            if "x-filterable" not in operation:
                continue
            with self.subTest(method=method, path=path):
                client = operator if path.startswith("/operator/") else seller
                answer = (client.get(path + "?no_such_field=1") if method == "GET"
                          else client.post(path, {"filter": {"no_such_field": 1}}))
                self.refused(answer, 400, "invalid_filter")
                self.assertEqual(sorted(answer.details["allowed"]), sorted(operation["x-filterable"]))

    def test_106_the_document_has_a_tag(self):
        self.assertEqual(self.document["openapi"], "3.1.0")
        seller = self.seller()
        again = seller.get("/openapi.json", {"If-None-Match": self.tag})
        self.assertEqual((again.status, again.bytes), (304, b""))
        self.refused(self.client().get("/openapi.json"), 401, "unauthenticated")

    def test_095_materials_by_colour(self):
        seller = self.seller()
        for name in ("colors.hex", "color.hex"):
            found = seller.get("/materials?%s=%%23101010&limit=100" % name)["data"]
            self.assertTrue(found)
            for material in found:
                self.assertIn("#101010", [color["hex"] for color in material["colors"]])
