"""Scenarios 1 to 11: authentication and keys."""
import datetime
import secrets
import threading
import time

import service

ALPHABET = service.DIGITS


def random_key(prefix="lq_test_"):
    return service.well_formed_key("".join(secrets.choice(ALPHABET) for _ in range(32)), prefix)


def without_request_id(answer):
    body = answer.json
    body["error"].pop("request_id")
    return body


def moment(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (at.microsecond // 1000)


class Keys(service.Case):
    def test_001_no_header(self):
        for path in ("/account", "/materials", "/no/such/route", "/"):
            with self.subTest(path=path):
                self.refused(self.client().get(path), 401, "unauthenticated")
        for value in ("Basic Zm9vOmJhcg==", "Bearer", "Bearer  ", "lq_test_x"):
            with self.subTest(value=value):
                answer = self.client().get("/account", {"Authorization": value})
                self.assertEqual(answer.status, 401, answer.bytes)

    def test_002_unknown_and_revoked_keys_answer_alike(self):
        seller = self.seller()
        unknown = self.refused(self.client(random_key()).get("/account"), 401, "invalid_api_key")
        key = self.key_of(seller)
        self.assertEqual(self.client(key["key"]).get("/account").status, 200)
        self.assertEqual(seller.delete("/api-keys/" + key["id"]).status, 204)
        revoked = self.refused(self.client(key["key"]).get("/account"), 401, "invalid_api_key")
        self.assertEqual(without_request_id(unknown), without_request_id(revoked))

    def test_002_a_wrong_checksum_is_an_invalid_key(self):
        key = random_key()
        wrong = key[:-1] + ("a" if key[-1] != "a" else "b")
        self.refused(self.client(wrong).get("/account"), 401, "invalid_api_key")

    def test_002_keys_have_the_published_form(self):
        for mode, prefix in (("test", "lq_test_"), ("live", "lq_live_")):
            key = self.seller(mode).key
            self.assertEqual(len(key), 8 + 32 + 6)
            self.assertEqual(key, service.well_formed_key(key[8:40], prefix))

    def test_003_scope(self):
        seller = self.seller()
        reader = self.client(self.key_of(seller, scopes=["keys:read"])["key"])
        self.assertEqual(reader.get("/api-keys").status, 200)
        answer = self.refused(reader.post("/api-keys", {"name": "x", "scopes": ["keys:read"]}), 403,
                              "insufficient_scope")
        self.assertEqual(answer.details["required"], "keys:write")
        writer = self.client(self.key_of(seller, scopes=["keys:write"])["key"])
        self.refused(writer.get("/api-keys"), 403, "insufficient_scope")
        self.refused(reader.get("/no-such-route"), 404, "route_not_found")

    def test_004_the_key_is_shown_once(self):
        seller = self.seller()
        made = self.key_of(seller, name="Shop floor")
        self.assertEqual((made["object"], made["name"], made["mode"], made["livemode"], made["status"]),
                         ("api_key", "Shop floor", "test", False, "active"))
        self.assertEqual((made["prefix"], made["last4"]), (made["key"][:12], made["key"][-4:]))
        for answer in (seller.get("/api-keys/" + made["id"]), seller.get("/api-keys"), seller.post("/api-keys/search")):
            self.assertEqual(answer.status, 200)
            text = answer.bytes.decode()
            self.assertNotIn(made["key"], text)
            for word in ('"key"', "hash", "salt", "mac"):
                self.assertNotIn(word, text)
        shown = seller.get("/api-keys/" + made["id"]).json
        self.assertEqual((shown["prefix"], shown["last4"]), (made["prefix"], made["last4"]))

    def test_005_scope_escalation(self):
        seller = self.seller()
        weak = self.client(self.key_of(seller, scopes=["keys:read", "keys:write"])["key"])
        wanted = {"name": "x", "scopes": ["orders:write"]}
        self.refused(weak.post("/api-keys", wanted), 403, "scope_escalation")
        child = self.key_of(weak, scopes=["keys:read"])
        self.refused(weak.patch("/api-keys/" + child["id"], {"scopes": ["orders:write"]}), 403, "scope_escalation")
        self.refused(seller.post("/api-keys", {"name": "x", "scopes": ["operator:read"]}), 403, "scope_escalation")
        self.assertEqual(seller.post("/api-keys", {"name": "x", "scopes": ["no:such"]}).status, 422)

    def test_005_rotation_gives_no_more_than_the_caller_has(self):
        seller = self.seller()
        first = seller.get("/api-keys")["data"][0]["id"]
        bound = self.client(self.key_of(seller, scopes=seller.get("/api-keys/" + first)["scopes"],
                                        ip_allowlist=["127.0.0.0/8"])["key"])
        self.refused(bound.post("/api-keys/%s/rotate" % first), 403, "scope_escalation")
        short = self.client(self.key_of(seller, scopes=seller.get("/api-keys/" + first)["scopes"],
                                        expires_at=moment(3600))["key"])
        self.refused(short.post("/api-keys/%s/rotate" % first), 403, "scope_escalation")
        self.refused(short.patch("/api-keys/" + first, {"expires_at": moment(7200)}), 403, "scope_escalation")
        own = short.get("/api-keys?name=made%20by%20a%20test&expires_at.is_null=false")["data"][0]["id"]
        self.assertEqual(short.post("/api-keys/%s/rotate" % own, {"overlap_seconds": 0}).status, 201)

    def test_006_address_list(self):
        seller = self.seller()
        bound = self.client(self.key_of(seller, ip_allowlist=["203.0.113.0/24"])["key"])
        self.refused(bound.get("/account"), 403, "ip_not_allowed")
        for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
            self.refused(bound.get("/account", {name: "203.0.113.7"}), 403, "ip_not_allowed")
        for listed in ("127.0.0.0/8", "127.0.0.1", "::ffff:127.0.0.1/128"):
            with self.subTest(listed=listed):
                near = self.client(self.key_of(seller, ip_allowlist=[listed])["key"])
                self.assertEqual(near.get("/account").status, 200)
        self.assertEqual(seller.post("/api-keys", {"name": "x", "scopes": [], "ip_allowlist": ["300.1.1.1/8"]}).status,
                         422)
        narrow = self.client(self.key_of(seller, ip_allowlist=["127.0.0.0/8"])["key"])
        wide = narrow.post("/api-keys", {"name": "x", "scopes": ["keys:read"], "ip_allowlist": ["0.0.0.0/0"]})
        self.refused(wide, 403, "scope_escalation")

    def test_007_expiry(self):
        seller = self.seller()
        made = self.key_of(seller, expires_at=moment(10))
        short = self.client(made["key"])
        self.assertEqual(short.get("/account").status, 200)
        answer = service.until(lambda: (lambda a: a if a.status != 200 else None)(short.get("/account")))
        self.refused(answer, 401, "api_key_expired")
        self.assertEqual(seller.get("/api-keys/" + made["id"])["status"], "expired")
        past = seller.post("/api-keys", {"name": "x", "scopes": ["keys:read"], "expires_at": "2020-01-01T00:00:00.000Z"})
        self.assertEqual(past.status, 422)

    def test_008_rotation_with_overlap(self):
        seller = self.seller()
        old = self.key_of(seller)
        rotated = seller.post("/api-keys/%s/rotate" % old["id"], {"overlap_seconds": 10})
        self.assertEqual(rotated.status, 201, rotated.bytes)
        self.assertNotEqual(rotated["key"], old["key"])
        self.assertEqual(rotated["scopes"], old["scopes"])
        before, after = self.client(old["key"]), self.client(rotated["key"])
        self.assertEqual((before.get("/account").status, after.get("/account").status), (200, 200))
        answer = service.until(lambda: (lambda a: a if a.status != 200 else None)(before.get("/account")))
        self.assertEqual(answer.status, 401)
        self.assertEqual(after.get("/account").status, 200)
        for wrong in (-1, 604801):
            self.assertEqual(seller.post("/api-keys/%s/rotate" % rotated["id"], {"overlap_seconds": wrong}).status, 422)
        self.refused(seller.post("/api-keys/%s/rotate" % rotated["id"], {"overlap_seconds": "5"}), 400,
                     "invalid_request")

    def test_009_a_deleted_key_stops_while_it_is_used(self):
        seller = self.seller()
        made = self.key_of(seller)
        used, seen, stop = self.client(made["key"]), [], threading.Event()

        def use():
            while not stop.is_set() and 401 not in seen:
                seen.append(used.get("/account").status)

        thread = threading.Thread(target=use)
        thread.start()
        service.until(lambda: len(seen) > 3)
        self.assertEqual(seller.delete("/api-keys/" + made["id"]).status, 204)
        service.until(lambda: 401 in seen)
        stop.set()
        thread.join()
        self.assertEqual(set(seen), {200, 401})
        self.refused(self.client(made["key"]).get("/account"), 401, "invalid_api_key")

    def test_010_the_last_key_that_can_make_keys_stays(self):
        seller = self.seller()
        keys = seller.get("/api-keys")["data"]
        self.assertEqual(len(keys), 1, "one key of this mode")
        self.refused(seller.delete("/api-keys/" + keys[0]["id"]), 409, "last_admin_key")
        self.assertEqual(seller.get("/account").status, 200)
        other = self.key_of(seller)
        self.assertEqual(seller.delete("/api-keys/" + keys[0]["id"]).status, 204, "a key may delete itself")
        self.refused(seller.get("/account"), 401, "invalid_api_key")
        self.refused(self.client(other["key"]).delete("/api-keys/" + other["id"]), 409, "last_admin_key")

    def test_010_two_that_delete_each_other_leave_one(self):
        seller = self.seller()
        first = seller.get("/api-keys")["data"][0]["id"]
        other = self.key_of(seller)
        pairs = [(self.client(other["key"]), first), (self.client(seller.key), other["id"])]
        results = []
        threads = [threading.Thread(target=lambda c=c, i=i: results.append(c.delete("/api-keys/" + i).status))
                   for c, i in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(results.count(204), 1, results)

    def test_011_no_key_in_the_query(self):
        key = self.seller().key
        for name in ("key", "api_key", "access_token", "token"):
            self.refused(self.client().get("/account?%s=%s" % (name, key)), 401, "unauthenticated")

    def test_011_wrong_keys_are_counted_per_address(self):
        own = service.Service(service.NO_LIMITS)
        try:
            client = service.Client(own)
            statuses = [client.get("/account", {"Authorization": "Bearer " + random_key()}) for _ in range(25)]
            self.assertEqual([a.status for a in statuses], [401] * 20 + [429] * 5)
            self.assertEqual(statuses[-1].code, "rate_limited")
            self.assertEqual(client.get("/account").status, 401, "no key, no failure")
            good = service.Client(own, own.keys()["seller_test"])
            self.assertEqual(good.get("/account").status, 200, "a right key works")
        finally:
            self.assertEqual(own.stop(), 0)


class LastUse(service.Case):
    def test_004_last_use_is_told(self):
        seller = self.seller()
        made = self.key_of(seller)
        self.client(made["key"]).get("/account")
        used = service.until(lambda: seller.get("/api-keys/" + made["id"])["last_used_at"])
        self.assertTrue(used and used.startswith(time.strftime("%Y", time.gmtime())[:3]))
        self.assertEqual(seller.get("/api-keys/" + made["id"])["last_used_ip"], "127.0.0.1")
