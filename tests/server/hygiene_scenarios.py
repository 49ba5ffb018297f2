"""Scenarios 33, 34 and 58 to 62 where keys stand for parts and orders, and 93 to 109: querying, limits, hygiene."""
import base64
import copy
import hashlib
import json
import os
import random
import threading
import urllib.parse

import service

MAKE = {"name": "x", "scopes": ["keys:read"]}


class Bodies(service.Case):
    def test_033_unknown_field(self):
        seller = self.seller()
        answer = self.refused(seller.post("/api-keys", {"nmae": "x", "scopes": []}), 400, "unknown_field")
        self.assertEqual(answer.details["fields"][0]["path"], "nmae")
        self.refused(seller.patch("/account", {"nmae": "x"}), 400, "unknown_field")

    def test_034_versions(self):
        seller = self.seller()
        made = self.key_of(seller)
        path = "/api-keys/" + made["id"]
        tag = seller.get(path).headers["etag"]
        self.assertEqual(tag, '"v1"')
        changed = seller.patch(path, {"name": "one"}, {"If-Match": tag})
        self.assertEqual((changed.status, changed["version"], changed.headers["etag"]), (200, 2, '"v2"'))
        stale = self.refused(seller.patch(path, {"name": "two"}, {"If-Match": tag}), 412, "version_mismatch")
        self.assertEqual(stale.details["current_version"], 2)
        self.assertEqual(seller.get(path)["name"], "one")
        self.refused(seller.patch(path, {"name": "two"}, {"If-Match": "v2"}), 400, "invalid_if_match")
        self.assertEqual(seller.patch(path, {"name": "two"}, {"If-Match": "*"}).status, 200)
        unchanged = seller.get(path, {"If-None-Match": '"v3"'})
        self.assertEqual((unchanged.status, unchanged.bytes), (304, b""))
        self.assertEqual(seller.get(path, {"If-None-Match": '"v2"'}).status, 200)

    def test_098_what_is_no_json_body(self):
        seller = self.seller()
        bad = {
            "duplicate": b'{"name":"a","name":"b","scopes":[]}', "trailing": b'{"name":"a","scopes":[]} x',
            "two": b'{"name":"a","scopes":[]}{}', "nan": b'{"name":NaN}', "infinity": b'{"name":Infinity}',
            "deep": b'{"name":' + b"[" * 33 + b"]" * 33 + b"}", "latin": b'{"name":"\xe9"}',
            "overlong": b'{"name":"\xc0\xaf"}', "surrogate": b'{"name":"\\ud800"}', "nul": b'{"name":"a\\u0000b"}',
            "raw nul": b'{"name":"a\x00b"}', "empty": b"", "array": b"[]", "text": b'"x"', "cut": b'{"name":',
            "single quotes": b"{'name':'x'}", "comment": b'{"name":"x"/**/}', "bom": b'\xef\xbb\xbf{"name":"x"}'}
        for name, body in bad.items():
            with self.subTest(name=name):
                answer = seller.post("/api-keys", body)
                self.assertEqual(answer.status, 400, answer.bytes)
                self.assertIn(answer.code, ("invalid_json", "invalid_request"))
        self.assertEqual(seller.get("/account").status, 200)
        nested = b'{"name":"x","scopes":' + b"[" * 31 + b"]" * 31 + b"}"
        self.refused(seller.post("/api-keys", nested), 400, "invalid_request")  # 32 deep: JSON, and no list of texts

    def test_098_content_types(self):
        seller = self.seller()
        body = json.dumps(MAKE).encode()
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "multipart/form-data"):
            with self.subTest(kind=kind):
                self.refused(seller.post("/api-keys", body, {"Content-Type": kind}), 415, "unsupported_media_type")
        for kind in ("application/json; charset=utf-8", "Application/JSON"):
            with self.subTest(kind=kind):
                self.assertEqual(seller.post("/api-keys", body, {"Content-Type": kind}).status, 201)
        self.refused(seller.post("/api-keys", body, {"Content-Encoding": "gzip"}), 415, "unsupported_content_encoding")
        merge = {"Content-Type": "application/merge-patch+json"}
        self.assertEqual(seller.patch("/account", {"name": "Merged"}, merge)["name"], "Merged")

    def test_018_a_digest_that_is_sent_is_checked(self):
        seller = self.seller()
        body = json.dumps(MAKE).encode()
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        self.assertEqual(seller.post("/api-keys", body, {"Content-Digest": "sha-256=:%s:" % digest}).status, 201)
        for wrong in ("sha-256=:%s:" % base64.b64encode(bytes(32)).decode(), "sha-256=:?:", "sha-256=:" + digest):
            with self.subTest(wrong=wrong):
                self.refused(seller.post("/api-keys", body, {"Content-Digest": wrong}), 400, "digest_mismatch")
        self.assertEqual(len(seller.get("/api-keys")["data"]), 2)

    def test_098_a_large_body(self):
        seller = self.seller()
        body = json.dumps({"name": "x" * (1 << 20), "scopes": []}).encode()
        self.refused(seller.post("/api-keys", body), 413, "payload_too_large")
        self.assertEqual(seller.get("/account").status, 200)

    def test_099_integers_are_integers(self):
        seller = self.seller()
        path = "/api-keys/%s/rotate" % self.key_of(seller)["id"]
        for wrong in (b"5.0", b'"5"', b"5e0", b"true", b"null", b"99999999999999999999"):
            with self.subTest(wrong=wrong):
                self.assertEqual(seller.post(path, b'{"overlap_seconds":' + wrong + b"}").status, 400)


class Idempotency(service.Case):
    def test_058_one_effect_of_twenty_at_once(self):
        seller = self.seller()
        clients, answers = [self.client(seller.key) for _ in range(20)], []
        header = {"Idempotency-Key": "once"}
        threads = [threading.Thread(target=lambda c=c: answers.append(c.post("/api-keys", MAKE, header)))
                   for c in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(answers), 20)
        self.assertLessEqual({answer.status for answer in answers}, {201, 409})
        made = {answer["id"] for answer in answers if answer.status == 201}
        self.assertEqual(len(made), 1)
        for answer in answers:
            if answer.status == 409:
                self.assertEqual((answer.code, answer.headers["retry-after"]), ("idempotency_in_progress", "1"))
        self.assertEqual(seller.get("/api-keys?meta=true")["meta"]["total"], 2)
        replay = seller.post("/api-keys", MAKE, header)
        self.assertEqual((replay.status, replay["id"], replay["key"]), (201, made.pop(), None))
        self.assertEqual(replay.headers["idempotent-replayed"], "true")

    def test_058_a_replay_is_the_answer_of_then(self):
        seller = self.seller()
        header = {"Idempotency-Key": "child"}
        first = seller.patch("/account", {"name": "One"}, header)
        self.assertEqual(seller.patch("/account", {"name": "Two"}).status, 200)
        again = seller.patch("/account", {"name": "One"}, header)
        self.assertEqual((again.status, again.json), (200, first.json))
        self.assertNotEqual(again.headers["request-id"], first.headers["request-id"])
        self.assertEqual(seller.get("/account")["name"], "Two")

    def test_059_one_key_two_bodies(self):
        seller = self.seller()
        header = {"Idempotency-Key": "k"}
        self.assertEqual(seller.post("/api-keys", MAKE, header).status, 201)
        other = dict(MAKE, name="y")
        self.refused(seller.post("/api-keys", other, header), 422, "idempotency_key_reused")
        self.refused(seller.patch("/account", {"name": "x"}, header), 422, "idempotency_key_reused")

    def test_060_order_and_spaces_do_not_matter(self):
        seller = self.seller()
        header = {"Idempotency-Key": "k"}
        one = seller.post("/api-keys", b'{"name":"x","scopes":["keys:read"]}', header)
        two = seller.post("/api-keys", b'{ "scopes" : [ "keys:read" ],\n "name" : "\\u0078" }', header)
        self.assertEqual((one.status, two.status, two["id"]), (201, 201, one["id"]))

    def test_061_quoted_and_bare_keys(self):
        seller = self.seller()
        one = seller.post("/api-keys", MAKE, {"Idempotency-Key": '"k1"'})
        two = seller.post("/api-keys", MAKE, {"Idempotency-Key": "k1"})
        self.assertEqual((one.status, two.status, two["id"]), (201, 201, one["id"]))
        for wrong in ("", '""', "a b", "x" * 256, "a\tb", "\xe9"):
            with self.subTest(wrong=wrong):
                self.refused(seller.post("/api-keys", MAKE, {"Idempotency-Key": wrong}), 400, "idempotency_key_invalid")
        self.assertEqual(seller.post("/api-keys", MAKE, {"Idempotency-Key": "x" * 255}).status, 201)

    def test_062_an_error_does_not_burn_the_key(self):
        seller = self.seller()
        header = {"Idempotency-Key": "k"}
        self.refused(seller.post("/api-keys", {"name": "x", "scopes": ["operator:write"]}, header), 403,
                     "scope_escalation")
        made = seller.post("/api-keys", MAKE, header)
        self.assertEqual(made.status, 201)
        self.assertNotIn("idempotent-replayed", made.headers)


class Lists(service.Case):
    def ids(self, client, path):
        pages, cursor = [], None
        while True:
            page = client.get(path + ("&cursor=" + cursor if cursor else "")).json
            self.assertEqual(page["object"], "list")
            pages.append([item["id"] for item in page["data"]])
            cursor = page["next_cursor"]
            self.assertEqual(page["has_more"], cursor is not None)
            if not cursor:
                return pages

    def test_094_pages(self):
        seller = self.seller()
        for n in range(44):
            self.key_of(seller, name="key %02d" % (n % 7))
        for sort in ("", "&sort=created_at:asc", "&sort=name:asc,created_at:desc"):
            with self.subTest(sort=sort):
                pages = self.ids(seller, "/api-keys?limit=20" + sort)
                self.assertEqual([len(page) for page in pages], [20, 20, 5])
                self.assertEqual(len(set(sum(pages, []))), 45)
        first = seller.get("/api-keys?limit=20").json
        old = {key["id"] for key in seller.get("/api-keys?limit=100")["data"]}
        for _ in range(5):
            self.key_of(seller, name="later")
        seen = [key["id"] for key in first["data"]]
        cursor = first["next_cursor"]
        while cursor:
            page = seller.get("/api-keys?limit=20&cursor=" + cursor).json
            seen += [key["id"] for key in page["data"]]
            cursor = page["next_cursor"]
        self.assertEqual(len(seen), 45)
        self.assertEqual(set(seen), old)
        offset = seller.get("/api-keys?limit=10&offset=45&meta=true").json
        self.assertEqual((len(offset["data"]), offset["meta"]["total"], offset["meta"]["count"]), (5, 50, 5))
        self.assertEqual((offset["meta"]["total_capped"], offset["meta"]["offset"]), (False, 45))
        for wrong in ("limit=0", "limit=101", "limit=x", "limit=1.5", "offset=-1", "offset=10001", "meta=maybe",
                      "offset=1&cursor=" + first["next_cursor"], "no_such=1",
                      "name=%00", "name=%zz", "name=%ff"):
            with self.subTest(wrong=wrong):
                answer = seller.get("/api-keys?" + wrong)
                self.assertEqual(answer.status, 400, answer.bytes)

    def test_095_filters(self):
        seller = self.seller()
        for name in ("100% cotton", "100 cotton", "under_score", "underXscore", "Ümlaut", "a,b", "UPPER"):
            self.key_of(seller, name=name)

        def names(query):
            answer = seller.get("/api-keys?limit=100&" + query)
            self.assertEqual(answer.status, 200, answer.bytes)
            return sorted(key["name"] for key in answer["data"])

        self.assertEqual(names("name.contains=100%25"), ["100% cotton"])
        self.assertEqual(names("name.contains=r_s"), ["under_score"])
        self.assertEqual(names("name.starts_with=upp"), ["UPPER"])
        self.assertEqual(names("name.ends_with=COTTON"), ["100 cotton", "100% cotton"])
        self.assertEqual(names("name=under_score"), ["under_score"])
        self.assertEqual(names("name.in=under_score,UPPER"), ["UPPER", "under_score"])
        self.assertEqual(names("name.in=a%2Cb,UPPER"), ["UPPER", "a,b"])
        self.assertEqual(len(names("name.not_in=UPPER,under_score")), 6)
        self.assertEqual(len(names("status.in=active,expired")), 8)
        self.assertEqual(names("status=revoked"), [])
        self.assertEqual(len(names("expires_at.is_null=true")), 8)
        self.assertEqual(names("expires_at.is_null=false"), [])
        year = "2020-01-01T00:00:00.000Z,2999-01-01T00:00:00.000Z"
        self.assertEqual(len(names("created_at.between=" + year)), 8)
        self.assertEqual(names("created_at.lt=2020-01-01T00:00:00.000Z"), [])
        self.assertEqual(names("name.ne=UPPER&name.contains=upper"), [])
        unknown = self.refused(seller.get("/api-keys?colour=red"), 400, "invalid_filter")
        self.assertIn("name", unknown.details["allowed"])
        for wrong in ("name.like=x", "created_at.gt=yesterday", "expires_at.is_null=perhaps",
                      "name.in=" + ",".join("x" * 101)):
            with self.subTest(wrong=wrong):
                self.refused(seller.get("/api-keys?" + wrong), 400, "invalid_filter")
        self.refused(seller.get("/api-keys?sort=colour:asc"), 400, "invalid_sort")
        self.refused(seller.get("/api-keys?sort=name:up"), 400, "invalid_sort")

    def test_096_search(self):
        seller = self.seller()
        for name in ("red", "green", "blue"):
            self.key_of(seller, name=name)
        for wrong in ({"sort": 5}, {"limit": 0}, {"limit": "5"}, {"fields": "name"}, {"colour": 1}, {"sort": ["colour"]}):
            with self.subTest(wrong=wrong):
                self.assertIn(seller.post("/api-keys/search", wrong).status, (400, 422))

        def search(filter_, **more):
            return seller.post("/api-keys/search", dict(more, filter=filter_))

        def names(filter_):
            answer = search(filter_, sort="name:asc")
            self.assertEqual(answer.status, 200, answer.bytes)
            return [key["name"] for key in answer["data"]]

        self.assertEqual(names({"OR": [{"name": "red"}, {"name": {"eq": "blue"}}]}), ["blue", "red"])
        self.assertEqual(names({"AND": [{"NOT": {"name": "red"}}, {"name": {"contains": "e"}},
                                        {"NOT": {"OR": [{"name": "blue"}, {"name": "x"}]}},
                                        {"name": {"not_in": ["x", "First test key"]}}]}), ["green"])
        self.assertEqual(names({"name": {"starts_with": "g", "ends_with": "n"}, "status": "active"}), ["green"])
        nested = {"name": "red"}
        for _ in range(3):
            nested = {"NOT": nested}
        self.assertEqual(search(nested).status, 200)
        self.refused(search({"NOT": {"NOT": nested}}), 400, "invalid_filter")
        self.assertEqual(search({"OR": [{"name": str(n)} for n in range(32)]}).status, 200)
        self.refused(search({"OR": [{"name": str(n)} for n in range(33)]}), 400, "invalid_filter")
        for wrong in ({"colour": "x"}, {"OR": {}}, {"name": {"like": "x"}}, [], "x", {"name": {"in": "x"}},
                      {"NOT": []}):
            with self.subTest(wrong=wrong):
                self.assertEqual(search(wrong).status, 400)
        page = search({"name": {"in": ["red", "green", "blue"]}}, sort=["name:desc"], limit=2).json
        self.assertEqual([key["name"] for key in page["data"]], ["red", "green"])
        rest = search({"name": {"in": ["red", "green", "blue"]}}, sort=["name:desc"], limit=2,
                      cursor=page["next_cursor"]).json
        self.assertEqual(([key["name"] for key in rest["data"]], rest["has_more"]), (["blue"], False))

    def test_095_no_query_breaks_a_list(self):
        """Words that mean something, put together by chance (always the same): answers are 200 or 400."""
        chance, seller = random.Random(95), self.seller()
        self.key_of(seller, name="a'b\"c%_", metadata={"k": "v", "k\"'": "w"})
        paths = ("/api-keys", "/materials", "/audit-logs", "/request-logs")
        names = ("id", "ref", "name", "created_at", "status", "tags", "colors.hex", "actor.id", "at", "metadata.k",
                 "metadata.k\"'", "metadata.", "metadata", "", ".", "a.b.c", "expires_at", "'; DROP TABLE objects; --")
        operators = ("", "", ".eq", ".ne", ".gt", ".lte", ".contains", ".starts_with", ".ends_with", ".in", ".not_in",
                     ".is_null", ".between", ".like", ".")
        values = ("", "x", "true", "1,2", ",", ",,,", "%", "_", "'", '"', "\\", "2020-01-01T00:00:00.000Z", "1e400", "nan",
                  "-0", "\u00e4", "\U0001f600", "2020-01-01T00:00:00.000Z,2030-01-01T00:00:00Z", "a" * 300, "null", "{}")
        special = ("limit=5", "sort=name:desc", "sort=created_at,name,id", "offset=3", "meta=true", "fields=id,,x",
                   "cursor=AAAA", "include=", "sort=", "fields=", "&&", "=", "limit")
        for _ in range(400):
            parts = [urllib.parse.quote(chance.choice(names) + chance.choice(operators)) + "=" +
                     urllib.parse.quote(chance.choice(values), safe=",") for _ in range(chance.randint(0, 3))]
            parts += chance.sample(special, chance.randint(0, 2))
            path = chance.choice(paths) + "?" + "&".join(parts)
            answer = seller.get(path)
            self.assertIn(answer.status, (200, 400), (path, answer.bytes))

    def test_096_no_filter_breaks_a_search(self):
        chance, seller = random.Random(96), self.seller()
        leaves = (None, True, 1, -1.5, 1e300, "x", "", [], ["a", "b"], [1, None], {}, {"eq": "x"}, {"in": ["a"]},
                  {"in": []}, {"in": [[]]}, {"between": ["a"]}, {"between": [1, "b"]}, {"is_null": True},
                  {"is_null": 0}, {"contains": 5}, {"eq": None}, {"ne": None}, {"gt": {}}, {"like": "x"})
        names = ("name", "status", "created_at", "tags", "colors.hex", "at", "metadata.k", "AND", "OR", "NOT", "x", "")

        def filter_of(depth):
            if depth == 0 or chance.random() < 0.3:
                return {chance.choice(names): chance.choice(leaves) for _ in range(chance.randint(0, 3))}
            inner = [filter_of(depth - 1) for _ in range(chance.randint(0, 3))]
            return {chance.choice(("AND", "OR")): inner} if chance.random() < 0.7 else {"NOT": filter_of(depth - 1)}

        for _ in range(300):
            body = {"filter": filter_of(4)}
            if chance.random() < 0.3:
                body[chance.choice(("sort", "limit", "fields", "cursor", "meta", "include"))] = chance.choice(leaves)
            answer = seller.post(chance.choice(("/api-keys", "/materials", "/audit-logs")) + "/search", body)
            self.assertIn(answer.status, (200, 400, 422), (body, answer.bytes))

    def test_097_fields_and_include(self):
        seller = self.seller()
        for key in seller.get("/api-keys?fields=name")["data"]:
            self.assertEqual(set(key), {"object", "id", "name"})
        found = seller.post("/api-keys/search", {"fields": ["name", "status"]})["data"]
        self.assertEqual(set(found[0]), {"object", "id", "name", "status"})
        self.refused(seller.get("/api-keys?include=a,b,c,d,e"), 400, "invalid_include")
        self.refused(seller.get("/api-keys?include=file"), 400, "invalid_include")


class Logs(service.Case):
    def found(self, client, request_id):
        return service.until(lambda: (lambda a: a.json if a.status == 200 else None)(
            client.get("/request-logs/" + request_id)))

    def test_100_errors_are_found_by_their_id(self):
        seller = self.seller()
        errors = [seller.get("/no-such-route"), seller.put("/account", {}), seller.post("/api-keys", b"{"),
                  seller.post("/api-keys", {"name": 5}), seller.get("/api-keys/none"), seller.get("/api-keys?x=1"),
                  seller.post("/api-keys", b"{}", {"Content-Type": "text/plain"}),
                  seller.patch("/account", {"currency": "XXX"}), seller.get("/request-logs?status=x")]
        for answer in errors:
            self.assertGreaterEqual(answer.status, 400)
            line = self.found(seller, answer.headers["request-id"])
            self.assertTrue(line, answer.bytes)
            self.assertEqual((line["object"], line["status"], line["error_code"]),
                             ("request_log", answer.status, answer.code))
        by_status = seller.get("/request-logs?status=415")["data"]
        self.assertEqual([line["path"] for line in by_status], ["/api-keys"])
        self.assertEqual(errors[1].headers["allow"].replace(" ", "").split(","), ["GET", "PATCH"])

    def test_101_logs_hold_no_secrets(self):
        seller = self.seller()
        made = self.key_of(seller, name="secret keeper")
        header = {"Idempotency-Key": "idem-" + "7" * 20}
        asked = seller.patch("/api-keys/" + made["id"], {"name": "renamed"}, header)
        line = self.found(seller, asked.headers["request-id"])
        self.assertTrue(line)
        self.assertEqual((line["method"], line["path"], line["status"]), ("PATCH", "/api-keys/" + made["id"], 200))
        self.assertEqual(line["body"], {"name": "renamed"})
        self.assertTrue(line["idempotency_key_hash"])
        secret = self.found(seller, seller.get("/account?api_key=" + made["key"]).headers["request-id"])
        self.assertIn("api_key", secret["query"])
        text = seller.get("/request-logs?limit=100").bytes + seller.get("/audit-logs?limit=100").bytes
        for hidden in (made["key"], seller.key, header["Idempotency-Key"]):
            self.assertNotIn(hidden.encode(), text)
        change = [entry for entry in seller.get("/audit-logs?action=api_key.update")["data"]]
        self.assertEqual(len(change), 1)
        self.assertEqual(change[0]["changes"]["name"], {"old": "secret keeper", "new": "renamed"})
        self.assertEqual(change[0]["actor"]["type"], "api_key")
        self.assertEqual(change[0]["target"]["id"], made["id"])
        self.assertEqual(change[0]["request_id"], asked.headers["request-id"])

    def test_101_addresses_are_masked(self):
        seller = self.seller()
        body = {"name": "x", "ship_to": {"name": "Jane Doe", "city": "Bonn"}, "email": "jane@example.com",
                "items": [{"phone": "+49 1"}], "secret": "s3"}
        asked = seller.post("/api-keys", body)
        self.assertEqual(asked.status, 400)
        line = self.found(seller, asked.headers["request-id"])
        self.assertEqual(line["body"]["name"], "x")
        text = json.dumps(line)
        for hidden in ("Jane", "Bonn", "jane@", "+49", "s3"):
            self.assertNotIn(hidden, text)


class Front(service.Case):
    def test_102_no_other_origins(self):
        seller = self.seller()
        origin = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
        self.refused(self.client().send("OPTIONS", "/account", None, origin), 401, "unauthenticated")
        options = seller.send("OPTIONS", "/account", None, origin)
        self.assertEqual((options.status, options.bytes), (204, b""))
        self.assertEqual(sorted(options.headers["allow"].replace(" ", "").split(",")), ["GET", "PATCH"])
        for answer in (options, seller.get("/account", origin)):
            self.assertFalse([name for name in answer.headers if name.startswith("access-control")])

    def test_105_health_is_not_public(self):
        seller = self.seller()
        for path in ("/metrics", "/healthz", "/readyz"):
            with self.subTest(path=path):
                answer = self.client().raw("GET", path)
                self.assertGreaterEqual(answer.status, 401)
                self.assertLess(answer.status, 500)
                keyed = self.client().raw("GET", path, None, {"Authorization": "Bearer " + seller.key})
                self.assertEqual(keyed.status, 404)
                self.refused(seller.get(path), 404, "route_not_found")
                self.assertEqual(self.service.internal(path)[0], 200)
        self.assertIn(b"quote_http_requests_total", self.service.internal("/metrics")[1])

    def test_105_the_internal_side_serves_no_api(self):
        self.assertGreaterEqual(self.service.internal("/api/v1/account")[0], 400)

    def test_105_answers_of_the_front_end_have_the_envelope(self):
        for name, path, headers, status in (("uri", "/api/v1/account?x=" + "y" * 20000, {}, 414),
                                            ("header", "/api/v1/account", {"X-Long": "y" * 40000}, 431)):
            with self.subTest(name=name):
                answer = self.client().raw("GET", path, None, headers)
                self.assertIn(answer.status, (status, 414, 431))
                self.assertIsNone(answer["error"]["request_id"])
                self.assertTrue(answer["error"]["code"] and answer["error"]["message"])


class Catalogue(service.Case):
    def test_108_catalogue_and_its_tag(self):
        reader = self.client(self.key_of(self.seller(), scopes=["logs:read"])["key"])
        answer = reader.get("/materials?limit=100")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["cache-control"], "private, max-age=300")
        self.assertIn("mat_pla", [material["id"] for material in answer["data"]])
        again = reader.get("/materials?limit=100", {"If-None-Match": answer.headers["etag"]})
        self.assertEqual((again.status, again.bytes), (304, b""))
        for path in ("/materials/mat_pla", "/materials/mat_pla/colors", "/countries", "/formats", "/error-codes",
                     "/scopes", "/plans"):
            self.assertEqual(reader.get(path).status, 200, path)
        self.refused(reader.get("/materials/mat_none"), 404, "not_found")
        self.assertEqual(reader.get("/materials?family=PLA")["data"][0]["family"], "PLA")
        self.refused(reader.get("/account"), 403, "insufficient_scope")


class Accounts(service.Case):
    def test_108_a_suspended_account_can_be_read(self):
        seller = self.seller()
        self.service.control("account", "suspend", seller.account["account_id"])
        self.assertEqual(seller.get("/account")["status"], "suspended")
        self.assertEqual(seller.post("/api-keys/search").status, 200)
        self.refused(seller.post("/api-keys", MAKE), 403, "account_suspended")
        self.refused(seller.patch("/account", {"name": "x"}), 403, "account_suspended")
        self.service.control("account", "resume", seller.account["account_id"])
        self.assertEqual(seller.patch("/account", {"name": "x"}).status, 200)

    def test_049_country_codes(self):
        seller = self.seller()
        self.assertEqual(seller.patch("/account", {"default_country": "DEU"})["default_country"], "DE")
        for wrong in ("Germany", "XX", "de "):
            with self.subTest(wrong=wrong):
                self.assertEqual(seller.patch("/account", {"default_country": wrong}).status, 422)
        self.assertEqual(seller.patch("/account", {"default_country": None})["default_country"], None)
        self.refused(seller.patch("/account", {"currency": "KWD"}), 422, "currency_unsupported")

    def test_012_test_accounts(self):
        seller = self.seller()
        made = [seller.post("/test/accounts", {"name": "Child %d" % n}) for n in range(3)]
        self.assertEqual([answer.status for answer in made], [201] * 3)
        self.refused(seller.post("/test/accounts"), 409, "test_account_limit")
        child = self.client(made[0]["api_key"]["key"])
        self.assertEqual(child.get("/account")["id"], made[0]["account"]["id"])
        self.assertTrue(child.get("/account")["entitlements"]["ordering"])
        listed = seller.get("/test/accounts")["data"]
        self.assertEqual({account["id"] for account in listed}, {answer["account"]["id"] for answer in made})
        path = "/test/accounts/" + made[0]["account"]["id"]
        self.refused(self.seller().delete(path), 404, "not_found")
        self.assertEqual(seller.delete(path).status, 204)
        self.refused(seller.delete(path), 404, "not_found")
        self.refused(child.get("/account"), 401, "invalid_api_key")
        self.assertEqual(seller.post("/test/accounts").status, 201)


class PriceBooks(service.Case):
    def book(self):
        with open(os.path.join(service.ROOT, "server", "data", "price-book.example.json"), encoding="utf-8") as file:
            return json.load(file)

    def active(self, client):
        return client.get("/materials").json["catalog_version"]

    def test_109_price_books_that_are_refused(self):
        operator = self.client(self.service.keys()["operator_test"])
        good, before = self.book(), self.active(operator)
        wrong = {name: copy.deepcopy(good) for name in ("float", "unknown", "tiers")}
        wrong["float"]["labour_per_hour"] = 33.5
        wrong["unknown"]["colour"] = "red"
        wrong["tiers"]["tiers"].reverse()
        paths = {"float": "labour_per_hour", "unknown": "colour", "tiers": "tiers"}
        for name, book in wrong.items():
            with self.subTest(name=name):
                book["version"] = "pb_wrong"
                answer = self.refused(operator.put("/operator/price-books/pb_wrong", book), 422, "price_book_invalid")
                self.assertIn(paths[name], answer.details["fields"][0]["path"])
                self.refused(operator.post("/operator/price-books/pb_wrong/activate"), 404, "not_found")
        self.assertEqual(self.active(operator), before)

    def test_052_a_stored_book_is_activated(self):
        operator = self.client(self.service.keys()["operator_test"])
        first, book = self.active(operator), self.book()
        book["version"] = "pb_second"
        path = "/operator/price-books/pb_second"
        self.assertEqual(operator.put(path, book).status, 201)
        self.assertEqual(operator.put(path, book).status, 200, "the same bytes again")
        self.refused(operator.put(path, dict(book, min_order="16.00")), 409, "conflict")
        self.assertEqual(self.active(operator), first, "stored is not active")
        self.assertEqual(operator.post(path + "/activate").status, 200)
        self.assertNotEqual(self.active(operator), first)
        self.assertEqual(operator.post("/operator/price-books/%s/activate" % self.book()["version"]).status, 200)

    def test_109_sellers_may_not(self):
        seller = self.seller()
        answer = self.refused(seller.put("/operator/price-books/pb_x", self.book()), 403, "insufficient_scope")
        self.assertTrue(answer.details["required"].startswith("operator:"))
