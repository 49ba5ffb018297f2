"""Scenarios 77 to 91: endpoints and deliveries. A receiver of our own misbehaves in every way."""
import http.server
import itertools
import os
import shutil
import socket
import subprocess
import threading
import time

import receiver
import service

RIG = {"allow_http": True, "allow_cidrs": ["127.0.0.0/8"]}
NUMBERS = itertools.count(1)


def once():
    return {"Idempotency-Key": "webhooks-%d" % next(NUMBERS)}


def with_rig(**more):
    return dict(service.NO_LIMITS, webhooks=dict(RIG, **more))


class Hooks(service.Case):
    """One service whose schedule runs a hundred times as fast, and a receiver."""
    scale = 0.01

    @classmethod
    def setUpClass(cls):
        cls.service = service.Service(with_rig(schedule_scale=cls.scale, timeout_seconds=2))
        cls.receiver = receiver.Receiver()

    @classmethod
    def tearDownClass(cls):
        cls.receiver.close()
        code = cls.service.stop()
        assert code == 0, code

    def setUp(self):
        self.path = "/" + self.id().split(".")[-1]

    def endpoint(self, client, path=None, events=("account.updated",), answers=None, **more):
        path = path or self.path
        if answers:
            self.receiver.answers[path] = answers
        body = dict({"url": self.receiver.url + path, "events": list(events)}, **more)
        answer = client.post("/webhook-endpoints", body, once())
        self.assertEqual(answer.status, 201, answer.bytes)
        return answer.json

    def cause(self, client, count=1):
        """So many account.updated; the events."""
        last = max([event["sequence"] for event in client.get("/events?limit=100")["data"]] or [0])
        for _ in range(count):
            self.assertEqual(client.patch("/account", {"name": "Changed %d" % next(NUMBERS)}).status, 200)
        return client.get("/events?after=%d&type=account.updated&limit=100" % last)["data"]

    def delivery(self, client, status, **filters):
        """The one delivery of the filters, once it is so."""
        query = "&".join("%s=%s" % pair for pair in filters.items())
        return service.until(lambda: next((one for one in client.get("/webhook-deliveries?" + query)["data"]
                                           if one["status"] == status), None))

    def status_of(self, client, endpoint):
        return client.get("/webhook-endpoints/" + endpoint["id"])["status"]


class Endpoints(Hooks):
    def test_077_urls(self):
        bare = service.Service(service.NO_LIMITS | {"webhooks": {}})
        try:
            client = service.Client(bare, bare.keys()["seller_test"])
            urls = ["http://example.com/", "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/",
                    "https://localhost/", "https://u:p@example.com/", "https://a.localhost/", "https://printer.local/",
                    "https://db.internal/", "https://intranet/", "https://localhost./", "https://2130706433/",
                    "https://0x7f.1/", "https://[::1]/", "https://[fe80::1]/", "https://[64:ff9b::7f00:1]/",
                    "https://[2002:7f00:1::]/", "https://10.1.2.3/", "https://100.64.0.1/", "https://192.168.1.1/",
                    "https://224.0.0.1/", "https://0.0.0.0/", "https://example.com:22/", "https://example.com:80/",
                    "https://example.com/#part", "https://example.com/" + "a" * 2048, "ftp://example.com/", "https://",
                    "example.com", "https://example.com/a b", "file:///etc/passwd"]
            for url in urls:
                with self.subTest(url=url[:60]):
                    answer = client.post("/webhook-endpoints", {"url": url, "events": ["*"]}, once())
                    self.refused(answer, 422, "webhook_url_forbidden")
            for url in ("https://93.184.216.34/hook?a=b", "https://93.184.216.34:8443/", "https://[2606:2800:220:1::1]/"):
                with self.subTest(url=url):
                    made = client.post("/webhook-endpoints", {"url": url, "events": ["part.ready"]}, once())
                    self.assertEqual(made.status, 201, made.bytes)
            change = client.patch("/webhook-endpoints/" + made["id"], {"url": "https://10.0.0.1/"})
            self.refused(change, 422, "webhook_url_forbidden")
        finally:
            self.assertEqual(bare.stop(), 0)

    def test_077_names_that_answer_with_private_addresses(self):
        resolve = {"inside.example.com": ["93.184.216.34", "10.0.0.7"], "outside.example.com": ["93.184.216.34"]}
        own = service.Service(service.NO_LIMITS | {"webhooks": {"resolve": resolve}})
        try:
            client = service.Client(own, own.keys()["seller_test"])
            answer = client.post("/webhook-endpoints", {"url": "https://inside.example.com/", "events": ["*"]}, once())
            self.refused(answer, 422, "webhook_url_forbidden")
            good = client.post("/webhook-endpoints", {"url": "https://outside.example.com/", "events": ["*"]}, once())
            self.assertEqual(good.status, 201, good.bytes)
        finally:
            self.assertEqual(own.stop(), 0)

    def test_089_the_secret_is_shown_once(self):
        client, header = self.seller(), once()
        body = {"url": self.receiver.url + self.path, "events": ["*"]}
        made = client.post("/webhook-endpoints", body, header)
        self.assertEqual(made.status, 201)
        self.assertRegex(made["secret"], r"^whsec_[A-Za-z0-9+/]{43}=$")
        again = client.post("/webhook-endpoints", body, header)
        self.assertEqual((again.status, again["secret"], again["id"]), (201, made["secret"], made["id"]))
        self.assertEqual(again.headers["idempotent-replayed"], "true")
        for answer in (client.get("/webhook-endpoints/" + made["id"]), client.get("/webhook-endpoints"),
                       client.post("/webhook-endpoints/search"),
                       client.patch("/webhook-endpoints/" + made["id"], {"description": "x"})):
            self.assertEqual(answer.status, 200)
            self.assertNotIn(made["secret"], answer.bytes.decode())
            self.assertNotIn('"secret"', answer.bytes.decode())
        self.assertTrue(made["secret"].endswith(client.get("/webhook-endpoints/" + made["id"])["secret_hint"]))

    def test_089_what_is_refused(self):
        client, url = self.seller(), self.receiver.url
        good = {"url": url, "events": ["*"]}
        self.refused(client.post("/webhook-endpoints", good), 400, "idempotency_key_required")
        for body, status, code in (({"events": ["*"]}, 422, "validation_failed"), ({"url": url}, 422, "validation_failed"),
                                   (dict(good, events=[]), 422, "validation_failed"),
                                   (dict(good, events="*"), 400, "invalid_request"),
                                   (dict(good, url=7), 400, "invalid_request"),
                                   (dict(good, events=["part.melted"]), 422, "unknown_event_type"),
                                   (dict(good, events=["melted.*"]), 422, "unknown_event_type"),
                                   (dict(good, ordering="random"), 422, "validation_failed"),
                                   (dict(good, status="disabled"), 400, "unknown_field"),
                                   (dict(good, sercet="x"), 400, "unknown_field")):
            with self.subTest(body=body):
                self.refused(client.post("/webhook-endpoints", body, once()), status, code)
        made = self.endpoint(client)
        for body, status, code in (({"status": "auto_disabled"}, 422, "validation_failed"),
                                   ({"status": True}, 400, "invalid_request"),
                                   ({"events": ["x"]}, 422, "unknown_event_type"), ({"secret": "x"}, 400, "unknown_field")):
            with self.subTest(body=body):
                self.refused(client.patch("/webhook-endpoints/" + made["id"], body), status, code)
        self.refused(client.patch("/webhook-endpoints/" + made["id"], {"description": "x"}, {"If-Match": '"v9"'}), 412,
                     "version_mismatch")
        rotate = "/webhook-endpoints/%s/rotate-secret" % made["id"]
        self.refused(client.post(rotate), 400, "idempotency_key_required")
        self.refused(client.post(rotate, {"overlap_seconds": 172801}, once()), 422, "validation_failed")
        self.refused(client.post(rotate, {"overlap_seconds": 1.0}, once()), 400, "invalid_request")

    def test_089_other_accounts_see_nothing(self):
        owner, other = self.seller(), self.seller()
        made = self.endpoint(owner, answers=[500])
        event = self.cause(owner)[0]["id"]
        delivery = self.delivery(owner, "pending", endpoint_id=made["id"])
        live = self.client(owner.account["live_key"])
        for client in (other, live):
            for method, path, body in (("GET", "/webhook-endpoints/" + made["id"], None),
                                       ("PATCH", "/webhook-endpoints/" + made["id"], {"description": "x"}),
                                       ("DELETE", "/webhook-endpoints/" + made["id"], None),
                                       ("POST", "/webhook-endpoints/%s/test" % made["id"], {}),
                                       ("POST", "/webhook-endpoints/%s/rotate-secret" % made["id"], {}),
                                       ("GET", "/webhook-deliveries/" + delivery["id"], None),
                                       ("POST", "/webhook-deliveries/%s/retry" % delivery["id"], {}),
                                       ("GET", "/events/" + event, None),
                                       ("POST", "/events/%s/resend" % event, {"endpoint_id": made["id"]}),
                                       ("POST", "/webhook-deliveries/batch-retry", {"endpoint_id": made["id"]})):
                with self.subTest(method=method, path=path):
                    answer = self.refused(client.send(method, path, body, once()), 404, "not_found")
                    self.assertNotIn(made["id"], answer.bytes.decode())
            self.assertEqual(client.get("/webhook-deliveries")["data"], [])
        own = owner.post("/events/%s/resend" % event, {"endpoint_id": "whe_00000000000000000000000000"}, once())
        self.assertEqual(self.refused(own, 404, "not_found").details["path"], "endpoint_id")

    def test_089_at_most_ten(self):
        client = self.seller()
        made = [self.endpoint(client, "/ten") for _ in range(10)]
        answer = client.post("/webhook-endpoints", {"url": self.receiver.url, "events": ["*"]}, once())
        self.refused(answer, 409, "endpoint_limit")
        self.assertEqual(client.delete("/webhook-endpoints/" + made[0]["id"]).status, 204)
        self.refused(client.get("/webhook-endpoints/" + made[0]["id"]), 404, "not_found")
        self.endpoint(client, "/ten")

    def test_090_types(self):
        client = self.seller()
        self.endpoint(client, "/keys", ["api_key.*"])
        self.endpoint(client, "/all", ["*"])
        self.endpoint(client, "/one", ["api_key.revoked"])
        key = self.key_of(client)
        client.delete("/api-keys/" + key["id"])
        self.cause(client)
        for path, types in (("/all", ["account.updated", "api_key.created", "api_key.revoked"]),
                            ("/keys", ["api_key.created", "api_key.revoked"]), ("/one", ["api_key.revoked"])):
            self.assertEqual(sorted(one.event["type"] for one in self.receiver.wait(path, len(types))), types)
        names = [one["name"] for one in client.get("/webhook-event-types")["data"]]
        self.assertEqual((len(names), len(set(names))), (49, 49))
        self.assertIn("order.qa_failed", names)
        for one in client.get("/webhook-event-types")["data"]:
            if one["schema"]:
                self.assertEqual(client.get(one["schema"].removeprefix("/api/v1")).status, 200, one)

    def test_090_no_key_of_another_mode_is_told(self):
        client = self.seller()
        self.endpoint(client, events=["*"])
        live = self.client(client.account["live_key"])
        self.key_of(live)
        self.cause(client)
        self.assertEqual([one.event["type"] for one in self.receiver.wait(self.path, 1)], ["account.updated"])


class Deliveries(Hooks):
    def test_079_signatures(self):
        vector = receiver.VECTOR
        self.assertEqual(receiver.own_signature(vector["secret"], vector["t"], vector["body"]), vector["v1"])
        self.assertEqual(receiver.standard_signature(vector["secret"], "evt_01j9zk3m5v8q2w4x6y7z8a9b0c", vector["t"],
                                                     vector["body"]), vector["standard"])
        client = self.seller()
        made = self.endpoint(client)
        event = self.cause(client)[0]
        one = self.receiver.wait(self.path, 1)[0]
        t, signatures = one.signatures()
        self.assertEqual(signatures, [receiver.own_signature(made["secret"], t, one.body)])
        self.assertLess(abs(int(t) - time.time()), 300)
        headers = one.headers
        self.assertEqual(headers["webhook-signature"],
                         receiver.standard_signature(made["secret"], headers["webhook-id"], t, one.body))
        delivery = self.delivery(client, "succeeded", endpoint_id=made["id"])
        self.assertEqual((headers["webhook-id"], headers["webhook-timestamp"], headers["content-type"]),
                         (event["id"], t, "application/json"))
        self.assertEqual((headers["user-agent"], headers["quote-event"], headers["quote-delivery"],
                          headers["quote-attempt"]), ("quote-webhooks/1", "account.updated", delivery["id"], "1"))
        sent = one.event
        self.assertEqual({name: event[name] for name in sent}, sent)
        self.assertEqual(set(sent), {"id", "object", "type", "timestamp", "created_at", "sequence", "livemode",
                                     "api_version", "account_id", "request_id", "data"})
        self.assertEqual(sent["timestamp"], sent["created_at"])
        self.assertEqual(sent["data"]["object"]["object"], "account")
        self.assertIn("name", sent["data"]["previous"])

    def test_079_the_samples_verify(self):
        client = self.seller()
        made = self.endpoint(client)
        rotated = client.post("/webhook-endpoints/%s/rotate-secret" % made["id"], {}, once())
        self.cause(client)
        one = self.receiver.wait(self.path, 1)[0]
        header, (t, signatures) = one.headers["quote-signature"], one.signatures()
        old = receiver.VECTOR
        cases = [(made["secret"], header, one.body, 0), (rotated["secret"], header, one.body, 0),
                 (receiver.VECTOR["secret"], header, one.body, 1), (made["secret"], header, one.body + b" ", 1),
                 (made["secret"], "t=%s,v1=%s" % (int(t) + 1, signatures[1]), one.body, 1),
                 (made["secret"], "t=%s" % t, one.body, 1), (made["secret"], "v1=" + signatures[1], one.body, 1),
                 (made["secret"], "", one.body, 1), (made["secret"], "t=%s,v1=" % t, one.body, 1),
                 (old["secret"], "t=%s,v1=%s" % (old["t"], old["v1"]), old["body"], 1)]
        for sample, tool in (("verify.sh", "sh"), ("verify.py", "python3"), ("verify.mjs", "node")):
            if tool == "node" and not shutil.which(tool):
                continue
            for number, (secret, given, body, code) in enumerate(cases):
                with self.subTest(sample=sample, case=number):
                    done = subprocess.run([tool, os.path.join(service.ROOT, "server", "samples", sample), given],
                                          input=body, env=dict(os.environ, WEBHOOK_SECRET=secret), capture_output=True,
                                          timeout=service.PATIENCE, check=False)
                    self.assertEqual(done.returncode != 0, code != 0, done.stderr)

    def test_080_rotation(self):
        client = self.seller()
        made = self.endpoint(client)
        header = once()
        rotate = "/webhook-endpoints/%s/rotate-secret" % made["id"]
        rotated = client.post(rotate, {"overlap_seconds": 4}, header)
        self.assertEqual(rotated.status, 200, rotated.bytes)
        self.assertNotEqual(rotated["secret"], made["secret"])
        self.assertEqual(client.post(rotate, {"overlap_seconds": 4}, header)["secret"], rotated["secret"])
        self.cause(client)
        one = self.receiver.wait(self.path, 1)[0]
        t, signatures = one.signatures()
        self.assertEqual(signatures, [receiver.own_signature(secret, t, one.body)
                                      for secret in (rotated["secret"], made["secret"])])
        self.assertEqual(len(one.headers["webhook-signature"].split(" ")), 2)
        service.until(lambda: client.get("/webhook-endpoints/" + made["id"])["previous_secret_expires_at"] is None)
        self.cause(client)
        last = self.receiver.wait(self.path, 2)[1]
        t, signatures = last.signatures()
        self.assertEqual(signatures, [receiver.own_signature(rotated["secret"], t, last.body)])

    def test_081_three_failures_then_success(self):
        client = self.seller()
        made = self.endpoint(client, answers=[(500, {}, b"broken \xff\x00"), 404, 503, 200])
        event = self.cause(client)[0]
        delivery = self.delivery(client, "succeeded", endpoint_id=made["id"])
        came = self.receiver.of(self.path)
        self.assertEqual([one.headers["webhook-id"] for one in came], [event["id"]] * 4)
        self.assertEqual([one.headers["quote-attempt"] for one in came], ["1", "2", "3", "4"])
        self.assertEqual(len({one.body for one in came}), 1)
        gaps = [after.at - before.at for before, after in zip(came, came[1:])]
        self.assertEqual(gaps, sorted(gaps))
        self.assertEqual([one["http_status"] for one in delivery["attempts"]], [500, 404, 503, 200])
        self.assertEqual([one["n"] for one in delivery["attempts"]], [1, 2, 3, 4])
        self.assertEqual(delivery["attempts"][0]["response_excerpt"], "broken ??")
        self.assertEqual(delivery["attempts"][0]["remote_ip"], "127.0.0.1")
        self.assertIsNone(delivery["next_attempt_at"])
        # 5 s, 1 min, 5 min at a hundredth, each within its tenth; later by what the machine takes.
        for gap, least in zip(gaps, (0.045, 0.54, 2.7)):
            self.assertGreaterEqual(gap, least)
        self.assertNotEqual(came[0].signatures()[0], came[3].signatures()[0], "t is of the attempt")
        shown = client.get("/webhook-endpoints/" + made["id"]).json
        self.assertEqual((shown["failure_streak"], shown["version"]), ({"since": None, "attempts": 0}, 1))
        self.assertTrue(shown["last_success_at"] >= shown["last_failure_at"])

    def test_082_redirects_are_failures(self):
        client = self.seller()
        for status in (301, 302, 307, 308):
            path = "%s/%d" % (self.path, status)
            made = self.endpoint(client, path, answers=[(status, {"Location": self.receiver.url + "/target"}, b""), 200])
        self.cause(client)
        for status in (301, 302, 307, 308):
            self.assertEqual(len(self.receiver.wait("%s/%d" % (self.path, status), 2)), 2)
        self.assertEqual(self.delivery(client, "succeeded", endpoint_id=made["id"])["attempts"][0]["http_status"], 308)
        self.assertEqual(self.receiver.of("/target"), [])

    def test_083_gone(self):
        client = self.seller()
        gone = self.endpoint(client, "/gone", ["*"], [410])
        self.endpoint(client, "/other", ["webhook_endpoint.*"])
        self.cause(client)
        told = self.receiver.wait("/other", 1)[0].event
        self.assertEqual((told["type"], told["data"]["object"]["id"], told["data"]["object"]["status"]),
                         ("webhook_endpoint.disabled", gone["id"], "auto_disabled"))
        self.assertEqual(told["data"]["previous"]["status"], "enabled")
        self.assertEqual(self.status_of(client, gone), "auto_disabled")
        notice = client.get("/account")["notices"][-1]
        self.assertEqual((notice["code"], notice["object_id"]), ("webhook_endpoint_disabled", gone["id"]))
        audit = client.get("/audit-logs?action=webhook_endpoint.auto_disable")["data"][0]
        self.assertEqual((audit["actor"]["type"], audit["target"]["id"], audit["changes"]["status"]["new"]),
                         ("system", gone["id"], "auto_disabled"))
        self.assertEqual(len(self.receiver.of("/gone")), 1)
        self.assertTrue(self.delivery(client, "held", endpoint_id=gone["id"]))
        self.refused(client.post("/webhook-endpoints/%s/test" % gone["id"]), 409, "endpoint_disabled")

    def test_084_a_receiver_that_hangs(self):
        hangs = threading.Event()
        self.addCleanup(hangs.set)
        client = self.seller()
        slow = self.endpoint(client, "/slow", answers=[lambda handler: hangs.wait(30)])
        self.endpoint(client, "/quick")
        events = self.cause(client, 20)
        self.assertEqual(len(self.receiver.wait("/quick", 20)), 20)
        attempt = service.until(lambda: [one["attempts"][0] for one in
                                         client.get("/webhook-deliveries?endpoint_id=%s&sort=created_at" % slow["id"])
                                         ["data"] if one["attempts"]])[0]
        self.assertEqual((attempt["error"], attempt["http_status"]), ("timeout", None))
        self.assertGreaterEqual(attempt["duration_ms"], 1990)
        self.assertLess(len(self.receiver.of("/slow")), len(events), "at most four at a time")

    def test_084_other_ways_to_misbehave(self):
        client = self.seller()

        def write(data):
            def act(handler):
                handler.wfile.write(data)
                handler.wfile.flush()
                handler.close_connection = True
                handler.connection.shutdown(socket.SHUT_RDWR)
            return act

        ways = {"nothing": (write(b""), "connection_lost"), "garbage": (write(b"\x00\xff no HTTP\r\n\r\n"), None),
                "headers": (write(b"HTTP/1.1 200 OK\r\n" + b"X: %s\r\n" % (b"y" * 8000) * 20 + b"\r\n"),
                            "headers_too_large"),
                "short": (write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), "connection_lost")}
        made = {name: self.endpoint(client, self.path + name, answers=[act, 200]) for name, (act, _) in ways.items()}
        endless = self.endpoint(client, self.path + "endless", answers=[
            write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + b"x" * 200000)])
        self.cause(client)
        for name, (_, error) in ways.items():
            with self.subTest(way=name):
                first = self.delivery(client, "succeeded", endpoint_id=made[name]["id"])["attempts"][0]
                self.assertIsNone(first["http_status"])
                self.assertTrue(first["error"])
                if error:
                    self.assertEqual(first["error"], error)
        first = self.delivery(client, "succeeded", endpoint_id=endless["id"])["attempts"][0]
        self.assertEqual((first["http_status"], first["error"], len(first["response_excerpt"])), (200, None, 512))

    def test_084_nobody_listens(self):
        client = self.seller()
        made = client.post("/webhook-endpoints", {"url": "http://127.0.0.1:1024/", "events": ["*"]}, once())
        self.cause(client)
        delivery = service.until(lambda: next((one for one in client.get("/webhook-deliveries")["data"]
                                               if one["attempts"]), None))
        self.assertEqual(delivery["endpoint_id"], made["id"])
        self.assertEqual(delivery["attempts"][0]["error"], "connection_refused")

    def test_085_retry_after(self):
        client = self.seller()
        self.endpoint(client, answers=[(429, {"Retry-After": "2"}, b""), 200])
        self.cause(client)
        first, second = self.receiver.wait(self.path, 2)
        self.assertGreaterEqual(second.at - first.at, 2)

    def test_086_held_while_disabled(self):
        client = self.seller()
        made = self.endpoint(client)
        path = "/webhook-endpoints/" + made["id"]
        self.assertEqual(client.patch(path, {"status": "disabled"})["status"], "disabled")
        events = self.cause(client, 5)
        held = client.get("/webhook-deliveries?status=held")["data"]
        self.assertEqual((len(held), self.receiver.of(self.path)), (5, []))
        self.refused(client.post("/webhook-deliveries/%s/retry" % held[0]["id"]), 409, "endpoint_disabled")
        self.refused(client.post("/events/%s/resend" % events[0]["id"], {"endpoint_id": made["id"]}, once()), 409,
                     "endpoint_disabled")
        self.refused(client.post("/webhook-deliveries/batch-retry", {"endpoint_id": made["id"]}, once()), 409,
                     "endpoint_disabled")
        self.assertEqual(client.patch(path, {"status": "enabled"})["status"], "enabled")
        came = [one.event["sequence"] for one in self.receiver.wait(self.path, 5)]
        self.assertEqual(came, [event["sequence"] for event in events])
        types = [event["type"] for event in client.get("/events")["data"]]
        self.assertEqual((types.count("webhook_endpoint.disabled"), types.count("webhook_endpoint.enabled")), (1, 1))

    def test_086_a_deleted_endpoint_gets_nothing(self):
        client = self.seller()
        made = self.endpoint(client, answers=[500])
        self.cause(client)
        self.assertTrue(self.delivery(client, "pending", endpoint_id=made["id"]))
        self.assertEqual(client.delete("/webhook-endpoints/" + made["id"]).status, 204)
        delivery = self.delivery(client, "cancelled", endpoint_id=made["id"])
        self.assertTrue(delivery)
        self.refused(client.post("/webhook-deliveries/%s/retry" % delivery["id"]), 409, "endpoint_disabled")

    def test_087_order_per_object(self):
        client = self.seller()
        self.endpoint(client, events=["api_key.*"], ordering="per_object", answers=[500, 500, 200])
        first, second = self.key_of(client), self.key_of(client)
        client.delete("/api-keys/" + first["id"])
        client.delete("/api-keys/" + second["id"])
        self.assertTrue(service.until(lambda: len(client.get("/webhook-deliveries?status=succeeded")["data"]) == 4))
        came = [(one.event["data"]["object"]["id"], one.event["type"]) for one in self.receiver.of(self.path)]
        for key in (first, second):
            told = [kind for name, kind in came if name == key["id"]]
            self.assertEqual(told, sorted(told), "created, perhaps again, before revoked")
            self.assertEqual(told[-1], "api_key.revoked")

    def test_087_another_object_does_not_wait(self):
        client = self.seller()
        blocked = []

        def fail_first(handler):
            one = self.receiver.of(self.path)[-1].event["data"]["object"]["id"]
            blocked.append(one)
            handler.send_response(500 if one == blocked[0] else 200)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        self.endpoint(client, events=["api_key.*"], ordering="per_object", answers=[fail_first])
        first = self.key_of(client)
        self.receiver.wait(self.path, 1)
        client.delete("/api-keys/" + first["id"])
        second = self.key_of(client)
        client.delete("/api-keys/" + second["id"])
        done = service.until(lambda: (lambda found: found if len(found) == 2 else None)(
            client.get("/webhook-deliveries?status=succeeded")["data"]))
        self.assertEqual({one["type"] for one in done}, {"api_key.created", "api_key.revoked"})
        told = [one.event["type"] for one in self.receiver.of(self.path)
                if one.event["data"]["object"]["id"] == first["id"]]
        self.assertEqual(set(told), {"api_key.created"}, "what comes after it waits")

    def test_091_resend(self):
        client = self.seller()
        event = self.cause(client)[0]
        self.endpoint(client, self.path + "1")
        late = self.endpoint(client, self.path + "2", ["part.ready"])
        answer = client.post("/events/%s/resend" % event["id"], {"endpoint_id": late["id"]}, once())
        self.assertEqual(answer.status, 202, answer.bytes)
        one = self.receiver.wait(self.path + "2", 1)[0]
        self.assertEqual((one.headers["webhook-id"], one.headers["quote-delivery"]), (event["id"], answer["id"]))
        again = client.post("/events/%s/resend" % event["id"], {"endpoint_id": late["id"]}, once())
        self.assertNotEqual(again["id"], answer["id"])
        self.assertEqual(self.receiver.wait(self.path + "2", 2)[1].body, one.body)
        self.assertEqual(self.receiver.of(self.path + "1"), [])
        self.refused(client.post("/events/%s/resend" % event["id"], {"endpoint_id": late["id"]}), 400,
                     "idempotency_key_required")
        self.refused(client.post("/events/%s/resend" % event["id"], {}, once()), 422, "validation_failed")
        self.refused(client.post("/events/%s/resend" % event["id"], {"endpoint_id": 5}, once()), 400, "invalid_request")

    def test_retry(self):
        client = self.seller()
        made = self.endpoint(client)
        self.cause(client)
        delivery = self.delivery(client, "succeeded", endpoint_id=made["id"])
        answer = client.post("/webhook-deliveries/%s/retry" % delivery["id"])
        self.assertEqual((answer.status, answer["status"]), (202, "pending"), answer.bytes)
        self.receiver.wait(self.path, 2)
        again = service.until(lambda: (lambda d: d if len(d["attempts"]) == 2 else None)(
            client.get("/webhook-deliveries/" + delivery["id"]).json))
        self.assertEqual((again["status"], [one["n"] for one in again["attempts"]]), ("succeeded", [1, 2]))
        self.receiver.answers[self.path] = [500]
        client.post("/webhook-deliveries/%s/retry" % delivery["id"])
        self.assertTrue(self.delivery(client, "pending", endpoint_id=made["id"]))
        self.refused(client.post("/webhook-deliveries/%s/retry" % delivery["id"]), 409, "delivery_in_progress")
        self.refused(client.post("/webhook-deliveries/none/retry"), 404, "not_found")

    def test_097_relations(self):
        client = self.seller()
        made = self.endpoint(client)
        event = self.cause(client)[0]
        delivery = self.delivery(client, "succeeded", endpoint_id=made["id"])
        for asked in ("/webhook-deliveries/%s?include=event,endpoint" % delivery["id"],
                      "/webhook-deliveries?include=event,endpoint"):
            shown = client.get(asked).json
            shown = shown["data"][0] if "data" in shown else shown
            self.assertEqual((shown["event"], shown["endpoint"]["id"]), (event, made["id"]))
        self.assertNotIn("event", client.get("/webhook-deliveries/" + delivery["id"]).json)
        for answer in (client.get("/webhook-endpoints/%s?include=deliveries" % made["id"]).json,
                       client.post("/webhook-endpoints/search", {"include": ["deliveries"]})["data"][0]):
            self.assertEqual([one["id"] for one in answer["deliveries"]], [delivery["id"]])
        for wrong in ("/webhook-deliveries?include=secret", "/webhook-deliveries/%s?include=secret" % delivery["id"],
                      "/webhook-endpoints/%s?include=event" % made["id"]):
            self.refused(client.get(wrong), 400, "invalid_include")

    def test_batch_retry(self):
        client = self.seller()
        made = self.endpoint(client)
        self.cause(client, 3)
        self.receiver.wait(self.path, 3)
        service.until(lambda: len(client.get("/webhook-deliveries?status=succeeded")["data"]) == 3)
        path = "/webhook-deliveries/batch-retry"
        body = {"endpoint_id": made["id"], "since": "2020-01-01T00:00:00Z", "status": "succeeded"}
        self.refused(client.post(path, body), 400, "idempotency_key_required")
        answer = client.post(path, body, once())
        self.assertEqual((answer.status, answer.json), (202, {"queued": 3}))
        self.assertEqual(len(self.receiver.wait(self.path, 6)), 6)
        self.assertEqual(client.post(path, dict(body, since="2099-01-01T00:00:00Z"), once())["queued"], 0)
        for wrong, status, code in (({"status": "pending"}, 422, "validation_failed"),
                                    ({"since": "yesterday"}, 422, "validation_failed"),
                                    ({"since": 5}, 400, "invalid_request"), ({"limit": 5}, 400, "unknown_field")):
            with self.subTest(wrong=wrong):
                self.refused(client.post(path, dict(body, **wrong), once()), status, code)
        self.refused(client.post(path, {}, once()), 422, "validation_failed")

    def test_ping(self):
        client = self.seller()
        made = self.endpoint(client, events=["part.ready"])
        self.endpoint(client, self.path + "other", ["*"])
        answer = client.post("/webhook-endpoints/%s/test" % made["id"])
        self.assertEqual((answer.status, answer["type"], answer["object"]), (202, "webhook.ping", "webhook_delivery"))
        one = self.receiver.wait(self.path, 1)[0].event
        self.assertEqual((one["type"], one["data"]["object"]["id"]), ("webhook.ping", made["id"]))
        self.assertEqual(self.receiver.of(self.path + "other"), [])

    def test_metrics(self):
        client = self.seller()
        self.endpoint(client)
        self.cause(client)
        self.receiver.wait(self.path, 1)

        def succeeded():
            text = self.service.internal("/metrics")[1].decode()
            return 'quote_webhook_attempts_total{result="succeeded"} 0' not in text and "quote_webhook_lag_seconds" in text
        self.assertTrue(service.until(succeeded))


class Schedule(Hooks):
    """The whole schedule, 48 hours in 14 seconds."""
    scale = 0.00008

    def test_085_exhausted_then_retried(self):
        client = self.seller()
        made = self.endpoint(client, answers=[500] * 10 + [200])
        self.cause(client)
        delivery = self.delivery(client, "exhausted", endpoint_id=made["id"])
        self.assertEqual([one["n"] for one in delivery["attempts"]], list(range(1, 11)))
        self.assertEqual(self.status_of(client, made), "enabled")
        self.assertEqual(client.post("/webhook-deliveries/%s/retry" % delivery["id"]).status, 202)
        again = self.delivery(client, "succeeded", endpoint_id=made["id"])
        self.assertEqual((again["id"], len(again["attempts"])), (delivery["id"], 11))

    def test_083_disabled_after_48_hours_without_success(self):
        client = self.seller()
        made = self.endpoint(client, answers=[500])
        self.cause(client)

        def disabled():
            time.sleep(0.5)
            self.cause(client)
            return self.status_of(client, made) == "auto_disabled"
        self.assertTrue(service.until(disabled))
        shown = client.get("/webhook-endpoints/" + made["id"]).json
        self.assertGreaterEqual(shown["failure_streak"]["attempts"], 10)
        self.assertEqual(client.patch("/webhook-endpoints/" + made["id"], {"status": "enabled"})["failure_streak"],
                         {"since": None, "attempts": 0})


class Holding(Hooks):
    """Seven days in six seconds."""
    scale = 0.00001

    def test_086_held_for_seven_days(self):
        client = self.seller()
        made = self.endpoint(client)
        client.patch("/webhook-endpoints/" + made["id"], {"status": "disabled"})
        self.cause(client)
        self.assertTrue(self.delivery(client, "held", endpoint_id=made["id"]))
        self.assertTrue(self.delivery(client, "cancelled", endpoint_id=made["id"]))

    def test_007_a_key_that_expires_soon_is_told_once(self):
        client = self.seller()
        days = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + day * 86400)) for day in (2, 30)]
        soon, late = (self.key_of(client, expires_at=moment)["id"] for moment in days)
        told = service.until(lambda: client.get("/events?type=api_key.expiring")["data"])
        self.assertEqual([event["data"]["object"]["id"] for event in told], [soon])
        client.patch("/api-keys/" + late, {"expires_at": days[0]})
        told = service.until(lambda: (lambda found: found if len(found) > 1 else None)(
            client.get("/events?type=api_key.expiring")["data"]))
        self.assertEqual([event["data"]["object"]["id"] for event in told], [soon, late])


class Rebinding(service.Case):
    def test_078_public_at_create_private_at_delivery(self):
        caught = receiver.Receiver()
        self.addCleanup(caught.close)
        port = caught.url.rpartition(":")[2]
        own = service.Service(service.NO_LIMITS | {"webhooks": {
            "allow_http": True, "resolve": {"shop.example.com": ["93.184.216.34"]}}})
        try:
            client = service.Client(own, own.keys()["seller_test"])
            made = client.post("/webhook-endpoints", {"url": "http://shop.example.com:%s/" % port, "events": ["*"]}, once())
            self.assertEqual(made.status, 201, made.bytes)
            self.assertEqual(own.terminate(), 0)
            with open(own.config, "w", encoding="utf-8") as file:
                service.json.dump(service.NO_LIMITS | {"webhooks": {
                    "allow_http": True, "resolve": {"shop.example.com": ["127.0.0.1"]}}}, file)
            own.start()
            client.connection.close()
            client.patch("/account", {"name": "Elsewhere"})
            attempt = service.until(lambda: [one["attempts"][0] for one in client.get("/webhook-deliveries")["data"]
                                             if one["attempts"]])[0]
            self.assertEqual((attempt["error"], attempt["http_status"]), ("address_forbidden", None))
            self.assertEqual(caught.deliveries, [])
        finally:
            self.assertEqual(own.stop(), 0)
