"""Scenarios 91 and 92: what happened is listed, waited for, streamed, and forgotten in time."""
import http.client
import json
import threading
import time

import receiver
import service


class Stream:
    """A client of GET /events/stream that reads what comes."""

    def __init__(self, one_service, key, last=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", one_service.port, timeout=service.PATIENCE)
        headers = {"Authorization": "Bearer " + key}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.connection.request("GET", "/api/v1/events/stream", headers=headers)
        self.answer = self.connection.getresponse()

    def events(self, count):
        """The next events as (id, type, payload); comments are passed over."""
        found, lines = [], {}
        while len(found) < count:
            line = self.answer.readline().decode()
            assert line, "the stream ended"
            line = line.rstrip("\n")
            if not line and "data" in lines:
                found.append((int(lines["id"]), lines["event"], json.loads(lines["data"])))
            if not line:
                lines = {}
            elif not line.startswith(":"):
                name, _, value = line.partition(": ")
                lines[name] = value
        return found

    def close(self):
        self.answer.close()
        self.connection.close()


class Events(service.Case):
    def stream(self, client, last=None):
        stream = Stream(self.service, client.key, last)
        self.addCleanup(stream.close)
        return stream

    def change(self, client, count=1):
        for number in range(count):
            self.assertEqual(client.patch("/account", {"name": "Changed %d" % number}).status, 200)

    def test_092_events_are_numbered_without_a_gap(self):
        client = self.seller()
        self.change(client, 25)
        key = self.key_of(client)["id"]
        first = client.get("/events?limit=20").json
        rest = client.get("/events?limit=20&cursor=" + first["next_cursor"]).json
        events = first["data"] + rest["data"]
        self.assertEqual([event["sequence"] for event in events], list(range(1, 27)))
        self.assertEqual(client.get("/events?sort=sequence:desc&limit=1")["data"][0]["sequence"], 26)
        self.assertEqual([event["sequence"] for event in client.get("/events?after=24")["data"]], [25, 26])
        self.assertEqual([event["sequence"] for event in client.get("/events?after=3&type=api_key.created")["data"]], [26])
        self.assertEqual(client.get("/events?data.object.id=" + key)["data"][0]["type"], "api_key.created")
        found = client.post("/events/search", {"filter": {"sequence": {"between": [2, 3]}}})["data"]
        self.assertEqual([event["sequence"] for event in found], [2, 3])
        one = client.get("/events/" + events[4]["id"])
        self.assertEqual((one.status, one.json), (200, events[4]))
        self.refused(client.get("/events/evt_00000000000000000000000000"), 404, "not_found")
        self.assertEqual(self.seller().get("/events")["data"], [], "of this account alone")

    def test_092_nothing_untold_nothing_told_twice(self):
        client = self.seller()
        header = {"Idempotency-Key": "once"}
        for _ in range(3):
            self.assertEqual(client.patch("/account", {"name": "Once"}, header).status, 200)
        self.refused(client.patch("/account", {"name": ""}), 422, "validation_failed")
        self.assertEqual(len(client.get("/events")["data"]), 1)

    def test_092_no_key_in_an_event(self):
        client = self.seller()
        key = self.key_of(client)
        client.delete("/api-keys/" + key["id"])
        text = client.get("/events").bytes.decode()
        self.assertNotIn(key["key"], text)
        self.assertEqual([event["data"]["object"]["status"] for event in json.loads(text)["data"]],
                         ["active", "revoked"])

    def test_092_price_books_are_told_to_all(self):
        client = self.seller()
        operator = self.client(self.service.keys()["operator_test"])
        with open(service.ROOT + "/server/data/price-book.example.json", encoding="utf-8") as file:
            book = dict(json.load(file), version="pb_told")
        self.assertEqual(operator.put("/operator/price-books/pb_told", book).status, 201)
        for version in ("pb_told", "pb_told", "pb_2026_11"):
            self.assertEqual(operator.post("/operator/price-books/%s/activate" % version).status, 200)
        for one in (client, self.client(client.account["live_key"])):
            told = one.get("/events?type=price_book.activated")["data"]
            self.assertEqual([event["data"]["object"]["version"] for event in told], ["pb_told", "pb_2026_11"])

    def test_092_materials_that_change(self):
        client, operator = self.seller(), self.client(self.service.keys()["operator_test"])
        with open(service.ROOT + "/server/data/price-book.example.json", encoding="utf-8") as file:
            book = dict(json.load(file), version="pb_changed")
        book["materials"][0]["name"] = "Renamed"
        gone = book["materials"].pop()["id"]
        book["materials"][1]["status"] = "discontinued"
        self.assertEqual(operator.put("/operator/price-books/pb_changed", book).status, 201)
        for version in ("pb_changed", "pb_2026_11"):
            self.assertEqual(operator.post("/operator/price-books/%s/activate" % version).status, 200)
        told = client.get("/events?type=material.discontinued")["data"]
        self.assertEqual({event["data"]["object"]["id"] for event in told}, {gone, book["materials"][1]["id"]})
        self.assertEqual({event["data"]["object"]["status"] for event in told}, {"discontinued"})
        renamed = client.get("/events?type=material.updated")["data"]
        self.assertEqual([event["data"]["object"]["name"] for event in renamed[:1]], ["Renamed"])
        self.assertNotEqual(renamed[0]["data"]["previous"]["name"], "Renamed")
        self.assertNotIn("price_per_kg", json.dumps(renamed + told), "rates stay with the operator")

    def test_092_wait(self):
        client, other = self.seller(), self.client()
        other.key = client.key
        for wrong in ("wait=26", "wait=-1", "wait=x", "after=-1", "after=x", "wait="):
            self.refused(client.get("/events?" + wrong), 400, "invalid_parameter")
        empty = client.get("/events?wait=1")
        self.assertEqual((empty.status, empty["data"]), (200, []))
        self.change(client)
        self.assertEqual(len(client.get("/events?after=0&wait=25")["data"]), 1, "at once")
        answers = []
        thread = threading.Thread(target=lambda: answers.append(
            (other.get("/events?after=1&wait=20&type=api_key.created"), time.monotonic())))
        thread.start()
        time.sleep(0.5)
        self.change(client)
        time.sleep(0.5)
        self.assertEqual(answers, [], "it waits for another type")
        self.key_of(client)
        begun = time.monotonic()
        thread.join()
        answer, ended = answers[0]
        self.assertEqual([event["sequence"] for event in answer["data"]], [3])
        self.assertLess(ended - begun, 10, "long before the 20 seconds are over")

    def test_092_stream(self):
        client = self.seller()
        self.change(client, 3)
        stream = self.stream(client)
        headers = {name.lower(): value for name, value in stream.answer.getheaders()}
        self.assertEqual((stream.answer.status, headers["content-type"]), (200, "text/event-stream"))
        self.assertIn("request-id", headers)
        self.change(client)
        number, kind, payload = stream.events(1)[0]
        self.assertEqual((number, kind), (4, "account.updated"), "without Last-Event-ID it begins now")
        self.assertEqual(payload["sequence"], 4)
        stream.close()
        self.change(client, 5)
        again = self.stream(client, 4)
        self.assertEqual([event[0] for event in again.events(5)], [5, 6, 7, 8, 9])
        self.change(client, 2)
        self.assertEqual([event[0] for event in again.events(2)], [10, 11])
        shown = client.get("/events?after=10")["data"][0]
        self.assertEqual(set(shown) - set(payload), {"version", "updated_at", "ref"})

    def test_092_a_long_way_to_catch_up(self):
        client = self.seller()
        self.change(client, 300)
        self.assertEqual([event[0] for event in self.stream(client, 0).events(300)], list(range(1, 301)))

    def test_092_streams_are_refused(self):
        client = self.seller()
        for value in ("x", "-1", "1.5", "99999999999999999999"):
            self.refused(client.get("/events/stream", {"Last-Event-ID": value}), 400, "invalid_parameter")
        self.refused(self.client().get("/events/stream"), 401, "unauthenticated")
        weak = self.client(self.key_of(client, scopes=["account:read"])["key"])
        self.refused(weak.get("/events/stream"), 403, "insufficient_scope")
        first, second = self.stream(client), self.stream(client)
        self.refused(client.get("/events/stream"), 429, "too_many_streams")
        other = self.stream(self.client(self.key_of(client, scopes=["webhooks:read"])["key"]))
        self.assertEqual(other.answer.status, 200, "two of each key")
        first.close()

        def one_more():
            stream = self.stream(client)
            return stream if stream.answer.status == 200 else None
        self.assertTrue(service.until(one_more))
        self.change(client)
        self.assertEqual(second.events(1)[-1][1] != "", True)

    def test_092_two_accounts_do_not_hear_each_other(self):
        one, two = self.seller(), self.seller()
        first, second = self.stream(one), self.stream(two)
        self.change(one, 2)
        self.key_of(two)
        self.assertEqual([event[1] for event in first.events(2)], ["account.updated"] * 2)
        self.assertEqual([event[1] for event in second.events(1)], ["api_key.created"])


class Ending(service.Case):
    def test_103_who_waits_is_let_go(self):
        own = service.Service(service.NO_LIMITS)
        try:
            client = service.Client(own, own.keys()["seller_test"])
            last = client.get("/events?sort=sequence:desc&limit=1")["data"]
            after = last[0]["sequence"] if last else 0
            stream, answers = Stream(own, client.key), []
            thread = threading.Thread(target=lambda: answers.append(client.get("/events?after=%d&wait=25" % after)))
            thread.start()
            time.sleep(0.5)
        finally:
            begun = time.monotonic()
            self.assertEqual(own.stop(), 0)
        thread.join()
        self.assertLess(time.monotonic() - begun, 20, "nobody waited for the waiting ones")
        self.assertEqual((answers[0].status, answers[0]["data"]), (200, []))
        self.assertTrue(stream.answer.read().endswith(b"\n\n"))
        stream.close()


class Retention(service.Case):
    def test_091_an_event_that_is_too_old(self):
        caught = receiver.Receiver()
        self.addCleanup(caught.close)
        own = service.Service(service.NO_LIMITS | {"retention": {"events_seconds": 3}})
        try:
            client = service.Client(own, own.keys()["seller_test"])
            made = client.post("/webhook-endpoints", {"url": caught.url, "events": ["part.ready"]},
                               {"Idempotency-Key": "old"})
            client.patch("/account", {"name": "Old"})
            event = client.get("/events")["data"][-1]["id"]
            self.assertTrue(service.until(lambda: client.get("/events/" + event).status == 404))
            answer = client.post("/events/%s/resend" % event, {"endpoint_id": made["id"]}, {"Idempotency-Key": "again"})
            self.refused(answer, 410, "event_expired")
            self.assertEqual(client.get("/events")["data"], [])
        finally:
            self.assertEqual(own.stop(), 0)
