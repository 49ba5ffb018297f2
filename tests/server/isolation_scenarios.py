"""Scenarios 12 to 15: what belongs to one account and mode is not there for another."""
import service


def body_of(answer):
    body = answer.json
    body["error"].pop("request_id")
    return body


class Isolation(service.Case):
    def same_404(self, method, client, path, other, body=None):
        foreign, unknown = client.send(method, path, body), client.send(method, other, body)
        self.refused(foreign, 404, "not_found")
        self.assertEqual((foreign.status, body_of(foreign)), (unknown.status, body_of(unknown)))
        self.assertNotIn(path.split("/")[2], foreign.bytes.decode())

    def ask_all(self, client, key_id):
        unknown = "key_" + "0123456789abcdefghjkmnpqrs"
        for method, tail, body in (("GET", "", None), ("PATCH", "", {"name": "mine"}), ("DELETE", "", None),
                                   ("POST", "/rotate", {})):
            with self.subTest(method=method):
                self.same_404(method, client, "/api-keys/" + key_id + tail, "/api-keys/" + unknown + tail, body)
        self.same_404("GET", client, "/api-keys/no-id-at-all", "/api-keys/" + unknown)

    def test_012_objects_of_another_account(self):
        a, b = self.seller(), self.seller()
        made = self.key_of(a)
        self.ask_all(b, made["id"])
        self.assertEqual(b.get("/api-keys?id=" + made["id"])["data"], [])
        self.assertEqual(b.post("/api-keys/search", {"filter": {"id": made["id"]}})["data"], [])
        self.assertEqual(a.get("/api-keys/" + made["id"])["name"], made["name"], "and nothing happened to it")
        self.assertEqual(self.client(made["key"]).get("/account")["id"], a.account["account_id"])

    def test_012_logs_of_another_account(self):
        a, b = self.seller(), self.seller()
        self.key_of(a)
        line = service.until(lambda: a.get("/audit-logs")["data"])[0]
        self.refused(b.get("/audit-logs/" + line["id"]), 404, "not_found")
        request_id = a.get("/account").headers["request-id"]
        service.until(lambda: a.get("/request-logs/" + request_id).status == 200)
        self.refused(b.get("/request-logs/" + request_id), 404, "not_found")

    def test_013_live_objects_with_a_test_key(self):
        live = self.seller("live")
        test = self.client(live.account["test_key"])
        made = self.key_of(live)
        self.assertEqual(made["livemode"], True)
        self.ask_all(test, made["id"])
        self.assertNotIn(made["id"], [key["id"] for key in test.get("/api-keys")["data"]])
        self.refused(live.post("/test/accounts", {}), 403, "test_mode_only")

    def test_014_cursors_are_bound(self):
        a, b = self.seller(), self.seller()
        for client in (a, b):
            for _ in range(3):
                self.key_of(client)
        page = a.get("/api-keys?limit=2").json
        self.assertTrue(page["has_more"])
        cursor = page["next_cursor"]
        self.assertEqual(len(a.get("/api-keys?limit=2&cursor=" + cursor)["data"]), 2)
        self.refused(b.get("/api-keys?limit=2&cursor=" + cursor), 400, "invalid_cursor")
        for wrong in (cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB"), "x", "%C3%A4"):
            self.refused(a.get("/api-keys?limit=2&cursor=" + wrong), 400, "invalid_cursor")
        self.refused(a.get("/api-keys?limit=2&sort=name:asc&cursor=" + cursor), 400, "invalid_cursor")
        self.refused(a.get("/api-keys?limit=2&status=active&cursor=" + cursor), 400, "invalid_cursor")
        self.refused(self.client(a.account["live_key"]).get("/api-keys?limit=2&cursor=" + cursor), 400, "invalid_cursor")

    def test_015_one_idempotency_key_of_two_accounts(self):
        a, b = self.seller(), self.seller()
        body, header = {"name": "x", "scopes": ["keys:read"]}, {"Idempotency-Key": "the-same"}
        one, two = a.post("/api-keys", body, header), b.post("/api-keys", body, header)
        self.assertEqual((one.status, two.status), (201, 201))
        self.assertNotEqual(one["id"], two["id"])
        self.assertNotIn("idempotent-replayed", two.headers)
        live = self.client(a.account["live_key"]).post("/api-keys", body, header)
        self.assertEqual(live.status, 201)
        self.assertNotEqual(live["id"], one["id"])
